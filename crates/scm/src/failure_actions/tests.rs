use proptest::prelude::*;

use super::*;

fn list(text: &str) -> Vec<RecoveryAction> {
    text.parse::<ActionList>().unwrap().0
}

fn settings(actions: &str, reset: u32) -> FailureActions {
    FailureActions {
        reset_period: ResetPeriod::from_raw(reset),
        actions: list(actions).into(),
        ..FailureActions::default()
    }
}

#[test]
fn r21_the_last_action_repeats_for_ever() {
    let settings = settings("restart/0/restart/3000/none/0", 60);
    let delays: Vec<_> = (1..=5)
        .map(|n| settings.action_for(n).unwrap().delay_ms())
        .collect();
    assert_eq!(delays, [0, 3000, 0, 0, 0]);
    assert_eq!(
        settings.action_for(9).unwrap().kind,
        RecoveryActionKind::None
    );
    assert_eq!(FailureActions::default().action_for(1), None);
}

#[test]
fn r27_restart_is_1_and_reboot_is_2() {
    assert_eq!(RecoveryActionKind::Restart.to_raw(), 1);
    assert_eq!(RecoveryActionKind::Reboot.to_raw(), 2);
}

#[test]
fn r55_unknown_action_numbers_are_refused_with_87() {
    assert!(RecoveryActionKind::from_raw(4).is_ok());
    assert_eq!(
        RecoveryActionKind::from_raw(5).unwrap_err().code().to_raw(),
        87
    );
}

#[test]
fn r58_r59_texts_are_kept_deleted_or_set() {
    let before = FailureActions {
        reboot_message: "going down".into(),
        command: "notify %1%".into(),
        ..settings("restart/1", 9)
    };
    assert_eq!(
        before.merge(&FailureActionsChange::default()).unwrap(),
        before
    );
    let change = FailureActionsChange {
        reboot_message: Some(String::new()),
        command: Some("other".into()),
        ..FailureActionsChange::default()
    };
    let after = before.merge(&change).unwrap();
    assert_eq!((&*after.reboot_message, &*after.command), ("", "other"));
    assert_eq!(
        (after.actions, after.reset_period),
        (before.actions, before.reset_period)
    );
}

#[test]
fn r60_r61_r62_list_and_period() {
    let before = FailureActions {
        command: "c".into(),
        ..settings("restart/1", 9)
    };
    let merge = |actions: Option<&str>, reset: Option<u32>| {
        before.merge(&FailureActionsChange {
            actions: actions.map(list),
            reset_period: reset.map(ResetPeriod::from_raw),
            ..FailureActionsChange::default()
        })
    };
    let both = merge(Some("reboot/2/none/0"), Some(77)).unwrap();
    assert_eq!((both.actions.len(), both.reset_period.to_raw()), (2, 77));
    let cleared = merge(Some(""), Some(77)).unwrap();
    assert!(cleared.actions.is_empty());
    assert_eq!(cleared.reset_period.to_raw(), 0, "R61");
    assert_eq!(&*cleared.command, "c", "R61: message and command stay");
    let list_alone = merge(Some("none/0"), None).unwrap();
    assert_eq!(list_alone.reset_period.to_raw(), 9);
    let period_alone = merge(None, Some(5)).unwrap();
    assert_eq!(
        (
            period_alone.actions.len(),
            period_alone.reset_period.to_raw()
        ),
        (1, 5)
    );
    let meaningless = FailureActions::default().merge(&FailureActionsChange {
        reset_period: Some(ResetPeriod::Seconds(5)),
        ..FailureActionsChange::default()
    });
    assert_eq!(meaningless.unwrap_err().code().to_raw(), 87);
}

#[test]
fn x45_a_first_list_without_a_period_has_a_day() {
    let list_alone = FailureActionsChange {
        actions: Some(list("restart/1")),
        ..FailureActionsChange::default()
    };
    let first = FailureActions::default().merge(&list_alone).unwrap();
    assert_eq!(first.reset_period.to_raw(), 86_400);
    let zero = settings("restart/1", 0).merge(&list_alone).unwrap();
    assert_eq!(zero.reset_period.to_raw(), 0, "it was chosen");
    let nothing = FailureActions::default().merge(&FailureActionsChange {
        actions: Some(list("")),
        ..FailureActionsChange::default()
    });
    assert_eq!(nothing.unwrap().reset_period.to_raw(), 0);
}

#[test]
fn r23_r56_limits() {
    let with = |n: usize| FailureActionsChange {
        actions: Some(vec![RecoveryAction::new(RecoveryActionKind::None, 0); n]),
        ..FailureActionsChange::default()
    };
    assert!(with(1024).check().is_ok());
    assert_eq!(with(1025).check().unwrap_err().code().to_raw(), 87);
    let command = |command: String| FailureActionsChange {
        command: Some(command),
        ..FailureActionsChange::default()
    };
    assert!(command("x".repeat(8192)).check().is_ok());
    assert!(command("x".repeat(8193)).check().is_err());
    assert!(command("a\0b".into()).check().is_err());
}

#[test]
fn r71_commas_between_actions_are_refused_with_what_is_meant() {
    let said = |text: &str| {
        let error = text.parse::<ActionList>().expect_err(text);
        assert_eq!(error.code(), Win32Error::INVALID_PARAMETER);
        error.sentence().to_string()
    };
    for (text, meant) in [
        (
            "restart/1s,restart/1m,none/0",
            "restart/1s/restart/1m/none/0",
        ),
        ("restart/1s, run/0", "restart/1s/run/0"),
        (
            "restart 1s, restart 10s, none",
            "restart/1s/restart/10s/none/0",
        ),
        ("restart:60000; reboot:0", "restart/60000/reboot/0"),
    ] {
        assert!(said(text).contains(meant), "{}", said(text));
        assert!(meant.parse::<ActionList>().is_ok());
    }
    let other = said("restart/1,5s");
    assert!(other.contains("like restart/1s/restart/1m"), "{other}");
}

#[test]
fn r71_notation_of_sc() {
    assert_eq!(list("\"\""), []);
    assert_eq!(list(""), []);
    let kinds: Vec<_> = list("restart/60000/run/5000/none/0/\"\"/0/reboot/1//7")
        .iter()
        .map(|a| a.kind)
        .collect();
    use RecoveryActionKind as K;
    assert_eq!(
        kinds,
        [
            K::Restart,
            K::RunCommand,
            K::None,
            K::None,
            K::Reboot,
            K::None
        ]
    );
    for bad in [
        "restart",
        "restart/",
        "restart/-1",
        "restart/4294967296",
        "reset/1",
        "restart/1/run",
    ] {
        assert_eq!(
            bad.parse::<ActionList>().unwrap_err().code().to_raw(),
            87,
            "{bad}"
        );
    }
    assert_eq!(list("RESTART/4294967295")[0].delay_ms(), u32::MAX);
}

#[test]
fn r72_reset_period_takes_the_word_infinite() {
    assert_eq!(
        parse_reset_period("86400").unwrap(),
        ResetPeriod::Seconds(86400)
    );
    assert_eq!(
        parse_reset_period("infinite").unwrap(),
        ResetPeriod::Infinite
    );
    assert_eq!(
        parse_reset_period("4294967295").unwrap(),
        ResetPeriod::Infinite,
        "R15"
    );
    assert!(
        parse_reset_period("-1").is_err(),
        "R15: -1 is a mistake of other tools"
    );
    assert_eq!(ResetPeriod::Infinite.to_string(), "INFINITE");
}

proptest! {
    #[test]
    fn notation_reads_back(raw in prop::collection::vec((0u32..=4, any::<u32>()), 0..8)) {
        let actions: Vec<_> = raw
            .into_iter()
            .map(|(kind, delay)| {
                RecoveryAction::new(RecoveryActionKind::from_raw(kind).unwrap(), delay)
            })
            .collect();
        let text = ActionList(actions.clone()).to_string();
        prop_assert_eq!(list(&text), actions);
    }
}
