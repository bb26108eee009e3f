//! What runs report about themselves (X40 to X42): on which sockets, whether the sender belongs to the run, and
//! what the engine is told.

use std::collections::BTreeMap;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

use relance_policy::{Notice, RunId};
use relance_scm::config::Readiness;
use relance_scm::settings::{READY, RECYCLE_AFTER_JOBS, WATCHDOG};
use relance_scm::{ServiceConfig, Win32Error, system};
use relance_texts::{Value, start};
use rustix::event::epoll;
use rustix::process::Pid;

use super::{HostRun, LinuxProcesses};
use crate::linux::cgroup::Location;
use crate::linux::notify::{Message, SOCKET_VARIABLE, TIME_VARIABLE};
use crate::linux::peer::session;
use crate::linux::protocol::{VERSION_PROBE_COMMAND, VERSION_SIGNS, run_of, token};
use crate::linux::spawn::{SpawnSpec, Texts};
use crate::linux::verdicts::Verdict;
use crate::processes::{Fact, StartProblem};

/// Marks the tokens of descriptors on which runs say that they are ready.
const READY_MARK: u64 = 1 << 62;

/// The run whose descriptor has this token.
pub(super) fn ready_run(token: u64) -> Option<RunId> {
    (token & READY_MARK != 0).then(|| run_of(token & !READY_MARK))
}

impl LinuxProcesses {
    /// Prepares what a run reports with: its socket, named in its environment, or its descriptor.
    pub(super) fn expect_signs(
        &mut self,
        run: RunId,
        config: &ServiceConfig,
        spec: &mut SpawnSpec,
    ) -> Result<(), StartProblem> {
        let watchdog = config.extensions.get(WATCHDOG);
        let ready = config.extensions.get(READY);
        if let Some(Readiness::Descriptor(number)) = ready {
            if self.version < VERSION_SIGNS {
                return Err(older_guardian(config));
            }
            spec.ready_fd = Some(number.into());
        }
        let asks = matches!(ready, Some(Readiness::Command(_)));
        if asks && self.version < VERSION_PROBE_COMMAND {
            return Err(older_guardian(config));
        }
        let counts_jobs = config.extensions.get(RECYCLE_AFTER_JOBS).is_some();
        if watchdog.is_none() && ready != Some(Readiness::Notify) && !counts_jobs {
            return Ok(());
        }
        let opened = self.sockets.open(run, spec.ids.as_ref());
        let path = opened.map_err(|error| no_socket(config, &error))?;
        let names = [SOCKET_VARIABLE, TIME_VARIABLE];
        let others = spec.environment.iter().filter(|variable| {
            let name = variable.split('=').next().unwrap_or_default();
            !names.contains(&name)
        });
        let mut environment: Texts = others.collect();
        environment.push_variable(SOCKET_VARIABLE, &path.display().to_string());
        if let Some(time) = watchdog {
            environment.push_variable(TIME_VARIABLE, &time.as_micros().to_string());
        }
        spec.environment = environment;
        Ok(())
    }

    /// Goes on with the signs of runs that were started before. If its guardian was killed, or its sign is a
    /// line that it prints, it is not known whether a run has said that it is ready. It does not say so again,
    /// and is taken for ready.
    pub(super) fn take_over_signs(&mut self, names: impl Fn(RunId) -> Option<Arc<ServiceConfig>>) {
        let is_lost = |run: &RunId| {
            let config = names(*run)?;
            Some(match config.extensions.get(READY)? {
                Readiness::Notify => !self.sockets.has(*run),
                Readiness::Descriptor(_) => !self.ready_fds.contains_key(run),
                Readiness::Connect(_) | Readiness::Command(_) => false,
                // It may have been read, and not told.
                Readiness::Output(_) => true,
            })
        };
        let lost: Vec<_> = (self.runs.keys().copied())
            .filter(|run| is_lost(run).unwrap_or_default())
            .collect();
        let runs = self.runs.keys().copied().collect();
        self.sockets.take_over(&runs);
        for run in self.ready_fds.keys() {
            self.watch_ready(*run);
        }
        for run in lost {
            self.tell_ready(run);
        }
    }

    /// The process of a run exists: what it says is read from now on.
    pub(super) fn watch_signs(&self, run: RunId) {
        self.sockets.watch(run);
        self.watch_ready(run);
    }

    fn watch_ready(&self, run: RunId) {
        if let Some(reader) = self.ready_fds.get(&run) {
            let data = epoll::EventData::new_u64(READY_MARK | token(run));
            if let Err(error) = epoll::add(&*self.epoll, reader, data, epoll::EventFlags::IN) {
                tracing::warn!(%run, %error, "it cannot be read whether the run is ready");
            }
        }
    }

    /// Something came on the descriptor of a run, or will never come. It is left there, so that a new
    /// engine finds it again if this one is killed before it is on record.
    pub(super) fn ready_event(&mut self, run: RunId) {
        let Some(reader) = self.take_ready_fd(run) else {
            return;
        };
        if rustix::io::ioctl_fionread(&reader).is_ok_and(|length| length > 0) {
            self.tell_ready(run);
        }
    }

    /// What probes and output have shown.
    pub(super) fn take_verdicts(&mut self) {
        for (run, verdict) in self.verdicts.take() {
            match verdict {
                Verdict::Noticed(notice) => {
                    let notices = vec![notice];
                    self.facts.push_back(Fact::Noticed { run, notices });
                }
                Verdict::RunProbe(number) => self.run_probe(run, number),
                Verdict::EndProbe => self.end_probe(run),
                Verdict::LimitsSet(problem) => {
                    self.facts.push_back(Fact::LimitsSet { run, problem });
                }
            }
        }
    }

    fn tell_ready(&mut self, run: RunId) {
        let notices = vec![Notice::Ready];
        self.facts.push_back(Fact::Noticed { run, notices });
    }

    fn take_ready_fd(&mut self, run: RunId) -> Option<OwnedFd> {
        let reader = self.ready_fds.remove(&run)?;
        // The guardian has it too, so that it does not leave by itself.
        let _ = epoll::delete(&*self.epoll, reader.as_fd());
        Some(reader)
    }

    /// Something came on the socket of a run.
    pub(super) fn read_signs(&mut self, run: RunId) {
        let groups = self.groups.as_ref().map(|(location, _)| location);
        let runs = &self.runs;
        let belongs = |sender| belongs(runs, groups, run, sender);
        let messages = self.sockets.read(run, belongs);
        self.tell_signs(run, messages);
    }

    /// Reads all that is left of a run that has ended.
    pub(super) fn read_last_signs(&mut self, run: RunId) {
        let groups = self.groups.as_ref().map(|(location, _)| location);
        let runs = &self.runs;
        let belongs = |sender| belongs(runs, groups, run, sender);
        let messages = self.sockets.read_rest(run, belongs);
        self.tell_signs(run, messages);
    }

    fn tell_signs(&mut self, run: RunId, messages: Vec<Message>) {
        if messages.iter().any(|message| message.beats) {
            self.facts.push_back(Fact::Heartbeat { run });
        }
        let jobs = messages.iter().map(|message| message.jobs);
        let count = jobs.fold(0, u64::saturating_add);
        if count > 0 {
            self.facts.push_back(Fact::JobsDone { run, count });
        }
        for message in messages {
            self.note(run, &message);
            if !message.notices.is_empty() {
                let notices = message.notices;
                self.facts.push_back(Fact::Noticed { run, notices });
            }
        }
    }

    /// What is for people only.
    fn note(&self, run: RunId, message: &Message) {
        let main_pid = message.main_pid.filter(|pid| {
            let pid = i32::try_from(*pid).ok().and_then(Pid::from_raw);
            pid.is_some_and(|pid| belongs(&self.runs, self.groups(), run, pid))
        });
        let says = message.status.is_some() || message.reloads || message.is_ready();
        if !says && main_pid.is_none() {
            return;
        }
        self.signs.note(run, |signs| {
            if let Some(text) = &message.status {
                signs.status = Some(Arc::clone(text)).filter(|text| !text.is_empty());
            }
            if message.reloads || message.is_ready() {
                signs.reloads = message.reloads;
            }
            signs.main_pid = main_pid.or(signs.main_pid);
        });
    }

    /// Closes the socket and descriptor of a run.
    pub(super) fn close_signs(&mut self, run: RunId) {
        self.sockets.close(run);
        self.take_ready_fd(run);
        self.signs.forget(run);
    }
}

/// Whether a process is one of the run: its first one, of its session, or in its control group.
fn belongs(
    runs: &BTreeMap<RunId, HostRun>,
    groups: Option<&Location>,
    run: RunId,
    sender: Pid,
) -> bool {
    let Some(known) = runs.get(&run) else {
        return false;
    };
    let first = i32::try_from(known.pid).ok().and_then(Pid::from_raw);
    if first.is_none() || first == Some(sender) {
        return first.is_some();
    }
    let group = |pid: u32| groups.and_then(|groups| groups.group_of(pid).ok()?);
    let in_group = || {
        let sender = u32::try_from(sender.as_raw_nonzero().get()).ok();
        let theirs = sender.and_then(group);
        theirs.is_some() && theirs == group(known.pid)
    };
    session(sender.as_raw_nonzero().get()) == Some(known.pid) || in_group()
}

fn no_socket(config: &ServiceConfig, error: &std::io::Error) -> StartProblem {
    StartProblem {
        error: Win32Error::PATH_NOT_FOUND,
        logon: false,
        sentence: start::Impossible {
            name: &config.service_name,
            problem: start::Heartbeats {
                error: Value::from(system::reason(error)),
            },
        }
        .into(),
    }
}

fn older_guardian(config: &ServiceConfig) -> StartProblem {
    StartProblem {
        error: Win32Error::NOT_SUPPORTED,
        logon: false,
        sentence: start::Impossible {
            name: &config.service_name,
            problem: start::OLDER_GUARDIAN,
        }
        .into(),
    }
}
