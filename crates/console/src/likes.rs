//! The language and colours that a viewer has chosen. They are in cookies, so they are known before sign-in.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::lang::Lang;

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
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &'a str) -> Option<&'a str> {
    cookies(headers, name).next()
}

/// All values of a cookie: a server on another port of this machine can set one of the same name beside ours.
pub(crate) fn cookies<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(move |pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then_some(value)
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
            "relance_session_80=abc; relance_session_7467=xyz; theme=dark"
                .parse()
                .unwrap(),
        );
        assert_eq!(cookie(&headers, "relance_session_7467"), Some("xyz"));
        assert_eq!(cookie(&headers, "relance_session_80"), Some("abc"));
        assert_eq!(cookie(&headers, "session"), None);
        assert_eq!(Likes::of(&headers).theme, Some("dark"));
    }
}
