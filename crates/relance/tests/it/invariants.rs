//! Promises of `relance test` about any scenario, and the smallest scenario that breaks one.

use std::path::Path;
use std::process::{Command, Output};

use crate::support::relance;

const SERVICE: &str = r#"
[[service]]
name = "worker"
command = ["/bin/true"]
recovery.reset_period_secs = "1h"
"#;

/// A folder with one service with these settings, and these promises.
fn folder(settings: &str, promises: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: String| {
        std::fs::write(folder.path().join(name), text).expect("our folder");
    };
    write("worker.toml", format!("{SERVICE}{settings}\n"));
    let head = "services = [\"worker.toml\"]\n\n[[invariant]]\nname = \"it keeps its promise\"\n";
    write("worker.test.toml", format!("{head}{promises}\n"));
    folder
}

fn test(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(relance());
    command
        .current_dir(folder)
        .args(["test", "worker.test.toml"]);
    command.args(words).output().expect("it runs")
}

fn played(settings: &str, promises: &str, words: &[&str]) -> (Option<i32>, String) {
    let folder = folder(settings, promises);
    let output = test(folder.path(), words);
    let both = [&*output.stdout, &*output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8_lossy(&both).into_owned(),
    )
}

#[test]
fn x100_a_promise_that_holds_is_tried_as_often_as_it_says() {
    let promises = "never = [\"reboot\", \"gave-up\"]\nalways = [\"up within 5m\"]\nscenarios = 50";
    let (status, text) = played("recovery.actions = \"restart/1s\"", promises, &[]);
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("50 random scenarios, seed 0"), "{text}");
    let again = played(
        "recovery.actions = \"restart/1s\"",
        promises,
        &["--scenarios", "3", "--seed", "9"],
    );
    assert!(
        again.1.contains("3 random scenarios, seed 9"),
        "{}",
        again.1
    );
}

#[test]
fn x100_the_smallest_scenario_that_reboots_is_shown() {
    let settings = "recovery.actions = \"restart/1s/restart/1s/reboot/1s\"";
    let (status, text) = played(settings, "never = [\"reboot\"]", &[]);
    assert_eq!(status, Some(1), "{text}");
    // Three failures, the second and third as soon as it runs again, and nothing else.
    let smallest = "the smallest like it: kill 9 +0s, kill 9 +1s, kill 9 +1s";
    assert!(text.contains(smallest), "{text}");
    // The time line is that of this scenario.
    assert!(text.contains("failures counted: 3"), "{text}");
}

#[test]
fn x100_a_cause_that_stays_down_is_found_by_itself() {
    let settings =
        "recovery.actions = \"restart/1s\"\nextensions.failure_rules = [\"exit:78=none\"]";
    let (status, text) = played(settings, "always = [\"up within 5m\"]", &[]);
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("stays down"), "{text}");
    assert!(
        text.contains("the smallest like it: exit 78 +0s\n"),
        "{text}"
    );
    // Of other causes it holds.
    let promises = "always = [\"up within 5m\"]\ncauses = [\"crash\", \"exit 1\"]";
    assert_eq!(played(settings, promises, &[]).0, Some(0));
}

#[test]
fn x100_a_promise_may_be_about_failures_that_are_apart() {
    // Three failures within ten minutes are too many.
    let settings = "recovery.actions = \"restart/1s\"\nextensions.restart_limit = 2\n\
                    extensions.restart_limit_period_ms = \"10m\"";
    let (status, text) = played(settings, "always = [\"up within 1m\"]", &[]);
    assert_eq!(status, Some(1), "{text}");
    let apart = "always = [\"up within 1m while failures are at least 5m apart\"]";
    assert_eq!(played(settings, apart, &[]).0, Some(0));
    let closer = "always = [\"up within 1m while failures are at least 4m apart\"]";
    let (status, text) = played(settings, closer, &[]);
    assert_eq!(status, Some(1), "{text}");
}

#[test]
fn x100_quiet_hours_are_played_at_any_time_of_day() {
    let settings = "recovery.actions = \"restart/1s\"\nextensions.quiet_hours = \"02:00-04:00\"";
    let (status, text) = played(settings, "always = [\"up within 1h\"]", &[]);
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("the smallest like it: clock "), "{text}");
    assert_eq!(
        played(settings, "always = [\"up within 2h 1s\"]", &[]).0,
        Some(0)
    );
}

#[test]
fn x100_machines_read_it_as_they_read_scenarios() {
    let settings = "recovery.actions = \"reboot/1s\"";
    let tap = played(settings, "never = [\"reboot\"]", &["--format", "tap"]).1;
    assert!(
        tap.contains("1..1\nnot ok 1 - worker: it keeps its promise\n# reboot must never happen"),
        "{tap}"
    );
    let junit = played(settings, "never = [\"reboot\"]", &["--format", "junit"]).1;
    assert!(junit.contains("tests=\"1\" failures=\"1\""), "{junit}");
    assert!(junit.contains("the smallest like it: kill 9"), "{junit}");
    let json = played(settings, "never = [\"reboot\"]", &["--format", "json"]).1;
    assert!(json.contains("\"ok\": false"), "{json}");
}

#[test]
fn x100_what_cannot_be_promised_is_named() {
    for (promises, part) in [
        ("always = [\"up soon\"]", "up within 5m"),
        ("always = [\"up within 5m while it rains\"]", "it rains"),
        ("never = [\"rain\"]", "rain"),
        ("never = [\"reboot\"]\ncauses = [\"stop\"]", "stop"),
        ("never = [\"reboot\"]\ncauses = []", "one cause"),
        (
            "never = [\"reboot\"]\nscenarios = 0",
            "one cause, failure and scenario",
        ),
        (
            "never = [\"reboot\"]\nfailures = 0",
            "one cause, failure and scenario",
        ),
        ("scenarios = 3", "never or always"),
        ("never = [\"reboot\"]\nservice = \"other\"", "other"),
    ] {
        let (status, text) = played("recovery.actions = \"restart/1s\"", promises, &[]);
        assert_eq!(status, Some(2), "{promises}: {text}");
        assert!(
            text.contains(part) && text.contains("keeps its promise"),
            "{text}"
        );
    }
}

#[test]
fn x100_the_guide_shows_what_is_printed() {
    const GUIDE: &str = include_str!("../../../../docs/recovery.md");
    let blocks: Vec<&str> = GUIDE
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text);
    write("worker.toml", blocks[0]).expect("our folder");
    let promise = blocks
        .iter()
        .find(|block| block.starts_with("[[invariant]]"));
    let promise = promise.expect("the guide has a promise");
    let tests = format!("services = [\"worker.toml\"]\n\n{promise}");
    write("worker.test.toml", &tests).expect("our folder");
    let output = test(folder.path(), &[]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let shown = GUIDE
        .split("```text\nFAILED")
        .nth(1)
        .expect("what is printed");
    let shown = shown.split("```").next().expect("an end");
    assert!(text.starts_with(&format!("FAILED{shown}")), "{text}");
}

#[test]
fn x100_a_promise_that_says_when_it_begins_is_tried_by_the_clock() {
    let settings = "recovery.actions = \"none/0\"\nextensions.schedule = \"*:0/5 UTC\"";
    let promise = "always = [\"up within 5m\"]\ncauses = [\"crash\"]\n";
    let (status, text) = played(settings, promise, &[]);
    assert_eq!(status, Some(1), "no schedule starts it: {text}");
    let begins = format!("{promise}begins = \"2026-03-27T00:00:00Z\"");
    let (status, text) = played(settings, &begins, &[]);
    assert_eq!(status, Some(0), "its schedule starts it again: {text}");
    let (status, text) = played(settings, &format!("{promise}begins = \"at noon\""), &[]);
    assert!(status == Some(2) && text.contains("at noon"), "{text}");
}
