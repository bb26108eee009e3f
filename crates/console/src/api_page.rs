//! The API: its OpenAPI document, and the same as a page.

use std::sync::OnceLock;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use relance_texts::console;
use relance_wire::openapi::{OPERATIONS, document as describe};
use serde_json::Value;

use crate::lacking::{Feature, reason};
use crate::lang::Lang;
use crate::layout::{self, Place};
use crate::reply::{Answer, page as html_page};
use crate::viewer::Viewer;

fn description() -> &'static Value {
    static DESCRIPTION: OnceLock<Value> = OnceLock::new();
    DESCRIPTION.get_or_init(|| serde_json::to_value(describe()).expect("plain structures"))
}

/// `GET /api/openapi.json`
pub(crate) async fn document(_: Viewer) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json")];
    (headers, description().to_string()).into_response()
}

/// `GET /api`
pub(crate) async fn page(viewer: Viewer) -> Answer<Response> {
    let lang = viewer.lang();
    let body = match reason(Feature::Api, lang) {
        Some(reason) => html! { h1 { "API" } p { (reason) } },
        None => operations(lang),
    };
    let page = layout::still(&viewer, Place::Api, "API", body);
    Ok(html_page(page).into_response())
}

fn operations(lang: Lang) -> Markup {
    html! {
        div.head { h1 { "API" } a.button href="/api/openapi.json" { "openapi.json" } }
        p { (console::ONE_API_FOR_THE.of(lang)) }
        pre.command tabindex="0" { "curl --unix-socket /run/relance/relance.sock http://relance/v1/services" }
        section.card {
            h2 { (console::OPERATIONS.of(lang)) }
            div.scroll tabindex="0" role="region" aria-label=(console::OPERATIONS.of(lang)) {
                table.cards {
                    thead { tr {
                        th scope="col" { (console::REQUEST.of(lang)) }
                        th scope="col" { (console::WHAT_IT_DOES.of(lang)) }
                        th scope="col" { (console::TAKES.of(lang)) }
                        th scope="col" { (console::GIVES.of(lang)) }
                    } }
                    tbody lang="en" { @for operation in OPERATIONS {
                        tr {
                            th scope="row" { span.method { (operation.method) } " " code { (operation.path) } }
                            td { (operation.summary) }
                            td data-label=(console::TAKES.of(lang)) { (link(operation.request)) }
                            td data-label=(console::GIVES.of(lang)) { (link(operation.reply)) }
                        }
                    } }
                }
            }
        }
        (schemas())
    }
}

fn link(schema: &str) -> Markup {
    html! { @if !schema.is_empty() { a href={ "#" (schema) } { (schema) } } }
}

fn schemas() -> Markup {
    let none = serde_json::Map::new();
    let schemas = description()["components"]["schemas"]
        .as_object()
        .unwrap_or(&none);
    html! {
        @for (name, schema) in schemas {
            // A link to what stands inside opens it.
            details.card lang="en" {
                summary { h2 { (name) } }
                div id=(name) {
                    @if let Some(text) = schema["description"].as_str() { p { (text) } }
                    dl.fields {
                        @for (field, about) in schema["properties"].as_object().unwrap_or(&none) {
                            dt { code { (field) } " " span.dim { (kind(about)) } }
                            dd { (about["description"].as_str().unwrap_or_default()) }
                        }
                    }
                }
            }
        }
    }
}

/// `string`, `array of ActionBody`: a type in words.
fn kind(about: &Value) -> String {
    if let Some(reference) = about["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap_or_default().to_owned();
    }
    if let Some(items) = about.get("items") {
        return format!("array of {}", kind(items));
    }
    if let Some(choices) = about["oneOf"].as_array() {
        let kinds: Vec<String> = choices.iter().map(kind).collect();
        return kinds.join(" or ");
    }
    match &about["type"] {
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => {
            let kinds: Vec<&str> = kinds.iter().filter_map(Value::as_str).collect();
            kinds.join(" or ")
        }
        _ => String::new(),
    }
}
