//! HTTP/1.1 over a Unix socket, as much of it as the API needs: a body of known length or a stream
//! that ends with the connection.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use relance_scm::{ScmError, Win32Error};
use relance_texts::{error, shown};
use relance_wire::api::ErrorReply;

use crate::bounds::unanswered;
use crate::kept::Connection;
use crate::socket;

/// Longest head of an answer.
const HEAD_LEN_MAX: usize = 16 * 1024;

/// How long without an answer until the client knocks at the socket.
const KNOCK_AFTER: Duration = Duration::from_secs(2);

/// The status of an answer without a body.
const NO_CONTENT: u16 = 204;

/// A request.
pub(crate) struct HttpRequest<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    /// A session's or token's secret; without one the caller is this process.
    pub(crate) token: Option<&'a str>,
    /// JSON, if there is a body.
    pub(crate) body: Option<Vec<u8>>,
    /// How long the manager may be silent, before the answer and within it.
    pub(crate) patience: Duration,
}

/// A successful answer, its body still to be read.
pub(crate) struct HttpResponse {
    reader: BufReader<Connection>,
    length: Option<usize>,
    chunked: bool,
    position: Option<u64>,
}

/// Sends a request, and reads the answer's head. A request that was not read, because the manager left
/// the connection before, is sent again: at once where the connection is from an earlier call, else
/// while this call waits for a manager that is away.
pub(crate) fn send(
    mut connection: Connection,
    request: &HttpRequest<'_>,
) -> Result<HttpResponse, ScmError> {
    let mut wait = None;
    loop {
        let (opener, is_used) = (connection.spare(), connection.is_used());
        match exchange(connection, request) {
            Ok(answer) => return answer,
            Err(Error::Refused(error)) => return Err(error),
            Err(Error::Io(error)) => {
                let mut pause = || wait.get_or_insert_with(|| opener.wait()).pause();
                if !(is_unread(&error) && (is_used || pause())) {
                    return Err(broken_off(&error));
                }
                connection = opener.open()?;
            }
        }
    }
}

/// Whether the kernel says of a request that the manager has not read it.
fn is_unread(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset
    )
}

/// 1726: whether the request was carried out is unknown. 1460 where the manager said nothing for too
/// long.
pub(crate) fn broken_off(error: &io::Error) -> ScmError {
    // The error of a socket whose time-out is over.
    if error.kind() == io::ErrorKind::WouldBlock {
        return unanswered();
    }
    ScmError::new(
        Win32Error::RPC_S_CALL_FAILED,
        error::BrokenOff {
            error: shown(error),
        },
    )
}

enum Error {
    Io(io::Error),
    Refused(ScmError),
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn exchange(
    connection: Connection,
    request: &HttpRequest<'_>,
) -> Result<Result<HttpResponse, ScmError>, Error> {
    let body = request.body.as_deref().unwrap_or_default();
    let mut head = format!(
        "{} {} HTTP/1.1\r\nHost: relance\r\nContent-Length: {}\r\n",
        request.method,
        request.path,
        body.len()
    );
    if !connection.is_kept() {
        head.push_str("Connection: close\r\n");
    }
    if let Some(token) = request.token {
        let _ = write!(head, "Authorization: Bearer {token}\r\n");
    }
    if request.body.is_some() {
        head.push_str("Content-Type: application/json\r\n");
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body);
    connection.wait_at_most(request.patience)?;
    let written = socket::write_all(connection.stream(), &bytes);
    if written.is_ok() && !connection.has_answer_within(KNOCK_AFTER.min(request.patience)) {
        connection.spare().knock();
    }
    let mut reader = BufReader::new(connection);
    let head = match written {
        Ok(()) => read_head(&mut reader)?,
        // A manager that refuses a request may answer before the whole request was written.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            read_head(&mut reader).map_err(|_| error)?
        }
        Err(error) => return Err(error.into()),
    };
    let (status, answer) = parse_head(&head, reader)?;
    if (200..300).contains(&status) {
        return Ok(Ok(answer));
    }
    let body = answer.read_all()?;
    Ok(Err(match serde_json::from_slice::<ErrorReply>(&body) {
        Ok(reply) => reply.into(),
        Err(_) => ScmError::new(
            Win32Error::INVALID_DATA,
            error::AnswerStatus {
                status: shown(status),
            },
        ),
    }))
}

fn read_head(reader: &mut BufReader<Connection>) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let before = head.len();
        reader
            .take((HEAD_LEN_MAX - before) as u64)
            .read_until(b'\n', &mut head)?;
        if head.len() == before {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(head)
}

fn parse_head(head: &[u8], reader: BufReader<Connection>) -> Result<(u16, HttpResponse), Error> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut headers);
    let parsed = response
        .parse(head)
        .is_ok_and(|parsed| parsed.is_complete());
    let Some(status) = response.code.filter(|_| parsed) else {
        return Err(Error::Refused(ScmError::new(
            Win32Error::INVALID_DATA,
            error::NOT_A_MANAGER,
        )));
    };
    let value = |name: &str| {
        let header = response
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(header.value).ok()
    };
    let answer = HttpResponse {
        length: match status {
            NO_CONTENT => Some(0),
            _ => value("content-length").and_then(|length| length.parse().ok()),
        },
        chunked: value("transfer-encoding")
            .is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")),
        position: value("relance-position").and_then(|position| position.parse().ok()),
        reader,
    };
    Ok((status, answer))
}

impl HttpResponse {
    /// The header `Relance-Position`.
    pub(crate) fn position(&self) -> Option<u64> {
        self.position
    }

    /// The whole body; the connection may serve the next call.
    pub(crate) fn read_all(self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        match self.length {
            Some(length) => {
                let mut reader = self.reader;
                // Memory is reserved for bytes that arrive, not for the announced length.
                (&mut reader).take(length as u64).read_to_end(&mut body)?;
                if body.len() < length {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                if reader.buffer().is_empty() {
                    reader.into_inner().give_back();
                }
            }
            None => {
                self.into_body().read_to_end(&mut body)?;
            }
        }
        Ok(body)
    }

    /// The body as it comes.
    pub(crate) fn into_stream(self) -> Stream {
        self.reader.get_ref().wait_for_ever();
        self.into_body()
    }

    fn into_body(self) -> Stream {
        Stream {
            reader: self.reader,
            chunked: self.chunked,
            left: 0,
            ended: false,
        }
    }
}

/// A body that is read as it comes.
pub(crate) struct Stream {
    reader: BufReader<Connection>,
    chunked: bool,
    /// Bytes left of the present chunk.
    left: usize,
    ended: bool,
}

impl Stream {
    /// The connection, to end it from elsewhere.
    pub(crate) fn connection(&self) -> &UnixStream {
        self.reader.get_ref().stream()
    }

    /// The length of the next chunk; 0 at the end.
    fn next_chunk(&mut self) -> io::Result<usize> {
        let mut line = String::new();
        // The first chunk has no line end before it.
        while line.trim().is_empty() {
            line.clear();
            if (&mut self.reader).take(64).read_line(&mut line)? == 0 {
                return Ok(0);
            }
        }
        let digits = line.trim().split(';').next().unwrap_or_default();
        usize::from_str_radix(digits, 16).map_err(|_| io::ErrorKind::InvalidData.into())
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.chunked {
            return self.reader.read(buffer);
        }
        if self.ended || buffer.is_empty() {
            return Ok(0);
        }
        if self.left == 0 {
            self.left = self.next_chunk()?;
            if self.left == 0 {
                self.ended = true;
                return Ok(0);
            }
        }
        let wanted = buffer.len().min(self.left);
        let length = self.reader.read(&mut buffer[..wanted])?;
        self.left -= length;
        Ok(length)
    }
}

/// A name as a part of a path.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::net::UnixListener;

    use super::*;

    const REQUEST: HttpRequest<'_> = HttpRequest {
        method: "GET",
        path: "/v1/x",
        token: None,
        body: None,
        patience: crate::bounds::SOON,
    };

    /// Reads a request, answers it, and leaves.
    fn serve(mut stream: UnixStream, text: &str) -> String {
        let mut request = [0; 1024];
        let length = stream.read(&mut request).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        String::from_utf8_lossy(&request[..length]).into_owned()
    }

    /// What a server sends, read by a client.
    fn answer(text: &'static str) -> Result<Result<HttpResponse, ScmError>, Error> {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let server = std::thread::spawn(move || serve(theirs, text));
        let result = exchange(Connection::used(ours, "/nowhere".into()), &REQUEST);
        assert!(server.join().unwrap().starts_with("GET /v1/x HTTP/1.1\r\n"));
        result
    }

    fn body(text: &'static str) -> Vec<u8> {
        let Ok(Ok(answer)) = answer(text) else {
            panic!("{text}")
        };
        answer.read_all().unwrap()
    }

    #[test]
    fn bodies_of_known_length_and_in_chunks() {
        assert_eq!(
            body("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhixx"),
            b"hi"
        );
        assert_eq!(body("HTTP/1.1 204 No Content\r\n\r\n"), b"");
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3;x=y\r\ncde\r\n0\r\n\r\n";
        assert_eq!(body(chunked), b"abcde");
    }

    #[test]
    fn a_length_that_is_a_lie_takes_no_memory() {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 9999999999999\r\n\r\nhi";
        let Ok(Ok(answer)) = answer(text) else {
            panic!()
        };
        let error = answer.read_all().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn a_used_connection_that_the_manager_has_left_costs_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("socket");
        let listener = UnixListener::bind(&socket).unwrap();
        let server = std::thread::spawn(move || {
            let text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
            serve(listener.accept().unwrap().0, text)
        });
        let (ours, theirs) = UnixStream::pair().unwrap();
        drop(theirs);
        let answer = send(Connection::used(ours, socket), &REQUEST).unwrap();
        assert_eq!(answer.read_all().unwrap(), b"hi");
        server.join().unwrap();
    }

    #[test]
    fn a_manager_that_says_nothing_or_stops_in_the_middle_is_not_waited_for_without_bound() {
        let request = HttpRequest {
            patience: Duration::from_millis(10),
            ..REQUEST
        };
        for text in [
            "",
            "HTTP/1.1 200",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi",
        ] {
            let (ours, mut theirs) = UnixStream::pair().unwrap();
            theirs.write_all(text.as_bytes()).unwrap();
            let answer = send(Connection::used(ours, "/nowhere".into()), &request);
            let body = answer.and_then(|answer| answer.read_all().map_err(|e| broken_off(&e)));
            let error = body.unwrap_err();
            assert_eq!(error.code(), Win32Error::TIMEOUT, "{text}");
            assert!(error.sentence().contains("relance doctor"), "{error}");
        }
    }

    /// A guardian notices new connections, not requests over an existing one.
    #[test]
    fn a_manager_that_says_nothing_is_knocked_at() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("socket");
        let listener = UnixListener::bind(&socket).unwrap();
        let (ours, _theirs) = UnixStream::pair().unwrap();
        let request = HttpRequest {
            patience: Duration::from_millis(10),
            ..REQUEST
        };
        assert!(send(Connection::used(ours, socket), &request).is_err());
        listener.set_nonblocking(true).unwrap();
        listener.accept().unwrap();
    }

    #[test]
    fn errors_keep_their_code() {
        let text = "HTTP/1.1 404 Not Found\r\nContent-Length: 58\r\n\r\n\
                    {\"error\":{\"code\":1060,\"name\":\"ERROR\",\"message\":\"no such\"}}";
        let Ok(Err(error)) = answer(text) else {
            panic!()
        };
        assert_eq!((error.code().to_raw(), error.sentence()), (1060, "no such"));
    }

    #[test]
    fn whoever_is_no_manager_is_told_apart() {
        assert!(matches!(
            answer("SSH-2.0-OpenSSH\r\n\r\n"),
            Err(Error::Refused(_))
        ));
        assert!(matches!(answer("HTTP/1.1 200"), Err(Error::Io(_))));
        let Ok(Err(error)) = answer("HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno") else {
            panic!()
        };
        assert_eq!(error.code(), Win32Error::INVALID_DATA);
    }

    #[test]
    fn names_in_paths() {
        assert_eq!(escape("Mail é/x"), "Mail%20%C3%A9%2Fx");
    }
}
