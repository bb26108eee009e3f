//! What `relance import` says of failures holds: for each kind of file a program that fails stands in for the one
//! that is named, and the manager does what the report promised.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use relance_scm::ServiceState;
use relance_testkit::daemon::Daemon;
use serde_json::Value as Json;

use crate::support::{done, name, relance};

/// Files of each kind; PROGRAM is the one that fails. With the service that they make.
const FILES: &[(&str, &str, &str)] = &[
    (
        "s.conf",
        "[program:s]\ncommand=PROGRAM a\nstartsecs=0\nautorestart=true\n",
        "s",
    ),
    (
        "t.conf",
        "[program:t]\ncommand=PROGRAM\nstartsecs=5\nstartretries=2\n",
        "t",
    ),
    (
        "u.service",
        "[Service]\nExecStart=PROGRAM\nRestart=on-failure\nRestartSec=7\n",
        "u",
    ),
    (
        "v.service",
        "[Unit]\nStartLimitIntervalSec=0\n[Service]\nExecStart=PROGRAM\nRestart=always\nRestartSec=300ms\n",
        "v",
    ),
    ("o.service", "[Service]\nExecStart=PROGRAM\n", "o"),
    (
        "p.json",
        r#"{"apps": [{"name": "p", "script": "PROGRAM", "restart_delay": 4000, "max_restarts": 3}]}"#,
        "p",
    ),
    (
        "e.json",
        r#"{"apps": [{"name": "e", "script": "PROGRAM", "exp_backoff_restart_delay": 100}]}"#,
        "e",
    ),
    (
        "n.cmd",
        "nssm install n PROGRAM\nnssm set n AppRestartDelay 3000\n",
        "n",
    ),
    (
        "w.xml",
        "<service><id>w</id><executable>PROGRAM</executable><onfailure action=\"restart\" delay=\"10 sec\"/><onfailure action=\"restart\" delay=\"20 sec\"/><onfailure action=\"none\"/></service>",
        "w",
    ),
    (
        "y.json",
        r#"{"Name": "y", "ExecutablePath": "PROGRAM", "EnableHealthMonitoring": true, "RecoveryAction": 1, "MaxRestartAttempts": 2}"#,
        "y",
    ),
    (
        "docker-compose.yml",
        "services:\n  c:\n    image: x\n    restart: on-failure:3\n",
        "c",
    ),
    (
        "compose.yml",
        "services:\n  d:\n    image: x\n    restart: always\n",
        "d",
    ),
];

/// A folder with programs that fail, `docker` among them.
fn failing(folder: &Path) -> String {
    for program in ["worker", "docker"] {
        let path = folder.join(program);
        fs::write(&path, "#!/bin/sh\nexit 3\n").expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("ours");
    }
    folder.join("worker").display().to_string()
}

fn imported(path: &Path, options: &[&str]) -> Json {
    let output = Command::new(relance())
        .args(["import", "--json"])
        .args(options)
        .arg(path)
        .output()
        .expect("the program");
    done(&output);
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn applied(daemon: &Daemon, found: &Json) {
    let file = daemon.folder().join("services.toml");
    fs::write(&file, found["toml"].as_str().expect("a file")).expect("written");
    done(&daemon.relance(&["apply", "--file", file.to_str().expect("a path")]));
}

/// The delay of the restart that follows from the failure of this run.
fn answer(daemon: &Daemon, service: &str, run: u32) -> Option<Duration> {
    let info = daemon.wait_until(&name(service), |info| {
        let ended = info
            .last_end
            .as_ref()
            .is_some_and(|end| end.run.number == run);
        ended && info.status.state == ServiceState::Stopped
    });
    let pending = info.recovery.pending.first()?;
    Some(pending.action.delay())
}

#[test]
fn failures_are_answered_as_the_report_says_for_every_kind_of_file() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("ours");
    let program = failing(folder.path());
    let path = std::env::var("PATH").expect("a path");
    let path = format!("{}:{path}", folder.path().display());
    let mut daemon = Daemon::to_start(relance(), &["--clock", "manual"], &[("PATH", &path)]);
    daemon.start_again();
    for (file, text, service) in FILES {
        let file = folder.path().join(file);
        fs::write(&file, text.replace("PROGRAM", &program)).expect("written");
        let found = imported(
            &file,
            if file.ends_with("n.cmd") {
                &["--from", "nssm"]
            } else {
                &[]
            },
        );
        applied(&daemon, &found);
        let report = found["failures"].as_array().expect("a list");
        let report = report.iter().find(|report| report["service"] == *service);
        let rows = report.expect(service)["restart_after_ms"].clone();
        // One that fails at once has not started, which is told here and counted there.
        let _ = daemon.relance(&["start", "--no-wait", service]);
        for (run, row) in (1u32..).zip(rows.as_array().expect("rows")) {
            let now = answer(&daemon, service, run);
            let promised = row["now"].as_u64().map(Duration::from_millis);
            assert_eq!(
                now, promised,
                "{service}, failure {run} of {rows}\n{}",
                found["toml"]
            );
            let Some(delay) = now else { break };
            // A step ends at each deadline, those of other services too.
            let mut left = delay;
            while !left.is_zero() {
                left = left.saturating_sub(daemon.advance(left));
            }
        }
        let _ = daemon.relance(&["stop", "--cancel", "--if-needed", service]);
        done(&daemon.relance(&["disable", service]));
    }
}

#[test]
fn what_the_clock_did_it_does_here_and_not_twice_beside_the_old_manager() {
    let folder = tempfile::tempdir().expect("a folder");
    let daemon = Daemon::start(relance());
    let app = r#"{"apps": [{"name": "api", "script": "/bin/sleep", "args": "1000", "cron_restart": "*/20 * * * *"}]}"#;
    for (file, text, service) in [
        ("jobs.cron", "*/10 * * * * /bin/true\n", "true"),
        ("pm2.json", app, "api-restart"),
    ] {
        let path = folder.path().join(file);
        fs::write(&path, text).expect("written");
        applied(&daemon, &imported(&path, &[]));
        // The engine plans it after the service has been made.
        daemon.wait_until(&name(service), |info| info.next_start.is_some());
        let tried = imported(&path, &["--try"]);
        let toml = tried["toml"].as_str().expect("a file");
        assert!(
            !toml.contains("schedule") && !toml.contains("relance restart"),
            "{toml}"
        );
    }
    // The service that restarts the other one does it.
    done(&daemon.relance(&["start", "api"]));
    let before = daemon.query(&name("api")).status.process_id;
    assert_ne!(before, 0);
    let restart = daemon.query(&name("api-restart")).config;
    assert_eq!(
        restart.command_line.as_ref(),
        "relance restart --no-wait api"
    );
}
