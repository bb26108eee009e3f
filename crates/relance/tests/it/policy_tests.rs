//! `relance test`, and the guide to recovery (docs/recovery.md), followed word by word.

use std::path::Path;
use std::process::{Command, Output};

use relance_scm::status::ProcessExit;
use relance_testkit::daemon::Daemon;

use crate::support::{name, relance};

const GUIDE: &str = include_str!("../../../../docs/recovery.md");

/// The files of the guide, in a folder of their own.
fn guide() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let blocks = GUIDE.split("```toml\n").skip(1);
    let blocks = blocks.map(|rest| rest.split("```").next().expect("an end"));
    for (file, block) in ["worker.toml", "worker.test.toml"].iter().zip(blocks) {
        std::fs::write(folder.path().join(file), block).expect("written");
    }
    folder
}

fn test(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(relance());
    command.current_dir(folder).arg("test").args(words);
    command.output().expect("it runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_guide_holds_and_the_manager_does_what_was_tested() {
    let folder = guide();
    let output = test(folder.path(), &["worker.test.toml"]);
    assert!(output.status.success(), "{output:?}");
    assert!(
        stdout(&output).contains("3 of 3 scenarios hold"),
        "{output:?}"
    );
    let daemon = Daemon::start(relance());
    // The same service with shorter times.
    let file = folder.path().join("worker.toml");
    let text = std::fs::read_to_string(&file).expect("read");
    std::fs::write(&file, text.replace("restart/1s", "restart/10ms")).expect("written");
    let file = file.display().to_string();
    let applied = daemon.relance(&["apply", "--file", &file]);
    assert!(applied.status.success(), "{applied:?}");
    daemon.start_service(&name("worker")).expect("it starts");
    let info = daemon.wait_until(&name("worker"), |info| info.recovery.gave_up);
    assert_eq!(info.recovery.failure_count, 4);
    let exit = info.last_end.and_then(|end| end.exit);
    assert_eq!(exit, Some(ProcessExit::Exited(1)), "as the guide means it");
}

#[test]
fn what_does_not_hold_is_said_with_the_time_line_in_each_format() {
    let folder = guide();
    let file = folder.path().join("worker.test.toml");
    let text = std::fs::read_to_string(&file).expect("read");
    let text = text
        .replace("\"restart/4s\"", "\"restart/5s\"")
        .replace("\"2s\"", "\"500ms\"");
    let text = text.replace("never = [\"gave-up\"]", "never = [\"restart\"]");
    std::fs::write(&file, text).expect("written");
    let output = test(folder.path(), &["worker.test.toml"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let shown = stdout(&output);
    for part in [
        "restart/1000, restart/2000, restart/4000, run/0, not restart/1000, restart/2000, restart/5000",
        "restart must never happen, and happens at +0.000s",
        "it is down for 1 s, more than 0.5 s",
        "Failures so far: 1.",
        "1 of 3 scenarios hold",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let tap = stdout(&test(
        folder.path(),
        &["--format", "tap", "worker.test.toml"],
    ));
    assert!(
        tap.starts_with("TAP version 13\n1..3\nnot ok 1 - worker: three"),
        "{tap}"
    );
    let junit = stdout(&test(
        folder.path(),
        &["--format", "junit", "worker.test.toml"],
    ));
    assert!(junit.contains("tests=\"3\" failures=\"2\""), "{junit}");
    let json = test(folder.path(), &["--format", "json", "worker.test.toml"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(json[0]["ok"], false);
    assert_eq!(json[2]["ok"], true);
}

#[test]
fn a_file_that_cannot_be_meant_is_refused_with_the_scenario() {
    let folder = guide();
    let rows = [
        ("script = \"crash\"\n", "it expects nothing"),
        (
            "script = \"crash\"\nservice = \"other\"\nends = \"running\"\n",
            "has \"other\"",
        ),
        ("script = \"boom\"\nends = \"running\"\n", "boom"),
        (
            "script = \"crash\"\nexpect = [\"explode\"]\n",
            "\"explode\" cannot be expected",
        ),
        (
            "script = \"crash\"\nexpected = []\n",
            "bad.toml:5:1: there is no expected here; did you mean expect?",
        ),
        (
            "script = \"crash\"\ndown_at_most = \"-1s\"\n",
            "scenario \"it\": \"-1s\" is not",
        ),
    ];
    for (lines, expected) in rows {
        let text = format!("services = [\"worker.toml\"]\n[[scenario]]\nname = \"it\"\n{lines}");
        std::fs::write(folder.path().join("bad.toml"), text).expect("written");
        let output = test(folder.path(), &["bad.toml"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(expected), "{lines}: {said}");
        // 1 says that a scenario does not hold.
        assert_eq!(output.status.code(), Some(2), "{lines}");
    }
    let empty = "services = [\"worker.toml\"]\nscenario = []\n";
    std::fs::write(folder.path().join("bad.toml"), empty).expect("written");
    let output = test(folder.path(), &["bad.toml"]);
    assert_eq!(output.status.code(), Some(2), "nothing was tested");
}

#[test]
fn x72_a_scenario_that_says_when_it_begins_is_played_by_the_clock() {
    let folder = tempfile::tempdir().expect("a folder");
    let services = "[[service]]\nname = \"night\"\nkind = \"program\"\ncommand = [\"/bin/true\"]\n\
                    extensions.schedule = \"02:30 UTC\"\nrecovery.actions = \"restart/1m\"\n";
    std::fs::write(folder.path().join("night.toml"), services).expect("written");
    let scenario = |begins: &str| {
        let text = format!(
            "services = [\"night.toml\"]\n[[scenario]]\nname = \"it runs at night\"\n{begins}\
             script = \"lasts 40m, crash @151m, quiet 26h\"\nexpect = [\"restart/1m\"]\nends = \"stopped\"\n"
        );
        std::fs::write(folder.path().join("night.test.toml"), text).expect("written");
        test(folder.path(), &["night.test.toml"])
    };
    let kept = scenario("begins = \"2026-03-27T00:00:00Z\"\n");
    assert!(kept.status.success(), "{kept:?}");
    let bad = scenario("begins = \"at noon\"\n");
    assert_eq!(bad.status.code(), Some(2), "{bad:?}");
    assert!(String::from_utf8_lossy(&bad.stderr).contains("at noon"));
}
