//! Templates, policies, schedules and targets while the guardian is killed.

use relance_scm::ServiceState;
use relance_testkit::daemon::Daemon;
use rustix::process::{Pid, Signal, kill_process};

use super::{AT_ONCE, OK, Web, targets};
use crate::support::{name, printed, relance};

/// A template of three, a policy that they use, a service that the clock starts, and a target.
fn what_must_last(daemon: &Daemon) {
    for words in [
        "policy set workers --actions restart/50ms --reset 1h --notify ops=failure",
        "create w@ --instances 3 --policy workers -- /bin/sleep 1000",
        "create tick --schedule *:*:* -- /bin/true",
        "start w@",
    ] {
        printed(daemon, &words.split(' ').collect::<Vec<_>>());
    }
}

/// What must be the same before and after.
fn lasting(daemon: &Daemon) -> Vec<(String, u32, usize, Option<String>)> {
    let lists = [&["policy", "show", "workers"][..], &["export"]];
    let mut kept: Vec<_> = lists
        .into_iter()
        .map(|words| (printed(daemon, words), 0, 0, None))
        .collect();
    for number in 1..=3 {
        let info = daemon.wait_for_state(&name(&format!("w@{number}")), ServiceState::Running);
        let failures = info.recovery.failure_count as usize;
        let cause = info.run.map(|run| run.cause.to_string());
        let service = info.config.service_name.to_string();
        kept.push((service, info.status.process_id, failures, cause));
    }
    kept
}

fn ticks(daemon: &Daemon) -> u32 {
    let info = daemon.query(&name("tick"));
    info.last_end.as_ref().map_or(0, |end| end.run.number)
}

#[test]
fn x93_templates_policies_schedules_and_targets_outlive_the_guardian_and_are_used_after_it() {
    let mut daemon = Daemon::start(relance());
    let web = Web::open();
    targets(
        &daemon,
        &format!("{AT_ONCE}[target.ops]\nwebhook = \"{}\"\n", web.url),
    );
    what_must_last(&daemon);
    let before = lasting(&daemon);
    let list = printed(&daemon, &["notify", "list"]);
    daemon.wait_until(&name("tick"), |info| info.last_end.is_some());
    let ticked = ticks(&daemon);
    daemon.kill_guardian();
    daemon.start_again();
    assert_eq!(lasting(&daemon), before, "all is there, undisturbed");
    assert_eq!(printed(&daemon, &["notify", "list"]), list);
    daemon.wait_until(&name("tick"), |info| {
        let ended = info.last_end.as_ref().map(|end| end.run.number);
        ended > Some(ticked)
    });
    // A failure is followed by what the policy says, and told.
    let (_, victim, ..) = before[3];
    let victim = i32::try_from(victim).ok().and_then(Pid::from_raw);
    kill_process(victim.expect("a process"), Signal::KILL).expect("it is ours");
    web.answer(OK);
    assert_eq!(web.next()["services"][0]["name"], "w@2");
    let again = daemon.wait_until(&name("w@2"), |info| info.recovery.failure_count == 1);
    assert_eq!(again.recovery.failure_count, 1);
    daemon.wait_for_state(&name("w@2"), ServiceState::Running);
    // Scaling starts copies that have the policy too, and stops the highest.
    printed(&daemon, &["scale", "w@", "5"]);
    daemon.wait_for_state(&name("w@5"), ServiceState::Running);
    let users = printed(&daemon, &["policy", "show", "workers"]);
    assert!(users.contains("w@5"), "{users}");
    printed(&daemon, &["scale", "w@", "2"]);
    assert!(!printed(&daemon, &["list", "w@"]).contains("w@3"));
}
