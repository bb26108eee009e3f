//! PHPs that we build, from the source package of Debian 12: one for finding defects (a debug build, with
//! checks of the engine on itself and leak reports, thread-safe), and one for musl, as Alpine has it.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::Php;
use crate::apt::{self, Apt, DEBIAN, DEBIAN_KEYS};
use crate::linux::zig;

/// A way to build PHP.
pub(super) struct Variant {
    /// In the matrix.
    pub(super) name: &'static str,
    options: &'static [&'static str],
    musl: bool,
}

/// The first is part of every matrix, the others of the wide one.
pub(super) const VARIANTS: [Variant; 2] = [
    Variant {
        name: "8.2-debug-zts",
        options: &["--enable-debug", "--enable-zts"],
        musl: false,
    },
    Variant {
        name: "8.2-musl",
        // There are no headers of valgrind's for musl.
        options: &["--enable-posix", "--without-valgrind"],
        musl: true,
    },
];

/// Builds it, unless it is there; takes some minutes.
pub(super) fn php(root: &Path, variant: &Variant) -> Result<Php> {
    let name = variant.name;
    let folder = root.join("target/tools").join(format!("php-{name}"));
    let tree = folder.join("tree");
    let built = folder.join("built");
    if !built.exists() {
        eprintln!("building PHP {name}");
        build(root, variant, &folder, &tree).with_context(|| format!("building PHP {name}"))?;
        fs::write(&built, "")?;
    }
    Ok(Php {
        name: name.to_owned(),
        binary: tree.join("sapi/cli/php"),
        run_tests: tree.join("run-tests.php"),
        runner: None,
        musl: variant.musl,
    })
}

fn build(root: &Path, variant: &Variant, folder: &Path, tree: &Path) -> Result<()> {
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
    let mut configure = Command::new("./configure");
    configure
        .args(["--quiet", "--disable-all", "--enable-cli", "--disable-cgi"])
        .args(["--disable-phpdbg", "--enable-pcntl"])
        .args(variant.options)
        .current_dir(tree);
    if variant.musl {
        for_musl(root, &mut configure)?;
    }
    apt::run(&mut configure)?;
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    apt::run(
        Command::new("make")
            .args(["--silent", &format!("-j{jobs}"), "cli"])
            .current_dir(tree),
    )?;
    ensure!(tree.join("sapi/cli/php").exists(), "make left no php");
    Ok(())
}

/// What runs here has glibc, so this is a cross build; what it makes runs all the same, by the loader of
/// Debian's package.
fn for_musl(root: &Path, configure: &mut Command) -> Result<()> {
    let architecture = std::env::consts::ARCH;
    let loader = format!("/lib/ld-musl-{architecture}.so.1");
    apt::require_file(&loader, &["musl"])?;
    configure
        .arg(format!("--host={architecture}-linux-musl"))
        .arg(format!("--build={architecture}-linux-gnu"))
        // PHP prints when it was built, and takes the type of offsets under its older name.
        .env("CFLAGS", "-O2 -Wno-date-time -D_LARGEFILE64_SOURCE")
        .env("CC", zig::compiler_for_musl(root)?);
    Ok(())
}
