//! The way in for the fuzz targets of `fuzz/`: what a browser sends, possibly for a page of another site.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};

use crate::form::Form;
use crate::form_key;
use crate::likes::{Likes, cookie};
use crate::server::{is_foreign, is_our_host};
use crate::viewer::{bearer, cookie_name};

/// What the console takes from a request, before it asks the manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Whether the request is meant for this console.
    pub is_our_host: bool,
    /// Whether a page of another site made it.
    pub is_foreign: bool,
    /// The secret that it is signed in with.
    pub session: Option<String>,
    /// Whether it may change something.
    pub may_change: bool,
    /// Where it leads afterwards.
    pub back: String,
    /// The theme that the page is shown in.
    pub theme: Option<&'static str>,
}

/// A request with these headers and this form. `None` when no server would take the headers.
#[must_use]
pub fn take(headers: &[(&[u8], &[u8])], form: &[u8]) -> Option<Taken> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name).ok()?;
        map.append(name, HeaderValue::from_bytes(value).ok()?);
    }
    let form = Form::parse(form);
    let names = ["relance.example".to_owned()];
    let of_script = bearer(&map);
    let cookie_name = cookie_name(7467);
    let session = of_script.or_else(|| cookie(&map, &cookie_name));
    let session = session.map(ToOwned::to_owned);
    Some(Taken {
        is_our_host: is_our_host(&map, &Uri::from_static("/"), &names),
        is_foreign: is_foreign(&map),
        may_change: session
            .as_ref()
            .is_some_and(|session| form_key::check(session, of_script.is_some(), &form).is_ok()),
        session,
        back: form.back().to_owned(),
        theme: Likes::of(&map).theme,
    })
}

/// The key that a form of this session carries.
#[must_use]
pub fn key_of(session: &str) -> String {
    form_key::of(session)
}
