//! What building for Windows and running under Wine needs, installed where it is missing.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::TARGET;
use crate::apt;

/// What runs programs of Windows, and fetches a PHP for it: a file, and the packages of Debian that bring
/// it.
const PROGRAMS: [(&str, &[&str]); 3] = [
    ("/usr/bin/wine", &["wine", "wine64"]),
    ("/usr/bin/python3", &["python3"]),
    ("/usr/bin/pip3", &["python3-pip"]),
];

/// Installs what is missing to build and to run.
pub(crate) fn install() -> Result<()> {
    for (program, packages) in PROGRAMS {
        apt::require_file(program, packages)?;
    }
    install_compiler()
}

/// Installs what is missing to build.
pub(crate) fn install_compiler() -> Result<()> {
    let linker = "/usr/bin/x86_64-w64-mingw32-gcc";
    apt::require_file(linker, &["gcc-mingw-w64-x86-64"])?;
    let status = Command::new("rustup")
        .args(["target", "add", TARGET])
        .status()
        .context("running rustup")?;
    ensure!(status.success(), "rustup has no target {TARGET}");
    Ok(())
}
