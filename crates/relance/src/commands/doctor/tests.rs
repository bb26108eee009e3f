//! Services that have gone wrong, and what is said of them.

use std::sync::Arc;
use std::time::Duration;

use relance_scm::config::{Dependency, StartType};
use relance_scm::event_log::Timestamp;
use relance_scm::failure_actions::ActionList;
use relance_scm::manager::{EndInfo, PendingInfo, RecoveryInfo, RunInfo, ServiceInfo};
use relance_scm::status::ServiceStatus;
use relance_scm::{
    ControlsAccepted, ExitCode, RecoveryAction, RecoveryActionKind, ResetPeriod, ServiceConfig,
    ServiceId, ServiceKind, ServiceName, ServiceState, Win32Error,
};

use super::finding::{Finding, Level};
use super::services::{Surroundings, check};

/// A program whose path nobody looks for.
fn info(name: &str) -> ServiceInfo {
    let mut config = ServiceConfig::new(ServiceName::new(name).unwrap(), "program");
    config.kind = ServiceKind::Program;
    ServiceInfo {
        id: ServiceId(1),
        status: ServiceStatus {
            service_type: config.service_type,
            state: ServiceState::Stopped,
            controls_accepted: ControlsAccepted::NONE,
            exit_code: ExitCode::NEVER_STARTED,
            checkpoint: 0,
            wait_hint: Duration::ZERO,
            process_id: 0,
            service_flags: 0,
        },
        config: Arc::new(config),
        marked_for_delete: false,
        run: None,
        recovery: RecoveryInfo::default(),
        last_end: None,
        restart_wanted: None,
        held: None,
        next_start: None,
        output_problem: None,
    }
}

fn with(name: &str, change: impl FnOnce(&mut ServiceConfig)) -> ServiceInfo {
    let mut info = info(name);
    change(Arc::make_mut(&mut info.config));
    info
}

fn actions(text: &str, reset: u32) -> impl FnOnce(&mut ServiceConfig) {
    let list: ActionList = text.parse().unwrap();
    move |config| {
        config.failure_actions.actions = list.0.into();
        config.failure_actions.reset_period = ResetPeriod::Seconds(reset);
        config.failure_actions_on_non_crash_failures = true;
    }
}

fn findings(services: &[ServiceInfo], allows_reboot: Option<bool>) -> Vec<Finding> {
    let around = Surroundings {
        controllers: None,
        now: Timestamp(1_000),
        allows_reboot,
        exists: &|_| false,
        replaceable: &|program| (program == "/open").then(|| "it is open".to_owned()),
        is_of_the_system: &|line| line == "theirs",
    };
    check(services, &around)
}

/// What is to be done about it.
fn advice(finding: &Finding) -> String {
    finding
        .advice
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// The one finding about one service.
#[track_caller]
fn only(info: ServiceInfo) -> Finding {
    let mut all = findings(&[info], Some(false));
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

#[track_caller]
fn assert_found(info: ServiceInfo, level: Level, part: &str) {
    let finding = only(info);
    assert_eq!(finding.level, level, "{finding:?}");
    assert!(finding.text.to_string().contains(part), "{finding:?}");
}

#[test]
fn a_service_without_faults_has_no_findings() {
    let good = with("a", actions("restart/60000", 300));
    assert_eq!(findings(&[good, info("manual")], None), []);
}

#[test]
fn recovery_settings_that_people_get_wrong() {
    let of = |text: &str, reset| with("a", actions(text, reset));
    assert_found(of("restart/60000/restart/90000", 0), Level::Warning, "R14");
    assert_found(of("restart/0", 300), Level::Warning, "R21");
    assert_found(of("run/60000", 300), Level::Warning, "R43");
    assert_found(of("reboot/60000", 300), Level::Warning, "R46");
    let mut unset = of("restart/60000", 300);
    Arc::make_mut(&mut unset.config).failure_actions_on_non_crash_failures = false;
    assert_found(unset.clone(), Level::Warning, "R3");
    assert_eq!(advice(&only(unset)), "relance failure a --on-error-stop");
    let none = with("a", |config| config.start_type = StartType::Auto);
    assert_found(none, Level::Warning, "nothing follows");
    // To end with nothing limits restarts (R22); a reboot that is allowed is not a mistake.
    assert_eq!(findings(&[of("restart/60000/none/0", 300)], None), []);
    assert_eq!(findings(&[of("reboot/60000", 300)], Some(true)), []);
    // Services that came with the system are not the user's mistake.
    let mut theirs = of("restart/0", 300);
    Arc::make_mut(&mut theirs.config).command_line = "theirs".into();
    assert_eq!(findings(&[theirs], None), []);
}

#[test]
fn a27_who_may_change_a_service_has_the_power_of_the_manager() {
    let of = |sddl: &str| {
        with("a", |config| {
            config.security = Some(Box::new(sddl.parse().unwrap()));
        })
    };
    let finding = only(of("D:(A;;DC;;;S-1-22-1-1000)(A;;GA;;;BA)"));
    assert_eq!(finding.level, Level::Warning);
    assert!(
        finding.text.to_string().contains("user 1000 (may: config)"),
        "{finding:?}"
    );
    assert!(
        advice(&finding).contains("relance revoke a S-1-22-1-1000"),
        "{finding:?}"
    );
    assert_found(of("D:(A;;WD;;;S-1-22-2-33)"), Level::Warning, "group 33");
    assert_eq!(findings(&[of("D:(A;;RPWPLC;;;WD)")], None), []);
}

#[test]
fn a_program_that_is_not_there() {
    let line = if cfg!(windows) {
        r"C:\gone.exe"
    } else {
        "/gone"
    };
    let gone = with("a", |config| config.command_line = line.into());
    assert_found(gone.clone(), Level::Problem, line);
    let mut disabled = gone;
    Arc::make_mut(&mut disabled.config).start_type = StartType::Disabled;
    assert_found(disabled, Level::Warning, "is disabled");
    let around = Surroundings {
        controllers: None,
        now: Timestamp(0),
        allows_reboot: None,
        exists: &|_| false,
        replaceable: &|_| None,
        is_of_the_system: &|_| true,
    };
    let theirs = with("a", |config| config.command_line = line.into());
    assert_eq!(check(&[theirs], &around)[0].level, Level::Fine);
}

#[test]
fn services_that_ended_badly() {
    let ended = |code, start_type| {
        let mut info = with("a", actions("restart/60000", 300));
        Arc::make_mut(&mut info.config).start_type = start_type;
        info.status.exit_code = code;
        info
    };
    let logon = ExitCode::Win32(Win32Error::SERVICE_LOGON_FAILED);
    let mut stranger = failed_start("a");
    stranger.status.exit_code = logon;
    assert_found(stranger.clone(), Level::Problem, "1069");
    let speaks_of_passwords = advice(&findings(&[stranger], None)[0]).contains("services.msc");
    assert_eq!(speaks_of_passwords, cfg!(windows));
    let own = ExitCode::ServiceSpecific(7);
    assert_found(ended(own, StartType::Auto), Level::Problem, "code 7");
    assert_eq!(findings(&[ended(own, StartType::Demand)], None), []);
    let mut deleted = info("a");
    deleted.marked_for_delete = true;
    assert_found(deleted, Level::Warning, "C33");
}

#[test]
fn d3_what_is_needed_must_be_there_and_enabled() {
    let needs = |needed: &str| {
        with("a", |config| {
            config.dependencies = [Dependency::parse(needed).unwrap()].into();
        })
    };
    assert_found(needs("nobody"), Level::Problem, "1075");
    assert_eq!(findings(&[needs("+group")], None), []);
    let disabled = with("b", |config| config.start_type = StartType::Disabled);
    let found = findings(&[needs("B"), disabled], None);
    assert_eq!(found.len(), 1);
    assert!(found[0].text.to_string().contains("1068"), "{found:?}");
}

#[test]
fn what_is_pending_is_said_and_no_fault() {
    let mut info = info("a");
    info.recovery.pending.push(PendingInfo {
        action: RecoveryAction::new(RecoveryActionKind::Restart, 5000),
        due: Timestamp(6_000),
        failure_count: 2,
        executing: false,
        delayed_by: None,
    });
    assert_found(info, Level::Fine, "due in 5 s");
}

#[test]
fn a_program_that_others_could_replace_is_named_if_it_has_the_rights_of_the_manager() {
    let said = |account: &str| {
        let service = with("a", |config| {
            config.command_line = "/open x".into();
            config.account_name = relance_scm::config::AccountName::new(account);
        });
        let found = findings(&[service], None);
        found
            .iter()
            .any(|finding| finding.text.to_string().contains("it is open"))
    };
    assert!(said("LocalSystem"));
    assert!(!said("www-data"));
}

/// A service of this kind whose last start failed; on demand, so that nobody waits for it.
fn failed_start(name: &str) -> ServiceInfo {
    let mut info = info(name);
    info.status.exit_code = ExitCode::Win32(Win32Error::FILE_NOT_FOUND);
    info.last_end = Some(EndInfo {
        run: "1.1".parse().unwrap(),
        at: Timestamp(500),
        exit: None,
        lived: None,
        exit_code: info.status.exit_code,
        failure: None,
        went_wrong: true,
        summary: "start failed",
        problem: None,
        cause: None,
    });
    info
}

#[test]
fn a_service_on_demand_that_is_down_after_one_failed_start_is_a_problem() {
    let found = findings(&[failed_start("a")], None);
    let said = found.iter().find(|found| found.level == Level::Problem);
    let said = said.expect("it is found");
    assert!(
        said.text.to_string().contains("nothing starts it again"),
        "{said:?}"
    );
    assert!(advice(said).contains("--retry-failed-starts") || cfg!(windows));
}

#[test]
fn a_failed_start_that_will_be_tried_again_is_none() {
    let mut info = failed_start("a");
    info.recovery.pending.push(PendingInfo {
        action: RecoveryAction::new(RecoveryActionKind::Restart, 1000),
        due: Timestamp(2_000),
        failure_count: 1,
        executing: false,
        delayed_by: None,
    });
    let found = findings(&[info], None);
    assert!(found.iter().all(|found| found.level != Level::Problem));
}

#[test]
fn x17_a_service_that_never_says_running_is_a_problem() {
    let mut mute = with("a", |config| config.kind = ServiceKind::Service);
    mute.status.state = ServiceState::StartPending;
    let run = |since| RunInfo {
        id: "1.1".parse().unwrap(),
        started_at: Timestamp(since),
        state_since: Timestamp(since),
        cause: "demand",
        stopping: false,
        status_text: None,
        reloading: false,
        main_process_id: None,
    };
    mute.run = Some(run(0));
    assert!(
        findings(&[mute.clone()], None)
            .iter()
            .all(|found| found.level != Level::Problem)
    );
    mute.run = Some(run(-60_000));
    let found = findings(&[mute], None);
    let said = found.iter().find(|found| found.level == Level::Problem);
    assert!(advice(said.expect("it is found")).contains("WIN32_SERVICE_RUNNING"));
}
