//! Engines and guardians are killed again and again under load (`ARCHITECTURE.md`, *Handover*), and what
//! became of the services is counted.
//!
//! [`play`] starts the services, kills and compares. Services that crash keep a ledger of their own
//! (`crashing`); others must not notice anything (`lasting`); one is stopped in good order all the
//! time (`stops`). Pauses are numbers of changes, chosen like the kinds of kills from the seed.
//! [`Figures`] says which promises were broken.

mod crashing;
mod figures;
mod lasting;
mod stops;

use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use relance_scm::manager::{Watched, next_change};
use relance_scm::{Caller, ServiceManager};
use rustix::process::{Signal, pidfd_send_signal};

use crate::cgroups::{process, wait_for_end};
use crate::daemon::Daemon;
use crashing::Crashing;
use lasting::Lasting;
use stops::Stops;

pub use figures::{Figures, table};

/// What is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The engine; the guardian starts the next one.
    Engine,
    /// The guardian; its engine ends with it.
    Guardian,
    /// The engine, and at once the guardian.
    Both,
    /// The guardian, while the engine is stopped; it is thawed when the next daemon runs.
    Frozen,
}

/// The kinds that need a daemon to be started again.
const GUARDIANS: [Kind; 3] = [Kind::Guardian, Kind::Both, Kind::Frozen];

/// Which parts of the manager are killed in a play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Killed {
    /// Engines only, while a service is started and stopped without a pause.
    Engines,
    /// Guardians, with their engines in several states.
    Guardians,
}

/// A PHP with the extension.
#[derive(Clone, Debug)]
pub struct Php {
    /// The program.
    pub binary: PathBuf,
    /// `win32service.so`.
    pub extension: PathBuf,
}

/// What is to be played.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is killed.
    pub killed: Killed,
    /// How often.
    pub rounds: usize,
    /// Chooses the kinds and the pauses.
    pub seed: u64,
    /// For services that call the manager at each turn; without one there are none.
    pub php: Option<Php>,
}

/// The largest number of changes between two kills.
const PAUSE: usize = 60;

/// Kills as the plan says, and counts.
pub fn play(mut daemon: Daemon, plan: &Plan) -> Figures {
    let mut figures = Figures::default();
    let crashing = Crashing::start(&daemon);
    let mut lasting = Lasting::start(&daemon, plan.php.as_ref());
    let mut random = fastrand::Rng::with_seed(plan.seed);
    match plan.killed {
        Killed::Engines => {
            let stops = Stops::create(&daemon);
            stops.go_on_while(&daemon, || {
                for _ in 0..plan.rounds {
                    lasting.order();
                    let_happen(&daemon, random.usize(1..PAUSE));
                    figures.answered(Kind::Engine, kill_engine(&daemon));
                    lasting.answer(&mut figures);
                }
            });
            stops.count(&daemon, &mut figures);
        }
        Killed::Guardians => {
            for _ in 0..plan.rounds {
                lasting.order();
                let_happen(&daemon, random.usize(1..PAUSE));
                let kind = GUARDIANS[random.usize(..GUARDIANS.len())];
                let gap = || lasting.order();
                figures.answered(kind, kill_guardian(&mut daemon, kind, gap));
                lasting.answer(&mut figures);
            }
        }
    }
    crashing.count(&daemon, &mut figures);
    lasting.count(&daemon, &mut figures);
    figures
}

/// Waits for some changes, so that the engine is killed in the middle of its work and not between.
fn let_happen(daemon: &Daemon, changes: usize) {
    let manager = daemon.manager();
    let mut watch = manager
        .watch(&Caller::system(), None)
        .expect("the manager can be watched");
    for _ in 0..changes {
        match next_change(&mut *watch) {
            Some(Watched::Change(..)) => {}
            Some(Watched::Gap(_)) | None => return,
        }
    }
}

/// Kills the engine; the time until the next one answers.
fn kill_engine(daemon: &Daemon) -> Duration {
    let killed = daemon.engine_pid();
    let engine = process(&killed.to_string());
    let begin = Instant::now();
    send(&engine, Signal::KILL);
    // Its last answer may still be on the way.
    while daemon.engine_pid() == killed {}
    begin.elapsed()
}

/// Kills the guardian and starts the daemon again; the time until it answers.
fn kill_guardian(daemon: &mut Daemon, kind: Kind, gap: impl FnOnce()) -> Duration {
    let engine = process(&daemon.engine_pid().to_string());
    let begin = Instant::now();
    match kind {
        Kind::Both => send(&engine, Signal::KILL),
        Kind::Frozen => send(&engine, Signal::STOP),
        Kind::Guardian | Kind::Engine => {}
    }
    daemon.strike_guardian();
    gap();
    daemon.start_again();
    let _ = daemon.engine_pid();
    let answered = begin.elapsed();
    if kind == Kind::Frozen {
        send(&engine, Signal::CONT);
    }
    wait_for_end(&engine);
    answered
}

/// A process that has ended already is ignored.
fn send(process: &OwnedFd, signal: Signal) {
    let _ = pidfd_send_signal(process, signal);
}
