//! What happens: the ways in which a PHP service ends, and what follows each.

use anyhow::{Context, anyhow};
use relance_scm::event::Event;
use relance_scm::event_log::{LogEntry, Timestamp};
use relance_scm::status::ProcessExit;
use relance_scm::{
    Control, RecoveryAction, RecoveryActionKind, RunId, ServiceState, UserControl, Win32Error,
};
use rustix::process::{Pid, Signal, kill_process};

use super::play::{Delay, Play, Played};
use super::scripts::Scripts;

/// Recovers from errors and crashes: `recovery_enabled`.
const WORKER: &str = "demo-worker";
/// Without `recovery_enabled`: recovers from crashes only.
const PLAIN: &str = "demo-plain";
/// Its script does not exist.
const MISSING: &str = "demo-missing";

/// As in `worker.php`.
const EXIT_CODE: u32 = 42;
const GIVE_UP: u32 = 128;
const FATAL_ERROR: u32 = 129;
const FATAL_ERROR_GRACEFUL: u32 = 130;

/// As in `install.php`.
const DELAY_MS: u32 = 1000;
/// A delay that was longer by this is too long, even on a machine that does much else.
const LATE_MS: i64 = 1000;

/// All scenes.
pub(super) fn play(play: &mut Play, scripts: &Scripts) -> Played {
    install(play, scripts)?;
    own_exit_code(play)?;
    killed(play, scripts)?;
    fatal_error(play)?;
    graceful_fatal_error(play)?;
    requested_stop(play)?;
    quiet_time(play)?;
    without_recovery_enabled(play, scripts)?;
    started_meanwhile(play)?;
    failed_start(play, scripts)
}

fn install(play: &mut Play, scripts: &Scripts) -> Played {
    play.scene("A PHP script becomes a service: win32_create_service with recovery options");
    scripts.install(WORKER, true, "worker.php")?;
    play.entry(WORKER, 7045)?;
    play.start(WORKER)?;
    play.running(WORKER, None)?;
    Ok(())
}

fn own_exit_code(play: &mut Play) -> Played {
    play.scene("1. The script gives up with its own exit code: first failure, restart");
    let run = run(play, WORKER)?;
    control(play, WORKER, GIVE_UP)?;
    let failed = error_stop(play, WORKER, 1, RecoveryActionKind::Restart)?;
    let output = failed.details.output.clone().unwrap_or_default();
    play.expect(
        output.contains("the queue is gone"),
        "the entry holds the script's last words",
    );
    play.why(WORKER, &["1st failure", "(R3)", "Restart the service"])?;
    restarted(play, WORKER, run, &failed, "restart after the 1st failure")
}

fn killed(play: &mut Play, scripts: &Scripts) -> Played {
    play.scene(
        "2. PHP is killed (kill -9): second failure, a command gets the count and starts it",
    );
    let run = run(play, WORKER)?;
    kill(play, WORKER)?;
    let failed = failure(play, WORKER, 2, RecoveryActionKind::RunCommand)?;
    play.expect(
        failed.details.exit == Some(ProcessExit::Signaled(9)),
        "the entry holds the signal",
    );
    play.why(WORKER, &["2nd failure", "(R1, R2)", "R41)"])?;
    let started = play.running(WORKER, Some(run))?;
    play.expect(
        started.cause == "demand",
        "the command started it, not the manager (R41)",
    );
    let log = scripts.recovery_log()?;
    let (at, line) = log
        .trim_end()
        .split_once(' ')
        .context("recover.php has written something else")?;
    play.expect(
        line == format!("{WORKER} failed, count 2"),
        format!("the command was given the count (R42) and wrote: {line}"),
    );
    let at = at.parse::<jiff::Timestamp>().map_err(anyhow::Error::from)?;
    measured(
        play,
        &failed,
        Timestamp(at.as_millisecond()),
        "command after the 2nd failure",
    );
    Ok(())
}

fn fatal_error(play: &mut Play) -> Played {
    play.scene(
        "3. A PHP fatal error, exit mode false: third failure, the action for all that follow",
    );
    let run = run(play, WORKER)?;
    control(play, WORKER, FATAL_ERROR)?;
    let failed = error_stop(play, WORKER, 3, RecoveryActionKind::Restart)?;
    let output = failed.details.output.clone().unwrap_or_default();
    play.expect(
        output.contains("function_that_does_not_exist"),
        "the entry holds PHP's message",
    );
    play.why(WORKER, &["3rd failure", "(R3)"])?;
    restarted(play, WORKER, run, &failed, "restart after the 3rd failure")
}

fn graceful_fatal_error(play: &mut Play) -> Played {
    play.scene(
        "4. The same fatal error, exit mode true (PHP's default): a clean stop, nothing follows",
    );
    let run = run(play, WORKER)?;
    control(play, WORKER, FATAL_ERROR_GRACEFUL)?;
    no_failure(play, WORKER, run)?;
    play.why(WORKER, &["not a failure", "(R8.4)"])
}

fn requested_stop(play: &mut Play) -> Played {
    play.scene("5. A stop is asked for, the script answers WIN32_SERVICE_STOPPED: not a failure");
    play.start(WORKER)?;
    let run = play.running(WORKER, None)?.id;
    play.control(WORKER, Control::Stop)?;
    no_failure(play, WORKER, run)?;
    play.why(WORKER, &["not a failure", "after a stop was requested"])
}

fn quiet_time(play: &mut Play) -> Played {
    play.scene("6. Quiet for longer than the reset period: the next failure is the first again");
    let before = play.info(WORKER)?.recovery.clone();
    play.expect(
        before.failure_count == 3,
        "clean stops did not change the count (R17)",
    );
    play.start(WORKER)?;
    let run = play.running(WORKER, None)?.id;
    let resets_at = before.resets_at.context("the counter never starts again")?;
    play.quiet_until(Timestamp(resets_at.0 + 100))?;
    play.why(WORKER, &["the next failure is the first again (R13)"])?;
    control(play, WORKER, GIVE_UP)?;
    let failed = error_stop(play, WORKER, 1, RecoveryActionKind::Restart)?;
    restarted(play, WORKER, run, &failed, "restart after the quiet time")
}

fn without_recovery_enabled(play: &mut Play, scripts: &Scripts) -> Played {
    play.scene(
        "The same service without recovery_enabled: an error stop is logged, nothing follows",
    );
    scripts.install(PLAIN, false, "worker.php")?;
    play.start(PLAIN)?;
    let run = play.running(PLAIN, None)?.id;
    control(play, PLAIN, GIVE_UP)?;
    play.entry(PLAIN, 7024)?;
    let stopped = play.stopped(PLAIN, run)?;
    play.expect(
        play.logged(PLAIN, 7031).is_none() && stopped.recovery.pending.is_empty(),
        "it is not a failure and nothing follows (R8.5)",
    );
    play.why(PLAIN, &["(R8.5)", "'recovery_enabled' => true"])
}

fn started_meanwhile(play: &mut Play) -> Played {
    play.scene("7. A restart that meets a service which somebody has started already: 7032");
    play.start(PLAIN)?;
    let before = play.running(PLAIN, None)?.id;
    kill(play, PLAIN)?;
    failure(play, PLAIN, 1, RecoveryActionKind::Restart)?;
    play.start(PLAIN)?;
    let started = play.running(PLAIN, Some(before))?.id;
    let refused = play.entry(PLAIN, 7032)?;
    play.expect(
        matches!(
            refused.event(),
            Some(Event::RecoveryActionFailed(
                _,
                Win32Error::SERVICE_ALREADY_RUNNING
            ))
        ),
        "the restart was refused with 1056 (R32)",
    );
    let info = play.info(PLAIN)?;
    let untouched = info.run.as_ref().is_some_and(|run| run.id == started)
        && info.status.state == ServiceState::Running;
    play.expect(untouched, "the service was left alone");
    Ok(())
}

fn failed_start(play: &mut Play, scripts: &Scripts) -> Played {
    play.scene("... and a start that fails: not counted, and not tried again");
    scripts.install(MISSING, true, "not-there.php")?;
    let refused = play.start(MISSING).err();
    play.expect(
        refused.as_ref().map(relance_scm::ScmError::code)
            == Some(Win32Error::SERVICE_REQUEST_TIMEOUT),
        "the start is answered with 1053 (R8.8)",
    );
    play.entry(MISSING, 7009)?;
    play.entry(MISSING, 7000)?;
    if let Some(refused) = refused {
        play.say(&refused.to_string());
    }
    play.expect(
        play.logged(MISSING, 7031).is_none(),
        "it does not count as a failure (R35)",
    );
    play.why(MISSING, &["A start that fails is not a failure"])
}

/// The current run.
fn run(play: &Play, service: &str) -> Played<RunId> {
    let run = play.info(service)?.run.as_ref();
    let run = run.ok_or_else(|| anyhow!("{service} does not run"))?;
    Ok(run.id)
}

fn control(play: &Play, service: &str, code: u32) -> Played {
    let control = UserControl::new(code).context("a code of 128 to 255")?;
    play.control(service, Control::User(control))
}

fn kill(play: &Play, service: &str) -> Played {
    let pid = i32::try_from(play.info(service)?.status.process_id).ok();
    let pid = pid.and_then(Pid::from_raw).context("a process")?;
    kill_process(pid, Signal::KILL).context("the process cannot be killed")?;
    Ok(())
}

/// 7024 with the script's exit code, then a failure.
fn error_stop(
    play: &mut Play,
    service: &str,
    count: u32,
    action: RecoveryActionKind,
) -> Played<LogEntry> {
    let stopped = play.entry(service, 7024)?;
    play.expect(
        stopped.event() == Some(Event::StoppedWithSpecificError(EXIT_CODE)),
        format!("7024 names the script's exit code {EXIT_CODE}"),
    );
    failure(play, service, count, action)
}

/// 7031 with the count, the action and the delay.
fn failure(
    play: &mut Play,
    service: &str,
    count: u32,
    action: RecoveryActionKind,
) -> Played<LogEntry> {
    let failed = play.entry(service, 7031)?;
    let announced = Event::Failed {
        failure_count: count,
        action: Some(RecoveryAction::new(action, DELAY_MS)),
    };
    play.expect(
        failed.event() == Some(announced),
        format!(
            "7031 counts {count} and announces: {} in {DELAY_MS} ms",
            action.word()
        ),
    );
    Ok(failed)
}

/// The restart that a failure has announced: by recovery, after the delay.
fn restarted(
    play: &mut Play,
    service: &str,
    before: RunId,
    failed: &LogEntry,
    what: &'static str,
) -> Played {
    let run = play.running(service, Some(before))?;
    play.expect(run.cause == "recovery", "recovery started it again");
    measured(play, failed, run.started_at, what);
    Ok(())
}

fn measured(play: &mut Play, failed: &LogEntry, at: Timestamp, what: &'static str) {
    let measured_ms = at.0 - failed.at.0;
    let asked = i64::from(DELAY_MS);
    // Both moments are whole milliseconds.
    play.expect(
        (asked - 1..asked + LATE_MS).contains(&measured_ms),
        format!("{what}: {asked} ms asked, {measured_ms} ms measured"),
    );
    play.delays.push(Delay {
        what,
        asked_ms: DELAY_MS,
        measured_ms,
    });
}

/// A run ends, and it is not a failure.
fn no_failure(play: &mut Play, service: &str, run: RunId) -> Played {
    let stopped = play.stopped(service, run)?;
    let end = stopped.last_end.as_ref();
    play.expect(
        stopped.status.exit_code.is_success() && end.is_some_and(|end| end.failure.is_none()),
        "the exit code is 0 and nothing was counted (R8.4)",
    );
    let bad = [7023, 7024, 7031, 7034].map(|id| play.logged(service, id).is_some());
    play.expect(
        bad == [false; 4] && stopped.recovery.pending.is_empty(),
        "no entry of a failure, nothing follows",
    );
    Ok(())
}
