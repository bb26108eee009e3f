//! Programs that say of themselves that they are ready, and what they are doing (X41, X42), with real
//! processes.

use std::time::Duration;

use relance_scm::config::Readiness;
use relance_scm::settings::{READY, STOP_GRACE, WATCHDOG};
use relance_scm::{ServiceConfig, ServiceKind, ServiceState};
use relance_testkit::daemon::Daemon;
use relance_testkit::puppet::{Puppet, Stage};

use crate::support::{done, name, relance};

/// A program on strings that has to give a sign, and was just started.
fn started(daemon: &Daemon, settings: impl Fn(&mut ServiceConfig)) -> (Stage, Puppet) {
    let stage = Stage::new(daemon.folder(), "worker");
    let mut config = stage.service("worker", "restart/1000");
    config.kind = ServiceKind::Program;
    config.extensions.set(READY, Some(Readiness::Notify));
    settings(&mut config);
    daemon.create(config);
    daemon.start_service(&name("worker")).expect("it starts");
    let puppet = stage.next_run();
    daemon.wait_for_state(&name("worker"), ServiceState::StartPending);
    (stage, puppet)
}

fn text(daemon: &Daemon, arguments: &[&str]) -> String {
    let output = daemon.relance(arguments);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn x41_a_program_is_running_when_it_has_said_so() {
    let daemon = Daemon::with_manual_clock(relance());
    let (_stage, mut puppet) = started(&daemon, |_| {});
    let why = text(&daemon, &["why", "worker"]);
    assert!(why.contains("has not said that it is ready"), "{why}");
    puppet.order("say READY=1 STATUS=serving").expect("sent");
    let info = daemon.wait_for_state(&name("worker"), ServiceState::Running);
    let run = info.run.expect("it runs");
    assert_eq!(run.status_text.as_deref(), Some("serving"));
    assert!(text(&daemon, &["status", "worker"]).contains("serving"));
    assert!(text(&daemon, &["list"]).contains("serving"));
}

#[test]
fn x41_a_line_on_a_descriptor_is_a_sign_too() {
    for number in [3, 7] {
        let daemon = Daemon::with_manual_clock(relance());
        let (_stage, mut puppet) = started(&daemon, |config| {
            let sign = Readiness::Descriptor(number);
            config.extensions.set(READY, Some(sign));
        });
        puppet.order(&format!("ready {number}")).expect("written");
        daemon.wait_for_state(&name("worker"), ServiceState::Running);
        // Again does no harm, although nobody reads it.
        puppet.order(&format!("ready {number}")).expect("written");
    }
}

#[test]
fn x41_a_sign_outlives_the_engine_and_the_daemon() {
    for sign in [Readiness::Notify, Readiness::Descriptor(5)] {
        let order = match sign {
            Readiness::Notify => "say READY=1",
            _ => "ready 5",
        };
        let daemon = Daemon::with_manual_clock(relance());
        let (_stage, mut puppet) = started(&daemon, |config| {
            config.extensions.set(READY, Some(sign.clone()));
        });
        daemon.kill_engine();
        puppet.order(order).expect("the guardian has it");
        daemon.wait_for_state(&name("worker"), ServiceState::Running);

        let mut daemon = Daemon::with_manual_clock(relance());
        let (_stage, mut puppet) = started(&daemon, |config| {
            config.extensions.set(READY, Some(sign.clone()));
        });
        daemon.kill_guardian();
        // Nobody hears it, and it does no harm.
        let _unheard = puppet.order(order);
        daemon.start_again();
        let info = daemon.wait_for_state(&name("worker"), ServiceState::Running);
        assert_eq!(info.status.process_id, puppet.pid);
    }
}

#[test]
fn x41_only_a_process_of_the_run_is_believed() {
    let daemon = Daemon::with_manual_clock(relance());
    let (_stage, mut puppet) = started(&daemon, |_| {});
    let socket = puppet
        .order("environment NOTIFY_SOCKET")
        .expect_err("its value");
    let stranger = std::os::unix::net::UnixDatagram::unbound().expect("a socket");
    for text in [&b"READY=1"[..], &b"READY=1\n".repeat(1000)] {
        stranger
            .send_to(text, &socket)
            .expect("of the same account");
    }
    // Too long, then one that is good.
    puppet
        .order(&format!("say READY=1 STATUS={}", "x".repeat(5000)))
        .expect("sent");
    puppet
        .order("say EXTEND_TIMEOUT_USEC=600000000")
        .expect("sent");
    daemon.wait_until(&name("worker"), |info| {
        info.status.wait_hint == Duration::from_secs(600)
    });
    let info = daemon.query(&name("worker"));
    assert_eq!(info.status.state, ServiceState::StartPending);
    assert_eq!(info.run.expect("it runs").status_text, None);
}

#[test]
fn x41_who_says_nothing_is_ended_and_started_again() {
    let daemon = Daemon::with_manual_clock(relance());
    let (stage, mut puppet) = started(&daemon, |_| {});
    assert_eq!(daemon.advance_to_next(), Duration::from_secs(90));
    puppet.wait_for_end();
    daemon.wait_until(&name("worker"), |info| !info.recovery.pending.is_empty());
    daemon.advance_to_next();
    let mut puppet = stage.next_run();
    puppet.order("say READY=1").expect("sent");
    daemon.wait_for_state(&name("worker"), ServiceState::Running);
}

#[test]
fn x42_reloading_main_process_and_status_are_shown_and_made_harmless() {
    let daemon = Daemon::with_manual_clock(relance());
    let (_stage, mut puppet) = started(&daemon, |config| {
        config
            .extensions
            .set(WATCHDOG, Some(Duration::from_secs(60)));
    });
    puppet.order("say READY=1").expect("sent");
    daemon.wait_for_state(&name("worker"), ServiceState::Running);
    puppet
        // Nobody is told of these alone, but of another watchdog.
        .order("say RELOADING=1 STATUS=a\u{1b}[2Jb MAINPID=1 WATCHDOG_USEC=70000000")
        .expect("sent");
    let run = || daemon.query(&name("worker")).run.expect("it runs");
    daemon.wait_until(&name("worker"), |info| {
        info.run.as_ref().is_some_and(|run| run.reloading)
    });
    assert_eq!(run().status_text.as_deref(), Some("a\u{fffd}[2Jb"));
    assert_eq!(run().main_process_id, None, "not one of its own");
    let own = puppet.pid;
    puppet
        .order(&format!("say READY=1 MAINPID={own} WATCHDOG_USEC=80000000"))
        .expect("sent");
    daemon.wait_until(&name("worker"), |info| {
        info.run.as_ref().is_some_and(|run| !run.reloading)
    });
    assert_eq!(run().main_process_id, Some(own));
}

#[test]
fn x42_a_program_that_takes_itself_for_hung_or_wants_more_is_answered_in_the_log() {
    let daemon = Daemon::with_manual_clock(relance());
    let (stage, mut puppet) = started(&daemon, |_| {});
    for _ in 0..3 {
        puppet.order("say FDSTORE=1").expect("sent");
    }
    puppet.order("say READY=1").expect("sent");
    daemon.wait_for_state(&name("worker"), ServiceState::Running);
    let refused = text(&daemon, &["events", "--id", "1013"]);
    assert_eq!(refused.matches("FDSTORE=1").count(), 1, "{refused}");
    // It may be ended before it has answered.
    puppet.tell("say WATCHDOG=trigger");
    puppet.wait_for_end();
    let info = daemon.wait_until(&name("worker"), |info| !info.recovery.pending.is_empty());
    assert_eq!(info.recovery.failure_count, 1);
    let why = text(&daemon, &["why", "worker"]);
    assert!(why.contains("it said so (WATCHDOG=trigger)"), "{why}");
    daemon.advance_to_next();
    let mut puppet = stage.next_run();
    puppet.order("say READY=1 STOPPING=1").expect("sent");
    daemon.wait_for_state(&name("worker"), ServiceState::StopPending);
    puppet.tell("exit 0");
    let info = daemon.wait_for_state(&name("worker"), ServiceState::Stopped);
    assert_eq!(info.recovery.failure_count, 1, "a clean end");
}

#[test]
fn x42_a_program_that_says_too_much_keeps_nobody_waiting_and_fills_no_log() {
    let daemon = Daemon::with_manual_clock(relance());
    let (_stage, mut puppet) = started(&daemon, |_| {});
    for flood in [
        "WATCHDOG_USEC=10000000 FDSTORE=1",
        "ERRNO=2 STATUS=busy",
        "RELOADING=1 MAINPID=1 nonsense =",
    ] {
        puppet
            .order(&format!("say-often 2000 {flood}"))
            .expect("all of it is taken");
        // Others are answered at once.
        done(&daemon.relance(&["create", "other", "--", "/bin/true"]));
        done(&daemon.relance(&["delete", "other"]));
    }
    // What counts is heard behind all that.
    puppet.order("say READY=1 STATUS=done").expect("sent");
    let info = daemon.wait_for_state(&name("worker"), ServiceState::Running);
    let run = info.run.expect("it runs");
    assert_eq!(run.status_text.as_deref(), Some("done"));
    let told = daemon.event_ids(&name("worker")).len();
    assert!(told < 20, "{told} entries");
}

#[test]
fn x42_who_has_said_that_it_stops_is_not_running_again_by_saying_so() {
    let daemon = Daemon::with_manual_clock(relance());
    let (stage, mut puppet) = started(&daemon, |config| {
        config.extensions.set(STOP_GRACE, Duration::from_secs(7));
    });
    puppet.order("say READY=1").expect("sent");
    daemon.wait_for_state(&name("worker"), ServiceState::Running);
    puppet.order("say STOPPING=1").expect("sent");
    daemon.wait_for_state(&name("worker"), ServiceState::StopPending);
    puppet
        .order("say READY=1 STOPPING=1 WATCHDOG=1 STATUS=still")
        .expect("sent");
    daemon.wait_until(&name("worker"), |info| {
        let run = info.run.as_ref();
        run.is_some_and(|run| run.status_text.as_deref() == Some("still"))
    });
    let info = daemon.query(&name("worker"));
    assert_eq!(info.status.state, ServiceState::StopPending);
    // That does not begin its grace again.
    assert_eq!(daemon.advance_to_next(), Duration::from_secs(7));
    puppet.wait_for_end();
    daemon.wait_until(&name("worker"), |info| !info.recovery.pending.is_empty());
    daemon.advance_to_next();
    let _next = stage.next_run();
}

#[test]
fn x42_a_main_process_of_another_service_is_not_believed() {
    let daemon = Daemon::with_manual_clock(relance());
    done(&daemon.relance(&["create", "other", "--", "/bin/sleep", "1000"]));
    done(&daemon.relance(&["start", "other"]));
    let other = daemon.query(&name("other")).status.process_id;
    let (_stage, mut puppet) = started(&daemon, |_| {});
    let main = || {
        let run = daemon.query(&name("worker")).run.expect("it runs");
        run.main_process_id
    };
    for (number, stranger) in [other, daemon.guardian_pid(), 0, u32::MAX]
        .iter()
        .enumerate()
    {
        let sign = format!("say MAINPID={stranger} WATCHDOG_USEC=10000000 STATUS={number}");
        puppet.order(&sign).expect("sent");
        daemon.wait_until(&name("worker"), |info| {
            let run = info.run.as_ref();
            run.is_some_and(|run| run.status_text.as_deref() == Some(&*number.to_string()))
        });
        assert_eq!(main(), None, "{stranger}");
    }
    // Its stop ends its own process and not the other's.
    puppet.order("say READY=1").expect("sent");
    daemon.wait_for_state(&name("worker"), ServiceState::Running);
    done(&daemon.relance(&["stop", "worker", "--no-wait"]));
    puppet.wait_for_end();
    assert_eq!(daemon.query(&name("other")).status.process_id, other);
}

#[test]
fn x41_bad_signs_are_refused_with_the_way_out() {
    let daemon = Daemon::start(relance());
    for bad in ["soon", "fd:1", "fd:256", "notify:3"] {
        let output = daemon.relance(&["create", "a", "--ready", bad, "--", "/bin/true"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("write notify"), "{bad}: {said}");
    }
    done(&daemon.relance(&["create", "a", "--ready", "fd:3", "--", "/bin/true"]));
    assert!(text(&daemon, &["config", "a"]).contains("fd:3"));
}
