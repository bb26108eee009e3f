//! Controls, and waiting until a service has done what a control asks.

use std::future::poll_fn;
use std::time::Duration;

use relance_scm::manager::{Watch, Watched, WatchedChange};
use relance_scm::status::ServiceStatus;
use relance_scm::{Control, ScmError, ServiceName, ServiceState};
use tokio::time::timeout;

use crate::context::Context;

/// The longest wait.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// How a wait for a state came to its end.
enum Reached {
    State(ServiceStatus),
    Removal,
    /// Nothing more will be told.
    EndOfWatch,
}

impl Context {
    /// Sends a control; the status when the service has answered it.
    pub(crate) async fn control(
        &self,
        name: &ServiceName,
        control: Control,
    ) -> Result<ServiceStatus, ScmError> {
        self.ask(|manager, caller, reply| manager.control_service(caller, name, control, reply))
            .await
    }

    /// The same; the status when the service is in the state that the control leads to, or has stopped, or this
    /// time is over.
    pub(crate) async fn control_and_wait(
        &self,
        name: &ServiceName,
        control: Control,
        within: Duration,
    ) -> Result<ServiceStatus, ScmError> {
        let wanted = control.leads_to().filter(|_| !within.is_zero());
        // Somebody who has used up all places for streams is answered at once.
        let (Some(wanted), Ok(_place)) = (wanted, self.books.stream(&self.caller)) else {
            return self.control(name, control).await;
        };
        // From before the control on: a state that lasts for a moment is not missed.
        let mut watch = self.manager.watch(&self.caller, None)?;
        let status = self.control(name, control).await?;
        if is_over(status.state, wanted) {
            return Ok(status);
        }
        let reached = self.reached(&mut *watch, name, wanted);
        match timeout(within.min(WAIT_MAX), reached).await {
            Ok(Reached::State(status)) => Ok(status),
            // It was deleted, and nothing is left of it once it has stopped.
            Ok(Reached::Removal) => Ok(ServiceStatus {
                state: ServiceState::Stopped,
                process_id: 0,
                ..status
            }),
            Ok(Reached::EndOfWatch) | Err(_) => self.status(name).await,
        }
    }

    /// Waits until the service is in a state, or has stopped.
    async fn reached(
        &self,
        watch: &mut dyn Watch,
        name: &ServiceName,
        wanted: ServiceState,
    ) -> Reached {
        loop {
            let Some(watched) = poll_fn(|task| watch.poll_next(task)).await else {
                return Reached::EndOfWatch;
            };
            let status = match watched {
                Watched::Change(_, WatchedChange::Service(info))
                    if info.config.service_name == *name =>
                {
                    info.status
                }
                Watched::Change(_, WatchedChange::Removed(gone)) if gone == *name => {
                    return Reached::Removal;
                }
                Watched::Change(..) => continue,
                // Changes were missed.
                Watched::Gap(_) => match self.status(name).await {
                    Ok(status) => status,
                    Err(_) => return Reached::EndOfWatch,
                },
            };
            if is_over(status.state, wanted) {
                return Reached::State(status);
            }
        }
    }

    async fn status(&self, name: &ServiceName) -> Result<ServiceStatus, ScmError> {
        self.ask(|manager, caller, reply| manager.query_status(caller, name, reply))
            .await
    }
}

/// Whether a wait for a state is over: one that has stopped comes to no other by itself.
fn is_over(now: ServiceState, wanted: ServiceState) -> bool {
    now == wanted || now == ServiceState::Stopped
}
