//! What a container asks of the daemon: services of the image, variables of its environment, health checks,
//! and an end with a status when a service is down for good.

use std::fs;
use std::process::Output;

use relance_scm::ServiceState;
use relance_testkit::daemon::Daemon;

use crate::support::{name, relance};

/// What a command wrote to both of its outputs.
fn text(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&both).into_owned()
}

fn done(output: &Output) -> String {
    let text = text(output);
    assert!(output.status.success(), "{text}");
    text
}

/// A daemon whose image brings these files.
fn with_files(files: &[(&str, &str)], environment: &[(&str, &str)]) -> Daemon {
    let mut daemon = Daemon::to_start(relance(), &[], environment);
    let folder = daemon.folder().join("services");
    fs::create_dir(&folder).expect("a folder");
    for (file, text) in files {
        fs::write(folder.join(file), text).expect("a file");
    }
    daemon.add_options(&["--apply", &folder.display().to_string()]);
    daemon
}

const SLEEPER: &str =
    "[[service]]\nname = 'queue'\ncommand_line = 'sleep 1000'\nstart_type = 'auto'\n";

#[test]
fn services_of_the_image_are_there_and_run_after_each_start() {
    let json = r#"{"name": "other", "command_line": "/bin/true"}"#;
    let mut daemon = with_files(
        &[("a.toml", SLEEPER), ("b.json", json), ("readme", "?")],
        &[],
    );
    daemon.start_again();
    daemon.wait_for_state(&name("queue"), ServiceState::Running);
    assert_eq!(
        daemon.query(&name("other")).status.state,
        ServiceState::Stopped
    );
    daemon.stop();
    // A new image: what runs is what the file says now, from the first start on.
    let changed = SLEEPER.replace("1000", "2000");
    fs::write(daemon.folder().join("services/a.toml"), changed).expect("a file");
    daemon.start_again();
    let info = daemon.wait_for_state(&name("queue"), ServiceState::Running);
    assert_eq!(&*info.config.command_line, "sleep 2000");
    let run = info.run.expect("it runs").id;
    assert_eq!(
        run.number, 2,
        "it was started once, and with the new command"
    );
    // An engine that is replaced applies nothing.
    fs::write(daemon.folder().join("services/a.toml"), "rubbish").expect("a file");
    daemon.kill_engine();
    assert_eq!(daemon.query(&name("queue")).run.expect("it runs").id, run);
}

#[test]
fn an_engine_killed_before_the_services_were_there_brings_them() {
    let mut daemon = with_files(&[("a.toml", SLEEPER)], &[]);
    for _ in 0..5 {
        daemon.start_again();
        daemon.kill_engine();
        daemon.wait_for_state(&name("queue"), ServiceState::Running);
        daemon.stop();
        fs::remove_dir_all(daemon.folder().join("state")).expect("a folder");
    }
}

#[test]
fn files_that_are_wrong_end_the_daemon_with_a_sentence() {
    for (file, text, parts) in [
        (
            "a.toml",
            "[[service]]\nnam = 'a'\n",
            &["a.toml", "nam", "a.toml:2:1"][..],
        ),
        ("a.json", "{", &["a.json"]),
        (
            "a.toml",
            "[[service]]\nname = 'a/b'\ncommand_line = 'x'\n",
            &["a.toml", "a/b"],
        ),
        (
            "a.toml",
            "[[service]]\nname = 'a'\ncommand_line = 'x'\n[[service]]\nname = 'A'\ncommand_line = 'x'\n",
            &["a.toml:5:8", "a.toml:2:8"],
        ),
        (
            "a.toml",
            "[[service]]\nname = 'a'\ncommand_line = 'x'\naccount_name = 'no-such-user'\n",
            &["no-such-user", "1057"],
        ),
    ] {
        let daemon = with_files(&[(file, text)], &[]);
        let output = daemon.command().output().expect("it is executed");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(78), "{said}");
        assert!(
            parts.iter().all(|part| said.contains(part)),
            "{parts:?} in {said}"
        );
    }
}

#[test]
fn x31_variables_of_the_container_reach_the_services_that_name_them() {
    let environment = [
        ("APP_KEY", "base64:a=b%c"),
        ("DB_HOST", "db"),
        ("SECRET", "s"),
        ("PATH", "/bin:/usr/bin:/x"),
        ("HOME", "/of/daemon"),
    ];
    let mut daemon = Daemon::to_start(relance(), &["--pass-env", "DB_HOST"], &environment);
    daemon.start_again();
    let shown = |service: &str, options: &[&str]| {
        let file = daemon.folder().join(service);
        let line = format!("env >{}", file.display());
        let words = [
            &["create", service],
            options,
            &["--", "/bin/sh", "-c", &line],
        ]
        .concat();
        done(&daemon.relance(&words));
        done(&daemon.relance(&["start", service]));
        daemon.wait_for_state(&name(service), ServiceState::Stopped);
        fs::read_to_string(file).expect("it has run")
    };
    let plain = shown("plain", &[]);
    assert!(
        plain.contains("DB_HOST=db") && !plain.contains("APP_KEY") && !plain.contains("SECRET"),
        "{plain}"
    );
    let chosen = shown(
        "chosen",
        &[
            "--pass-env",
            "APP_*",
            "--pass-env",
            "PATH",
            "--env",
            "DB_HOST=own",
        ],
    );
    assert!(
        chosen.contains("APP_KEY=base64:a=b%c") && chosen.contains("PATH=/bin:/usr/bin:/x"),
        "{chosen}"
    );
    assert!(
        chosen.contains("DB_HOST=own") && !chosen.contains("SECRET"),
        "{chosen}"
    );
    let all = shown("all", &["--pass-env", "*"]);
    assert!(
        all.contains("SECRET=s") && !all.contains("/of/daemon") && !all.contains("HANDED"),
        "{all}"
    );
    let refused = daemon.relance(&["config", "all", "--pass-env", "A=1"]);
    assert!(text(&refused).contains("APP_*"), "{}", text(&refused));
}

#[test]
fn x31_variables_are_passed_after_the_engine_was_replaced() {
    let mut daemon = Daemon::to_start(relance(), &[], &[("APP_KEY", "k")]);
    daemon.start_again();
    daemon.kill_engine();
    let file = daemon.folder().join("out");
    let line = format!("echo $APP_KEY >{}", file.display());
    done(&daemon.relance(&[
        "create",
        "a",
        "--pass-env",
        "APP_KEY",
        "--",
        "/bin/sh",
        "-c",
        &line,
    ]));
    done(&daemon.relance(&["start", "a"]));
    daemon.wait_for_state(&name("a"), ServiceState::Stopped);
    assert_eq!(fs::read_to_string(file).expect("it has run"), "k\n");
}

#[test]
fn x32_what_stays_literal_is_said() {
    let daemon = Daemon::start(relance());
    let said = done(&daemon.relance(&[
        "create",
        "a",
        "--env",
        "A=${DB_HOST}",
        "--",
        "/bin/true",
        "%APP%",
    ]));
    assert!(
        said.contains("${DB_HOST} in A") && said.contains("%APP%"),
        "{said}"
    );
    let said = done(&daemon.relance(&["config", "a", "--env", "A=b"]));
    assert!(said.is_empty(), "{said}");
}

#[test]
fn health_is_one_line_and_a_status() {
    let daemon = Daemon::start(relance());
    let health = |words: &[&str]| {
        let output = daemon.relance(words);
        (output.status.code(), text(&output).trim().to_owned())
    };
    assert_eq!(
        health(&["health"]),
        (Some(0), "well: no service has to run".to_owned())
    );
    for (service, start, line) in [
        ("good", "auto", "sleep 1000"),
        ("once", "auto", "true"),
        ("bad", "auto", "exit 7"),
        ("not-auto", "demand", "exit 1"),
    ] {
        done(&daemon.relance(&[
            "create", service, "--start", start, "--", "/bin/sh", "-c", line,
        ]));
    }
    let (status, line) = health(&["health"]);
    assert!(
        status == Some(3) && line.contains("good was never started"),
        "{line}"
    );
    for service in ["good", "once", "bad"] {
        let _ = daemon.relance(&["start", service]);
    }
    daemon.wait_for_state(&name("once"), ServiceState::Stopped);
    daemon.wait_for_state(&name("bad"), ServiceState::Stopped);
    let (status, line) = health(&["status", "--check"]);
    assert!(
        status == Some(3) && line.contains("bad is down") && !line.contains("once"),
        "{line}"
    );
    assert_eq!(line.lines().count(), 1, "{line}");
    assert_eq!(
        health(&["health", "good"]),
        (Some(0), "well: 1 service".to_owned())
    );
    let (status, line) = health(&["status", "--check", "good", "once"]);
    assert!(
        status == Some(3) && line.contains("once is stopped"),
        "{line}"
    );
    assert_eq!(health(&["health", "nothing"]).0, Some(4));
    let json = daemon.relance(&["health", "--json"]);
    assert!(
        json.status.code() == Some(3) && text(&json).contains("\"healthy\": false"),
        "{}",
        text(&json)
    );
}

/// Creates a service that ends with an error, and starts it.
fn failing(daemon: &Daemon, options: &[&str]) {
    let words = [
        &["create", "api", "--end-manager-with", "70"],
        options,
        &["--", "/bin/sh", "-c", "exit 1"],
    ]
    .concat();
    done(&daemon.relance(&words));
    let _ = daemon.relance(&["start", "api"]);
}

#[test]
fn x33_a_service_that_is_down_for_good_ends_the_manager() {
    for options in [
        &["--actions", "restart/10ms/none/0", "--reset", "1h"][..],
        &[
            "--actions",
            "run/0",
            "--command",
            "/bin/true",
            "--reset",
            "1h",
        ],
        &[],
    ] {
        let mut daemon = Daemon::start(relance());
        done(&daemon.relance(&["create", "other", "--", "sleep", "1000"]));
        done(&daemon.relance(&["start", "other"]));
        failing(&daemon, options);
        assert_eq!(
            daemon.wait_for_end().code(),
            Some(70),
            "{options:?}: {}",
            daemon.messages()
        );
        assert!(
            daemon.messages().contains("down for good"),
            "{}",
            daemon.messages()
        );
        // The next start is a boot, and does not end for what was before.
        daemon.start_again();
        let entries = done(&daemon.relance(&["events", "--id", "1041"]));
        assert_eq!(entries.matches("api is down").count(), 1, "{entries}");
        assert_eq!(
            daemon.query(&name("api")).status.state,
            ServiceState::Stopped
        );
    }
}

#[test]
fn x33_a_start_that_fails_ends_the_manager_too() {
    let mut daemon = Daemon::start(relance());
    done(&daemon.relance(&[
        "create",
        "api",
        "--end-manager-with",
        "9",
        "--",
        "/no/such/program",
    ]));
    let _ = daemon.relance(&["start", "api"]);
    assert_eq!(
        daemon.wait_for_end().code(),
        Some(9),
        "{}",
        daemon.messages()
    );
}

#[test]
fn x33_what_somebody_asked_for_ends_nothing() {
    let mut daemon = Daemon::start(relance());
    let words = [
        "create",
        "api",
        "--end-manager-with",
        "70",
        "--actions",
        "restart/1h",
        "--reset",
        "1d",
        "--",
    ];
    done(
        &daemon.relance(
            &[
                &words[..],
                &["/bin/sh", "-c", "trap 'exit 1' TERM; sleep 1000 & wait"],
            ]
            .concat(),
        ),
    );
    done(&daemon.relance(&["start", "api"]));
    daemon.wait_for_state(&name("api"), ServiceState::Running);
    done(&daemon.relance(&["stop", "api"]));
    done(&daemon.relance(&["start", "api"]));
    done(&daemon.relance(&["terminate", "api"]));
    // A restart that is pending, and cancelled.
    done(&daemon.relance(&["config", "api", "--command-line", "/bin/sh -c \"exit 1\""]));
    let _ = daemon.relance(&["start", "api"]);
    daemon.wait_until(&name("api"), |info| !info.recovery.pending.is_empty());
    done(&daemon.relance(&["cancel-recovery", "api"]));
    assert!(daemon.query(&name("api")).recovery.pending.is_empty());
    assert_eq!(daemon.stop().code(), Some(0), "{}", daemon.messages());
}
