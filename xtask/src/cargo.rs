//! What cargo knows: where packages lie, how crates depend on each other.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// The parsed output of `cargo metadata`, for every system.
pub(crate) fn metadata(root: &Path) -> Result<Value> {
    metadata_for(root, &[])
}

/// The same for these targets alone.
pub(crate) fn metadata_for(root: &Path, targets: &[&str]) -> Result<Value> {
    let filters = targets
        .iter()
        .flat_map(|target| ["--filter-platform", target]);
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1"])
        .args(filters)
        .current_dir(root)
        .output()
        .context("running cargo metadata")?;
    if !output.status.success() {
        bail!(
            "cargo metadata failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    serde_json::from_slice(&output.stdout).context("reading cargo metadata")
}

/// The folder that holds the newest version of a package that the workspace depends on.
pub(crate) fn package_dir(root: &Path, name: &str) -> Result<PathBuf> {
    let metadata = metadata(root)?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    let manifest = packages
        .iter()
        .filter(|package| package["name"] == name)
        .filter_map(|package| package["manifest_path"].as_str())
        .max()
        .with_context(|| format!("the workspace does not depend on {name}"))?;
    Ok(Path::new(manifest)
        .parent()
        .context("a manifest lies in a folder")?
        .to_owned())
}

/// Runs cargo, which must succeed.
pub(crate) fn run(root: &Path, words: &[&str]) -> Result<()> {
    run_with(root, words, &[])
}

/// Runs cargo with additions to the environment; it must succeed.
pub(crate) fn run_with(root: &Path, words: &[&str], environment: &[(&str, &str)]) -> Result<()> {
    let status = Command::new(env!("CARGO"))
        .args(words)
        // What is built is looked for there, whatever this machine's settings say.
        .env("CARGO_TARGET_DIR", root.join("target"))
        .envs(environment.iter().copied())
        .current_dir(root)
        .status()
        .context("running cargo")?;
    if !status.success() {
        bail!("cargo {} failed ({status})", words.join(" "));
    }
    Ok(())
}

/// Runs a command that must succeed, and returns what it prints.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .with_context(|| format!("running {command:?}"))?;
    ensure!(
        output.status.success(),
        "{command:?} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}

/// Makes sure that rustfmt and clippy are there; a minimal toolchain has neither.
pub(crate) fn require_components() -> Result<()> {
    for component in ["fmt", "clippy"] {
        let known = Command::new(env!("CARGO"))
            .args([component, "--version"])
            .output();
        if known.is_ok_and(|output| output.status.success()) {
            continue;
        }
        let name = if component == "fmt" {
            "rustfmt"
        } else {
            component
        };
        let added = Command::new("rustup")
            .args(["component", "add", name])
            .status();
        if !added.is_ok_and(|status| status.success()) {
            bail!(
                "cargo {component} is missing, and `rustup component add {name}` did not bring it"
            );
        }
    }
    Ok(())
}
