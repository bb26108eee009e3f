//! The notifier's process, which tells people what happens to services. It runs while its file of targets exists,
//! and is started again when it ends. Everything that it must not lose is in a file of its own, so nothing is handed
//! over.

use std::io;
use std::os::fd::AsFd;
use std::path::PathBuf;

use super::super::clock;
use super::super::process::{kill, log};
use super::super::protocol::Exit;
use super::super::spawn::SpawnSpec;
use super::Guardian;
use super::restart::Restart;

/// The notifier.
pub struct NotifierSetup {
    /// Absolute path and arguments.
    pub command: Vec<String>,
    /// Its environment.
    pub environment: Vec<String>,
    /// The file of targets: without it there is no process.
    pub file: PathBuf,
}

/// What the guardian knows of it.
#[derive(Default)]
pub(super) struct Notifier {
    process: Option<(u32, u64)>,
    restart: Restart,
    /// The last trouble that was said.
    said: Option<String>,
}

impl Guardian {
    /// When there is something to do about it: when one that has ended is due.
    pub(super) fn notifier_deadline_ns(&self) -> Option<u64> {
        let at_ns = self.notifier.restart.at_ns;
        let is_due = self.wants_notifier() && at_ns > clock::boottime_ns();
        is_due.then_some(at_ns)
    }

    /// Whether one should be running and is not. The file is looked for each time that anything happens.
    fn wants_notifier(&self) -> bool {
        self.notifier.process.is_none()
            && !self.shutdown.is_asked()
            && !self.is_upgrading
            && self
                .setup
                .notifier
                .as_ref()
                .is_some_and(|setup| setup.file.exists())
    }

    /// Its process, if there is one.
    pub(super) fn notifier_pid(&self) -> Option<u32> {
        self.notifier.process.map(|(pid, _)| pid)
    }

    /// Starts one if it is time to.
    pub(super) fn start_notifier(&mut self) {
        let now = clock::boottime_ns();
        if self.ended.is_some() || now < self.notifier.restart.at_ns || !self.wants_notifier() {
            return;
        }
        let Some(setup) = &self.setup.notifier else {
            return;
        };
        let spec = SpawnSpec {
            // The next guardian has one of its own.
            dies_with_guardian: true,
            ..SpawnSpec::of_part(&setup.command, &setup.environment)
        };
        match self.spawner.spawn_part(&spec, self.null.as_fd(), &[]) {
            Ok(pid) => self.notifier.process = Some((pid, now)),
            Err(error) => {
                self.notifier.restart.ended(now, now);
                let system = io::Error::from_raw_os_error(error.errno);
                self.notifier_trouble(format!("its process cannot be started ({system})"));
            }
        }
    }

    /// Says it once, however often it happens.
    fn notifier_trouble(&mut self, problem: String) {
        if self.notifier.said.as_ref() != Some(&problem) {
            log(&format!(
                "nobody is told what happens to services: {problem}"
            ));
            self.notifier.said = Some(problem);
        }
    }

    /// Takes note of the end of a process, if it was this.
    pub(super) fn notifier_ended(&mut self, pid: u32, exit: Exit) -> bool {
        let Some((_, started_at_ns)) = self.notifier.process.take_if(|(known, _)| *known == pid)
        else {
            return false;
        };
        let now = clock::boottime_ns();
        self.notifier.restart.ended(now, started_at_ns);
        // It ends by itself when its file is gone.
        let is_wanted = !self.shutdown.is_asked() && !self.is_upgrading;
        if is_wanted && exit != Exit::Status(0) {
            self.notifier_trouble(format!("its process ended ({exit:?}) and is started again"));
        }
        true
    }

    pub(super) fn end_notifier(&mut self) {
        if let Some((pid, _)) = self.notifier.process.take() {
            kill(pid, libc::SIGTERM);
        }
    }
}
