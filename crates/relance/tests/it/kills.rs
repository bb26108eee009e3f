//! Engine and guardian are killed again and again under load: no service is disturbed or run twice, no
//! failure is lost or counted twice, no clean stop is taken for a crash, no printed line is lost.
//! `cargo xtask faults` plays the same for longer, with PHP services beside the others.

use relance_testkit::daemon::Daemon;
use relance_testkit::faults::{Killed, Plan, play, table};

use crate::support::relance;

/// Kills in each of these tests.
const KILLS: usize = 20;

fn nothing_is_lost(daemon: Daemon, killed: Killed, seed: u64) {
    let plan = Plan {
        killed,
        rounds: KILLS,
        seed,
        php: None,
    };
    let figures = play(daemon, &plan);
    assert_eq!(figures.broken(), Vec::<String>::new());
    eprintln!("{}", table(&[("figure", figures)]));
}

#[test]
fn an_engine_that_is_killed_again_and_again_loses_nothing() {
    nothing_is_lost(Daemon::start(relance()), Killed::Engines, 1);
}

#[test]
fn a_guardian_that_is_killed_again_and_again_loses_nothing() {
    nothing_is_lost(Daemon::start(relance()), Killed::Guardians, 2);
}

#[test]
fn nor_does_one_without_control_groups() {
    let daemon = Daemon::with(relance(), &["--cgroups", "off"]);
    nothing_is_lost(daemon, Killed::Guardians, 3);
}
