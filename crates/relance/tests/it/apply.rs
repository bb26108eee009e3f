//! Files of services: the plan, what is done of it, and what is left alone.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use relance_scm::ServiceState;
use relance_testkit::daemon::Daemon;
use serde_json::Value as Json;
use tempfile::TempDir;

use crate::support::{done, name, relance};

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

/// A folder with a file of these services.
fn file(text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("services.toml");
    fs::write(&path, text).expect("written");
    (folder, path)
}

fn apply(daemon: &Daemon, path: &Path, more: &[&str]) -> Output {
    let path = path.to_str().expect("a path");
    daemon.relance(&[&["apply", "-f", path], more].concat())
}

const TWO: &str = "[[service]]\nname = 'a'\ncommand = ['/bin/sleep', '1000']\n\
                   [[service]]\nname = 'w@'\ninstances = 2\ncommand = ['/bin/sleep', '1000']\n";

#[test]
fn a_plan_is_shown_and_its_status_says_whether_something_would_change() {
    let daemon = Daemon::start(relance());
    let (_folder, path) = file(TWO);
    let planned = apply(&daemon, &path, &["--dry-run"]);
    assert_eq!(status(&planned), 6, "{}", text(&planned));
    assert!(
        text(&planned).contains("would create w@2"),
        "{}",
        text(&planned)
    );
    assert!(
        text(&daemon.relance(&["list"])).contains("no services"),
        "nothing was created"
    );

    done(&apply(&daemon, &path, &[]));
    let again = apply(&daemon, &path, &["--dry-run"]);
    assert_eq!(status(&again), 0);
    assert!(
        text(&again).contains("unchanged a\n") && text(&again).contains("3 unchanged"),
        "{}",
        text(&again)
    );

    let changed = TWO.replacen(
        "'1000']\n",
        "'2000']\nextensions.stop_grace_ms = '30s'\n",
        1,
    );
    fs::write(&path, changed).expect("written");
    let planned = apply(&daemon, &path, &["--dry-run", "--diff"]);
    assert_eq!(status(&planned), 6);
    let shown = text(&planned);
    assert!(
        shown.contains("would change a\n") && shown.contains("Stop grace: 10s → 30s"),
        "{shown}"
    );
    assert!(
        shown.contains("/bin/sleep 1000 → /bin/sleep 2000"),
        "{shown}"
    );
    let json = apply(&daemon, &path, &["--json"]);
    let reply: Json = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(reply["outcomes"][0]["name"], "a");
    assert_eq!(reply["outcomes"][0]["outcome"], "changed");
    assert_eq!(
        reply["outcomes"][0]["changes"][0]["setting"],
        "command_line"
    );
    assert_eq!(reply["outcomes"][1]["outcome"], "unchanged");
}

#[test]
fn running_services_run_on_until_a_restart_is_asked_for() {
    let daemon = Daemon::start(relance());
    let (_folder, path) = file(TWO);
    done(&apply(&daemon, &path, &[]));
    done(&daemon.relance(&["start", "--all"]));
    let pid = |service: &str| {
        daemon
            .wait_for_state(&name(service), ServiceState::Running)
            .status
            .process_id
    };
    let before = [pid("a"), pid("w@1"), pid("w@2")];
    // What takes effect at once needs no restart.
    fs::write(&path, format!("{TWO}extensions.stop_grace_ms = '5s'\n")).expect("written");
    let applied = apply(&daemon, &path, &[]);
    assert!(
        !text(&applied).contains("relance restart"),
        "{}",
        text(&applied)
    );
    fs::write(&path, format!("{TWO}environment = {{ A = 1 }}\n")).expect("written");
    let applied = apply(&daemon, &path, &[]);
    assert!(
        text(&applied).contains("relance restart w@1 w@2"),
        "{}",
        text(&applied)
    );
    assert_eq!([pid("a"), pid("w@1"), pid("w@2")], before);

    fs::write(&path, format!("{TWO}environment = {{ A = 2 }}\n")).expect("written");
    done(&apply(&daemon, &path, &["--restart-changed", "--rolling"]));
    let after = [pid("a"), pid("w@1"), pid("w@2")];
    assert_eq!(after[0], before[0]);
    assert!(
        after[1] != before[1] && after[2] != before[2],
        "{before:?} {after:?}"
    );
}

#[test]
fn nothing_is_deleted_by_accident() {
    let daemon = Daemon::start(relance());
    let (_folder, path) = file(TWO);
    done(&apply(&daemon, &path, &[]));
    done(&daemon.relance(&["create", "other", "--", "/bin/sleep", "1000"]));
    done(&daemon.relance(&["start", "w@2"]));
    fs::write(&path, TWO.replace("instances = 2", "instances = 1")).expect("written");
    let applied = apply(&daemon, &path, &[]);
    assert!(
        text(&applied).contains("kept w@2\n")
            && text(&applied).contains("relance scale w@ 1, or apply --prune w@"),
        "{}",
        text(&applied)
    );
    let planned = apply(&daemon, &path, &["--dry-run", "--diff"]);
    assert_eq!(status(&planned), 0, "{}", text(&planned));
    assert!(text(&planned).contains("w@2 stays"), "{}", text(&planned));
    let planned = apply(&daemon, &path, &["--dry-run", "--json"]);
    let planned: Json = serde_json::from_slice(&planned.stdout).expect("JSON");
    assert_eq!(planned["kept"][0]["name"], "w@2", "{planned}");
    let refused = apply(&daemon, &path, &["--prune", "w@"]);
    assert!(
        !refused.status.success() && text(&refused).contains("--yes"),
        "{}",
        text(&refused)
    );
    let planned = apply(&daemon, &path, &["--prune", "*", "--dry-run"]);
    assert!(
        text(&planned).contains("would delete other"),
        "{}",
        text(&planned)
    );
    assert_eq!(status(&planned), 6);
    let pruned = apply(&daemon, &path, &["--prune", "w@", "--yes"]);
    done(&pruned);
    assert!(
        text(&pruned).contains("deleted w@2") && !text(&pruned).contains("kept"),
        "{}",
        text(&pruned)
    );
    let listed = text(&daemon.relance(&["list"]));
    assert!(
        listed.contains("other") && listed.contains("w@1") && !listed.contains("w@2"),
        "{listed}"
    );
}

#[test]
fn a_folder_without_services_deletes_nothing() {
    let daemon = Daemon::start(relance());
    done(&daemon.relance(&["create", "other", "--", "/bin/sleep", "1000"]));
    let empty = tempfile::tempdir().expect("a folder");
    let refused = apply(&daemon, empty.path(), &["--prune", "*", "--yes"]);
    let shown = text(&refused);
    assert_eq!(status(&refused), 2, "{shown}");
    assert!(shown.contains("describe no service"), "{shown}");
    assert!(text(&daemon.relance(&["list"])).contains("other"));
}

#[test]
fn a_plan_is_told_in_french() {
    let daemon = Daemon::start(relance());
    let (_folder, path) = file(TWO);
    let mut command = daemon.client(&["apply", "--dry-run", "-f"]);
    let output = command.arg(&path).env("RELANCE_LANG", "fr").output();
    let shown = text(&output.expect("it runs")).replace('\u{a0}', " ");
    assert!(shown.contains("serait créé : a\n"), "{shown}");
}

#[test]
fn secrets_are_not_shown_and_text_comes_from_the_standard_input_too() {
    let daemon = Daemon::start(relance());
    let (folder, _) = file("");
    fs::write(folder.path().join("key"), "s3cret\n").expect("written");
    let services = "[variables]\nKEY = { file = 'key' }\n\
                    [[service]]\nname = 'a'\ncommand = ['/bin/true']\nenvironment = ['KEY=${KEY}', 'NAME=${NAME}']\n";
    let mut child = Command::new(relance())
        .args(["apply", "-f", "-", "--diff", "--set", "NAME=anna"])
        .env("RELANCE_SOCKET", daemon.socket())
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(services.as_bytes()).expect("written");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    let shown = text(&output);
    assert!(
        output.status.success() && shown.contains("NAME=anna"),
        "{shown}"
    );
    assert!(
        !shown.contains("s3cret") && shown.contains("KEY=(not shown)"),
        "{shown}"
    );
    let config = text(&daemon.relance(&["config", "a", "--json"]));
    assert!(config.contains("KEY=s3cret"), "{config}");
}

#[test]
fn all_that_is_wrong_is_said_in_the_language_of_the_reader() {
    let daemon = Daemon::start(relance());
    let (_folder, path) = file("[[service]]\nname = 'a'\nnam = 1\ncommand = 2\n");
    let output = apply(&daemon, &path, &[]);
    let shown = text(&output);
    assert_eq!(status(&output), 2);
    assert!(
        shown.contains("services.toml:3:1: a: there is no nam"),
        "{shown}"
    );
    assert!(
        shown.contains("services.toml:4:11: a: command is") && shown.contains("2 problems"),
        "{shown}"
    );
    let french = Command::new(relance())
        .args(["apply", "-f", path.to_str().expect("a path")])
        .env("RELANCE_LANG", "fr")
        .output()
        .expect("it runs");
    assert!(
        text(&french).contains("services.toml:3:1"),
        "{}",
        text(&french)
    );
    assert!(
        text(&french).contains("voulez-vous dire name"),
        "{}",
        text(&french)
    );
}

#[test]
fn a_dry_run_refuses_what_the_real_one_would_and_changes_nothing() {
    let daemon = Daemon::start(relance());
    let circle = "[[service]]\nname = 'a'\ncommand = ['/bin/true']\ndependencies = ['b']\n\
                  [[service]]\nname = 'b'\ncommand = ['/bin/true']\ndependencies = ['a']\n";
    let nobody =
        "[[service]]\nname = 'c'\ncommand = ['/bin/true']\naccount_name = 'no-such-user-here'\n";
    for (services, code) in [(circle, "(1059 "), (nobody, "(1057 ")] {
        let (_folder, path) = file(services);
        let (tried, real) = (
            apply(&daemon, &path, &["--dry-run"]),
            apply(&daemon, &path, &[]),
        );
        assert!(text(&tried).contains(code), "{}", text(&tried));
        assert_eq!(text(&tried), text(&real));
        assert_eq!(status(&tried), status(&real));
    }
    // What was tried has left nothing behind, the names included.
    let (_folder, path) = file(TWO);
    assert_eq!(status(&apply(&daemon, &path, &["--dry-run"])), 6);
    assert!(text(&daemon.relance(&["list"])).contains("no services"));
    done(&apply(&daemon, &path, &[]));
    let changed = TWO.replacen("'1000']\n", "'1000']\ndependencies = ['w@1']\n", 1);
    fs::write(&path, &changed).expect("written");
    assert_eq!(status(&apply(&daemon, &path, &["--dry-run"])), 6);
    let config = text(&daemon.relance(&["config", "a", "--json"]));
    assert!(!config.contains("w@1"), "{config}");
}

#[test]
fn what_the_manager_refuses_is_named_with_its_places_all_at_once() {
    let daemon = Daemon::start(relance());
    let service = |name: &str, account: &str| {
        format!("[[service]]\nname = '{name}'\ncommand = ['/x']\naccount_name = '{account}'\n")
    };
    let three = [
        service("a", "no-such-a"),
        service("b", "LocalSystem"),
        service("c", "no-such-c"),
    ];
    let (_folder, path) = file(&three.concat());
    for options in [&["--dry-run"][..], &[]] {
        let output = apply(&daemon, &path, options);
        assert_eq!(status(&output), 3);
        let said = text(&output);
        for part in [
            "services.toml:2:8: a: there is no account \"no-such-a\"",
            "services.toml:10:8: c: there is no account \"no-such-c\"",
            "2 problems; nothing was changed",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
    let error = text(&apply(&daemon, &path, &["--json"]));
    let error: Json = serde_json::from_str(&error).expect("JSON");
    assert_eq!(error["error"]["code"], 1057, "{error}");
}

#[test]
fn x109_what_windows_makes_of_a_file_is_said_without_a_manager() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("both.toml");
    let text = r#"
        [[service]]
        name = "worker"
        command = ["/bin/false"]
        display_name = "Worker"
        recovery.actions = "restart/1s"
        recovery.reset_period_secs = "1h"
        extensions.backoff = "exponential"
        extensions.restart_limit = 3
        extensions.restart_jitter_ms = "5s"
        extensions.stop_grace_ms = "20s"
        [[service]]
        name = "own"
        kind = "service"
        command = ["/bin/false"]
        recovery.actions = "restart/1s"
        recovery.reset_period_secs = "1h"
        extensions.backoff = "exponential"
        extensions.restart_limit = 3
        extensions.restart_group = "db"
        [[service]]
        name = "plain"
        command = ["/bin/false"]
        recovery.actions = "restart/1s/run/0"
        "#;
    fs::write(&file, text).expect("written");
    let report = |words: &[&str]| {
        let mut command = Command::new(relance());
        command.env("RELANCE_SOCKET", folder.path().join("nobody"));
        command.args(["apply", "--dry-run", "--for", "windows", "--file"]);
        command.arg(&file).args(words).output().expect("it runs")
    };
    let output = report(&["--json"]);
    assert_eq!(output.status.code(), Some(6), "{output:?}");
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let by_host = [
        "stop_grace_ms",
        "backoff",
        "restart_jitter_ms",
        "restart_limit",
    ];
    assert_eq!(said[0]["by_host"], serde_json::json!(by_host));
    assert_eq!(said[0]["host_recovers"], true);
    assert_eq!(said[0]["refused"], serde_json::json!([]));
    assert_eq!(said[0]["actions"], serde_json::Value::Null);
    let refused = said[1]["refused"].as_array().expect("a list").iter();
    let refused: Vec<_> = refused.map(|one| &one["setting"]).collect();
    assert_eq!(refused, ["backoff", "restart_limit", "restart_group"]);
    let list = "restart/1000/restart/2000/restart/4000/none/0";
    assert_eq!(said[1]["actions"], list);
    let kept = said[2]["kept"].as_array().expect("a list");
    assert!(kept.contains(&"actions".into()), "{said}");
    assert_eq!(said[2]["refused"], serde_json::json!([]));
    let shown = String::from_utf8_lossy(&report(&[]).stdout).into_owned();
    assert!(
        shown.contains("own: Windows refuses 3 settings")
            && shown.contains(list)
            && shown.contains("PAUSED while a restart waits"),
        "{shown}"
    );
    fs::write(
        &file,
        text.split("[[service]]")
            .last()
            .map_or(String::new(), |last| format!("[[service]]{last}")),
    )
    .expect("written");
    assert_eq!(report(&[]).status.code(), Some(0), "nothing is refused");
}
