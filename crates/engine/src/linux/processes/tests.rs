use std::time::Duration;

use relance_policy::ServiceId;
use relance_scm::config::EnvironmentVariable;
use relance_scm::{ServiceName, Win32Error};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

use super::*;
use crate::linux::logs::LogSettings;

pub(super) fn processes(folder: &std::path::Path) -> (LinuxProcesses, Link) {
    let flags = SocketFlags::CLOEXEC;
    let (ours, theirs) = socketpair(AddressFamily::UNIX, SocketType::STREAM, flags, None).unwrap();
    let epoll = Arc::new(epoll::create(epoll::CreateFlags::CLOEXEC).unwrap());
    let settings = LogSettings {
        folder: folder.to_owned(),
        bytes_max: 1 << 20,
        files_max: 1,
        copy: None,
    };
    let verdicts = Verdicts::new(&epoll).unwrap();
    let logs = Logs::start(settings, verdicts.teller(), None).unwrap();
    let around = Surroundings {
        socket: folder.join("s"),
        client_wait: Duration::ZERO,
        passed: Default::default(),
    };
    let link = Link::new(ours).unwrap();
    let reboot = RebootCommand::default();
    let processes = LinuxProcesses::new(link, epoll, logs, verdicts, around, reboot).unwrap();
    (processes, Link::new(theirs).unwrap())
}

fn spec_asked_for(guardian: &mut Link) -> bool {
    assert!(guardian.fill().unwrap());
    matches!(
        guardian.next().unwrap(),
        Some(GuardianRequest::Spawn { .. })
    )
}

fn config(value: String) -> Arc<ServiceConfig> {
    let mut config = ServiceConfig::new(ServiceName::new("a").unwrap(), "/bin/true");
    config.environment = [EnvironmentVariable::new("A", &value).unwrap()].into();
    Arc::new(config)
}

/// Such a configuration may be in the database of an earlier version.
#[test]
fn a_start_that_is_too_long_for_the_link_fails_and_the_next_one_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let (mut processes, mut guardian) = processes(folder.path());
    let run = |number| RunId {
        service: ServiceId(1),
        number,
    };
    processes.spawn(run(1), &config("x".repeat(9 << 20)));
    let Some(Fact::SpawnFailed { failure, .. }) = processes.next_fact() else {
        panic!("it is told");
    };
    assert_eq!(failure.error, Win32Error::FILENAME_EXCED_RANGE);
    assert!(!processes.is_orphaned());
    processes.spawn(run(2), &config("x".to_owned()));
    assert!(spec_asked_for(&mut guardian));
}

#[test]
fn what_a_configuration_may_hold_fits_into_the_link() {
    use relance_scm::config::{COMMAND_LINE_LEN_MAX, ENVIRONMENT_LEN_MAX, VARIABLE_LEN_MAX};
    let folder = tempfile::tempdir().unwrap();
    let (mut processes, mut guardian) = processes(folder.path());
    // Six bytes each as JSON.
    let mut config = (*config(String::new())).clone();
    let value = "\u{1}".repeat(VARIABLE_LEN_MAX - 2);
    let most = ENVIRONMENT_LEN_MAX / (VARIABLE_LEN_MAX + 10);
    let variable = EnvironmentVariable::new("A", &value).unwrap();
    config.environment = vec![variable; most].into();
    let line = format!("/{}", "\u{1}".repeat(COMMAND_LINE_LEN_MAX - 1));
    config.command_line = line.into();
    config.check().unwrap();
    let run = RunId {
        service: ServiceId(1),
        number: 1,
    };
    processes.spawn(run, &Arc::new(config));
    assert!(processes.next_fact().is_none(), "it was asked for");
    let mut asked = false;
    while !asked {
        processes.event(TOKEN_LINK);
        asked = spec_asked_for(&mut guardian);
    }
}
