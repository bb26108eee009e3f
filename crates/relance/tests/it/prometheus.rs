//! A real Prometheus, as Debian packages it, reads a real daemon, and the alerts of the packages fire in it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use relance_scm::{ServiceConfig, ServiceKind, ServiceState};
use relance_testkit::daemon::Daemon;
use serde_json::{Value as Json, json};

use crate::console::{address, open_to_all};
use crate::support::{done, name, relance};

const ALERTS: &str = include_str!("../../../../packaging/prometheus/relance.rules.yml");

/// A process that ends with the test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The configuration: this console is read every other second, and alerts go to this address.
fn configuration(folder: &Path, console: SocketAddr, token: &str, receiver: SocketAddr) -> String {
    // Nobody waits for minutes here.
    let alerts = ALERTS
        .lines()
        .filter(|line| !line.trim_start().starts_with("for:"));
    let rules = folder.join("rules.yml");
    std::fs::write(&rules, alerts.collect::<Vec<_>>().join("\n")).expect("written");
    format!(
        "global: {{scrape_interval: 2s, scrape_timeout: 2s, evaluation_interval: 1s}}\n\
         rule_files: ['{}']\n\
         alerting: {{alertmanagers: [{{static_configs: [{{targets: ['{receiver}']}}]}}]}}\n\
         scrape_configs: [{{job_name: relance, authorization: {{credentials: '{token}'}}, \
         static_configs: [{{targets: ['{console}']}}]}}]\n",
        rules.display()
    )
}

/// Nobody waits for one that has ended: its log comes as an alert.
fn tell_end(mut log: impl Read, receiver: SocketAddr) {
    let mut said = String::new();
    let _ = log.read_to_string(&mut said);
    let alert = json!([{ "labels": { "alertname": "RelanceServiceDown", "service": said } }]);
    let body = alert.to_string();
    if let Ok(mut stream) = TcpStream::connect(receiver) {
        let request = format!(
            "POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let _ = stream.write_all(request.as_bytes());
        let _ = stream.read(&mut [0; 16]);
    }
}

fn prometheus(folder: &Path, receiver: SocketAddr) -> Option<Ended> {
    let path = |name: &str| folder.join(name).display().to_string();
    let child = Command::new("prometheus")
        .arg(format!("--config.file={}", path("prometheus.yml")))
        .arg(format!("--storage.tsdb.path={}", path("data")))
        .arg(format!("--web.listen-address={}", address()))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    match child {
        Ok(mut child) => {
            let stderr = child.stderr.take().expect("piped");
            std::thread::spawn(move || tell_end(stderr, receiver));
            Some(Ended(child))
        }
        Err(_) => {
            eprintln!("not run: needs prometheus (apt install prometheus)");
            None
        }
    }
}

/// The alerts of one request of Prometheus.
fn received(stream: TcpStream) -> Option<Json> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let mut stream = stream;
    stream
        .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        .ok()?;
    serde_json::from_slice(&body).ok()
}

#[test]
fn prometheus_reads_the_daemon_and_an_alert_names_the_service_that_failed() {
    let console = address();
    let daemon = Daemon::with(relance(), &["--console", &console.to_string()]);
    open_to_all(&daemon);
    let token = daemon.relance(&["console", "token", "prometheus"]);
    done(&token);
    let token = String::from_utf8_lossy(&token.stdout).into_owned();
    let token = token
        .split_whitespace()
        .find(|word| word.len() > 30)
        .expect("a token");
    let receiver = TcpListener::bind(address()).expect("a free address");
    let folder = tempfile::tempdir().expect("a folder");
    let at = receiver.local_addr().expect("bound");
    let text = configuration(folder.path(), console, token, at);
    std::fs::write(folder.path().join("prometheus.yml"), text).expect("written");
    let Some(_prometheus) = prometheus(folder.path(), at) else {
        return;
    };
    let mut config = ServiceConfig::new(name("mails"), "/bin/false");
    config.kind = ServiceKind::Program;
    daemon.create(config);
    let _ = daemon.start_service(&name("mails"));
    daemon.wait_for_state(&name("mails"), ServiceState::Stopped);
    let alert = receiver
        .incoming()
        .filter_map(|stream| received(stream.ok()?))
        .flat_map(|alerts| alerts.as_array().cloned().unwrap_or_default())
        .find(|alert| alert["labels"]["alertname"] == "RelanceServiceDown");
    let alert = alert.expect("Prometheus says so");
    assert_eq!(alert["labels"]["service"], "mails", "{alert}");
    assert_eq!(alert["labels"]["instance"], console.to_string(), "{alert}");
    let description = alert["annotations"]["description"]
        .as_str()
        .unwrap_or_default();
    assert!(description.contains("relance why 'mails'"), "{alert}");
}
