//! Waiting for a state, live and without polling, with progress on the terminal.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use relance_scm::manager::{ServiceInfo, Watch, Watched, WatchedChange, next_change_until};
use relance_scm::{Control, RunId, ScmError, ServiceKind, ServiceName, ServiceState, Win32Error};
use relance_texts::{Sentence, command};

use crate::cli::{CommandFailure, Manager};
use crate::lang::say;
use crate::plain::plain;
use crate::text::duration;

/// More than the time that a service says it needs.
const MARGIN: Duration = Duration::from_secs(30);
/// How long the manager is asked to wait before anything is shown.
const MOMENT: Duration = Duration::from_millis(500);
/// A wait that lasts longer is explained where no terminal shows it.
const EXPLAINED_AFTER: Duration = Duration::from_secs(2);

/// How long to wait without progress.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Patience {
    /// This long, as the options say.
    Given(Duration),
    /// What is left of that.
    Rest { given: Duration, left: Duration },
    /// As long as the service says that it needs (its stop grace, its wait hint) and a margin; not less
    /// than this.
    Own(Duration),
}

impl Patience {
    /// What `--timeout` says, else the service's own time, but at least `least`.
    pub(crate) fn of(given: Option<&str>, least: Duration) -> Result<Self, CommandFailure> {
        let given = given.map(duration).transpose()?;
        Ok(given.map_or(Self::Own(least), Self::Given))
    }

    /// The first part of the wait, this long or less.
    fn at_most(self, moment: Duration) -> Duration {
        match self {
            Self::Given(time) | Self::Rest { left: time, .. } => time.min(moment),
            Self::Own(_) => moment,
        }
    }

    /// What is left of it after a first part.
    fn after(self, part: Duration) -> Self {
        match self {
            Self::Given(given) => Self::Rest {
                given,
                left: given.saturating_sub(part),
            },
            Self::Rest { given, left } => Self::Rest {
                given,
                left: left.saturating_sub(part),
            },
            Self::Own(least) => Self::Own(least),
        }
    }

    /// How long to wait after some progress, and what a person is told.
    fn whole(self) -> Self {
        match self {
            Self::Rest { given, .. } => Self::Given(given),
            other => other,
        }
    }

    fn now(self, info: Option<&ServiceInfo>) -> Duration {
        match self {
            Self::Given(time) | Self::Rest { left: time, .. } => time,
            Self::Own(least) => {
                let hint = info.map_or(Duration::ZERO, |info| info.status.wait_hint);
                least.max(hint.saturating_add(MARGIN))
            }
        }
    }
}

impl From<Duration> for Patience {
    fn from(given: Duration) -> Self {
        Self::Given(given)
    }
}

/// Sends a control that leads to a state; with patience, waits until the service is in it, has stopped, or is
/// where it was. The service then, unless it is gone or nobody waited.
///
/// Most services take a moment, so the manager is asked to answer when it has happened: one question, and no stream
/// of changes.
pub(crate) fn control_and_wait(
    manager: &Manager,
    name: &ServiceName,
    control: Control,
    patience: Option<Patience>,
) -> Result<Option<ServiceInfo>, CommandFailure> {
    let (Some(patience), Some(state)) = (patience, control.leads_to()) else {
        manager.ask(|scm, caller, reply| scm.control_service(caller, name, control, reply))?;
        return Ok(None);
    };
    let began = Instant::now();
    let moment = patience.at_most(MOMENT);
    let answer = manager.ask(|scm, caller, reply| {
        scm.control_and_wait(caller, name, control, moment, reply);
    });
    let is_there = |now: ServiceState| [state, ServiceState::Stopped].contains(&now);
    match answer {
        // The wait is over, even if somebody starts the service again now.
        Ok(status) if is_there(status.state) => return query(manager, name),
        Ok(_) => {}
        // The manager died while it waited: the service shows whether it had been told.
        Err(CommandFailure::Scm(error))
            if error.code() == Win32Error::RPC_S_CALL_FAILED
                && query(manager, name)?.is_some_and(|info| is_under_way(&info, state)) => {}
        Err(failure) => return Err(failure),
    }
    let follow = &mut Follow::begin(manager, name)?;
    follow.until(patience.after(began.elapsed()), |info| {
        let now = info.status.state;
        is_there(now) || (control == Control::Continue && waits_again(info))
    })
}

/// X123: a program is PAUSED while its restart waits. One that was continued has been started and has ended once more.
fn waits_again(info: &ServiceInfo) -> bool {
    info.config.kind == ServiceKind::Program && info.status.state == ServiceState::Paused
}

/// Whether a service has come to a state, or is on its way to one.
fn is_under_way(info: &ServiceInfo, state: ServiceState) -> bool {
    let now = info.status.state;
    let pending = [
        ServiceState::StopPending,
        ServiceState::PausePending,
        ServiceState::ContinuePending,
    ];
    now == state || pending.contains(&now)
}

/// What is known of a service now; `None` when it is gone.
fn query(manager: &Manager, name: &ServiceName) -> Result<Option<ServiceInfo>, CommandFailure> {
    match manager.ask(|scm, caller, reply| scm.query_service(caller, name, reply)) {
        Ok(info) => Ok(Some(info)),
        Err(CommandFailure::Scm(error)) if error.code() == Win32Error::SERVICE_DOES_NOT_EXIST => {
            Ok(None)
        }
        Err(failure) => Err(failure),
    }
}

/// Follows one service from a moment on.
pub(crate) struct Follow<'a> {
    manager: &'a Manager,
    name: ServiceName,
    watch: Box<dyn Watch>,
    progress: Option<ProgressBar>,
    /// What to say when the wait lasts.
    explanation: Option<String>,
}

impl<'a> Follow<'a> {
    /// Begins to follow. Call this before the request, so that no change is missed.
    pub(crate) fn begin(manager: &'a Manager, name: &ServiceName) -> Result<Self, CommandFailure> {
        let (scm, caller) = manager.get();
        let watch = scm.watch(caller, None)?;
        Ok(Self {
            manager,
            name: name.clone(),
            watch,
            progress: None,
            explanation: None,
        })
    }

    /// What to say, once, if the wait lasts and no terminal shows what it waits for.
    pub(crate) fn explain(&mut self, text: String) {
        self.explanation = Some(text);
    }

    /// Waits until something holds of the service. `None` when it is gone.
    ///
    /// `patience` is the time without progress after which the wait is given up: any change of the
    /// service is progress, a raised checkpoint too (S40).
    pub(crate) fn until(
        &mut self,
        patience: impl Into<Patience>,
        holds: impl Fn(&ServiceInfo) -> bool,
    ) -> Result<Option<ServiceInfo>, CommandFailure> {
        let patience = patience.into();
        let mut info = self.query()?;
        let from = |patience: Patience, info: &Option<ServiceInfo>| {
            Instant::now().checked_add(patience.now(info.as_ref()))
        };
        let mut deadline = from(patience, &info);
        let patience = patience.whole();
        let explain_at = Instant::now() + EXPLAINED_AFTER;
        loop {
            match &info {
                None => return Ok(None),
                Some(info) if holds(info) => {
                    self.finish();
                    return Ok(Some(info.clone()));
                }
                Some(info) => self.show(info),
            }
            let far = Instant::now() + Duration::from_secs(365 * 24 * 3600);
            let mut until = deadline.unwrap_or(far);
            if self.explanation.is_some() {
                until = until.min(explain_at);
            }
            match next_change_until(&mut *self.watch, until) {
                None if deadline.is_none_or(|at| Instant::now() < at) => self.say_explanation(),
                None => return Err(self.timed_out(patience.now(info.as_ref()))),
                Some(None) => self.watch_again(&mut info)?,
                Some(Some(watched)) => {
                    if self.take(watched, &mut info)? {
                        deadline = from(patience, &info);
                    }
                }
            }
        }
    }

    /// Waits for a moment whether something comes to hold of the service; `None` if it does not.
    pub(crate) fn within(
        &mut self,
        moment: Duration,
        holds: impl Fn(&ServiceInfo) -> bool,
    ) -> Result<Option<ServiceInfo>, CommandFailure> {
        let deadline = Instant::now() + moment;
        let mut info = self.query()?;
        loop {
            match &info {
                None => return Ok(None),
                Some(info) if holds(info) => return Ok(Some(info.clone())),
                Some(_) => {}
            }
            match next_change_until(&mut *self.watch, deadline) {
                None => return Ok(None),
                Some(None) => self.watch_again(&mut info)?,
                Some(Some(watched)) => {
                    self.take(watched, &mut info)?;
                }
            }
        }
    }

    /// What is known of it now; `None` when it is gone.
    pub(crate) fn query(&self) -> Result<Option<ServiceInfo>, CommandFailure> {
        query(self.manager, &self.name)
    }

    /// Takes a change; whether it was one of this service.
    fn take(
        &mut self,
        watched: Watched,
        info: &mut Option<ServiceInfo>,
    ) -> Result<bool, CommandFailure> {
        match watched {
            Watched::Change(_, WatchedChange::Service(changed))
                if changed.config.service_name == self.name =>
            {
                *info = Some(*changed);
                Ok(true)
            }
            Watched::Change(_, WatchedChange::Removed(name)) if name == self.name => {
                *info = None;
                Ok(true)
            }
            Watched::Change(..) => Ok(false),
            Watched::Gap(_) => {
                *info = self.query()?;
                Ok(true)
            }
        }
    }

    /// The manager's engine was replaced: the new one is asked from now on.
    fn watch_again(&mut self, info: &mut Option<ServiceInfo>) -> Result<(), CommandFailure> {
        let (scm, caller) = self.manager.get();
        self.watch = scm.watch(caller, None)?;
        *info = self.query()?;
        Ok(())
    }

    fn say_explanation(&mut self) {
        if let Some(text) = self.explanation.take()
            && !std::io::stderr().is_terminal()
        {
            eprintln!("{}", plain(&text));
        }
    }

    fn show(&mut self, info: &ServiceInfo) {
        if !std::io::stderr().is_terminal() {
            return;
        }
        let progress = self.progress.get_or_insert_with(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        let status = &info.status;
        let state = say(command::Progress {
            name: plain(self.name.as_str()),
            state: status.state,
        });
        let step = (status.checkpoint > 0).then(|| {
            let step = status.checkpoint;
            say(command::ProgressStep { step })
        });
        let next = (!status.wait_hint.is_zero()).then(|| {
            let time = status.wait_hint;
            say(command::ProgressNext { time })
        });
        let restart = info.restart_wanted.map(|_| say(command::PROGRESS_RESTART));
        let parts: Vec<String> = [Some(state), step, next, restart]
            .into_iter()
            .flatten()
            .collect();
        progress.set_message(parts.join(", "));
    }

    fn finish(&mut self) {
        if let Some(progress) = self.progress.take() {
            progress.finish_and_clear();
        }
    }

    fn timed_out(&mut self, patience: Duration) -> CommandFailure {
        self.finish();
        let state = self.query().ok().flatten().map(|info| info.status.state);
        let (name, time) = (&self.name, patience);
        let sentence: Sentence = match state {
            Some(state) => command::NoProgress { name, state, time }.into(),
            None => command::NoProgressGone { name, time }.into(),
        };
        ScmError::new(Win32Error::TIMEOUT, sentence).into()
    }
}

/// The current run of a service, if it has one.
pub(crate) fn run_of(manager: &Manager, name: &ServiceName) -> Option<RunId> {
    let info = manager.ask(|scm, caller, reply| scm.query_service(caller, name, reply));
    info.ok()?.run.map(|run| run.id)
}

impl Drop for Follow<'_> {
    fn drop(&mut self) {
        self.finish();
    }
}
