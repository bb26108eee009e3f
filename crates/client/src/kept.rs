//! Connections to a manager. One is kept between calls that follow each other closely, because
//! opening one costs as much as a question.
//!
//! Only between such calls: a worker that asks once a second holds no place that others need. And
//! only for the process and user that opened it: the manager takes anyone who opened a connection for
//! the caller.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use relance_scm::{ScmError, Win32Error};
use relance_texts::{error, shown};
use rustix::event::{PollFd, PollFlags, Timespec, poll as poll_for};
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use rustix::net::{RecvFlags, recv};
use rustix::process::{getegid, geteuid};

use crate::bounds::{SOON, unanswered};
use crate::patience::{self, Patience, Wait};
use crate::socket;

/// Calls that follow each other closely.
const CLOSELY: Duration = Duration::from_millis(100);

/// How long knocking may take.
const KNOCK_MAX: Duration = Duration::from_millis(100);

/// More than any process id has.
const PID_BYTES_MAX: u64 = 16;

static LAST: Mutex<Option<Last>> = Mutex::new(None);

/// The last call of this process.
struct Last {
    at: Instant,
    sockets: Arc<[PathBuf]>,
    caller: CallerId,
    /// Its connection, when it could be kept.
    stream: Option<UnixStream>,
}

/// Whom the manager takes the caller for: process, user and group.
type CallerId = (u32, u32, u32);

fn caller() -> CallerId {
    let (user, group) = (geteuid(), getegid());
    (std::process::id(), user.as_raw(), group.as_raw())
}

/// How connections to a manager are opened.
#[derive(Clone)]
pub(crate) struct Opener {
    sockets: Arc<[PathBuf]>,
    patience: Patience,
    /// Whether a connection is kept when its call is over.
    is_kept: bool,
}

impl Opener {
    /// The wait for a manager that left a connection of this kind just now.
    pub(crate) fn wait(&self) -> Wait {
        Wait::from_now(&self.sockets, self.patience)
    }

    /// Connects and leaves. The guardian is woken by who comes to the socket, and sees then whether the
    /// engine is there; what is asked over a connection wakes the engine alone.
    pub(crate) fn knock(&self) {
        for socket in &*self.sockets {
            // If it fails, there is no guardian to notice it, or the queue is full already.
            let _ = socket::connect(socket, KNOCK_MAX);
        }
    }

    /// A new connection to the first of the sockets that answers.
    ///
    /// # Errors
    /// As [`crate::connect`].
    pub(crate) fn open(self) -> Result<Connection, ScmError> {
        Ok(Connection {
            stream: connect(&self.sockets, self.patience)?,
            opener: self,
            is_used: false,
        })
    }
}

/// A connection to a manager.
pub(crate) struct Connection {
    stream: UnixStream,
    opener: Opener,
    /// By an earlier call: the manager may have left it since.
    is_used: bool,
}

impl Connection {
    /// The kept connection, or a new one to the first of these sockets that answers.
    ///
    /// # Errors
    /// As [`crate::connect`].
    pub(crate) fn open(sockets: &Arc<[PathBuf]>, patience: Patience) -> Result<Self, ScmError> {
        let (stream, is_kept) = take(sockets);
        let opener = Opener {
            sockets: Arc::clone(sockets),
            patience,
            is_kept,
        };
        match stream {
            Some(stream) => Ok(Self {
                stream,
                opener,
                is_used: true,
            }),
            None => opener.open(),
        }
    }

    /// The same, for a process that asks more than once: the next call has it too.
    pub(crate) fn for_more(mut self) -> Self {
        self.opener.is_kept = true;
        self
    }

    /// As if an earlier call had used and kept it; others are opened at this socket.
    #[cfg(test)]
    pub(crate) fn used(stream: UnixStream, socket: PathBuf) -> Self {
        let opener = Opener {
            sockets: [socket].into(),
            patience: Patience::OfThisProcess,
            is_kept: true,
        };
        Self {
            stream,
            opener,
            is_used: true,
        }
    }

    /// A connection for this call alone.
    pub(crate) fn fresh(stream: UnixStream, socket: PathBuf) -> Self {
        let opener = Opener {
            sockets: [socket].into(),
            patience: Patience::OfThisProcess,
            is_kept: false,
        };
        Self {
            stream,
            opener,
            is_used: false,
        }
    }

    /// The connection itself.
    pub(crate) fn stream(&self) -> &UnixStream {
        &self.stream
    }

    /// How long a read or a write may wait for the manager.
    ///
    /// # Errors
    /// When the system refuses.
    pub(crate) fn wait_at_most(&self, patience: Duration) -> io::Result<()> {
        self.stream.set_read_timeout(Some(patience))?;
        self.stream.set_write_timeout(Some(patience))
    }

    /// Whether there is something to read within this time.
    pub(crate) fn has_answer_within(&self, patience: Duration) -> bool {
        let mut poll = [PollFd::new(&self.stream, PollFlags::IN)];
        let patience = Timespec::try_from(patience).ok();
        let ready = rustix::io::retry_on_intr(|| poll_for(&mut poll, patience.as_ref()));
        ready.is_ok_and(|ready| ready > 0)
    }

    /// For a stream, whose parts come whenever something happens.
    pub(crate) fn wait_for_ever(&self) {
        // Cannot fail: zero is the one time-out that is refused.
        let _ = self.stream.set_read_timeout(None);
    }

    /// Whether it is kept when its call is over.
    pub(crate) fn is_kept(&self) -> bool {
        self.opener.is_kept
    }

    /// Whether an earlier call has used it, so that the manager may have left it since.
    pub(crate) fn is_used(&self) -> bool {
        self.is_used
    }

    /// What opens another one.
    pub(crate) fn spare(&self) -> Opener {
        self.opener.clone()
    }

    /// Keeps the connection for the next call; the answer must have been read to its end.
    pub(crate) fn give_back(self) {
        if !self.is_kept() {
            return;
        }
        if let Ok(mut last) = LAST.try_lock() {
            *last = Some(Last {
                at: Instant::now(),
                sockets: self.opener.sockets,
                caller: caller(),
                stream: Some(self.stream),
            });
        }
    }
}

impl Read for Connection {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.read(buffer)
    }
}

/// The kept connection to these sockets, and whether this call's is to be kept. A lock that another
/// thread holds (or held when this process was forked) costs a connection, and no wait.
fn take(sockets: &Arc<[PathBuf]>) -> (Option<UnixStream>, bool) {
    let Ok(mut last) = LAST.try_lock() else {
        return (None, false);
    };
    let this = Last {
        at: Instant::now(),
        sockets: Arc::clone(sockets),
        caller: caller(),
        stream: None,
    };
    match last.take().filter(|last| this.follows(last)) {
        Some(before) => {
            *last = Some(this);
            (before.stream.filter(is_quiet), true)
        }
        None => {
            *last = Some(this);
            (None, false)
        }
    }
}

impl Last {
    /// Whether this call may have the connection of the one before.
    fn follows(&self, before: &Self) -> bool {
        self.sockets == before.sockets
            && self.caller == before.caller
            && self.at - before.at < CLOSELY
    }
}

/// Neither closed by the manager nor with anything to read.
fn is_quiet(stream: &UnixStream) -> bool {
    let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
    recv(stream, &mut [0_u8; 1], flags).is_err_and(|error| error == rustix::io::Errno::AGAIN)
}

/// Connects to the first of the sockets that answers, or to one that does while this process waits for
/// a manager that is away.
fn connect(sockets: &[PathBuf], patience: Patience) -> Result<UnixStream, ScmError> {
    let mut wait = None;
    connect_with(sockets, || {
        wait.get_or_insert_with(|| Wait::for_manager(sockets, patience))
            .pause()
    })
}

/// The same; `pause` waits before the next attempt, or says that there is none.
fn connect_with(
    sockets: &[PathBuf],
    mut pause: impl FnMut() -> bool,
) -> Result<UnixStream, ScmError> {
    loop {
        match try_to_connect(sockets) {
            Ok(stream) => {
                patience::reached();
                return Ok(stream);
            }
            Err(error) if error.code() == Win32Error::RPC_S_SERVER_UNAVAILABLE && pause() => {}
            Err(error) => return Err(error),
        }
    }
}

fn try_to_connect(sockets: &[PathBuf]) -> Result<UnixStream, ScmError> {
    let mut denied = None;
    for socket in sockets {
        match socket::connect(socket, SOON) {
            Ok(stream) => return Ok(stream),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Err(unanswered()),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => denied = Some(socket),
            Err(_) => {}
        }
    }
    if let Some(socket) = denied {
        return Err(ScmError::new(
            Win32Error::ACCESS_DENIED,
            error::SocketDenied {
                socket: shown(socket.display()),
            },
        ));
    }
    if let Some((socket, process)) = sockets.iter().find_map(|socket| removed(socket)) {
        return Err(ScmError::new(
            Win32Error::RPC_S_SERVER_UNAVAILABLE,
            error::SocketRemoved {
                socket: shown(socket.display()),
                process,
            },
        ));
    }
    let tried: Vec<String> = sockets
        .iter()
        .map(|socket| socket.display().to_string())
        .collect();
    Err(ScmError::new(
        Win32Error::RPC_S_SERVER_UNAVAILABLE,
        error::NoManager { tried },
    ))
}

/// The socket of a manager that runs, which somebody has removed (cleaners of /tmp do), and the process of the manager:
/// it holds the lock beside the socket, and its id stands in there.
fn removed(socket: &Path) -> Option<(&Path, u32)> {
    if socket.exists() {
        return None;
    }
    let mut lock = socket.as_os_str().to_owned();
    lock.push(".lock");
    let lock = File::open(lock).ok()?;
    let is_held = flock(&lock, FlockOperation::NonBlockingLockShared) == Err(Errno::WOULDBLOCK);
    let mut holder = String::new();
    (&lock)
        .take(PID_BYTES_MAX)
        .read_to_string(&mut holder)
        .ok()?;
    let process = holder.trim().parse().ok()?;
    is_held.then_some((socket, process))
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn no_manager_says_how_to_start_one() {
        let sockets = [PathBuf::from("/nowhere/relance.sock")];
        let error = connect_with(&sockets, || false).unwrap_err();
        assert_eq!(error.code(), Win32Error::RPC_S_SERVER_UNAVAILABLE);
        assert!(error.sentence().contains("relance daemon"), "{error}");
    }

    #[test]
    fn a_manager_that_comes_back_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let sockets = [folder.path().join("relance.sock")];
        let mut listeners = Vec::new();
        let connected = connect_with(&sockets, || {
            // First there is no socket, then one without a listener.
            let _ = std::fs::remove_file(&sockets[0]);
            let listener = UnixListener::bind(&sockets[0]).unwrap();
            let is_back = !listeners.is_empty();
            listeners.push(is_back.then_some(listener));
            true
        });
        connected.unwrap();
        assert_eq!(listeners.len(), 2);
    }

    #[test]
    fn a_connection_serves_the_same_callers_next_call_and_only_one_that_follows_closely() {
        let at = Instant::now();
        let call = |socket: &str, after: Duration, caller: CallerId| Last {
            at: at + after,
            sockets: [socket.into()].into(),
            caller,
            stream: None,
        };
        let (soon, me) = (CLOSELY / 2, (1, 0, 0));
        let before = call("/a", Duration::ZERO, me);
        assert!(call("/a", soon, me).follows(&before));
        assert!(!call("/a", CLOSELY, me).follows(&before));
        assert!(!call("/b", soon, me).follows(&before));
        for other in [(2, 0, 0), (1, 1000, 0), (1, 0, 1000)] {
            assert!(!call("/a", soon, other).follows(&before), "{other:?}");
        }
    }

    #[test]
    fn a_stream_is_quiet_until_something_comes_or_its_other_end_goes() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        assert!(is_quiet(&ours));
        drop(theirs);
        assert!(!is_quiet(&ours));
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        std::io::Write::write_all(&mut theirs, b"x").unwrap();
        assert!(!is_quiet(&ours));
    }
}
