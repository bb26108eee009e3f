//! For those who watch over many machines: Prometheus' `/metrics`, `/healthz` and `/readyz`.
//!
//! Counters count what the console has seen since it was started. It sees what every local peer sees.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use relance_client::ServiceManager;
use relance_scm::manager::{ServiceInfo, wait};
use relance_scm::{Caller, ServiceState};
use tokio::sync::broadcast::error::RecvError;

use crate::app::App;
use crate::counts::{BOUNDS, Counts};
use crate::manager::{blocking, open};
use crate::reply::{Answer, status};
use crate::viewer::Viewer;

/// Pause before the manager is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// Counts for as long as the console lives.
pub(crate) async fn observe(app: Arc<App>) {
    loop {
        if let Ok(hub) = app.hubs.of(&app.target, None, true).await {
            let mut log = hub.log();
            loop {
                match log.recv().await {
                    Ok(entry) => app.metrics.lock().count(&entry),
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => break,
                }
            }
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// `GET /metrics`: for every session and token.
pub(crate) async fn metrics(viewer: Viewer) -> Answer<Response> {
    let hub = viewer.hub().await?;
    let text = hub.read(|state| text(&viewer.app.metrics.lock(), state.services.values()));
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

fn text<'a>(counts: &Counts, services: impl Iterator<Item = &'a Arc<ServiceInfo>>) -> String {
    let mut states: BTreeMap<&str, u64> = ServiceState::ALL
        .into_iter()
        .map(|state| (state.name(), 0))
        .collect();
    let mut pending = 0;
    for info in services {
        *states.entry(info.status.state.name()).or_default() += 1;
        pending += info.recovery.pending.len();
    }
    let mut text = String::new();
    let mut family = |name: &str, kind: &str, help: &str, lines: Vec<(String, String)>| {
        let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
        for (labels, value) in lines {
            let _ = writeln!(text, "{name}{labels} {value}");
        }
    };
    let labelled = |label: &str, map: &BTreeMap<&str, u64>| -> Vec<(String, String)> {
        map.iter()
            .map(|(key, value)| (format!("{{{label}=\"{key}\"}}"), value.to_string()))
            .collect()
    };
    family(
        "relance_services",
        "gauge",
        "Services by state.",
        labelled("state", &states),
    );
    family(
        "relance_recovery_actions_pending",
        "gauge",
        "Recovery actions that are queued.",
        vec![(String::new(), pending.to_string())],
    );
    family(
        "relance_failures_total",
        "counter",
        "Failures by what the kernel saw.",
        labelled("cause", &counts.failures),
    );
    family(
        "relance_recoveries_total",
        "counter",
        "Services that came back after a recovery action.",
        vec![(String::new(), counts.recoveries.to_string())],
    );
    family(
        "relance_recovery_actions_failed_total",
        "counter",
        "Recovery actions that could not be carried out (event 7032).",
        vec![(String::new(), counts.failed_recoveries.to_string())],
    );
    let events = counts.events.iter().map(|((level, id), count)| {
        let labels = format!("{{level=\"{level}\",event_id=\"{id}\"}}");
        (labels, count.to_string())
    });
    family(
        "relance_events_total",
        "counter",
        "Entries of the event log.",
        events.collect(),
    );
    histogram(&mut text, counts);
    text
}

fn histogram(text: &mut String, counts: &Counts) {
    const NAME: &str = "relance_restart_latency_seconds";
    let seconds = |ms: i64| format!("{}.{:03}", ms / 1000, ms % 1000);
    let _ = write!(
        text,
        "# HELP {NAME} From the moment a restart was due until the service ran.\n# TYPE {NAME} histogram\n"
    );
    for (bound, count) in BOUNDS.iter().zip(counts.within) {
        let _ = writeln!(text, "{NAME}_bucket{{le=\"{}\"}} {count}", seconds(*bound));
    }
    let _ = writeln!(text, "{NAME}_bucket{{le=\"+Inf\"}} {}", counts.recoveries);
    let _ = writeln!(text, "{NAME}_sum {}", seconds(counts.latency_sum_ms));
    let _ = writeln!(text, "{NAME}_count {}", counts.recoveries);
}

/// `GET /healthz`: this process lives.
pub(crate) async fn health() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the manager answers.
pub(crate) async fn ready(State(app): State<Arc<App>>) -> Response {
    let target = app.target.clone();
    let asked = blocking(move || {
        let manager = open(&target, None)?;
        wait(|reply| manager.query_manager(&Caller::system(), reply))
    });
    let _turn = app.gate.stranger().await;
    match asked.await {
        Ok(_) => "ok\n".into_response(),
        Err(error) => {
            let code = match status(&error) {
                StatusCode::OK => StatusCode::SERVICE_UNAVAILABLE,
                code => code,
            };
            (code, format!("{error}\n")).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use relance_scm::event::Event;
    use relance_scm::event_log::{Details, LogEntry, Timestamp};
    use relance_scm::status::ProcessExit;
    use relance_scm::{RecoveryAction, RecoveryActionKind, ServiceId};

    use super::*;

    fn entry(at: i64, event: &Event, details: Details) -> LogEntry {
        LogEntry {
            number: 1,
            at: Timestamp(at),
            source: event.source(),
            event_id: event.id(),
            level: event.level(),
            service: Some((ServiceId(1), "a".into())),
            parameters: event.parameters("a", "a"),
            details,
        }
    }

    #[test]
    fn a_restart_is_measured_from_the_moment_it_was_due() {
        let mut counts = Counts::default();
        let details = Details {
            exit: Some(ProcessExit::Signaled(11)),
            due: Some(Timestamp(5000)),
            ..Details::default()
        };
        let failed = Event::Failed {
            failure_count: 1,
            action: Some(RecoveryAction::new(RecoveryActionKind::Restart, 5000)),
        };
        let state = |at, state| entry(at, &Event::StateEntered(state), Details::default());
        counts.count(&entry(0, &failed, details));
        counts.count(&state(0, ServiceState::Stopped));
        counts.count(&state(5030, ServiceState::Running));
        // A start that nobody was waiting for does not count as a recovery.
        counts.count(&state(9000, ServiceState::Running));
        let text = text(&counts, [].iter());
        for line in [
            "relance_failures_total{cause=\"signal\"} 1",
            "relance_recoveries_total 1",
            "relance_restart_latency_seconds_bucket{le=\"0.025\"} 0",
            "relance_restart_latency_seconds_bucket{le=\"0.050\"} 1",
            "relance_restart_latency_seconds_bucket{le=\"+Inf\"} 1",
            "relance_restart_latency_seconds_sum 0.030",
            "relance_services{state=\"RUNNING\"} 0",
            "relance_events_total{level=\"information\",event_id=\"7036\"} 3",
        ] {
            assert!(text.lines().any(|each| each == line), "{line}\n{text}");
        }
    }
}
