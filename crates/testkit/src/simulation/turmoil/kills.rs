//! Engines, guardians and the machine that go down in turmoil, and what comes after them.

use super::Turmoil;

impl Turmoil {
    pub(super) fn kill_engine(&mut self) {
        let requests = self.world.machine().requests_len();
        let sent = self.random.usize(..=requests);
        self.note(format_args!(
            "the engine is killed; {sent} of its {requests} requests were sent"
        ));
        self.world.kill_engine(sent);
        let mut machine = self.world.machine();
        if machine.is_shutting_down() {
            machine.ask_for_shutdown();
        }
        drop(machine);
        self.engines_killed += 1;
        // Anyone who asked sees the connection end.
        self.pending.clear();
    }

    pub(super) fn kill_guardian(&mut self) {
        let requests = self.world.machine().requests_len();
        let begun = self.random.usize(..=requests);
        self.note(format_args!(
            "the guardian is killed; it had begun {begun} of {requests} requests"
        ));
        let random = &mut self.random;
        self.world.kill_guardian(begun, || random.bool());
        for _ in 0..self.random.usize(..6) {
            self.process_does_something();
        }
        self.new_daemon();
    }

    pub(super) fn kill_guardian_with_journal(&mut self) {
        let requests = self.world.machine().requests_len();
        let begun = self.random.usize(..=requests);
        self.note(format_args!(
            "the guardian is killed, and its journal lost; it had begun {begun} of {requests} requests"
        ));
        self.world.kill_guardian_with_journal(begun);
        self.files_lost += 1;
        self.new_daemon();
    }

    fn new_daemon(&mut self) {
        self.note("a new daemon");
        self.world.start_daemon();
        self.engines_killed += 1;
        self.pending.clear();
    }

    /// The engine writes later what it was about to write, if it can.
    pub(super) fn kill_guardian_of_frozen_engine(&mut self) {
        self.note("the engine is frozen");
        self.world.disk().engine_froze();
        self.kill_guardian();
    }

    pub(super) fn thaw(&mut self) {
        if let Err(what) = self.world.disk().thaw() {
            self.world.machine().history.violations.push(what);
        }
    }

    pub(super) fn reboot(&mut self) {
        self.note("the machine is switched off and on");
        self.world.reboot();
        self.restarts.booted();
        self.shut_down = false;
        self.pending.clear();
    }
}
