//! Who may do what with a service, in words. Looking up names in a directory may take long, so it is done on a
//! thread that delays no other request.

use axum::response::Response;
use relance_scm::security::{Access, NamedChange};
use relance_scm::{ScmError, Win32Error};
use relance_texts::error;
use relance_wire::api::{AccessReply, AccessRequest};

use crate::context::Context;
use crate::reply::{Body, Name, RouteResult};

/// Changes of one request.
const CHANGES_MAX: usize = 64;

/// `GET /v1/services/NAME/access`
pub(crate) async fn show(context: Context, Name(name): Name) -> RouteResult<Response> {
    let shown = context.work_for_json(
        move |context, reply| {
            context.manager.query_access(&context.caller, &name, reply);
        },
        in_words,
    );
    Ok(shown.await?)
}

/// `POST /v1/services/NAME/access`
pub(crate) async fn change(
    context: Context,
    Name(name): Name,
    Body(body): Body<AccessRequest>,
) -> RouteResult<Response> {
    if body.changes.len() > CHANGES_MAX {
        let sentence = error::ManyChanges { most: CHANGES_MAX };
        return Err(ScmError::new(Win32Error::INVALID_PARAMETER, sentence).into());
    }
    let changes = body.changes.iter().map(NamedChange::try_from);
    let changes: Vec<NamedChange> = changes.collect::<Result<_, _>>()?;
    let changed = context.work_for_json(
        move |context, reply| {
            context
                .manager
                .change_access(&context.caller, &name, changes, body.dry_run, reply);
        },
        in_words,
    );
    Ok(changed.await?)
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "what is made into JSON is given away"
)]
fn in_words(access: Access) -> AccessReply {
    AccessReply::from(&access)
}
