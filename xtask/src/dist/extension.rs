//! The extension for PHP on Linux: one file for glibc, one for musl, and both under the names by which
//! PIE finds them.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{Dist, archive, copy};
use crate::linux;
use crate::linux::architecture::Libc;

/// The PHPs that PIE may ask for; a new one is a line here.
pub(crate) const PHPS: [&str; 5] = ["8.1", "8.2", "8.3", "8.4", "8.5"];

/// As PHP looks for it.
const FILE: &str = "win32service.so";

pub(super) fn make(dist: &Dist) -> Result<()> {
    for libc in Libc::ALL {
        let file = build(dist, libc)?;
        let name = format!(
            "php_win32service-{}-linux-{}-{}",
            dist.version,
            dist.architecture.name(),
            libc.name()
        );
        let folder = dist.folder(&name)?;
        dist.common(&folder)?;
        copy(&file, &folder.join(FILE))?;
        archive::tar(&folder, &dist.out)?;
        for_pie(dist, libc, &file)?;
    }
    Ok(())
}

/// Builds the extension for one of the libraries.
pub(super) fn build(dist: &Dist, libc: Libc) -> Result<PathBuf> {
    linux::extension(dist.root, dist.profile(), dist.architecture, libc)
}

/// The archives that PIE downloads: one file in them, under a name for each PHP, thread-safe or not.
fn for_pie(dist: &Dist, libc: Libc, file: &Path) -> Result<()> {
    let folder = dist.folder(&format!("pie-{}", libc.name()))?;
    copy(file, &folder.join(FILE))?;
    copy(&dist.root.join("LICENSE-MIT"), &folder.join("LICENSE-MIT"))?;
    for name in pie_names(&dist.version, dist.architecture.pie(), libc) {
        archive::zip_files(&folder, &dist.out.join(name), &[FILE, "LICENSE-MIT"])?;
    }
    Ok(())
}

/// `php_{extension}-{version}_php{php}-{architecture}-linux-{libc}[-zts].zip`
fn pie_names(version: &str, architecture: &str, libc: Libc) -> Vec<String> {
    let libc = libc.name();
    let names = |php: &&str| {
        ["", "-zts"].map(|threads| {
            format!("php_win32service-{version}_php{php}-{architecture}-linux-{libc}{threads}.zip")
        })
    };
    PHPS.iter().flat_map(names).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linux::architecture::Architecture;

    #[test]
    fn pie_finds_a_file_for_every_php() {
        let names = pie_names("1.2.3", Architecture::Aarch64.pie(), Libc::Musl);
        assert_eq!(names.len(), 2 * PHPS.len());
        assert_eq!(
            names[0],
            "php_win32service-1.2.3_php8.1-arm64-linux-musl.zip"
        );
        assert_eq!(
            names[9],
            "php_win32service-1.2.3_php8.5-arm64-linux-musl-zts.zip"
        );
    }

    #[test]
    fn composer_names_what_is_packed() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let text = std::fs::read_to_string(root.join("php/composer.json")).unwrap();
        let package: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(package["type"], "php-ext");
        let extension = &package["php-ext"];
        let name = extension["extension-name"].as_str().unwrap();
        assert_eq!(format!("{name}.so"), FILE);
        assert_eq!(extension["download-url-method"][0], "pre-packaged-binary");
        for threads in ["support-zts", "support-nts"] {
            assert_eq!(extension[threads], true, "{threads}");
        }
        let oldest = package["require"]["php"].as_str().unwrap();
        assert_eq!(oldest, format!(">={}", PHPS[0]));
    }
}
