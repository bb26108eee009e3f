//! Level 1: every list of up to three actions of four kinds, both flag values, and every script of up
//! to four failures of three kinds on both sides of the reset period, against the naive model.

use std::time::Duration;

use relance_policy::simulate::Happening;
use relance_scm::failure_actions::RecoveryAction;
use relance_scm::status::ProcessExit;
use relance_scm::{ExitCode, RecoveryActionKind, ResetPeriod, ServiceConfig};

use crate::model::Both;
use crate::support::config;

const RESET: Duration = Duration::from_secs(10);
const DEPTH: usize = 4;
const KINDS: [RecoveryActionKind; 4] = [
    RecoveryActionKind::None,
    RecoveryActionKind::Restart,
    RecoveryActionKind::Reboot,
    RecoveryActionKind::RunCommand,
];
const ENDS: [Happening; 3] = [
    Happening::Exit(ProcessExit::Exited(0)),
    Happening::Stopped(ExitCode::ServiceSpecific(5)),
    Happening::StoppedInStop(ExitCode::SUCCESS),
];
/// Just inside the reset period, and exactly at its end (R13).
const PAUSES: [Duration; 2] = [Duration::from_millis(9999), RESET];

#[test]
fn every_short_script_over_every_short_list() {
    let mut scripts = 0;
    for list in lists() {
        for flag in [false, true] {
            let mut config = config(&list, ResetPeriod::Seconds(10));
            config.failure_actions_on_non_crash_failures = flag;
            scripts += play_all(&config);
        }
    }
    assert_eq!(scripts, 85 * 2 * 6_usize.pow(4));
}

/// All lists of up to three actions; delays differ by position, so that a wrong position shows.
fn lists() -> Vec<Vec<RecoveryAction>> {
    let mut lists = vec![Vec::new()];
    let mut longest = lists.clone();
    for delay_ms in [0, 3000, 12_000] {
        longest = longest
            .iter()
            .flat_map(|list| {
                KINDS.map(|kind| [list.as_slice(), &[RecoveryAction::new(kind, delay_ms)]].concat())
            })
            .collect();
        lists.extend(longest.iter().cloned());
    }
    lists
}

fn play_all(config: &ServiceConfig) -> usize {
    let choices = ENDS.len() * PAUSES.len();
    let count = choices.pow(u32::try_from(DEPTH).unwrap());
    for number in 0..count {
        let mut both = Both::new(config);
        let mut rest = number;
        for _ in 0..DEPTH {
            // After any history, something makes it run again.
            if both.simulation.record().pid() == 0 {
                both.happen(Happening::Start);
            }
            both.happen(ENDS[rest % ENDS.len()].clone());
            rest /= ENDS.len();
            both.pass(PAUSES[rest % PAUSES.len()]);
            rest /= PAUSES.len();
        }
        both.check();
    }
    count
}
