//! What building for Windows and running under Wine needs, installed where it is missing.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::TARGET;
use crate::php::apt;

/// A program, and the packages of Debian that bring it.
const PROGRAMS: [(&str, &[&str]); 4] = [
    ("/usr/bin/x86_64-w64-mingw32-gcc", &["gcc-mingw-w64-x86-64"]),
    ("/usr/bin/wine", &["wine", "wine64"]),
    ("/usr/bin/python3", &["python3"]),
    ("/usr/bin/pip3", &["python3-pip"]),
];

/// Installs what is missing.
pub(crate) fn install() -> Result<()> {
    for (program, packages) in PROGRAMS {
        if !Path::new(program).exists() {
            apt::install(packages)?;
        }
        ensure!(
            Path::new(program).exists(),
            "{packages:?} did not bring {program}"
        );
    }
    let status = Command::new("rustup")
        .args(["target", "add", TARGET])
        .status()
        .context("running rustup")?;
    ensure!(status.success(), "rustup has no target {TARGET}");
    Ok(())
}
