//! Runs report about themselves as under systemd (X40 to X42): a socket for each run that may report, to which
//! its processes send `READY=1`, `WATCHDOG=1` and so on (`sd_notify(3)`, `systemd-notify`, PHP's
//! `Relance\heartbeat`).
//!
//! The sockets are beside the one for clients, in a folder that anyone may pass and nobody else may list or
//! change. Only the account of the run may send to its socket, so that no stranger can fill its queue; that
//! the sender is a process of the run is checked by what the kernel says of it. They have their names for as
//! long as the run is known.
//!
//! The guardian holds each socket too, so that another engine finds what nobody has read. For the same
//! reason a message that changes a record stays in the queue until the record is committed: it is looked
//! at, and what comes behind it waits. Only a socket whose guardian was killed is lost, with what was in it;
//! a new one takes its name.

mod allowance;
mod message;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use relance_policy::RunId;
use rustix::event::epoll;
use rustix::net::sockopt::set_socket_passcred;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, recvmsg};
use rustix::process::Pid;

use super::clock;
use super::protocol::{run_of, token};
use super::spawn::Ids;
use allowance::Allowance;
use message::MESSAGE_LEN_MAX;
pub(crate) use message::Message;

/// Tells a process where to send; systemd's name.
pub(super) const SOCKET_VARIABLE: &str = "NOTIFY_SOCKET";
/// Tells a process how often, in microseconds; systemd's name.
pub(super) const TIME_VARIABLE: &str = "WATCHDOG_USEC";
/// Marks the tokens of these sockets; services are not that many.
const TOKEN_MARK: u64 = 1 << 63;
/// What is read of one socket before others have their turn.
const READ_AT_ONCE: usize = 64;
/// epoll reports each message once; the rest is reported when the socket is looked at again.
const EVENTS: epoll::EventFlags = epoll::EventFlags::IN.union(epoll::EventFlags::ET);

/// The sockets of all runs that have one.
pub(super) struct Sockets {
    folder: PathBuf,
    epoll: Arc<OwnedFd>,
    sockets: BTreeMap<RunId, Socket>,
}

struct Socket {
    /// Shared with what goes to the guardian.
    socket: Rc<OwnedFd>,
    /// The first message in the queue was reported and is not on record yet.
    waits: bool,
    allowance: Allowance,
}

impl Sockets {
    /// For a daemon that serves its clients on this socket. Nothing is made before a run needs it.
    pub(super) fn new(clients: &Path, epoll: Arc<OwnedFd>) -> Self {
        let mut folder = clients.as_os_str().to_owned();
        folder.push(".notify");
        Self {
            folder: folder.into(),
            epoll,
            sockets: BTreeMap::new(),
        }
    }

    fn path(&self, run: RunId) -> PathBuf {
        self.folder.join(run.to_string())
    }

    /// Opens the socket of a run that is about to start under this account, and gives its path. It is read
    /// from when it is [watched](Self::watch).
    pub(super) fn open(&mut self, run: RunId, account: Option<&Ids>) -> io::Result<PathBuf> {
        self.make_folder()?;
        self.bind(run, account.map(|ids| (ids.uid, ids.gid)))?;
        Ok(self.path(run))
    }

    /// Takes the socket of a run from the guardian.
    pub(super) fn take(&mut self, run: RunId, socket: OwnedFd) {
        let socket = Rc::new(socket);
        // The same that this engine has opened, or that of an engine before it.
        let socket = Socket {
            socket,
            waits: false,
            allowance: Allowance::default(),
        };
        self.sockets.insert(run, socket);
    }

    /// Whether the run has a socket.
    pub(super) fn has(&self, run: RunId) -> bool {
        self.sockets.contains_key(&run)
    }

    /// The socket of a run, for the guardian to keep.
    pub(super) fn kept(&self, run: RunId) -> Option<Rc<OwnedFd>> {
        Some(Rc::clone(&self.sockets.get(&run)?.socket))
    }

    /// The process of a run is known: what it says is read from now on.
    pub(super) fn watch(&self, run: RunId) {
        let Some(Socket { socket, .. }) = self.sockets.get(&run) else {
            return;
        };
        let data = epoll::EventData::new_u64(TOKEN_MARK | token(run));
        if let Err(error) = epoll::add(&*self.epoll, socket, data, EVENTS) {
            tracing::warn!(%run, %error, "what the run says of itself cannot be read");
        }
    }

    /// Looks again at a socket that may have more to read.
    fn look_again(&self, run: RunId, socket: &OwnedFd) {
        let data = epoll::EventData::new_u64(TOKEN_MARK | token(run));
        let _ = epoll::modify(&*self.epoll, socket, data, EVENTS);
    }

    /// Opens the sockets of runs whose guardian was killed, and removes those of runs that are over.
    pub(super) fn take_over(&mut self, runs: &BTreeSet<RunId>) {
        // The folder is made with the first socket, and somebody may have removed it.
        let entries = fs::read_dir(&self.folder).into_iter().flatten();
        for path in entries.flatten().map(|entry| entry.path()) {
            let run = runs.iter().find(|run| self.path(**run) == path);
            let taken = match (run, path.symlink_metadata()) {
                (Some(run), _) if self.sockets.contains_key(run) => Ok(()),
                (Some(run), Ok(meta)) => self.bind(*run, Some((meta.uid(), meta.gid()))),
                _ => fs::remove_file(&path),
            };
            if let Err(error) = taken {
                tracing::warn!(path = %path.display(), %error, "a socket for heartbeats is lost");
            }
        }
        for run in self.sockets.keys() {
            self.watch(*run);
        }
    }

    /// The run is over, or was never started.
    pub(super) fn close(&mut self, run: RunId) {
        if let Some(Socket { socket, .. }) = self.sockets.remove(&run) {
            // The guardian has it too, so that it does not leave by itself.
            let _ = epoll::delete(&*self.epoll, &socket);
            let _ = fs::remove_file(self.path(run));
        }
    }

    /// No other user could have put the folder beside the socket for clients, or may write to it.
    fn make_folder(&self) -> io::Result<()> {
        match fs::create_dir(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        let meta = self.folder.symlink_metadata()?;
        if !meta.is_dir() || meta.uid() != rustix::process::geteuid().as_raw() {
            let path = self.folder.display();
            return Err(io::Error::other(format!(
                "{path} is not a folder of the daemon"
            )));
        }
        if meta.mode() & 0o777 != 0o711 {
            fs::set_permissions(&self.folder, fs::Permissions::from_mode(0o711))?;
        }
        Ok(())
    }

    fn bind(&mut self, run: RunId, owner: Option<(u32, u32)>) -> io::Result<()> {
        let path = self.path(run);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        // The umask of the daemon is 077, so nobody else gets in before the owner is set.
        let socket = UnixDatagram::bind(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        if let Some((uid, gid)) = owner {
            chown(&path, Some(uid), Some(gid))?;
        }
        set_socket_passcred(&socket, true)?;
        self.take(run, socket.into());
        Ok(())
    }

    /// The run whose socket has this token.
    pub(super) fn run_of(token: u64) -> Option<RunId> {
        (token & TOKEN_MARK != 0).then(|| run_of(token & !TOKEN_MARK))
    }

    /// Reads what has come for a run from processes that belong to it, up to the first message that has to
    /// be [put on record](Self::on_record). That one, the last, is still in the queue.
    pub(super) fn read(&mut self, run: RunId, belongs: impl Fn(Pid) -> bool) -> Vec<Message> {
        let mut received = Vec::new();
        let Some(Socket {
            socket,
            waits,
            allowance,
        }) = self.sockets.get_mut(&run)
        else {
            return received;
        };
        let now_ns = clock::boottime_ns();
        for _ in 0..READ_AT_ONCE {
            if *waits {
                return received;
            }
            let Ok(message) = receive(socket, RecvFlags::PEEK) else {
                return received; // Nothing is left.
            };
            let message = message.filter(|(sender, _)| belongs(*sender));
            let message = message.map(|(_, mut message)| {
                allowance.cut(&mut message, now_ns);
                message
            });
            *waits = message
                .as_ref()
                .is_some_and(|message| !message.notices.is_empty());
            if !*waits {
                let _ = receive(socket, RecvFlags::empty());
            }
            received.extend(message);
        }
        let socket = Rc::clone(socket);
        self.look_again(run, &socket);
        received
    }

    /// Reads all that has come for a run that has ended: nothing will come behind it.
    pub(super) fn read_rest(&mut self, run: RunId, belongs: impl Fn(Pid) -> bool) -> Vec<Message> {
        self.on_record(run);
        let mut received = Vec::new();
        let Some(Socket { socket, .. }) = self.sockets.get(&run) else {
            return received;
        };
        // As much as fits into its queue: no more than a few hundred.
        for _ in 0..READ_AT_ONCE * READ_AT_ONCE {
            match receive(socket, RecvFlags::empty()) {
                Ok(message) => received.extend(
                    message.and_then(|(sender, message)| belongs(sender).then_some(message)),
                ),
                Err(_) => break,
            }
        }
        received
    }

    /// What the last message that was told has changed is on record: the next ones may be read.
    pub(super) fn on_record(&mut self, run: RunId) {
        if let Some(Socket { socket, waits, .. }) = self.sockets.get_mut(&run)
            && std::mem::take(waits)
        {
            let _ = receive(socket, RecvFlags::empty());
            let socket = Rc::clone(socket);
            self.look_again(run, &socket);
        }
    }
}

/// Looks at the next message, or takes it; with its sender, if it is whole. Descriptors that come with it
/// are closed, which is what `systemd-notify` waits for (`BARRIER=1`).
fn receive(socket: &OwnedFd, flags: RecvFlags) -> io::Result<Option<(Pid, Message)>> {
    let mut text = [0; MESSAGE_LEN_MAX];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(8), ScmCredentials(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let flags = flags | RecvFlags::DONTWAIT | RecvFlags::CMSG_CLOEXEC;
    let message = recvmsg(
        socket,
        &mut [IoSliceMut::new(&mut text)],
        &mut ancillary,
        flags,
    )?;
    let mut sender = None;
    // Drained to the end: rustix would look for the rest in the wrong place.
    for part in ancillary.drain() {
        if let RecvAncillaryMessage::ScmCredentials(credentials) = part {
            sender = Some(credentials.pid);
        }
    }
    let is_whole = !message.flags.contains(ReturnFlags::TRUNC);
    let text = &text[..message.bytes.min(MESSAGE_LEN_MAX)];
    Ok(sender
        .filter(|_| is_whole)
        .map(|sender| (sender, Message::read(text))))
}

#[cfg(test)]
mod tests;
