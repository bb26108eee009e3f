//! Requests to processes that a boot makes wait until the boot is on record.
//!
//! If the engine died in between, its successor would not know of the boot. It would take the processes it finds
//! for those of a completed boot, and the services that were still to start would stay stopped (ADR 128).
//! Elsewhere a start does not wait for the database: the guardian has it on record.

use relance_policy::{Action, RunId, RunPhase};
use relance_scm::settings::STOP_SIGNAL;

use super::Engine;
use super::turn::Effect;
use crate::processes::Processes;
use crate::storage::Storage;

impl<P: Processes, S: Storage> Engine<P, S> {
    /// Asks something of a process.
    pub(super) fn ask_process(&mut self, action: Action) {
        match (&mut self.held, action) {
            (Some(held), action) => held.push(action),
            // A configuration that is not committed starts nothing.
            (None, Action::Spawn(run)) if self.configuring => {
                self.turn.effects.push(Effect::Spawn(run));
            }
            (None, Action::Spawn(run)) => self.spawn(run),
            (None, action) => self.ask_what_runs(&action),
        }
    }

    pub(super) fn spawn(&mut self, run: RunId) {
        if let Some(slot) = self.services.get(&run.service)
            && let Some(current) = &slot.record.run
            && (current.id, current.phase) == (run, RunPhase::Spawning)
        {
            self.processes.spawn(run, &slot.record.start_config());
        }
    }

    /// The boot is on record.
    pub(super) fn release(&mut self) {
        for action in self.held.take().into_iter().flatten() {
            match action {
                Action::Spawn(run) => self.spawn_held(run),
                action => self.ask_what_runs(&action),
            }
        }
    }

    fn ask_what_runs(&mut self, action: &Action) {
        match *action {
            Action::SignalStop(run) => self.signal_stop(run),
            Action::Signal { run, signal } => self.processes.signal(run, signal),
            Action::Terminate(run) => self.processes.terminate(run),
            _ => {}
        }
    }

    /// A process that was told to end meanwhile is created too: the request to end it follows.
    fn spawn_held(&mut self, run: RunId) {
        let record = self.services.get(&run.service).map(|slot| &slot.record);
        let current = record.and_then(|record| Some((record, record.run.as_ref()?.id)));
        if let Some((record, _)) = current.filter(|(_, current)| *current == run) {
            self.processes.spawn(run, &record.start_config());
        }
    }

    fn signal_stop(&mut self, run: RunId) {
        if let Some(slot) = self.services.get(&run.service) {
            let signal = slot.record.config.extensions.get(STOP_SIGNAL);
            self.processes.stop(run, signal);
        }
    }
}
