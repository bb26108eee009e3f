//! For Windows: an archive with the program, winget's manifest, the extension under the names by which
//! PIE finds it.

use anyhow::Result;

use super::{Dist, archive, copy, extension, winget};
use crate::cargo;
use crate::linux::zig::folder_of;
use crate::windows::{TARGET, finish_library, install_compiler};

/// The library for PHP on Windows.
const LIBRARY: &str = "php_win32service.dll";

pub(super) fn make(dist: &Dist) -> Result<()> {
    install_compiler()?;
    let version = &dist.version;
    let program = build(dist, "relance")?.join("relance.exe");
    let library = build(dist, "relance-php")?.join("win32service.dll");
    let name = format!("relance-{version}-windows-x86_64");
    let folder = dist.folder(&name)?;
    dist.common(&folder)?;
    copy(&program, &folder.join("relance.exe"))?;
    copy(
        &dist.root.join("docs/windows.md"),
        &folder.join("windows.md"),
    )?;
    let finished = folder.join(LIBRARY);
    finish_library(&library, &finished)?;
    let file = dist.out.join(format!("{name}.zip"));
    archive::zip(&folder, &file)?;
    winget::make(dist, &file)?;

    // One file for all: it asks the PHP that loads it (ADR 0022).
    let folder = dist.folder("pie-windows")?;
    copy(&finished, &folder.join(LIBRARY))?;
    copy(&dist.root.join("LICENSE-MIT"), &folder.join("LICENSE-MIT"))?;
    for name in extension::PHPS
        .iter()
        .flat_map(|php| pie_names(version, php))
    {
        archive::zip_files(&folder, &dist.out.join(name), &[LIBRARY, "LICENSE-MIT"])?;
    }
    Ok(())
}

/// Builds a package; the folder with what cargo made.
fn build(dist: &Dist, package: &str) -> Result<std::path::PathBuf> {
    let words = ["build", "--quiet", "--locked", "--package", package];
    let kind = ["--target", TARGET, "--profile", dist.profile()];
    cargo::run(dist.root, &[&words[..], &kind[..]].concat())?;
    let target = dist.root.join("target").join(TARGET);
    Ok(target.join(folder_of(dist.profile())))
}

/// `php_{extension}-{version}-{php}-{threads}-{compiler}-{architecture}.zip`
fn pie_names(version: &str, php: &str) -> [String; 2] {
    let compiler = compiler(php);
    ["nts", "ts"]
        .map(|threads| format!("php_win32service-{version}-{php}-{threads}-{compiler}-x86_64.zip"))
}

/// Visual C++ as PHP for Windows is built with it.
fn compiler(php: &str) -> &'static str {
    match php {
        "8.1" | "8.2" | "8.3" => "vs16",
        _ => "vs17",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pie_finds_a_file_for_every_php() {
        let names = pie_names("1.2.3", "8.3");
        assert_eq!(names[0], "php_win32service-1.2.3-8.3-nts-vs16-x86_64.zip");
        let names = pie_names("1.2.3", "8.4");
        assert_eq!(names[1], "php_win32service-1.2.3-8.4-ts-vs17-x86_64.zip");
    }
}
