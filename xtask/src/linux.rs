//! Builds for any Linux, and checks the result: `zig` compiles for any Linux from any, `profile` counts what the
//! program calls in daily use, `elf` looks at the file, `architecture` lists the processors.

pub(crate) mod architecture;
pub(crate) mod elf;
mod profile;
pub(crate) mod zig;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use architecture::{Architecture, Libc};
use zig::{Build, Link, ProfileData};

/// Builds the program of a release, which needs nothing of the system but its kernel. A release build is laid out by what
/// a build for this machine calls; to try the packing, `profile` is `dev`, and nothing is counted.
pub(crate) fn program(root: &Path, profile: &str, architecture: Architecture) -> Result<PathBuf> {
    let build = |architecture, profile_data: ProfileData| {
        build_program(root, profile, architecture, profile_data)
    };
    let counts = if profile == "release" {
        let here = Architecture::of_this_machine()?;
        let counting = |folder: &Path| build(here, ProfileData::Collected(folder));
        Some(profile::collect(root, counting)?)
    } else {
        None
    };
    let counts = counts
        .as_deref()
        .map_or(ProfileData::None, ProfileData::Used);
    let file = build(architecture, counts)?;
    elf::check_static(&file, architecture)
        .with_context(|| format!("{} is not what it should be", file.display()))?;
    Ok(file)
}

fn build_program(
    root: &Path,
    profile: &str,
    architecture: Architecture,
    profile_data: ProfileData,
) -> Result<PathBuf> {
    let build = Build {
        root,
        package: "relance",
        profile,
        architecture,
        link: Link::Static,
        profile_data,
    };
    Ok(build.run()?.join("relance"))
}

/// Builds the extension for this machine, if it had musl; for tests.
pub(crate) fn extension_for_musl(root: &Path) -> Result<PathBuf> {
    extension(root, "dev", Architecture::of_this_machine()?, Libc::Musl)
}

/// Builds the extension for one of the libraries, and checks that it runs where it is to.
pub(crate) fn extension(
    root: &Path,
    profile: &str,
    architecture: Architecture,
    libc: Libc,
) -> Result<PathBuf> {
    let build = Build {
        root,
        package: "relance-php",
        profile,
        architecture,
        link: Link::Shared(libc),
        profile_data: ProfileData::None,
    };
    let file = build.run()?.join("libwin32service.so");
    elf::check_extension(&file, architecture, libc)
        .with_context(|| format!("{} is not what it should be", file.display()))?;
    Ok(file)
}
