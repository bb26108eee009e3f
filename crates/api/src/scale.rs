//! `POST /v1/templates/NAME/scale`: how many instances a template has (X52).

use std::sync::Arc;
use std::thread;

use axum::Json;
use relance_scm::{ScmError, Win32Error, scaling};
use relance_texts::{error, shown};
use relance_wire::api::{ScaleReply, ScaleRequest};
use tokio::sync::oneshot;

use crate::context::Context;
use crate::reply::{Body, Name, RouteResult};

/// Several requests, one after the other, on a thread of their own.
pub(crate) async fn scale(
    context: Context,
    Name(template): Name,
    Body(body): Body<ScaleRequest>,
) -> RouteResult<Json<ScaleReply>> {
    let caller = context.caller.clone();
    // Creating services needs it, and so does everything else here.
    if !caller.is_administrator() {
        let caller = shown(&caller.name);
        let sentence = error::DeniedAdministration { caller };
        return Err(ScmError::new(Win32Error::ACCESS_DENIED, sentence).into());
    }
    let manager = Arc::clone(&context.manager);
    let (sender, receiver) = oneshot::channel();
    let work = move || {
        let scaled = scaling::scale(&*manager, &caller, template.as_str(), body.instances);
        // A client that is gone needs no answer.
        let _ = sender.send(scaled);
    };
    let begun = thread::Builder::new().name("scale".into()).spawn(work);
    begun.map_err(|_| ScmError::from(Win32Error::NOT_ENOUGH_MEMORY))?;
    let scaled = receiver
        .await
        .map_err(|_| ScmError::from(Win32Error::INTERNAL_ERROR))?;
    Ok(Json((&scaled?).into()))
}
