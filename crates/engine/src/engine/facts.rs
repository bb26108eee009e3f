//! Turns what the host tells of processes into inputs of the policy.

use std::sync::Arc;

use relance_policy::{
    ActionId, Answer, ControlId, DenyReason, Input, Notice, RunId, RunPhase, SpawnFailure, Time,
};
use relance_scm::event::Event;
use relance_scm::status::{ImpossibleReport, ProcessExit};
use relance_scm::{EndCause, EndCauseKind, Win32Error};
use relance_texts::{Lang, cause};
use relance_wire::channel::{
    ControlAnswer, ControlRequest, Done, Hello, ManagerFrame, Refused, ServiceFrame, Status,
    VERSION, Welcome,
};

use super::turn::Effect;
use super::{Engine, Moment};
use crate::processes::{Fact, Processes, StartProblem, Started};
use crate::storage::Storage;

impl<P: Processes, S: Storage> Engine<P, S> {
    /// Takes a fact.
    pub fn fact(&mut self, now: Moment, fact: Fact) {
        match fact {
            Fact::Spawned { run, pid, birth } => {
                let answer =
                    self.input(now, run.service, Input::ProcessSpawned { run, pid, birth });
                // Its service was removed meanwhile, so nothing manages this process.
                if answer == Answer::Stale && !self.services.contains_key(&run.service) {
                    self.processes.terminate(run);
                }
            }
            Fact::SpawnFailed { run, failure } => self.spawn_failed(now, run, failure),
            Fact::Found { run, pid, birth } => self.process_found(now, run, pid, birth),
            Fact::Frame {
                run,
                frame,
                position,
            } => {
                self.frame(now, run, frame);
                self.turn.effects.push(Effect::Consume(run, position));
            }
            Fact::Noticed { run, notices } => self.noticed(now, run, notices),
            Fact::Heartbeat { run } => self.liveness.beat(run, now.time),
            Fact::JobsDone { run, count } => self.jobs_done(now, run, count),
            Fact::ChannelBroken { run } => {
                self.input(now, run.service, Input::ChannelBroken { run });
            }
            Fact::MemoryRanOut { run, processes } => self.memory_ran_out(now, run, processes),
            Fact::LimitsSet { run, problem } => {
                let event = problem.map_or(Event::LimitsChanged, Event::LimitsNotChanged);
                self.log(now, run.service, &event);
            }
            Fact::LeftBehind { run, processes } => self.left_behind(now, run, processes),
            Fact::Exited {
                run,
                exit,
                at,
                next,
            } => {
                self.exited(now, run, exit, at, next);
            }
            Fact::CommandDone { id, result } => match &mut self.catching_up {
                Some(catch_up) => catch_up.done.push((id, result)),
                None => self.command_done(now, id, result),
            },
            Fact::StopCommandEnded { run, problem } => {
                self.input(now, run.service, Input::StopCommandEnded { run, problem });
            }
            Fact::ConsoleChanged { problem, is_new } => {
                self.console_changed(now, problem, is_new);
            }
            Fact::Caught => self.caught_up(now),
            Fact::ShutdownAsked => self.shut_down(now),
        }
    }

    /// A run has ended, and the next one may be there already.
    fn exited(
        &mut self,
        now: Moment,
        run: RunId,
        exit: ProcessExit,
        at: Time,
        next: Option<Started>,
    ) {
        let then = Moment {
            time: at.min(now.time),
            ..now
        };
        self.orders.ended(run);
        self.input(then, run.service, Input::ProcessExited { run, exit });
        if let Some(next) = next {
            self.started_by_order(now, next);
        }
        self.turn.effects.push(Effect::ForgetRun(run));
    }

    fn left_behind(&mut self, now: Moment, run: RunId, processes: u32) {
        let text = match processes {
            1 => cause::ONE_PROCESS.of(Lang::En).to_owned(),
            count => Lang::En.say(cause::Processes { count }),
        };
        let cause = EndCause::new(EndCauseKind::LeftProcesses, &text).into();
        self.input(now, run.service, Input::CauseTold { run, cause });
    }

    fn memory_ran_out(&mut self, now: Moment, run: RunId, processes: u32) {
        let text = Lang::En.say(cause::KernelKilled { count: processes });
        let cause = EndCause::new(EndCauseKind::OutOfMemory, &text).into();
        self.input(now, run.service, Input::CauseTold { run, cause });
    }

    /// A run has said something of itself. Most of it changes nothing: that it is ready, for instance, is
    /// said again with each change of its status.
    fn noticed(&mut self, now: Moment, run: RunId, notices: Vec<Notice>) {
        let entries = self.turn.entries.len();
        let before = self
            .services
            .get(&run.service)
            .map(|slot| Arc::clone(&slot.record));
        for notice in notices {
            self.input(now, run.service, Input::Noticed { run, notice });
        }
        let after = self.services.get(&run.service).map(|slot| &slot.record);
        if before.as_ref() == after && self.turn.entries.len() == entries {
            self.processes.on_record(run);
        } else {
            self.turn.effects.push(Effect::Noticed(run));
        }
    }

    /// Logs that the console fails, and that it works again. Reports to the previous engine are in the log
    /// already.
    fn console_changed(&mut self, now: Moment, problem: Option<String>, is_new: bool) {
        let had_problem = std::mem::replace(&mut self.console_fails, problem.is_some());
        match problem {
            _ if !is_new => {}
            Some(problem) => self.log_of_manager(now, &Event::ConsoleFailed(problem.into())),
            None if had_problem => self.log_of_manager(now, &Event::ConsoleRecovered),
            None => {}
        }
    }

    pub(super) fn command_done(
        &mut self,
        now: Moment,
        id: ActionId,
        result: Result<(), Win32Error>,
    ) {
        self.input(now, id.service, Input::ActionDone { id, result });
        self.turn.effects.push(Effect::ForgetCommand(id));
    }

    fn spawn_failed(&mut self, now: Moment, run: RunId, problem: StartProblem) {
        let failure = SpawnFailure {
            error: problem.error,
            logon: problem.logon,
        };
        let cause = EndCause::new(EndCauseKind::CannotStart, &problem.what()).into();
        if let Some(slot) = self.services.get_mut(&run.service) {
            slot.problem = Some(problem.sentence);
        }
        self.input(now, run.service, Input::CauseTold { run, cause });
        self.input(now, run.service, Input::SpawnFailed { run, failure });
    }

    /// A process that was there when the engine began. The record knows it, or its start was never committed.
    /// A process that does not fit the record is left alone, and that is logged.
    fn process_found(&mut self, now: Moment, run: RunId, pid: u32, birth: u64) {
        if let Some(catch_up) = &mut self.catching_up {
            catch_up.found.insert(run);
        }
        self.end_earlier(now, run);
        let Some(slot) = self.services.get(&run.service) else {
            return self.log_of_manager(now, &Event::NotAdopted(pid));
        };
        let previous = slot.record.previous.as_ref().map(|previous| previous.run);
        if previous == Some(run) {
            return;
        }
        if self.may_come_of_order(now, &slot.record, run) {
            return self.started_by_order(now, Started { run, pid, birth });
        }
        let answer = self.input(now, run.service, Input::ProcessFound { run, pid, birth });
        if answer == Answer::Stale {
            self.log(now, run.service, &Event::NotAdopted(pid));
        }
    }

    /// No run is started before the one before it has ended: one that is on record, earlier than a
    /// run that was found, and was not found itself, has ended unseen.
    fn end_earlier(&mut self, now: Moment, found: RunId) {
        let Some(slot) = self.services.get(&found.service) else {
            return;
        };
        let previous = slot.record.previous.as_ref().map(|previous| previous.run);
        let current = slot.record.run.as_ref().map(|run| run.id);
        for run in previous.into_iter().chain(current) {
            if run.number < found.number && !self.was_found(run) {
                let exit = ProcessExit::Unknown;
                self.input(now, run.service, Input::ProcessExited { run, exit });
            }
        }
    }

    fn frame(&mut self, now: Moment, run: RunId, frame: ServiceFrame) {
        match frame {
            ServiceFrame::Hello(hello) => self.hello(now, run, &hello),
            ServiceFrame::Status(status) => self.status(now, run, &status),
            ServiceFrame::Cause(cause) => {
                let cause = cause.cause().into();
                self.input(now, run.service, Input::CauseTold { run, cause });
            }
            ServiceFrame::Answer(ControlAnswer { id, code }) => {
                let (id, code) = (ControlId(id), Win32Error::from_raw(code));
                self.input(now, run.service, Input::ControlAnswered { run, id, code });
            }
        }
    }

    /// The first process of a run that says hello speaks for it. A hello that is read again is
    /// welcomed again: the first welcome may have been lost with the engine before, and so may the
    /// control that is not answered yet. (A service takes no control twice.)
    fn hello(&mut self, now: Moment, run: RunId, hello: &Hello) {
        if hello.version != VERSION {
            let message = format!(
                "this manager speaks version {VERSION} of the control channel, the service version {}; \
                 use a client library of the manager's version",
                hello.version
            );
            let refused = Refused {
                code: Win32Error::NOT_SUPPORTED.to_raw(),
                message,
            };
            self.turn
                .effects
                .push(Effect::Send(run, ManagerFrame::Refused(refused)));
            return;
        }
        self.input(
            now,
            run.service,
            Input::ServiceConnected {
                run,
                pid: hello.pid,
            },
        );
        let Some(slot) = self.services.get(&run.service) else {
            return;
        };
        let Some(current) = slot.record.run.as_ref().filter(|current| current.id == run) else {
            return;
        };
        let welcome = Welcome {
            version: VERSION,
            service_name: slot.record.config.service_name.to_string(),
            last_report: current.last_report,
            arguments: current.arguments.to_vec(),
        };
        let control = current.control.map(|control| ControlRequest {
            id: control.id.0,
            code: control.control.to_raw(),
        });
        let frames = [ManagerFrame::Welcome(welcome)]
            .into_iter()
            .chain(control.map(ManagerFrame::Control));
        self.turn
            .effects
            .extend(frames.map(|frame| Effect::Send(run, frame)));
    }

    fn status(&mut self, now: Moment, run: RunId, status: &Status) {
        let number = status.number;
        let code = match status.report().check() {
            Ok(report) => {
                let answer = self.input(
                    now,
                    run.service,
                    Input::StatusReported {
                        run,
                        number,
                        report,
                    },
                );
                self.status_code(run, number, answer)
            }
            Err(impossible) => {
                if let ImpossibleReport::State(state) = impossible {
                    self.input(
                        now,
                        run.service,
                        Input::ImpossibleStateReported { run, state },
                    );
                }
                Win32Error::INVALID_DATA
            }
        };
        let done = Done {
            number,
            code: code.to_raw(),
        };
        self.turn
            .effects
            .push(Effect::Send(run, ManagerFrame::Done(done)));
    }

    /// A report that was read before counts as taken; one of a run that is over does not (S11).
    fn status_code(&self, run: RunId, number: u64, answer: Answer) -> Win32Error {
        let taken_before = || {
            let record = &self.services.get(&run.service)?.record;
            let current = record.run.as_ref().map(|run| (run.id, run.last_report));
            let previous = record
                .previous
                .as_ref()
                .map(|previous| (previous.run, previous.last_report));
            let mut known = current.into_iter().chain(previous);
            known.find(|(id, last)| *id == run && number <= *last)
        };
        let has_not_greeted = || {
            let current = self.services.get(&run.service)?.record.run.as_ref()?;
            (current.id == run && current.phase != RunPhase::Active).then_some(())
        };
        match answer {
            Answer::Accepted if has_not_greeted().is_some() => DenyReason::HandleClosed.code(),
            Answer::Accepted => Win32Error::SUCCESS,
            Answer::Stale if taken_before().is_some() => Win32Error::SUCCESS,
            Answer::Denied(reason) => reason.code(),
            Answer::Stale | Answer::Start(_) | Answer::Control(..) => {
                DenyReason::HandleClosed.code()
            }
        }
    }
}
