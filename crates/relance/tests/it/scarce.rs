//! What the system refuses because there is too little of it: descriptors, processes. A start is refused with
//! what to do about it, and the manager goes on.

use relance_scm::{ServiceConfig, ServiceKind, ServiceState, Win32Error};
use relance_testkit::daemon::Daemon;
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};

use crate::support::{name, relance};

fn program(service: &str) -> ServiceConfig {
    let mut config = ServiceConfig::new(name(service), "/bin/sleep 100000");
    config.kind = ServiceKind::Program;
    config
}

/// Lets a process open so many files from now on.
fn limit_files(pid: u32, limit: u64) {
    let pid = Pid::from_raw(pid.try_into().expect("a process id"));
    let limit = Rlimit {
        current: Some(limit),
        // It has that of the test.
        maximum: getrlimit(Resource::Nofile).maximum,
    };
    prlimit(pid, Resource::Nofile, limit).expect("a process of the test's own");
}

#[test]
fn without_descriptors_a_start_is_refused_and_the_manager_goes_on() {
    const LIMIT: u64 = 128;
    const SERVICES: usize = 40;
    let mut daemon = Daemon::start(relance());
    limit_files(daemon.guardian_pid(), LIMIT);
    limit_files(daemon.engine_pid(), LIMIT);
    let names: Vec<_> = (0..SERVICES)
        .map(|number| name(&format!("w{number}")))
        .collect();
    let mut running = Vec::new();
    for service in &names {
        daemon.create(program(service.as_str()));
        match daemon.start_service(service) {
            Ok(()) => {
                let info = daemon.wait_for_state(service, ServiceState::Running);
                running.push((service, info.status.process_id));
            }
            Err(error) => {
                assert_eq!(error.code(), Win32Error::TOO_MANY_OPEN_FILES, "{error}");
                assert!(error.to_string().contains("raise its limit"), "{error}");
            }
        }
    }
    assert!(
        running.len() > 20 && running.len() < 30,
        "{}",
        running.len()
    );
    daemon.kill_engine();
    for (service, pid) in &running {
        assert_eq!(daemon.query(service).status.process_id, *pid);
    }
    assert!(daemon.stop().success(), "{}", daemon.messages());
}
