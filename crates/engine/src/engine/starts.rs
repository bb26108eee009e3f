//! Services that must run first (D1 to D5): started when they do not run, waited for until they do.

use std::collections::BTreeSet;

use relance_policy::input::DependencyFailure;
use relance_policy::record::{Run, RunPhase};
use relance_policy::{Input, RunId, ServiceId, ServiceRecord, StartCause, Time};
use relance_scm::config::Dependency;
use relance_scm::{ServiceName, ServiceState, Win32Error, fold_case};

use super::{Engine, Moment, Slot};
use crate::processes::Processes;
use crate::storage::Storage;

/// A dependency that makes no progress for this long has failed (D5, S42).
const PROGRESS_WITHIN: std::time::Duration = std::time::Duration::from_secs(82);

/// A start that waits for others.
pub(super) struct Wait {
    run: RunId,
    /// When it is given up; moved on by every change of a service it waits for.
    pub(super) until: Time,
}

/// The state of a dependency.
enum Readiness {
    Ready,
    Pending,
    Failed(DependencyFailure),
}

impl<P: Processes, S: Storage> Engine<P, S> {
    /// D2: starts what must run first, and waits for it.
    pub(super) fn resolve_dependencies(&mut self, now: Moment, run: RunId) {
        self.waits.push(Wait {
            run,
            until: now.time + PROGRESS_WITHIN,
        });
        let Some(slot) = self.services.get(&run.service) else {
            return;
        };
        let config = std::sync::Arc::clone(&slot.record.config);
        if self.waits_for_itself(run.service) {
            return self.resolved(now, run, Err(DependencyFailure::Loop));
        }
        for dependency in &config.dependencies {
            for id in self.members(dependency, run.service) {
                self.start_dependency(now, id);
            }
        }
        self.look_at_wait(now, run);
    }

    /// D4: whether what must run first can never come up, because it waits for itself. A configuration that
    /// says so directly is refused; one that says it through a group is not, nor is a row that somebody wrote
    /// into the database.
    fn waits_for_itself(&self, id: ServiceId) -> bool {
        let mut reached = vec![id];
        let mut stuck = BTreeSet::from([id]);
        let mut looked_at = 0;
        while let Some(&of) = reached.get(looked_at) {
            looked_at += 1;
            for needed in self.needed_by(of).into_iter().flatten() {
                if !comes_up(&self.services[&needed].record) && stuck.insert(needed) {
                    reached.push(needed);
                }
            }
        }
        // What needs nothing of this comes up, and then what needs only that. The last reached is the first to do so.
        loop {
            let before = stuck.len();
            for of in reached.iter().rev() {
                let is_had = |members: &Vec<ServiceId>| {
                    members.is_empty() || members.iter().any(|needed| !stuck.contains(needed))
                };
                if self.needed_by(*of).iter().all(is_had) {
                    stuck.remove(of);
                }
            }
            if !stuck.contains(&id) || stuck.len() == before {
                return stuck.contains(&id);
            }
        }
    }

    /// What each dependency of a service stands for.
    fn needed_by(&self, id: ServiceId) -> Vec<Vec<ServiceId>> {
        let dependencies = &self.services[&id].record.config.dependencies;
        let members = dependencies
            .iter()
            .map(|dependency| self.members(dependency, id));
        members.collect()
    }

    /// The services a dependency stands for.
    pub(super) fn members(&self, dependency: &Dependency, of: ServiceId) -> Vec<ServiceId> {
        match dependency {
            Dependency::Service(name) => self.find(name).into_iter().collect(),
            Dependency::Group(group) => {
                let group = fold_case(group);
                let is_member = |slot: &&Slot| {
                    slot.record.id != of
                        && !slot.is_new
                        && fold_case(&slot.record.config.load_order_group) == group
                };
                let members = self.services.values().filter(is_member);
                members.map(|slot| slot.record.id).collect()
            }
        }
    }

    fn start_dependency(&mut self, now: Moment, id: ServiceId) {
        if self.services[&id].record.state == ServiceState::Stopped {
            let cause = StartCause::Dependency;
            // If that is refused it stays stopped, and the next check finds that.
            self.input(
                now,
                id,
                Input::StartRequested {
                    cause,
                    arguments: [].into(),
                },
            );
        }
    }

    /// A service has changed or is gone: anyone who waits for it may go on.
    pub(super) fn look_at_waits(&mut self, now: Moment, changed: ServiceId) {
        if self.waits.is_empty() {
            return;
        }
        let gone = !self.services.contains_key(&changed);
        let waiting: Vec<RunId> = self
            .waits
            .iter()
            .map(|wait| wait.run)
            .filter(|run| run.service != changed)
            .collect();
        for run in waiting {
            if gone || self.waits_for(run, changed) {
                let until = now.time + PROGRESS_WITHIN;
                for wait in self.waits.iter_mut().filter(|wait| wait.run == run) {
                    wait.until = until;
                }
                self.look_at_wait(now, run);
            }
        }
    }

    fn waits_for(&self, run: RunId, other: ServiceId) -> bool {
        let Some(slot) = self.services.get(&run.service) else {
            return false;
        };
        let dependencies = &slot.record.config.dependencies;
        dependencies
            .iter()
            .any(|dependency| self.members(dependency, run.service).contains(&other))
    }

    fn look_at_wait(&mut self, now: Moment, run: RunId) {
        let Some(slot) = self.services.get(&run.service) else {
            return;
        };
        if slot
            .record
            .run
            .as_ref()
            .is_none_or(|current| current.id != run)
        {
            self.waits.retain(|wait| wait.run != run);
            return;
        }
        let config = std::sync::Arc::clone(&slot.record.config);
        let mut pending = false;
        for dependency in &config.dependencies {
            match self.readiness(dependency, run.service) {
                Readiness::Ready => {}
                Readiness::Pending => pending = true,
                Readiness::Failed(failure) => return self.resolved(now, run, Err(failure)),
            }
        }
        if !pending {
            self.resolved(now, run, Ok(()));
        }
    }

    fn readiness(&self, dependency: &Dependency, of: ServiceId) -> Readiness {
        let members = self.members(dependency, of);
        match dependency {
            Dependency::Service(name) => match members.first() {
                Some(id) => self.readiness_of(*id, name),
                None => Readiness::Failed(DependencyFailure::Missing(name.clone())),
            },
            // D1: at least one member runs after all were tried.
            Dependency::Group(group) => {
                let states = || members.iter().map(|id| self.services[id].record.state);
                if states().any(is_up) {
                    Readiness::Ready
                } else if states().any(ServiceState::is_pending) {
                    Readiness::Pending
                } else {
                    Readiness::Failed(DependencyFailure::Group(group.clone()))
                }
            }
        }
    }

    /// D5: RUNNING, or PAUSED.
    fn readiness_of(&self, id: ServiceId, name: &ServiceName) -> Readiness {
        let record = &self.services[&id].record;
        match record.state {
            _ if record.marked_for_delete => {
                Readiness::Failed(DependencyFailure::Missing(name.clone()))
            }
            state if is_up(state) => Readiness::Ready,
            ServiceState::Stopped => {
                let error = self.why_stopped(id);
                Readiness::Failed(DependencyFailure::Failed(name.clone(), error))
            }
            _ => Readiness::Pending,
        }
    }

    /// The code that 7001 shows: why the dependency is down.
    fn why_stopped(&self, id: ServiceId) -> Win32Error {
        use relance_scm::config::StartType;
        let record = &self.services[&id].record;
        match record.exit_code.win32() {
            _ if record.config.start_type == StartType::Disabled => Win32Error::SERVICE_DISABLED,
            Win32Error::SUCCESS => Win32Error::SERVICE_NOT_ACTIVE,
            error => error,
        }
    }

    fn resolved(&mut self, now: Moment, run: RunId, result: Result<(), DependencyFailure>) {
        self.waits.retain(|wait| wait.run != run);
        self.input(
            now,
            run.service,
            Input::DependenciesResolved { run, result },
        );
    }

    /// S42: a dependency that hangs does not block others for ever.
    pub(super) fn give_up_waits(&mut self, now: Moment) {
        let over: Vec<RunId> = self
            .waits
            .iter()
            .filter(|wait| wait.until <= now.time)
            .map(|wait| wait.run)
            .collect();
        for run in over {
            let failure = self.first_pending(run).unwrap_or(DependencyFailure::Loop);
            self.resolved(now, run, Err(failure));
        }
    }

    fn first_pending(&self, run: RunId) -> Option<DependencyFailure> {
        let config = &self.services.get(&run.service)?.record.config;
        let dependency = config.dependencies.iter().find(|dependency| {
            matches!(self.readiness(dependency, run.service), Readiness::Pending)
        })?;
        Some(match dependency {
            Dependency::Service(name) => {
                DependencyFailure::Failed(name.clone(), Win32Error::SERVICE_START_HANG)
            }
            Dependency::Group(group) => DependencyFailure::Group(group.clone()),
        })
    }
}

/// Whether it is up, or starting without waiting for another service.
fn comes_up(record: &ServiceRecord) -> bool {
    let has_all = |run: &Run| run.phase != RunPhase::WaitingForDependencies;
    let starts = record.state == ServiceState::StartPending;
    is_up(record.state) || starts && record.run.as_deref().is_some_and(has_all)
}

fn is_up(state: ServiceState) -> bool {
    matches!(
        state,
        ServiceState::Running
            | ServiceState::Paused
            | ServiceState::PausePending
            | ServiceState::ContinuePending
    )
}
