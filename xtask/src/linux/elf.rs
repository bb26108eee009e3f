//! Whether a file for Linux runs where we say that it does: what it links, and how new a glibc it needs.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use goblin::elf::dynamic::DF_1_NODELETE;
use goblin::elf::header::{EM_AARCH64, EM_X86_64, ET_DYN};
use goblin::elf::{Elf, VerneedSection};

use super::architecture::{Architecture, Libc};

/// The oldest glibc that we run on: that of Debian 10 and RHEL 8.
pub(crate) const GLIBC: &str = "2.28";

/// A version of glibc: `2.28` is `(2, 28)`.
type Version = (u32, u32);

/// What the loader will look for, and find.
#[derive(Debug, PartialEq, Eq)]
struct Contents {
    machine: u16,
    /// `libc.so.6`
    libraries: BTreeSet<String>,
    /// The newest glibc that one of its symbols asks for.
    glibc: Option<Version>,
    exports: BTreeSet<String>,
    never_unloaded: bool,
    position_independent: bool,
}

/// Checks a program that must need no library, and that must be loaded at a random address.
pub(crate) fn check_static(file: &Path, architecture: Architecture) -> Result<()> {
    let contents = Contents::of(file)?;
    contents.fits(architecture)?;
    ensure!(
        // Rust makes static programs so for x86-64 alone.
        contents.position_independent || architecture != Architecture::X86_64,
        "it lies at a fixed address"
    );
    ensure!(
        contents.libraries.is_empty(),
        "it needs {:?}",
        contents.libraries
    );
    Ok(())
}

/// Checks an extension for PHP on systems with one of the libraries for C.
pub(crate) fn check_extension(file: &Path, architecture: Architecture, libc: Libc) -> Result<()> {
    let contents = Contents::of(file)?;
    contents.fits(architecture)?;
    for library in &contents.libraries {
        ensure!(
            is_part_of(libc, library),
            "it needs {library}, which a system with {} may not have",
            libc.name()
        );
    }
    let oldest = (libc == Libc::Glibc).then(|| version(GLIBC)).flatten();
    ensure!(
        contents.glibc <= oldest,
        "it needs glibc {:?}, and {oldest:?} is the newest that may be asked for",
        contents.glibc
    );
    ensure!(
        contents.exports == BTreeSet::from(["get_module".to_owned()]),
        "PHP asks for get_module, and it offers {:?}",
        contents.exports
    );
    ensure!(
        contents.never_unloaded,
        "it may be unloaded while its thread runs (crates/php/build.rs)"
    );
    Ok(())
}

/// Whether every system with this library for C has that file.
fn is_part_of(libc: Libc, file: &str) -> bool {
    match libc {
        Libc::Glibc => {
            ["libc.so.6", "libdl.so.2", "libm.so.6", "libpthread.so.0"].contains(&file)
                || file.starts_with("ld-linux-")
        }
        // The loader of musl is its library, under both names.
        Libc::Musl => file == "libc.so" || file.starts_with("libc.musl-"),
    }
}

impl Contents {
    fn of(file: &Path) -> Result<Self> {
        let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
        let elf = Elf::parse(&bytes).with_context(|| format!("reading {}", file.display()))?;
        let verneed = elf.verneed.iter().flat_map(VerneedSection::iter);
        let versions = verneed.flat_map(|library| library.iter().collect::<Vec<_>>());
        let glibc = versions
            .filter_map(|needed| elf.dynstrtab.get_at(needed.vna_name))
            .filter_map(|name| version(name.strip_prefix("GLIBC_")?))
            .max();
        let exported = elf
            .dynsyms
            .iter()
            .filter(|symbol| !symbol.is_import() && symbol.st_value != 0);
        Ok(Self {
            machine: elf.header.e_machine,
            position_independent: elf.header.e_type == ET_DYN,
            libraries: elf
                .libraries
                .iter()
                .map(|name| (*name).to_owned())
                .collect(),
            glibc,
            exports: exported
                .filter_map(|symbol| Some(elf.dynstrtab.get_at(symbol.st_name)?.to_owned()))
                .collect(),
            never_unloaded: elf
                .dynamic
                .is_some_and(|dynamic| dynamic.info.flags_1 & DF_1_NODELETE != 0),
        })
    }

    fn fits(&self, architecture: Architecture) -> Result<()> {
        let expected = match architecture {
            Architecture::X86_64 => EM_X86_64,
            Architecture::Aarch64 => EM_AARCH64,
        };
        ensure!(
            self.machine == expected,
            "it is for the machine {} of ELF's list, not for {}",
            self.machine,
            architecture.name()
        );
        Ok(())
    }
}

/// Reads `2.28` or `2.2.5`, of which the first two numbers tell.
fn version(text: &str) -> Option<Version> {
    let mut numbers = text.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// This test: built here, for glibc.
    fn this_program() -> Contents {
        Contents::of(&std::env::current_exe().unwrap()).unwrap()
    }

    #[test]
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    fn a_program_tells_what_it_needs() {
        let contents = this_program();
        assert!(contents.libraries.contains("libc.so.6"), "{contents:?}");
        assert!(contents.glibc >= Some((2, 17)), "{contents:?}");
        assert!(!contents.never_unloaded);
        assert!(contents.position_independent);
        let here = Architecture::of_this_machine().unwrap();
        assert!(contents.fits(here).is_ok());
    }

    #[test]
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    fn what_needs_more_than_is_promised_is_refused() {
        let file = std::env::current_exe().unwrap();
        let here = Architecture::of_this_machine().unwrap();
        assert!(check_static(&file, here).is_err());
        assert!(check_extension(&file, here, Libc::Glibc).is_err());
        let refused = check_extension(&file, here, Libc::Musl).unwrap_err();
        assert!(refused.to_string().contains("musl"), "{refused}");
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert_eq!(version(GLIBC), Some((2, 28)));
        assert!(version("2.2.5") < version("2.17"));
        assert_eq!(version("PRIVATE"), None);
    }

    #[test]
    fn the_library_of_musl_is_no_library_of_glibc() {
        assert!(is_part_of(Libc::Musl, "libc.so"));
        assert!(is_part_of(Libc::Musl, "libc.musl-x86_64.so.1"));
        assert!(!is_part_of(Libc::Musl, "libc.so.6"));
        assert!(!is_part_of(Libc::Glibc, "libc.so"));
        assert!(!is_part_of(Libc::Glibc, "libgcc_s.so.1"));
    }
}
