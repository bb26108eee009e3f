//! Generates `docs/openapi.json`: the API, described from the types that are sent.

use std::path::Path;

use anyhow::{Context, Result};

pub(crate) const PATH: &str = "docs/openapi.json";

pub(crate) fn generate(_: &Path) -> Result<String> {
    let document = relance_wire::openapi::document();
    let text = serde_json::to_string_pretty(&document).context("describing the API")?;
    Ok(text + "\n")
}
