//! The way back: a new channel over the manager's socket, with the secret of the run.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use super::environment::WayBack;

/// How long the manager may take to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
const HEAD_LEN_MAX: usize = 8192;

/// Attaches to the manager: the stream that comes back carries frames.
pub(super) fn attach(way: &WayBack) -> io::Result<UnixStream> {
    let mut stream = UnixStream::connect(&way.socket)?;
    stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
    write!(
        stream,
        "POST /v1/runs/{}/attach HTTP/1.1\r\nHost: relance\r\nConnection: Upgrade\r\n\
         Upgrade: relance-channel\r\nRelance-Secret: {}\r\nContent-Length: 0\r\n\r\n",
        way.run, way.secret
    )?;
    let head = read_head(&mut stream)?;
    let status = head.split(' ').nth(1).unwrap_or_default();
    match status {
        "101" => {
            stream.set_read_timeout(None)?;
            Ok(stream)
        }
        // The run is over, or the secret is not its own: trying again is of no use.
        "401" | "403" | "404" | "409" | "410" => Err(io::ErrorKind::PermissionDenied.into()),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// The head of the answer, byte by byte, so that nothing of what follows it is taken.
fn read_head(stream: &mut UnixStream) -> io::Result<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > HEAD_LEN_MAX || stream.read(&mut byte)? == 0 {
            return Err(io::ErrorKind::InvalidData.into());
        }
        head.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}
