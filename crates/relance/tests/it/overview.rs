//! What is said of the whole machine: `status` without a name, and what needs a terminal.

use std::process::Output;

use relance_scm::ServiceState;
use relance_testkit::daemon::Daemon;
use serde_json::Value as Json;

use crate::support::{done, name, relance};

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

#[test]
fn status_without_a_name_says_what_needs_a_person() {
    let daemon = Daemon::start(relance());
    let quiet = daemon.relance(&["status"]);
    done(&quiet);
    assert!(
        text(&quiet).contains("Nothing needs attention"),
        "{}",
        text(&quiet)
    );
    let create = |words: &[&str]| done(&daemon.relance(&[&["create"], words].concat()));
    create(&["runs", "--", "/bin/sleep", "1000"]);
    create(&["broken", "--", "/bin/false"]);
    create(&[
        "waits",
        "--actions",
        "restart/1h",
        "--reset",
        "1d",
        "--",
        "/bin/false",
    ]);
    done(&daemon.relance(&["start", "runs"]));
    for service in ["broken", "waits"] {
        // It may fail while the command still looks.
        let _ = daemon.relance(&["start", service, "--no-wait"]);
        daemon.wait_until(&name(service), |info| {
            info.status.state == ServiceState::Stopped && info.has_failed()
        });
    }
    let shown = text(&daemon.relance(&["status"]));
    assert!(shown.contains("3 services: 1 running, 2 failed"), "{shown}");
    assert!(
        shown.contains("broken") && shown.contains("nothing follows"),
        "{shown}"
    );
    assert!(
        shown.contains("restart in") && shown.contains("relance why waits"),
        "{shown}"
    );
    assert!(!shown.contains("relance why runs"), "{shown}");
    let json = daemon.relance(&["status", "--json"]);
    let reply: Json = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(reply["counts"]["failed"], 2);
    assert_eq!(
        reply["needed"][0]["name"], "broken",
        "what stays comes first"
    );
    assert_eq!(reply["needed"][0]["urgent"], true);
}

#[test]
fn what_draws_on_a_terminal_says_so_without_one() {
    let daemon = Daemon::start(relance());
    let top = daemon.relance(&["top"]);
    assert_eq!(top.status.code(), Some(2));
    assert!(text(&top).contains("relance list"), "{}", text(&top));
    let watch = daemon.relance(&["list", "--watch"]);
    assert_eq!(watch.status.code(), Some(2));
    assert!(
        text(&watch).contains("relance events --follow"),
        "{}",
        text(&watch)
    );
}
