//! What an exit status, or the code that a service reports with STOPPED, asks for beyond the rules of
//! failures: another start (X2, X11), or no start at all (X12).

use std::time::Duration;

use relance_scm::config::StartType;
use relance_scm::event::Event;
use relance_scm::settings::{
    NO_RESTART_ON_EXIT, RESTART_ON_EXIT, RESTART_ON_EXIT_DELAY, RESTART_ON_EXIT_LIMIT,
    RESTART_ON_EXIT_PERIOD,
};
use relance_scm::{ExitCode, Win32Error};

use crate::draft::Draft;
use crate::ending;
use crate::record::{EndReason, Recycling, Run, StartCause};
use crate::{failure, held, start};

/// A service that asks for new starts faster than this ...
const SHORT_RUN: Duration = Duration::from_secs(1);
/// ... so many times in a row is slowed down to one start per [`SHORT_RUN`].
const SHORT_RUNS_MAX: u8 = 5;

/// What a status asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StatusRequest {
    /// X2: another start.
    Start(u8),
    /// X11: another start, and there were too many already: a failure.
    TooMany(u8),
    /// X12: no start at all.
    Final(u8),
}

/// What the end of a run that nobody had asked to stop asks for; `None`: nothing special.
pub(crate) fn request(draft: &Draft, exit_code: ExitCode) -> Option<StatusRequest> {
    let record = &draft.record;
    if record.shutting_down {
        return None;
    }
    let status = status_of(exit_code)?;
    let config = &record.config;
    if config.extensions.get(NO_RESTART_ON_EXIT).contains(&status) {
        return Some(StatusRequest::Final(status));
    }
    let listed = config.extensions.get(RESTART_ON_EXIT).contains(&status);
    if !listed || config.start_type == StartType::Disabled || record.marked_for_delete {
        return None;
    }
    Some(if is_one_too_many(draft) {
        StatusRequest::TooMany(status)
    } else {
        StatusRequest::Start(status)
    })
}

/// The exit status that a code stands for: 0, or a code of the service's own.
fn status_of(exit_code: ExitCode) -> Option<u8> {
    match exit_code {
        ExitCode::SUCCESS => Some(0),
        ExitCode::Win32(_) => None,
        ExitCode::ServiceSpecific(code) => u8::try_from(code).ok(),
    }
}

fn is_one_too_many(draft: &Draft) -> bool {
    let record = &draft.record;
    let limit = record.config.extensions.get(RESTART_ON_EXIT_LIMIT);
    let counted = current(draft).map_or(0, |recycling| u64::from(recycling.count));
    limit.is_some_and(|limit| counted >= limit)
}

/// The restarts of the period that has not ended yet.
fn current(draft: &Draft) -> Option<Recycling> {
    let record = &draft.record;
    let period = record.config.extensions.get(RESTART_ON_EXIT_PERIOD);
    record
        .recycling
        .filter(|recycling| draft.now < recycling.since + period)
}

/// Does what the status asks for. The run is off the record, and its end is noted.
pub(crate) fn grant(draft: &mut Draft, request: StatusRequest, ended: &Run) {
    match request {
        StatusRequest::Start(status) => again(draft, status, ended),
        StatusRequest::TooMany(status) => {
            draft.record.recycling = None;
            draft.log(Event::RecycledTooOften(status));
            failure::count(draft, ended.id);
            stopped(draft);
        }
        StatusRequest::Final(status) => {
            draft.log(Event::FinalStatus(status));
            stopped(draft);
        }
    }
}

/// How an end that asks for something is put on record.
pub(crate) fn reason(request: StatusRequest) -> EndReason {
    match request {
        StatusRequest::Start(status) => EndReason::Recycled(status),
        StatusRequest::TooMany(status) => EndReason::RecycledTooOften(status),
        StatusRequest::Final(status) => EndReason::Final(status),
    }
}

fn stopped(draft: &mut Draft) {
    draft.enter(relance_scm::ServiceState::Stopped);
}

/// X2: not counted. A service that asks for another start within a second is started once a second, so
/// that a mistake does not use a whole processor.
fn again(draft: &mut Draft, status: u8, ended: &Run) {
    let now = draft.now;
    draft.log(Event::Recycled(status));
    let counted = current(draft);
    draft.record.recycling = Some(Recycling {
        since: counted.map_or(now, |recycling| recycling.since),
        count: counted
            .map_or(0, |recycling| recycling.count)
            .saturating_add(1),
    });
    let short = now - ended.started_at < SHORT_RUN;
    draft.record.short_recycles = if short {
        draft.record.short_recycles.saturating_add(1)
    } else {
        0
    };
    if held::hold(draft) {
        return stopped(draft);
    }
    draft.record.state = relance_scm::ServiceState::Stopped;
    let mut delay = draft.record.config.extensions.get(RESTART_ON_EXIT_DELAY);
    if draft.record.short_recycles >= SHORT_RUNS_MAX {
        delay = delay.max(SHORT_RUN);
    }
    if delay.is_zero() {
        start::begin(draft, StartCause::Recycle, [].into());
    } else {
        start::begin_later(draft, now + delay);
    }
}

/// Ends the run of a program whose process has ended and whose status asks for something.
pub(crate) fn program_ended(draft: &mut Draft, request: StatusRequest, exit_code: ExitCode) {
    let from = draft.record.state;
    let Some(ended) = ending::end_run(draft, exit_code, None) else {
        return;
    };
    ending::note_end(draft, &ended, from, reason(request));
    if let StatusRequest::Final(_) = request {
        ending::log_exit_code(draft, exit_code);
    }
    ending::complete_controls(draft, &ended, Err(Win32Error::BROKEN_PIPE));
    grant(draft, request, &ended);
}
