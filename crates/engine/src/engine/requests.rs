//! Requests of clients about running services.

use relance_policy::{Answer, ControlId, Input, RunId, ServiceId, StartCause};
use relance_scm::config::check_start_arguments;
use relance_scm::event::Event;
use relance_scm::manager::NoticeReport;
use relance_scm::status::ServiceStatus;
use relance_scm::{AccessRights, Caller, Control, Reply, ScmError, ServiceName, Win32Error};

use super::restarts::Asked;
use super::turn::Effect;
use super::{Engine, Moment, Waiter};
use crate::access;
use crate::command::{ClientRequest, Command};
use crate::info::status_of;
use crate::output_losses::OutputLoss;
use crate::processes::Processes;
use crate::storage::Storage;

impl<P: Processes, S: Storage> Engine<P, S> {
    /// Takes a request.
    pub fn command(&mut self, now: Moment, command: Command) {
        let caller = command.caller;
        self.begin_for(&caller);
        if let Some(name) = command.request.about_run() {
            self.recall_by_name(now, &name.clone());
        }
        self.request(now, caller, command.request);
        self.authors.done();
    }

    fn request(&mut self, now: Moment, caller: Caller, request: ClientRequest) {
        match request {
            ClientRequest::Configure(changes, reply) => {
                self.queue_configure(caller, changes, reply);
            }
            ClientRequest::TryConfigure(changes, reply) => {
                self.try_configure(now, caller, changes, reply);
            }
            ClientRequest::Start(name, arguments, reply) => {
                self.start_service(now, &caller, &name, arguments, reply);
            }
            ClientRequest::Control(name, control, reply) => {
                self.control_service(now, &caller, &name, control, reply);
            }
            ClientRequest::Restart(name, dependents, reply) => {
                let result = self.restart_service(now, &caller, &name, dependents);
                self.turn.effects.push(Effect::Reply(reply, result));
            }
            ClientRequest::Terminate(name, reply) => {
                let input = Input::TerminateRequested;
                let result = self.ask(now, &caller, &name, AccessRights::STOP, input);
                self.turn.effects.push(Effect::Reply(reply, result));
            }
            ClientRequest::CancelRecovery(name, reply) => {
                let input = Input::CancelRecoveryRequested(None);
                let result = self.ask(now, &caller, &name, AccessRights::START, input);
                self.turn.effects.push(Effect::Reply(reply, result));
            }
            ClientRequest::BeginBoot => self.services_are_there(now),
            ClientRequest::NoteRefusedSignIns(from, count) => {
                self.log_of_manager(now, &Event::SignInRefused { from, count });
            }
            ClientRequest::NoteLoss(service, loss) => self.note_loss(now, service, loss),
            ClientRequest::WriteEvent(entry, author, reply) => {
                self.write_event(now, entry, author);
                self.turn.effects.push(Effect::Reply(reply, Ok(())));
            }
            ClientRequest::TestNotice(target, reply) => {
                self.log_of_manager(now, &Event::NoticeTest(target, caller.name));
                self.turn.effects.push(Effect::LookForTeller);
                self.turn.effects.push(Effect::Reply(reply, Ok(())));
            }
            ClientRequest::ReportNotices(report, reply) => {
                self.log_of_manager(now, &event_of(report));
                self.turn.effects.push(Effect::Reply(reply, Ok(())));
            }
            // For the driver, which knows the clock and the channels.
            request @ (ClientRequest::AdvanceClock(..) | ClientRequest::Attach { .. }) => {
                request.refuse(&Win32Error::NOT_SUPPORTED.into());
            }
        }
    }

    fn note_loss(&mut self, now: Moment, service: ServiceId, loss: OutputLoss) {
        match loss {
            OutputLoss::Begun(why) => self.log(now, service, &Event::OutputLost(why.into())),
            OutputLoss::Over(bytes) => self.log(now, service, &Event::OutputKept(bytes)),
            // Watchers of the service receive its record again.
            OutputLoss::Noted => {
                self.turn.changed.insert(service);
            }
        }
    }

    /// The service of this name, if the caller has these rights on it.
    pub(super) fn open(
        &self,
        caller: &Caller,
        name: &ServiceName,
        rights: AccessRights,
    ) -> Result<ServiceId, ScmError> {
        let id = self
            .find(name)
            .ok_or_else(|| self.names.missing(caller, name))?;
        access::check_named(caller, name, &self.services[&id].record.config, rights)?;
        Ok(id)
    }

    /// A request whose outcome is known with the step.
    fn ask(
        &mut self,
        now: Moment,
        caller: &Caller,
        name: &ServiceName,
        rights: AccessRights,
        input: Input,
    ) -> Result<(), ScmError> {
        let id = self.open(caller, name, rights)?;
        match self.input(now, id, input) {
            Answer::Denied(reason) => Err(reason.error(name)),
            Answer::Accepted | Answer::Start(_) | Answer::Control(..) | Answer::Stale => Ok(()),
        }
    }

    fn start_service(
        &mut self,
        now: Moment,
        caller: &Caller,
        name: &ServiceName,
        arguments: Vec<String>,
        reply: Reply<()>,
    ) {
        let opened = self.open(caller, name, AccessRights::START);
        let opened = opened.and_then(|id| check_start_arguments(&arguments).map(|()| id));
        let id = match opened {
            Ok(id) => id,
            Err(error) => return reply.send(Err(error)),
        };
        // The outcome may come within the step, so the waiter is registered before it.
        let slot = self.services.get_mut(&id).expect("it was just opened");
        let run = RunId {
            service: id,
            number: slot.record.runs + 1,
        };
        slot.waiters.push(Waiter::Start(run, reply));
        let input = Input::StartRequested {
            cause: StartCause::Demand,
            arguments: arguments.into(),
        };
        if let Answer::Denied(reason) = self.input(now, id, input) {
            self.deny(
                id,
                &reason.error(name),
                |waiter| matches!(waiter, Waiter::Start(of, _) if *of == run),
            );
        }
    }

    fn control_service(
        &mut self,
        now: Moment,
        caller: &Caller,
        name: &ServiceName,
        control: Control,
        reply: Reply<ServiceStatus>,
    ) {
        let rights = control.right().unwrap_or(AccessRights::ALL_ACCESS);
        let id = match self.open(caller, name, rights) {
            Ok(id) => id,
            Err(error) => return reply.send(Err(error)),
        };
        let dependents_active =
            control == Control::Stop && self.active_dependents(name).next().is_some();
        let slot = self.services.get_mut(&id).expect("it was just opened");
        let next = slot
            .record
            .run
            .as_ref()
            .map(|run| (run.id, ControlId(run.controls_sent + 1)));
        let input = Input::ControlRequested {
            control,
            dependents_active,
        };
        let Some((run, control)) = next else {
            return self.control_stopped(now, id, name, input, reply);
        };
        let author = self.authors.caller().cloned();
        slot.waiters
            .push(Waiter::Control(run, control, reply, author));
        if let Answer::Denied(reason) = self.input(now, id, input) {
            let error = self.refused(caller, name, reason, Asked::Stop);
            self.deny(id, &error, |waiter| {
                matches!(waiter, Waiter::Control(run, control, ..) if Some((*run, *control)) == next)
            });
        }
    }

    /// A control for a service without a run: no process will answer it, so the step is the whole
    /// answer.
    fn control_stopped(
        &mut self,
        now: Moment,
        id: ServiceId,
        name: &ServiceName,
        input: Input,
        reply: Reply<ServiceStatus>,
    ) {
        let result = match self.input(now, id, input) {
            Answer::Denied(reason) => Err(reason.error(name)),
            Answer::Accepted | Answer::Start(_) | Answer::Control(..) | Answer::Stale => {
                Ok(status_of(&self.services[&id].record))
            }
        };
        self.turn.effects.push(Effect::ReplyControl(reply, result));
    }

    /// Answers the waiter of a request that was refused.
    fn deny(&mut self, id: ServiceId, error: &ScmError, mut is_mine: impl FnMut(&Waiter) -> bool) {
        let Some(slot) = self.services.get_mut(&id) else {
            return;
        };
        for waiter in slot.waiters.extract_if(.., |waiter| is_mine(waiter)) {
            match waiter {
                Waiter::Start(_, reply) => reply.send(Err(error.clone())),
                Waiter::Control(_, _, reply, _) => reply.send(Err(error.clone())),
            }
        }
    }
}

/// The entry that records how a target of notices is.
fn event_of(report: NoticeReport) -> Event {
    match report {
        NoticeReport::Unreachable(target, problem) => {
            Event::NoticeUnreachable(target.into(), problem.into())
        }
        NoticeReport::Reachable(target) => Event::NoticeReachable(target.into()),
        NoticeReport::Dropped(target, count) => Event::NoticesDropped(target.into(), count),
        NoticeReport::Unusable(problem) => Event::NoticesUnusable(problem.into()),
        NoticeReport::Tested(target, None) => Event::NoticeTested(target.into()),
        NoticeReport::Tested(target, Some(problem)) => {
            Event::NoticeTestFailed(target.into(), problem.into())
        }
    }
}
