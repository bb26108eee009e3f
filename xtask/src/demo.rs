//! `cargo xtask demo`: builds the daemon and the extension, and plays the scenario with them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::linux::architecture::Architecture;
use crate::{cargo, linux, php};

/// `cargo xtask demo [--on 8.4|...]`: on the PHP of this system, or on another.
pub(crate) fn run(root: &Path, words: &[&str]) -> Result<()> {
    let on = match words {
        [] => None,
        ["--on", name] => Some(*name),
        other => bail!("unknown arguments {other:?}; there is only --on PHP"),
    };
    cargo::run(root, &["build", "--package", "relance"])?;
    play(root, &root.join("target/debug/relance"), on)
}

/// The same with a static program, as releases hold one: another library of C calls the system.
pub(crate) fn run_static(root: &Path) -> Result<()> {
    let program: PathBuf = linux::program(root, "dev", Architecture::of_this_machine()?)?;
    play(root, &program, None)
}

fn play(root: &Path, program: &Path, on: Option<&str>) -> Result<()> {
    let installation = php::installation(root, on)?;
    let status = Command::new(program)
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
