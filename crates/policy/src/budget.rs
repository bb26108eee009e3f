//! Budgets: whether a recovery action whose time has come may begin (X95 to X99).
//!
//! [`Budgets`] counts the restarts and reboots of the whole machine, which no single record can. It is asked only
//! about actions whose time has come; an action without a budget costs a look at three settings. The caller gives
//! the time of day and whether the group is busy; the answer becomes an input of the record
//! ([`Input::ActionDelayed`](crate::Input), [`Input::ActionRefused`](crate::Input)).
//!
//! Restarts reserve places in time: each takes the next free place, which may be in the future, so waiting
//! restarts come in the order of their failures. A place may be used late, after the manager was away or the
//! machine slept. So a restart also waits for the restarts that really happened: no period has more than the
//! limit. A place that is not wanted any more goes to the next restart that waits (X122).

use std::time::Duration;

use relance_scm::RecoveryActionKind;
use relance_scm::budget::{Budget, BudgetLimit, QuietHours};
use relance_scm::event::Event;
use relance_scm::settings::QUIET_HOURS;

use crate::action::Answer;
use crate::draft::Draft;
use crate::input::Input;
use crate::record::{ActionId, PendingAction, ServiceRecord};

pub use crate::record::Delayed;
use crate::time::Time;

/// The longest time that a restart waits for its group, so that a start that hangs does not keep
/// other services down.
const GROUP_WAIT: Duration = Duration::from_secs(300);

/// The budgets of the machine, as the manager's settings have them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MachineBudgets {
    /// Hours without recovery actions.
    pub quiet_hours: Option<QuietHours>,
    /// So many restarts.
    pub restarts: Option<BudgetLimit>,
    /// So many reboots.
    pub reboots: Option<BudgetLimit>,
}

/// An action whose time has come.
#[derive(Clone, Copy, Debug)]
pub struct DueAction<'a> {
    /// The action.
    pub pending: &'a PendingAction,
    /// The time.
    pub now: Time,
    /// The wall clock, in milliseconds since 1970.
    pub wall: i64,
    /// Quiet hours that it is in, and when these end on the wall clock.
    pub quiet: Option<(Budget, i64)>,
    /// Whether another service of its group starts.
    pub group_is_busy: bool,
    /// Whether places are given again, and its own does not count any more.
    pub anew: bool,
}

/// The answer of the budgets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may begin.
    Now,
    /// The budgets are asked again at this time.
    Later(Time, Delayed),
    /// It is dropped.
    Never(Budget),
}

/// What the machine has used of its budgets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Used {
    /// The places of restarts, past or to come, in milliseconds of the machine's clock; in order.
    pub restarts: Vec<u64>,
    /// When there were restarts, likewise.
    #[cfg_attr(feature = "serde", serde(default))]
    pub restarted: Vec<u64>,
    /// When there were reboots, on the wall clock in milliseconds since 1970; in order.
    pub reboots: Vec<i64>,
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Budgets {
    limits: MachineBudgets,
    used: Used,
}

/// Whether budgets are asked about an action at all. What is refused in any case uses nothing up: a restart of what runs
/// (R31), anything of a service that is going, or during a shutdown (R40).
#[must_use]
pub fn are_asked(record: &ServiceRecord, pending: &PendingAction) -> bool {
    let runs = pending.action.kind.restarts() && record.run.is_some();
    !runs && !record.shutting_down && !record.marked_for_delete
}

/// What a service alone, without a manager that has budgets, does about an action whose time has come: its own quiet hours
/// let it wait (X96). `wall`: milliseconds, of which whole days are midnights of the machine's time zone.
#[must_use]
pub fn in_own_quiet_hours(
    record: &ServiceRecord,
    id: ActionId,
    now: Time,
    wall: u64,
) -> Option<Input> {
    let hours = record.config.extensions.get(QUIET_HOURS)?;
    let hours: QuietHours = hours.parse().ok()?;
    let mut pending = record.pending_actions.iter();
    let pending = pending.find(|pending| pending.id == id);
    let pending = pending.filter(|pending| are_asked(record, pending))?;
    let second = u32::try_from(wall / 1000 % (24 * 3600)).ok()?;
    let rest = u64::try_from(hours.rest(second)?.as_millis()).ok()?;
    let ends = wall / 1000 * 1000 + rest;
    let due = DueAction {
        pending,
        now,
        wall: i64::try_from(wall).ok()?,
        quiet: Some((Budget::QuietHours, i64::try_from(ends).ok()?)),
        group_is_busy: false,
        anew: false,
    };
    match Budgets::default().ask(&due) {
        Verdict::Later(until, why) => Some(Input::ActionDelayed { id, until, why }),
        Verdict::Now | Verdict::Never(_) => None,
    }
}

impl Budgets {
    /// With these limits, and what was used before.
    #[must_use]
    pub fn new(limits: MachineBudgets, used: Used) -> Self {
        Self { limits, used }
    }

    /// The limits.
    #[must_use]
    pub fn limits(&self) -> &MachineBudgets {
        &self.limits
    }

    /// What must stay on record.
    #[must_use]
    pub fn used(&self) -> &Used {
        &self.used
    }

    /// The machine has booted: its clock begins again, and so does the budget of restarts.
    pub fn booted(&mut self) {
        self.used.restarts.clear();
        self.used.restarted.clear();
    }

    /// X122: places are given again, because one of them is not wanted any more. Who has one is asked about again, in the
    /// order of their times. Restarts that there really were still count.
    pub fn give_places_anew(&mut self) {
        self.used.restarts.clone_from(&self.used.restarted);
    }

    /// Whether an action whose time has come may begin. If it may, or has its place, that is noted.
    pub fn ask(&mut self, due: &DueAction<'_>) -> Verdict {
        let before = due.pending.delayed;
        if let Some((by, quiet_until)) = due.quiet {
            let rest = u64::try_from(quiet_until.saturating_sub(due.wall)).unwrap_or_default();
            return later(
                due,
                due.now + Duration::from_millis(rest),
                Delayed {
                    by,
                    group_until: before.and_then(|delayed| delayed.group_until),
                    quiet_until: Some(quiet_until),
                },
            );
        }
        match due.pending.action.kind {
            RecoveryActionKind::Restart | RecoveryActionKind::OwnRestart => self.restart(due),
            RecoveryActionKind::Reboot => self.reboot(due.wall),
            RecoveryActionKind::RunCommand | RecoveryActionKind::None => Verdict::Now,
        }
    }

    fn restart(&mut self, due: &DueAction<'_>) -> Verdict {
        let before = due.pending.delayed;
        let group_until = before.and_then(|delayed| delayed.group_until);
        let until = group_until.unwrap_or(due.now + GROUP_WAIT);
        if due.group_is_busy && due.now < until {
            return later(
                due,
                until,
                Delayed {
                    by: Budget::RestartGroup,
                    group_until: Some(until),
                    quiet_until: None,
                },
            );
        }
        let has_place = !due.anew && due.pending.has_place();
        let Some(limit) = self.limits.restarts else {
            return Verdict::Now;
        };
        let now = due.now.as_nanos().div_ceil(1_000_000);
        let mut at = place(&self.used.restarted, limit, now);
        if !has_place {
            let place = place(&self.used.restarts, limit, now);
            take(&mut self.used.restarts, limit, place);
            at = at.max(place);
        }
        if at <= now {
            take(&mut self.used.restarted, limit, now);
            return Verdict::Now;
        }
        later(
            due,
            Time::from_millis(at),
            Delayed {
                by: Budget::RecoveryRestarts,
                group_until,
                quiet_until: None,
            },
        )
    }

    /// Reboots beyond the limit are dropped, because a machine that reboots all the time is
    /// useless.
    fn reboot(&mut self, now: i64) -> Verdict {
        let Some(limit) = self.limits.reboots else {
            return Verdict::Now;
        };
        // The clock was set back: a reboot that seems to be in the future counts as one of just
        // now.
        for at in &mut self.used.reboots {
            *at = (*at).min(now);
        }
        let period = i64::try_from(limit.period().as_millis()).unwrap_or(i64::MAX);
        self.used.reboots.retain(|at| now - at < period);
        if self.used.reboots.len() >= limit.count() as usize {
            return Verdict::Never(Budget::RecoveryReboots);
        }
        self.used.reboots.push(now);
        Verdict::Now
    }
}

/// When the next restart may be.
fn place(taken: &[u64], limit: BudgetLimit, now: u64) -> u64 {
    let period = u64::try_from(limit.period().as_millis()).unwrap_or(u64::MAX);
    let before = taken.len().checked_sub(limit.count() as usize);
    let free = before.map_or(now, |at| taken[at].saturating_add(period));
    free.max(now)
}

fn take(taken: &mut Vec<u64>, limit: BudgetLimit, place: u64) {
    let at = taken.partition_point(|other| *other <= place);
    taken.insert(at, place);
    let too_many = taken.len().saturating_sub(limit.count() as usize);
    taken.drain(..too_many);
}

/// Never in the same moment again, or time would stand still.
fn later(due: &DueAction<'_>, until: Time, delayed: Delayed) -> Verdict {
    Verdict::Later(until.max(due.now + Duration::from_millis(1)), delayed)
}

/// X95: the action waits. The log says so once for each budget that delays it.
pub(crate) fn delayed(draft: &mut Draft, id: ActionId, until: Time, why: Delayed) -> Answer {
    let now = draft.now;
    let Some(pending) = waiting(draft, id) else {
        return Answer::Stale;
    };
    let before = pending.delayed.replace(why);
    pending.due = until;
    let action = pending.action;
    if before.is_none_or(|before| before.by != why.by) {
        let wait = until - now;
        draft.log(Event::RecoveryDelayed {
            action,
            budget: why.by,
            wait_ms: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
        });
    }
    Answer::Accepted
}

/// X99: the action is dropped.
pub(crate) fn refused(draft: &mut Draft, id: ActionId, budget: Budget) -> Answer {
    let Some(pending) = waiting(draft, id) else {
        return Answer::Stale;
    };
    let action = pending.action;
    draft.record.pending_actions.retain(|other| other.id != id);
    draft.log(Event::RecoveryRefused(action, budget));
    Answer::Accepted
}

fn waiting(draft: &mut Draft, id: ActionId) -> Option<&mut PendingAction> {
    let mut pending = draft.record.pending_actions.iter_mut();
    pending.find(|pending| pending.id == id && !pending.executing)
}
