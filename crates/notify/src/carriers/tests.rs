//! Servers with certificates: of an authority of one's own, for another name, that have expired, of nobody known.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use relance_scm::notice::NoticeKind;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::*;
use crate::message::Message;
use crate::targets::parse;

const AUTHORITY: &str = include_str!("certificates/authority.pem");
const HERE: &str = include_str!("certificates/here.pem");
const ELSEWHERE: &str = include_str!("certificates/elsewhere.pem");
const EXPIRED: &str = include_str!("certificates/expired.pem");
const KEY: &str = include_str!("certificates/key.pem");

type Stream = BufReader<StreamOwned<ServerConnection, TcpStream>>;
/// Hears one message out.
type Talk = fn(&mut Stream) -> io::Result<String>;

/// A server with this certificate that takes one connection, and hands over what it was told.
fn server(certificate: &str, talk: Talk) -> (u16, Receiver<String>) {
    let chain = CertificateDer::pem_slice_iter(certificate.as_bytes());
    let chain = chain.collect::<Result<_, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY.as_bytes()).unwrap();
    let settings = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = channel();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let connection = ServerConnection::new(Arc::new(settings)).unwrap();
        let mut stream = BufReader::new(StreamOwned::new(connection, stream));
        // A client that does not trust it says nothing.
        if let Ok(message) = talk(&mut stream) {
            let _ = tell.send(message);
        }
    });
    (port, told)
}

fn web(stream: &mut Stream) -> io::Result<String> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(text) = line.strip_prefix("content-length: ") {
            length = text.parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    let answer = b"HTTP/1.1 204 No Content\r\n\r\n";
    stream.get_mut().write_all(answer)?;
    Ok(String::from_utf8(body).unwrap())
}

fn mail(stream: &mut Stream) -> io::Result<String> {
    let mut heard = String::new();
    let mut is_mail = false;
    stream.get_mut().write_all(b"220 here\r\n")?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let answer: &[u8] = match line.trim() {
            "." => {
                stream.get_mut().write_all(b"250 taken\r\n")?;
                return Ok(heard);
            }
            text if is_mail => {
                heard.push_str(text);
                heard.push('\n');
                continue;
            }
            "DATA" => {
                is_mail = true;
                b"354 go on\r\n"
            }
            _ => b"250 well\r\n",
        };
        stream.get_mut().write_all(answer)?;
    }
}

/// Tells a target whose address has this port.
fn send(text: &str, port: u16) -> Result<(), Failed> {
    let text = format!("[target.ops]\n{}", text.replace("PORT", &port.to_string()));
    let read = |path: &Path, _| match path.to_str() {
        Some("own.pem") => Ok(AUTHORITY.to_owned()),
        Some("other.pem") => Ok(ELSEWHERE.to_owned()),
        _ => Err(io::ErrorKind::NotFound.into()),
    };
    let targets = parse(&text, &read).unwrap();
    let message = Message::said(NoticeKind::GiveUp, 0, Some("worker"), None);
    let letter = Letter {
        id: "abc-1",
        message: &message,
        machine: "web1",
    };
    tell(&targets.targets["ops"], letter, None)
}

const WEB: &str = "webhook = \"https://127.0.0.1:PORT/hook\"\n";
const MAIL: &str =
    "mail = \"ops@example.org\"\nfrom = \"a@example.org\"\nserver = \"smtps://127.0.0.1:PORT\"\n";
const OWN: &str = "ca_file = \"own.pem\"\n";
const OTHER: &str = "ca_file = \"other.pem\"\n";

#[test]
fn x108_a_server_of_an_own_authority_is_told() {
    for (target, talk) in [(WEB, web as Talk), (MAIL, mail)] {
        let (port, told) = server(HERE, talk);
        send(&format!("{target}{OWN}"), port).unwrap();
        let message = told.recv().unwrap();
        assert!(message.contains("worker failed on web1"), "{message}");
    }
}

#[test]
fn x108_a_certificate_that_is_not_right_is_refused_in_words_and_nothing_is_said() {
    for (target, talk) in [(WEB, web as Talk), (MAIL, mail)] {
        for (certificate, authority, word) in [
            (HERE, OTHER, "UnknownIssuer"),
            (ELSEWHERE, OWN, "not valid for name"),
            (EXPIRED, OWN, "expired"),
        ] {
            let (port, told) = server(certificate, talk);
            let failed = send(&format!("{target}{authority}"), port).unwrap_err();
            let problem = &failed.problem;
            assert!(failed.again, "somebody may mend it: {problem}");
            assert!(
                problem.starts_with("its certificate is not accepted: ") && problem.contains(word),
                "{problem}"
            );
            assert!(told.recv().is_err(), "it was told: {target}");
        }
        // The machine trusts other authorities, or none.
        let (port, told) = server(HERE, talk);
        let failed = send(target, port).unwrap_err();
        assert!(failed.again && told.recv().is_err(), "{failed:?}");
    }
}
