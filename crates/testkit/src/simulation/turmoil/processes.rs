//! What the processes of services do in turmoil.

use std::time::Duration;

use relance_policy::{Notice, RunId};
use relance_scm::settings::{PROBE, PROBE_FAILURES};
use relance_scm::status::ProcessExit;
use relance_scm::{ExitCode, ServiceKind, ServiceState, Win32Error};

use super::Turmoil;
use super::clients::{JOBS, LINE};
use crate::simulation::machine::{paused, pending, running, stopped};
use crate::simulation::truth::PLANNED;

/// So many probes fail before a run is ended, where nothing else is set.
const PROBE_FAILURES_DEFAULT: u64 = 3;

impl Turmoil {
    pub(super) fn process_does_something(&mut self) {
        let commands: Vec<RunId> = self.world.machine().stop_commands().collect();
        if let Some(run) = self.random.choice(&commands).copied()
            && self.chance(4)
        {
            let is_well = self.random.bool();
            return self.world.machine().end_stop_command(run, is_well);
        }
        let alive: Vec<(RunId, ServiceKind, bool)> = {
            let machine = self.world.machine();
            machine
                .alive()
                .map(|process| {
                    (
                        process.run,
                        process.kind,
                        process.connected || process.is_mute,
                    )
                })
                .collect()
        };
        let Some(&(run, kind, connected)) = self.random.choice(&alive) else {
            return;
        };
        if self.chance(12) {
            self.note(format_args!("{run} hangs"));
            self.world.machine().hang(run);
        }
        if self.chance(6) {
            return self.works(run);
        }
        match kind {
            ServiceKind::Program => self.program_does_something(run),
            ServiceKind::Service if !connected && !self.chance(8) => {
                self.note(format_args!("{run} says hello"));
                self.world.machine().say_hello(run);
            }
            ServiceKind::Service => self.service_does_something(run),
        }
    }

    /// It uses memory and does jobs, and is looked at where it has a probe.
    fn works(&mut self, run: RunId) {
        let probes = self.world.records().find_map(|record| {
            let set = &record.config.extensions;
            let is_probed = record.is_well(run) && set.get(PROBE).is_some();
            is_probed.then(|| set.get(PROBE_FAILURES).unwrap_or(PROBE_FAILURES_DEFAULT))
        });
        match (self.random.u32(..4), probes) {
            (0 | 1, Some(failures)) => self.is_probed(run, failures),
            (0 | 1, None) => {
                let bytes = self.random.u64(..2 * LINE);
                self.note(format_args!("{run} uses {bytes} bytes"));
                self.world.machine().use_memory(run, bytes);
            }
            (_, _) => {
                let count = self.random.u64(..JOBS);
                self.note(format_args!("{run} has done {count} jobs"));
                self.world.machine().do_jobs(run, count);
            }
        }
    }

    /// Probes flap: good and bad ones follow each other, until too many are bad in a row.
    fn is_probed(&mut self, run: RunId, failures: u64) {
        for _ in 0..self.random.u32(1..=4) {
            let is_good = self.chance(3);
            self.note(format_args!("the probe of {run} is good: {is_good}"));
            self.world.machine().probe(run, is_good, failures);
        }
    }

    fn program_does_something(&mut self, run: RunId) {
        if self.faults.orders && self.chance(3) {
            let signal = if self.random.bool() { 9 } else { 11 };
            return self
                .world
                .machine()
                .exit(run, ProcessExit::Signaled(signal));
        }
        if self.chance(3) {
            return self.program_says_something(run);
        }
        let signaled = self
            .world
            .machine()
            .process(run)
            .is_some_and(|p| p.was_signaled);
        if signaled || self.chance(3) {
            let exit = self.exit();
            let memory_ran_out = exit == ProcessExit::Signaled(9) && self.chance(3);
            let mut machine = self.world.machine();
            if memory_ran_out {
                machine.run_out_of_memory(run);
            } else {
                machine.exit(run, exit);
            }
        }
    }

    fn program_says_something(&mut self, run: RunId) {
        let time = Duration::from_secs(self.random.u64(1..60));
        let notice = match self.random.u32(..10) {
            0..5 => Notice::Ready,
            5 => Notice::Extend(time),
            6 => Notice::Watchdog(time),
            7 => Notice::Error("simulated".into()),
            8 => Notice::Stopping,
            _ => Notice::Hung,
        };
        self.note(format_args!("{run} says {notice:?}"));
        self.world.machine().say(run, notice);
    }

    fn exit(&mut self) -> ProcessExit {
        match self.random.u32(..5) {
            0 => ProcessExit::Exited(0),
            1 => ProcessExit::Exited(PLANNED.into()),
            2 => ProcessExit::Exited(self.random.i32(1..256)),
            3 => ProcessExit::Signaled(11),
            _ => ProcessExit::Signaled(9),
        }
    }

    fn service_does_something(&mut self, run: RunId) {
        let stopped_already = self
            .world
            .machine()
            .process(run)
            .is_some_and(|process| process.state == ServiceState::Stopped);
        match self.random.u32(..12) {
            0..4 => self.takes_control(run),
            4..8 if !stopped_already => self.reports(run),
            8 if !stopped_already => {
                let code = match self.random.u32(..3) {
                    0 => ExitCode::SUCCESS,
                    1 => ExitCode::ServiceSpecific(self.random.u32(..3)),
                    _ => ExitCode::Win32(Win32Error::from_raw(self.random.u32(1..100))),
                };
                self.note(format_args!("{run} reports STOPPED with {code:?}"));
                self.world.machine().report(run, stopped(code));
            }
            9 if self.faults.rubbish && self.chance(4) => {
                self.note(format_args!("{run} writes rubbish"));
                self.world.machine().write_rubbish(run);
            }
            10 => self.world.machine().set_ignores_stop(run, true),
            _ => {
                let exit = self.exit();
                self.world.machine().exit(run, exit);
            }
        }
    }

    fn takes_control(&mut self, run: RunId) {
        let answer = if self.chance(5) {
            Win32Error::INVALID_FUNCTION
        } else {
            Win32Error::SUCCESS
        };
        let control = self.world.machine().take_control(run, answer);
        if let Some(control) = control {
            self.note(format_args!("{run} takes {control:?}"));
        }
    }

    fn reports(&mut self, run: RunId) {
        let states = [
            ServiceState::StartPending,
            ServiceState::StopPending,
            ServiceState::PausePending,
            ServiceState::ContinuePending,
        ];
        let report = match self.random.u32(..8) {
            0..4 => running(),
            4 => paused(),
            5 => {
                let mut impossible = running();
                impossible.state = self.random.u32(8..20);
                impossible
            }
            _ => pending(
                *self.random.choice(&states).expect("four states"),
                self.random.u32(..5),
            ),
        };
        self.note(format_args!("{run} reports state {}", report.state));
        self.world.machine().report(run, report);
    }
}
