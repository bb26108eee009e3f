//! Programs that crash as soon as they are started, and what their ledgers say of the manager's counting.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use relance_scm::failure_actions::ResetPeriod;
use relance_scm::{RecoveryAction, RecoveryActionKind, ServiceConfig, ServiceKind, ServiceName};

use super::Figures;
use crate::daemon::Daemon;

/// Programs that say in their ledgers which run they are.
const NAMED: usize = 4;
/// What a program writes if another one of its service still runs.
const BESIDE: &str = "beside";
/// The line in the ledger of a program whose environment was cleared.
const UNNAMED: &str = "-";

/// Services with their ledgers.
#[derive(Debug)]
pub(super) struct Crashing(Vec<(ServiceName, PathBuf)>);

impl Crashing {
    /// Creates and starts them.
    pub(super) fn start(daemon: &Daemon) -> Self {
        let named = (0..NAMED).map(|index| (format!("crash{index}"), ""));
        let cleared = [("cleared".to_owned(), "/usr/bin/env -i ")];
        let services: Vec<_> = named
            .chain(cleared)
            .map(|(name, wrapper)| create(daemon, &name, wrapper))
            .collect();
        for (service, _) in &services {
            daemon.start_service(service).expect("it starts");
        }
        Self(services)
    }

    /// Lets them end well, and compares what the manager says with what really happened.
    pub(super) fn count(&self, daemon: &Daemon, figures: &mut Figures) {
        fs::write(enough(daemon.folder()), "").expect("a writable folder");
        for (service, ledger) in &self.0 {
            let info = daemon.wait_until(service, |info| {
                info.run.is_none() && info.recovery.pending.is_empty()
            });
            let runs = info.last_end.expect("it has run").run.number;
            let ledger = fs::read_to_string(ledger).expect("the ledger");
            compare_processes(service, &ledger, runs, figures);
            compare_failures(service, daemon, runs, figures);
        }
    }
}

fn enough(folder: &Path) -> PathBuf {
    folder.join("enough")
}

/// A program that writes its start into a ledger, shows if it is not alone, and crashes; until it is
/// told to end well.
fn create(daemon: &Daemon, name: &str, wrapper: &str) -> (ServiceName, PathBuf) {
    let path = |what: &str| daemon.folder().join(format!("{name}.{what}"));
    let text = format!(
        "exec 9>{lock}\nflock --nonblock 9 || echo {BESIDE} >>{ledger}\n\
         run=${{RELANCE_RUN%%:*}}\necho ${{run:-{UNNAMED}}} >>{ledger}\n\
         test -e {enough} && exit 0\nexit 7\n",
        lock = path("lock").display(),
        ledger = path("ledger").display(),
        enough = enough(daemon.folder()).display(),
    );
    fs::write(path("sh"), text).expect("a writable folder");
    let command = format!("{wrapper}/bin/sh {}", path("sh").display());
    let service = ServiceName::new(name).expect("a legal name");
    let mut config = ServiceConfig::new(service.clone(), command);
    config.kind = ServiceKind::Program;
    config.failure_actions.actions = [RecoveryAction::new(RecoveryActionKind::Restart, 0)].into();
    config.failure_actions.reset_period = ResetPeriod::Infinite;
    config.failure_actions_on_non_crash_failures = true;
    daemon.create(config);
    (service, path("ledger"))
}

/// Every run was one process, and alone.
fn compare_processes(service: &ServiceName, ledger: &str, runs: u32, figures: &mut Figures) {
    let mut processes: BTreeMap<&str, u64> = BTreeMap::new();
    for line in ledger.lines() {
        match line {
            BESIDE => figures.beside += 1,
            run => *processes.entry(run).or_default() += 1,
        }
    }
    let unnamed = processes.remove(UNNAMED).unwrap_or(0);
    let started = unnamed + processes.values().sum::<u64>();
    let runs = u64::from(runs);
    let twice = processes.values().map(|count| count - 1).sum::<u64>();
    figures.runs += runs;
    figures.ids_twice += twice + unnamed.saturating_sub(runs);
    if started - twice < runs {
        figures.problem(format!("{service}: {runs} runs, {started} processes"));
    }
}

/// Every run but the last failed and was counted once, in order.
fn compare_failures(service: &ServiceName, daemon: &Daemon, runs: u32, figures: &mut Figures) {
    let entries = daemon.events_with_ids(service, &[7031, 7034]);
    let counted = entries.iter().map(|entry| {
        let run = entry.details.run.expect("a failure belongs to a run");
        (run.number, entry.parameters[1].parse().expect("a count"))
    });
    compare_counts(service, &counted.collect::<Vec<_>>(), runs, figures);
}

/// The same of the runs whose failures are on record, with the counts in the entries.
fn compare_counts(service: &ServiceName, entries: &[(u32, u32)], runs: u32, figures: &mut Figures) {
    let counted: BTreeSet<u32> = entries.iter().map(|(run, _)| *run).collect();
    let uncounted = (1..runs).filter(|run| !counted.contains(run)).count() as u64;
    let twice = (entries.len() - counted.len()) as u64;
    figures.failures += entries.len() as u64;
    figures.uncounted += uncounted;
    figures.counted_twice += twice;
    let counts = entries.iter().map(|(_, count)| *count);
    if uncounted + twice == 0 && !counts.eq(1..runs) {
        figures.problem(format!("{service}: the counts do not rise one by one"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(compare: impl FnOnce(&ServiceName, &mut Figures)) -> Figures {
        let mut figures = Figures::default();
        let service = ServiceName::new("a").expect("a legal name");
        compare(&service, &mut figures);
        figures
    }

    #[test]
    fn a_ledger_shows_ids_used_twice_runs_beside_another_and_runs_without_a_process() {
        let compare = |ledger: &str, runs| {
            let figures = figures(|service, figures| {
                compare_processes(service, ledger, runs, figures);
            });
            (figures.ids_twice, figures.beside, figures.broken().len())
        };
        assert_eq!(compare("1.1\n1.2\n", 2), (0, 0, 0));
        assert_eq!(compare("1.1\n1.1\n1.2\n", 2), (1, 0, 1));
        assert_eq!(compare("1.1\nbeside\n1.2\n", 2), (0, 1, 1));
        assert_eq!(compare("1.1\n1.3\n", 3), (0, 0, 1));
        assert_eq!(compare("-\n-\n-\n", 2), (1, 0, 1));
    }

    #[test]
    fn entries_show_failures_that_were_not_counted_or_counted_twice() {
        let compare = |entries: &[(u32, u32)], runs| {
            let figures = figures(|service, figures| {
                compare_counts(service, entries, runs, figures);
            });
            let broken = figures.broken().len();
            (figures.uncounted, figures.counted_twice, broken)
        };
        assert_eq!(compare(&[(1, 1), (2, 2)], 3), (0, 0, 0));
        assert_eq!(compare(&[(1, 1)], 3), (1, 0, 1));
        assert_eq!(compare(&[(1, 1), (1, 2), (2, 3)], 3), (0, 1, 1));
        assert_eq!(compare(&[(1, 1), (2, 1)], 3), (0, 0, 1));
    }
}
