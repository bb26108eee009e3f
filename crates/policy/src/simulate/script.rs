//! Scripts of a simulation, and their text: `exit 1 @0s, exit 1 @2s, quiet 61s, exit 1`.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use relance_scm::budget::minute_of_day;
use relance_scm::duration::{self, Bare};
use relance_scm::signal::signal_number;
use relance_scm::status::ProcessExit;
use relance_scm::{EndCause, EndCauseKind, ExitCode, ScmError, Win32Error};
use relance_texts::{Sentence, error, quoted};

/// What happens, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// One after the other.
    pub moments: Vec<Moment>,
    /// `clock 01:50`: the second of the day at which it begins. Without one there are no quiet hours (X96).
    pub clock: Option<u32>,
}

/// One happening and its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When it happens.
    pub when: When,
    /// What happens.
    pub what: Happening,
}

/// When something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// `@2s`: so long after the beginning.
    At(Duration),
    /// `+2s`, and `quiet 2s`: so long after the one before.
    After(Duration),
    /// Without a time: as soon as the service runs (for a failure), else at once.
    OnceRunning,
}

/// What can happen to a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// `crash`, `exit N`, `kill N`: the process ends without having reported STOPPED.
    Exit(ProcessExit),
    /// `stopped CODE` or `stopped 1066/CODE`: it reports STOPPED with this code.
    Stopped(ExitCode),
    /// `memory-limit`, `time-limit`, `fatal-error`, `parse-error`, `missing-extension`, `exception CLASS`,
    /// `out-of-memory`: it tells of this error, or the kernel does, and ends of it.
    Caused(Arc<EndCause>),
    /// `probe-fails`: it is ended, because probes have shown that it hangs.
    ProbeFails,
    /// `hang`: no heartbeat comes any more; with a watchdog (X40) the run is ended when its time is over.
    Hang,
    /// `stop`: STOP is sent, the service obeys.
    Stop,
    /// `stop exit N`: STOP is sent, and the process ends without having reported STOPPED.
    ExitInStop(ProcessExit),
    /// `stop stopped CODE`: STOP is sent, and the service reports STOPPED with this code.
    StoppedInStop(ExitCode),
    /// `stop now`: somebody asks for a stop at once, also while it does not run, for instance while a restart waits.
    StopNow,
    /// `cancel-recovery`: somebody cancels the actions that wait.
    CancelRecovery,
    /// `start`: somebody starts it.
    Start,
    /// `restart`: somebody restarts it, and the service obeys; one that does not run is started.
    Restart,
    /// `reload`: PARAMCHANGE is sent; a program gets the signal for it, if it has one.
    Reload,
    /// `no-connect`, `exits-early`, `spawn-fails CODE`: how the next start goes.
    NextStart(StartOutcome),
    /// `disable`: the start type becomes disabled.
    Disable,
    /// `enable`: the start type becomes demand.
    Enable,
    /// `quiet T`: nothing, for so long.
    Quiet,
    /// `lasts T`: from now on each run ends by itself, without a failure, after so long.
    Lasts(Duration),
    /// `asleep T`: the machine sleeps for so long.
    Asleep(Duration),
}

/// How a start goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartOutcome {
    /// It runs.
    Runs,
    /// The process never connects (R8.8); a program never says that it is ready (X41).
    NeverConnects,
    /// The process ends before it connects (R8.8).
    ExitsBeforeConnecting,
    /// The process cannot be created (R8.9).
    FailsWith(Win32Error),
}

impl Happening {
    /// Whether only a running service can do this.
    #[must_use]
    pub fn needs_running(&self) -> bool {
        match self {
            Self::Exit(_)
            | Self::Stopped(_)
            | Self::Caused(_)
            | Self::ProbeFails
            | Self::Hang
            | Self::Stop
            | Self::ExitInStop(_)
            | Self::StoppedInStop(_)
            | Self::Reload => true,
            Self::StopNow
            | Self::CancelRecovery
            | Self::Start
            | Self::Restart
            | Self::NextStart(_)
            | Self::Disable
            | Self::Enable
            | Self::Quiet
            | Self::Lasts(_)
            | Self::Asleep(_) => false,
        }
    }

    /// Whether somebody wants it stopped.
    #[must_use]
    pub fn is_stop(&self) -> bool {
        matches!(
            self,
            Self::Stop | Self::StopNow | Self::ExitInStop(_) | Self::StoppedInStop(_)
        )
    }

    /// Whether a run ends that nobody has stopped.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.needs_running() && !self.is_stop() && *self != Self::Reload
    }
}

impl FromStr for Script {
    type Err = ScmError;

    /// Happenings separated by commas, semicolons or line ends; `#` begins a comment.
    ///
    /// # Errors
    /// 87 with the words that cannot be read.
    fn from_str(text: &str) -> Result<Self, ScmError> {
        let lines = text
            .lines()
            .map(|line| line.split('#').next().unwrap_or_default());
        let parts = lines
            .flat_map(|line| line.split([',', ';']))
            .map(str::trim)
            .filter(|words| !words.is_empty());
        let mut script = Self::default();
        for part in parts {
            match clock(part) {
                Some(clock) if script.moments.is_empty() => script.clock = Some(clock),
                _ => script.moments.push(moment(part)?),
            }
        }
        Ok(script)
    }
}

/// `clock 01:50`, as a second of the day.
fn clock(text: &str) -> Option<u32> {
    let time = text.strip_prefix("clock ")?;
    Some(minute_of_day(time)? * 60)
}

fn moment(text: &str) -> Result<Moment, ScmError> {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let mut when = When::OnceRunning;
    if let Some(last) = words.last().copied() {
        if let Some(at) = last.strip_prefix('@') {
            when = When::At(duration(at)?);
            words.pop();
        } else if let Some(after) = last.strip_prefix('+') {
            when = When::After(duration(after)?);
            words.pop();
        }
    }
    // `exit 1 unreported` says the same as `exit 1`.
    words.retain(|word| *word != "unreported");
    if let ["quiet", time] = words[..] {
        return Ok(Moment {
            when: When::After(duration(time)?),
            what: Happening::Quiet,
        });
    }
    let timed = match words[..] {
        ["lasts", time] => Some(Happening::Lasts(duration(time)?)),
        ["asleep", time] => Some(Happening::Asleep(duration(time)?)),
        _ => None,
    };
    let what = timed
        .or_else(|| happening(&words))
        .ok_or_else(|| invalid(error::Script { text: quoted(text) }))?;
    Ok(Moment { when, what })
}

fn happening(words: &[&str]) -> Option<Happening> {
    if words == ["stop", "now"] {
        return Some(Happening::StopNow);
    }
    if let ["stop", rest @ ..] = words
        && !rest.is_empty()
    {
        return match happening(rest)? {
            Happening::Exit(exit) => Some(Happening::ExitInStop(exit)),
            Happening::Stopped(code) => Some(Happening::StoppedInStop(code)),
            Happening::Stop
            | Happening::StopNow
            | Happening::CancelRecovery
            | Happening::Caused(_)
            | Happening::ProbeFails
            | Happening::Hang
            | Happening::ExitInStop(_)
            | Happening::StoppedInStop(_)
            | Happening::Start
            | Happening::Restart
            | Happening::Reload
            | Happening::NextStart(_)
            | Happening::Disable
            | Happening::Enable
            | Happening::Quiet
            | Happening::Lasts(_)
            | Happening::Asleep(_) => None,
        };
    }
    Some(match words {
        ["crash"] => Happening::Exit(ProcessExit::Signaled(9)),
        ["exit", status] => Happening::Exit(ProcessExit::Exited(status.parse().ok()?)),
        ["kill", signal] => Happening::Exit(ProcessExit::Signaled(signal_number(signal)?.into())),
        ["stopped", code] => Happening::Stopped(exit_code(code)?),
        ["hang"] => Happening::Hang,
        ["probe-fails"] => Happening::ProbeFails,
        ["exception", class] => caused(EndCauseKind::UncaughtException, class),
        [word] if told(word).is_some() => told(word)?,
        ["stop"] => Happening::Stop,
        ["cancel-recovery"] => Happening::CancelRecovery,
        ["start"] => Happening::Start,
        ["restart"] => Happening::Restart,
        ["reload"] => Happening::Reload,
        ["no-connect"] => Happening::NextStart(StartOutcome::NeverConnects),
        ["exits-early"] => Happening::NextStart(StartOutcome::ExitsBeforeConnecting),
        ["spawn-fails", code] => Happening::NextStart(StartOutcome::FailsWith(
            Win32Error::from_raw(code.parse().ok()?),
        )),
        ["disable"] => Happening::Disable,
        ["enable"] => Happening::Enable,
        _ => return None,
    })
}

fn caused(kind: EndCauseKind, text: &str) -> Happening {
    Happening::Caused(EndCause::new(kind, text).into())
}

/// Errors as PHP tells them.
fn told(word: &str) -> Option<Happening> {
    use EndCauseKind as Kind;
    Some(match word {
        "memory-limit" => caused(Kind::MemoryLimit, ""),
        "time-limit" => caused(Kind::TimeLimit, ""),
        "fatal-error" => caused(Kind::FatalError, ""),
        "out-of-memory" => caused(Kind::OutOfMemory, ""),
        "exception" => caused(Kind::UncaughtException, "Exception"),
        "parse-error" => caused(Kind::UncaughtException, "ParseError"),
        "missing-extension" => caused(Kind::UncaughtException, MISSING),
        _ => return None,
    })
}

/// As PHP says that it lacks one.
const MISSING: &str = "Error: Call to undefined function missing()";

fn exit_code(text: &str) -> Option<ExitCode> {
    let (win32, specific) = text.split_once('/').unwrap_or((text, "0"));
    Some(ExitCode::from_raw(
        win32.parse().ok()?,
        specific.parse().ok()?,
    ))
}

/// A time with its unit, or seconds.
fn duration(text: &str) -> Result<Duration, ScmError> {
    duration::parse(text, Bare::Seconds).ok_or_else(|| {
        invalid(error::NoTime {
            text: quoted(text),
            examples: duration::EXAMPLES,
        })
    })
}

fn invalid(sentence: impl Into<Sentence>) -> ScmError {
    ScmError::new(Win32Error::INVALID_PARAMETER, sentence)
}

/// As it is read.
impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clock = self.clock.map(|second| {
            let minute = second / 60;
            format!("clock {:02}:{:02}", minute / 60, minute % 60)
        });
        let moments = self.moments.iter().map(ToString::to_string);
        let parts: Vec<String> = clock.into_iter().chain(moments).collect();
        f.write_str(&parts.join(", "))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = duration::format;
        match (&self.what, self.when) {
            (Happening::Quiet, When::After(after)) => write!(f, "quiet {}", time(after)),
            (what, When::At(at)) => write!(f, "{what} @{}", time(at)),
            (what, When::After(after)) => write!(f, "{what} +{}", time(after)),
            (what, When::OnceRunning) => write!(f, "{what}"),
        }
    }
}

impl fmt::Display for Happening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exit(exit) => write_exit(f, *exit),
            Self::Stopped(code) => write_stopped(f, *code),
            Self::ProbeFails => f.write_str("probe-fails"),
            Self::Caused(cause) => write_cause(f, cause),
            Self::Hang => f.write_str("hang"),
            Self::Stop => f.write_str("stop"),
            Self::StopNow => f.write_str("stop now"),
            Self::CancelRecovery => f.write_str("cancel-recovery"),
            Self::ExitInStop(exit) => {
                f.write_str("stop ")?;
                write_exit(f, *exit)
            }
            Self::StoppedInStop(code) => {
                f.write_str("stop ")?;
                write_stopped(f, *code)
            }
            Self::Start => f.write_str("start"),
            Self::Restart => f.write_str("restart"),
            Self::Reload => f.write_str("reload"),
            Self::NextStart(StartOutcome::Runs) => f.write_str("next start runs"),
            Self::NextStart(StartOutcome::NeverConnects) => f.write_str("no-connect"),
            Self::NextStart(StartOutcome::ExitsBeforeConnecting) => f.write_str("exits-early"),
            Self::NextStart(StartOutcome::FailsWith(error)) => {
                write!(f, "spawn-fails {}", error.to_raw())
            }
            Self::Disable => f.write_str("disable"),
            Self::Enable => f.write_str("enable"),
            Self::Quiet => f.write_str("quiet"),
            Self::Lasts(time) => write!(f, "lasts {}", duration::format(*time)),
            Self::Asleep(time) => write!(f, "asleep {}", duration::format(*time)),
        }
    }
}

fn write_cause(f: &mut fmt::Formatter<'_>, cause: &EndCause) -> fmt::Result {
    match (cause.kind, &*cause.text) {
        (EndCauseKind::UncaughtException, "ParseError") => f.write_str("parse-error"),
        (EndCauseKind::UncaughtException, MISSING) => f.write_str("missing-extension"),
        (EndCauseKind::UncaughtException, class) => write!(f, "exception {class}"),
        (kind, _) => f.write_str(&kind.name().replace('_', "-")),
    }
}

fn write_exit(f: &mut fmt::Formatter<'_>, exit: ProcessExit) -> fmt::Result {
    match exit {
        ProcessExit::Exited(status) => write!(f, "exit {status}"),
        ProcessExit::Signaled(signal) => write!(f, "kill {signal}"),
        ProcessExit::Unknown => f.write_str("crash"),
    }
}

fn write_stopped(f: &mut fmt::Formatter<'_>, code: ExitCode) -> fmt::Result {
    match code {
        ExitCode::Win32(error) => write!(f, "stopped {}", error.to_raw()),
        ExitCode::ServiceSpecific(code) => write!(f, "stopped 1066/{code}"),
    }
}
