//! The supervisors that Relance is measured beside: from Debian, npm, PyPI and crates.io, below `target/bench` where
//! they are not packages of this system. No registry has dinit: it takes part if it is in `PATH`.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{apt, cargo};

/// Packages of this system that bring a peer each.
const PACKAGES: [&str; 4] = ["runit", "s6", "supervisor", "monit"];

/// Installs every peer that a registry of packages brings.
pub(super) fn install(root: &Path) -> Result<()> {
    apt::install(&PACKAGES)?;
    // Their packages start them. The benchmark starts its own, so it does not matter if they did not.
    for service in ["supervisor", "monit"] {
        let _ = Command::new("service").args([service, "stop"]).status();
    }
    python(root, &["circus"])?;
    pm2(root)?;
    horust(root)
}

/// `PATH` with what was installed below `target/bench` behind the rest.
pub(super) fn path(root: &Path) -> Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = ["python/bin", "node/node_modules/.bin", "horust/bin"];
    let own = folders.map(|name| folder(root).join(name));
    let all = std::env::split_paths(&path).chain(own);
    std::env::join_paths(all).context("the paths can be joined")
}

fn folder(root: &Path) -> PathBuf {
    root.join("target/bench")
}

/// A Python with these packages of PyPI.
pub(super) fn python(root: &Path, packages: &[&str]) -> Result<PathBuf> {
    let folder = folder(root).join("python");
    let python = folder.join("bin/python");
    if !python.exists() {
        apt::require_program("python3", &["python3"])?;
        apt::require_file("/usr/share/doc/python3-venv", &["python3-venv"])?;
        apt::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    let words = ["-m", "pip", "install", "--quiet"];
    apt::run(Command::new(&python).args(words).args(packages))?;
    Ok(python)
}

fn pm2(root: &Path) -> Result<()> {
    let folder = folder(root).join("node");
    fs::create_dir_all(&folder)?;
    apt::require_program("npm", &["npm"])?;
    fs::write(folder.join("package.json"), "{\"private\": true}\n")?;
    let words = ["install", "--silent", "--no-fund", "--no-audit", "pm2"];
    apt::run(Command::new("npm").args(words).current_dir(&folder))
}

fn horust(root: &Path) -> Result<()> {
    let folder = folder(root).join("horust");
    if folder.join("bin/horust").exists() {
        return Ok(());
    }
    let place = folder.to_str().context("the path is text")?;
    cargo::run(root, &["install", "--locked", "--root", place, "horust"])
}
