//! A real Laravel, its `queue:work` as a service: what `docs/laravel.md` promises.

use std::process::Command;
use std::time::Duration;

use relance_scm::ServiceState;
use rustix::process::{Pid, Signal, kill_process};

use crate::site::{Framework, Site, WORKER};
use crate::support::{done, name};

const LARAVEL: Framework = Framework {
    folder: "laravel",
    file: "/usr/share/php/Illuminate/autoload.php",
    console: "artisan",
    work: &["queue:work", "--sleep=0.01", "--tries=3", "--timeout=3600"],
};

/// The application with its queue, a database.
fn laravel() -> Option<Site> {
    let site = Site::new(&LARAVEL, |shared| {
        let path = |name: &str| shared.join(name).display().to_string();
        std::fs::write(shared.join("queue.sqlite"), "").expect("a folder");
        vec![
            ("DB_DATABASE", path("queue.sqlite")),
            ("CACHE_FOLDER", path("cache")),
        ]
    })?;
    site.console(&["migrate", "--force"]);
    Some(site)
}

#[test]
fn a_restart_lets_the_job_end_and_the_next_one_is_done_by_the_new_release() {
    let Some(site) = laravel() else { return };
    site.hands_over_at_a_restart(&[]);
}

#[test]
fn a_stop_lets_the_job_end_and_the_rest_of_the_queue_waits() {
    let Some(site) = laravel() else { return };
    site.send("long");
    site.let_end("next");
    site.send("next");
    site.start_worker(&[], &[]);
    site.prints("long begins");
    done(&site.daemon.relance(&["stop", "--no-wait", WORKER]));
    site.let_end("long");
    site.daemon
        .wait_for_state(&name(WORKER), ServiceState::Stopped);
    let printed = site.prints("long ends");
    assert!(!printed.contains("next"), "{printed}");
    assert_eq!(site.failures(), 0);
    done(&site.daemon.relance(&["start", WORKER]));
    site.prints("next ends");
}

#[test]
fn a_job_whose_worker_was_killed_is_done_by_the_next_one() {
    let Some(site) = laravel() else { return };
    site.start_worker(&[], &[]);
    site.send("job");
    site.prints("job begins");
    let pid = Pid::from_raw(site.worker().status.process_id.cast_signed());
    kill_process(pid.expect("it runs"), Signal::KILL).expect("it is ours");
    (site.daemon).wait_until(&name(WORKER), |info| info.recovery.pending.len() == 1);
    site.let_end("job");
    site.daemon.advance(Duration::from_secs(1));
    site.prints("job ends");
    assert_eq!(site.failures(), 1);
}

#[test]
fn at_its_memory_limit_the_worker_ends_with_12_and_is_started_again() {
    let Some(site) = laravel() else { return };
    site.console(&["mail:send", "large", "--megabytes=100"]);
    site.start_worker(&[], &["--memory=90"]);
    site.wait_for_run(2);
    site.ended_as_planned(12);
}

#[test]
fn queue_restart_is_a_planned_end() {
    let Some(site) = laravel() else { return };
    a_restart_was_asked_for_long_ago(&site);
    site.start_worker(&[], &[]);
    // The worker remembers when the last restart was asked for before it takes its first job.
    site.let_end("first");
    site.send("first");
    site.prints("first ends");
    site.release(2);
    site.console(&["queue:restart"]);
    site.wait_for_run(2);
    site.ended_as_planned(0);
    site.let_end("next");
    site.send("next");
    site.prints("next ends in release 2");
}

/// Makes the entry of the cache that says so. Laravel's cache in files drops an entry that is read in the moment in
/// which its file is made, still empty, and with it the wish for a restart: so it is there before, with another time.
fn a_restart_was_asked_for_long_ago(site: &Site) {
    site.console(&["queue:restart"]);
    let script = r#"find "$1" -type f -exec sed -i s/i:1/i:2/ {} +"#;
    let command = Command::new("/bin/sh")
        .args(["-c", script, "sh"])
        .arg(site.path("shared/cache"))
        .status();
    assert!(command.expect("a shell").success());
}

#[test]
fn a_queue_that_is_not_configured_is_a_failure_each_time() {
    let Some(site) = laravel() else { return };
    site.start_worker(&[], &["no-such-queue"]);
    for (count, delay) in [(1, 1), (2, 10), (3, 60)] {
        (site.daemon).wait_until(&name(WORKER), |info| info.recovery.failure_count == count);
        assert_eq!(site.daemon.advance_to_next().as_secs(), delay);
    }
    site.prints("[no-such-queue] queue connection has not been configured");
}

#[test]
fn the_worker_itself_waits_for_a_queue_that_is_away() {
    let Some(site) = laravel() else { return };
    site.let_end("job");
    site.send("job");
    let (queue, away) = (site.path("shared/queue.sqlite"), site.path("away"));
    std::fs::rename(&queue, &away).expect("it is there");
    site.start_worker(&[], &[]);
    site.prints("does not exist");
    assert_eq!(site.worker().status.state, ServiceState::Running);
    std::fs::rename(&away, &queue).expect("it is there");
    site.prints("job ends");
    assert_eq!(site.failures(), 0);
}
