//! Who may do what with a service, in words. Names are looked up, which a directory may take its time
//! for: others are served meanwhile.

use axum::Json;
use relance_scm::manager::wait;
use relance_scm::security::{Access, NamedChange};
use relance_scm::{Caller, Reply, ScmError, ServiceManager, Win32Error};
use relance_wire::api::{AccessReply, AccessRequest};

use crate::reply::{Answer, Body, Name};
use crate::routes::Context;

/// Changes of one request.
const CHANGES_MAX: usize = 64;

/// `GET /v1/services/NAME/access`
pub(crate) async fn show(context: Context, Name(name): Name) -> Answer<Json<AccessReply>> {
    ask(context, move |manager, caller, reply| {
        manager.query_access(caller, &name, reply);
    })
    .await
}

/// `POST /v1/services/NAME/access`
pub(crate) async fn change(
    context: Context,
    Name(name): Name,
    Body(body): Body<AccessRequest>,
) -> Answer<Json<AccessReply>> {
    if body.changes.len() > CHANGES_MAX {
        let sentence =
            format!("more than {CHANGES_MAX} changes of rights in one request; send several");
        return Err(ScmError::new(Win32Error::INVALID_PARAMETER, sentence).into());
    }
    let changes: Result<Vec<NamedChange>, _> =
        body.changes.iter().map(NamedChange::try_from).collect();
    let changes = changes?;
    ask(context, move |manager, caller, reply| {
        manager.change_access(caller, &name, changes, body.dry_run, reply);
    })
    .await
}

async fn ask(
    context: Context,
    request: impl FnOnce(&dyn ServiceManager, &Caller, Reply<Access>) + Send + 'static,
) -> Answer<Json<AccessReply>> {
    let asked = tokio::task::spawn_blocking(move || {
        wait(|reply| request(&*context.manager, &context.caller, reply))
    });
    let access = asked
        .await
        .expect("access lists are read without a panic")?;
    Ok(Json((&access).into()))
}
