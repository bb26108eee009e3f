//! Named policies (X101 to X103) from the command line, in files and in what is tried.

use relance_testkit::daemon::Daemon;

use crate::support::{name, printed, refused, relance};

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
    printed(&daemon, &["policy", "use", "workers", "t*"]);
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
    // A file has the name and no values, and changes nothing.
    let exported = printed(&daemon, &["export"]);
    assert!(
        exported.contains("workers") && !exported.contains("restart/5s"),
        "{exported}"
    );
    let file = daemon.folder().join("services.toml");
    std::fs::write(&file, &exported).expect("a file");
    let file = file.to_str().expect("UTF-8");
    assert!(printed(&daemon, &["apply", "-f", file]).contains('2'));
    assert_eq!(actions(), [5000, 5000]);

    let used = refused(&daemon, &["policy", "delete", "workers"]);
    assert!(used.contains("one, two"), "{used}");
    for service in ["one", "two"] {
        printed(&daemon, &["failure", service, "--policy", "none"]);
    }
    printed(&daemon, &["policy", "delete", "workers"]);
    assert_eq!(actions(), [5000, 5000], "they keep what it said");
}
