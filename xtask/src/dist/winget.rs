//! The manifest by which winget installs the program, in the three files that its repository takes.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::Dist;
use crate::cargo::output;

/// The files, in `packaging/winget` and in a release.
const FILES: [&str; 3] = [
    "Relance.Relance.yaml",
    "Relance.Relance.installer.yaml",
    "Relance.Relance.locale.en-US.yaml",
];

/// Fills the manifest in for an archive.
pub(super) fn make(dist: &Dist, archive: &Path) -> Result<()> {
    let sum = output(Command::new("sha256sum").arg(archive))?;
    let sum = sum.split_whitespace().next();
    let sum = sum.context("sha256sum printed nothing")?.to_uppercase();
    for file in FILES {
        let manifest = fs::read_to_string(dist.root.join("packaging/winget").join(file))?;
        let filled = fill(&manifest, &dist.version, &dist.repository, &sum);
        fs::write(dist.out.join(file), filled)?;
    }
    Ok(())
}

fn fill(manifest: &str, version: &str, repository: &str, sum: &str) -> String {
    manifest
        .replace("@VERSION@", version)
        .replace("@REPOSITORY@", repository)
        .replace("@SHA256@", sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_is_whole_and_filled_in() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut kinds = Vec::new();
        for file in FILES {
            let text = fs::read_to_string(root.join("packaging/winget").join(file)).unwrap();
            let filled = fill(&text, "1.2.3", "https://example.org/r", "AB");
            assert!(!filled.contains('@'), "{file}: {filled}");
            let value = |key: &str| {
                let mut lines = filled.lines();
                lines.find_map(|line| Some(line.strip_prefix(key)?.strip_prefix(": ")?.to_owned()))
            };
            assert_eq!(
                value("PackageIdentifier").as_deref(),
                Some("Relance.Relance")
            );
            assert_eq!(value("PackageVersion").as_deref(), Some("1.2.3"));
            assert_eq!(value("ManifestVersion").as_deref(), Some("1.6.0"));
            kinds.push(value("ManifestType").unwrap());
        }
        assert_eq!(kinds, ["version", "installer", "defaultLocale"]);
    }
}
