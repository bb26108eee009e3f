//! Results of the simulator, as the API sends them and as `relance simulate --json` prints them.

use std::time::Duration;

use relance_policy::Time;
use relance_policy::simulate::{Entry, Occurrence, Timeline};
use relance_wire::api::{SimulationEntry, SimulationReply};

/// A time line as the API sends it.
#[must_use]
pub fn reply(timeline: &Timeline) -> SimulationReply {
    SimulationReply {
        entries: timeline.entries.iter().map(entry).collect(),
        truncated: timeline.truncated,
        end_ms: millis(timeline.end),
        final_state: timeline.final_state.name().to_owned(),
        failure_count: timeline.failure_count,
        begins_at_ms: timeline.begin.map(of_seconds),
        next_starts_at_ms: timeline
            .next_starts
            .iter()
            .map(|at| of_seconds(*at))
            .collect(),
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
        Occurrence::ScheduledStart => ("schedule", None),
        Occurrence::Finished => ("finished", None),
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

fn of_seconds(at: i64) -> i64 {
    at.saturating_mul(1000)
}

fn millis(time: Time) -> u64 {
    Duration::from_nanos(time.as_nanos())
        .as_millis()
        .try_into()
        .unwrap_or(u64::MAX)
}
