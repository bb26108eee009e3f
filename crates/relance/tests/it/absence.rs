//! A service goes on while no manager is there: what it calls waits, what it said is said again, and a
//! control reaches it once.

use relance_scm::config::EnvironmentVariable;
use relance_scm::{Control, ServiceState};
use relance_testkit::cgroups::{process, wait_for_end};
use relance_testkit::daemon::Daemon;
use relance_testkit::puppet::{Puppet, Stage};

use crate::support::{name, puppets, relance, running};

/// A service that accepts STOP and says that it is paused.
const PAUSED: &str = "report 7 1";
const STOPPED: &str = "report 1 0";

/// Kills guardian and engine: the engine may answer a little longer than its guardian lives.
fn kill(daemon: &mut Daemon) {
    let engine = process(&daemon.engine_pid().to_string());
    daemon.kill_guardian();
    wait_for_end(&engine);
}

struct Service {
    daemon: Daemon,
    puppet: Puppet,
    /// Where its next process would come.
    _stage: Stage,
}

impl Service {
    fn running() -> Self {
        let daemon = Daemon::start(relance());
        let stage = Stage::new(daemon.folder(), "a");
        daemon.create(puppets(&stage, "a", "restart/0"));
        let puppet = running(&daemon, &stage, "a");
        Self {
            daemon,
            puppet,
            _stage: stage,
        }
    }

    fn is_stopped_and_never_failed(&self) {
        let info = self
            .daemon
            .wait_for_state(&name("a"), ServiceState::Stopped);
        assert_eq!(info.recovery.failure_count, 0);
        assert_eq!(self.daemon.events_with_ids(&name("a"), &[7031, 7034]), []);
        assert_eq!(info.last_end.expect("it has run").run.number, 1);
    }
}

#[test]
fn a_loop_that_asks_and_reports_at_every_turn_survives_the_guardian() {
    let mut service = Service::running();
    for _ in 0..3 {
        let user = Control::from_raw(200).expect("a control of the service's own");
        let sent = service.daemon.control(&name("a"), user);
        sent.expect("it is accepted");
        assert_eq!(service.puppet.next_control(), 200);
        kill(&mut service.daemon);
        service.puppet.tell("query");
        service.puppet.tell(PAUSED);
        service.daemon.start_again();
        service.puppet.obeyed().expect("the manager is back");
        service.puppet.obeyed().expect("the report is on record");
        let info = service.daemon.query(&name("a"));
        assert_eq!(info.status.state, ServiceState::Paused);
        assert_eq!(info.status.process_id, service.puppet.pid);
        service.puppet.report(ServiceState::Running);
    }
    let sent = service.daemon.control(&name("a"), Control::Stop);
    sent.expect("it is accepted");
    // Nothing that it got before the gaps came again.
    assert_eq!(service.puppet.next_control(), Control::Stop.to_raw());
    service.puppet.stopped(0, 0);
    service.is_stopped_and_never_failed();
}

#[test]
fn a_stop_that_is_reported_while_no_manager_is_there_is_no_crash() {
    let mut service = Service::running();
    kill(&mut service.daemon);
    service.puppet.tell(STOPPED);
    service.puppet.tell("exit 0");
    service.daemon.start_again();
    service.is_stopped_and_never_failed();
}

#[test]
fn a_service_is_told_after_its_time_that_no_manager_is_there() {
    let mut daemon = Daemon::start(relance());
    let stage = Stage::new(daemon.folder(), "a");
    let mut config = puppets(&stage, "a", "restart/0");
    let wait = EnvironmentVariable::new("RELANCE_WAIT_MS", "1").expect("a legal variable");
    config.environment = [wait].into();
    daemon.create(config);
    let mut puppet = running(&daemon, &stage, "a");
    kill(&mut daemon);
    let error = puppet.order("query").expect_err("no manager is there");
    assert!(error.contains("no service manager is running"), "{error}");
    puppet.order(PAUSED).expect("the report is kept");
    daemon.start_again();
    daemon.wait_for_state(&name("a"), ServiceState::Paused);
}
