//! The failure counter and the choice of the action (R11 to R25, R30, R39), and giving up (X82, X83).

use std::time::Duration;

use relance_scm::RecoveryActionKind;
use relance_scm::Win32Error;
use relance_scm::event::Event;
use relance_scm::failure_actions::RecoveryAction;
use relance_scm::settings::FAILURE_RULES;

use crate::action::Action;
use crate::delays;
use crate::draft::Draft;
use crate::held;
use crate::record::{ActionId, PENDING_ACTIONS_MAX, PendingAction, RunId, ServiceRecord};
use crate::rules;
use crate::time::millis;

/// Shortest time before a failed start is tried again.
const START_PAUSE: Duration = Duration::from_secs(1);

/// Counts a failure and queues what follows.
pub(crate) fn count(draft: &mut Draft, run: RunId) {
    count_with(draft, run, Duration::ZERO);
}

/// The same for a start that failed (X14). Such a failure takes no time, so a restart without delay would
/// fail again and again at the same moment.
pub(crate) fn count_start(draft: &mut Draft, run: RunId) {
    count_with(draft, run, START_PAUSE);
}

fn count_with(draft: &mut Draft, run: RunId, least: Duration) {
    if held::hold_end(draft, run) {
        return;
    }
    let now = draft.now;
    let starts_again = starts_again(draft, run);
    let record = &mut draft.record;
    // R13: the period is measured from the last failure; R14: period 0 resets at every failure;
    // R16: without actions nothing resets.
    if starts_again {
        record.failure_count = 0;
        record.forget_decided();
    }
    record.failure_count = record.failure_count.saturating_add(1);
    record.last_failure_at = Some(now);
    let failure_count = record.failure_count;
    let action = choose(record, run, failure_count);
    let mut action = action.map(|action| not_before(action, least));
    let restarts = action.is_some_and(|action| action.kind.restarts());
    // X83
    let given_up = restarts
        .then(|| record.try_again(now))
        .and_then(Result::err);
    if given_up.is_some() {
        action = when_given_up(record);
    }
    if let Some(end) = record.last_end.as_mut().filter(|end| end.run == run) {
        end.failure = Some(failure_count);
        end.action = action;
    }
    // R30: the entry first, then the queue. R22: NONE takes its place and does nothing.
    draft.log(Event::Failed {
        failure_count,
        action,
    });
    if let Some((limit, period_ms)) = given_up {
        draft.log(Event::GaveUp { limit, period_ms });
    }
    if let Some(action) = action.filter(|action| action.kind != RecoveryActionKind::None) {
        queue(draft, action, failure_count);
    }
}

/// X84: the first rule with the cause decides; without one, Windows' list decides. Each rule has its own count, so
/// that one cause does not use up the restarts of another.
fn choose(record: &mut ServiceRecord, run: RunId, failure_count: u32) -> Option<RecoveryAction> {
    if !record.config.has_rules() {
        return delays::action_for(&record.config, failure_count);
    }
    let rules = record.config.extensions.get(FAILURE_RULES);
    let end = record.last_end.as_ref().filter(|end| end.run == run);
    let Some(rule) = end.and_then(|end| rules::of_end(&rules, end)) else {
        let position = record.undecided_of(failure_count);
        let list = &record.config.failure_actions.actions;
        return delays::of_list(&record.config, list, position, failure_count);
    };
    let text: Box<str> = rule.to_string().into();
    let position = record.decided_by(&text);
    if let Some(end) = &mut record.last_end {
        end.rule = Some((text, position));
    }
    delays::of_list(&record.config, &rule.actions, position, failure_count)
}

/// What follows instead of another restart: what a rule for giving up names, restarts left out.
fn when_given_up(record: &ServiceRecord) -> Option<RecoveryAction> {
    let rules = record.config.extensions.get(FAILURE_RULES);
    let rule = rules::of_giving_up(&rules)?;
    let mut actions = rule.actions.iter();
    actions.find(|action| !action.kind.restarts()).copied()
}

/// Whether this failure is the first again: after the reset period (R13), or, where that is set instead, after a run
/// that lasted (X82).
fn starts_again(draft: &Draft, run: RunId) -> bool {
    let record = &draft.record;
    if !record.config.has_actions() {
        return false;
    }
    let Some(time) = record.config.reset_after_run() else {
        return record.reset_is_over(draft.now);
    };
    let ended = record.last_end.as_ref().filter(|end| end.run == run);
    let lived = ended.and_then(|end| end.lived).unwrap_or_default();
    lived >= time
}

fn not_before(action: RecoveryAction, least: Duration) -> RecoveryAction {
    let least = millis(least);
    if action.kind.restarts() && action.delay_ms() < least {
        return RecoveryAction::new(action.kind, least);
    }
    action
}

/// R39: kind, delay, command and message are frozen now.
fn queue(draft: &mut Draft, action: RecoveryAction, failure_count: u32) {
    let now = draft.now;
    if draft.record.pending_actions.len() >= PENDING_ACTIONS_MAX {
        draft.log(Event::RecoveryActionFailed(
            action,
            Win32Error::NOT_ENOUGH_QUOTA,
        ));
        return;
    }
    let record = &mut draft.record;
    record.actions_queued += 1;
    let id = ActionId {
        service: record.id,
        number: record.actions_queued,
    };
    let settings = &record.config.failure_actions;
    let text = match action.kind {
        RecoveryActionKind::RunCommand => &*settings.command,
        RecoveryActionKind::Reboot => &*settings.reboot_message,
        RecoveryActionKind::None | RecoveryActionKind::Restart | RecoveryActionKind::OwnRestart => {
            ""
        }
    };
    let pending = PendingAction {
        id,
        action,
        due: now + action.delay(),
        failure_count,
        text: text.into(),
        delayed: None,
        executing: false,
    };
    // R45: people are told first, then the delay runs.
    if action.kind == RecoveryActionKind::Reboot && !pending.text.is_empty() {
        draft.act(Action::Broadcast {
            id,
            message: pending.text.clone(),
        });
    }
    draft.record.pending_actions.push(pending);
}
