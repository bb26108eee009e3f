//! Turmoil by seed. A seed that fails is a bug report: `cargo xtask sim --seed N` shows its trace.

use relance_testkit::simulation::turmoil;

/// Seeds of every run; `cargo xtask nightly` tries many more.
const SEEDS: u64 = 400;
const STEPS: usize = 1500;
/// Beyond them, seeds that have found a fault in the worlds of today.
const FOUND: [u64; 3] = [8828, 14434, 18400];

#[test]
fn whatever_happens_every_promise_holds() {
    let mut killed = 0;
    let (mut failures, mut held, mut files_lost) = (0, 0, 0);
    let (mut recycled, mut hung, mut missed, mut commands) = (0, 0, 0, 0);
    let (mut delayed, mut refused) = (0, 0);
    let (mut ordered, mut scaled, mut flaps) = (0, 0, 0);
    let mut policies = 0;
    for seed in (0..SEEDS).chain(FOUND) {
        let summary = turmoil::run(seed, STEPS).unwrap_or_else(|problem| panic!("{problem}"));
        killed += summary.engines_killed;
        failures += summary.failures;
        held += summary.held;
        files_lost += summary.files_lost;
        recycled += summary.recycled;
        hung += summary.hung;
        missed += summary.missed;
        delayed += summary.delayed;
        refused += summary.refused;
        ordered += summary.ordered;
        scaled += summary.scaled;
        flaps += summary.flaps;
        policies += summary.policies;
        commands += summary.stop_commands;
    }
    // The turmoil has some: otherwise this would show nothing.
    assert!(
        killed > 500 && failures > 2000 && held > 60 && files_lost > 100,
        "{killed} {failures} {held} {files_lost}"
    );
    assert!(
        recycled > 300 && hung > 60 && missed > 100 && commands > 50,
        "{recycled} {hung} {missed} {commands}"
    );
    assert!(delayed > 100 && refused > 25, "{delayed} {refused}");
    assert!(policies > 300, "{policies}");
    assert!(
        ordered > 200 && scaled > 150 && flaps > 60,
        "{ordered} {scaled} {flaps}"
    );
}
