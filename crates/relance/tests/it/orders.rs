//! Standing orders (X111) with the real guardian: a program that is killed again and again, while the engine works,
//! is frozen, or is killed too.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use relance_scm::manager::ServiceInfo;
use relance_scm::{
    ConfigChange, Control, RecoveryAction, RecoveryActionKind, ResetPeriod, ServiceConfig,
    ServiceKind, ServiceState,
};
use relance_testkit::daemon::Daemon;
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{name, relance};

const KILLS: u32 = 20;

fn send(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(pid.cast_signed()).expect("a process");
    let _ = kill_process(pid, signal);
}

/// A program that writes its run into a ledger, shows if it is not alone, and stays.
fn worker(daemon: &Daemon) -> PathBuf {
    let path = |what: &str| daemon.folder().join(what);
    let text = format!(
        "exec 9>{lock}\nflock --nonblock 9 || echo beside >>{ledger}\n\
         echo ${{RELANCE_RUN%%:*}} >>{ledger}\nexec sleep 1000\n",
        lock = path("lock").display(),
        ledger = path("ledger").display(),
    );
    fs::write(path("worker.sh"), text).expect("a writable folder");
    let line = format!("/bin/sh {}", path("worker.sh").display());
    let mut config = ServiceConfig::new(name("worker"), line);
    config.kind = ServiceKind::Program;
    config.failure_actions.actions = [RecoveryAction::new(RecoveryActionKind::Restart, 0)].into();
    config.failure_actions.reset_period = ResetPeriod::Infinite;
    daemon.create(config);
    daemon.start_service(&name("worker")).expect("it starts");
    path("ledger")
}

/// Which runs have begun, in their order. Each was alone.
fn begun(ledger: &Path) -> Vec<u32> {
    let text = fs::read_to_string(ledger).unwrap_or_default();
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let number = |line: &str| {
        line.split('.')
            .nth(1)
            .and_then(|number| number.parse().ok())
    };
    let numbers = whole
        .lines()
        .map(|line| number(line).unwrap_or_else(|| panic!("{line}")));
    numbers.collect()
}

/// Waits until the program of this run has begun; another may have followed it.
fn wait_for(ledger: &Path, run: u32) {
    while begun(ledger).last() < Some(&run) {
        thread::yield_now();
    }
}

/// Waits until this run is on record, and says its process.
fn running(daemon: &Daemon, number: u32) -> u32 {
    let is_there = |info: &ServiceInfo| {
        let run = info.run.as_ref().map(|run| run.id.number);
        run == Some(number) && info.status.state == ServiceState::Running
    };
    daemon
        .wait_until(&name("worker"), is_there)
        .status
        .process_id
}

/// The runs whose ends were counted, each with the counter.
fn counted(daemon: &Daemon) -> Vec<(u32, u32)> {
    let entries = daemon.events_with_ids(&name("worker"), &[7031]);
    let of = |entry: &relance_scm::event_log::LogEntry| {
        let run = entry.details.run.expect("a failure belongs to a run");
        (run.number, entry.parameters[1].parse().expect("a count"))
    };
    entries.iter().map(of).collect()
}

fn once_each(until: u32) -> Vec<(u32, u32)> {
    (1..=until).map(|number| (number, number)).collect()
}

/// The processes of the service that are there.
fn processes() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").expect("it can be read").flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// No process of this daemon's service is left.
fn nothing_is_left(daemon: &Daemon) {
    let script = daemon.folder().join("worker.sh");
    let lock = daemon.folder().join("lock");
    let holds = |pid: &u32| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).into_owned();
        let locked = fs::read_link(format!("/proc/{pid}/fd/9")).is_ok_and(|file| file == lock);
        line.contains(&script.display().to_string()) || locked
    };
    assert_eq!(
        processes().filter(holds).collect::<Vec<_>>(),
        Vec::<u32>::new()
    );
}

#[test]
fn x111_each_kill_is_counted_once_and_the_runs_follow_each_other() {
    let daemon = Daemon::start(relance());
    let ledger = worker(&daemon);
    for number in 1..=KILLS {
        wait_for(&ledger, number);
        send(running(&daemon, number), Signal::KILL);
    }
    wait_for(&ledger, KILLS + 1);
    running(&daemon, KILLS + 1);
    assert_eq!(begun(&ledger), (1..=KILLS + 1).collect::<Vec<_>>());
    assert_eq!(counted(&daemon), once_each(KILLS));
}

/// Kills the program while the engine is frozen: the next one begins all the same. The engine, which stays frozen.
fn restarted_without_engine(daemon: &Daemon, ledger: &Path) -> u32 {
    wait_for(ledger, 1);
    // The first failure brings the first order.
    send(running(daemon, 1), Signal::KILL);
    wait_for(ledger, 2);
    let (process, engine) = (running(daemon, 2), daemon.engine_pid());
    send(engine, Signal::STOP);
    send(process, Signal::KILL);
    wait_for(ledger, 3);
    assert_eq!(begun(ledger), [1, 2, 3]);
    engine
}

#[test]
fn x111_a_frozen_engine_counts_what_was_ordered_when_it_goes_on() {
    let daemon = Daemon::start(relance());
    let ledger = worker(&daemon);
    let engine = restarted_without_engine(&daemon, &ledger);
    send(engine, Signal::CONT);
    running(&daemon, 3);
    assert_eq!(counted(&daemon), once_each(2));
    assert_eq!(daemon.engine_pid(), engine, "it has not been replaced");
    assert_eq!(daemon.events_with_ids(&name("worker"), &[7032, 1005]), []);
}

#[test]
fn x111_an_engine_that_was_killed_meanwhile_has_a_successor_that_counts_it() {
    let daemon = Daemon::start(relance());
    let ledger = worker(&daemon);
    let killed = restarted_without_engine(&daemon, &ledger);
    send(killed, Signal::KILL);
    let process = running(&daemon, 3);
    assert_eq!(counted(&daemon), once_each(2));
    assert_eq!(daemon.events_with_ids(&name("worker"), &[7032, 1005]), []);
    // The successor gives an order of its own.
    let engine = daemon.engine_pid();
    send(engine, Signal::STOP);
    send(process, Signal::KILL);
    wait_for(&ledger, 4);
    send(engine, Signal::CONT);
    running(&daemon, 4);
    assert_eq!(daemon.engine_pid(), engine, "it has not been replaced");
    assert_eq!(begun(&ledger), [1, 2, 3, 4]);
    assert_eq!(counted(&daemon), once_each(3));
}

#[test]
fn x111_a_guardian_that_was_killed_meanwhile_leaves_it_in_its_journal() {
    let mut daemon = Daemon::start(relance());
    let ledger = worker(&daemon);
    restarted_without_engine(&daemon, &ledger);
    daemon.kill_guardian();
    daemon.start_again();
    running(&daemon, 3);
    assert_eq!(begun(&ledger), [1, 2, 3], "it runs on");
    assert_eq!(counted(&daemon), once_each(2));
}

#[test]
fn x111_a_stop_that_races_with_a_kill_leaves_nothing_behind() {
    let daemon = Daemon::start(relance());
    let ledger = worker(&daemon);
    wait_for(&ledger, 1);
    send(running(&daemon, 1), Signal::KILL);
    // Until then the record may still speak of the first one.
    running(&daemon, 2);
    for _ in 0..KILLS {
        let last = daemon.wait_until(&name("worker"), |info| {
            info.run.is_some() && info.status.state == ServiceState::Running
        });
        let number = last.run.expect("it runs").id.number;
        wait_for(&ledger, number);
        send(last.status.process_id, Signal::KILL);
        // It may come before the restart, between, or after it.
        let _ = daemon.control(&name("worker"), Control::Stop);
        daemon.wait_for_state(&name("worker"), ServiceState::Stopped);
        nothing_is_left(&daemon);
        daemon.start_service(&name("worker")).expect("it starts");
    }
    // Each end that was not a stop is counted once, and the numbers of the runs rise.
    let runs: Vec<u32> = counted(&daemon).iter().map(|(run, _)| *run).collect();
    assert!(runs.is_sorted_by(|a, b| a < b), "{runs:?}");
    let begun = begun(&ledger);
    assert!(begun.is_sorted_by(|a, b| a < b), "{begun:?}");
}

#[test]
fn x111_a_change_that_races_with_a_kill_holds_from_the_next_run() {
    let daemon = Daemon::start(relance());
    let ledger = worker(&daemon);
    wait_for(&ledger, 1);
    for number in 1..=KILLS {
        wait_for(&ledger, number);
        send(running(&daemon, number), Signal::KILL);
        let change = ConfigChange {
            display_name: Some(format!("number {number}")),
            ..ConfigChange::default()
        };
        let worker = name("worker");
        daemon
            .ask(|scm, caller, reply| scm.change_config(caller, &worker, change, reply))
            .expect("a legal change");
    }
    running(&daemon, KILLS + 1);
    assert_eq!(counted(&daemon), once_each(KILLS));
    wait_for(&ledger, KILLS + 1);
    assert_eq!(begun(&ledger), (1..=KILLS + 1).collect::<Vec<_>>());
}

#[test]
fn x111_a_deletion_that_races_with_a_kill_leaves_nothing_behind() {
    let daemon = Daemon::start(relance());
    for _ in 0..5 {
        let ledger = worker(&daemon);
        let before = begun(&ledger).len();
        send(running(&daemon, 1), Signal::KILL);
        send(running(&daemon, 2), Signal::KILL);
        let deleted = daemon.relance(&["delete", "worker"]);
        assert!(deleted.status.success(), "{deleted:?}");
        let _ = daemon.relance(&["stop", "worker"]);
        // Gone once its last run has ended.
        while daemon.relance(&["query", "worker"]).status.success() {
            thread::yield_now();
        }
        nothing_is_left(&daemon);
        assert!(begun(&ledger).len() >= before);
        fs::remove_file(&ledger).ok();
    }
}
