//! Connecting to a socket whose queue may be full, for a bounded time. Writing to one whose other end may
//! have gone: an error for the caller, and no SIGPIPE for a program that has not asked to be spared it.

use std::io;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{
    AddressFamily, SendFlags, SocketAddrUnix, SocketFlags, SocketType, connect as connect_to, send,
    socket_with,
};

/// Connects, waiting so long for a place in the queue of a manager that takes no connections.
///
/// # Errors
/// `WouldBlock` when it got none; else as the standard library's.
pub(crate) fn connect(path: &Path, patience: Duration) -> io::Result<UnixStream> {
    let flags = SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    set_socket_timeout(&socket, Timeout::Send, Some(patience))?;
    let address = SocketAddrUnix::new(path)?;
    rustix::io::retry_on_intr(|| connect_to(&socket, &address))?;
    Ok(socket.into())
}

/// Writes all of it.
///
/// # Errors
/// When the other end has gone.
pub(crate) fn write_all(stream: &UnixStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match send(stream, bytes, SendFlags::NOSIGNAL) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(sent) => bytes = &bytes[sent..],
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::Command;

    use super::*;

    /// Set in the process that writes with the signal's default.
    const VARIABLE: &str = "RELANCE_TEST_SIGPIPE";

    #[test]
    fn a_manager_whose_queue_is_full_is_not_waited_for_without_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        rustix::net::listen(&listener, 0).unwrap();
        let patience = Duration::from_millis(10);
        let _first = connect(&path, patience).unwrap();
        let error = connect(&path, patience).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
    }

    #[test]
    fn writing_to_a_closed_socket_sends_no_signal() {
        if std::env::var_os(VARIABLE).is_some() {
            // SAFETY: nothing handles the signal; its default ends the process.
            unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
            let (ours, theirs) = UnixStream::pair().unwrap();
            drop(theirs);
            let error = write_all(&ours, b"x").unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
            return;
        }
        let this = "socket::tests::writing_to_a_closed_socket_sends_no_signal";
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", this])
            .env(VARIABLE, "1")
            .output()
            .unwrap()
            .status;
        assert_eq!((status.code(), status.signal()), (Some(0), None));
    }
}
