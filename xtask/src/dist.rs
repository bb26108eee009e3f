//! `cargo xtask dist [--quick]`: everything that a release holds, in `target/dist`.
//!
//! `linux` and `windows` make the archives, `sbom` lists what is in them. `--quick` packs debug builds,
//! to try the packing.

mod linux;
mod sbom;
mod windows;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::cargo;

/// What is made, of what, and where it goes.
struct Dist<'a> {
    root: &'a Path,
    /// `target/dist`
    out: PathBuf,
    version: String,
    repository: String,
    release: bool,
}

pub(crate) fn run(root: &Path, words: &[&str]) -> Result<()> {
    let release = match words {
        [] => true,
        ["--quick"] => false,
        other => bail!("unknown arguments {other:?}; there is only --quick"),
    };
    let metadata = cargo::metadata(root)?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    let main = packages
        .iter()
        .find(|package| package["name"] == "relance")
        .context("no package relance")?;
    let text = |key: &str| {
        main[key]
            .as_str()
            .map(str::to_owned)
            .with_context(|| format!("no {key}"))
    };
    let dist = Dist {
        root,
        out: root.join("target/dist"),
        version: text("version")?,
        repository: text("repository")?,
        release,
    };
    if dist.out.exists() {
        fs::remove_dir_all(&dist.out)?;
    }
    fs::create_dir_all(&dist.out)?;
    linux::make(&dist)?;
    windows::make(&dist)?;
    sbom::make(&dist, packages)?;
    dist.checksums()
}

impl Dist<'_> {
    /// A folder to be packed, made anew.
    fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.root.join("target/dist-folders").join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// Builds a package for a target, or for this system; the folder with what cargo made.
    fn build(&self, package: &str, target: Option<&str>) -> Result<PathBuf> {
        let mut words = vec!["build", "--quiet", "--package", package];
        words.extend(target.into_iter().flat_map(|target| ["--target", target]));
        words.extend(self.release.then_some("--release"));
        cargo::run(self.root, &words)?;
        let profile = if self.release { "release" } else { "debug" };
        let target = target.unwrap_or_default();
        Ok(self.root.join("target").join(target).join(profile))
    }

    /// What every archive holds: licences and the first page.
    fn common(&self, folder: &Path) -> Result<()> {
        for name in ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "CHANGELOG.md"] {
            copy(&self.root.join(name), &folder.join(name))?;
        }
        Ok(())
    }

    fn checksums(&self) -> Result<()> {
        let mut names: Vec<String> = fs::read_dir(&self.out)?
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect::<Result<_>>()?;
        names.sort();
        let sums = output(
            Command::new("sha256sum")
                .args(&names)
                .current_dir(&self.out),
        )?;
        fs::write(self.out.join("SHA256SUMS"), &sums)?;
        eprint!("{sums}");
        Ok(())
    }
}

/// Copies a file to a place whose folder may not be there yet.
fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).with_context(|| format!("copying {}", from.display()))?;
    Ok(())
}

/// What a command prints, which must succeed.
fn output(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .with_context(|| format!("running {command:?}"))?;
    ensure!(
        output.status.success(),
        "{command:?} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}
