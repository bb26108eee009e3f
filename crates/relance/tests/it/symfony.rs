//! A real Symfony, its `messenger:consume` as a service beside the Redis that it needs: what
//! `docs/symfony.md` promises.

use std::path::Path;
use std::time::Duration;

use relance_scm::ServiceState;
use rustix::process::{Pid, Signal, kill_process};

use crate::site::{Framework, Site, WORKER};
use crate::support::{done, name, output_once, output_with, redis};

const SYMFONY: Framework = Framework {
    folder: "symfony",
    file: "/usr/share/php/Symfony/Bundle/FrameworkBundle/autoload.php",
    console: "bin/console",
    work: &["messenger:consume", "async", "--sleep=0.01"],
};

/// What Redis prints when it is ready.
const LISTENS: &str = "ready to accept connections";

/// The application, and its queue, which is a service that keeps what it has.
fn symfony() -> Option<Site> {
    let site = Site::new(&SYMFONY, |shared| {
        vec![
            ("CACHE_FOLDER", shared.join("cache").display().to_string()),
            (
                "MESSENGER_TRANSPORT_DSN",
                format!("redis://{}", queue(shared).display()),
            ),
        ]
    })?;
    let (socket, folder) = (queue(&site.path("shared")), site.path("shared"));
    let (socket, folder) = (socket.display().to_string(), folder.display().to_string());
    let create = ["create", "redis", "--actions=restart/1s", "--"];
    let server = redis(&socket, &folder);
    done(&site.daemon.relance(&[&create[..], &server].concat()));
    done(&site.daemon.relance(&["start", "redis"]));
    output_with(&site.daemon, "redis", LISTENS);
    Some(site)
}

fn queue(shared: &Path) -> std::path::PathBuf {
    shared.join("redis.sock")
}

fn kill(site: &Site, service: &str) {
    let pid = site.daemon.query(&name(service)).status.process_id;
    let pid = Pid::from_raw(pid.cast_signed()).expect("it runs");
    kill_process(pid, Signal::KILL).expect("it is ours");
}

#[test]
fn a_restart_lets_the_message_end_and_the_next_one_is_handled_by_the_new_release() {
    let Some(site) = symfony() else { return };
    site.hands_over_at_a_restart(&["--depend=redis"]);
}

#[test]
fn a_message_whose_worker_was_killed_is_handled_by_the_next_one() {
    let Some(site) = symfony() else { return };
    site.start_worker(&["--depend=redis"], &[]);
    site.send("mail");
    site.prints("mail begins");
    kill(&site, WORKER);
    (site.daemon).wait_until(&name(WORKER), |info| info.recovery.pending.len() == 1);
    site.let_end("mail");
    site.daemon.advance(Duration::from_secs(1));
    site.prints("mail ends");
    assert_eq!(site.failures(), 1);
}

#[test]
fn stop_workers_is_a_planned_end() {
    let Some(site) = symfony() else { return };
    site.start_worker(&["--depend=redis"], &[]);
    // A worker obeys what was asked for after its start.
    site.let_end("first");
    site.send("first");
    site.prints("first ends");
    site.console(&["messenger:stop-workers"]);
    site.wait_for_run(2);
    site.ended_as_planned(0);
}

#[test]
fn a_broken_queue_is_a_failure_and_no_message_is_lost_when_both_are_back() {
    let Some(site) = symfony() else { return };
    site.start_worker(&["--depend=redis"], &[]);
    site.send("mail");
    site.prints("mail begins");
    kill(&site, "redis");
    (site.daemon).wait_until(&name("redis"), |info| info.recovery.pending.len() == 1);
    site.let_end("mail");
    let broken = (site.daemon).wait_until(&name(WORKER), |info| info.recovery.failure_count == 1);
    assert_eq!(broken.recovery.pending.len(), 1);
    site.prints("Connection");
    site.release(2);
    site.daemon.advance_to_next();
    (site.daemon).wait_for_state(&name("redis"), ServiceState::Running);
    output_once(&site.daemon, "redis", |text| {
        text.matches(LISTENS).count() == 2
    });
    site.daemon.advance(Duration::from_secs(60));
    // It was handled, but could not be said to be: it is handled once more.
    let printed = site.prints("mail ends in release 2");
    assert!(printed.contains("mail ends in release 1"), "{printed}");
}
