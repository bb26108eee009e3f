//! Policies side by side: those of two services, that of one and its changes, and what a changed one would have made of
//! the failures that were recorded.

use relance_testkit::daemon::Daemon;
use serde_json::Value;

use crate::support::{name, printed, refused, relance};

fn json(daemon: &Daemon, arguments: &[&str]) -> Value {
    serde_json::from_str(&printed(daemon, &[arguments, &["--json"]].concat())).expect("JSON")
}

/// A program that fails twice, is restarted after each, and gives up at the third time.
fn create(daemon: &Daemon, service: &str) {
    let actions = ["--actions", "restart/10ms", "--restart-limit", "2"];
    let create = ["create", service, "--restart-limit-period", "1h"];
    printed(
        daemon,
        &[&create[..], &actions, &["--", "/bin/false"]].concat(),
    );
}

#[test]
fn policies_of_two_services_or_of_one_and_its_changes_are_compared() {
    let daemon = Daemon::start(relance());
    create(&daemon, "quick");
    printed(
        &daemon,
        &[
            "create",
            "slow",
            "--actions",
            "restart/5s",
            "--",
            "/bin/false",
        ],
    );
    let script = ["--script", "crash @1s, crash @3s"];
    let compare = ["simulate", "quick", "slow", "--compare"];
    let sides = json(&daemon, &[&compare[..], &script].concat());
    let of = |side: usize, key: &str| sides[side][key].clone();
    assert_eq!(
        (of(0, "policy"), of(1, "policy")),
        ("quick".into(), "slow".into())
    );
    assert_eq!((of(0, "failures"), of(1, "failures")), (2.into(), 1.into()));
    assert_eq!(
        (of(0, "down_ms"), of(1, "down_ms")),
        (20.into(), 5000.into())
    );
    assert_eq!(of(1, "spared"), 1, "it was down when that came");

    let picture = daemon.folder().join("both.svg");
    let svg = ["--svg", picture.to_str().expect("text")];
    let changed = ["simulate", "quick", "--compare", "--actions", "none/0"];
    let shown = printed(&daemon, &[&changed[..], &script, &svg].concat());
    for part in ["as it is", "changed", "restart/10ms", "it stays down"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let drawn = std::fs::read_to_string(picture).expect("a picture");
    assert!(drawn.starts_with("<svg") && drawn.contains("as it is"));

    for words in [
        &["simulate", "quick", "--compare"][..],
        &["simulate", "--compare"],
        &["simulate", "quick", "--svg", "x.svg"],
        &[
            "simulate",
            "quick",
            "slow",
            "--compare",
            "--actions",
            "none/0",
        ],
    ] {
        assert!(
            refused(&daemon, words).contains("two services"),
            "{words:?}"
        );
    }
}

#[test]
fn what_has_failed_is_played_again_on_another_policy() {
    let daemon = Daemon::start(relance());
    assert!(printed(&daemon, &["replay", "--actions", "none/0"]).contains("nothing has failed"));
    create(&daemon, "worker");
    let _ = daemon.start_service(&name("worker"));
    daemon.wait_until(&name("worker"), |info| info.recovery.gave_up);

    let told = json(&daemon, &["replay", "--actions", "none/0"]);
    assert_eq!(
        (&told[0]["name"], &told[0]["recorded"]),
        (&"worker".into(), &3.into())
    );
    let of = |side: usize, key: &str| told[0]["policies"][side][key].clone();
    assert_eq!((of(0, "failures"), of(0, "restarts")), (3.into(), 2.into()));
    assert_eq!(
        (of(0, "gave_up"), of(1, "gave_up")),
        (true.into(), false.into())
    );
    assert_eq!((of(1, "failures"), of(1, "restarts")), (1.into(), 0.into()));
    assert_eq!(
        (of(1, "spared"), of(1, "stays_down")),
        (2.into(), true.into())
    );

    let file = daemon.folder().join("new.toml");
    let text = "[[service]]\nname = \"worker\"\ncommand = [\"/bin/false\"]\nrecovery.actions = \"run/0\"\n\
                recovery.command = \"/bin/true\"\n";
    std::fs::write(&file, text).expect("our folder");
    let with = ["replay", "worker", "--with", file.to_str().expect("text")];
    let shown = printed(&daemon, &with);
    assert!(shown.starts_with("worker: 3 failures recorded"), "{shown}");
    assert!(shown.contains("commands run"), "{shown}");

    let empty = daemon.folder().join("empty.toml");
    std::fs::write(&empty, "").expect("our folder");
    let empty = empty.to_str().expect("text");
    create(&daemon, "other");
    for (words, said) in [
        (&["replay"][..], "--with"),
        (&["replay", "--with", empty], "none of the services"),
        (&["replay", "nobody", "--actions", "none/0"], "1060"),
    ] {
        let refused = refused(&daemon, words);
        assert!(refused.contains(said), "{words:?}: {refused}");
    }
    let other = [&["replay", "other"], &with[2..]].concat();
    assert!(
        printed(&daemon, &other).contains("nothing has failed"),
        "not yet"
    );
}
