use relance_texts::Lang;

use super::*;
use crate::RecoveryActionKind as Kind;

fn parameters(event: &Event) -> Vec<String> {
    event.parameters("mailer", "Mail service")
}

fn failed(action: Option<RecoveryAction>) -> Event {
    Event::Failed {
        failure_count: 1,
        action,
    }
}

#[test]
fn e6_parameters_of_7031() {
    let event = failed(Some(RecoveryAction::new(Kind::Restart, 30_000)));
    assert_eq!(event.id(), 7031);
    assert_eq!(
        parameters(&event),
        ["Mail service", "1", "30000", "1", "Restart the service"]
    );
}

#[test]
fn r22_none_is_logged_as_7034() {
    for action in [None, Some(RecoveryAction::new(Kind::None, 5))] {
        assert_eq!(failed(action).id(), 7034);
        assert_eq!(parameters(&failed(action)), ["Mail service", "1"]);
    }
}

#[test]
fn e2_e3_parameters_of_other_entries() {
    let timeout = Event::StartFailed(Win32Error::SERVICE_REQUEST_TIMEOUT);
    assert_eq!(parameters(&timeout), ["Mail service", "%%1053"]);
    let negative = Event::StoppedWithError(Win32Error::from_raw(0xBFFC_1B91));
    assert_eq!(parameters(&negative)[1], "%%-1073996911");
    assert_eq!(parameters(&Event::StoppedWithSpecificError(2))[1], "%%2");
    let restart = RecoveryAction::new(Kind::Restart, 0);
    let event = Event::RecoveryActionFailed(restart, Win32Error::SERVICE_ALREADY_RUNNING);
    assert_eq!(
        parameters(&event),
        ["1", "Restart the service", "Mail service", "%%1056"]
    );
    assert_eq!(
        parameters(&Event::ConnectTimedOut {
            limit_ms: 30_000,
            lived_ms: None,
        }),
        ["30000", "Mail service"]
    );
    let changed = Event::StartTypeChanged(StartType::Auto, StartType::Disabled);
    assert_eq!(
        parameters(&changed),
        ["Mail service", "auto start", "disabled", "mailer"]
    );
}

#[test]
fn e4_a_code_of_the_services_own_is_no_error_of_windows() {
    let event = Event::StoppedWithSpecificError(2);
    assert_eq!(
        render(event.source(), event.id(), &parameters(&event)),
        "Mail service stopped with an error code of its own: 2."
    );
}

#[test]
fn texts_are_filled_from_stored_parameters() {
    let event = failed(Some(RecoveryAction::new(Kind::Restart, 30_000)));
    assert_eq!(
        render(event.source(), event.id(), &parameters(&event)),
        "Mail service failed unexpectedly. Failures so far: 1. Next action in 30 s: Restart the service."
    );
    let event = Event::StartFailed(Win32Error::SERVICE_REQUEST_TIMEOUT);
    assert_eq!(
        render(event.source(), event.id(), &parameters(&event)),
        "Mail service could not be started: the service did not answer in time (1053)."
    );
}

#[test]
fn parameters_are_never_read_as_templates() {
    let parameters = vec!["100%2 %% é%".to_owned(), "%%abc".to_owned()];
    let text = render(EventSource::ServiceControlManager, 7000, &parameters);
    assert_eq!(text, "100%2 %% é% could not be started: %%abc.");
    assert_eq!(
        render(EventSource::ServiceControlManager, 7031, &[])
            .matches('?')
            .count(),
        4
    );
    assert_eq!(
        render(EventSource::Application, 7000, &parameters[..1]),
        "100%2 %% é%"
    );
}

/// E5, E11
#[test]
fn every_entry_has_a_sentence_and_reads_back() {
    let action = RecoveryAction::new(Kind::Restart, 1);
    let name = ServiceName::new("db").unwrap();
    let error = Win32Error::ACCESS_DENIED;
    let entries = [
        Event::StartFailed(error),
        Event::DependencyFailed(name.clone(), error),
        Event::GroupFailed("net".into()),
        Event::DependencyMissing(name),
        Event::ConnectTimedOut {
            limit_ms: 1,
            lived_ms: None,
        },
        Event::ConnectTimedOut {
            limit_ms: 1,
            lived_ms: Some(2),
        },
        Event::ControlTimedOut(1),
        Event::MalformedAnswer,
        Event::ImpossibleState(9),
        Event::DependencyLoop,
        Event::StartHung,
        Event::StoppedWithError(error),
        Event::StoppedWithSpecificError(1),
        failed(Some(action)),
        failed(None),
        Event::RecoveryActionFailed(action, error),
        Event::ControlSent(Control::Stop),
        Event::StateEntered(ServiceState::Running),
        Event::LogonFailed {
            account_name: "me".into(),
            error,
        },
        Event::OtherProcessConnected {
            launched: 1,
            connected: 2,
        },
        Event::StartTypeChanged(StartType::Auto, StartType::Demand),
        Event::PreshutdownOverrun,
        Event::Installed {
            image_path: "p".into(),
            start_type: StartType::Auto,
            account_name: "me".into(),
        },
        Event::Recycled(0),
        Event::Terminated,
        Event::StopGraceExpired(1),
        Event::NoHeartbeat(1),
        Event::NotTaken("FDSTORE=1".into()),
        Event::Hung("it said so".into()),
        Event::Held("db".into()),
        Event::Released("db".into()),
        Event::RestartedWithNeeded("db".into()),
        Event::HoldEnded("db".into()),
        Event::NeededHangs("db".into(), 82_000),
        Event::StartMissed,
        Event::StillRunning,
        Event::StartQueued,
        Event::RecoveryDelayed {
            action: RecoveryAction::new(action.kind, 0),
            budget: Budget::RecoveryRestarts,
            wait_ms: 61_000,
        },
        Event::RecoveryRefused(RecoveryAction::new(action.kind, 0), Budget::RecoveryReboots),
        Event::SettingsChanged("actions, environment".into()),
        Event::GaveUp {
            limit: 5,
            period_ms: 600_000,
        },
        Event::LingererKilled(1),
        Event::Adopted(1),
        Event::NotAdopted(1),
        Event::EndNotSeen,
        Event::PasswordIgnored,
        Event::CeilingReached(Ceiling::Memory(1 << 20)),
        Event::RecycleDropped(error),
        Event::RecycleWaits(1),
        Event::LimitsNotHeld("memory_max (memory)".into()),
        Event::LimitsChanged,
        Event::LimitsNotChanged("memory.max: Invalid argument".into()),
        Event::CleanStopAfterError("uncaught exception: oh".into()),
        Event::DownForGood(70),
        Event::RecoveryCancelled(action),
        Event::RecycledTooOften(1),
        Event::FinalStatus(1),
        Event::StartOverdue(1),
        Event::NeverRunning(1),
        Event::Deleted,
        Event::LeftProcesses,
        Event::OutputLost("the disk is full".into()),
        Event::OutputKept(12 << 10),
        Event::KilledAtShutdown(5000),
        Event::KilledUnconnected,
        Event::RestartAsked,
        Event::RestartDropped(error),
        Event::RestartWithdrawn,
        Event::StopCommandFailed("it ended with status 1".into()),
        Event::ManagerStarted,
        Event::EngineRestarted,
        Event::ManagerReplaced,
        Event::ManagerUpgraded,
        Event::EngineSilent(20),
        Event::SocketRestored,
        Event::StateOpened("others may read it".into()),
        Event::StateClosed,
        Event::StorageFailed("full".into()),
        Event::StorageRecovered(1),
        Event::ManagerStopping,
        Event::ConsoleFailed("the port is taken".into()),
        Event::ConsoleRecovered,
        Event::SignInRefused {
            from: "192.0.2.1".into(),
            count: 3,
        },
        Event::NoticeUnreachable("ops".into(), "no answer".into()),
        Event::NoticeReachable("ops".into()),
        Event::NoticesDropped("ops".into(), 3),
        Event::NoticesUnusable("line 3 is wrong".into()),
        Event::NoticeTest("ops".into(), "root".into()),
        Event::NoticeTested("ops".into()),
        Event::NoticeTestFailed("ops".into(), "no answer".into()),
        Event::PolicyMade("workers".into()),
        Event::PolicyChanged("workers".into(), 3),
        Event::PolicyDeleted("workers".into()),
        Event::PolicyUnreadable("workers".into(), "no such setting".into()),
    ];
    for event in entries {
        let read = Event::read(event.id(), &parameters(&event));
        let without_delay = |event: &Event| match event {
            Event::RecoveryActionFailed(action, error) => {
                Event::RecoveryActionFailed(RecoveryAction::new(action.kind, 0), *error)
            }
            Event::RecoveryCancelled(action) => {
                Event::RecoveryCancelled(RecoveryAction::new(action.kind, 0))
            }
            other => other.clone(),
        };
        assert_eq!(read, Some(without_delay(&event)));
        let text = render(event.source(), event.id(), &parameters(&event));
        assert!(
            text.ends_with('.') && !text.contains('?') && !text.contains('%'),
            "{text}"
        );
        let sentence = sentence(event.source(), event.id(), &parameters(&event));
        let french = sentence.of(Lang::Fr);
        assert!(french.ends_with('.') && french != text, "{french}");
        assert!(meaning(event.id()).is_some(), "{}", event.id());
    }
}

#[test]
fn settings_are_named_as_people_read_them_in_each_language() {
    let said = |settings: &str, lang| {
        let parameters = ["web".to_owned(), settings.to_owned()];
        sentence(EventSource::Relance, 1153, &parameters).of(lang)
    };
    assert_eq!(
        said("command_line, memory_max", Lang::En),
        "Settings of web were changed: Command line; Memory, at most."
    );
    assert_eq!(
        said("command_line, umask", Lang::Fr),
        "Des réglages de web ont été modifiés\u{a0}: Ligne de commande, Umask."
    );
    assert_eq!(
        said("of_a_later_version", Lang::En),
        "Settings of web were changed: of_a_later_version."
    );
    assert_eq!(said("***", Lang::En), "Settings of web were changed: ***.");
}

#[test]
fn an_entry_that_is_not_ours_or_is_cut_short_is_not_read() {
    assert_eq!(Event::read(7031, &["web".into(), "1".into()]), None);
    assert_eq!(Event::read(7036, &["web".into(), "arrêté".into()]), None);
    assert_eq!(Event::read(1, &[]), None);
}

/// Each sentence takes exactly the parameters that its entry has, so it never shows `?` for one of them.
#[test]
fn sentences_and_entries_have_the_same_parameters() {
    for words in relance_texts::all() {
        let id = words.id().strip_prefix("event-");
        let Some(id) = id.and_then(|id| id.parse().ok()) else {
            continue;
        };
        let mut names: Vec<_> = names::names(id)
            .iter()
            .filter(|name| **name != "_")
            .collect();
        names.sort();
        let used: Vec<_> = words.parameters().collect();
        assert!(names.into_iter().eq(&used), "{id}: {used:?}");
        assert!(template(id).is_some(), "{id}");
    }
}
