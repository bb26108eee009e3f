//! `cargo xtask dist [--quick] [--target ARCHITECTURE] [PART...]`: everything that a release holds, in
//! `target/dist`.
//!
//! `extension` and `linux` make what is for Linux, `windows` what is for Windows, `sbom` lists what is
//! in it, `archive` packs. What is compiled, and for which Linux, is in `crate::linux`.
//! `--quick` packs debug builds, to try the packing.

mod archive;
mod debian;
mod extension;
mod linux;
mod manual;
mod sbom;
mod windows;
mod winget;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cargo;
use crate::linux::architecture::Architecture;
#[cfg(test)]
pub(crate) use extension::PHPS;

/// What is made, of what, and where it goes.
struct Dist<'a> {
    root: &'a Path,
    /// `target/dist`
    out: PathBuf,
    version: String,
    repository: String,
    release: bool,
    architecture: Architecture,
}

/// One kind of thing that a release holds.
type Part = (&'static str, fn(&Dist) -> Result<()>);

const LINUX: [Part; 3] = [
    ("extension", extension::make),
    ("linux", linux::make),
    ("sbom", sbom::make),
];
/// Windows is packed with the files for x86-64, the one architecture that it is built for.
const WINDOWS: Part = ("windows", windows::make);

pub(crate) fn run(root: &Path, words: &[&str]) -> Result<()> {
    let order = Order::parse(words)?;
    let dist = Dist::new(root, &order)?;
    if dist.out.exists() {
        fs::remove_dir_all(&dist.out)?;
    }
    fs::create_dir_all(&dist.out)?;
    for (name, make) in order.parts {
        eprintln!("=== {name}");
        make(&dist).with_context(|| format!("dist {name}"))?;
    }
    dist.checksums()
}

/// What the command line asks for.
struct Order {
    release: bool,
    architecture: Architecture,
    parts: Vec<Part>,
}

impl Order {
    fn parse(words: &[&str]) -> Result<Self> {
        let mut release = true;
        let mut architecture = Architecture::of_this_machine()?;
        let mut named = Vec::new();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--quick" => release = false,
                "--target" => {
                    let name = words.next().context("--target takes an architecture")?;
                    architecture = Architecture::named(name)?;
                }
                part => named.push(part),
            }
        }
        let mut parts = Vec::from(LINUX);
        if architecture == Architecture::X86_64 {
            parts.push(WINDOWS);
        }
        for name in &named {
            if !parts.iter().any(|(part, _)| part == name) {
                let known: Vec<&str> = parts.iter().map(|(part, _)| *part).collect();
                bail!(
                    "no part {name:?} for {}; there are {}, --quick and --target",
                    architecture.name(),
                    known.join(", ")
                );
            }
        }
        parts.retain(|(part, _)| named.is_empty() || named.contains(part));
        Ok(Self {
            release,
            architecture,
            parts,
        })
    }
}

impl<'a> Dist<'a> {
    fn new(root: &'a Path, order: &Order) -> Result<Self> {
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
                .with_context(|| format!("the package relance has no {key}"))
        };
        Ok(Self {
            root,
            out: root.join("target/dist"),
            version: text("version")?,
            repository: text("repository")?,
            release: order.release,
            architecture: order.architecture,
        })
    }

    /// A folder to be packed, made again.
    fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.root.join("target/dist-folders").join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// How cargo calls the kind of build.
    fn profile(&self) -> &'static str {
        if self.release { "release" } else { "dev" }
    }

    /// What every archive holds: licences and the first pages.
    fn common(&self, folder: &Path) -> Result<()> {
        for name in ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "CHANGELOG.md"] {
            copy(&self.root.join(name), &folder.join(name))?;
        }
        copy(
            &self.root.join("docs/install.md"),
            &folder.join("install.md"),
        )
    }

    /// `SHA256SUMS`, for `sha256sum -c`.
    fn checksums(&self) -> Result<()> {
        let mut names: Vec<String> = fs::read_dir(&self.out)?
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect::<Result<_>>()?;
        names.sort();
        let mut sum = Command::new("sha256sum");
        let sums = cargo::output(sum.args(&names).current_dir(&self.out))?;
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

/// Writes a file to a place whose folder may not be there yet.
fn write(to: &Path, text: impl AsRef<[u8]>) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(to, text).with_context(|| format!("writing {}", to.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(words: &[&str]) -> Result<Vec<&'static str>, String> {
        let order = Order::parse(words).map_err(|error| error.to_string())?;
        Ok(order.parts.iter().map(|(name, _)| *name).collect())
    }

    #[test]
    fn windows_is_packed_with_x86_64_alone() {
        let linux = ["extension", "linux", "sbom"];
        let all = ["extension", "linux", "sbom", "windows"];
        assert_eq!(parts(&["--target", "x86_64"]).unwrap(), all);
        assert_eq!(parts(&["--target", "aarch64", "--quick"]).unwrap(), linux);
        assert_eq!(parts(&["--target", "aarch64", "sbom"]).unwrap(), ["sbom"]);
        let refused = parts(&["--target", "aarch64", "windows"]).unwrap_err();
        assert!(refused.contains("extension, linux, sbom"), "{refused}");
        let refused = parts(&["--target", "sparc"]).unwrap_err();
        assert!(refused.contains("x86_64, aarch64"), "{refused}");
        assert!(parts(&["--target"]).is_err());
    }
}
