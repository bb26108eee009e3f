//! A connection against a manager that the test plays.

use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use relance_wire::channel::{Done as DoneFrame, Refused, Welcome};

use super::*;

const PATIENCE: Duration = Duration::from_secs(60);

fn report(state: u32) -> RawStatusReport {
    RawStatusReport {
        state,
        ..RawStatusReport::default()
    }
}

/// A connection with a way back to this socket, and the manager's end of its channel.
fn connection(socket: &Path, patience: Duration) -> (Connection, Manager) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let way_back = WayBack {
        socket: socket.to_owned(),
        run: "12.3".into(),
        secret: "secret".into(),
    };
    let environment = Environment {
        channel: Some(ours.into()),
        way_back: Some(way_back),
    };
    let connection = Connection {
        patience,
        ..Connection::open(environment).unwrap()
    };
    (connection, Manager::on(theirs))
}

/// The manager's end of a channel.
struct Manager(BufReader<UnixStream>);

impl Manager {
    fn on(stream: UnixStream) -> Self {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(BufReader::new(stream))
    }

    /// Takes a service that comes back.
    fn attached(listener: &UnixListener) -> Self {
        let mut manager = Self::on(listener.accept().unwrap().0);
        let mut line = String::new();
        manager.0.read_line(&mut line).unwrap();
        assert_eq!(line, "POST /v1/runs/12.3/attach HTTP/1.1\r\n");
        while line != "\r\n" {
            line.clear();
            manager.0.read_line(&mut line).unwrap();
        }
        let answer = b"HTTP/1.1 101 Switching Protocols\r\n\r\n";
        socket::write_all(manager.0.get_ref(), answer).unwrap();
        manager
    }

    fn hears(&mut self) -> ServiceFrame {
        let mut line = Vec::new();
        read_line(&mut self.0, &mut line).unwrap();
        decode(&line).unwrap()
    }

    fn hears_report(&mut self) -> (u64, u32) {
        match self.hears() {
            ServiceFrame::Status(status) => (status.number, status.state),
            other => panic!("{other:?}"),
        }
    }

    fn says(&self, frame: &ManagerFrame) {
        socket::write_all(self.0.get_ref(), &encode(frame)).unwrap();
    }

    fn welcomes(&mut self, last_report: u64) {
        assert!(matches!(self.hears(), ServiceFrame::Hello(_)));
        self.says(&ManagerFrame::Welcome(Welcome {
            version: VERSION,
            service_name: "a".into(),
            last_report,
            arguments: Vec::new(),
        }));
    }

    fn answers(&self, number: u64) {
        self.says(&ManagerFrame::Done(DoneFrame { number, code: 0 }));
    }

    fn sends(&mut self, id: u32) -> ControlAnswer {
        self.says(&ManagerFrame::Control(ControlRequest { id, code: 200 }));
        match self.hears() {
            ServiceFrame::Answer(answer) => answer,
            other => panic!("{other:?}"),
        }
    }
}

/// Starts the reading thread of a connection; its handler counts what it is called for.
fn handled(connection: Connection) -> (Arc<Connection>, Arc<AtomicU32>) {
    let connection = Arc::new(connection);
    let handled = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&handled);
    let handler = move |_, _: &Reporter<'_>| 100 + count.fetch_add(1, Ordering::SeqCst);
    spawn_reader(&connection, Box::new(handler)).unwrap();
    connection.hello();
    (connection, handled)
}

#[test]
fn what_was_not_answered_is_said_again_to_the_manager_that_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("relance.sock");
    let (connection, mut manager) = connection(&socket, PATIENCE);
    let (connection, handled) = handled(connection);
    manager.welcomes(0);
    connection.send(report(4));
    assert_eq!(manager.hears_report(), (1, 4));
    manager.answers(1);
    assert_eq!(manager.sends(1).code, 100);
    // It takes two more, and dies before they are on record.
    connection.send(report(7));
    let last = connection.send(report(4));
    assert_eq!(manager.hears_report(), (2, 7));
    drop(manager);

    let waiting = thread::spawn({
        let connection = Arc::clone(&connection);
        move || connection.wait_done(last)
    });
    let listener = UnixListener::bind(&socket).unwrap();
    let mut manager = Manager::attached(&listener);
    manager.welcomes(1);
    assert_eq!(manager.hears_report(), (2, 7));
    assert_eq!(manager.hears_report(), (3, 4));
    // The answer to the control was lost with it, too.
    assert_eq!(manager.sends(1).code, 100);
    assert_eq!(handled.load(Ordering::SeqCst), 1);
    assert_eq!(manager.sends(2).code, 101);
    manager.answers(2);
    manager.answers(3);
    assert!(matches!(
        waiting.join().unwrap(),
        Done::Code(Win32Error::SUCCESS)
    ));
    connection.close();
}

#[test]
fn the_end_of_a_service_waits_for_a_manager_that_has_to_be_told() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("relance.sock");
    let (connection, manager) = connection(&socket, PATIENCE);
    let (connection, _) = handled(connection);
    drop(manager);
    connection.tell_cause(&EndCause::new(relance_scm::EndCauseKind::EndOfScript, ""));
    connection.send(report(1));
    let ending = thread::spawn({
        let connection = Arc::clone(&connection);
        move || {
            connection.settle();
            connection.close();
        }
    });
    let listener = UnixListener::bind(&socket).unwrap();
    let mut manager = Manager::attached(&listener);
    manager.welcomes(0);
    assert!(matches!(manager.hears(), ServiceFrame::Cause(_)));
    assert_eq!(manager.hears_report(), (1, 1));
    manager.answers(1);
    ending.join().unwrap();
}

#[test]
fn a_manager_that_does_not_come_back_is_waited_for_once() {
    let folder = tempfile::tempdir().unwrap();
    let (connection, manager) = connection(&folder.path().join("no.sock"), Duration::ZERO);
    let (connection, _) = handled(connection);
    drop(manager);
    connection.wait_until_away();
    let sent = connection.send(report(4));
    assert!(matches!(connection.wait_done(sent), Done::Kept));
    connection.settle();
    connection.close();
}

#[test]
fn a_run_that_the_manager_does_not_know_is_not_asked_for_at_every_turn() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("relance.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    let (connection, mut manager) = connection(&socket, Duration::ZERO);
    let (connection, _) = handled(connection);
    manager.welcomes(0);
    connection.welcome(Instant::now() + PATIENCE).unwrap();
    drop(manager);
    let manager = Manager::attached(&listener);
    manager.says(&ManagerFrame::Refused(Refused {
        code: 1168,
        message: "there is no such run".into(),
    }));
    drop(manager);
    let mut state = connection.lock();
    while !(state.is_refused && state.stream.is_none()) {
        state = connection.wait(state, PATIENCE);
    }
    drop(state);
    assert!(connection.welcome(Instant::now()).is_ok(), "it goes on");
    connection.close();
}

#[test]
fn a_control_that_is_repeated_is_answered_as_before_and_handled_once() {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let connection = Connection::open(Environment {
        channel: Some(ours.into()),
        way_back: None,
    })
    .unwrap();
    let handled = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&handled);
    let mut handler: Handler = Box::new(move |_, _| 100 + count.fetch_add(1, Ordering::SeqCst));
    for id in [1, 1, 2] {
        connection.control(ControlRequest { id, code: 200 }, &mut handler);
    }
    drop(connection);
    let answers = BufReader::new(theirs).lines().map(|line| {
        match decode(line.unwrap().as_bytes()).unwrap() {
            ServiceFrame::Answer(answer) => (answer.id, answer.code),
            other => panic!("{other:?}"),
        }
    });
    assert_eq!(answers.collect::<Vec<_>>(), [(1, 100), (1, 100), (2, 101)]);
    assert_eq!(handled.load(Ordering::SeqCst), 2);
}

impl Connection {
    fn wait_until_away(&self) {
        let mut state = self.lock();
        while state.away_since.is_none() {
            state = self.wait(state, PATIENCE);
        }
    }
}
