//! Who asks: the session behind a request, checked by the manager each time, and how the viewer
//! likes pages.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use relance_scm::manager::wait;
use relance_scm::{Caller, Reply, ScmError, Win32Error};
use relance_wire::api::{Role, SessionBody};
use sha2::{Digest, Sha256};

use crate::hub::Hub;
use crate::lang::Lang;
use crate::manager::{Manager, open};
use crate::reply::Failure;
use crate::server::App;

/// Name of the session's cookie.
pub(crate) const COOKIE: &str = "relance_session";

/// How a viewer likes pages.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Likes {
    pub(crate) lang: Lang,
    /// `light` or `dark`; `None`: as the system has it.
    pub(crate) theme: Option<&'static str>,
}

impl Likes {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let accepted = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        let theme = cookie(headers, "theme");
        Self {
            lang: Lang::choose(cookie(headers, "lang"), accepted),
            theme: ["light", "dark"]
                .into_iter()
                .find(|known| theme == Some(known)),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Likes {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.headers))
    }
}

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then_some(value)
        })
}

/// Somebody who is signed in.
#[derive(Clone)]
pub(crate) struct Viewer {
    pub(crate) app: Arc<App>,
    pub(crate) session: SessionBody,
    pub(crate) likes: Likes,
    token: Arc<str>,
}

impl Viewer {
    /// The viewer behind the headers of a request.
    ///
    /// # Errors
    /// When nobody is signed in, or the manager cannot be reached.
    pub(crate) async fn of(app: &Arc<App>, headers: &HeaderMap) -> Result<Self, Failure> {
        let token: Arc<str> = bearer(headers)
            .or_else(|| cookie(headers, COOKIE))
            .ok_or(Failure::SignIn)?
            .into();
        let session = {
            let token = Arc::clone(&token);
            let target = app.target.clone();
            blocking(move || open(&target, Some(&token))?.session()).await?
        };
        Ok(Self {
            app: Arc::clone(app),
            session,
            likes: Likes::of(headers),
            token,
        })
    }

    pub(crate) fn lang(&self) -> Lang {
        self.likes.lang
    }

    /// Whether the viewer may change something.
    pub(crate) fn is_administrator(&self) -> bool {
        self.session.role == Role::Administrator
    }

    /// What this viewer's forms carry and nobody else can know: made from the secret, so a page of
    /// another site has none.
    pub(crate) fn form_key(&self) -> String {
        form_key(&self.token)
    }

    /// What this viewer may see, kept up to date.
    pub(crate) async fn hub(&self) -> Result<Arc<Hub>, ScmError> {
        self.app.hubs.of(&self.app.target, Some(&self.token)).await
    }

    /// Asks the manager, as this viewer.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        request: impl FnOnce(&Manager, &Caller, Reply<T>) + Send + 'static,
    ) -> Result<T, ScmError> {
        self.with(move |manager, caller| wait(|reply| request(manager, caller, reply)))
            .await
    }

    /// Does something with the manager, as this viewer.
    pub(crate) async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Manager, &Caller) -> Result<T, ScmError> + Send + 'static,
    ) -> Result<T, ScmError> {
        let token = Arc::clone(&self.token);
        let target = self.app.target.clone();
        // The caller is known from the token; the trait's argument is ignored by a socket.
        blocking(move || work(&open(&target, Some(&token))?, &Caller::system())).await
    }
}

/// The form key that belongs to a session's secret.
pub(crate) fn form_key(token: &str) -> String {
    use std::fmt::Write as _;
    let digest = Sha256::new()
        .chain_update(b"relance form key ")
        .chain_update(token.as_bytes())
        .finalize();
    digest
        .iter()
        .take(16)
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
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
        Self::of(app, &parts.headers).await
    }
}

/// Work that waits, on a thread of its own.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ScmError> + Send + 'static,
) -> Result<T, ScmError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| {
        Err(ScmError::new(
            Win32Error::INTERNAL_ERROR,
            "the console made a mistake; see its diagnostics",
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::COOKIE,
            "a=1; relance_session=xyz; theme=dark".parse().unwrap(),
        );
        assert_eq!(cookie(&headers, COOKIE), Some("xyz"));
        assert_eq!(cookie(&headers, "session"), None);
        assert_eq!(Likes::of(&headers).theme, Some("dark"));
    }

    #[test]
    fn form_keys_differ_and_tell_nothing() {
        assert_ne!(form_key("a"), form_key("b"));
        assert!(!form_key("secret").contains("secret"));
    }
}
