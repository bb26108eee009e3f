//! PHPs of other releases of Debian and Ubuntu: fetched with all their libraries into a folder, run by
//! their own loader, not installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::Php;
use crate::apt::{self, Apt, DEBIAN, DEBIAN_KEYS};

/// Where a PHP version can be had.
pub(super) struct Archive {
    version: &'static str,
    mirror: &'static str,
    suite: &'static str,
}

const UBUNTU: &str = "http://archive.ubuntu.com/ubuntu";

/// The first is part of every matrix, the others of the wide one.
pub(super) const ARCHIVES: [Archive; 4] = [
    Archive {
        version: "8.4",
        mirror: DEBIAN,
        suite: "trixie",
    },
    Archive {
        version: "8.1",
        mirror: UBUNTU,
        suite: "jammy",
    },
    Archive {
        version: "8.3",
        mirror: UBUNTU,
        suite: "noble",
    },
    Archive {
        version: "8.5",
        mirror: UBUNTU,
        suite: "resolute",
    },
];

/// The archive that has a PHP version.
pub(super) fn known(version: &str) -> Result<&'static Archive> {
    let Some(archive) = ARCHIVES.iter().find(|archive| archive.version == version) else {
        let versions: Vec<&str> = ARCHIVES.iter().map(|archive| archive.version).collect();
        bail!(
            "no archive for PHP {version}; there are {}",
            versions.join(", ")
        );
    };
    Ok(archive)
}

/// Fetches that PHP, unless it is there.
pub(super) fn php(root: &Path, archive: &Archive) -> Result<Php> {
    let version = archive.version;
    let folder = root.join("target/tools").join(format!("php-{version}"));
    let binary = folder.join("bin/php");
    let run_tests = folder.join("run-tests.php");
    if !binary.exists() {
        eprintln!(
            "fetching PHP {version} from {} {}",
            archive.mirror, archive.suite
        );
        fetch(root, archive, &folder).with_context(|| format!("fetching PHP {version}"))?;
    }
    Ok(Php {
        name: version.to_owned(),
        binary,
        run_tests,
        runner: None,
        musl: false,
    })
}

fn fetch(root: &Path, archive: &Archive, folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let keys = keys(root, archive)?;
    let source = format!(
        "deb [signed-by={}] {} {} main{}",
        keys.display(),
        archive.mirror,
        archive.suite,
        if archive.mirror == UBUNTU {
            " universe"
        } else {
            ""
        },
    );
    let apt = Apt::new(&folder.join("apt"), &source)?;
    let unpacked = folder.join("root");
    for package in apt.download_with_dependencies(&format!("php{}-cli", archive.version))? {
        apt::unpack(&package, &unpacked)?;
    }
    let developer = folder.join("dev");
    let package = apt.download(&format!("php{}-dev", archive.version), &developer)?;
    apt::unpack(&package, &developer)?;
    let run_tests = find(&developer, "run-tests.php")?;
    fs::copy(&run_tests, folder.join("run-tests.php"))?;
    write_launcher(archive.version, folder, &unpacked)
}

/// The keys by which an archive is trusted. Ubuntu's come from Ubuntu, or from Debian, which ships
/// them too.
fn keys(root: &Path, archive: &Archive) -> Result<PathBuf> {
    const UBUNTU_KEYS: &str = "usr/share/keyrings/ubuntu-archive-keyring.gpg";
    apt::require_file(DEBIAN_KEYS, &["debian-archive-keyring"])?;
    if archive.mirror == DEBIAN {
        return Ok(DEBIAN_KEYS.into());
    }
    let installed = Path::new("/").join(UBUNTU_KEYS);
    if installed.exists() {
        return Ok(installed);
    }
    let folder = root.join("target/tools/ubuntu-keys");
    let fetched = folder.join(UBUNTU_KEYS);
    if !fetched.exists() {
        let source = format!("deb [signed-by={DEBIAN_KEYS}] {DEBIAN} trixie main");
        let apt = Apt::new(&folder.join("apt"), &source)?;
        let package = apt.download("ubuntu-keyring", &folder.join("package"))?;
        apt::unpack(&package, &folder)?;
    }
    Ok(fetched)
}

/// A script that starts PHP with its own loader and libraries. PHP takes the script for itself
/// (`PHP_BINARY`), so the processes that tests start go the same way.
fn write_launcher(version: &str, folder: &Path, unpacked: &Path) -> Result<()> {
    let libc = find(unpacked, "libc.so.6")?;
    let libraries = libc.parent().context("libc lies in a folder")?;
    let loader = fs::read_dir(libraries)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("ld-linux") && path.is_file() && !path.is_symlink()
        })
        .with_context(|| format!("no loader in {}", libraries.display()))?;
    let triplet = libraries.file_name().context("a folder has a name")?;
    let search = ["lib", "usr/lib"].map(|folder| unpacked.join(folder).join(triplet));
    let script = format!(
        "#!/bin/sh\nexec {} --argv0 \"$0\" --library-path {}:{} {} -n \"$@\"\n",
        loader.display(),
        search[0].display(),
        search[1].display(),
        unpacked.join(format!("usr/bin/php{version}")).display(),
    );
    let launcher = folder.join("bin/php");
    fs::create_dir_all(folder.join("bin"))?;
    fs::write(&launcher, script)?;
    apt::run(Command::new("chmod").arg("755").arg(&launcher))
}

/// The first file of that name under a folder.
fn find(folder: &Path, name: &str) -> Result<PathBuf> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if entry.file_name() == name && kind.is_file() {
                return Ok(entry.path());
            }
        }
    }
    bail!("no {name} under {}", folder.display())
}
