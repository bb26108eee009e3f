//! Where the web console listens, and what browsers call it.

use std::net::{Ipv4Addr, SocketAddr};

use relance_scm::{ScmError, Win32Error};
use relance_texts::{file, quoted};
use serde::{Deserialize, Serialize};

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ConsoleAddress {
    pub(crate) socket: SocketAddr,
    /// Names under which browsers may ask for it.
    pub(crate) names: Vec<String>,
}

impl ConsoleAddress {
    /// From `127.0.0.1:7467`, `[::1]:7467`, or a port alone, which is that of this machine only. Port 0
    /// is one that is free.
    ///
    /// # Errors
    /// For anything else.
    pub(crate) fn parse(text: &str, names: Vec<String>) -> Result<Self, ScmError> {
        let socket = text
            .parse::<u16>()
            .map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
            .or_else(|_| text.parse())
            .map_err(|_| {
                let text = quoted(text);
                ScmError::new(Win32Error::INVALID_PARAMETER, file::ConsoleAddress { text })
            })?;
        Ok(Self { socket, names })
    }

    /// What a browser on this machine asks for.
    pub(crate) fn url(&self) -> String {
        let socket = self.socket;
        match self.names.first() {
            Some(name) => format!("http://{name}:{}", socket.port()),
            None if socket.ip().is_unspecified() => format!("http://localhost:{}", socket.port()),
            None => format!("http://{socket}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_console() {
        let url = |text, names: &[&str]| {
            let names = names.iter().map(ToString::to_string).collect();
            ConsoleAddress::parse(text, names).map(|address| address.url())
        };
        assert_eq!(url("7467", &[]).unwrap(), "http://127.0.0.1:7467");
        assert_eq!(url("[::1]:80", &[]).unwrap(), "http://[::1]:80");
        assert_eq!(url("0.0.0.0:80", &[]).unwrap(), "http://localhost:80");
        assert_eq!(
            url("0.0.0.0:80", &["a.example"]).unwrap(),
            "http://a.example:80"
        );
        for bad in ["", "localhost:80", "70000", "1.2.3.4"] {
            assert!(url(bad, &[]).is_err(), "{bad}");
        }
    }
}
