//! Heartbeats of runs (X40): where they are sent, and whether the sender belongs to the run.

use relance_policy::RunId;
use relance_scm::settings::WATCHDOG;
use relance_scm::{ServiceConfig, Win32Error};
use relance_texts::{shown, start};
use rustix::process::{Pid, getsid};

use super::LinuxProcesses;
use crate::linux::heartbeats::{SOCKET_VARIABLE, TIME_VARIABLE};
use crate::linux::spawn::SpawnSpec;
use crate::processes::{Fact, StartProblem};

impl LinuxProcesses {
    /// Opens the socket of a run that has a watchdog, and names it in its environment.
    pub(super) fn expect_heartbeats(
        &mut self,
        run: RunId,
        config: &ServiceConfig,
        spec: &mut SpawnSpec,
    ) -> Result<(), StartProblem> {
        let Some(time) = config.extensions.get(WATCHDOG) else {
            return Ok(());
        };
        let opened = self.heartbeats.open(run, spec.ids.as_ref());
        let path = opened.map_err(|error| StartProblem {
            error: Win32Error::PATH_NOT_FOUND,
            logon: false,
            sentence: start::Impossible {
                name: &config.service_name,
                problem: start::Heartbeats {
                    error: shown(error),
                },
            }
            .into(),
        })?;
        let names = [SOCKET_VARIABLE, TIME_VARIABLE];
        spec.environment.retain(|variable| {
            let name = variable.split('=').next().unwrap_or_default();
            !names.contains(&name)
        });
        let socket = format!("{SOCKET_VARIABLE}={}", path.display());
        let time = format!("{TIME_VARIABLE}={}", time.as_micros());
        spec.environment.extend([socket, time]);
        Ok(())
    }

    /// Goes on with the sockets of runs that were started before.
    pub(super) fn take_over_heartbeats(&mut self) {
        let runs = self.runs.keys().copied().collect();
        self.heartbeats.take_over(&runs);
    }

    /// Something came on the socket of a run.
    pub(super) fn read_heartbeats(&mut self, run: RunId) {
        let lives = self
            .heartbeats
            .read(run, |sender| self.belongs(run, sender));
        if lives {
            self.facts.push_back(Fact::Heartbeat { run });
        }
    }

    /// Whether a process is one of the run: its first one, of its session, or in its control group.
    fn belongs(&self, run: RunId, sender: Pid) -> bool {
        let Some(known) = self.runs.get(&run) else {
            return false;
        };
        let first = i32::try_from(known.pid).ok().and_then(Pid::from_raw);
        if first.is_none() || first == Some(sender) {
            return first.is_some();
        }
        let group = |pid: u32| self.groups().and_then(|groups| groups.group_of(pid));
        let in_group = || {
            let sender = u32::try_from(sender.as_raw_nonzero().get()).ok();
            let theirs = sender.and_then(group);
            theirs.is_some() && theirs == group(known.pid)
        };
        getsid(Some(sender)).is_ok_and(|session| Some(session) == first) || in_group()
    }
}
