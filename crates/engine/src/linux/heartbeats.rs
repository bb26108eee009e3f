//! Heartbeats as systemd has them (X40): a socket for each run that has a watchdog, to which its processes
//! send `WATCHDOG=1` (`sd_notify(3)`, `systemd-notify`, PHP's `Relance\heartbeat`).
//!
//! The sockets are beside the one for clients, in a folder that anyone may pass and nobody else may list or
//! change. Only the account of the run may send to its socket, so that no stranger can fill its queue; that
//! the sender is a process of the run is checked by what the kernel says of it. They have their names for as
//! long as the run is known: a new engine opens them again. Meanwhile beats are lost, which does no harm,
//! because it also begins with whole times.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use relance_policy::RunId;
use rustix::event::epoll;
use rustix::net::sockopt::set_socket_passcred;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, recvmsg};
use rustix::process::Pid;

use super::protocol::{run_of, token};
use super::spawn::Ids;

/// Tells a process where to send; systemd's name.
pub(super) const SOCKET_VARIABLE: &str = "NOTIFY_SOCKET";
/// Tells a process how often, in microseconds; systemd's name.
pub(super) const TIME_VARIABLE: &str = "WATCHDOG_USEC";
/// Marks the tokens of these sockets; services are not that many.
const TOKEN_MARK: u64 = 1 << 63;
/// What is read of one socket before others have their turn.
const READ_AT_ONCE: usize = 64;
/// Longest message that is read whole.
const MESSAGE_LEN_MAX: usize = 4096;

/// The sockets of all runs that have one.
pub(super) struct Heartbeats {
    folder: PathBuf,
    epoll: Arc<OwnedFd>,
    sockets: BTreeMap<RunId, UnixDatagram>,
}

impl Heartbeats {
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

    /// Opens the socket of a run that is about to start under this account, and gives its path.
    pub(super) fn open(&mut self, run: RunId, account: Option<&Ids>) -> io::Result<PathBuf> {
        self.make_folder()?;
        self.bind(run, account.map(|ids| (ids.uid, ids.gid)))?;
        Ok(self.path(run))
    }

    /// Opens the sockets of runs that another engine has started, and removes those of other runs.
    pub(super) fn take_over(&mut self, runs: &BTreeSet<RunId>) {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return; // No run has ever had one.
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            let run = runs.iter().find(|run| self.path(**run) == path);
            let taken = match (run, path.symlink_metadata()) {
                (Some(run), Ok(meta)) => self.bind(*run, Some((meta.uid(), meta.gid()))),
                _ => fs::remove_file(&path),
            };
            if let Err(error) = taken {
                tracing::warn!(path = %path.display(), %error, "a socket for heartbeats is lost");
            }
        }
    }

    /// The run is over, or was never started.
    pub(super) fn close(&mut self, run: RunId) {
        if self.sockets.remove(&run).is_some() {
            let _ = fs::remove_file(self.path(run));
        }
    }

    /// Nobody else could have put the folder beside the socket for clients, or may write to it.
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
        let data = epoll::EventData::new_u64(TOKEN_MARK | token(run));
        epoll::add(&*self.epoll, &socket, data, epoll::EventFlags::IN)?;
        self.sockets.insert(run, socket);
        Ok(())
    }

    /// The run whose socket has this token.
    pub(super) fn run_of(token: u64) -> Option<RunId> {
        (token & TOKEN_MARK != 0).then(|| run_of(token & !TOKEN_MARK))
    }

    /// Reads what has come for a run; whether a heartbeat of a process was among it that belongs to the run.
    pub(super) fn read(&self, run: RunId, belongs: impl Fn(Pid) -> bool) -> bool {
        let Some(socket) = self.sockets.get(&run) else {
            return false;
        };
        let mut lives = false;
        for _ in 0..READ_AT_ONCE {
            match receive(socket) {
                Ok(Some(sender)) => lives = lives || belongs(sender),
                Ok(None) => {}
                Err(_) => break,
            }
        }
        lives
    }
}

/// Takes the next message; its sender, if it is a heartbeat. Descriptors that come with it are closed, which
/// is what `systemd-notify` waits for.
fn receive(socket: &UnixDatagram) -> io::Result<Option<Pid>> {
    let mut text = [0; MESSAGE_LEN_MAX];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(8), ScmCredentials(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let flags = RecvFlags::DONTWAIT | RecvFlags::CMSG_CLOEXEC;
    let message = recvmsg(
        socket,
        &mut [IoSliceMut::new(&mut text)],
        &mut ancillary,
        flags,
    )?;
    let sender = ancillary.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmCredentials(credentials) => Some(credentials.pid),
        _ => None,
    });
    let is_whole = !message.flags.contains(ReturnFlags::TRUNC);
    let is_beat = text[..message.bytes.min(MESSAGE_LEN_MAX)]
        .split(|byte| *byte == b'\n')
        .any(|line| line == b"WATCHDOG=1");
    Ok(sender.filter(|_| is_whole && is_beat))
}

#[cfg(test)]
mod tests {
    use relance_policy::ServiceId;

    use super::*;

    fn run() -> RunId {
        RunId {
            service: ServiceId(1),
            number: 7,
        }
    }

    fn heartbeats(folder: &Path) -> Heartbeats {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).unwrap();
        Heartbeats::new(&folder.join("relance.sock"), epoll.into())
    }

    fn send(path: &Path, text: &[u8]) {
        let sender = UnixDatagram::unbound().unwrap();
        sender.send_to(text, path).unwrap();
    }

    #[test]
    fn x40_only_a_heartbeat_of_the_run_counts() {
        let folder = tempfile::tempdir().unwrap();
        let mut heartbeats = heartbeats(folder.path());
        let path = heartbeats.open(run(), None).unwrap();
        let own = rustix::process::getpid();
        for (text, lives) in [
            (&b"WATCHDOG=1"[..], true),
            (b"STATUS=busy\nWATCHDOG=1\n", true),
            (b"WATCHDOG=11", false),
            (b"READY=1", false),
            (b"", false),
        ] {
            send(&path, text);
            let text = String::from_utf8_lossy(text).into_owned();
            assert_eq!(heartbeats.read(run(), |pid| pid == own), lives, "{text}");
        }
        send(&path, b"WATCHDOG=1");
        assert!(!heartbeats.read(run(), |_| false), "the sender is another");
        send(&path, &b"WATCHDOG=1\n".repeat(1000));
        assert!(!heartbeats.read(run(), |_| true), "too long to be read");
    }

    #[test]
    fn x40_the_socket_is_for_one_account_and_goes_with_its_run() {
        let folder = tempfile::tempdir().unwrap();
        let mut heartbeats = heartbeats(folder.path());
        let path = heartbeats.open(run(), None).unwrap();
        assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600);
        let parent = path.parent().unwrap();
        assert_eq!(parent.metadata().unwrap().mode() & 0o777, 0o711);
        heartbeats.close(run());
        assert!(!path.exists());
    }

    #[test]
    fn x40_another_engine_goes_on_with_the_runs_that_live_and_removes_what_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let over = RunId { number: 6, ..run() };
        let mut before = heartbeats(folder.path());
        let path = before.open(run(), None).unwrap();
        let left = before.open(over, None).unwrap();
        drop(before);
        let mut after = heartbeats(folder.path());
        after.take_over(&[run()].into());
        send(&path, b"WATCHDOG=1");
        assert!(after.read(run(), |_| true));
        assert!(!left.exists());
    }

    #[test]
    fn x40_something_else_in_the_place_of_the_folder_refuses_the_start() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/tmp", folder.path().join("relance.sock.notify")).unwrap();
        assert!(heartbeats(folder.path()).open(run(), None).is_err());
    }
}
