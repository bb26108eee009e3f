//! A PHP built for finding defects: a debug build (checks of the engine on itself, leak reports),
//! thread-safe, from the source package of Debian 12.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::Php;
use super::apt::{self, Apt, DEBIAN, DEBIAN_KEYS};

/// Its name in the matrix.
pub(super) const NAME: &str = "8.2-debug-zts";

/// Builds it, unless it is there; takes some minutes.
pub(super) fn php(root: &Path) -> Result<Php> {
    let folder = root.join("target/tools").join(format!("php-{NAME}"));
    let tree = folder.join("tree");
    let built = folder.join("built");
    if !built.exists() {
        eprintln!("building PHP {NAME}");
        build(&folder, &tree).with_context(|| format!("building PHP {NAME}"))?;
        fs::write(&built, "")?;
    }
    Ok(Php {
        name: NAME.to_owned(),
        binary: tree.join("sapi/cli/php"),
        run_tests: tree.join("run-tests.php"),
        runner: None,
    })
}

fn build(folder: &Path, tree: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    apt::require_file(DEBIAN_KEYS, &["debian-archive-keyring"])?;
    for (program, package) in [("/usr/bin/cc", "gcc"), ("/usr/bin/make", "make")] {
        apt::require_file(program, &[package, "libc6-dev"])?;
    }
    apt::require_file("/usr/bin/xz", &["xz-utils"])?;
    let source = format!("deb-src [signed-by={DEBIAN_KEYS}] {DEBIAN} bookworm main");
    let archive = Apt::new(&folder.join("apt"), &source)?
        .download_source("php8.2", &folder.join("source"))?;
    fs::create_dir_all(tree)?;
    apt::run(
        Command::new("tar")
            .args(["-x", "--strip-components=1", "-f"])
            .arg(&archive)
            .arg("-C")
            .arg(tree),
    )?;
    apt::run(
        Command::new("./configure")
            .args([
                "--quiet",
                "--disable-all",
                "--enable-cli",
                "--disable-cgi",
                "--disable-phpdbg",
                "--enable-debug",
                "--enable-zts",
                "--enable-pcntl",
            ])
            .current_dir(tree),
    )?;
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    apt::run(
        Command::new("make")
            .args(["--silent", &format!("-j{jobs}"), "cli"])
            .current_dir(tree),
    )?;
    ensure!(tree.join("sapi/cli/php").exists(), "make left no php");
    Ok(())
}
