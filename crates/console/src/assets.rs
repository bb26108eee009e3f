//! The style sheet, the script and the icon: part of the program.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;

use axum::http::header;
use axum::response::IntoResponse;

const STYLE: &str = include_str!("../assets/console.css");
const SCRIPT: &str = concat!(
    include_str!("../assets/patch.js"),
    include_str!("../assets/output.js"),
    include_str!("../assets/console.js")
);
const ICON: &str = include_str!("../assets/icon.svg");

/// Their address changes with their content.
const KEEP: &str = "public, max-age=31536000, immutable";

/// Changes whenever one of the files does.
pub(crate) fn version() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| {
        let mut hasher = DefaultHasher::new();
        (STYLE, SCRIPT, ICON).hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    })
}

fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, KEEP)];
    (headers, text)
}

pub(crate) async fn style() -> impl IntoResponse {
    file("text/css; charset=utf-8", STYLE)
}

pub(crate) async fn script() -> impl IntoResponse {
    file("text/javascript; charset=utf-8", SCRIPT)
}

pub(crate) async fn icon() -> impl IntoResponse {
    file("image/svg+xml", ICON)
}
