//! What was answered is so: engine and guardian are killed as soon as the answer is there.

use relance_client::{Target, connect_as};
use relance_scm::{ConfigChange, ScmError, ServiceConfig, Win32Error};
use relance_testkit::daemon::Daemon;
use relance_wire::api::{Role, TokenRequest};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{fault, name, relance};

/// How often both are killed.
const ROUNDS: usize = 5;

/// Kills the engine, then the guardian, and starts the daemon again. The engine is given: nobody asks it
/// anything any more.
fn kill_both(daemon: &mut Daemon, engine: u32) {
    let engine = Pid::from_raw(engine.cast_signed()).expect("a process id");
    kill_process(engine, Signal::KILL).expect("ours");
    daemon.kill_guardian();
    daemon.start_again();
}

#[test]
fn what_was_answered_is_so_after_both_are_killed() {
    let mut daemon = Daemon::start(relance());
    for round in 0..ROUNDS {
        let service = |what: &str| name(&format!("{what}{round}"));
        let engine = daemon.engine_pid();
        for what in ["kept", "changed", "removed"] {
            daemon.create(ServiceConfig::new(service(what), "/bin/true"));
        }
        let changed = daemon.ask(|scm, caller, reply| {
            let change = ConfigChange {
                command_line: Some("/bin/false".into()),
                ..ConfigChange::default()
            };
            scm.change_config(caller, &service("changed"), change, reply);
        });
        changed.expect("it is changed");
        let removed = daemon.ask(|scm, caller, reply| {
            scm.delete_service(caller, &service("removed"), reply);
        });
        removed.expect("it is deleted");
        kill_both(&mut daemon, engine);
        let line = |what: &str| daemon.query(&service(what)).config.command_line.clone();
        assert_eq!(&*line("kept"), "/bin/true");
        assert_eq!(&*line("changed"), "/bin/false");
        let gone = daemon.ask(|scm, caller, reply| {
            scm.query_service(caller, &service("removed"), reply);
        });
        let gone = gone.expect_err("it was deleted");
        assert_eq!(gone.code(), Win32Error::SERVICE_DOES_NOT_EXIST);
    }
    fault(
        "engine and guardian killed as soon as a change is answered",
        "it is made: created, changed, deleted",
    );
}

#[test]
fn a_token_that_was_revoked_stays_so_after_both_are_killed() {
    let mut daemon = Daemon::start(relance());
    for round in 0..ROUNDS {
        let token = |daemon: &Daemon, what: &str| {
            let request = TokenRequest {
                name: format!("{what}{round}"),
                role: Role::Administrator,
                days: None,
            };
            let made = daemon.manager().create_token(&request);
            made.expect("tests run as an administrator")
        };
        let is_known = |daemon: &Daemon, token: &str| -> Result<(), ScmError> {
            let manager = connect_as(&Target::Socket(daemon.socket()), token)?;
            manager.session().map(drop)
        };
        let engine = daemon.engine_pid();
        let (kept, revoked) = (token(&daemon, "kept"), token(&daemon, "revoked"));
        is_known(&daemon, &revoked.token).expect("it is new");
        let ended = daemon.manager().end_session(&revoked.session.id);
        ended.expect("it is revoked");
        kill_both(&mut daemon, engine);
        let refused = is_known(&daemon, &revoked.token).expect_err("it was revoked");
        assert_eq!(refused.code(), Win32Error::LOGON_FAILURE);
        is_known(&daemon, &kept.token).expect("it was made");
    }
    fault(
        "engine and guardian killed as soon as a token is revoked",
        "it stays revoked",
    );
}
