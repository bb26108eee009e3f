//! Builds for any Linux, and what comes out: `zig` compiles for any from any, `elf` looks at the file,
//! `architecture` names what there is.

pub(crate) mod architecture;
pub(crate) mod elf;
pub(crate) mod zig;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use architecture::{Architecture, Libc};
use zig::{Build, Link};

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
    };
    let file = build.run()?.join("libwin32service.so");
    elf::check_extension(&file, architecture, libc)
        .with_context(|| format!("{} is not what it should be", file.display()))?;
    Ok(file)
}
