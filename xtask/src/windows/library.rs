//! The extension as a file for PHP on Windows, and whether a PHP has what it looks for.
//!
//! One file serves every version, thread-safe or not: it links nothing of PHP (ADR 0022) and asks the
//! PHP that loads it for its symbols.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::{artefact, build};

/// Libraries that every Windows from 8 on has; the extension may need no other.
const SYSTEM_LIBRARIES: [&str; 12] = [
    "advapi32.dll",
    "api-ms-win-core-synch-l1-2-0.dll",
    "bcryptprimitives.dll",
    "kernel32.dll",
    "msvcrt.dll",
    "netapi32.dll",
    "ntdll.dll",
    "shell32.dll",
    "user32.dll",
    "userenv.dll",
    "wevtapi.dll",
    "ws2_32.dll",
];

/// Builds the extension and puts the file where tests find it.
pub(super) fn make(root: &Path) -> Result<PathBuf> {
    build(root, "relance-php")?;
    let library = root.join("target/windows/php_win32service.dll");
    fs::create_dir_all(root.join("target/windows"))?;
    finish(&artefact(root, "win32service.dll"), &library)?;
    Ok(library)
}

/// Copies the library that cargo built. PHP compares the version of the linker with its own, which is
/// Visual C++'s: it must say 14, and mingw's says 2.
pub(crate) fn finish(built: &Path, library: &Path) -> Result<()> {
    let mut file = fs::read(built).with_context(|| format!("reading {}", built.display()))?;
    set_linker_version(&mut file)
        .with_context(|| format!("{} is not a library of Windows", built.display()))?;
    fs::write(library, file)?;
    Ok(())
}

/// Offset in the file where the header of the PE format is said to begin.
const PE_HEADER_AT: usize = 0x3C;
/// Signature and COFF header, before the optional header; in that, the magic number.
const LINKER_VERSION_AT: usize = 4 + 20 + 2;

fn set_linker_version(file: &mut [u8]) -> Option<()> {
    let at: [u8; 4] = file.get(PE_HEADER_AT..PE_HEADER_AT + 4)?.try_into().ok()?;
    let at = usize::try_from(u32::from_le_bytes(at)).ok()?;
    if file.get(at..at + 4)? != b"PE\0\0" {
        return None;
    }
    let version = at + LINKER_VERSION_AT;
    file.get_mut(version..version + 2)?
        .copy_from_slice(&[14, 0]);
    Some(())
}

/// Checks what the library imports, and that a PHP exports every symbol it looks up.
pub(super) fn check(root: &Path, php: &Path) -> Result<()> {
    let library = make(root)?;
    let tables = objdump(&library)?;
    let needed = tables
        .lines()
        .filter_map(|line| line.trim().strip_prefix("DLL Name: "));
    for name in needed {
        ensure!(
            SYSTEM_LIBRARIES.contains(&name.to_ascii_lowercase().as_str()),
            "the extension needs {name}, which a user may not have"
        );
    }
    let exported = exports(&objdump(php)?);
    let wanted = wanted(&root.join("crates/php/src/zend/symbols.rs"))?;
    let missing: Vec<&String> = wanted
        .iter()
        .filter(|name| !exported.contains(*name))
        .collect();
    if !missing.is_empty() {
        bail!("PHP for Windows does not export {missing:?}");
    }
    eprintln!(
        "{} symbols looked up, {} exported by PHP",
        wanted.len(),
        exported.len()
    );
    Ok(())
}

fn objdump(file: &Path) -> Result<String> {
    let output = Command::new("x86_64-w64-mingw32-objdump")
        .arg("-p")
        .arg(file)
        .output()
        .context("running mingw's objdump")?;
    ensure!(output.status.success(), "{} cannot be read", file.display());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The names in an export table, without what `__vectorcall` adds: `_emalloc@@8`.
fn exports(tables: &str) -> BTreeSet<String> {
    let table = tables
        .split("[Ordinal/Name Pointer] Table")
        .nth(1)
        .unwrap_or_default();
    let lines = table
        .lines()
        .skip(1)
        .take_while(|line| !line.trim().is_empty());
    let names = lines.filter_map(|line| line.split_whitespace().last());
    names
        .map(|name| name.split("@@").next().unwrap_or(name).to_owned())
        .collect()
}

/// The symbols that the extension looks up: the names in its table.
fn wanted(source: &Path) -> Result<BTreeSet<String>> {
    let text = fs::read_to_string(source)?;
    let table = text
        .split("\nsymbols! {")
        .nth(1)
        .and_then(|rest| rest.split("\n}").next())
        .context("symbols.rs has no table symbols! { ... }")?;
    let names = table
        .lines()
        .filter_map(|line| line.strip_prefix("    ")?.split_once(':'));
    let is_name = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let names: BTreeSet<String> = names
        .map(|(name, _)| name.to_owned())
        .filter(|name| !name.is_empty() && is_name(name))
        .collect();
    ensure!(
        names.len() > 20,
        "only {} symbols found in symbols.rs",
        names.len()
    );
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_linker_version_is_that_of_visual_c() {
        let mut file = vec![0; 0x80];
        file[PE_HEADER_AT] = 0x40;
        file[0x40..0x44].copy_from_slice(b"PE\0\0");
        file[0x40 + LINKER_VERSION_AT] = 2;
        assert_eq!(set_linker_version(&mut file), Some(()));
        assert_eq!(file[0x40 + 26..0x40 + 28], [14, 0]);
        assert_eq!(set_linker_version(&mut [0; 0x80]), None);
        assert_eq!(set_linker_version(&mut []), None);
    }

    #[test]
    fn decorated_names_are_exports_too() {
        let tables = "x\n[Ordinal/Name Pointer] Table\n\t[   0] +base[   1]  0000 _emalloc@@8\n\
                      \t[   1] +base[   2]  0001 zend_parse_parameters\n";
        let names = exports(tables);
        assert!(names.contains("_emalloc") && names.contains("zend_parse_parameters"));
    }
}
