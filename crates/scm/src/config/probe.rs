//! Where a probe looks: an address that takes connections, a page that is answered, a command, or what is
//! printed (X41, X43).

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use relance_texts::{error, quoted};

use crate::command_line;
use crate::error::ScmError;
use crate::win32::Win32Error;

/// An address of a socket. Names of machines are not looked up, because that can take arbitrarily
/// long.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// `127.0.0.1:8080`, `[::1]:8080`; `localhost:8080` is the first of these.
    Tcp(SocketAddr),
    /// The whole path of a Unix socket, or `@` and the name of one without a file.
    Unix(Box<str>),
}

/// What shows that a service lives.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Probe {
    /// It takes a connection: `tcp:127.0.0.1:6379`, `unix:/run/app.sock`.
    Connect(Address),
    /// It answers a request with a status from 200 to 399: `http://127.0.0.1:8080/health`.
    Http {
        /// Whom to ask.
        address: SocketAddr,
        /// The path to request, with the `/` in front.
        path: Box<str>,
    },
    /// A command ends with status 0: `command:redis-cli ping`.
    Command(Box<str>),
    /// It prints something between one look and the next: `output`.
    Output,
}

impl Address {
    /// Reads `tcp:…` or `unix:…`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(':')?;
        match kind {
            "tcp" => socket_address(rest).map(Self::Tcp),
            "unix" if rest.starts_with(['/', '@']) && rest.len() > 1 && !rest.contains('\0') => {
                Some(Self::Unix(rest.into()))
            }
            _ => None,
        }
    }
}

fn socket_address(text: &str) -> Option<SocketAddr> {
    let text = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    text.parse()
        .ok()
        .filter(|address: &SocketAddr| address.port() > 0)
}

impl FromStr for Probe {
    type Err = ScmError;

    fn from_str(text: &str) -> Result<Self, ScmError> {
        let probe = match text.strip_prefix("http://") {
            Some(rest) => page(rest),
            None if text == "output" => Some(Self::Output),
            None => match text.strip_prefix("command:") {
                Some(line) => command(line).map(Self::Command),
                None => Address::read(text).map(Self::Connect),
            },
        };
        probe.ok_or_else(|| {
            let text = quoted(text);
            ScmError::new(Win32Error::INVALID_PARAMETER, error::NoProbe { text })
        })
    }
}

/// A command line that has a program.
pub(super) fn command(line: &str) -> Option<Box<str>> {
    let program = command_line::split(line).into_iter().next()?;
    let fits = !program.is_empty() && !line.contains('\0');
    fits.then(|| line.trim().into())
}

fn page(text: &str) -> Option<Probe> {
    let (address, path) = text.split_at(text.find('/').unwrap_or(text.len()));
    let path = if path.is_empty() { "/" } else { path };
    // It stands in the first line of the request, which a blank or a line break would cut.
    let is_plain = path.bytes().all(|byte| byte.is_ascii_graphic());
    let address = socket_address(address).filter(|_| is_plain)?;
    Some(Probe::Http {
        address,
        path: path.into(),
    })
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "tcp:{address}"),
            Self::Unix(path) => write!(f, "unix:{path}"),
        }
    }
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(address) => address.fmt(f),
            Self::Http { address, path } => write!(f, "http://{address}{path}"),
            Self::Command(line) => write!(f, "command:{line}"),
            Self::Output => f.write_str("output"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x43_probes_are_read_and_written_alike() {
        for text in [
            "tcp:127.0.0.1:6379",
            "tcp:[::1]:80",
            "unix:/run/app.sock",
            "http://127.0.0.1:8080/health?deep=1",
        ] {
            assert_eq!(text.parse::<Probe>().unwrap().to_string(), text);
        }
        let short: Probe = "http://localhost:80".parse().unwrap();
        assert_eq!(short.to_string(), "http://127.0.0.1:80/");
        for text in [
            "",
            "tcp:",
            "tcp:8080",
            "tcp:127.0.0.1:0",
            "tcp:example.org:80",
            "unix:run/app.sock",
            "https://127.0.0.1/",
            "http://127.0.0.1/",
            "http://127.0.0.1:80/a b",
            "http://127.0.0.1:80/a\r\nX: y",
        ] {
            assert!(text.parse::<Probe>().is_err(), "{text}");
        }
    }
}
