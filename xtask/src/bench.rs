//! `cargo xtask bench [WORDS...]`: the harness of `bench/` with the release build.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cargo;

/// Runs `bench/bench.py` with these words; the peers that are installed take part.
pub(crate) fn run(root: &Path, words: &[&str]) -> Result<()> {
    cargo::run(root, &["build", "--release", "--package", "relance"])?;
    let status = Command::new("python3")
        .arg("bench.py")
        .args(words)
        .env("RELANCE_BIN", root.join("target/release/relance"))
        .current_dir(root.join("bench"))
        .status()
        .context("running python3")?;
    if !status.success() {
        bail!("the benchmark failed ({status})");
    }
    Ok(())
}
