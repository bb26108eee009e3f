//! A manager that dies under a request, at each moment of it, and what the next manager is asked then.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::thread;

use relance_scm::{ScmError, Win32Error};
use tempfile::TempDir;

use super::{Nothing, SocketManager};
use crate::Target;
use crate::patience::Patience;
use crate::reach::connect_patiently;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";

/// When the first manager dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dies {
    /// Before it takes the connection.
    Unaccepted,
    /// With the connection, before it reads the request.
    Unread,
    /// While it reads it.
    HalfRead,
    /// When it has read it: what it did is unknown.
    Read,
}

const MOMENTS: [Dies; 4] = [Dies::Unaccepted, Dies::Unread, Dies::HalfRead, Dies::Read];

/// Two managers of one socket. The second is there as soon as the first dies.
struct Managers {
    folder: TempDir,
    first: UnixListener,
}

impl Managers {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let first = UnixListener::bind(folder.path().join("socket")).unwrap();
        Self { folder, first }
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    fn next(&self) -> UnixListener {
        let other = self.folder.path().join("next");
        let next = UnixListener::bind(&other).unwrap();
        fs::rename(other, self.socket()).unwrap();
        next
    }
}

/// Asks while the first manager dies; the answer, and whether the second one was asked.
fn ask<T>(
    dies: Dies,
    ask: impl FnOnce(&SocketManager) -> Result<T, ScmError>,
) -> (Result<T, ScmError>, bool) {
    let managers = Managers::new();
    let target = Target::Socket(managers.socket());
    let manager = connect_patiently(&target, Patience::UntilStarted).unwrap();
    let next = managers.next();
    let (folder, first) = (managers.folder, managers.first);
    let asked = if dies == Dies::Unaccepted {
        drop(first);
        None
    } else {
        Some(first)
    };
    let mut second = next.try_clone().unwrap();
    let (done, is_done) = std::sync::mpsc::channel::<()>();
    let server = thread::spawn(move || {
        if let Some(first) = asked {
            die(&first, dies);
        }
        answer(&mut second, &is_done)
    });
    let result = ask(&manager);
    drop(done);
    // Ends the wait for a request that does not come.
    drop(UnixStream::connect(folder.path().join("socket")).unwrap());
    (result, server.join().unwrap())
}

fn die(listener: &UnixListener, dies: Dies) {
    let (mut stream, _) = listener.accept().unwrap();
    let mut first = [0];
    match dies {
        Dies::Unaccepted => {}
        Dies::Unread => {
            let flags = rustix::net::RecvFlags::PEEK;
            rustix::net::recv(&stream, &mut first, flags).unwrap();
        }
        Dies::HalfRead => stream.read_exact(&mut first).unwrap(),
        Dies::Read => drop(request(&mut stream)),
    }
}

/// Answers the first request that comes; whether one came before the caller had its answer. Those who only
/// knock are let go.
fn answer(listener: &mut UnixListener, is_done: &std::sync::mpsc::Receiver<()>) -> bool {
    loop {
        let (mut stream, _) = listener.accept().unwrap();
        if !request(&mut stream).is_empty() {
            stream.write_all(ANSWER).unwrap();
            return true;
        }
        let gone = std::sync::mpsc::TryRecvError::Disconnected;
        if is_done.try_recv() == Err(gone) {
            return false;
        }
    }
}

/// A request with its body, which is `{}` or nothing.
fn request(stream: &mut UnixStream) -> Vec<u8> {
    let mut request = Vec::new();
    let mut part = [0; 1024];
    let is_whole = |request: &[u8]| {
        let end: &[u8] = if request.starts_with(b"GET") {
            b"\r\n\r\n"
        } else {
            b"{}"
        };
        request.ends_with(end)
    };
    while !is_whole(&request) {
        match stream.read(&mut part).unwrap() {
            0 => break,
            length => request.extend_from_slice(&part[..length]),
        }
    }
    request
}

#[test]
fn a_question_is_asked_of_the_next_manager_whenever_the_first_dies() {
    for dies in MOMENTS {
        let (answer, is_asked) = ask(dies, |manager| {
            manager.get::<serde_json::Value>("/v1/services")
        });
        assert_eq!((answer.is_ok(), is_asked), (true, true), "{dies:?}");
    }
}

#[test]
fn a_control_is_sent_to_the_next_manager_only_if_the_first_has_surely_not_got_it() {
    for dies in MOMENTS {
        let (answer, is_asked) = ask(dies, |manager| {
            manager.act("POST", "/v1/services/a/terminate", &Nothing {})
        });
        if dies == Dies::Read {
            let error = answer.unwrap_err();
            assert_eq!(error.code(), Win32Error::RPC_S_CALL_FAILED);
            assert!(error.sentence().contains("look at the service"), "{error}");
            assert!(!is_asked);
        } else {
            assert_eq!((answer, is_asked), (Ok(()), true), "{dies:?}");
        }
    }
}
