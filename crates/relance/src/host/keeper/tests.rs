//! A host in virtual time: its programs end when the test says.

use std::time::Duration;

use relance_policy::simulate::simulate;
use relance_scm::config::{Backoff, Rules, StartType};
use relance_scm::settings::{
    BACKOFF, FAILURE_RULES, NO_RESTART_ON_EXIT, QUIET_HOURS, RESET_AFTER_RUN, RESTART_JITTER,
    RESTART_LIMIT, RESTART_ON_EXIT, RETRY_FAILED_STARTS,
};
use relance_scm::{RecoveryAction, RecoveryActionKind, ServiceKind, ServiceName};

use super::*;

const ACCESS_VIOLATION: u32 = 0xC000_0005;

fn program(actions: &[RecoveryAction]) -> ServiceConfig {
    let name = ServiceName::new("w").expect("a name");
    let mut config = ServiceConfig::new(name, r"C:\w.exe");
    config.kind = ServiceKind::Program;
    config.failure_actions_on_non_crash_failures = true;
    config.failure_actions.actions = actions.into();
    config.failure_actions.reset_period = relance_scm::ResetPeriod::Seconds(3600);
    config.failure_actions.command = "tell.exe %1%".into();
    config
}

fn restart(seconds: u32) -> RecoveryAction {
    RecoveryAction::new(RecoveryActionKind::Restart, seconds * 1000)
}

fn rules(lines: &[&str]) -> Rules {
    let rules = lines.iter().map(|line| line.parse().expect("a rule"));
    Rules(rules.collect())
}

/// What `recovering` is used with in most tests: 1 s, 2 s, 4 s, then it gives up.
fn recovering() -> ServiceConfig {
    let mut config = program(&[restart(1)]);
    let backoff: Backoff = "exponential".parse().expect("a back-off");
    config.extensions.set(BACKOFF, Some(backoff));
    config.extensions.set(RESTART_LIMIT, Some(3));
    let lines = ["exit:78=none", "gave-up=run/0"];
    config.extensions.set(FAILURE_RULES, rules(&lines));
    config
}

struct World {
    keeper: Keeper,
    now: Time,
    /// Milliseconds since midnight at the beginning.
    wall: u64,
    run: Option<RunId>,
    commands: Vec<String>,
    log: Vec<u32>,
    /// With which error starts fail.
    missing: Option<Win32Error>,
}

impl World {
    fn new(config: ServiceConfig) -> Self {
        let mut world = Self {
            keeper: Keeper::new(config),
            now: Time::ZERO,
            wall: 0,
            run: None,
            commands: Vec::new(),
            log: Vec::new(),
            missing: None,
        };
        let work = world.keeper.begin(world.now);
        world.carry_out(work);
        world
    }

    fn carry_out(&mut self, work: Vec<Work>) {
        for one in work {
            match one {
                Work::Start(run) => match self.missing {
                    Some(error) => self.happened(Fact::NotStarted(run, error)),
                    None => {
                        self.run = Some(run);
                        self.happened(Fact::Started(run, 4));
                    }
                },
                Work::AskToStop | Work::Terminate => {}
                Work::RunCommand(id, command) => {
                    self.commands.push(command.into());
                    self.happened(Fact::CommandRun(id, Ok(())));
                }
                Work::Log(event) => self.log.push(event.id()),
            }
        }
    }

    fn happened(&mut self, fact: Fact) {
        let work = self.keeper.take(self.now, fact);
        self.carry_out(work);
    }

    fn ends(&mut self, code: u32) -> Stage {
        let run = self.run.take().expect("a program that runs");
        self.happened(Fact::Ended(run, Some(code)));
        self.keeper.stage()
    }

    /// Waits for what comes by itself; how long that took.
    fn next(&mut self) -> Duration {
        let at = self.keeper.next().expect("something to wait for");
        let waited = at - self.now;
        self.now = self.now.max(at);
        let wall = self.wall + self.now.as_nanos() / 1_000_000;
        let work = self.keeper.tick(self.now, wall);
        self.carry_out(work);
        waited
    }
}

#[test]
fn r1_without_such_settings_the_end_of_the_program_is_that_of_the_service() {
    let ends = |code| World::new(program(&[restart(0)])).ends(code);
    assert_eq!(ends(0), Stage::Stopped(ExitCode::SUCCESS));
    assert_eq!(ends(3), Stage::Stopped(ExitCode::ServiceSpecific(3)));
    // R1: an exception is a crash.
    assert_eq!(ends(ACCESS_VIOLATION), Stage::Crashed);
    let mut world = World::new(program(&[restart(0)]));
    world.ends(3);
    assert_eq!(world.log, [0_u32; 0], "the manager writes all of it");
}

#[test]
fn r35_a_program_that_cannot_be_started_stops_its_service() {
    let mut keeper = Keeper::new(program(&[restart(0)]));
    let work = keeper.begin(Time::ZERO);
    let [Work::Start(run)] = work[..] else {
        panic!("{work:?}");
    };
    keeper.take(
        Time::ZERO,
        Fact::NotStarted(run, Win32Error::FILE_NOT_FOUND),
    );
    let code = ExitCode::Win32(Win32Error::FILE_NOT_FOUND);
    assert_eq!(keeper.stage(), Stage::Stopped(code));
}

#[test]
fn x2_an_exit_code_that_asks_for_it_starts_the_program_again() {
    let mut config = program(&[]);
    config.extensions.set(RESTART_ON_EXIT, [75].into());
    let mut world = World::new(config);
    assert_eq!(world.ends(75), Stage::Running);
    assert_eq!(world.log, [1001], "planned recycling");
    for _ in 0..3 {
        world.ends(75);
    }
    // One that asks for it all the time is slowed down.
    assert_eq!(world.ends(75), Stage::Waiting);
    world.next();
    assert_eq!(world.ends(4), Stage::Stopped(ExitCode::ServiceSpecific(4)));
}

#[test]
fn a_requested_stop_never_recycles_and_ctrl_break_is_its_ordinary_end() {
    let mut config = program(&[restart(0)]);
    config.extensions.set(RESTART_ON_EXIT, [75].into());
    let stopped = |code| {
        let mut world = World::new(config.clone());
        world.happened(Fact::StopRequested);
        assert_eq!(world.keeper.stage(), Stage::Stopping);
        world.ends(code)
    };
    assert_eq!(stopped(CONTROL_C_EXIT), Stage::Stopped(ExitCode::SUCCESS));
    let own = Stage::Stopped(ExitCode::ServiceSpecific(75));
    assert_eq!(stopped(75), own);
}

#[test]
fn a_program_that_does_not_stop_is_ended_when_its_grace_is_over() {
    let mut world = World::new(program(&[restart(0)]));
    world.happened(Fact::StopRequested);
    assert_eq!(world.next(), Duration::from_secs(10));
    assert_eq!(world.log, [1003], "the grace is over");
    assert_eq!(world.ends(1), Stage::Stopped(ExitCode::SUCCESS));
}

#[test]
fn x123_the_host_restarts_with_growing_delays_and_gives_up() {
    let mut world = World::new(recovering());
    for seconds in [1, 2, 4] {
        assert_eq!(world.ends(1), Stage::Waiting);
        assert_eq!(world.next(), Duration::from_secs(seconds));
        assert_eq!(world.keeper.stage(), Stage::Running);
    }
    let given_up = Stage::Stopped(ExitCode::ServiceSpecific(1));
    assert_eq!(world.ends(1), Stage::Waiting, "the command is due at once");
    world.next();
    assert_eq!(world.keeper.stage(), given_up);
    assert_eq!(world.commands, ["tell.exe 4"]);
    let each = [7024, 7031];
    assert_eq!(
        world.log,
        [&each[..], &each, &each, &each, &[1155]].concat()
    );
}

#[test]
fn x123_a_crash_is_restarted_and_the_last_one_is_no_crash_of_the_host() {
    let mut world = World::new(recovering());
    for _ in 0..3 {
        world.ends(ACCESS_VIOLATION);
        world.next();
    }
    world.ends(ACCESS_VIOLATION);
    world.next();
    // The manager would restart a host that died.
    let stopped = Stage::Stopped(ExitCode::PROCESS_ABORTED);
    assert_eq!(world.keeper.stage(), stopped);
}

#[test]
fn x123_a_rule_decides_by_exit_code() {
    let mut world = World::new(recovering());
    let stopped = Stage::Stopped(ExitCode::ServiceSpecific(78));
    assert_eq!(world.ends(78), stopped);
    assert_eq!(world.log, [7034], "its code is the manager's to write");
}

#[test]
fn x123_a_stop_while_a_restart_waits_ends_the_host() {
    let mut world = World::new(recovering());
    world.ends(1);
    world.happened(Fact::StopRequested);
    let code = ExitCode::ServiceSpecific(1);
    assert_eq!(world.keeper.stage(), Stage::Stopped(code));
    assert_eq!(world.keeper.next(), None);
}

#[test]
fn x123_to_continue_starts_what_waits_at_once() {
    let mut world = World::new(recovering());
    world.ends(1);
    world.happened(Fact::StartRequested);
    assert_eq!(world.keeper.stage(), Stage::Running);
}

#[test]
fn x123_a_final_status_is_final_and_a_failed_start_is_tried_again() {
    let mut config = program(&[restart(5)]);
    config.extensions.set(NO_RESTART_ON_EXIT, [78].into());
    config.extensions.set(RETRY_FAILED_STARTS, true);
    let mut world = World::new(config);
    world.missing = Some(Win32Error::FILE_NOT_FOUND);
    assert_eq!(world.ends(1), Stage::Waiting);
    world.next();
    assert_eq!(world.keeper.stage(), Stage::Waiting, "it is missing now");
    world.missing = None;
    world.next();
    let stopped = Stage::Stopped(ExitCode::ServiceSpecific(78));
    assert_eq!(world.ends(78), stopped);
}

#[test]
fn x123_quiet_hours_let_a_restart_wait() {
    let mut config = program(&[restart(1)]);
    config
        .extensions
        .set(QUIET_HOURS, Some("02:00-04:00".into()));
    let mut world = World::new(config);
    world.wall = 3 * 3600 * 1000;
    world.ends(1);
    world.next();
    assert_eq!(world.keeper.stage(), Stage::Waiting);
    assert_eq!(world.next(), Duration::from_secs(3600 - 1));
    assert_eq!(world.keeper.stage(), Stage::Running);
}

#[test]
fn r33_a_service_that_is_disabled_meanwhile_is_not_restarted() {
    let mut world = World::new(recovering());
    world.ends(1);
    let mut config = recovering();
    config.start_type = StartType::Disabled;
    world.happened(Fact::Configured(Box::new(config)));
    world.next();
    let stopped = Stage::Stopped(ExitCode::ServiceSpecific(1));
    assert_eq!(world.keeper.stage(), stopped);
}

/// The host and the simulation agree, for each of these policies.
#[test]
fn x123_the_host_does_what_the_simulation_says() {
    let mut jittery = recovering();
    let jitter = Duration::from_secs(30);
    jittery.extensions.set(RESTART_JITTER, jitter);
    let mut by_run = recovering();
    let reset = Some(Duration::from_secs(5));
    by_run.extensions.set(RESET_AFTER_RUN, reset);
    for config in [recovering(), jittery, by_run] {
        let script = "exit 1, exit 9, exit 1, exit 1, exit 1"
            .parse()
            .expect("a script");
        let shown: Vec<_> = simulate(&config, &script).actions().collect();
        let mut world = World::new(config);
        assert_eq!(shown.len(), 4);
        for (count, (_, action)) in shown.into_iter().enumerate() {
            world.ends(if count == 1 { 9 } else { 1 });
            let action = action.expect("each failure has an action");
            assert_eq!(world.next(), action.delay(), "failure {}", count + 1);
        }
        assert!(matches!(world.keeper.stage(), Stage::Stopped(_)));
    }
}
