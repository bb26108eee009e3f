//! Ways in for the fuzz targets of `fuzz/`: answers of a process that listens on the socket.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;

use relance_scm::ScmError;

use crate::bounds::SOON;
use crate::http::{HttpRequest, send};
use crate::kept::Connection;

/// The body that a client takes from this answer, as a whole or as it comes.
///
/// # Errors
/// As a call of [`SocketManager`](crate::SocketManager) would give it.
pub fn answer(bytes: &[u8], as_it_comes: bool) -> Result<Vec<u8>, ScmError> {
    let (ours, theirs) = UnixStream::pair().expect("two sockets");
    std::thread::scope(|scope| {
        scope.spawn(move || serve(theirs, bytes));
        let request = HttpRequest {
            method: "GET",
            path: "/v1/services",
            token: None,
            body: None,
            patience: SOON,
        };
        let answer = send(Connection::fresh(ours, "/nowhere".into()), &request)?;
        let body = if as_it_comes {
            let mut body = Vec::new();
            let read = answer.into_stream().read_to_end(&mut body);
            read.map(|_| body)
        } else {
            answer.read_all()
        };
        body.map_err(|error: io::Error| crate::http::broken_off(&error))
    })
}

/// Reads the request, answers, and leaves.
fn serve(mut stream: UnixStream, bytes: &[u8]) {
    let mut request = Vec::new();
    let mut part = [0; 512];
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read(&mut part) {
            Ok(length) if length > 0 => request.extend_from_slice(&part[..length]),
            _ => return,
        }
    }
    // A client closes the connection when it has read enough.
    let _ = stream.write_all(bytes);
}
