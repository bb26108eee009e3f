//! Writing to a socket whose other end may have gone: an error for the caller, and no SIGPIPE for a
//! program that has not asked to be spared it.

use std::io;
use std::os::unix::net::UnixStream;

use rustix::io::Errno;
use rustix::net::{SendFlags, send};

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
