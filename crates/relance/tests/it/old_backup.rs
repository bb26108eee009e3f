//! A backup that is older than what runs is brought back.

use std::fs;

use relance_scm::{Control, ServiceConfig, ServiceKind, ServiceState};
use relance_testkit::cgroups::wait_for_end;
use relance_testkit::puppet::Stage;
use rustix::process::Signal;

use crate::store::{Scene, says};
use crate::support::{name, puppets, running};

/// A backup of before services were started again: nothing that runs is disturbed or started twice, no
/// failure is counted, and no number of a run is given twice.
#[test]
fn an_old_backup_is_brought_up_to_what_runs() {
    let scene = Scene::new();
    let daemon = &scene.daemon;
    let mut config = ServiceConfig::new(name("idle"), "/bin/sleep 100000");
    config.kind = ServiceKind::Program;
    daemon.create(config);
    let stage = Stage::new(daemon.folder(), "spoken");
    daemon.create(puppets(&stage, "spoken", "restart/0"));
    let before = running(daemon, &stage, "spoken");
    fs::remove_file(scene.backup()).expect("it was made");
    says(&scene.command("backup", &[]), "");
    let run = |service: &str| daemon.query(&name(service)).run.map(|run| run.id.number);
    before.kill(Signal::KILL);
    let mut puppet = stage.next_run();
    puppet.run();
    for _ in 0..2 {
        for service in ["idle", "steady"] {
            let _ = daemon.control(&name(service), Control::Stop);
            daemon.wait_for_state(&name(service), ServiceState::Stopped);
            daemon.start_service(&name(service)).expect("it starts");
        }
    }
    daemon
        .control(&name("idle"), Control::Stop)
        .expect("it stops");
    daemon.wait_for_state(&name("idle"), ServiceState::Stopped);
    let pid = daemon.query(&name("steady")).status.process_id;
    assert_eq!(run("steady"), Some(3));

    let told = scene.next_answer_after(|state| {
        for suffix in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(state.join(format!("relance.db{suffix}")));
        }
    });
    told.expect_err("there is no database");
    let waiting = scene.engine();
    says(&scene.command("restore", &[]), "restored");
    wait_for_end(&waiting);
    let info = daemon.query(&name("steady"));
    assert_eq!((info.status.process_id, run("steady")), (pid, Some(3)));
    assert_eq!(run("spoken"), Some(2));
    puppet.report(ServiceState::Running);
    daemon
        .control(&name("spoken"), Control::Stop)
        .expect("it obeys");
    puppet.stopped(0, 0);
    daemon.wait_for_state(&name("spoken"), ServiceState::Stopped);
    daemon.start_service(&name("idle")).expect("it starts");
    assert_eq!(run("idle"), Some(3), "two were before");
    for service in ["idle", "steady", "spoken"] {
        let info = daemon.query(&name(service));
        assert_eq!(info.recovery.failure_count, 0, "{service}");
        let failures = daemon.events_with_ids(&name(service), &[7031, 7034]);
        assert!(failures.is_empty(), "{service}: {failures:?}");
    }
}
