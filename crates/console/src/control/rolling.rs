//! Services that are restarted one by one: each when the one before it runs again and stays up, and none after one that
//! does not.

use std::sync::Arc;
use std::time::Duration;

use relance_scm::manager::ServiceInfo;
use relance_scm::settings::READY_AFTER;
use relance_scm::{RunId, ScmError, ServiceKind, ServiceName, ServiceState, Win32Error};
use relance_texts::{error, shown};

use super::Action;
use crate::hub::Hub;
use crate::viewer::Viewer;

/// How long one may take.
const PATIENCE: Duration = Duration::from_secs(300);
/// How long a program must stay up, unless its own setting says longer; as for `relance restart`.
const WATCHED: Duration = Duration::from_millis(500);

/// What came of each.
pub(super) async fn restart(
    viewer: &Viewer,
    names: Vec<String>,
) -> Vec<(String, Result<(), ScmError>)> {
    let mut results = Vec::new();
    let mut failed = None;
    for name in names {
        let result = match &failed {
            None => one(viewer, &name).await,
            Some(failed) => Err(ScmError::new(
                Win32Error::from_raw(CANCELLED),
                error::LeftAsItWas {
                    failed: shown(failed),
                },
            )),
        };
        if result.is_err() && failed.is_none() {
            failed = Some(name.clone());
        }
        results.push((name, result));
    }
    results
}

/// `ERROR_CANCELLED`
const CANCELLED: u32 = 1223;

async fn one(viewer: &Viewer, name: &str) -> Result<(), ScmError> {
    let name = ServiceName::new(name)?;
    let before = run_of(&*viewer.hub().await?.find(&name)?);
    let asked = name.clone();
    let action = Action::Restart { dependents: false };
    viewer
        .with(move |manager, caller| action.carry_out(manager, caller, &asked))
        .await?;
    // Asked for after the request, so it knows of the restart.
    let hub = viewer.hub().await?;
    let back = tokio::time::timeout(PATIENCE, runs_again(&hub, &name, before));
    let info = back.await.unwrap_or_else(|_| Err(not_back(&name)))?;
    stays_up(&hub, &name, &info).await
}

/// A program runs as soon as it has a process. Whether it stays up shows a moment later.
async fn stays_up(hub: &Hub, name: &ServiceName, info: &ServiceInfo) -> Result<(), ScmError> {
    // The time of its own setting has passed when it is RUNNING.
    let watched = WATCHED.saturating_sub(info.config.extensions.get(READY_AFTER));
    if info.config.kind != ServiceKind::Program || watched.is_zero() {
        return Ok(());
    }
    match tokio::time::timeout(watched, ends(hub, name, run_of(info))).await {
        Ok(()) => Err(not_back(name)),
        Err(_) => Ok(()),
    }
}

/// Returns when the service has another run, or none.
async fn ends(hub: &Hub, name: &ServiceName, run: Option<RunId>) {
    let mut changes = hub.changes();
    loop {
        changes.mark_unchanged();
        let current = hub.find(name).map(|info| run_of(&info));
        if current.ok() != Some(run) || changes.changed().await.is_err() {
            return;
        }
    }
}

async fn runs_again(
    hub: &Hub,
    name: &ServiceName,
    before: Option<RunId>,
) -> Result<Arc<ServiceInfo>, ScmError> {
    let mut changes = hub.changes();
    loop {
        changes.mark_unchanged();
        let info = hub.find(name)?;
        match info.status.state {
            _ if info.restart_wanted.is_some() => {}
            ServiceState::Stopped => return Err(not_back(name)),
            ServiceState::Running | ServiceState::Paused if run_of(&info) != before => {
                return Ok(info);
            }
            _ => {}
        }
        if changes.changed().await.is_err() {
            return Err(not_back(name));
        }
    }
}

fn run_of(info: &ServiceInfo) -> Option<RunId> {
    info.run.as_ref().map(|run| run.id)
}

fn not_back(name: &ServiceName) -> ScmError {
    ScmError::new(
        Win32Error::SERVICE_NOT_ACTIVE,
        error::NotBack { name: shown(name) },
    )
}
