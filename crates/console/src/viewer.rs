//! Who asks: the session behind a request, checked by the manager each time, and how the viewer
//! likes pages.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use relance_scm::manager::{ServiceInfo, wait};
use relance_scm::{Caller, Reply, ScmError, ServiceManager, ServiceName, Win32Error};
use relance_texts::error;
use relance_wire::api::{Role, SessionBody};
use tokio::sync::Semaphore;

use crate::app::App;
use crate::form::Form;
use crate::form_key;
use crate::hub::Hub;
use crate::lang::Lang;
use crate::likes::{Likes, cookies};
use crate::manager::{Manager, blocking, open};
use crate::reply::Failure;
use crate::seats::Seat;

/// Name of the session's cookie of the console at this port. Another console of the same machine has
/// another one.
pub(crate) fn cookie_name(port: u16) -> String {
    format!("relance_session_{port}")
}

/// So many different cookies of that name are looked at: ours, and what servers on other ports have set.
const COOKIES_MAX: usize = 4;

/// Somebody who is signed in.
#[derive(Clone)]
pub(crate) struct Viewer {
    pub(crate) app: Arc<App>,
    pub(crate) session: SessionBody,
    pub(crate) likes: Likes,
    token: Arc<str>,
    /// Whether it is a script, which sends its token by itself; browsers send cookies for any page.
    is_script: bool,
    /// Of this session, at the manager.
    turns: Arc<Semaphore>,
}

impl Viewer {
    /// The viewer behind the headers of a request, who is a guest on its connection from now on.
    ///
    /// # Errors
    /// When nobody is signed in, or the manager cannot be reached.
    pub(crate) async fn of(
        app: &Arc<App>,
        headers: &HeaderMap,
        seat: Option<&Seat>,
    ) -> Result<Self, Failure> {
        if let Some(token) = bearer(headers) {
            return Self::with_token(app, headers, seat, token, true).await;
        }
        let mut tokens: Vec<&str> = Vec::new();
        for token in cookies(headers, &app.cookie) {
            if tokens.len() < COOKIES_MAX && !tokens.contains(&token) {
                tokens.push(token);
            }
        }
        let mut refused = Failure::SignIn;
        for token in tokens {
            match Self::with_token(app, headers, seat, token, false).await {
                Ok(viewer) => return Ok(viewer),
                Err(failure) => refused = failure,
            }
        }
        Err(refused)
    }

    async fn with_token(
        app: &Arc<App>,
        headers: &HeaderMap,
        seat: Option<&Seat>,
        token: &str,
        is_script: bool,
    ) -> Result<Self, Failure> {
        let token: Arc<str> = token.into();
        let welcome = || seat.into_iter().for_each(|seat| seat.welcome(&token));
        let session = match app.gate.known(&token) {
            Some(turns) => {
                welcome();
                let _turn = turns.acquire().await;
                session(app, &token).await
            }
            None => {
                let _turn = app.gate.stranger().await;
                session(app, &token).await
            }
        };
        let session = session.inspect_err(|error| {
            if error.code() == Win32Error::LOGON_FAILURE {
                app.gate.forget(&token);
            }
        })?;
        welcome();
        Ok(Self {
            app: Arc::clone(app),
            session,
            likes: Likes::of(headers),
            turns: app.gate.remember(&token),
            is_script,
            token,
        })
    }

    /// Checks the key of a form that changes something. Scripts need none.
    ///
    /// # Errors
    /// 5 for a missing or wrong key.
    pub(crate) fn check_form(&self, form: &Form) -> Result<(), ScmError> {
        form_key::check(&self.token, self.is_script, form)
    }

    pub(crate) fn lang(&self) -> Lang {
        self.likes.lang
    }

    /// Whether the viewer may change something.
    pub(crate) fn is_administrator(&self) -> bool {
        self.session.role == Role::Administrator
    }

    /// For pages that are of no use to readers. The manager decides for itself.
    ///
    /// # Errors
    /// 5, which says the role that is missing and who gives it.
    pub(crate) fn check_administrator(&self) -> Result<(), ScmError> {
        if self.is_administrator() {
            return Ok(());
        }
        Err(ScmError::new(Win32Error::ACCESS_DENIED, error::READ_ONLY))
    }

    /// The key of this viewer's forms: made from the secret, so a page of another site cannot know
    /// it.
    pub(crate) fn form_key(&self) -> String {
        form_key::of(&self.token)
    }

    /// What this viewer may see, kept up to date: it knows of every change that was answered before
    /// this is asked, so that a page shows what its reader has just done.
    pub(crate) async fn hub(&self) -> Result<Arc<Hub>, ScmError> {
        let is_administrator = self.is_administrator();
        let hubs = &self.app.hubs;
        let hub = hubs
            .of(&self.app.target, Some(&self.token), is_administrator)
            .await?;
        // While the manager is away there is nothing newer; the page shows the last known state.
        if let Ok(now) = self.ask(ServiceManager::query_manager).await {
            hub.reach(now.generation).await;
        }
        Ok(hub)
    }

    /// Asks the manager, as this viewer.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        request: impl FnOnce(&Manager, &Caller, Reply<T>) + Send + 'static,
    ) -> Result<T, ScmError> {
        self.with(move |manager, caller| wait(|reply| request(manager, caller, reply)))
            .await
    }

    /// One service, as the manager knows it now; the hub may be a moment behind.
    pub(crate) async fn service(&self, name: &ServiceName) -> Result<ServiceInfo, ScmError> {
        let name = name.clone();
        self.ask(move |manager, caller, reply| manager.query_service(caller, &name, reply))
            .await
    }

    /// Does something with the manager, as this viewer.
    pub(crate) async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Manager, &Caller) -> Result<T, ScmError> + Send + 'static,
    ) -> Result<T, ScmError> {
        let token = Arc::clone(&self.token);
        let target = self.app.target.clone();
        let _turn = self.turns.acquire().await;
        // The caller is known from the token; the trait's argument is ignored by a socket.
        blocking(move || work(&open(&target, Some(&token))?, &Caller::system())).await
    }
}

/// Whom the manager takes for the owner of a token.
async fn session(app: &App, token: &Arc<str>) -> Result<SessionBody, ScmError> {
    let token = Arc::clone(token);
    let target = app.target.clone();
    blocking(move || open(&target, Some(&token))?.session()).await
}

/// The token of a script.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Bearer ")
}

impl FromRequestParts<Arc<App>> for Viewer {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        Self::of(app, &parts.headers, parts.extensions.get()).await
    }
}
