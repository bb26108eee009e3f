//! Licences and sources of everything the workspace depends on, by the rules of `deny.toml`.
//!
//! `cargo deny` reads the same file and knows more; it is used where it is installed. Building it
//! takes longer than all other checks together, so the rules that need no advisory database are checked
//! here where it is not. Advisories need the database of RustSec: `cargo xtask advisories`, before every
//! release.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use spdx::{Expression, ParseMode};

use crate::cargo;

/// Where all packages that are not ours come from.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// `cargo xtask advisories`: fails when a dependency has a known defect, is abandoned or was withdrawn.
/// `cargo deny` fetches the list of them.
pub(crate) fn advisories(root: &Path) -> Result<()> {
    if !deny_is_installed() {
        bail!(
            "advisories are read by cargo-deny, which is not installed: cargo install --locked cargo-deny"
        );
    }
    cargo::run(root, &["deny", "check", "advisories"])
}

fn deny_is_installed() -> bool {
    let asked = Command::new(env!("CARGO"))
        .args(["deny", "--version"])
        .output();
    asked.is_ok_and(|output| output.status.success())
}

pub(crate) fn check(root: &Path) -> Result<()> {
    if deny_is_installed() {
        return cargo::run(root, &["deny", "check", "licenses", "bans", "sources"]);
    }
    eprintln!(
        "cargo-deny is not installed; its rules are checked here, but for duplicate versions"
    );
    let rules = Rules::read(root)?;
    let metadata = cargo::metadata(root)?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    let problems: Vec<String> = packages
        .iter()
        .filter_map(|package| {
            let problem = rules.problem(package)?;
            Some(format!("{}: {problem}", text(&package["name"])))
        })
        .collect();
    if !problems.is_empty() {
        bail!("{}", problems.join("\n"));
    }
    eprintln!("{} packages", packages.len());
    Ok(())
}

/// What `deny.toml` says, as far as it is checked here.
struct Rules {
    licences: BTreeSet<String>,
    /// Packages with the licence that only they may have.
    exceptions: BTreeSet<(String, String)>,
    banned: BTreeSet<String>,
}

impl Rules {
    fn read(root: &Path) -> Result<Self> {
        let text = fs::read_to_string(root.join("deny.toml")).context("reading deny.toml")?;
        let rules: toml::Table = text.parse().context("reading deny.toml")?;
        let list = |section: &str, key: &str| {
            let names = rules
                .get(section)
                .and_then(|section| section.get(key)?.as_array());
            let names =
                names.with_context(|| format!("deny.toml: {section}.{key} is not a list"))?;
            Ok::<_, anyhow::Error>(
                names
                    .iter()
                    .filter_map(|name| Some(name.as_str()?.to_owned()))
                    .collect(),
            )
        };
        Ok(Self {
            licences: list("licenses", "allow")?,
            exceptions: exceptions(&rules),
            banned: list("bans", "deny")?,
        })
    }

    /// What is wrong with a package, if something is.
    fn problem(&self, package: &Value) -> Option<String> {
        if self.banned.contains(text(&package["name"])) {
            return Some("is banned".to_owned());
        }
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
        let name = text(&package["name"]);
        let accepted = expression.evaluate(|requirement| {
            let licence = requirement.license.to_string();
            let exception = (name.to_owned(), licence.clone());
            self.licences.contains(&licence) || self.exceptions.contains(&exception)
        });
        (!accepted).then(|| format!("licence {licence} is not in deny.toml"))
    }
}

/// `licenses.exceptions`: each with a package, and the licences that it may have.
fn exceptions(rules: &toml::Table) -> BTreeSet<(String, String)> {
    let list = rules
        .get("licenses")
        .and_then(|section| section.get("exceptions")?.as_array());
    let pairs = list.into_iter().flatten().flat_map(|exception| {
        let name = exception.get("crate").and_then(toml::Value::as_str);
        let licences = exception.get("allow").and_then(toml::Value::as_array);
        let licences = licences.into_iter().flatten();
        let licences = licences.filter_map(toml::Value::as_str);
        licences.filter_map(move |licence| Some((name?.to_owned(), licence.to_owned())))
    });
    pairs.collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn licences_sources_and_names_are_judged() {
        let rules = Rules {
            licences: ["MIT", "Unicode-3.0"].map(str::to_owned).into(),
            exceptions: exceptions(
                &"[licenses]\nexceptions = [{ allow = [\"Zlib\"], crate = \"data\" }]"
                    .parse()
                    .unwrap(),
            ),
            banned: ["openssl-sys".to_owned()].into(),
        };
        let judge = |name: &str, licence: &str, source: Value| {
            rules.problem(&json!({"name": name, "license": licence, "source": source}))
        };
        assert_eq!(judge("a", "MIT/Apache-2.0", json!(REGISTRY)), None);
        assert_eq!(
            judge("a", "(GPL-2.0 OR MIT) AND Unicode-3.0", Value::Null),
            None
        );
        assert!(judge("a", "MIT AND GPL-2.0", json!(REGISTRY)).is_some());
        assert_eq!(judge("data", "Zlib", json!(REGISTRY)), None);
        assert!(judge("a", "Zlib", json!(REGISTRY)).is_some());
        assert!(judge("a", "", Value::Null).is_some());
        assert!(judge("a", "MIT", json!("git+https://example.org/x")).is_some());
        assert!(judge("openssl-sys", "MIT", json!(REGISTRY)).is_some());
    }
}
