//! Settings that do nothing because of others are told wherever they are set (X47), by the names used there.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::process::Output;

use relance_testkit::daemon::Daemon;

use crate::support::{done, relance};

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

/// What the manager answers over its socket.
pub(crate) fn request(daemon: &Daemon, method: &str, path: &str, body: &str) -> String {
    let mut stream = UnixStream::connect(daemon.socket()).expect("it listens");
    let head = "Host: x\r\nConnection: close\r\nContent-Type: application/json";
    let length = body.len();
    let request =
        format!("{method} {path} HTTP/1.1\r\n{head}\r\nContent-Length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}

const OPTION: &str = "--probe-interval has no effect without --probe (X47)";
const KEY: &str = "probe_interval_ms has no effect without probe (X47)";

#[test]
fn x47_at_creation_at_a_change_and_by_the_doctor() {
    let daemon = Daemon::start(relance());
    let words = ["create", "a", "--probe-interval=3s", "--", "/bin/true"];
    let said = text(&daemon.relance(&words));
    assert!(
        said.starts_with(&format!("a: {OPTION}; give --probe")),
        "{said}"
    );
    let found = text(&daemon.relance(&["doctor"]));
    assert!(found.contains(OPTION), "{found}");
    let changed = text(&daemon.relance(&["config", "a", "--probe", "output"]));
    assert_eq!(changed, "", "both are there now");
    let changed = text(&daemon.relance(&["config", "a", "--probe", ""]));
    assert!(changed.contains(OPTION), "{changed}");
    let other = text(&daemon.relance(&["config", "a", "--description", "x"]));
    assert_eq!(other, "", "a change of something else");
    let words = ["create", "w@", "--instances", "2", "--", "/bin/true"];
    done(&daemon.relance(&words));
    let all = text(&daemon.relance(&["config", "w@", "--probe-interval=3s"]));
    let told = all.matches(&format!("w@: {OPTION}")).count();
    assert_eq!(told, 1, "once for all of them: {all}");
}

#[test]
fn x47_by_apply_before_and_after() {
    let daemon = Daemon::start(relance());
    let file = daemon.folder().join("services.toml");
    let service = "[[service]]\nname = \"a\"\ncommand_line = \"/bin/true\"\n\
                   [service.extensions]\nprobe_interval_ms = 3000\n";
    fs::write(&file, service).expect("a file of the test's own");
    let path = file.display().to_string();
    for options in [&["--dry-run"][..], &[]] {
        let words = [&["apply", "--file", &path], options].concat();
        let said = text(&daemon.relance(&words));
        assert!(
            said.contains(&format!("a: {KEY}; give probe too")),
            "{said}"
        );
    }
    let again = text(&daemon.relance(&["apply", "--file", &path, "--json"]));
    assert!(!again.contains("X47"), "it is as it was: {again}");
    fs::write(&file, format!("{service}probe_failures = 7\n")).expect("a file of the test's own");
    let json = text(&daemon.relance(&["apply", "--file", &path, "--json"]));
    assert!(json.contains(&format!("\"sentence\": \"{KEY}\"")), "{json}");
}

#[test]
fn x47_by_the_api() {
    let daemon = Daemon::start(relance());
    let service = |name: &str| {
        format!(
            r#"{{"name":"{name}","command_line":"/bin/true","kind":"program","extensions":{{"probe_interval_ms":3000}}}}"#
        )
    };
    let created = request(&daemon, "POST", "/v1/services", &service("a"));
    assert!(created.starts_with("HTTP/1.1 201"), "{created}");
    assert!(created.contains(KEY), "{created}");
    let change = r#"{"description":"x"}"#;
    let changed = request(&daemon, "PATCH", "/v1/services/a", change);
    assert!(changed.contains(KEY), "{changed}");
    let shown = request(&daemon, "GET", "/v1/services/a", "");
    assert!(shown.contains(KEY), "{shown}");
    let services = format!(r#"{{"services":[{}]}}"#, service("b"));
    let applied = request(&daemon, "POST", "/v1/apply", &services);
    assert!(
        applied.contains(r#""contradictions":[{"name":"b""#),
        "{applied}"
    );
    let change = r#"{"extensions":{"probe":"output"}}"#;
    let changed = request(&daemon, "PATCH", "/v1/services/a", change);
    assert!(changed.ends_with(r#"{"contradictions":[]}"#), "{changed}");
}
