//! Measures what the harness of `bench/` cannot measure from outside: `relance-measure TASK`.
//!
//! - `status SOCKET SERVICE ROUNDS`: one status query after the other.
//! - `handover SOCKET ROUNDS`: kills the engine, and waits for the answer of the next.
//! - `log FOLDER MILLIONS`: writes so many entries into an event log in this folder, and looks for the
//!   last hundred.

#![allow(clippy::print_stdout, reason = "a command-line tool prints")]

use std::env;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use relance_client::{ServiceManager, SocketManager, Target, connect};
use relance_engine::database::EventLog;
use relance_engine::sight::Sight;
use relance_scm::event_log::EventFilter;
use relance_scm::manager::{Interest, wait};
use relance_scm::{Caller, ServiceId, ServiceName};
use relance_testkit::sample;
use rustix::process::{Pid, Signal, kill_process};

/// Entries in one transaction: a busy turn of the engine.
const GROUP: u64 = 500;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |text: &str| -> u64 { text.parse().expect("a number") };
    match words.as_slice() {
        ["status", socket, service, rounds] => status(socket, service, number(rounds)),
        ["handover", socket, rounds] => handover(socket, number(rounds)),
        ["log", folder, millions] => log(Path::new(folder), number(millions)),
        _ => println!(
            "usage: status SOCKET SERVICE ROUNDS | handover SOCKET ROUNDS | log FOLDER MILLIONS"
        ),
    }
}

fn manager(socket: &str) -> SocketManager {
    connect(&Target::Socket(PathBuf::from(socket))).expect("a manager")
}

fn status(socket: &str, service: &str, rounds: u64) {
    let manager = manager(socket);
    let name = ServiceName::new(service).expect("a legal name");
    let times = (0..rounds).map(|_| {
        let begin = Instant::now();
        wait(|reply| manager.query_status(&Caller::system(), &name, reply)).expect("a status");
        begin.elapsed()
    });
    print("status query", times.collect());
}

fn handover(socket: &str, rounds: u64) {
    let manager = manager(socket);
    let ask = || {
        wait(|reply| manager.query_manager(&Caller::system(), reply))
            .expect("the engine answers")
            .pid
    };
    let times = (0..rounds).map(|_| {
        let pid = Pid::from_raw(ask().cast_signed()).expect("a process");
        let begin = Instant::now();
        kill_process(pid, Signal::KILL).expect("it may be killed");
        while ask() == pid.as_raw_nonzero().get().cast_unsigned() {}
        begin.elapsed()
    });
    print(
        "kill of the engine to the answer of the next",
        times.collect(),
    );
}

fn print(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    println!(
        "{what}: p50 {:?}, p99 {:?}, worst {:?} of {}",
        at(50),
        at(99),
        at(100),
        times.len()
    );
}

fn log(folder: &Path, millions: u64) {
    let mut database = sample::database(folder);
    let entries = millions * 1_000_000;
    let begin = Instant::now();
    for group in 0..entries / GROUP {
        let batch = sample::entries(group * GROUP + 1, GROUP);
        database.commit(&[&batch]).expect("space on the disk");
        if group % 100 == 0 {
            database.checkpoint().expect("space on the disk");
        }
    }
    let took = begin.elapsed();
    #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = entries as f64 / took.as_secs_f64();
    println!("{entries} entries in {took:?}: {rate:.0} a second");
    let log = EventLog::new(&sample::file(folder));
    for (what, filter) in [
        ("the last hundred", EventFilter::default()),
        (
            "the last hundred of one service",
            EventFilter {
                service: Some(ServiceId(7)),
                ..EventFilter::default()
            },
        ),
        (
            "the last hundred of one kind",
            EventFilter {
                event_ids: vec![7036],
                ..EventFilter::default()
            },
        ),
    ] {
        let times = (0..100).map(|_| {
            let begin = Instant::now();
            let page = log
                .find(&filter, &Sight::All, Interest::default())
                .expect("a readable log");
            assert_eq!(page.entries.len(), 100);
            begin.elapsed()
        });
        print(what, times.collect());
    }
}
