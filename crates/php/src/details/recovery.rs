//! Recovery settings: what the keys of `$details` make of what is stored (R80, B37).

use relance_scm::failure_actions::{FailureActionsChange, RESET_PERIOD_DEFAULT};
use relance_scm::{FailureActions, RecoveryAction, RecoveryActionKind, ResetPeriod};

use super::numbers::Numbers;
use super::texts::Texts;

/// Delay of an action when none is given, milliseconds.
const DELAY_DEFAULT_MS: u32 = 60_000;
/// Actions that the interface knows; upstream always stores all of them.
const ACTIONS_LEN: usize = 3;

/// The recovery settings of a new service; `None`: no key is given, nothing is stored (as upstream 1.2.0).
pub(crate) fn create_recovery(
    numbers: &Numbers,
    texts: &Texts<'_>,
) -> Option<FailureActionsChange> {
    let nothing = FailureActions {
        reset_period: RESET_PERIOD_DEFAULT,
        ..FailureActions::default()
    };
    let mut change = update_recovery(numbers, texts, &nothing)?;
    if change.actions.is_none() {
        // A message or command alone stores the three actions too, which do nothing.
        (change.actions, change.reset_period) = merged(numbers, &nothing);
    }
    Some(change)
}

/// The change of the recovery settings of a service; `None`: no key is given. What is not given stays
/// as it is stored (B37).
pub(crate) fn update_recovery(
    numbers: &Numbers,
    texts: &Texts<'_>,
    stored: &FailureActions,
) -> Option<FailureActionsChange> {
    let list_is_given = numbers.recovery_delay_ms.is_some()
        || numbers.recovery_reset_secs.is_some()
        || numbers.recovery_actions.iter().any(Option::is_some);
    let (actions, reset_period) = if list_is_given {
        merged(numbers, stored)
    } else {
        (None, None)
    };
    let change = FailureActionsChange {
        reboot_message: texts.reboot_message.map(str::to_owned),
        command: texts.command.map(str::to_owned),
        actions,
        reset_period,
    };
    (change != FailureActionsChange::default()).then_some(change)
}

/// The stored list with what is given put in: the one delay of the interface counts for all actions.
/// At least three actions, because a list without any keeps no period (R61).
fn merged(
    numbers: &Numbers,
    stored: &FailureActions,
) -> (Option<Vec<RecoveryAction>>, Option<ResetPeriod>) {
    let actions_len = stored.actions.len().max(ACTIONS_LEN);
    let actions = (0..actions_len).map(|i| {
        let before = stored.actions.get(i);
        let given = numbers.recovery_actions.get(i).copied().flatten();
        let kind = given
            .or(before.map(|action| action.kind))
            .unwrap_or(RecoveryActionKind::None);
        let delay_ms = numbers
            .recovery_delay_ms
            .or(before.map(|action| action.delay_ms()))
            .unwrap_or(DELAY_DEFAULT_MS);
        RecoveryAction::new(kind, delay_ms)
    });
    let reset_period = numbers
        .recovery_reset_secs
        .map_or(stored.reset_period, ResetPeriod::from_raw);
    (Some(actions.collect()), Some(reset_period))
}

#[cfg(test)]
mod tests {
    use RecoveryActionKind::{None as Nothing, Reboot, Restart, RunCommand};

    use super::*;

    fn stored() -> FailureActions {
        FailureActions {
            reset_period: ResetPeriod::Seconds(300),
            actions: [
                RecoveryAction::new(Restart, 1000),
                RecoveryAction::new(Restart, 2000),
                RecoveryAction::new(Reboot, 3000),
                RecoveryAction::new(RunCommand, 4000),
            ]
            .into(),
            ..FailureActions::default()
        }
    }

    fn texts() -> Texts<'static> {
        Texts {
            service: None,
            display: None,
            user: None,
            password: None,
            path: None,
            params: None,
            load_order: None,
            description: None,
            reboot_message: None,
            command: None,
        }
    }

    fn pairs(change: &FailureActionsChange) -> Vec<(RecoveryActionKind, u32)> {
        let list = change.actions.as_ref().expect("a list");
        let pairs = list.iter();
        pairs
            .map(|action| (action.kind, action.delay_ms()))
            .collect()
    }

    #[test]
    fn without_a_recovery_key_nothing_is_written() {
        assert_eq!(create_recovery(&Numbers::default(), &texts()), None);
        assert_eq!(
            update_recovery(&Numbers::default(), &texts(), &stored()),
            None
        );
    }

    #[test]
    fn b37_one_key_leaves_the_others_as_they_are_stored() {
        let numbers = Numbers {
            recovery_actions: [None, Some(RunCommand), None],
            ..Numbers::default()
        };
        let change = update_recovery(&numbers, &texts(), &stored()).unwrap();
        assert_eq!(
            pairs(&change),
            [
                (Restart, 1000),
                (RunCommand, 2000),
                (Reboot, 3000),
                (RunCommand, 4000)
            ]
        );
        let period = change.reset_period.unwrap();
        assert_eq!(period, ResetPeriod::Seconds(300));
    }

    #[test]
    fn b37_a_message_alone_does_not_touch_the_actions() {
        let texts = Texts {
            reboot_message: Some("bye"),
            ..texts()
        };
        let change = update_recovery(&Numbers::default(), &texts, &stored()).unwrap();
        assert_eq!(change.reboot_message.as_deref(), Some("bye"));
        assert_eq!(change.actions, None);
    }

    #[test]
    fn one_delay_counts_for_all_actions() {
        let numbers = Numbers {
            recovery_delay_ms: Some(120_000),
            ..Numbers::default()
        };
        let change = update_recovery(&numbers, &texts(), &stored()).unwrap();
        assert!(pairs(&change).iter().all(|(_, delay)| *delay == 120_000));
    }

    #[test]
    fn a_new_service_gets_three_actions_with_upstreams_defaults() {
        let numbers = Numbers {
            recovery_actions: [Some(Restart), None, None],
            ..Numbers::default()
        };
        let change = create_recovery(&numbers, &texts()).unwrap();
        assert_eq!(
            pairs(&change),
            [(Restart, 60_000), (Nothing, 60_000), (Nothing, 60_000)]
        );
        let period = change.reset_period.unwrap();
        assert_eq!(period, ResetPeriod::Seconds(86_400));
    }

    #[test]
    fn a_period_alone_is_kept_by_three_actions_that_do_nothing() {
        let numbers = Numbers {
            recovery_reset_secs: Some(10),
            ..Numbers::default()
        };
        let change = update_recovery(&numbers, &texts(), &FailureActions::default()).unwrap();
        assert_eq!(pairs(&change), [(Nothing, 60_000); 3]);
        assert_eq!(change.reset_period.unwrap(), ResetPeriod::Seconds(10));
    }
}
