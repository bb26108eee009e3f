//! How long an action waits: the delay in the list, changed by back-off and jitter (X80, X81). The
//! delay depends on the number of the failure alone, so that it can be shown and simulated.

use std::time::Duration;

use relance_scm::ServiceConfig;
use relance_scm::failure_actions::RecoveryAction;
use relance_scm::settings::{BACKOFF, BACKOFF_MAX, RESTART_JITTER};

use crate::record::ServiceRecord;
use crate::time::millis;

/// What follows failure number `failure_count`, from 1; `None` when no actions are configured (R21).
#[must_use]
pub fn action_for(config: &ServiceConfig, failure_count: u32) -> Option<RecoveryAction> {
    of_list(
        config,
        &config.failure_actions.actions,
        failure_count,
        failure_count,
    )
}

/// What would follow failure number `failure_count` of a service, if no rule by cause decides it.
#[must_use]
pub fn next_action(record: &ServiceRecord, failure_count: u32) -> Option<RecoveryAction> {
    // Earlier decisions do not count once the counter begins again.
    let position = if failure_count == 1 {
        1
    } else {
        record.undecided_of(failure_count)
    };
    let list = &record.config.failure_actions.actions;
    of_list(&record.config, list, position, failure_count)
}

/// What follows failure number `failure_count` by the settings alone, without the jitter that is the service's own.
#[must_use]
pub fn without_jitter(config: &ServiceConfig, failure_count: u32) -> Option<RecoveryAction> {
    grown(config, &config.failure_actions.actions, failure_count)
}

/// How long the action of a list for the failure with this position in it waits, without the jitter.
pub(crate) fn wait_without_jitter(
    config: &ServiceConfig,
    list: &[RecoveryAction],
    position: u32,
) -> Duration {
    grown(config, list, position).map_or(Duration::ZERO, RecoveryAction::delay)
}

/// The action of a list for the failure with this position in it, which is number `failure_count` of all.
pub(crate) fn of_list(
    config: &ServiceConfig,
    list: &[RecoveryAction],
    position: u32,
    failure_count: u32,
) -> Option<RecoveryAction> {
    let action = grown(config, list, position)?;
    if !action.kind.restarts() {
        return Some(action);
    }
    let delay = action.delay().saturating_add(jitter(config, failure_count));
    Some(RecoveryAction::new(action.kind, millis(delay)))
}

/// X80: the last action of the list repeats, and where a back-off is set, the delay of a restart grows.
fn grown(config: &ServiceConfig, list: &[RecoveryAction], position: u32) -> Option<RecoveryAction> {
    let index = position.saturating_sub(1);
    let last = u32::try_from(list.len()).ok()?.checked_sub(1)?;
    let action = *list.get(usize::try_from(index.min(last)).ok()?)?;
    match config.extensions.get(BACKOFF) {
        Some(backoff) if action.kind.restarts() => {
            let most = config.extensions.get(BACKOFF_MAX);
            let delay = backoff.delay(action.delay(), index.saturating_sub(last), most);
            Some(RecoveryAction::new(action.kind, millis(delay)))
        }
        _ => Some(action),
    }
}

/// X81: a part of the configured jitter. It is derived from the service's name and the number of the failure:
/// many services that failed together come back one by one, and the same failure of the same service always waits
/// as long.
fn jitter(config: &ServiceConfig, failure_count: u32) -> Duration {
    let most = config.extensions.get(RESTART_JITTER);
    if most.is_zero() {
        return Duration::ZERO;
    }
    let name = config.service_name.key();
    let hashed = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    // Numbers that follow each other, in names too (worker@1, worker@2), are far apart in the result.
    let mixed = mix(mix(hashed) ^ u64::from(failure_count)) >> 32;
    let part = (most.as_millis() * u128::from(mixed)) >> 32;
    Duration::from_millis(u64::try_from(part).unwrap_or(u64::MAX))
}

/// The finisher of `splitmix64`.
fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
