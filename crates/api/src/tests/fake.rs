//! A server over a manager that implements little, and clients with a given identity.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use relance_scm::config::ServiceType;
use relance_scm::event_log::{EventFilter, EventPage};
use relance_scm::manager::{
    Enumeration, FollowOutput, OutputPart, OutputRange, OutputStream, Watch, Watched,
};
use relance_scm::security::Sid;
use relance_scm::status::ServiceStatus;
use relance_scm::{
    Caller, ControlsAccepted, ExitCode, Reply, ScmError, ServiceManager, ServiceName, ServiceState,
    Win32Error, refuse,
};
use relance_sessions::{FileStore, Sessions};

use crate::limits::Limits;
use crate::panics::are_caught;
use crate::server::serve_within;

/// A server in a folder of its own.
pub(super) struct Server {
    folder: tempfile::TempDir,
    pub(super) manager: Arc<Manager>,
    next: Arc<Mutex<&'static str>>,
}

impl Server {
    pub(super) fn start() -> Self {
        Self::within(Limits::default())
    }

    pub(super) fn within(limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("socket")).unwrap();
        let manager = Arc::new(Manager::default());
        let next = Arc::new(Mutex::new(""));
        let named = Arc::clone(&next);
        let identify =
            Arc::new(move |_: std::os::fd::BorrowedFd<'_>| Ok(caller(*named.lock().unwrap())));
        let sessions = Sessions::new(FileStore::load(folder.path().join("sessions")), None);
        let served = Arc::<Manager>::clone(&manager);
        serve_within(limits, listener.into(), served, identify, sessions).unwrap();
        Self {
            folder,
            manager,
            next,
        }
    }

    /// A connection as somebody; whether it is taken shows when it is used.
    pub(super) fn connect(&self, name: &'static str) -> Client {
        *self.next.lock().unwrap() = name;
        Client(UnixStream::connect(self.folder.path().join("socket")).unwrap())
    }

    /// A connection that was taken.
    pub(super) fn client(&self, name: &'static str) -> Client {
        let mut client = self.connect(name);
        let answer = client.get("/v1/session");
        assert!(answer.contains(name), "{answer}");
        client
    }
}

fn caller(name: &str) -> Caller {
    let sids = if name == "root" {
        vec![Sid::Administrators]
    } else {
        vec![Sid::Everyone]
    };
    Caller {
        name: name.into(),
        sids: sids.into(),
        session: None,
    }
}

pub(super) struct Client(UnixStream);

impl Client {
    /// As much of it as is taken: a server may have answered before it has read all.
    pub(super) fn send(&mut self, text: &str) {
        let _ = self.0.write_all(text.as_bytes());
    }

    /// Everything until the server closes the connection.
    pub(super) fn read_all(&mut self) -> String {
        let mut bytes = Vec::new();
        let mut part = [0; 4096];
        // One that is closed with bytes unread ends with an error, behind the answer.
        while let Ok(length @ 1..) = self.0.read(&mut part) {
            bytes.extend_from_slice(&part[..length]);
        }
        String::from_utf8(bytes).unwrap()
    }

    pub(super) fn read_head(&mut self) -> String {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") && self.0.read(&mut byte).is_ok_and(|read| read > 0) {
            head.push(byte[0]);
        }
        String::from_utf8(head).unwrap()
    }

    fn exchange(&mut self, request: &str) -> String {
        self.send(request);
        let head = self.read_head();
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse().unwrap())
        });
        let mut body = vec![0; length.unwrap_or(0)];
        self.0.read_exact(&mut body).unwrap();
        head + &String::from_utf8(body).unwrap()
    }

    pub(super) fn get(&mut self, path: &str) -> String {
        self.exchange(&format!("GET {path} HTTP/1.1\r\nHost: r\r\n\r\n"))
    }

    pub(super) fn post(&mut self, path: &str, body: &str) -> String {
        let length = body.len();
        self.exchange(&format!(
            "POST {path} HTTP/1.1\r\nHost: r\r\nContent-Length: {length}\r\n\r\n{body}"
        ))
    }
}

/// Every service runs; a search lasts until nobody wants it; the service `fault` is a fault.
pub(super) struct Manager {
    searches: Signals,
    given_up: Signals,
    /// A stream of the service `slow` has been opened or asked for its next part; the test lets it
    /// answer.
    asked: Arc<Signals>,
    released: Arc<Signals>,
    caught: Mutex<Vec<bool>>,
}

struct Signals(Mutex<Sender<()>>, Mutex<Receiver<()>>);

impl Signals {
    fn new() -> Self {
        let (sender, receiver) = channel();
        Self(sender.into(), receiver.into())
    }

    fn send(&self) {
        self.0.lock().unwrap().send(()).unwrap();
    }

    fn wait(&self) {
        self.1.lock().unwrap().recv().unwrap();
    }
}

impl Default for Manager {
    fn default() -> Self {
        Self {
            searches: Signals::new(),
            given_up: Signals::new(),
            asked: Arc::new(Signals::new()),
            released: Arc::new(Signals::new()),
            caught: Mutex::default(),
        }
    }
}

impl Manager {
    pub(super) fn search_begun(&self) {
        self.searches.wait();
    }

    pub(super) fn search_given_up(&self) {
        self.given_up.wait();
    }

    pub(super) fn stream_asked(&self) {
        self.asked.wait();
    }

    pub(super) fn release_stream(&self) {
        self.released.send();
    }

    pub(super) fn fault_was_caught(&self) -> bool {
        self.caught.lock().unwrap().pop() == Some(true)
    }

    fn slow(&self) -> Slow {
        let (asked, released) = (Arc::clone(&self.asked), Arc::clone(&self.released));
        Slow { asked, released }
    }

    fn fault(&self, name: &ServiceName) {
        if name.as_str() == "fault" {
            self.caught.lock().unwrap().push(are_caught());
            panic!("a fault");
        }
    }
}

fn unknown(_: &Manager) -> ScmError {
    Win32Error::NOT_SUPPORTED.into()
}

impl ServiceManager for Manager {
    fn query_status(&self, _: &Caller, name: &ServiceName, reply: Reply<ServiceStatus>) {
        self.fault(name);
        reply.send(Ok(ServiceStatus {
            service_type: ServiceType::OWN_PROCESS,
            state: ServiceState::Running,
            controls_accepted: ControlsAccepted::NONE,
            exit_code: ExitCode::SUCCESS,
            checkpoint: 0,
            wait_hint: Duration::ZERO,
            process_id: 7,
            service_flags: 0,
        }));
    }

    fn enumerate(&self, _: &Caller, reply: Reply<Enumeration>) {
        reply.send(Ok(Enumeration::default()));
    }

    fn find_events(&self, _: &Caller, _: EventFilter, reply: Reply<EventPage>) {
        self.searches.send();
        while reply.interest().lasts() {
            std::thread::yield_now();
        }
        self.given_up.send();
    }

    fn read_output(
        &self,
        _: &Caller,
        name: &ServiceName,
        _: OutputStream,
        _: OutputRange,
        reply: Reply<OutputPart>,
    ) {
        self.fault(name);
        reply.send(Err(unknown(self)));
    }

    fn watch(&self, caller: &Caller, _: Option<u64>) -> Result<Box<dyn Watch>, ScmError> {
        if &*caller.name == "slow" {
            return Ok(Box::new(self.slow()));
        }
        Ok(Box::new(Silent))
    }

    fn follow_output(
        &self,
        _: &Caller,
        _: &ServiceName,
        _: OutputStream,
        _: u64,
    ) -> Result<Box<dyn FollowOutput>, ScmError> {
        let slow = self.slow();
        slow.work();
        Ok(Box::new(slow))
    }

    refuse!(
        unknown;
        create_service, apply, delete_service, query_config, change_config, query_service,
        start_service, control_service, terminate_service, cancel_recovery, explain,
        query_manager,
    );
}

/// Has to work for its first event as long as the test wants, and then ends.
struct Slow {
    asked: Arc<Signals>,
    released: Arc<Signals>,
}

impl Slow {
    fn work(&self) {
        self.asked.send();
        self.released.wait();
    }
}

impl Watch for Slow {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Watched>> {
        self.work();
        Poll::Ready(None)
    }
}

impl FollowOutput for Slow {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<OutputPart>> {
        self.work();
        Poll::Ready(None)
    }
}

struct Silent;

impl Watch for Silent {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Watched>> {
        Poll::Pending
    }
}
