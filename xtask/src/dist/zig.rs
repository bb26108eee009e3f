//! Compiles for any Linux from any: zig, as a linker that brings every version of glibc and musl.
//!
//! `cargo-zigbuild` hands cargo's calls on to it. Both come from PyPI into `target/tools`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::Dist;
use crate::php::apt;

/// The versions that releases are made with.
const PACKAGES: [&str; 2] = ["ziglang==0.17.1", "cargo-zigbuild==0.24.0"];

/// What is built, for what.
pub(super) struct Build<'a> {
    pub(super) package: &'a str,
    /// Rust's target.
    pub(super) target: &'a str,
    /// The oldest glibc that will do: `2.28`; nothing where it is musl.
    pub(super) glibc: Option<&'a str>,
    /// Whether musl is linked into the file, or that of the system is used.
    pub(super) static_musl: bool,
}

impl Build<'_> {
    /// Builds it; the folder with what cargo made.
    pub(super) fn run(&self, dist: &Dist) -> Result<PathBuf> {
        let tools = tools(dist.root)?;
        require_target(self.target)?;
        // Apart from ordinary builds, and by kind: the same target is linked in different ways.
        let kind = if self.static_musl { "static" } else { "shared" };
        let folder = dist.root.join("target/dist-build").join(kind);
        let glibc = self.glibc.map(|version| format!(".{version}"));
        let target = format!("{}{}", self.target, glibc.unwrap_or_default());
        let mut build = Command::new(tools.join("bin/cargo-zigbuild"));
        build
            .args(["zigbuild", "--quiet", "--locked"])
            .args(["--package", self.package, "--target", &target])
            .args(["--profile", dist.profile(), "--target-dir"])
            .arg(&folder)
            .env("CARGO_ZIGBUILD_ZIG_PATH", tools.join("ziglang/zig"))
            .current_dir(dist.root);
        if !self.static_musl && self.glibc.is_none() {
            build.env("RUSTFLAGS", "-C target-feature=-crt-static");
        }
        let status = build.status().context("running cargo-zigbuild")?;
        ensure!(
            status.success(),
            "building {} for {target} failed: {status}",
            self.package
        );
        Ok(dist.built(&folder, self.target))
    }
}

/// The folder with both tools, fetched if they are not there.
fn tools(root: &Path) -> Result<PathBuf> {
    let folder = root.join("target/tools/zig");
    let mark = folder.join("installed");
    let wanted = PACKAGES.join("\n");
    if fs::read_to_string(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(folder);
    }
    apt::require_program("pip3", &["python3-pip"])?;
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let mut install = Command::new("pip3");
    install
        .args(["install", "--quiet", "--only-binary=:all:", "--target"])
        .arg(&folder)
        .args(PACKAGES);
    super::output(&mut install)?;
    fs::write(mark, wanted)?;
    Ok(folder)
}

/// Makes sure that Rust's standard library for a target is there.
fn require_target(target: &str) -> Result<()> {
    let mut ask = Command::new("rustc");
    ask.args(["--print", "target-libdir", "--target", target]);
    let library = super::output(&mut ask)?;
    if Path::new(library.trim()).exists() {
        return Ok(());
    }
    let added = Command::new("rustup")
        .args(["target", "add", target])
        .status();
    if !added.is_ok_and(|status| status.success()) {
        bail!(
            "Rust's standard library for {target} is missing, and `rustup target add {target}` did \
             not bring it: run that with a network, or build on a machine of that architecture"
        );
    }
    Ok(())
}
