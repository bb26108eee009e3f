//! What is shipped for Prometheus and Grafana, checked with Prometheus' own tool.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use relance_scm::event::Event;
use relance_scm::event_log::{Details, LogEntry, Timestamp};
use relance_scm::manager::{PendingInfo, ServiceInfo, Usage};
use relance_scm::status::ProcessExit;
use relance_scm::{RecoveryAction, RecoveryActionKind, ServiceState};

use super::text::Format;
use crate::counts::Counts;
use crate::table;
use crate::testing;

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../packaging")
        .join(name)
}

/// Runs `promtool`; false where there is none.
fn promtool(arguments: &[&str], input: &str) -> bool {
    let mut command = Command::new("promtool");
    command
        .args(arguments)
        .current_dir(shipped("prometheus"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        println!("not run: needs promtool (apt install prometheus)");
        return false;
    };
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    let said =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(output.status.success(), "{arguments:?}: {}", said.concat());
    true
}

fn info(number: u32) -> Arc<ServiceInfo> {
    let name = format!("a \"{number}\" é");
    let mut info = (*table::tests::info(number, &name, ServiceState::Running, 0)).clone();
    info.recovery.pending = vec![PendingInfo {
        due: Timestamp(60_000),
        action: RecoveryAction::new(RecoveryActionKind::Restart, 1000),
        executing: false,
        delayed_by: None,
        failure_count: 1,
    }];
    Arc::new(info)
}

fn entry(number: u64, at: i64, event: &Event) -> LogEntry {
    LogEntry {
        number,
        details: Details {
            exit: Some(ProcessExit::Signaled(11)),
            ..Details::default()
        },
        ..testing::entry(at, event)
    }
}

fn rendered(format: Format, services: u32, most: usize) -> String {
    let mut counts = Counts::default();
    let failed = Event::Failed {
        failure_count: 1,
        action: None,
    };
    counts.count(&entry(41, 1_000, &failed));
    counts.count(&entry(
        42,
        3_500,
        &Event::StateEntered(ServiceState::Running),
    ));
    let infos: Vec<_> = (1..=services).map(info).collect();
    let usage = infos.iter().map(|info| Usage {
        service: info.id,
        cpu_ms: 1500,
        memory_bytes: 1 << 20,
        memory_peak_bytes: None,
        processes: 2,
    });
    let usage: Vec<_> = usage.collect();
    super::text(
        format,
        &counts,
        &infos.iter().collect::<Vec<_>>(),
        &usage,
        most,
    )
}

#[test]
fn prometheus_reads_the_metrics_and_finds_nothing_to_blame() {
    promtool(&["check", "metrics"], &rendered(Format::Prometheus, 3, 10));
}

#[test]
fn a_recovery_is_measured_from_the_failure_and_names_its_event() {
    let text = rendered(Format::OpenMetrics, 1, 10);
    for line in [
        "# TYPE relance_service_failures counter",
        "relance_service_failures_total{service=\"a \\\"1\\\" é\",cause=\"signal\"} 1",
        "relance_service_recovery_seconds_bucket{service=\"a \\\"1\\\" é\",le=\"1.000\"} 0",
        "relance_service_recovery_seconds_bucket{service=\"a \\\"1\\\" é\",le=\"10.000\"} 1 # {event=\"41\"} 2.500 3.500",
        "relance_service_recovery_due_timestamp_seconds{service=\"a \\\"1\\\" é\"} 60.000",
        "# EOF",
    ] {
        assert!(text.lines().any(|each| each == line), "{line}\n{text}");
    }
    assert!(!rendered(Format::Prometheus, 1, 10).contains("# {"));
}

#[test]
fn only_so_many_services_have_series_and_the_rest_is_counted() {
    let series = |most| {
        let text = rendered(Format::Prometheus, 5, most);
        let of = text
            .lines()
            .filter(|line| line.starts_with("relance_service_state{"));
        let left_out = text
            .lines()
            .find(|line| line.starts_with("relance_services_left_out"));
        (of.count(), left_out.unwrap().to_owned())
    };
    assert_eq!(series(2), (2, "relance_services_left_out 3".to_owned()));
    assert_eq!(series(0).0, 0);
    assert_eq!(series(99), (5, "relance_services_left_out 0".to_owned()));
}

#[test]
fn the_alerts_are_valid_and_say_what_they_should() {
    if promtool(&["check", "rules", "relance.rules.yml"], "") {
        promtool(&["test", "rules", "relance.rules.test.yml"], "");
    }
}

#[test]
fn the_dashboard_asks_for_metrics_that_there_are() {
    let text = std::fs::read_to_string(shipped("grafana/relance.json")).unwrap();
    let dashboard: serde_json::Value = serde_json::from_str(&text).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels
        .iter()
        .flat_map(|panel| panel["targets"].as_array().unwrap());
    let asked: Vec<&str> = targets
        .map(|target| target["expr"].as_str().unwrap())
        .collect();
    assert!(asked.len() >= 10);
    // Questions become rules, because there is a tool that reads those.
    let mut rules = String::from("groups:\n- name: dashboard\n  rules:\n");
    for (index, question) in asked.iter().enumerate() {
        let question = question
            .replace("$__rate_interval", "5m")
            .replace("$__range", "1d");
        rules.push_str(&format!(
            "  - record: relance:panel_{index}\n    expr: {}\n",
            serde_json::json!(question)
        ));
    }
    let file = std::env::temp_dir().join(format!("relance-dashboard-{}.yml", std::process::id()));
    std::fs::write(&file, rules).unwrap();
    promtool(&["check", "rules", file.to_str().unwrap()], "");
    std::fs::remove_file(&file).unwrap();
    let alerts = std::fs::read_to_string(shipped("prometheus/relance.rules.yml")).unwrap();
    let exposed = rendered(Format::Prometheus, 1, 10);
    let questions = asked
        .iter()
        .copied()
        .chain(alerts.lines().filter(|line| line.contains("expr:")));
    for question in questions {
        for name in names(question) {
            let family = name.trim_end_matches("_bucket");
            assert!(
                exposed.contains(&format!("# TYPE {family} ")),
                "{name} is not exposed"
            );
        }
        for (name, label) in labels(question) {
            let head = format!("{name}{{");
            let series = exposed.lines().filter(|line| line.starts_with(&head));
            // What these services have no series of is asked of a real Prometheus (prometheus.test.mjs).
            for line in series {
                assert!(
                    line.contains(&format!("{label}=\"")),
                    "{name} has no label {label}"
                );
            }
        }
    }
}

/// The labels that a question asks of each metric, without the one that Prometheus adds.
fn labels(question: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    for name in names(question) {
        let rest = question.split_once(&format!("{name}{{"));
        let asked = rest.and_then(|(_, rest)| rest.split_once('}'));
        let pairs = asked.map_or("", |(asked, _)| asked).split(',');
        let keys = pairs.filter_map(|pair| pair.split(['=', '!', '~']).next());
        let keys = keys.filter(|key| !key.is_empty() && *key != "instance");
        found.extend(keys.map(|key| (name, key)));
    }
    found
}

/// The metrics of Relance in a question.
fn names(question: &str) -> Vec<&str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = question.split(|c| !is_name(c));
    words.filter(|word| word.starts_with("relance_")).collect()
}
