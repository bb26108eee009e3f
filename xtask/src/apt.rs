//! `apt` for this system's archive, and for others. For those it has lists, a cache and an empty list of installed
//! packages of its own, so that a package comes with everything it needs and nothing is installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

/// Where Debian's packages come from, and whose signature counts.
pub(crate) const DEBIAN: &str = "http://deb.debian.org/debian";
pub(crate) const DEBIAN_KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// An `apt` of its own, in a folder of its own.
pub(crate) struct Apt {
    folder: PathBuf,
}

impl Apt {
    /// Sets it up for one line of `sources.list` and fetches the lists.
    pub(crate) fn new(folder: &Path, source: &str) -> Result<Self> {
        for subfolder in ["lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(folder.join(subfolder))?;
        }
        fs::write(folder.join("status"), "")?;
        fs::write(folder.join("sources.list"), format!("{source}\n"))?;
        let apt = Self {
            folder: folder.to_owned(),
        };
        run(apt.command("apt-get").args(["update", "-qq"]))?;
        Ok(apt)
    }

    /// Downloads a package with all that it depends on; the files.
    pub(crate) fn download_with_dependencies(&self, package: &str) -> Result<Vec<PathBuf>> {
        run(self
            .command("apt-get")
            .args(["install", "-y", "-qq", "--download-only", package]))?;
        files_ending(&self.folder.join("cache/archives"), ".deb")
    }

    /// Downloads a package alone; the file.
    pub(crate) fn download(&self, package: &str, to: &Path) -> Result<PathBuf> {
        fs::create_dir_all(to)?;
        run(self
            .command("apt-get")
            .args(["download", "-qq", package])
            .current_dir(to))?;
        one(to, ".deb")
    }

    /// Downloads the source of a package; the original archive in it.
    pub(crate) fn download_source(&self, package: &str, to: &Path) -> Result<PathBuf> {
        fs::create_dir_all(to)?;
        run(self
            .command("apt-get")
            .args(["source", "-qq", "--download-only", package])
            .current_dir(to))?;
        one(to, ".orig.tar.xz")
    }

    fn command(&self, program: &str) -> Command {
        let place = |key: &str, path: &str| format!("{key}={}", self.folder.join(path).display());
        let options = [
            place("Dir::State", ""),
            place("Dir::State::status", "status"),
            place("Dir::State::lists", "lists"),
            place("Dir::Cache", "cache"),
            place("Dir::Etc::sourcelist", "sources.list"),
            "Dir::Etc::sourceparts=-".to_owned(),
            "APT::Install-Recommends=false".to_owned(),
            "APT::Sandbox::User=".to_owned(),
            "Debug::NoLocking=1".to_owned(),
        ];
        let mut command = Command::new(program);
        for option in options {
            command.args(["-o", &option]);
        }
        command
    }
}

/// Installs packages of this system's own archive, as root or through `sudo`.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    eprintln!("installing {}", packages.join(" "));
    let root = Command::new("id")
        .arg("-u")
        .output()
        .context("running id")?;
    let is_root = root.stdout.trim_ascii() == b"0";
    let apt_get = |words: &[&str]| {
        let mut command = Command::new(if is_root { "apt-get" } else { "sudo" });
        if !is_root {
            command.args(["--non-interactive", "apt-get"]);
        }
        command.env("DEBIAN_FRONTEND", "noninteractive").args(words);
        command
    };
    run(&mut apt_get(&["update", "-qq"]))?;
    let words = ["install", "-y", "-qq", "--no-install-recommends"];
    run(&mut apt_get(&[&words[..], packages].concat()))
}

/// Downloads a package of this system's own archive and installs nothing; the file. The lists are there: others were
/// installed from them.
pub(crate) fn download(package: &str, to: &Path) -> Result<PathBuf> {
    fs::create_dir_all(to)?;
    let mut command = Command::new("apt-get");
    let command = command.args(["download", "-qq", "-o", "APT::Sandbox::User="]);
    run(command.arg(package).current_dir(to))?;
    one(to, ".deb")
}

/// Makes sure that a file is there, which packages of this system bring.
pub(crate) fn require_file(file: &str, packages: &[&str]) -> Result<()> {
    if !Path::new(file).exists() {
        install(packages)?;
    }
    ensure!(
        Path::new(file).exists(),
        "{file} is missing, and installing {packages:?} did not bring it"
    );
    Ok(())
}

/// Makes sure that a program is in `PATH`; packages of this system bring it.
pub(crate) fn require_program(program: &str, packages: &[&str]) -> Result<()> {
    let there = || {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    };
    if !there() {
        install(packages)?;
    }
    ensure!(
        there(),
        "{program} is missing, and installing {packages:?} did not bring it"
    );
    Ok(())
}

/// Unpacks a package.
pub(crate) fn unpack(package: &Path, to: &Path) -> Result<()> {
    run(Command::new("dpkg-deb").arg("-x").arg(package).arg(to))
}

/// Runs a command that must succeed.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("running {}", command.get_program().display()))?;
    if !status.success() {
        bail!("{command:?} failed ({status})");
    }
    Ok(())
}

fn one(folder: &Path, suffix: &str) -> Result<PathBuf> {
    let mut files = files_ending(folder, suffix)?;
    ensure!(
        files.len() == 1,
        "{} files that end with {suffix} in {}",
        files.len(),
        folder.display()
    );
    Ok(files.remove(0))
}

fn files_ending(folder: &Path, suffix: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().ends_with(suffix) {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}
