//! Licences and sources of everything the workspace depends on, by the rules of `deny.toml`.
//!
//! `cargo deny` reads the same file and knows more; it is used where it is installed. Building it
//! takes longer than all other checks together, so its two rules that need no advisory database are
//! checked here where it is not.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use spdx::{Expression, ParseMode};

use crate::cargo;

/// Where all packages come from that are not ours.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub(crate) fn check(root: &Path) -> Result<()> {
    let installed = Command::new(env!("CARGO"))
        .args(["deny", "--version"])
        .output();
    if installed.is_ok_and(|output| output.status.success()) {
        return cargo::run(root, &["deny", "check", "licenses", "bans", "sources"]);
    }
    eprintln!("cargo-deny is not installed: licences and sources are checked, bans are not");
    let allowed = allowed_licences(root)?;
    let metadata = cargo::metadata(root)?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    let problems: Vec<String> = packages
        .iter()
        .filter_map(|package| {
            let problem = problem(package, &allowed)?;
            Some(format!("{}: {problem}", text(&package["name"])))
        })
        .collect();
    if !problems.is_empty() {
        bail!("{}", problems.join("\n"));
    }
    eprintln!("{} packages", packages.len());
    Ok(())
}

fn allowed_licences(root: &Path) -> Result<BTreeSet<String>> {
    let text = fs::read_to_string(root.join("deny.toml")).context("reading deny.toml")?;
    let rules: toml::Table = text.parse().context("reading deny.toml")?;
    let allowed = rules["licenses"]["allow"]
        .as_array()
        .context("licenses.allow is no list")?;
    Ok(allowed
        .iter()
        .filter_map(|name| Some(name.as_str()?.to_owned()))
        .collect())
}

/// What is wrong with a package, if something is.
fn problem(package: &Value, allowed: &BTreeSet<String>) -> Option<String> {
    if let Some(source) = package["source"]
        .as_str()
        .filter(|source| *source != REGISTRY)
    {
        return Some(format!("comes from {source}"));
    }
    let licence = text(&package["license"]);
    let expression = match Expression::parse_mode(licence, ParseMode::LAX) {
        Ok(expression) => expression,
        Err(error) => return Some(format!("licence {licence:?}: {error}")),
    };
    let accepted = expression.evaluate(|requirement| {
        let name = requirement.license.to_string();
        allowed.contains(&name)
    });
    (!accepted).then(|| format!("licence {licence} is not in deny.toml"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn licences_and_sources_are_judged() {
        let allowed = ["MIT", "Unicode-3.0"].map(str::to_owned).into();
        let judge = |licence: &str, source: Value| {
            problem(&json!({"license": licence, "source": source}), &allowed)
        };
        assert_eq!(judge("MIT/Apache-2.0", json!(REGISTRY)), None);
        assert_eq!(judge("(GPL-2.0 OR MIT) AND Unicode-3.0", Value::Null), None);
        assert!(judge("MIT AND GPL-2.0", json!(REGISTRY)).is_some());
        assert!(judge("", Value::Null).is_some());
        assert!(judge("MIT", json!("git+https://example.org/x")).is_some());
    }
}
