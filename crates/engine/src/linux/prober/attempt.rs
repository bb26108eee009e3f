//! One attempt: a connection, and for HTTP a request and the beginning of its answer. Nothing here waits.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Instant;

use relance_scm::config::{Address, Probe};
use relance_scm::system::reason;
use relance_texts::{Lang, cause};
use rustix::event::PollFlags;
use rustix::io::Errno;
use rustix::net::sockopt::socket_error;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};

use super::plan::Question;

/// So much of an answer is read.
const ANSWER_LEN_MAX: usize = 64 * 1024;
const PART_LEN: usize = 4096;

/// See the module.
pub(super) struct Attempt {
    socket: OwnedFd,
    /// It has failed if it has not ended by then.
    pub(super) until: Instant,
    /// What is still to be sent.
    request: Vec<u8>,
    is_connected: bool,
    answer: Vec<u8>,
    question: Question,
}

/// How far an attempt has come.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// The attempt has to wait.
    Waits,
    /// It is over; `Err`: why the answer is bad.
    Ended(Result<(), String>),
}

impl Attempt {
    /// Begins to connect.
    ///
    /// # Errors
    /// When nobody takes connections there.
    pub(super) fn begin(question: &Question, until: Instant) -> io::Result<Self> {
        let (socket, request) = match &question.probe {
            Probe::Connect(Address::Unix(path)) => (connect_unix(path)?, Vec::new()),
            Probe::Connect(Address::Tcp(address)) => (connect_tcp(*address)?, Vec::new()),
            Probe::Http { address, path } => {
                let request = format!(
                    "GET {path} HTTP/1.0\r\nHost: {address}\r\nUser-Agent: relance\r\nConnection: close\r\n\r\n"
                );
                (connect_tcp(*address)?, request.into_bytes())
            }
            // Nothing is connected to.
            Probe::Command(_) | Probe::Output => return Err(io::ErrorKind::Unsupported.into()),
        };
        Ok(Self {
            socket,
            until,
            request,
            is_connected: false,
            answer: Vec::new(),
            question: question.clone(),
        })
    }

    pub(super) fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// What has to happen before it can go on.
    pub(super) fn waits_for(&self) -> PollFlags {
        if self.is_connected && self.request.is_empty() {
            PollFlags::IN
        } else {
            PollFlags::OUT
        }
    }

    /// Does what can be done now.
    pub(super) fn go_on(&mut self) -> Progress {
        match self.step() {
            Ok(true) => Progress::Ended(Ok(())),
            Ok(false) => Progress::Waits,
            Err(error) => Progress::Ended(Err(error)),
        }
    }

    /// Whether the answer is good already.
    fn step(&mut self) -> Result<bool, String> {
        if !self.is_connected {
            match socket_error(&self.socket) {
                Ok(Ok(())) => self.is_connected = true,
                Ok(Err(error)) | Err(error) => return Err(text(error)),
            }
        }
        if matches!(self.question.probe, Probe::Connect(_)) {
            return Ok(true);
        }
        while !self.request.is_empty() {
            match rustix::net::send(
                &self.socket,
                &self.request,
                rustix::net::SendFlags::NOSIGNAL,
            ) {
                Ok(sent) => drop(self.request.drain(..sent)),
                Err(Errno::AGAIN) => return Ok(false),
                Err(error) => return Err(text(error)),
            }
        }
        self.read()
    }

    fn read(&mut self) -> Result<bool, String> {
        let mut part = [0; PART_LEN];
        loop {
            match rustix::io::read(&self.socket, &mut part) {
                Ok(0) => return self.judge(true),
                Ok(len) => self.answer.extend_from_slice(&part[..len]),
                Err(Errno::AGAIN) => return self.judge(false),
                Err(Errno::INTR) => {}
                Err(error) => return Err(text(error)),
            }
            if self.answer.len() >= ANSWER_LEN_MAX {
                return self.judge(true);
            }
        }
    }

    /// Whether the answer is good; what it lacks may still come, unless `is_whole`.
    fn judge(&self, is_whole: bool) -> Result<bool, String> {
        let Some(line) = self.answer.iter().position(|byte| *byte == b'\n') else {
            let text = cause::NO_ANSWER.of(Lang::En);
            return if is_whole {
                Err(text.into())
            } else {
                Ok(false)
            };
        };
        let status = status(&self.answer[..line]).ok_or(cause::NOT_HTTP.of(Lang::En))?;
        if !(200..400).contains(&status) {
            return Err(Lang::En.say(cause::Status { status }));
        }
        let Some(wanted) = &self.question.text else {
            return Ok(true);
        };
        let wanted = wanted.as_bytes();
        let has_it = wanted.is_empty()
            || self.answer[line..]
                .windows(wanted.len())
                .any(|w| w == wanted);
        match (has_it, is_whole) {
            (true, _) => Ok(true),
            (false, false) => Ok(false),
            (false, true) => Err(cause::LACKS_TEXT.of(Lang::En).to_owned()),
        }
    }
}

/// The status of `HTTP/1.1 200 OK`.
fn status(line: &[u8]) -> Option<u16> {
    let line = std::str::from_utf8(line).ok()?;
    let (_, rest) = line.strip_prefix("HTTP/1.")?.split_once(' ')?;
    rest.get(..3)?.parse().ok()
}

fn text(error: Errno) -> String {
    reason(&error.into()).to_string()
}

fn connect_tcp(address: SocketAddr) -> io::Result<OwnedFd> {
    let family = if address.is_ipv4() {
        AddressFamily::INET
    } else {
        AddressFamily::INET6
    };
    let socket = new_socket(family)?;
    match connect(&socket, &address) {
        Ok(()) | Err(Errno::INPROGRESS) => Ok(socket),
        Err(error) => Err(error.into()),
    }
}

/// A socket whose queue is full counts as one that does not answer; it is not waited for.
fn connect_unix(path: &str) -> io::Result<OwnedFd> {
    let socket = new_socket(AddressFamily::UNIX)?;
    let address = match path.strip_prefix('@') {
        Some(name) => SocketAddrUnix::new_abstract_name(name.as_bytes())?,
        None => SocketAddrUnix::new(path)?,
    };
    connect(&socket, &address)?;
    Ok(socket)
}

fn new_socket(family: AddressFamily) -> io::Result<OwnedFd> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    Ok(socket_with(family, SocketType::STREAM, flags, None)?)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::os::unix::net::UnixListener;
    use std::time::Duration;

    use rustix::event::{PollFd, poll};

    use super::*;

    fn question(probe: &str, text: Option<&str>) -> Question {
        Question {
            probe: probe.parse().unwrap(),
            text: text.map(Into::into),
        }
    }

    fn attempt(question: &Question) -> Result<(), String> {
        let until = Instant::now() + Duration::from_secs(60);
        let mut attempt = Attempt::begin(question, until).map_err(|error| error.to_string())?;
        loop {
            let mut fds = [PollFd::from_borrowed_fd(
                attempt.as_fd(),
                attempt.waits_for(),
            )];
            poll(&mut fds, None).unwrap();
            if let Progress::Ended(result) = attempt.go_on() {
                return result;
            }
        }
    }

    /// The outcome of an attempt whose answer comes in these parts.
    fn answered(parts: &'static [&'static str], text: Option<&str>) -> Result<(), String> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let len = stream.read(&mut request).unwrap();
            assert!(request[..len].starts_with(b"GET /health HTTP/1.0\r\n"));
            for part in parts {
                // The probe hangs up once it has heard enough.
                let _ = stream.write_all(part.as_bytes());
                let _ = stream.flush();
            }
        });
        let result = attempt(&question(&format!("http://{address}/health"), text));
        server.join().unwrap();
        result
    }

    #[test]
    fn x43_an_answer_is_good_by_its_status_and_its_text() {
        assert_eq!(answered(&["HTTP/1.1 200 OK\r\n\r\nwell"], None), Ok(()));
        assert_eq!(answered(&["HTTP/1.0 30", "2 Found\r\n\r\n"], None), Ok(()));
        let well = &["HTTP/1.1 200 OK\r\n\r\nall is we", "ll here"];
        assert_eq!(answered(well, Some("is well")), Ok(()));
        let bad = |parts, text| answered(parts, text).unwrap_err();
        assert_eq!(bad(&["HTTP/1.1 503 No\r\n\r\n"], None), "status 503");
        assert_eq!(bad(well, Some("broken")), "its answer lacks the text");
        assert_eq!(bad(&["SSH-2.0\r\n"], None), "its answer is not HTTP");
        assert!(bad(&[], None).contains("without an answer"));
    }

    #[test]
    fn x43_an_endless_answer_is_read_in_part() {
        let line: &'static str = Box::leak("x".repeat(2 * ANSWER_LEN_MAX).into_boxed_str());
        let parts: &'static [&'static str] = Box::leak(Box::new(["HTTP/1.1 200 OK\r\n", line]));
        assert_eq!(
            answered(parts, Some("never")),
            Err("its answer lacks the text".to_owned())
        );
    }

    #[test]
    fn x43_who_takes_a_connection_lives() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("tcp:{}", listener.local_addr().unwrap());
        assert_eq!(attempt(&question(&address, None)), Ok(()));
        drop(listener);
        assert!(
            attempt(&question(&address, None))
                .unwrap_err()
                .contains("refused")
        );
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let address = format!("unix:{}", path.display());
        assert!(attempt(&question(&address, None)).is_err());
        let _listener = UnixListener::bind(&path).unwrap();
        assert_eq!(attempt(&question(&address, None)), Ok(()));
    }
}
