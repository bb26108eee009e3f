//! Values that an earlier version has stored, and that this one would refuse.

use super::{Scene, sql};
use crate::support::{printed, refused};

/// Above the longest time of each: ten years, and 49 days for what becomes a delay.
const STORED: &str = "UPDATE services SET extensions = \
    json_set(extensions, '$.stop_grace_ms', 400000000000, '$.restart_jitter_ms', 5000000000)";

#[test]
fn a_stored_value_above_its_bound_stands_in_the_way_of_no_other_change() {
    let scene = Scene::new();
    printed(
        &scene.daemon,
        &["policy", "set", "p", "--backoff", "linear"],
    );
    scene
        .next_answer_after(|state| sql(state, STORED))
        .expect("it is loaded");
    for change in [
        &["config", "steady", "--description", "x"][..],
        &["failure", "steady", "--actions", "restart/5s"],
        &["policy", "use", "p", "steady"],
        &["policy", "set", "p", "--restart-limit", "3"],
        &["failure", "steady", "--policy", "none"],
    ] {
        printed(&scene.daemon, change);
    }
    let longer = refused(
        &scene.daemon,
        &["config", "steady", "--stop-grace", "5000d"],
    );
    assert!(longer.contains("stop_grace_ms is"), "{longer}");
    printed(&scene.daemon, &["config", "steady", "--stop-grace", "5s"]);
}
