//! `cargo xtask windows`: the programs for Windows, built here and run under Wine.
//!
//! `tools` installs what is missing, `wine` sets up a Windows of its own in `target/windows`, `php` takes
//! a real PHP for Windows from PyPI and runs the phpt tests in it, `library` makes the extension's file
//! and looks at what it needs.

mod library;
mod php;
mod tools;
mod wine;

use std::path::Path;

use anyhow::Result;

use crate::cargo;
use crate::parts::{self, Part, part};
use wine::Wine;

/// What we build for: Rust with mingw's linker.
pub(crate) const TARGET: &str = "x86_64-pc-windows-gnu";

/// Our packages that are built for Windows.
const PACKAGES: [&str; 11] = [
    "relance-scm",
    "relance-policy",
    "relance-wire",
    "relance-windows",
    "relance-client",
    "relance-sessions",
    "relance-api",
    "relance-console",
    "relance",
    "relance-php",
    "relance-compliance",
];

/// Packages whose tests run under Wine.
const TESTED: [&str; 4] = [
    "relance-windows",
    "relance-client",
    "relance",
    "relance-compliance",
];

const PARTS: &[Part] = &[
    part("clippy", clippy),
    part("tests", tests),
    part("scenarios", scenarios),
    part("library", |root| library::check(root, &php::program(root)?)),
    part("phpt", php::run),
];

/// All parts, or those that are named.
pub(crate) fn run(root: &Path, named: &[&str]) -> Result<()> {
    tools::install()?;
    parts::run(root, PARTS, named)
}

/// Lints for Windows what the lints of this system do not see.
pub(crate) fn clippy(root: &Path) -> Result<()> {
    tools::install()?;
    lint(root, &["--lib", "--bins"], &PACKAGES)?;
    lint(root, &["--tests"], &TESTED)
}

fn lint(root: &Path, targets: &[&str], packages: &[&str]) -> Result<()> {
    let mut words = vec!["clippy", "--quiet", "--target", TARGET];
    words.extend(targets);
    words.extend(packages.iter().flat_map(|package| ["--package", package]));
    words.extend(["--", "-D", "warnings"]);
    cargo::run(root, &words)
}

/// The tests of the crates, under Wine: the life cycle of services, programs as services. One after the
/// other, because Wine's manager mixes up the handles of clients that ask at the same time.
fn tests(root: &Path) -> Result<()> {
    let wine = Wine::new(root)?;
    let mut words = vec!["test", "--quiet", "--target", TARGET];
    words.extend(TESTED.iter().flat_map(|package| ["--package", package]));
    words.extend(["--", "--test-threads=1"]);
    let environment = wine.cargo_environment();
    let environment: Vec<(&str, &str)> = environment
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    cargo::run_with(root, &words, &environment)
}

/// The scenarios that Wine's manager can answer: the life cycle. It has no recovery and no event log.
fn scenarios(root: &Path) -> Result<()> {
    let wine = Wine::new(root)?;
    build(root, "relance-compliance")?;
    let program = artefact(root, "relance-compliance.exe");
    let folder = wine::path(&root.join("compliance"));
    wine.run(&program, &[&folder, "L1", "L2"])
}

/// Builds a package for Windows.
fn build(root: &Path, package: &str) -> Result<()> {
    cargo::run(
        root,
        &["build", "--quiet", "--target", TARGET, "--package", package],
    )
}

/// A file that [`build`] made.
fn artefact(root: &Path, name: &str) -> std::path::PathBuf {
    root.join("target").join(TARGET).join("debug").join(name)
}

pub(crate) use library::finish as finish_library;
#[cfg(test)]
pub(crate) use php::OF_LINUX;
pub(crate) use tools::install_compiler;
