//! The boot, the return after a crash of the engine, and the shutdown.

use std::collections::BTreeSet;
use std::sync::Arc;

use relance_policy::{ActionId, Input, PendingAction, RunId, RunPhase, ServiceId, ServiceRecord};
use relance_scm::event::Event;
use relance_scm::settings::{STOP_COMMAND, STOP_SIGNAL};
use relance_scm::status::ProcessExit;
use relance_scm::{Reply, ServiceKind, Win32Error};
use relance_wire::channel::{ControlRequest, ManagerFrame};

use super::turn::Effect;
use super::{Engine, Moment};
use crate::database::Meta;
use crate::processes::Processes;
use crate::publisher::Change;
use crate::storage::Storage;

/// How an engine begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// A boot: the machine's, a container's, or the first start after an orderly shutdown. Counters
    /// are zero, nothing runs, automatic services are started. With the identity of the boot.
    Boot(String),
    /// The engine before has ended, the guardian has not.
    Restart,
    /// Guardian and engine had ended; what still runs is taken over.
    Adoption,
    /// The guardian has exchanged its program, and this engine is of the new one.
    Upgrade,
}

/// What an engine has learnt and done before the host has reported everything.
#[derive(Default)]
pub(super) struct CatchUp {
    /// Runs that the host has.
    pub(super) found: BTreeSet<RunId>,
    /// Runs that this engine has begun: it waits for their facts, nothing of them is lost.
    pub(super) begun: BTreeSet<RunId>,
    /// Commands that the host has carried out. Their failures may come to light only when all runs
    /// are told, so they wait until then.
    pub(super) done: Vec<(ActionId, Result<(), Win32Error>)>,
}

impl<P: Processes, S: Storage> Engine<P, S> {
    /// Begins. What runs already is told by the host afterwards, up to [`Fact::Caught`].
    ///
    /// [`Fact::Caught`]: crate::processes::Fact::Caught
    pub fn begin(&mut self, now: Moment, beginning: &Beginning) {
        self.take_backup(now);
        match beginning {
            Beginning::Boot(boot) => self.boot(now, boot),
            Beginning::Restart => {
                self.catching_up = Some(CatchUp::default());
                self.log_of_manager(now, &Event::EngineRestarted);
            }
            Beginning::Adoption => {
                self.catching_up = Some(CatchUp::default());
                self.log_of_manager(now, &Event::ManagerReplaced);
            }
            Beginning::Upgrade => {
                self.catching_up = Some(CatchUp::default());
                self.log_of_manager(now, &Event::ManagerUpgraded);
            }
        }
        self.say_what_was_wrong(now);
        let records = self.services.values();
        let records = records.map(|slot| Change::Service(Arc::clone(&slot.record)));
        let policies = Change::Policies(Arc::clone(&self.policies));
        let records: Vec<Change> = std::iter::once(policies).chain(records).collect();
        self.tell(&records);
    }

    /// Logs that the previous engine was ended because it did not answer, if that was so.
    pub fn say_who_was_silent(&mut self, now: Moment, seconds: Option<u32>) {
        if let Some(seconds) = seconds {
            self.log_of_manager(now, &Event::EngineSilent(seconds));
        }
    }

    /// Logs that somebody had removed the socket for clients, and that it was made again, if that was so.
    pub fn say_if_the_socket_was_removed(&mut self, now: Moment, was_removed: bool) {
        if was_removed {
            self.log_of_manager(now, &Event::SocketRestored);
        }
    }

    /// What others could do with the folder of the database now, if anything.
    pub(crate) fn state_is_opened(&mut self, now: Moment, problem: Option<String>) {
        let was_opened = std::mem::replace(&mut self.is_opened, problem.is_some());
        match problem {
            Some(problem) if !was_opened => {
                self.log_of_manager(now, &Event::StateOpened(problem.into()));
            }
            None if was_opened => self.log_of_manager(now, &Event::StateClosed),
            _ => {}
        }
    }

    /// What was wrong with the database when it was opened is in the log, once for each start.
    fn say_what_was_wrong(&mut self, now: Moment) {
        let notices = std::mem::take(&mut self.notices).into_iter();
        let notices = notices.map(|notice| Event::StoreDamaged(notice.into()));
        let unreadable = std::mem::take(&mut self.unreadable).into_iter();
        let unreadable = unreadable.map(|service| {
            Event::ServiceUnreadable(service.name.as_str().into(), service.to_string().into())
        });
        let policies = self.policies.unreadable();
        let policies =
            policies.map(|(name, problem)| Event::PolicyUnreadable(name.into(), problem.into()));
        let events = notices.chain(unreadable).chain(policies);
        for event in events.collect::<Vec<_>>() {
            self.log_of_manager(now, &event);
        }
    }

    fn boot(&mut self, now: Moment, boot: &str) {
        self.log_of_manager(now, &Event::ManagerStarted);
        self.held = Some(Vec::new());
        self.forget_restarts();
        for id in self.services.keys().copied().collect::<Vec<_>>() {
            let Some(slot) = self.services.get_mut(&id) else {
                continue;
            };
            let run = slot.record.run.as_ref().map(|run| run.id);
            // An engine that was killed has begun this boot, and its database was brought back from a backup.
            if run.is_some_and(|run| self.processes.process_of(run).is_some()) {
                continue;
            }
            let booted = slot.record.at_boot();
            if booted != *slot.record {
                slot.record = Arc::new(booted);
                self.turn.changed.insert(id);
                self.schedule(id);
            }
            // C31: what was marked for deletion is gone at the next boot.
            if self.services[&id].record.marked_for_delete {
                self.remove(now, id);
            }
        }
        self.plan_ahead(now);
        self.turn.meta.push((Meta::Boot, boot.to_owned()));
        self.turn.meta.push((Meta::ShutDown, "0".to_owned()));
        if self.settings.services_come_first {
            self.wait_with_boot();
        } else {
            self.begin_boot_starts(now);
        }
    }

    /// Whether another engine has taken over. Nothing that this one does is written any more, so its
    /// driver ends it.
    #[must_use]
    pub fn is_fenced(&self) -> bool {
        self.is_fenced
    }

    /// Whether everything has ended in good order, and the guardian should end too.
    #[must_use]
    pub fn has_shut_down(&self) -> bool {
        self.shut_down_sent
    }

    /// Whether its beginning is on record. Until then the next engine begins in the same way.
    #[must_use]
    pub fn is_on_record(&self) -> bool {
        self.is_on_record
    }

    /// The host has told all it knew. What the records expect and the host does not have was lost on
    /// the way: a request that never arrived is made again, a process that is gone has ended.
    pub(super) fn caught_up(&mut self, now: Moment) {
        if self.catching_up.is_none() {
            return;
        }
        let services: Vec<ServiceId> = self.services.keys().copied().collect();
        for id in &services {
            self.end_unfound(now, *id);
        }
        let done = self
            .catching_up
            .as_mut()
            .map(|catch_up| std::mem::take(&mut catch_up.done));
        for (id, result) in done.into_iter().flatten() {
            self.command_done(now, id, result);
        }
        for id in services {
            self.ask_again(now, id);
            if let Some(slot) = self.services.get(&id) {
                self.liveness.watch(id, slot.record.watched(), now.time);
                self.processes.look_after(&slot.record);
                self.orders.look_later(now.time, &slot.record);
            }
            self.note_ceilings(now, id);
        }
        self.catching_up = None;
        if self.shutting_down {
            self.shut_down_all(now);
        }
        self.look_at_all_needs(now);
        self.plan_ahead(now);
    }

    /// Processes on record that the host does not have: they ended, and how is unknown.
    fn end_unfound(&mut self, now: Moment, id: ServiceId) {
        let Some(slot) = self.services.get(&id) else {
            return;
        };
        let previous = slot.record.previous.as_ref().map(|previous| previous.run);
        let current = slot.record.run.as_ref().filter(|run| {
            matches!(run.phase, RunPhase::Connecting(_) | RunPhase::Active)
                && !self.has_begun(run.id)
        });
        let runs = previous.into_iter().chain(current.map(|run| run.id));
        for run in runs.collect::<Vec<_>>() {
            if !self.was_found(run) {
                let exit = ProcessExit::Unknown;
                self.input(now, id, Input::ProcessExited { run, exit });
            }
        }
    }

    fn ask_again(&mut self, now: Moment, id: ServiceId) {
        let Some(slot) = self.services.get(&id) else {
            return;
        };
        let record = Arc::clone(&slot.record);
        for pending in record
            .pending_actions
            .iter()
            .filter(|pending| pending.executing)
        {
            self.execute_again(&record, pending);
        }
        let Some(run) = &record.run else {
            // C31: deleted and stopped, but the removal was not committed.
            if record.marked_for_delete && record.previous.is_none() {
                self.remove(now, id);
            }
            return;
        };
        if self.has_begun(run.id) {
            return;
        }
        match run.phase {
            RunPhase::WaitingForDependencies => self.resolve_dependencies(now, run.id),
            RunPhase::Spawning => self.processes.spawn(run.id, &record.start_config()),
            RunPhase::Connecting(_) | RunPhase::Active => {
                let set = &record.config.extensions;
                if record.is_being_recycled()
                    && record.kind() == ServiceKind::Program
                    && set.get(STOP_COMMAND).is_none()
                {
                    // No kill follows for this stop (X57), so a lost request must be made again.
                    let signal = record.config.extensions.get(STOP_SIGNAL);
                    self.processes.stop(run.id, signal);
                }
                if let Some(control) = run.control {
                    let request = ControlRequest {
                        id: control.id.0,
                        code: control.control.to_raw(),
                    };
                    self.turn
                        .effects
                        .push(Effect::Send(run.id, ManagerFrame::Control(request)));
                }
            }
            RunPhase::WaitingForPrevious | RunPhase::WaitingForRecycle(_) => {}
        }
    }

    /// Whether the host has this run.
    pub(super) fn was_found(&self, run: RunId) -> bool {
        let catch_up = self.catching_up.as_ref();
        catch_up.is_some_and(|catch_up| catch_up.found.contains(&run))
    }

    /// Whether this engine has begun the run, so that nothing of it was lost.
    fn has_begun(&self, run: RunId) -> bool {
        let catch_up = self.catching_up.as_ref();
        catch_up.is_some_and(|catch_up| catch_up.begun.contains(&run))
    }

    fn execute_again(&mut self, record: &Arc<ServiceRecord>, pending: &PendingAction) {
        use relance_scm::RecoveryActionKind as Kind;
        match pending.action.kind {
            Kind::RunCommand => {
                let command = pending.command();
                let config = Arc::clone(&record.config);
                self.turn
                    .effects
                    .push(Effect::RunCommand(pending.id, config, command));
            }
            Kind::Reboot => self.turn.effects.push(Effect::Reboot(pending.id)),
            Kind::None | Kind::Restart | Kind::OwnRestart => {}
        }
    }

    /// Somebody asked the daemon to stop: a shutdown of the system, for its services (S45 to S48).
    pub(super) fn shut_down(&mut self, now: Moment) {
        if self.shutting_down {
            return;
        }
        self.shutting_down = true;
        self.log_of_manager(now, &Event::ManagerStopping);
        self.boot_starts = None;
        self.shut_down_all(now);
    }

    /// The manual clock was moved: its time is stored, and the caller is answered once everything
    /// that is due is on record.
    pub fn clock_moved(&mut self, now: Moment, reply: Reply<u64>) {
        let nanos = now.time.as_nanos();
        self.turn.meta.push((Meta::ManualClock, nanos.to_string()));
        self.fire_deadlines(now);
        self.turn.effects.push(Effect::ReplyClock(reply, nanos));
    }

    /// Once nothing runs any more, an orderly shutdown is remembered, and the guardian may end.
    pub(super) fn finish_shutdown(&mut self, _now: Moment) {
        let over = |slot: &super::Slot| slot.record.run.is_none() && slot.record.previous.is_none();
        if self.shutting_down && !self.shut_down_sent && self.services.values().all(over) {
            self.shut_down_sent = true;
            let held_back = self.restraint.all();
            self.write(held_back);
            self.turn.meta.push((Meta::ShutDown, "1".to_owned()));
            self.turn.effects.push(Effect::ShutDown);
        }
    }
}
