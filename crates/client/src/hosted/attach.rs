//! The way back: a new channel over the manager's socket, with the secret of the run.

use std::fmt;
use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use super::environment::WayBack;
use crate::patience::{Patience, Wait};
use crate::socket;

/// How long the manager may take to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
const HEAD_LEN_MAX: usize = 8192;

/// Why a channel was not attached.
#[derive(Debug)]
pub(super) enum AttachError {
    /// The run is over, or the secret is not its own.
    Refused,
    /// The manager is away, or cannot answer now.
    Away(io::Error),
}

impl From<io::Error> for AttachError {
    fn from(error: io::Error) -> Self {
        Self::Away(error)
    }
}

impl fmt::Display for AttachError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => f.write_str("the run is over, or its secret is another"),
            Self::Away(error) => error.fmt(f),
        }
    }
}

/// Attaches to the manager: the stream that comes back carries frames.
pub(super) fn attach(way: &WayBack) -> Result<UnixStream, AttachError> {
    let mut stream = UnixStream::connect(&way.socket)?;
    stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
    let request = format!(
        "POST /v1/runs/{}/attach HTTP/1.1\r\nHost: relance\r\nConnection: Upgrade\r\n\
         Upgrade: relance-channel\r\nRelance-Secret: {}\r\nContent-Length: 0\r\n\r\n",
        way.run, way.secret
    );
    socket::write_all(&stream, request.as_bytes())?;
    let head = read_head(&mut stream)?;
    let status = head.split(' ').nth(1).unwrap_or_default();
    match status {
        "101" => {
            stream.set_read_timeout(None)?;
            Ok(stream)
        }
        "401" | "403" | "404" | "409" | "410" => Err(AttachError::Refused),
        _ => Err(io::Error::from(io::ErrorKind::InvalidData).into()),
    }
}

/// The same, while a manager that is away is waited for.
pub(super) fn attach_patiently(way: &WayBack) -> Result<UnixStream, AttachError> {
    let sockets = std::slice::from_ref(&way.socket);
    let wait = Wait::from_now(sockets, Patience::OfThisProcess);
    loop {
        match attach(way) {
            Err(AttachError::Away(_)) if wait.pause() => {}
            result => return result,
        }
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
