//! The scenarios of `compliance/` against the engine with simulated processes.

use relance_testkit::compliance::{EngineSubject, Scenario};

#[test]
fn every_scenario_holds_for_the_engine() {
    let failures: Vec<String> = Scenario::all()
        .iter()
        .filter_map(|scenario| scenario.play(&mut EngineSubject::default()).err())
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
