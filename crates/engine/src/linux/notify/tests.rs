use relance_policy::{Notice, ServiceId};

use super::*;

fn run() -> RunId {
    RunId {
        service: ServiceId(1),
        number: 7,
    }
}

fn sockets(folder: &Path) -> Sockets {
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).unwrap();
    Sockets::new(&folder.join("relance.sock"), epoll.into())
}

fn opened(folder: &Path) -> (Sockets, PathBuf) {
    let mut sockets = sockets(folder);
    let path = sockets.open(run(), None).unwrap();
    sockets.watch(run());
    (sockets, path)
}

fn send(path: &Path, text: &[u8]) {
    let sender = UnixDatagram::unbound().unwrap();
    sender.send_to(text, path).unwrap();
}

/// Whether epoll has something to tell.
fn is_told(sockets: &Sockets) -> bool {
    let mut events: Vec<epoll::Event> = Vec::with_capacity(1);
    let at_once = rustix::event::Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    let buffer = rustix::buffer::spare_capacity(&mut events);
    epoll::wait(&*sockets.epoll, buffer, Some(&at_once)).unwrap() > 0
}

fn lives(sockets: &mut Sockets, belongs: impl Fn(Pid) -> bool) -> bool {
    let received = sockets.read(run(), belongs);
    received.iter().any(|message| message.beats)
}

#[test]
fn x40_only_a_heartbeat_of_the_run_counts() {
    let folder = tempfile::tempdir().unwrap();
    let (mut sockets, path) = opened(folder.path());
    let own = rustix::process::getpid();
    for (text, counts) in [
        (&b"WATCHDOG=1"[..], true),
        (b"STATUS=busy\nWATCHDOG=1\n", true),
        (b"WATCHDOG=11", false),
        (b"STATUS=up", false),
        (b"", false),
    ] {
        send(&path, text);
        let text = String::from_utf8_lossy(text).into_owned();
        assert_eq!(lives(&mut sockets, |pid| pid == own), counts, "{text}");
    }
    send(&path, b"WATCHDOG=1");
    assert!(!lives(&mut sockets, |_| false), "the sender is another");
    send(&path, &b"WATCHDOG=1\n".repeat(1000));
    assert!(!lives(&mut sockets, |_| true), "too long to be read");
}

#[test]
fn x40_the_socket_is_for_one_account_and_goes_with_its_run() {
    let folder = tempfile::tempdir().unwrap();
    let (mut sockets, path) = opened(folder.path());
    assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600);
    let parent = path.parent().unwrap();
    assert_eq!(parent.metadata().unwrap().mode() & 0o777, 0o711);
    sockets.close(run());
    assert!(!path.exists());
}

#[test]
fn x40_another_daemon_goes_on_with_the_runs_that_live_and_removes_what_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let over = RunId { number: 6, ..run() };
    let mut before = sockets(folder.path());
    let path = before.open(run(), None).unwrap();
    let left = before.open(over, None).unwrap();
    drop(before);
    let mut after = sockets(folder.path());
    after.take_over(&[run()].into());
    send(&path, b"WATCHDOG=1");
    assert!(is_told(&after));
    assert!(lives(&mut after, |_| true));
    assert!(!left.exists());
}

#[test]
fn x40_something_else_in_the_place_of_the_folder_refuses_the_start() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/tmp", folder.path().join("relance.sock.notify")).unwrap();
    assert!(sockets(folder.path()).open(run(), None).is_err());
}

#[test]
fn x41_what_changes_a_record_stays_in_the_queue_until_it_is_on_record() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = sockets(folder.path());
    let path = first.open(run(), None).unwrap();
    let kept = first.kept(run()).unwrap();
    first.watch(run());
    send(&path, b"WATCHDOG=1");
    send(&path, b"READY=1");
    send(&path, b"STOPPING=1");
    let received = first.read(run(), |_| true);
    assert_eq!(received.len(), 2);
    assert_eq!(received[1].notices, [Notice::Ready]);
    assert!(first.read(run(), |_| true).is_empty(), "it waits");
    // That engine is killed; the next one has the socket from the guardian.
    drop(first);
    let mut second = sockets(folder.path());
    second.take(run(), rustix::io::dup(&*kept).unwrap());
    second.take_over(&[run()].into());
    let received = second.read(run(), |_| true);
    assert_eq!(received[0].notices, [Notice::Ready], "it is told again");
    second.on_record(run());
    assert!(is_told(&second), "what came behind it is told of");
    let received = second.read(run(), |_| true);
    assert_eq!(received[0].notices, [Notice::Stopping]);
}

#[test]
fn x42_a_flood_does_not_keep_others_waiting_and_none_of_it_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let (mut sockets, path) = opened(folder.path());
    // As many as the queue of a socket takes.
    let sender = UnixDatagram::unbound().unwrap();
    sender.set_nonblocking(true).unwrap();
    let mut sent = 0;
    for _ in 0..10_000 {
        match sender.send_to(b"WATCHDOG=1", &path) {
            Ok(_) => sent += 1,
            Err(_) => break,
        }
    }
    let mut got = 0;
    while is_told(&sockets) {
        let read = sockets.read(run(), |_| true).len();
        assert!(read <= READ_AT_ONCE);
        got += read;
    }
    assert_eq!(got, sent);
}

#[test]
fn x42_the_rest_is_read_when_the_run_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    let (mut sockets, path) = opened(folder.path());
    for text in [&b"STOPPING=1"[..], b"ERRNO=2", b"STATUS=gone"] {
        send(&path, text);
    }
    assert_eq!(sockets.read(run(), |_| true).len(), 1);
    let rest = sockets.read_rest(run(), |_| true);
    assert_eq!(rest.len(), 2);
    assert!(matches!(rest[0].notices[..], [Notice::Error(_)]));
}

#[test]
fn x42_a_barrier_is_lifted_when_what_came_before_it_was_taken() {
    use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg_addr};
    let folder = tempfile::tempdir().unwrap();
    let (mut sockets, path) = opened(folder.path());
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    let sender = UnixDatagram::unbound().unwrap();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let handed = [std::os::fd::AsFd::as_fd(&writer)];
    assert!(ancillary.push(SendAncillaryMessage::ScmRights(&handed)));
    let to = rustix::net::SocketAddrUnix::new(&path).unwrap();
    let text = [io::IoSlice::new(b"BARRIER=1")];
    sendmsg_addr(&sender, &to, &text, &mut ancillary, SendFlags::empty()).unwrap();
    drop(writer);
    sockets.read(run(), |_| true);
    // Nobody can write any more.
    let mut nothing = [0; 1];
    assert_eq!(rustix::io::read(&reader, &mut nothing), Ok(0));
}
