//! Entries of the event log as they are stored and published: an [`Event`] with what else is known of
//! the occurrence.

use std::sync::Arc;

use relance_policy::{RunId, ServiceId, ServiceRecord};
use relance_scm::event::{Event, EventLevel, EventSource, render};
use relance_scm::status::ProcessExit;

/// A moment on the wall clock: milliseconds since 1970, UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WallTime(pub i64);

/// One entry of the event log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// Number in the log: rising, without holes while the manager runs.
    pub number: u64,
    /// When.
    pub at: WallTime,
    /// Who writes it.
    pub source: EventSource,
    /// Number of the kind of entry: 7031.
    pub event_id: u32,
    /// How bad it is.
    pub level: EventLevel,
    /// Whom it is about; `None`: the manager.
    pub service: Option<(ServiceId, Arc<str>)>,
    /// Windows' insertion parameters.
    pub parameters: Vec<String>,
    /// What else is known.
    pub details: Details,
}

/// What Windows does not keep beside an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// The run it belongs to.
    pub run: Option<RunId>,
    /// Its process; 0: none.
    pub pid: u32,
    /// What the kernel saw of the end of the process.
    pub exit: Option<ProcessExit>,
    /// When the recovery action is due.
    pub due: Option<WallTime>,
    /// Why, in words.
    pub cause: Option<String>,
    /// The last lines of the service's output.
    pub output: Option<String>,
}

impl LogEntry {
    /// The entry for an event of a service, with what the record knows after the step.
    #[must_use]
    pub fn of_service(number: u64, at: WallTime, event: &Event, record: &ServiceRecord) -> Self {
        let config = &record.config;
        Self {
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
    #[must_use]
    pub fn of_manager(number: u64, at: WallTime, event: &Event) -> Self {
        Self {
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

    /// The sentence for people.
    #[must_use]
    pub fn text(&self) -> String {
        render(self.source, self.event_id, &self.parameters)
    }

    /// Whether the last lines of output belong into this entry: failures and failed starts.
    #[must_use]
    pub fn wants_output(&self) -> bool {
        matches!(self.event_id, 7000 | 7023 | 7024 | 7031 | 7034)
    }
}

fn details(at: WallTime, event: &Event, record: &ServiceRecord) -> Details {
    let run = record.run.as_ref().map(|run| (run.id, run.pid));
    let end = record
        .last_end
        .filter(|end| ends_a_run(event) || run.is_none_or(|r| r.0 == end.run));
    let mut details = Details::default();
    match (end, run) {
        (Some(end), _) if ends_a_run(event) => {
            details.run = Some(end.run);
            details.exit = end.exit;
            details.cause = end.exit.map(|exit| exit.to_string());
        }
        (_, Some((id, pid))) => {
            details.run = Some(id);
            details.pid = pid;
        }
        (end, None) => details.run = end.map(|end| end.run),
    }
    if let Event::Failed {
        action: Some(action),
        ..
    } = event
    {
        let delay = i64::from(action.delay_ms());
        details.due = (event.id() == 7031).then_some(WallTime(at.0 + delay));
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
            | Event::StartFailed(_)
            | Event::ConnectTimedOut(_)
            | Event::Recycled(_)
            | Event::Terminated
            | Event::EndNotSeen
    )
}
