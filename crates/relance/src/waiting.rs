//! Waiting for a state, live and without polling, with progress on the terminal.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use relance_scm::duration::Human;
use relance_scm::manager::{ServiceInfo, Watch, Watched, WatchedChange, next_change_until};
use relance_scm::{ScmError, ServiceName, ServiceState, Win32Error};

use crate::cli::{CommandFailure, Manager};
use crate::plain::plain;

/// Follows one service from a moment on.
pub(crate) struct Follow<'a> {
    manager: &'a Manager,
    name: ServiceName,
    watch: Box<dyn Watch>,
    progress: Option<ProgressBar>,
}

impl<'a> Follow<'a> {
    /// Begins to follow. What happens from now on is seen, so this comes before the request.
    pub(crate) fn begin(manager: &'a Manager, name: &ServiceName) -> Result<Self, CommandFailure> {
        let (scm, caller) = manager.get();
        let watch = scm.watch(caller, None)?;
        Ok(Self {
            manager,
            name: name.clone(),
            watch,
            progress: None,
        })
    }

    /// Waits until something holds of the service. `None` when it is gone.
    ///
    /// `patience` is the time without progress after which the wait is given up: any change of the
    /// service is progress, a raised checkpoint too (S40).
    pub(crate) fn until(
        &mut self,
        patience: Duration,
        holds: impl Fn(&ServiceInfo) -> bool,
    ) -> Result<Option<ServiceInfo>, CommandFailure> {
        let mut deadline = Instant::now().checked_add(patience);
        let mut info = self.query()?;
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
            match next_change_until(&mut *self.watch, deadline.unwrap_or(far)) {
                None => return Err(self.timed_out(patience)),
                Some(None) => self.watch_again(&mut info)?,
                Some(Some(watched)) => {
                    if self.take(watched, &mut info)? {
                        deadline = Instant::now().checked_add(patience);
                    }
                }
            }
        }
    }

    fn query(&self) -> Result<Option<ServiceInfo>, CommandFailure> {
        let asked = self.manager.ask(|scm, caller, reply| {
            scm.query_service(caller, &self.name, reply);
        });
        match asked {
            Ok(info) => Ok(Some(info)),
            Err(CommandFailure::Scm(error))
                if error.code() == Win32Error::SERVICE_DOES_NOT_EXIST =>
            {
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
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
        let mut text = format!("{} is {}", plain(self.name.as_str()), status.state);
        if status.checkpoint > 0 {
            text.push_str(&format!(", step {}", status.checkpoint));
        }
        if !status.wait_hint.is_zero() {
            text.push_str(&format!(", next within {}", Human(status.wait_hint)));
        }
        progress.set_message(text);
    }

    fn finish(&mut self) {
        if let Some(progress) = self.progress.take() {
            progress.finish_and_clear();
        }
    }

    fn timed_out(&mut self, patience: Duration) -> CommandFailure {
        self.finish();
        let state = self.query().ok().flatten().map(|info| info.status.state);
        let state = state.map_or("gone", ServiceState::name);
        ScmError::new(
            Win32Error::TIMEOUT,
            format!(
                "{} is still {state} after {} without progress; it goes on by itself (relance status {}), \
                 --timeout waits longer",
                self.name,
                Human(patience),
                self.name
            ),
        )
        .into()
    }
}

impl Drop for Follow<'_> {
    fn drop(&mut self) {
        self.finish();
    }
}
