//! `cargo xtask demo`: builds the daemon and the extension, and plays the scenario with them.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{cargo, php};

/// Further words go to `relance demo`.
pub(crate) fn run(root: &Path, words: &[&str]) -> Result<()> {
    cargo::run(root, &["build", "--quiet", "--package", "relance"])?;
    let installation = php::installation(root)?;
    let status = Command::new(root.join("target/debug/relance"))
        .arg("demo")
        .arg("--php")
        .arg(&installation.binary)
        .arg("--extension")
        .arg(&installation.extension)
        .args(words)
        .current_dir(root)
        .status()
        .context("running relance demo")?;
    if !status.success() {
        bail!("the demo failed ({status})");
    }
    Ok(())
}
