//! What processes do: by themselves, as the turmoil wants it, or as a good service would.

use relance_engine::processes::Fact;
use relance_policy::{Notice, RunId, ServiceId};
use relance_scm::status::{ProcessExit, RawStatusReport};
use relance_scm::{Control, EndCause, ExitCode, ServiceKind, ServiceState, Win32Error};
use relance_wire::channel::{ControlAnswer, ManagerFrame, ServiceFrame};

use super::Machine;
use super::process::{Process, StopCommand};
use super::reports::{paused, running, stopped};

impl Machine {
    /// Processes that have not ended.
    pub fn alive(&self) -> impl Iterator<Item = &Process> {
        self.processes
            .values()
            .filter(|process| process.end.is_none())
    }

    /// The process of a service, if one is alive.
    #[must_use]
    pub fn alive_of(&self, service: ServiceId) -> Option<RunId> {
        self.alive()
            .find(|process| process.run.service == service)
            .map(|process| process.run)
    }

    /// The process of a run, alive or not yet acknowledged.
    #[must_use]
    pub fn process(&self, run: RunId) -> Option<&Process> {
        self.processes.get(&run)
    }

    /// Says something only about a process that is alive and has an unbroken channel.
    fn speaker(&mut self, run: RunId) -> Option<&mut Process> {
        let process = self.processes.get_mut(&run)?;
        (process.end.is_none() && !process.channel.is_broken).then_some(process)
    }

    /// Makes the process do as it is told, or not.
    pub fn set_ignores_stop(&mut self, run: RunId, ignores: bool) {
        if let Some(process) = self.processes.get_mut(&run) {
            process.ignores_stop = ignores;
        }
    }

    /// The service says hello.
    pub fn say_hello(&mut self, run: RunId) {
        let Some(process) = self.speaker(run) else {
            return;
        };
        process.connected = true;
        process.hello();
        if let Some(history) = self.history.runs.get_mut(&run) {
            history.connected = true;
        }
    }

    /// The service reports a status.
    pub fn report(&mut self, run: RunId, report: RawStatusReport) {
        let Some(process) = self.speaker(run) else {
            return;
        };
        process.report(report);
        let Ok(checked) = report.check() else { return };
        // Its reports are not read before its hello.
        if !process.connected {
            return;
        }
        process.state = checked.state;
        let history = self.history.runs.get_mut(&run);
        if let Some(history) = history
            && checked.state == ServiceState::Stopped
            && history.stopped.is_none()
        {
            history.stopped = Some(checked.exit_code);
        }
    }

    /// The service takes the next control that was sent to it, answers it, and says which it was. It ignores a
    /// control that is repeated.
    pub fn take_control(&mut self, run: RunId, answer: Win32Error) -> Option<Control> {
        let process = self.speaker(run)?;
        let control = loop {
            match process.channel.inbox.pop_front()? {
                ManagerFrame::Control(control) => break control,
                ManagerFrame::Welcome(_) | ManagerFrame::Refused(_) | ManagerFrame::Done(_) => {}
            }
        };
        let code = answer.to_raw();
        let answer = ControlAnswer {
            id: control.id,
            code,
        };
        process.channel.sent.push(ServiceFrame::Answer(answer));
        if control.id <= process.last_control {
            return None;
        }
        process.last_control = control.id;
        let taken = Control::from_raw(control.code)?;
        self.note_delivery(run, taken);
        Some(taken)
    }

    /// S31: nothing is delivered after STOP.
    fn note_delivery(&mut self, run: RunId, control: Control) {
        let Some(history) = self.history.runs.get_mut(&run) else {
            return;
        };
        let after_stop = history.stop_delivered;
        history.stop_delivered |= matches!(control, Control::Stop | Control::Shutdown);
        if after_stop {
            self.violation(format!(
                "{control:?} was delivered to run {run} after its STOP"
            ));
        }
    }

    /// The service writes what is not a frame.
    pub fn write_rubbish(&mut self, run: RunId) {
        if let Some(process) = self.speaker(run) {
            process.channel.is_broken = true;
            self.silence(run);
        }
    }

    pub(super) fn silence(&mut self, run: RunId) {
        if let Some(history) = self.history.runs.get_mut(&run) {
            history.silenced = true;
        }
    }

    /// The process ends.
    pub fn exit(&mut self, run: RunId, exit: ProcessExit) {
        let now = self.now;
        let Some(process) = self.processes.get_mut(&run) else {
            return;
        };
        if process.end.is_some() {
            return;
        }
        process.end = Some((exit, now));
        let is_seen = !self.is_unattended && (!process.orphaned || self.kernel_tells);
        self.note(format_args!("  {run} ends: {exit}"));
        if let Some(history) = self.history.runs.get_mut(&run) {
            history.end = Some(exit);
        }
        if is_seen {
            self.carry_out_order(run, exit);
        } else {
            self.end_unseen(run);
        }
    }

    /// The stop command of a run ends, if it runs. One that ends well has asked the program to stop.
    pub fn end_stop_command(&mut self, run: RunId, is_well: bool) {
        let (is_unattended, kernel_tells) = (self.is_unattended, self.kernel_tells);
        let process = self.processes.get_mut(&run);
        let Some(process) = process.filter(|process| process.stop_command == StopCommand::Runs)
        else {
            return;
        };
        process.was_signaled |= is_well;
        let is_seen = !is_unattended && (!process.command_is_orphaned || kernel_tells);
        process.stop_command = if is_seen {
            StopCommand::Ended(is_well)
        } else {
            StopCommand::Unknown
        };
        self.note(format_args!(
            "  the stop command of {run} ends well: {is_well}"
        ));
        if is_seen {
            self.tell_stop_command(run, is_well);
        }
    }

    /// Runs whose stop command runs.
    pub fn stop_commands(&self) -> impl Iterator<Item = RunId> {
        let run = |process: &&Process| process.stop_command == StopCommand::Runs;
        self.processes
            .values()
            .filter(run)
            .map(|process| process.run)
    }

    /// Nobody saw how the process ended.
    pub(super) fn end_unseen(&mut self, run: RunId) {
        let unknown = ProcessExit::Unknown;
        if let Some(process) = self.processes.get_mut(&run) {
            process.end = process.end.map(|(_, at)| (unknown, at));
        }
        if let Some(history) = self.history.runs.get_mut(&run) {
            history.end = Some(unknown);
        }
    }

    /// The service tells why it ends.
    pub fn tell_cause(&mut self, run: RunId, cause: &EndCause) {
        if let Some(process) = self.speaker(run) {
            process.channel.sent.push(ServiceFrame::Cause(cause.into()));
        }
    }

    /// The kernel has no memory for the process any more, and kills it.
    pub fn run_out_of_memory(&mut self, run: RunId) {
        if let Some(process) = self.processes.get_mut(&run) {
            process.memory_kills += 1;
        }
        self.exit(run, ProcessExit::Signaled(9));
    }

    /// A process uses so much memory from now on.
    pub fn use_memory(&mut self, run: RunId, bytes: u64) {
        if let Some(process) = self.processes.get_mut(&run) {
            process.memory = bytes;
        }
    }

    /// The process gives no more heartbeats.
    pub fn hang(&mut self, run: RunId) {
        if let Some(process) = self.processes.get_mut(&run) {
            process.hangs = true;
        }
    }

    /// The process says something of itself.
    pub fn say(&mut self, run: RunId, notice: Notice) {
        let is_attended = !self.is_unattended;
        if let Some(process) = self.processes.get_mut(&run)
            && process.end.is_none()
            && is_attended
        {
            process.signs.said_ready |= notice == Notice::Ready;
            if notice == Notice::Hung {
                self.history.unwell.insert(run);
            }
            process.signs.sent.push_back(notice);
        }
    }

    /// A probe of the run is made, and is good or not. The thread of probes tells this engine, and this engine only,
    /// when so many have failed in a row.
    pub fn probe(&mut self, run: RunId, is_good: bool, failures: u64) {
        let Some(process) = self.processes.get_mut(&run) else {
            return;
        };
        process.bad_probes = if is_good { 0 } else { process.bad_probes + 1 };
        if process.bad_probes < failures {
            self.history.flaps += usize::from(!is_good);
            return;
        }
        process.bad_probes = 0;
        self.history.unwell.insert(run);
        let notices = vec![Notice::Unwell("its probe failed".into())];
        self.facts.push_back(Fact::Noticed { run, notices });
    }

    /// The process has done so many more jobs.
    pub fn do_jobs(&mut self, run: RunId, count: u64) {
        if self
            .processes
            .get(&run)
            .is_some_and(|process| process.end.is_none())
        {
            self.facts.push_back(Fact::JobsDone { run, count });
        }
    }

    /// Every process that does not hang gives a heartbeat, whether one is wanted or not.
    pub fn beat(&mut self) {
        let beating = self.alive().filter(|process| !process.hangs);
        let beats: Vec<_> = beating
            .map(|process| Fact::Heartbeat { run: process.run })
            .collect();
        self.facts.extend(beats);
    }

    /// Lets every process do what a good service would do next: connect, report RUNNING, obey.
    /// `false` if none had anything to do.
    pub fn behave(&mut self) -> bool {
        let commands: Vec<RunId> = self.stop_commands().collect();
        let mut anything = !commands.is_empty();
        for run in commands {
            self.end_stop_command(run, true);
        }
        let runs: Vec<RunId> = self.alive().map(|process| process.run).collect();
        for run in runs {
            while self.behave_once(run) {
                anything = true;
            }
        }
        anything
    }

    fn behave_once(&mut self, run: RunId) -> bool {
        let Some(process) = self.processes.get(&run) else {
            return false;
        };
        if process.end.is_some() || process.is_mute || process.channel.is_broken {
            return false;
        }
        if process.kind == ServiceKind::Program {
            let obeys = process.was_signaled && !process.ignores_stop;
            if process.signs.are_awaited && !process.signs.said_ready {
                self.say(run, Notice::Ready);
                return true;
            }
            if obeys {
                self.exit(run, ProcessExit::Exited(0));
            }
            return obeys;
        }
        if !process.connected {
            self.say_hello(run);
            self.report(run, running());
            return true;
        }
        if process.state == ServiceState::Stopped {
            self.exit(run, ProcessExit::Exited(0));
            return true;
        }
        if process.state.is_pending() {
            let next = match process.state {
                ServiceState::StopPending => stopped(ExitCode::SUCCESS),
                ServiceState::PausePending => paused(),
                _ => running(),
            };
            self.report(run, next);
            return true;
        }
        self.obey(run)
    }

    /// Takes a control and obeys it. `false` if there was none.
    fn obey(&mut self, run: RunId) -> bool {
        let waiting = self.processes[&run].channel.inbox.len();
        let ignores_stop = self.processes[&run].ignores_stop;
        let Some(control) = self.take_control(run, Win32Error::SUCCESS) else {
            return waiting > self.processes[&run].channel.inbox.len();
        };
        match control {
            Control::Stop | Control::Shutdown | Control::Preshutdown if !ignores_stop => {
                self.report(run, stopped(ExitCode::SUCCESS));
            }
            Control::Pause => self.report(run, paused()),
            Control::Continue => self.report(run, running()),
            _ => {}
        }
        true
    }
}
