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

    /// The same; the status when the service is in the state that the control leads to, or is gone, or this time
    /// is over.
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
        if status.state == wanted {
            return Ok(status);
        }
        let reached = self.reached(&mut *watch, name, wanted);
        match timeout(within.min(WAIT_MAX), reached).await {
            Ok(Some(status)) => Ok(status),
            Ok(None) | Err(_) => self.status(name).await,
        }
    }

    /// The status with which the service came into a state, or was deleted; `None` when nothing more will be told.
    async fn reached(
        &self,
        watch: &mut dyn Watch,
        name: &ServiceName,
        wanted: ServiceState,
    ) -> Option<ServiceStatus> {
        loop {
            let status = match poll_fn(|task| watch.poll_next(task)).await? {
                Watched::Change(_, WatchedChange::Service(info))
                    if info.config.service_name == *name =>
                {
                    info.status
                }
                Watched::Change(_, WatchedChange::Removed(gone)) if gone == *name => return None,
                Watched::Change(..) => continue,
                // Changes were missed.
                Watched::Gap(_) => self.status(name).await.ok()?,
            };
            if status.state == wanted {
                return Some(status);
            }
        }
    }

    async fn status(&self, name: &ServiceName) -> Result<ServiceStatus, ScmError> {
        self.ask(|manager, caller, reply| manager.query_status(caller, name, reply))
            .await
    }
}
