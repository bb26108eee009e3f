//! A small application of a real framework, as its users have it: releases side by side, a link to the
//! one that is current, and a worker that is a service.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use relance_scm::ServiceState;
use relance_scm::manager::ServiceInfo;
use relance_testkit::daemon::Daemon;
use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::support::{done, name, output_with, relance};

/// A job is begun no more often than this.
const ATTEMPTS_MAX: usize = 16;

/// What the worker is called in every test.
pub(crate) const WORKER: &str = "mails";

/// What differs between the frameworks.
pub(crate) struct Framework {
    /// The folder of its application in `tests/frameworks`.
    pub(crate) folder: &'static str,
    /// A file of the framework, which its Debian packages bring.
    pub(crate) file: &'static str,
    /// Its console: what PHP runs.
    pub(crate) console: &'static str,
    /// The command of the console that works off the queue.
    pub(crate) work: &'static [&'static str],
}

/// See the module.
pub(crate) struct Site {
    pub(crate) daemon: Daemon,
    framework: &'static Framework,
    environment: Vec<(&'static str, String)>,
    /// What jobs wait for, by their names.
    gates: Mutex<BTreeMap<String, File>>,
}

impl Site {
    /// The application, in its first release; `None` where the framework is not installed. The
    /// environment is made from the folder that all releases share.
    pub(crate) fn new(
        framework: &'static Framework,
        environment: impl FnOnce(&Path) -> Vec<(&'static str, String)>,
    ) -> Option<Self> {
        if !Path::new(framework.file).exists() {
            eprintln!(
                "not run: needs {}; cargo xtask test cargo installs it",
                framework.file
            );
            return None;
        }
        let daemon = Daemon::with_manual_clock(relance());
        let shared = daemon.folder().join("shared");
        fs::create_dir(&shared).expect("a folder");
        let site = Self {
            environment: environment(&shared),
            daemon,
            framework,
            gates: Mutex::default(),
        };
        site.release(1);
        Some(site)
    }

    /// A folder of the application.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.daemon.folder().join(below)
    }

    /// Puts a release into its folder, and lets the link point to it.
    pub(crate) fn release(&self, number: u32) {
        let releases = self.path("releases");
        fs::create_dir_all(&releases).expect("a folder");
        let folder = releases.join(number.to_string());
        let source = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/frameworks")
            .join(self.framework.folder);
        let copied = Command::new("cp")
            .arg("-R")
            .arg(source)
            .arg(&folder)
            .status();
        assert!(copied.expect("cp").success());
        fs::create_dir_all(folder.join("bootstrap/cache")).expect("a folder");
        self.link(number);
    }

    /// Lets the link point to a release, as `ln -s` and `mv -T` do.
    pub(crate) fn link(&self, number: u32) {
        let new = self.path("current.new");
        symlink(format!("releases/{number}"), &new).expect("a link");
        fs::rename(new, self.path("current")).expect("it is in its place");
    }

    /// Runs a command of the framework's console in the current release.
    pub(crate) fn console(&self, words: &[&str]) {
        let output = Command::new("php")
            .arg(self.framework.console)
            .args(words)
            .current_dir(self.path("current"))
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .output();
        done(&output.expect("php"));
    }

    /// Puts a job into the queue that lasts until the test lets it end.
    pub(crate) fn send(&self, job: &str) {
        self.with_gate(job, |_, path| {
            self.console(&["mail:send", job, &path.display().to_string()]);
        });
    }

    /// Lets a job end, however often it is begun; it may be sent afterwards.
    pub(crate) fn let_end(&self, job: &str) {
        self.with_gate(job, |gate, _| {
            gate.write_all(&[b'.'; ATTEMPTS_MAX])
                .expect("there is room");
        });
    }

    /// The pipe that a job waits at. It is open at both ends, so that nobody waits for another to open it.
    fn with_gate(&self, job: &str, work: impl FnOnce(&mut File, &Path)) {
        let path = self.path(&format!("{job}.end"));
        let mut gates = self.gates.lock().expect("no test has failed");
        let gate = gates.entry(job.to_owned()).or_insert_with(|| {
            mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a pipe");
            let both = File::options().read(true).write(true).open(&path);
            both.expect("the pipe")
        });
        work(gate, &path);
    }

    /// Makes the worker a service, as the guide does, with more options and more words for its command,
    /// and starts it.
    pub(crate) fn start_worker(&self, options: &[&str], words: &[&str]) {
        let folder = self.path("current").display().to_string();
        let environment: Vec<String> = (self.environment.iter())
            .map(|(name, value)| format!("--env={name}={value}"))
            .collect();
        let environment: Vec<&str> = environment.iter().map(String::as_str).collect();
        let create = ["create", WORKER, "--working-directory", &folder];
        let rules = [
            "--restart-on-exit=0,12",
            "--stop-grace=1h",
            "--actions=restart/1s/restart/10s/restart/1m",
            "--reset=1h",
        ];
        let command = ["--", "php", self.framework.console];
        let work = self.framework.work;
        let all = [
            &create[..],
            &rules,
            &environment,
            options,
            &command,
            work,
            words,
        ];
        done(&self.daemon.relance(&all.concat()));
        // A worker may end at once, as some tests want it: before anybody looks whether it runs.
        done(&self.daemon.relance(&["start", "--no-wait", WORKER]));
    }

    /// A restart lets the job end, and the next one is done by the release that is current then.
    pub(crate) fn hands_over_at_a_restart(&self, options: &[&str]) {
        self.start_worker(options, &[]);
        self.send("long");
        self.prints("long begins in release 1");
        self.release(2);
        thread::scope(|scope| {
            let restart = scope.spawn(|| self.daemon.relance(&["restart", WORKER]));
            (self.daemon).wait_for_state(&name(WORKER), ServiceState::StopPending);
            self.let_end("long");
            done(&restart.join().expect("no panic"));
        });
        self.prints("long ends in release 1");
        self.let_end("next");
        self.send("next");
        self.prints("next ends in release 2");
        assert_eq!(self.failures(), 0);
    }

    /// What the worker is now.
    pub(crate) fn worker(&self) -> ServiceInfo {
        self.daemon.query(&name(WORKER))
    }

    /// Waits until this run of the worker runs.
    pub(crate) fn wait_for_run(&self, number: u32) {
        self.daemon.wait_until(&name(WORKER), |info| {
            info.status.state == ServiceState::Running
                && info.run.as_ref().is_some_and(|run| run.id.number == number)
        });
    }

    /// Waits until the worker has printed something.
    pub(crate) fn prints(&self, text: &str) -> String {
        output_with(&self.daemon, WORKER, text)
    }

    /// That the worker has ended with this status once, and asked for a new start; nothing failed.
    pub(crate) fn ended_as_planned(&self, status: u8) {
        let words = ["events", "--service", WORKER, "--id", "1001"];
        let output = self.daemon.relance(&words);
        done(&output);
        let text = String::from_utf8_lossy(&output.stdout);
        let planned = format!("ended with status {status},");
        assert_eq!(text.matches("ended with status").count(), 1, "{text}");
        assert!(text.contains(&planned), "{text}");
        assert_eq!(self.failures(), 0);
    }

    /// How many failures are in the event log.
    pub(crate) fn failures(&self) -> usize {
        self.daemon.events_with_ids(&name(WORKER), &[7031]).len()
    }
}
