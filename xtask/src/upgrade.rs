//! `cargo xtask upgrade [REVISION]`: a manager of an older version is upgraded to this one, under services that
//! crash. The older program is built once, in `target/upgrade`, from the last release, or, if there is none, from the
//! commit of a week ago.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::cargo;

pub(crate) fn run(root: &Path, words: &[&str]) -> Result<()> {
    let revision = match words {
        [] => older(root)?,
        [revision] => commit(root, &["rev-parse", "--verify", revision])?,
        _ => bail!("name one revision; cargo xtask upgrade [REVISION]"),
    };
    if revision.is_empty() {
        println!("not run: needs a clone that reaches back a week (git fetch --unshallow)");
        return Ok(());
    }
    println!("upgrading from {revision}");
    let program = built(root, &revision)?;
    let test = ["test", "--quiet", "--package", "relance", "--test", "it"];
    let named = ["--", "--nocapture", "upgrade::from_an_older_version"];
    let program = program.display().to_string();
    cargo::run_with(
        root,
        &[&test[..], &named[..]].concat(),
        &[("RELANCE_OLD", &program)],
    )
}

/// The last release, or the last commit that is a week old.
fn older(root: &Path) -> Result<String> {
    let release = commit(root, &["rev-list", "--tags=v*", "--max-count=1", "HEAD^"]);
    match release {
        Ok(release) if !release.is_empty() => Ok(release),
        _ => commit(
            root,
            &["rev-list", "--max-count=1", "--before=1 week ago", "HEAD"],
        ),
    }
}

fn commit(root: &Path, words: &[&str]) -> Result<String> {
    let output = Command::new("git").args(words).current_dir(root).output()?;
    ensure!(
        output.status.success(),
        "git {words:?} fails: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// The program of that revision.
fn built(root: &Path, revision: &str) -> Result<PathBuf> {
    let source = root.join("target/upgrade").join(revision);
    let program = source.join("target/debug/relance");
    if program.exists() {
        return Ok(program);
    }
    fs::create_dir_all(&source)?;
    let mut archive = Command::new("git")
        .args(["archive", revision])
        .current_dir(root)
        .stdout(Stdio::piped())
        .spawn()?;
    let from = archive.stdout.take().context("a pipe")?;
    let unpacked = Command::new("tar")
        .args(["-x", "-C"])
        .arg(&source)
        .stdin(from)
        .status()?;
    ensure!(
        archive.wait()?.success() && unpacked.success(),
        "{revision} cannot be unpacked"
    );
    let words = ["build", "--quiet", "--package", "relance"];
    cargo::run_with(&source, &words, &[("CARGO_PROFILE_DEV_DEBUG", "0")])?;
    Ok(program)
}
