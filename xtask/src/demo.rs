//! `cargo xtask demo`: builds the daemon and the extension, and plays the scenario with them.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{cargo, php};

/// `cargo xtask demo [--on 8.4|...]`: on the PHP of this system, or on another.
pub(crate) fn run(root: &Path, words: &[&str]) -> Result<()> {
    let on = match words {
        [] => None,
        ["--on", name] => Some(*name),
        other => bail!("unknown arguments {other:?}; there is only --on PHP"),
    };
    cargo::run(root, &["build", "--package", "relance"])?;
    let installation = php::installation(root, on)?;
    let status = Command::new(root.join("target/debug/relance"))
        .arg("demo")
        .arg("--php")
        .arg(&installation.binary)
        .arg("--extension")
        .arg(&installation.extension)
        .current_dir(root)
        .status()
        .context("running relance demo")?;
    if !status.success() {
        bail!("the demo failed ({status})");
    }
    Ok(())
}
