//! For Windows: an archive with the program, winget's manifest, the extension under the names by which
//! PIE finds it.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::{Dist, copy, output};
use crate::windows::{TARGET, finish_library, install_tools};

/// The PHPs that have a build for Windows, and the compiler of each: a new one is a line here.
const PHPS: [(&str, &str); 5] = [
    ("8.1", "vs16"),
    ("8.2", "vs16"),
    ("8.3", "vs16"),
    ("8.4", "vs17"),
    ("8.5", "vs17"),
];

pub(super) fn make(dist: &Dist) -> Result<()> {
    install_tools()?;
    let version = &dist.version;
    let program = dist.build("relance", Some(TARGET))?.join("relance.exe");
    let library = dist
        .build("relance-php", Some(TARGET))?
        .join("win32service.dll");
    let name = format!("relance-{version}-windows-x86_64");
    let folder = dist.folder(&name)?;
    dist.common(&folder)?;
    copy(&program, &folder.join("relance.exe"))?;
    copy(
        &dist.root.join("docs/windows.md"),
        &folder.join("windows.md"),
    )?;
    let finished = folder.join("php_win32service.dll");
    finish_library(&library, &finished)?;
    let archive = dist.out.join(format!("{name}.zip"));
    zip(&folder, &archive)?;
    winget(dist, &archive)?;
    for (php, compiler) in PHPS {
        // One file for both: it asks the PHP that loads it (ADR 0022).
        for threads in ["nts", "ts"] {
            let name = format!("php_win32service-{version}-{php}-{threads}-{compiler}-x86_64");
            let folder = dist.folder(&name)?;
            copy(&finished, &folder.join("php_win32service.dll"))?;
            copy(&dist.root.join("LICENSE-MIT"), &folder.join("LICENSE-MIT"))?;
            let files = ["php_win32service.dll", "LICENSE-MIT"];
            pack(&folder, &dist.out.join(format!("{name}.zip")), &files)?;
        }
    }
    Ok(())
}

/// Packs a folder, by its name.
fn zip(folder: &Path, archive: &Path) -> Result<()> {
    let parent = folder.parent().context("a folder lies in one")?;
    let name = folder.file_name().context("a folder has a name")?;
    pack(parent, archive, &[&name.to_string_lossy()])
}

fn pack(folder: &Path, archive: &Path, names: &[&str]) -> Result<()> {
    let mut zip = Command::new("python3");
    zip.args(["-m", "zipfile", "-c"])
        .arg(archive)
        .args(names)
        .current_dir(folder);
    output(&mut zip).map(drop)
}

fn winget(dist: &Dist, archive: &Path) -> Result<()> {
    let sum = output(Command::new("sha256sum").arg(archive))?;
    let sum = sum
        .split_whitespace()
        .next()
        .context("sha256sum printed nothing")?;
    let manifest = fs::read_to_string(dist.root.join("packaging/winget.yaml"))?
        .replace("@VERSION@", &dist.version)
        .replace("@REPOSITORY@", &dist.repository)
        .replace("@SHA256@", &sum.to_uppercase());
    fs::write(dist.out.join("Relance.Relance.yaml"), manifest)?;
    Ok(())
}
