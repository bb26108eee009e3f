//! Which crate may use which of ours: the direction that keeps decisions free of I/O, and the raw
//! types of a platform in one place.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::cargo;

/// A crate and those of ours that it may use; for tests any may use the testkit besides.
const MAY_USE: &[(&str, &[&str])] = &[
    ("relance-rulebook", &[]),
    ("relance-texts", &[]),
    ("relance-schedule", &[]),
    ("relance-scm", &["relance-schedule", "relance-texts"]),
    ("relance-policy", &["relance-scm", "relance-texts"]),
    ("relance-wire", &["relance-scm", "relance-texts"]),
    (
        "relance-engine",
        &[
            "relance-policy",
            "relance-schedule",
            "relance-scm",
            "relance-texts",
            "relance-wire",
        ],
    ),
    (
        "relance-import",
        &[
            "relance-policy",
            "relance-scm",
            "relance-texts",
            "relance-wire",
        ],
    ),
    (
        "relance-windows",
        &["relance-policy", "relance-scm", "relance-texts"],
    ),
    (
        "relance-client",
        &[
            "relance-scm",
            "relance-texts",
            "relance-windows",
            "relance-wire",
        ],
    ),
    ("relance-notify", &["relance-scm", "relance-texts"]),
    (
        "relance-sessions",
        &["relance-scm", "relance-texts", "relance-wire"],
    ),
    (
        "relance-api",
        &[
            "relance-policy",
            "relance-scm",
            "relance-texts",
            "relance-sessions",
            "relance-wire",
        ],
    ),
    (
        "relance-console",
        &[
            "relance-client",
            "relance-policy",
            "relance-rulebook",
            "relance-scm",
            "relance-texts",
            "relance-sessions",
            "relance-windows",
            "relance-wire",
        ],
    ),
    // ADR 0040
    (
        "relance-php",
        &[
            "relance-client",
            "relance-scm",
            "relance-texts",
            "relance-texts",
            "relance-windows",
        ],
    ),
];

/// What stands at the end of all directions: the binary, and what is never shipped.
const FREE: &[&str] = &[
    "relance",
    "relance-compliance",
    "relance-fuzz",
    "relance-testkit",
    "xtask",
];

pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let metadata = cargo::metadata(root)?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    let ours = packages
        .iter()
        .filter(|package| package["source"].is_null());
    Ok(ours.flat_map(problems).collect())
}

fn problems(package: &Value) -> Vec<String> {
    let name = package["name"].as_str().unwrap_or_default();
    if FREE.contains(&name) {
        return Vec::new();
    }
    let Some((_, allowed)) = MAY_USE.iter().find(|(known, _)| *known == name) else {
        return vec![format!(
            "{name}: say in xtask/src/tidy/directions.rs what it may use"
        )];
    };
    let dependencies = package["dependencies"].as_array();
    dependencies
        .into_iter()
        .flatten()
        .filter(|dependency| dependency["kind"] != "dev")
        .filter_map(|dependency| dependency["name"].as_str())
        .filter(|used| used.starts_with("relance") && !allowed.contains(used))
        .map(|used| format!("{name} must not use {used}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_wrong_direction_is_found() {
        let package = |name: &str, used: &str, kind: Option<&str>| {
            problems(&json!({"name": name, "dependencies": [{"name": used, "kind": kind}]})).len()
        };
        assert_eq!(package("relance-policy", "relance-scm", None), 0);
        assert_eq!(package("relance-policy", "relance-engine", None), 1);
        assert_eq!(package("relance-policy", "relance-testkit", Some("dev")), 0);
        assert_eq!(package("relance-new", "serde", None), 1);
    }
}
