//! The console in a real browser: `cargo xtask console`.
//!
//! Debian's Chromium and Node are installed where they are missing, the packages of the tests by npm.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{apt, cargo};

/// Where the tests are.
const FOLDER: &str = "crates/console/tests/browser";
/// Tests that run at the same time; each has a daemon of its own.
const AT_ONCE: &str = "--test-concurrency=2";

/// `cargo xtask console [screenshots [FOLDER] | images | measure [output | many] | TEST...]`: the browser tests, or those
/// of these files; screenshots of each page in both themes and three widths; the pictures of the documents; or the
/// measurements.
pub(crate) fn run(root: &Path, words: &[&str]) -> Result<()> {
    install(root)?;
    // What is measured is what people install.
    let (profile, folder) = match words {
        ["measure", ..] => ("release", "release"),
        _ => ("dev", "debug"),
    };
    let build = [
        "build",
        "--quiet",
        "--package",
        "relance",
        "--profile",
        profile,
    ];
    cargo::run(root, &build)?;
    let absolute;
    let arguments = match words {
        ["screenshots"] => {
            absolute = root.join("target/screenshots").display().to_string();
            vec!["screenshots.mjs", &absolute]
        }
        ["screenshots", folder] => {
            absolute = root.join(folder).display().to_string();
            vec!["screenshots.mjs", &absolute]
        }
        ["images"] => {
            absolute = root.join("docs/images").display().to_string();
            vec!["images.mjs", &absolute]
        }
        ["measure"] => vec!["measure.mjs"],
        ["measure", "output"] => vec!["measure-output.mjs"],
        ["measure", "many"] => vec!["measure-many.mjs"],
        [] => vec!["--test", AT_ONCE],
        tests => [&["--test", AT_ONCE], tests].concat(),
    };
    let mut node = Command::new("node");
    node.args(arguments)
        .env("RELANCE", root.join("target").join(folder).join("relance"))
        .current_dir(root.join(FOLDER));
    succeed(&mut node)
}

fn install(root: &Path) -> Result<()> {
    let missing: Vec<&str> = [("chromium", "chromium"), ("node", "nodejs"), ("npm", "npm")]
        .into_iter()
        .filter(|(program, _)| !is_there(program))
        .map(|(_, package)| package)
        .collect();
    if !missing.is_empty() {
        apt::install(&missing)?;
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--silent"])
        .current_dir(root.join(FOLDER));
    succeed(&mut npm)
}

fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn succeed(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("running {}", command.get_program().display()))?;
    if !status.success() {
        bail!("{} failed ({status})", command.get_program().display());
    }
    Ok(())
}
