//! Where lines go beside files: the manager's standard output, systemd's journal, syslog.
//!
//! A slow reader does not hold services up for long: after a short wait lines are dropped until there is room
//! again. The thread is told what was taken and what was dropped, and reports it (X64).

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;

use relance_policy::RunId;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{
    AddressFamily, SendFlags, SocketAddrUnix, SocketFlags, SocketType, connect, send, socket_with,
};

use super::plan::{OutputPlan, Sink};

/// How long a reader that is slow is waited for.
const PATIENCE_MS: i64 = 200;
/// What a pipe that has room takes without waiting (`PIPE_BUF`).
const CHUNK: usize = 4096;
/// Informational messages of a daemon: facility 3, severity 6.
const PRIORITY: &str = "<30>";

/// See the module.
pub(super) struct Sinks {
    stdout: Printer,
    stderr: Printer,
    journal: Datagrams,
    syslog: Datagrams,
    message: Vec<u8>,
    handed: Vec<(Sink, Handed)>,
}

/// The result of the lines of a batch at one destination.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Handed {
    /// Whether one was taken, after which none was dropped.
    pub(super) is_taken: bool,
    /// So many bytes were dropped.
    pub(super) dropped: usize,
}

impl Sinks {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self::with(
            io::stdout().as_fd().try_clone_to_owned()?,
            io::stderr().as_fd().try_clone_to_owned()?,
            "/run/systemd/journal/socket".into(),
            "/dev/log".into(),
        ))
    }

    pub(super) fn with(
        stdout: OwnedFd,
        stderr: OwnedFd,
        journal: PathBuf,
        syslog: PathBuf,
    ) -> Self {
        Self {
            stdout: Printer::new(stdout),
            stderr: Printer::new(stderr),
            journal: Datagrams::new(journal),
            syslog: Datagrams::new(syslog),
            message: Vec::new(),
            handed: Vec::new(),
        }
    }

    /// What became of the lines since this was asked last.
    pub(super) fn take_handed(&mut self) -> Vec<(Sink, Handed)> {
        std::mem::take(&mut self.handed)
    }

    fn note(&mut self, sink: Sink, length: usize, is_taken: bool) {
        let at = self.handed.iter().position(|(other, _)| *other == sink);
        let at = at.unwrap_or_else(|| {
            self.handed.push((sink, Handed::default()));
            self.handed.len() - 1
        });
        let handed = &mut self.handed[at].1;
        handed.is_taken = is_taken;
        handed.dropped += if is_taken { 0 } else { length };
    }

    /// Hands on a line, without its end, to all that are to have it.
    pub(super) fn lines(&mut self, plan: &OutputPlan, run: RunId, line: &[u8]) {
        for sink in plan.sinks.into_iter().flatten() {
            let is_taken = self.line(sink, plan.name.as_str(), run, line);
            // With the end of the line.
            self.note(sink, line.len() + 1, is_taken);
        }
    }

    /// Whether it was taken.
    fn line(&mut self, sink: Sink, name: &str, run: RunId, line: &[u8]) -> bool {
        let mut message = std::mem::take(&mut self.message);
        message.clear();
        let taken = match sink {
            Sink::Stdout | Sink::Stderr => {
                message.extend_from_slice(name.as_bytes());
                message.extend_from_slice(b" | ");
                message.extend_from_slice(line);
                message.push(b'\n');
                if sink == Sink::Stdout {
                    self.stdout.print(&message)
                } else {
                    self.stderr.print(&message)
                }
            }
            Sink::Journal => {
                journal_entry(&mut message, name, run, line);
                self.journal.send(&message)
            }
            Sink::Syslog => {
                let tag = tag(name);
                message.extend_from_slice(format!("{PRIORITY}{tag}: ").as_bytes());
                message.extend_from_slice(line);
                self.syslog.send(&message)
            }
        };
        self.message = message;
        taken
    }
}

/// What the manager itself prints to.
struct Printer {
    fd: OwnedFd,
    /// It had no room, so it is not waited for.
    is_stuck: bool,
}

impl Printer {
    fn new(fd: OwnedFd) -> Self {
        Self {
            fd,
            is_stuck: false,
        }
    }

    fn print(&mut self, bytes: &[u8]) -> bool {
        for chunk in bytes.chunks(CHUNK) {
            let patience = if self.is_stuck { 0 } else { PATIENCE_MS };
            self.is_stuck = !has_room(&self.fd, patience)
                || rustix::io::retry_on_intr(|| rustix::io::write(&self.fd, chunk)).is_err();
            if self.is_stuck {
                return false;
            }
        }
        true
    }
}

fn has_room(fd: &OwnedFd, within_ms: i64) -> bool {
    let within = Timespec {
        tv_sec: 0,
        tv_nsec: within_ms * 1_000_000,
    };
    let mut wanted = [PollFd::new(fd, PollFlags::OUT)];
    poll(&mut wanted, Some(&within)).is_ok_and(|ready| ready > 0)
}

/// The native protocol of the journal: each field with its length, so that any bytes may stand in it.
fn journal_entry(entry: &mut Vec<u8>, name: &str, run: RunId, line: &[u8]) {
    let run = run.to_string();
    let fields: [(&str, &[u8]); 5] = [
        ("PRIORITY", b"6"),
        ("SYSLOG_IDENTIFIER", name.as_bytes()),
        ("RELANCE_SERVICE", name.as_bytes()),
        ("RELANCE_RUN", run.as_bytes()),
        ("MESSAGE", line),
    ];
    for (key, value) in fields {
        entry.extend_from_slice(key.as_bytes());
        entry.push(b'\n');
        entry.extend_from_slice(&(value.len() as u64).to_le_bytes());
        entry.extend_from_slice(value);
        entry.push(b'\n');
    }
}

/// What syslog takes for the name of a program: without spaces, brackets and colons.
fn tag(name: &str) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    name.chars()
        .map(|c| if harmless(c) { c } else { '_' })
        .collect()
}

/// A socket that takes messages, connected when there is one.
struct Datagrams {
    path: PathBuf,
    socket: Option<OwnedFd>,
    is_stuck: bool,
}

impl Datagrams {
    fn new(path: PathBuf) -> Self {
        Self {
            path,
            socket: None,
            is_stuck: false,
        }
    }

    fn send(&mut self, message: &[u8]) -> bool {
        // A reader that was started again has a new socket of the same name.
        for _ in 0..2 {
            if self.socket.is_none() {
                self.socket = self.connect().ok();
            }
            let Some(socket) = &self.socket else {
                return false;
            };
            match send(socket, message, SendFlags::NOSIGNAL) {
                Ok(_) => {
                    self.is_stuck = false;
                    return true;
                }
                Err(rustix::io::Errno::AGAIN) => {
                    let patience = if self.is_stuck { 0 } else { PATIENCE_MS };
                    self.is_stuck = !has_room(socket, patience)
                        || send(socket, message, SendFlags::NOSIGNAL).is_err();
                    return !self.is_stuck;
                }
                Err(_) => self.socket = None,
            }
        }
        false
    }

    fn connect(&self) -> io::Result<OwnedFd> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = socket_with(AddressFamily::UNIX, SocketType::DGRAM, flags, None)?;
        connect(&socket, &SocketAddrUnix::new(&self.path)?)?;
        Ok(socket)
    }
}
