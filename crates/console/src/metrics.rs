//! For monitoring: Prometheus' `/metrics`, `/healthz` and `/readyz`.
//!
//! Series that name a service are in `services`, the formats in `text`.
//! Counters count what the console has seen since it was started. It sees what every local peer sees.

mod services;
#[cfg(test)]
mod shipped;
mod text;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use relance_client::ServiceManager;
use relance_scm::manager::{ServiceInfo, Usage, wait};
use relance_scm::{Caller, ServiceState};
use tokio::sync::broadcast::error::RecvError;

use self::text::{Format, Writer, seconds};
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

/// `GET /metrics`: for every session and token, of the services that it may see.
pub(crate) async fn metrics(headers: HeaderMap, viewer: Viewer) -> Answer<Response> {
    let format = Format::of(&headers);
    let hub = viewer.hub().await?;
    let most = viewer.app.metrics_services;
    // Where that is not known there are no series of it.
    let usage = if most == 0 {
        Vec::new()
    } else {
        let asked = viewer
            .ask(|manager, caller, reply| manager.query_usage(caller, None, reply))
            .await;
        asked.unwrap_or_default()
    };
    let text = hub.read(|state| {
        let services: Vec<_> = state.services.values().collect();
        text(format, &viewer.app.metrics.lock(), &services, &usage, most)
    });
    Ok(([(header::CONTENT_TYPE, format.content_type())], text).into_response())
}

fn text(
    format: Format,
    counts: &Counts,
    all: &[&Arc<ServiceInfo>],
    usage: &[Usage],
    most: usize,
) -> String {
    let mut writer = Writer::new(format);
    totals(&mut writer, counts, all);
    let named = &all[..all.len().min(most)];
    services::write(&mut writer, counts, named, usage, all.len() - named.len());
    writer.end()
}

fn totals(writer: &mut Writer, counts: &Counts, all: &[&Arc<ServiceInfo>]) {
    let mut states: BTreeMap<&str, u64> = ServiceState::ALL
        .into_iter()
        .map(|state| (state.name(), 0))
        .collect();
    for info in all {
        *states.entry(info.status.state.name()).or_default() += 1;
    }
    writer.family("relance_services", "gauge", "Services by state.");
    for (state, count) in &states {
        writer.sample(&[("state", state)], count);
    }
    writer.family(
        "relance_recovery_actions_pending",
        "gauge",
        "Recovery actions that are queued.",
    );
    writer.sample(
        &[],
        all.iter()
            .map(|info| info.recovery.pending.len())
            .sum::<usize>(),
    );
    writer.family(
        "relance_failures",
        "counter",
        "Failures by what the kernel saw.",
    );
    for (cause, count) in &counts.failures {
        writer.sample(&[("cause", cause)], count);
    }
    writer.family(
        "relance_recoveries",
        "counter",
        "Services that came back after a recovery action.",
    );
    writer.sample(&[], counts.recoveries);
    let help = "Recovery actions that could not be carried out (event 7032).";
    writer.family("relance_recovery_actions_failed", "counter", help);
    writer.sample(&[], counts.failed_recoveries);
    writer.family("relance_events", "counter", "Entries of the event log.");
    for ((level, id), count) in &counts.events {
        writer.sample(&[("level", level), ("event_id", &id.to_string())], count);
    }
    histogram(writer, counts);
}

fn histogram(writer: &mut Writer, counts: &Counts) {
    let help = "From the moment a restart was due until the service ran.";
    writer.family("relance_restart_latency_seconds", "histogram", help);
    for (bound, count) in BOUNDS.iter().zip(counts.within) {
        writer.line("_bucket", &[("le", &seconds(*bound))], count, None);
    }
    writer.line("_bucket", &[("le", "+Inf")], counts.recoveries, None);
    writer.line("_sum", &[], seconds(counts.latency_sum_ms), None);
    writer.line("_count", &[], counts.recoveries, None);
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
    use relance_scm::{RecoveryAction, RecoveryActionKind};

    use super::*;
    use crate::testing;

    fn entry(at: i64, event: &Event, details: Details) -> LogEntry {
        LogEntry {
            number: 1,
            details,
            ..testing::entry(at, event)
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
        // Only a start that a failure had announced counts as a recovery.
        counts.count(&state(9000, ServiceState::Running));
        let text = text(Format::Prometheus, &counts, &[], &[], 10);
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
