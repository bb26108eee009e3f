//! Engine and guardian are killed again and again under load: no service is disturbed or run twice, no
//! failure is lost or counted twice, no clean stop is taken for a crash (design, section 3, *Handover*).

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use relance_scm::manager::{ServiceInfo, Watched, next_change};
use relance_scm::{
    Caller, Control, ServiceConfig, ServiceKind, ServiceManager, ServiceName, ServiceState,
};
use relance_testkit::daemon::Daemon;
use relance_testkit::puppet::{Puppet, Stage};

use crate::support::{name, puppets, relance, running};

/// Kills in a run of the tests; `RELANCE_KILLS` asks for more.
const KILLS: usize = 20;
/// Programs that crash as soon as they are started.
const CRASHING: usize = 4;
/// Services that run through all of it.
const STEADY: usize = 3;

/// A program that writes its start into a ledger, shows if it is not alone, and crashes; until it is
/// told to end well.
fn crashing(folder: &Path, index: usize) -> (ServiceConfig, PathBuf) {
    let path = |what: &str| folder.join(format!("crash{index}.{what}"));
    let script = path("sh");
    let text = format!(
        "exec 9>{lock}\nflock --nonblock 9 || echo twice >>{ledger}\necho $$ >>{ledger}\n\
         test -e {folder}/enough && exit 0\nexit 7\n",
        lock = path("lock").display(),
        ledger = path("ledger").display(),
        folder = folder.display(),
    );
    fs::write(&script, text).expect("a writable folder");
    let command = format!("/bin/sh {}", script.display());
    let mut config = ServiceConfig::new(name(&format!("crash{index}")), command);
    config.kind = ServiceKind::Program;
    config.failure_actions.actions = [relance_scm::RecoveryAction::new(
        relance_scm::RecoveryActionKind::Restart,
        0,
    )]
    .into();
    config.failure_actions.reset_period = relance_scm::failure_actions::ResetPeriod::Infinite;
    config.failure_actions_on_non_crash_failures = true;
    (config, path("ledger"))
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

/// Starts and stops a service in good order until it is enough.
fn start_and_stop(daemon: &Daemon, stage: &Stage, service: &ServiceName, enough: &AtomicBool) {
    while !enough.load(Ordering::SeqCst) {
        let known = newest_run(&daemon.query(service));
        let began = || newest_run(&daemon.query(service)) > known;
        thread::scope(|scope| {
            // Whoever asks may have to ask again: the engine that took the request was killed.
            scope.spawn(|| while daemon.start_service(service).is_err() && !began() {});
            let mut puppet = stage.next_run();
            puppet.run();
            stop(daemon, service, &mut puppet);
            daemon.wait_until(service, |info| {
                info.run.is_none() && newest_run(info) > known
            });
        });
    }
}

fn newest_run(info: &ServiceInfo) -> u32 {
    let run = info.run.as_ref().map(|run| run.id.number);
    let ended = info.last_end.as_ref().map(|end| end.run.number);
    run.or(ended).unwrap_or(0)
}

fn stop(daemon: &Daemon, service: &ServiceName, puppet: &mut Puppet) {
    // 1053, or a broken connection, where the engine was killed meanwhile; the control itself comes.
    let _ = daemon.control(service, Control::Stop);
    puppet.stopped(0, 0);
}

/// Services under which engines and guardians are killed.
struct Load {
    /// What crashes, with its ledger.
    crashing: Vec<(ServiceName, PathBuf)>,
    /// What must not be disturbed.
    steady: Vec<(ServiceName, Puppet)>,
}

impl Load {
    fn start(daemon: &Daemon) -> Self {
        let folder = daemon.folder();
        let mut ledgers = Vec::new();
        for index in 0..CRASHING {
            let (config, ledger) = crashing(folder, index);
            daemon.create(config.clone());
            ledgers.push((config.service_name, ledger));
        }
        let mut steady = Vec::new();
        for index in 0..STEADY {
            let stage = Stage::new(folder, &format!("steady{index}"));
            let config = puppets(&stage, &format!("steady{index}"), "restart/0");
            let service = config.service_name.clone();
            daemon.create(config);
            let puppet = running(daemon, &stage, service.as_str());
            steady.push((service, puppet));
        }
        for (service, _) in &ledgers {
            daemon.start_service(service).expect("it starts");
        }
        Self {
            crashing: ledgers,
            steady,
        }
    }

    fn speak(&mut self) {
        for (_, puppet) in &mut self.steady {
            puppet.report(ServiceState::Running);
        }
    }

    /// Lets what crashes end well, and compares what the manager says with what really happened.
    fn check(&self, daemon: &Daemon) {
        fs::write(daemon.folder().join("enough"), "").expect("a writable folder");
        for (service, ledger) in &self.crashing {
            let info = daemon.wait_until(service, |info| {
                info.run.is_none() && info.recovery.pending.is_empty()
            });
            let ledger = fs::read_to_string(ledger).expect("the ledger");
            assert!(!ledger.contains("twice"), "{service} ran twice at a time");
            let runs = ledger.lines().count();
            let last = info.last_end.expect("it has run").run.number;
            assert_eq!(last as usize, runs, "{service}: every run was one process");
            let counts: Vec<usize> = daemon
                .events_with_ids(service, &[7031, 7034])
                .iter()
                .map(|entry| entry.parameters[1].parse().expect("a count"))
                .collect();
            assert_eq!(counts, (1..runs).collect::<Vec<_>>(), "{service}");
            eprintln!("{service}: {runs} runs, {} failures counted", counts.len());
        }
        for (service, puppet) in &self.steady {
            let info = daemon.query(service);
            let pid = info.status.process_id;
            assert_eq!(pid, puppet.pid, "{service} was disturbed");
            assert_eq!(info.run.expect("it runs").id.number, 1);
        }
    }
}

fn kills() -> usize {
    std::env::var("RELANCE_KILLS").map_or(KILLS, |text| text.parse().expect("a number"))
}

#[test]
fn an_engine_that_is_killed_again_and_again_loses_nothing() {
    let kills = kills();
    let daemon = Daemon::start(relance());
    let stage = Stage::new(daemon.folder(), "stopped");
    let config = puppets(&stage, "stopped", "restart/0");
    let stopped = config.service_name.clone();
    daemon.create(config);
    let mut load = Load::start(&daemon);

    let mut random = fastrand::Rng::with_seed(1);
    let enough = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| start_and_stop(&daemon, &stage, &stopped, &enough));
        for _ in 0..kills {
            let_happen(&daemon, random.usize(1..60));
            daemon.kill_engine();
            load.speak();
        }
        enough.store(true, Ordering::SeqCst);
    });
    load.check(&daemon);
    let info = daemon.query(&stopped);
    assert_eq!(info.recovery.failure_count, 0, "a clean stop was counted");
    let ids = daemon.event_ids(&stopped);
    assert!(!ids.contains(&7031) && !ids.contains(&7034), "{ids:?}");
    eprintln!(
        "{kills} kills; {} clean stops",
        info.last_end.expect("it has run").run.number
    );
}

/// Kills the guardian, sometimes its engine first, sometimes while that is frozen.
fn kill_guardian(daemon: &mut Daemon, random: &mut fastrand::Rng) {
    match random.u32(..4) {
        0 => daemon.kill_engine(),
        1 => daemon.freeze_engine(),
        _ => {}
    }
    daemon.kill_guardian();
    daemon.start_again();
}

fn guardians_are_killed(options: &[&str]) {
    let kills = kills();
    let mut daemon = Daemon::with(relance(), options);
    let mut load = Load::start(&daemon);
    let mut random = fastrand::Rng::with_seed(2);
    for _ in 0..kills {
        let_happen(&daemon, random.usize(1..60));
        kill_guardian(&mut daemon, &mut random);
        load.speak();
    }
    load.check(&daemon);
}

#[test]
fn a_guardian_that_is_killed_again_and_again_loses_nothing() {
    guardians_are_killed(&[]);
}

#[test]
fn nor_does_one_without_control_groups() {
    guardians_are_killed(&["--cgroups", "off"]);
}
