//! Named policies (X101 to X103) from the command line, in files and in what is tried.

use relance_testkit::daemon::Daemon;

use crate::support::{name, printed, refused, relance};

fn write(daemon: &Daemon, name: &str, text: &str) -> String {
    let file = daemon.folder().join(name);
    std::fs::write(&file, text).expect("a file");
    file.to_str().expect("UTF-8").to_owned()
}

fn create(daemon: &Daemon, service: &str, options: &[&str]) {
    let program = ["--", "/bin/sleep", "1000"];
    printed(daemon, &[&["create", service], options, &program].concat());
}

#[test]
fn x101_x102_x103_a_policy_is_made_given_previewed_changed_and_deleted() {
    let daemon = Daemon::start(relance());
    let set = [
        "policy",
        "set",
        "Workers",
        "--actions",
        "restart/1m",
        "--reset",
        "1h",
    ];
    assert_eq!(printed(&daemon, &set), "The policy workers was made.\n");
    create(&daemon, "one", &["--policy", "workers"]);
    create(&daemon, "two", &["--actions", "restart/9s"]);
    let used = printed(&daemon, &["policy", "use", "workers", "t*"]);
    assert_eq!(used, "The policy workers is used by two now.\n");
    let shown = printed(&daemon, &["policy", "show", "workers"]);
    assert!(
        shown.contains("restart after 1 min") && shown.contains("one, two"),
        "{shown}"
    );
    assert!(printed(&daemon, &["policy", "list"]).contains("workers"));

    let preview = [
        "policy",
        "set",
        "workers",
        "--actions",
        "restart/5s",
        "--dry-run",
    ];
    let preview = printed(&daemon, &preview);
    let expected = "The policy workers would be changed. Services that use it: 2.\n    \
        Recovery actions: restart/1m → restart/5s\n  \
        one (failures now: 0): the next failure is followed by restart after 5 s, no longer by restart after 1 min\n  \
        two (failures now: 0): the next failure is followed by restart after 5 s, no longer by restart after 1 min\n";
    assert_eq!(preview, expected);
    // X81: the jitter of the next failure is not that of the one after it.
    let jitter = [
        "policy",
        "set",
        "workers",
        "--restart-jitter",
        "30s",
        "--dry-run",
    ];
    let preview = printed(&daemon, &jitter);
    assert!(
        preview.contains(
            "restart after 1 min and up to 30 s more, no longer by restart after 1 min\n"
        ),
        "{preview}"
    );
    let actions = || {
        let configs = ["one", "two"].map(|service| daemon.query(&name(service)).config);
        configs.map(|config| config.failure_actions.actions[0].delay_ms())
    };
    assert_eq!(actions(), [60_000, 60_000], "nothing was changed");
    let change = ["policy", "set", "workers", "--actions", "restart/5s"];
    printed(&daemon, &change);
    assert_eq!(actions(), [5000, 5000]);

    let simulated = ["simulate", "--policy", "workers", "--script", "crash"];
    assert!(printed(&daemon, &simulated).contains("5 s"));
    // A file says it once, and changes nothing.
    let exported = printed(&daemon, &["export"]);
    assert_eq!(exported.matches("restart/5s").count(), 1, "{exported}");
    let file = write(&daemon, "services.toml", &exported);
    let applied = printed(&daemon, &["apply", "-f", &file]);
    assert!(applied.contains("3 unchanged"), "{applied}");
    assert_eq!(actions(), [5000, 5000]);

    let used = refused(&daemon, &["policy", "delete", "workers"]);
    assert!(used.contains("one, two"), "{used}");
    for service in ["one", "two"] {
        printed(&daemon, &["failure", service, "--policy", "none"]);
    }
    printed(&daemon, &["policy", "delete", "workers"]);
    assert_eq!(actions(), [5000, 5000], "they keep what it said");
}

#[test]
fn x101_why_and_the_entry_of_a_failure_name_the_policy() {
    let daemon = Daemon::start(relance());
    printed(
        &daemon,
        &["policy", "set", "workers", "--actions", "restart/1h"],
    );
    let command = ["--", "/bin/sh", "-c", "exit 3"];
    let create = [
        "create",
        "one",
        "--policy",
        "workers",
        "--on-error-stop",
        "yes",
    ];
    printed(&daemon, &[&create[..], &command].concat());
    let _ended_at_once = daemon.relance(&["start", "one"]);
    daemon.wait_until(&name("one"), |info| info.recovery.failure_count == 1);
    let why = printed(&daemon, &["why", "one"]);
    assert!(why.contains("relance policy show workers"), "{why}");
    let events = printed(&daemon, &["events", "--id", "7031"]);
    assert!(events.contains("by the policy workers"), "{events}");
    let json = printed(&daemon, &["events", "--id", "7031", "--json"]);
    let entry: serde_json::Value = serde_json::from_str(&json).expect("one entry");
    assert_eq!(entry["policy"], "workers");
    // What it was called then stays in the log.
    printed(&daemon, &["failure", "one", "--policy", "none"]);
    assert!(printed(&daemon, &["events", "--id", "7031"]).contains("workers"));
}

#[test]
fn x104_the_advice_about_settings_of_a_policy_names_the_policy() {
    let daemon = Daemon::start(relance());
    let list = ["--actions", "restart/1s/restart/5s", "--reset", "0"];
    printed(
        &daemon,
        &[&["policy", "set", "workers"], &list[..]].concat(),
    );
    create(&daemon, "one", &["--policy", "workers"]);
    let advice = "relance policy set workers --actions LIST --reset 1d";
    for words in [&["failure", "one"][..], &["doctor"]] {
        let output = daemon.relance(words);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains(advice), "{words:?}: {said}");
    }
    printed(&daemon, &["failure", "one", "--policy", "none"]);
    let own = printed(&daemon, &["failure", "one"]);
    assert!(own.contains("relance failure one --actions LIST"), "{own}");
}

const FILE: &str = r#"
[policies.workers]
recovery.actions = "restart/1s"
recovery.reset_period_secs = "1h"
extensions.restart_limit = 3

[[service]]
name = "w@"
instances = 2
command = ["/bin/sleep", "1000"]
policy = "workers"
"#;

#[test]
fn x120_a_policy_travels_in_a_file_to_another_machine() {
    let first = Daemon::start(relance());
    let file = write(&first, "services.toml", FILE);
    let dry = first.relance(&["apply", "-f", &file, "--dry-run"]);
    let shown = String::from_utf8_lossy(&dry.stdout).into_owned();
    assert_eq!(dry.status.code(), Some(6), "{shown}");
    assert!(
        shown.starts_with("would create policy workers\n"),
        "{shown}"
    );
    assert!(shown.contains("3 to create"), "{shown}");
    assert!(printed(&first, &["policy", "list"]).contains("There are no policies"));
    printed(&first, &["apply", "-f", &file]);
    let delay = |daemon: &Daemon, service| {
        let config = daemon.query(&name(service)).config;
        config.failure_actions.actions[0].delay_ms()
    };
    assert_eq!(delay(&first, "w@2"), 1000);

    let second = Daemon::start(relance());
    for format in [
        &["export"][..],
        &["export", "--json"],
        &["export", "w@", "--json"],
    ] {
        let exported = printed(&first, format);
        let ending = if format.len() > 1 { "json" } else { "toml" };
        let file = write(&second, &format!("exported.{ending}"), &exported);
        printed(&second, &["apply", "-f", &file]);
        assert_eq!(delay(&second, "w@1"), 1000, "{exported}");
        let users = printed(&second, &["policy", "show", "workers"]);
        assert!(users.contains("w@1, w@2"), "{users}");
        printed(&second, &["delete", "w@"]);
        printed(&second, &["policy", "delete", "workers"]);
    }
}

#[test]
fn x120_services_of_no_file_change_with_the_policy_and_are_named() {
    let daemon = Daemon::start(relance());
    let file = write(&daemon, "services.toml", FILE);
    printed(&daemon, &["apply", "-f", &file]);
    create(&daemon, "other", &["--policy", "workers"]);
    let changed = FILE.replace("restart/1s", "restart/7s");
    let file = write(&daemon, "services.toml", &changed);
    let planned = daemon.relance(&["apply", "-f", &file, "--dry-run", "--diff"]);
    let planned = String::from_utf8_lossy(&planned.stdout).into_owned();
    assert!(
        planned.contains(
            "would change policy workers\n    Recovery actions: restart/1s → restart/7s\n    other "
        ),
        "{planned}"
    );
    let planned = daemon.relance(&["apply", "-f", &file, "--dry-run", "--json"]);
    let planned: serde_json::Value = serde_json::from_slice(&planned.stdout).expect("JSON");
    assert_eq!(
        planned["policies"][0]["others"],
        serde_json::json!(["other"])
    );
    printed(&daemon, &["apply", "-f", &file]);
    let config = daemon.query(&name("other")).config;
    assert_eq!(config.failure_actions.actions[0].delay_ms(), 7000);
    // What no file describes goes: a policy that another service uses stays.
    printed(
        &daemon,
        &["policy", "set", "spare", "--actions", "restart/1s"],
    );
    let alone = "[[service]]\nname = \"w@1\"\ncommand = [\"/bin/sleep\", \"1000\"]\n";
    let file = write(&daemon, "services.toml", alone);
    let pruned = [
        "apply", "-f", &file, "--prune", "w*", "--prune", "spare", "--yes",
    ];
    let pruned = printed(&daemon, &pruned);
    assert!(pruned.contains("deleted policy spare"), "{pruned}");
    let left = printed(&daemon, &["policy", "show", "workers"]);
    assert!(left.contains("other") && !left.contains("w@"), "{left}");
    let pruned = printed(&daemon, &["apply", "-f", &file, "--prune", "*", "--yes"]);
    assert!(pruned.contains("deleted policy workers"), "{pruned}");
}

#[test]
fn x120_what_is_wrong_with_a_policy_is_named_with_its_place() {
    let daemon = Daemon::start(relance());
    for (text, said) in [
        (
            "[policies.w]\nactions = \"restart/1s\"\n",
            "2:1: w: actions does not stand here; write recovery.actions",
        ),
        (
            "[policies.w]\nrecovery.on_error_stop = true\n",
            "2:10: w: on_error_stop is not a setting of policies",
        ),
        (
            "[policies.w]\nextensions.stop_grace_ms = \"1s\"\n",
            "2:12: w: stop_grace_ms is not a setting of policies",
        ),
        (
            "[policies.w]\nrecovery.actions = \"restart/x\"\n",
            "2:20: w: ",
        ),
        (
            "[policies.w]\nrecovery.reset_period_secs = \"1h\"\n",
            "2:30: w: a reset period without recovery actions means nothing",
        ),
        ("[policies.none]\n", "1:11: none is not a name of a policy"),
        (
            "[policies.w]\n[policies.W]\n",
            "2:11: w is described here and at",
        ),
        ("policies = 3\n", "1:12: policies is a table"),
        (
            "[policies.w]\n[[service]]\nname = \"a\"\ncommand = [\"/a\"]\npolicy = \"w\"\nrecovery.actions = \"restart/1s\"\n",
            "3:8: a uses the policy w and says something else",
        ),
    ] {
        let file = write(&daemon, "wrong.toml", text);
        let refused = refused(&daemon, &["apply", "-f", &file]);
        assert!(refused.contains(said), "{text}\n{refused}");
    }
    let nowhere = "[[service]]\nname = \"a\"\ncommand = [\"/a\"]\npolicy = \"nowhere\"\n";
    let file = write(&daemon, "nowhere.toml", nowhere);
    let refused = refused(&daemon, &["apply", "-f", &file]);
    assert!(refused.contains("there is no policy nowhere"), "{refused}");
}

#[test]
fn x120_a_policy_of_a_file_is_played_alone_and_on_services() {
    let daemon = Daemon::start(relance());
    write(&daemon, "services.toml", FILE);
    let tests = r#"
services = ["services.toml"]
[[scenario]]
name = "the policy alone"
policy = "workers"
script = "crash, crash, crash, crash"
expect = ["restart/1s", "restart/1s", "restart/1s", "none"]
[[scenario]]
name = "a service that uses it"
service = "w@1"
script = "crash, exit 1"
expect = ["restart/1s", "restart/1s"]
[[invariant]]
name = "it never reboots"
policy = "workers"
never = ["reboot"]
"#;
    let file = write(&daemon, "a.test.toml", tests);
    let tested = printed(&daemon, &["test", &file]);
    assert!(tested.contains("3 of 3 scenarios hold"), "{tested}");
    let nowhere = tests.replacen("policy = \"workers\"", "policy = \"nowhere\"", 1);
    let file = write(&daemon, "b.test.toml", &nowhere);
    let refused = refused(&daemon, &["test", &file]);
    assert!(refused.contains("\"nowhere\""), "{refused}");
}

#[test]
fn x120_windows_gets_a_copy_of_the_policy_in_each_service() {
    let daemon = Daemon::start(relance());
    let file = write(&daemon, "services.toml", FILE);
    let report = daemon.relance(&[
        "apply",
        "-f",
        &file,
        "--dry-run",
        "--for",
        "windows",
        "--json",
    ]);
    let said: serde_json::Value = serde_json::from_slice(&report.stdout).expect("JSON");
    assert_eq!(said[0]["copied_policy"], "workers");
    let kept = said[0]["kept"].as_array().expect("a list");
    assert!(kept.contains(&"actions".into()), "{said}");
    let refused: Vec<_> = said[0]["refused"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["setting"])
        .collect();
    assert!(refused.is_empty(), "the name is not refused: {said}");
    assert_eq!(said[0]["host_recovers"], true);
    let (_, services) = FILE.split_once("[[").expect("services");
    let file = write(&daemon, "alone.toml", &format!("[[{services}"));
    let report = daemon.relance(&["apply", "-f", &file, "--dry-run", "--for", "windows"]);
    let said = String::from_utf8_lossy(&report.stdout).into_owned();
    assert!(said.contains("add [policies.workers]"), "{said}");
}

#[test]
fn x121_a_policy_is_given_to_many_services_or_to_none() {
    let daemon = Daemon::start(relance());
    printed(
        &daemon,
        &["policy", "set", "workers", "--actions", "restart/1m"],
    );
    create(&daemon, "one", &[]);
    create(&daemon, "two", &[]);
    let refused = refused(
        &daemon,
        &["policy", "use", "workers", "one", "nobody", "two"],
    );
    assert!(refused.contains("nobody"), "{refused}");
    let users = printed(&daemon, &["policy", "show", "workers"]);
    assert!(users.contains("no service yet"), "{users}");
    let used = printed(&daemon, &["policy", "use", "workers", "one", "two"]);
    assert_eq!(used, "The policy workers is used by one, two now (2).\n");
    let used = printed(&daemon, &["policy", "use", "workers", "--all"]);
    assert_eq!(used, "The policy workers was used by one, two already.\n");
}
