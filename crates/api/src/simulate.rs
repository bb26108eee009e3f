//! The simulator.

use std::time::Duration;

use axum::Json;
use relance_policy::Time;
use relance_policy::simulate::{Entry, Occurrence, Script, Timeline, simulate as play};
use relance_scm::{FailureActions, ServiceConfig, ServiceKind, ServiceName};
use relance_wire::api::{SimulateRequest, SimulationEntry, SimulationReply, read_kind};

use crate::reply::{Answer, Body};

/// `POST /v1/simulate`
pub(crate) async fn simulate(Body(body): Body<SimulateRequest>) -> Answer<Json<SimulationReply>> {
    let mut config = ServiceConfig::new(ServiceName::new("the service")?, "simulation");
    config.failure_actions = FailureActions::try_from(&body.recovery)?;
    config.failure_actions_on_non_crash_failures = body.recovery.on_error_stop;
    config.kind = body
        .kind
        .as_deref()
        .map_or(Ok(ServiceKind::Service), read_kind)?;
    let script: Script = body.script.parse()?;
    let timeline = play(&config, &script);
    Ok(Json(reply(&timeline)))
}

/// A time line as the API sends it.
#[must_use]
pub fn reply(timeline: &Timeline) -> SimulationReply {
    SimulationReply {
        entries: timeline.entries.iter().map(entry).collect(),
        truncated: timeline.truncated,
        end_ms: millis(timeline.end),
        final_state: timeline.final_state.name().to_owned(),
        failure_count: timeline.failure_count,
    }
}

fn entry(entry: &Entry) -> SimulationEntry {
    let (kind, event) = match &entry.what {
        Occurrence::Happened(_) => ("script", None),
        Occurrence::Ignored(_) => ("ignored", None),
        Occurrence::Refused(_) => ("refused", None),
        Occurrence::CounterReset => ("reset", None),
        Occurrence::Logged(event) => ("event", Some(event)),
        Occurrence::CommandRun(_) => ("command", None),
        Occurrence::Rebooted => ("reboot", None),
    };
    SimulationEntry {
        at_ms: millis(entry.at),
        kind: kind.to_owned(),
        event_id: event.map(relance_scm::event::Event::id),
        parameters: event
            .map(|event| event.parameters("the service", "the service"))
            .unwrap_or_default(),
        text: entry.what.sentence("the service"),
    }
}

fn millis(time: Time) -> u64 {
    Duration::from_nanos(time.as_nanos())
        .as_millis()
        .try_into()
        .unwrap_or(u64::MAX)
}
