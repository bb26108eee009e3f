//! What is left of a run that was asked to stop and whose main process has ended: the worker of a
//! `sh -c 'cd …; php worker.php'`, the children of npm. It is sent the stop signal too, and the end of
//! the run is held back until nothing of it is left, or until the engine has it killed (X24).
//!
//! With control groups that is everything in the group of the run; without, everything in the session that
//! its main process led, whose number belongs to nobody else while one of its processes is there.
//!
//! Only some of its processes are watched at a time, so that a run with many does not use up descriptors; the
//! others are found when those end. Where descriptors are lacking even for one, the guardian looks again soon.
//!
//! What a run leaves behind that nobody asked to stop is killed at once, before the end is told
//! (`before_reaping`, `kill_control_group`).

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;

use rustix::event::{PollFd, PollFlags, Timespec, epoll, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::super::cgroup;
use super::super::process::{kill, kill_group, log};
use super::super::protocol::{Exit, RunKey, token};
use super::super::secret::Secret;
use super::adopted::{read_stat, send_signal, session};
use super::journal::{Asked, End};
use super::takeover::secret_of;
use super::{Guardian, TOKEN_REST};

/// Processes of a run that are watched at a time.
const MEMBERS_MAX: usize = 64;
/// How often so many are opened for a signal.
const ROUNDS_MAX: usize = 64;
/// How soon the guardian looks again where nothing could be watched.
const LOOK_AGAIN_NS: u64 = 200_000_000;

/// See the module.
pub(super) struct Rest {
    /// How the main process ended.
    exit: Exit,
    /// The process that led the session.
    leader: u32,
    /// The control group, if there is one.
    group: Option<PathBuf>,
    /// Set for a run of an earlier guardian: only a process with this secret is taken for one of it.
    secret: Option<(RunKey, Secret)>,
    /// Those that are watched. What they start meanwhile is found when they end.
    members: Vec<Member>,
    /// There may be processes left, but none can be watched.
    is_blind: bool,
}

/// A process of the rest.
struct Member {
    pid: u32,
    pidfd: OwnedFd,
}

impl Guardian {
    /// Notes that somebody wants the run to stop. Returns whether its process has to be told: not twice, unless
    /// the first time was a stop command, which may have failed.
    pub(super) fn note_asked(&mut self, key: RunKey) -> bool {
        let Some(run) = self.runs.get_mut(&key) else {
            return false;
        };
        let was_told = run.asked.main && !run.asked.command;
        if run.end.is_none() && run.rest.is_none() {
            run.asked.main = true;
            self.write_asked(key);
        }
        !was_told
    }

    /// Puts on record how far the stop of a run is.
    pub(super) fn write_asked(&mut self, key: RunKey) {
        if let (Some(journal), Some(run)) = (&mut self.journal, self.runs.get(&key))
            && let Some(slot) = &run.slot
        {
            journal.asked(slot, run.asked);
        }
    }

    /// Sends a run its stop signal, once: a new engine may ask again, and a program may treat a second signal as a
    /// demand to stop at once.
    pub(super) fn ask_to_stop(&mut self, key: RunKey, signal: i32) {
        if !self.note_asked(key) {
            return;
        }
        self.end_stop_command(key);
        self.tell_rest(key);
        self.signal_run(key, signal);
        // A process that somebody has stopped (SIGSTOP) would not take it.
        self.signal_run(key, libc::SIGCONT);
    }

    /// Sends a signal to the main process of a run.
    pub(super) fn signal_run(&self, key: RunKey, signal: i32) {
        let Some(run) = self.runs.get(&key).filter(|run| run.end.is_none()) else {
            return;
        };
        match (&run.rest, &run.adopted) {
            // Its main process has ended.
            (Some(_), _) => {}
            (None, Some(adopted)) => {
                adopted.signal(signal);
            }
            (None, None) => kill(run.pid, signal),
        }
    }

    /// The main process of a run has ended: whether its end waits for what it has left behind.
    pub(super) fn hold_back(&mut self, key: RunKey, exit: Exit) -> bool {
        let Some(rest) = self.rest_of(key, exit) else {
            return false;
        };
        for member in &rest.members {
            self.watch_member(member, key);
        }
        self.note_blind(key, &rest);
        if let Some(run) = self.runs.get_mut(&key) {
            run.rest = Some(Box::new(rest));
        }
        let at_ns = super::super::clock::boottime_ns();
        let memory_kills = 0; // Counted once it is over.
        self.write_end(
            key,
            End {
                exit,
                at_ns,
                memory_kills,
                left: 0,
            },
        );
        self.tell_rest(key);
        true
    }

    /// Sends the rest of a run the stop signal, once, and not while its stop command is at work.
    pub(super) fn tell_rest(&mut self, key: RunKey) {
        let waits = self.stop_command_of(key).is_some();
        let Some(run) = self.runs.get_mut(&key) else {
            return;
        };
        let signal = run.stop_signal;
        let Some(rest) = run.rest.as_ref().filter(|_| !run.asked.rest && !waits) else {
            return;
        };
        run.asked.rest = true;
        rest.signal(signal);
        rest.signal(libc::SIGCONT);
        self.write_asked(key);
    }

    /// What is left of a run that was asked to stop, if anything is.
    fn rest_of(&self, key: RunKey, exit: Exit) -> Option<Rest> {
        let run = self.runs.get(&key).filter(|run| run.asked.main)?;
        let mut rest = Rest {
            exit,
            leader: run.pid,
            group: self.group_folder(run),
            secret: (!run.is_child).then_some((key, run.secret)),
            members: Vec::new(),
            is_blind: false,
        };
        // Where nothing can be left, this saves a look at every process of the machine.
        let may_be_left = rest.group.is_some() || !run.is_child || self.has_orphans();
        if may_be_left {
            rest.look();
        }
        let stops = self.stop_command_of(key).is_some();
        (stops || !rest.is_over()).then_some(rest)
    }

    /// Whether this process has a child that is not a run: what a run leaves behind comes to the subreaper.
    pub(super) fn has_orphans(&self) -> bool {
        let own = std::process::id();
        let Ok(children) = fs::read_to_string(format!("/proc/{own}/task/{own}/children")) else {
            return true;
        };
        let mut children = children.split_whitespace().map(str::parse::<u32>);
        children.any(|child| child.is_ok_and(|child| !self.is_part(child)))
    }

    pub(super) fn is_part(&self, pid: u32) -> bool {
        let engine = self.engine.as_ref().map(|engine| engine.pid);
        let is_run = self.by_pid.contains_key(&pid) || self.stop_commands.contains_key(&pid);
        let is_probe = self.probes.contains_key(&pid);
        let parts = [engine, self.console_pid(), self.notifier_pid()];
        is_run || is_probe || parts.contains(&Some(pid))
    }

    fn watch_member(&self, member: &Member, key: RunKey) {
        let data = epoll::EventData::new_u64(token(key.into()) | TOKEN_REST);
        let flags = epoll::EventFlags::IN | epoll::EventFlags::ET;
        if let Err(error) = epoll::add(&self.epoll, &member.pidfd, data, flags) {
            log(&format!(
                "process {} cannot be watched: {error}",
                member.pid
            ));
        }
    }

    /// A process of the rest of a run has ended.
    pub(super) fn rest_event(&mut self, key: RunKey) {
        let Some(mut rest) = self.runs.get_mut(&key).and_then(|run| run.rest.take()) else {
            return;
        };
        let known = rest.look();
        for member in &rest.members[known..] {
            self.watch_member(member, key);
        }
        if rest.is_over() && self.stop_command_of(key).is_none() {
            return self.run_is_over(key, rest.exit);
        }
        self.note_blind(key, &rest);
        if let Some(run) = self.runs.get_mut(&key) {
            run.rest = Some(rest);
        }
    }

    fn note_blind(&mut self, key: RunKey, rest: &Rest) {
        if rest.is_blind {
            let at = super::super::clock::boottime_ns() + LOOK_AGAIN_NS;
            self.blind.insert(key, at);
        }
    }

    /// Looks again at what could not be watched.
    pub(super) fn look_again(&mut self) {
        if self.blind.is_empty() {
            return;
        }
        let now = super::super::clock::boottime_ns();
        let due = self.blind.iter().filter(|(_, at)| **at <= now);
        for key in due.map(|(key, _)| *key).collect::<Vec<_>>() {
            self.blind.remove(&key);
            self.rest_event(key);
        }
    }

    /// A run of an earlier guardian was asked to stop.
    pub(super) fn go_on_with_stop(&mut self, key: RunKey, asked: Asked) {
        let Some(run) = self.runs.get_mut(&key).filter(|_| asked.main) else {
            return;
        };
        run.asked = asked;
        // A run whose end is not on record ends where its end is seen.
        if let Some(end) = run.end.take()
            && !self.hold_back(key, end.exit)
            && let Some(run) = self.runs.get_mut(&key)
        {
            run.end = Some(end);
        }
    }
}

impl Rest {
    /// Looks which processes there are: those that have ended go, new ones come behind those that were
    /// known, whose number is returned.
    fn look(&mut self) -> usize {
        // First: what they have started until their end is found then.
        self.members.retain(|member| !member.has_ended());
        let known = self.members.len();
        let opened = self.open_some(MEMBERS_MAX - known.min(MEMBERS_MAX));
        self.is_blind = known == 0 && opened.is_err();
        self.members.extend(opened.unwrap_or_default());
        known
    }

    /// Whether nothing is left.
    fn is_over(&self) -> bool {
        self.members.is_empty() && !self.is_blind
    }

    /// Opens at most so many of those that are not watched.
    ///
    /// # Errors
    /// When there may be some, and none can be opened.
    fn open_some(&self, most: usize) -> io::Result<Vec<Member>> {
        let is_new = |pid: &u32| self.members.iter().all(|member| member.pid != *pid);
        let found = self.find()?.into_iter().filter(is_new).take(most);
        let mut opened = Vec::new();
        for pid in found {
            match Member::open(pid) {
                Ok(member) => opened.extend(member),
                // Some are enough.
                Err(_) if !opened.is_empty() => break,
                Err(error) => return Err(error),
            }
        }
        if !opened.is_empty() {
            // A number that somebody else got in between is not listed any more.
            let listed = self.find()?;
            opened.retain(|member| listed.contains(&member.pid));
        }
        Ok(opened)
    }

    fn find(&self) -> io::Result<Vec<u32>> {
        match &self.group {
            Some(group) => cgroup::list(group),
            None => self.in_session(),
        }
    }

    fn in_session(&self) -> io::Result<Vec<u32>> {
        let entries = fs::read_dir("/proc")?.flatten();
        let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let mut found = Vec::new();
        for pid in ids {
            if self.is_in_session(pid)? {
                found.push(pid);
            }
        }
        Ok(found)
    }

    fn is_in_session(&self, pid: u32) -> io::Result<bool> {
        let Some(stat) = read_stat(pid)? else {
            return Ok(false);
        };
        let is_dead = stat
            .first()
            .is_none_or(|state| matches!(state.as_str(), "Z" | "X"));
        if is_dead || session(&stat) != Some(self.leader) {
            return Ok(false);
        }
        match &self.secret {
            Some((_, secret)) if *secret == Secret::NONE => Ok(false),
            Some((run, secret)) => Ok(secret_of(pid, *run)? == Some(*secret)),
            None => Ok(true),
        }
    }

    /// Sends all of it a signal.
    fn signal(&self, signal: i32) {
        for member in &self.members {
            member.signal(signal);
        }
        if self.members.len() < MEMBERS_MAX {
            return;
        }
        // The others are opened for this, as many at a time.
        let mut told = BTreeSet::new();
        // Bounded: a run that creates processes without end must not keep the guardian here.
        for _ in 0..ROUNDS_MAX {
            let Ok(found) = self.find() else { return };
            let is_told =
                |pid: &u32| self.members.iter().any(|m| m.pid == *pid) || told.contains(pid);
            let others: Vec<_> = found.into_iter().filter(|pid| !is_told(pid)).collect();
            let some: Vec<_> = others.into_iter().take(MEMBERS_MAX).collect();
            if some.is_empty() {
                return;
            }
            let opened: Vec<_> = some
                .iter()
                .filter_map(|pid| Member::open(*pid).ok()?)
                .collect();
            let listed = self.find().unwrap_or_default();
            for member in opened.iter().filter(|member| listed.contains(&member.pid)) {
                member.signal(signal);
            }
            told.extend(some);
        }
    }

    /// Kills all of it.
    pub(super) fn kill(&self) {
        if let Some(group) = &self.group {
            if let Err(error) = cgroup::kill(group) {
                log(&format!("{} cannot be killed: {error}", group.display()));
            }
            return;
        }
        let is_there = || self.find().is_ok_and(|found| !found.is_empty());
        // While one of them is there, the number of the group is nobody else's.
        if self.members.iter().any(|member| !member.has_ended()) || self.is_blind && is_there() {
            kill_group(self.leader);
        }
        self.signal(libc::SIGKILL);
    }
}

impl Member {
    /// A process; `None` if it is gone.
    ///
    /// # Errors
    /// When it cannot be watched.
    fn open(pid: u32) -> io::Result<Option<Self>> {
        let Some(id) = Pid::from_raw(pid.cast_signed()) else {
            return Ok(None);
        };
        match pidfd_open(id, PidfdFlags::empty()) {
            Ok(pidfd) => Ok(Some(Self { pid, pidfd })),
            Err(Errno::SRCH) => Ok(None),
            Err(error) => {
                log(&format!("process {pid} cannot be watched: {error}"));
                Err(error.into())
            }
        }
    }

    fn signal(&self, signal: i32) {
        send_signal(self.pidfd.as_fd(), signal);
    }

    fn has_ended(&self) -> bool {
        let mut fds = [PollFd::new(&self.pidfd, PollFlags::IN)];
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        poll(&mut fds, Some(&now)).is_ok_and(|ready| ready > 0)
    }
}
