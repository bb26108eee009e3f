//! Level 0: the scenarios of `compliance/` against the policy alone.

use relance_testkit::compliance::{PolicySubject, Scenario};

#[test]
fn every_scenario_holds_for_the_policy() {
    let failures: Vec<String> = Scenario::all()
        .iter()
        .filter_map(|scenario| scenario.play(&mut PolicySubject::default()).err())
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn the_eleven_vectors_are_all_there() {
    let ids: Vec<String> = Scenario::all()
        .into_iter()
        .map(|scenario| scenario.id)
        .collect();
    for number in 1..=11 {
        assert!(ids.contains(&format!("V{number}")), "V{number} is missing");
    }
}
