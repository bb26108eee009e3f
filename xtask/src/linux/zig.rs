//! Compiles for any Linux from any: zig, as a compiler and linker that brings every version of glibc
//! and musl (ADR 0060).
//!
//! `cargo-zigbuild` hands cargo's calls on to it. Both come from PyPI into `target/tools`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::architecture::{Architecture, Libc};
use super::elf::GLIBC;
use crate::apt;
use crate::cargo::output;

/// The versions that releases are made with.
const PACKAGES: [&str; 2] = ["ziglang==0.17.1", "cargo-zigbuild==0.24.0"];

/// What is built, and how.
pub(crate) struct Build<'a> {
    pub(crate) root: &'a Path,
    /// The package, and the kind of its build: `release` or `dev`.
    pub(crate) package: &'a str,
    pub(crate) profile: &'a str,
    pub(crate) architecture: Architecture,
    pub(crate) link: Link,
    pub(crate) profile_data: ProfileData<'a>,
}

/// What the compiler knows of how often each function is called (profile-guided optimization).
#[derive(Clone, Copy)]
pub(crate) enum ProfileData<'a> {
    /// Nothing.
    None,
    /// The program counts, and leaves its counts in this folder when it ends.
    Collected(&'a Path),
    /// What was counted: functions that are called lie together in the file, the others are made small.
    Used(&'a Path),
}

impl ProfileData<'_> {
    fn flags(self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Collected(folder) => Some(format!("-Cprofile-generate={}", folder.display())),
            // Functions that were not called are expected: commands that nobody typed.
            Self::Used(file) => Some(format!(
                "-Cprofile-use={} -Clink-arg=-z -Clink-arg=keep-text-section-prefix",
                file.display()
            )),
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Collected(_) => "-collecting",
            Self::Used(_) => "-profiled",
        }
    }
}

/// The library for C that the file takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    /// That of the system.
    Shared(Libc),
    /// None: musl is in the file.
    Static,
}

impl Build<'_> {
    /// Builds it; the folder with what cargo made.
    pub(crate) fn run(&self) -> Result<PathBuf> {
        let tools = tools(self.root)?;
        let (libc, kind) = match self.link {
            Link::Shared(libc) => (libc, "shared"),
            Link::Static => (Libc::Musl, "static"),
        };
        let target = self.architecture.target(libc);
        require_target(&target)?;
        // Apart from ordinary builds, and by kind: the same target is linked in different ways.
        let folder = format!("target/dist-build/{kind}{}", self.profile_data.folder());
        let folder = self.root.join(folder);
        let mut build = Command::new(tools.join("bin/cargo-zigbuild"));
        build
            .args(["zigbuild", "--quiet", "--locked"])
            .args(["--package", self.package, "--profile", self.profile])
            .arg("--target-dir")
            .arg(&folder)
            .env("CARGO_ZIGBUILD_ZIG_PATH", tools.join(ZIG))
            .current_dir(self.root);
        match self.link {
            Link::Shared(Libc::Glibc) => build.args(["--target", &format!("{target}.{GLIBC}")]),
            Link::Shared(Libc::Musl) => build
                .args(["--target", &target])
                .env("RUSTFLAGS", "-C target-feature=-crt-static"),
            // By Rust's own linker, with the musl that comes with Rust: zig would leave the program at a
            // fixed address, and is only the compiler for C here.
            Link::Static => build
                .args(["--target", &target])
                .env(linker_variable(&target), "rust-lld"),
        };
        if let Some(flags) = self.profile_data.flags() {
            build.env("RUSTFLAGS", flags);
        }
        let status = build.status().context("running cargo-zigbuild")?;
        ensure!(
            status.success(),
            "building {} for {target} failed: {status}",
            self.package
        );
        Ok(folder.join(target).join(folder_of(self.profile)))
    }
}

/// The variable by which cargo takes a linker for a target.
fn linker_variable(target: &str) -> String {
    let target = target.to_uppercase().replace('-', "_");
    format!("CARGO_TARGET_{target}_LINKER")
}

/// Where cargo puts what it builds in a profile.
pub(crate) fn folder_of(profile: &str) -> &str {
    if profile == "dev" { "debug" } else { profile }
}

/// A compiler for C on systems with musl, as `make` takes it.
pub(crate) fn compiler_for_musl(root: &Path) -> Result<String> {
    let zig = tools(root)?.join(ZIG);
    let architecture = Architecture::of_this_machine()?.name();
    Ok(format!(
        "{} cc -target {architecture}-linux-musl -dynamic",
        zig.display()
    ))
}

/// The program, in the folder of the tools.
const ZIG: &str = "ziglang/zig";

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
    output(&mut install)?;
    fs::write(mark, wanted)?;
    Ok(folder)
}

/// Makes sure that Rust's standard library for a target is there.
fn require_target(target: &str) -> Result<()> {
    let mut ask = Command::new("rustc");
    ask.args(["--print", "target-libdir", "--target", target]);
    let library = output(&mut ask)?;
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
