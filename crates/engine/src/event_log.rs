//! Makes an entry of the log from an event of the policy and the record of its service.

use relance_policy::ServiceRecord;
use relance_scm::PolicyName;
use relance_scm::event::{Event, EventSource};
use relance_scm::event_log::{Author, Details, LogEntry, NewEntry, Timestamp};

/// The entry for an event of a service, with what the record knows after the step.
pub(crate) fn entry_of_service(
    number: u64,
    at: Timestamp,
    event: &Event,
    record: &ServiceRecord,
) -> LogEntry {
    let config = &record.config;
    LogEntry {
        number,
        at,
        source: event.source(),
        event_id: event.id(),
        level: event.level(),
        service: Some((record.id, config.service_name.as_str().into())),
        parameters: event.parameters(config.service_name.as_str(), &config.display_name),
        details: details(at, event, record),
    }
}

/// The entry for an event of the manager itself.
pub(crate) fn entry_of_manager(number: u64, at: Timestamp, event: &Event) -> LogEntry {
    LogEntry {
        number,
        at,
        source: event.source(),
        event_id: event.id(),
        level: event.level(),
        service: None,
        parameters: event.parameters("", ""),
        details: Details::default(),
    }
}

/// The entry that a program writes, about the service of that name if there is one. If the service itself
/// writes it, it belongs to its run.
pub(crate) fn entry_of_program(
    at: Timestamp,
    entry: NewEntry,
    author: Author,
    service: Option<&ServiceRecord>,
) -> LogEntry {
    let is_its_own = |record: &&ServiceRecord| {
        let name = record.config.service_name.as_str();
        author.service.as_deref() == Some(name)
    };
    let run = service
        .filter(is_its_own)
        .and_then(|record| record.run.as_ref());
    LogEntry {
        number: 0,
        at,
        source: EventSource::Application,
        event_id: entry.event_id,
        level: entry.level,
        service: service.map(|record| (record.id, record.config.service_name.as_str().into())),
        parameters: vec![entry.name.into(), entry.text.into()],
        details: Details {
            run: run.map(|run| run.id),
            pid: run.map_or(0, |run| run.pid),
            author: Some(author),
            ..Details::default()
        },
    }
}

/// Whether this entry holds the last lines of output, as those about failures and failed starts do.
pub(crate) fn wants_output(entry: &LogEntry) -> bool {
    entry.source != EventSource::Application
        && matches!(entry.event_id, 7000 | 7023 | 7024 | 7031 | 7034)
}

fn details(at: Timestamp, event: &Event, record: &ServiceRecord) -> Details {
    let run = record.run.as_ref().map(|run| (run.id, run.pid));
    let end = record
        .last_end
        .as_ref()
        .filter(|end| ends_a_run(event) || run.is_none_or(|r| r.0 == end.run));
    let config = &record.config;
    let mut details = Details::default();
    match (end, run) {
        (Some(end), _) if ends_a_run(event) => {
            details.run = Some(end.run);
            details.exit = end.exit;
            let told = end.cause.as_ref().map(ToString::to_string);
            details.cause = told.or_else(|| end.exit.map(|exit| exit.to_string()));
        }
        (_, Some((id, pid))) => {
            details.run = Some(id);
            details.pid = pid;
        }
        (end, None) => details.run = end.map(|end| end.run),
    }
    if matches!(event, Event::Failed { .. }) {
        details.policy = PolicyName::of(config).map(|name| name.to_string());
    }
    if let Event::Failed {
        action: Some(action),
        ..
    } = event
    {
        let delay = i64::from(action.delay_ms());
        details.due = (event.id() == 7031).then_some(Timestamp(at.0 + delay));
    }
    details
}

/// Entries about the end of a run rather than about the run that follows it in the same step.
fn ends_a_run(event: &Event) -> bool {
    matches!(
        event,
        Event::Failed { .. }
            | Event::StoppedWithError(_)
            | Event::StoppedWithSpecificError(_)
            | Event::CleanStopAfterError(_)
            | Event::DownForGood(_)
            | Event::StartFailed(_)
            | Event::ConnectTimedOut { .. }
            | Event::Recycled(_)
            | Event::RecycledTooOften(_)
            | Event::FinalStatus(_)
            | Event::Terminated
            | Event::EndNotSeen
            | Event::LeftProcesses
            | Event::Held(_)
            | Event::NeededHangs(..)
    )
}
