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

/// A daemon that cannot look at what runs changes nothing: what it cannot see is not gone.
#[test]
fn without_descriptors_nothing_is_taken_for_gone_at_the_start() {
    const SERVICES: usize = 40;
    let mut daemon = Daemon::start(relance());
    let services = (0..SERVICES).map(|number| name(&format!("w{number}")));
    let running: Vec<_> = services
        .map(|service| {
            daemon.create(program(service.as_str()));
            daemon.start_service(&service).expect("it starts");
            let info = daemon.wait_for_state(&service, ServiceState::Running);
            (service, info.status.process_id)
        })
        .collect();
    daemon.kill_guardian();
    // Whichever file is the first that cannot be opened.
    for limit in 24..=40 {
        let said = start_with_files(&daemon, limit);
        assert!(
            said.contains("services run on") && said.contains("LimitNOFILE"),
            "{limit}: {said}"
        );
    }
    daemon.start_again();
    for (service, pid) in &running {
        let info = daemon.query(service);
        assert_eq!(info.status.process_id, *pid, "{service}");
        assert_eq!(info.recovery.failure_count, 0, "{service}");
    }
    assert!(daemon.stop().success(), "{}", daemon.messages());
}

/// Starts a daemon with so few descriptors that it must give up; what it says.
fn start_with_files(daemon: &Daemon, limit: usize) -> String {
    let command = daemon.command();
    let script = format!("ulimit -n {limit}; exec \"$@\"");
    let output = std::process::Command::new("/bin/sh")
        .args(["-c", &script, "sh"])
        .arg(command.get_program())
        .args(command.get_args())
        .output()
        .expect("the program runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(78), "{limit}: {said}");
    said
}

/// What a stop leaves behind is more than there are descriptors for.
#[test]
fn many_processes_of_a_run_that_stops_use_up_no_descriptors() {
    const LIMIT: u64 = 128;
    let mut daemon = Daemon::start(relance());
    limit_files(daemon.guardian_pid(), LIMIT);
    let orders = daemon.folder().join("orders");
    let ready = daemon.folder().join("ready");
    // The shell ends at once; its children when they are told to.
    let script = format!(
        "mkfifo {0}; trap 'exit 0' TERM; for i in $(seq 300); do sleep 100000 & done; echo x >{1}; cat {0}",
        orders.display(),
        ready.display()
    );
    let mut config = ServiceConfig::new(name("many"), format!("/bin/sh -c \"{script}\""));
    config.kind = ServiceKind::Program;
    daemon.create(config);
    daemon.start_service(&name("many")).expect("it starts");
    crate::log_files::wait_for_file(&ready);
    let stop = daemon.relance(&["stop", "many"]);
    assert!(
        stop.status.success(),
        "{}",
        String::from_utf8_lossy(&stop.stderr)
    );
    let info = daemon.wait_for_state(&name("many"), ServiceState::Stopped);
    assert_eq!(info.recovery.failure_count, 0);
    let messages = daemon.messages();
    assert!(!messages.contains("cannot be watched"), "{messages}");
    daemon.create(program("after"));
    daemon.start_service(&name("after")).expect("it starts");
    assert!(daemon.stop().success(), "{}", daemon.messages());
}
