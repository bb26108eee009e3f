//! The page that a visitor wanted before signing in, kept in a cookie until then.

use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};

use crate::form::is_place;
use crate::likes::cookie;

/// The cookie. It is not a secret, and nobody else can use it.
const NAME: &str = "relance_next";
/// How long somebody has to sign in.
const AGE_SECS: u32 = 600;
/// A longer address is not kept.
const LEN_MAX: usize = 1024;
/// The default page.
const START: &str = "/overview";

/// What makes the browser keep this address; only pages are worth it.
pub(crate) fn keep(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<HeaderValue> {
    let path = uri.path_and_query()?.as_str();
    let is_page = *method == Method::GET
        && !path.starts_with("/stream/")
        && headers
            .get(header::ACCEPT)
            .is_some_and(|accept| accept.as_bytes().starts_with(b"text/html"));
    if !is_page || path == "/" || path.len() > LEN_MAX {
        return None;
    }
    let value: String = form_urlencoded::byte_serialize(path.as_bytes()).collect();
    set(&value, AGE_SECS)
}

/// The address that is kept, or else the page to begin with; and what makes the browser forget it.
pub(crate) fn take(headers: &HeaderMap) -> (String, Option<HeaderValue>) {
    let kept = cookie(headers, NAME).and_then(|value| {
        let (path, _) = form_urlencoded::parse(value.as_bytes()).next()?;
        is_place(&path).then(|| path.into_owned())
    });
    match kept {
        Some(path) => (path, set("", 0)),
        None => (START.to_owned(), None),
    }
}

fn set(value: &str, age_secs: u32) -> Option<HeaderValue> {
    let cookie = format!("{NAME}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age_secs}");
    HeaderValue::from_str(&cookie).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(path: &str, accept: &'static str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        let uri: Uri = path.parse().unwrap();
        let cookie = keep(&Method::GET, &uri, &headers)?;
        let (pair, _) = cookie.to_str().unwrap().split_once(';').unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(pair).unwrap());
        Some(take(&headers).0)
    }

    #[test]
    fn the_page_that_was_wanted_survives_and_nothing_else_does() {
        let page = "/service/output?name=a%20b&q=x%3D1;y";
        assert_eq!(kept(page, "text/html,*/*").as_deref(), Some(page));
        assert_eq!(kept("/stream/services", "text/html"), None);
        assert_eq!(kept(page, "application/json"), None);
        assert_eq!(kept("/", "text/html"), None);
    }

    #[test]
    fn no_cookie_leads_elsewhere() {
        for value in [
            "%2F%2Fevil.example",
            "https%3A%2F%2Fevil.example",
            "%2F%5Cevil",
            "",
        ] {
            let mut headers = HeaderMap::new();
            let cookie = format!("{NAME}={value}");
            headers.insert(header::COOKIE, HeaderValue::from_str(&cookie).unwrap());
            assert_eq!(take(&headers).0, START, "{value}");
        }
        assert_eq!(take(&HeaderMap::new()), (START.to_owned(), None));
    }
}
