//! The way in for the fuzz targets of `fuzz/`: bytes that somebody sends to the socket.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream as Blocking;
use std::sync::Arc;

use relance_scm::{Caller, ServiceManager};
use relance_sessions::Sessions;
use tokio::net::UnixStream;

use crate::context::Context;
use crate::limits::{Books, Limits};
use crate::routes;
use crate::server::serve_connection;

/// Everything that a manager answers to these bytes, after which the client says no more.
///
/// # Errors
/// When the system has no socket for it.
pub fn answers(
    manager: Arc<dyn ServiceManager>,
    caller: Caller,
    sessions: Arc<Sessions>,
    bytes: &[u8],
) -> io::Result<Vec<u8>> {
    let (ours, theirs) = Blocking::pair()?;
    ours.set_nonblocking(true)?;
    let context = Context {
        manager,
        caller: Arc::new(caller),
        sessions,
        books: Books::new(Limits::default()),
        signed_in: None,
        refusals: Arc::default(),
        aside: Arc::default(),
    };
    std::thread::scope(|scope| {
        let client = scope.spawn(|| exchange(theirs, bytes));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()?;
        runtime.block_on(async {
            let stream = UnixStream::from_std(ours)?;
            serve_connection(stream, routes::router(), context).await;
            io::Result::Ok(())
        })?;
        // What was upgraded is dropped with its task.
        drop(runtime);
        client.join().expect("the client does not panic")
    })
}

/// What a client gets that sends, listens, and never gives up.
fn exchange(stream: Blocking, bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut answers = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // A manager that has read enough closes.
            let _ = (&stream).write_all(bytes);
            let _ = stream.shutdown(Shutdown::Write);
        });
        match (&stream).read_to_end(&mut answers) {
            // A manager that closes before it has read everything resets the connection.
            Err(error) if error.kind() != io::ErrorKind::ConnectionReset => Err(error),
            _ => Ok(()),
        }
    })?;
    Ok(answers)
}
