//! For Linux: an archive with a static binary, a package for Debian, the extension.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::{Dist, copy, output};
use crate::php::apt;

const STATIC: &str = "x86_64-unknown-linux-musl";

pub(super) fn make(dist: &Dist) -> Result<()> {
    apt::require_file("/usr/bin/musl-gcc", &["musl-tools"])?;
    let program = dist.build("relance", Some(STATIC))?.join("relance");
    let folder = dist.folder(&format!("relance-{}-linux-x86_64", dist.version))?;
    dist.common(&folder)?;
    copy(&program, &folder.join("bin/relance"))?;
    copy(
        &unit(dist.root),
        &folder.join("lib/systemd/system/relance.service"),
    )?;
    fs::create_dir_all(folder.join("share/man/man1"))?;
    fs::write(folder.join("share/man/man1/relance.1"), manual(&program)?)?;
    let container = dist.root.join("packaging/Containerfile");
    copy(&container, &folder.join("Containerfile"))?;
    archive(dist, &folder)?;
    debian(dist, &folder)?;

    let extension = dist.build("relance-php", None)?.join("libwin32service.so");
    let folder = dist.folder(&format!(
        "php_win32service-{}-linux-x86_64-glibc",
        dist.version
    ))?;
    dist.common(&folder)?;
    copy(&extension, &folder.join("win32service.so"))?;
    archive(dist, &folder)
}

/// The unit of systemd.
pub(super) fn unit(root: &Path) -> std::path::PathBuf {
    root.join("packaging/relance.service")
}

fn archive(dist: &Dist, folder: &Path) -> Result<()> {
    let name = folder.file_name().context("a folder has a name")?;
    let file = dist.out.join(format!("{}.tar.gz", name.display()));
    let parent = folder.parent().context("a folder lies in one")?;
    let mut tar = Command::new("tar");
    // The same files make the same archive.
    tar.args([
        "--sort=name",
        "--owner=0",
        "--group=0",
        "--numeric-owner",
        "--mtime=@0",
    ]);
    tar.arg("-czf").arg(file).arg("-C").arg(parent).arg(name);
    output(&mut tar).map(drop)
}

/// The package: the same files where Debian has them.
fn debian(dist: &Dist, unpacked: &Path) -> Result<()> {
    let folder = dist.folder("debian")?;
    let files = [
        ("bin/relance", "usr/bin/relance"),
        (
            "lib/systemd/system/relance.service",
            "usr/lib/systemd/system/relance.service",
        ),
        ("share/man/man1/relance.1", "usr/share/man/man1/relance.1"),
        ("LICENSE-MIT", "usr/share/doc/relance/copyright"),
        ("CHANGELOG.md", "usr/share/doc/relance/changelog.md"),
    ];
    for (from, to) in files {
        copy(&unpacked.join(from), &folder.join(to))?;
    }
    let control = format!(
        "Package: relance\nVersion: {}\nArchitecture: amd64\nSection: admin\nPriority: optional\n\
         Maintainer: Relance <{}>\nHomepage: {1}\n\
         Description: service manager with the recovery rules of Windows\n \
         A service that fails gets back up, by rules its owner chose, and leaves a trace of why.\n",
        dist.version, dist.repository
    );
    fs::create_dir_all(folder.join("DEBIAN"))?;
    fs::write(folder.join("DEBIAN/control"), control)?;
    let file = dist.out.join(format!("relance_{}_amd64.deb", dist.version));
    let mut build = Command::new("dpkg-deb");
    build
        .args(["--root-owner-group", "--build"])
        .arg(folder)
        .arg(file);
    output(&mut build).map(drop)
}

/// The manual page: what the program says of itself.
fn manual(program: &Path) -> Result<String> {
    let general = output(Command::new(program).arg("help"))?;
    let mut page =
        ".TH RELANCE 1\n.SH NAME\nrelance \\- service manager and its tools\n".to_owned();
    section(&mut page, "SYNOPSIS AND COMMANDS", &general);
    let is_command = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
    let commands = general.lines().filter(is_command);
    for command in commands.filter_map(|line| line.split_whitespace().next()) {
        let help = output(Command::new(program).args(["help", command]))?;
        section(&mut page, &format!("relance {command}"), &help);
    }
    Ok(page)
}

/// A section that is shown as it stands.
fn section(page: &mut String, title: &str, text: &str) {
    page.push_str(&format!(".SH \"{title}\"\n.nf\n"));
    for line in text.lines() {
        let line = line.replace('\\', "\\e").replace('-', "\\-");
        // A dot or quote at the beginning would be an instruction.
        let guard = if line.starts_with(['.', '\'']) {
            "\\&"
        } else {
            ""
        };
        page.push_str(&format!("{guard}{line}\n"));
    }
    page.push_str(".fi\n");
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_unit_has_what_adoption_needs() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let text = fs::read_to_string(unit(root)).unwrap();
        let settings: BTreeMap<&str, &str> = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once('='))
            .collect();
        let expected = [
            ("Type", "notify"),
            ("KillMode", "process"),
            ("Delegate", "yes"),
            ("ExecStart", "/usr/bin/relance daemon"),
            ("TasksMax", "infinity"),
            ("RuntimeDirectoryPreserve", "yes"),
        ];
        for (name, value) in expected {
            assert_eq!(settings.get(name), Some(&value), "{name}");
        }
        let descriptors: u32 = settings["LimitNOFILE"].parse().unwrap();
        assert!(
            descriptors >= 65_536,
            "thousands of services with channel and output each"
        );
    }

    #[test]
    fn a_manual_page_takes_text_as_it_stands() {
        let mut page = String::new();
        section(&mut page, "T", ".dot\n--x \\");
        assert_eq!(page, ".SH \"T\"\n.nf\n\\&.dot\n\\-\\-x \\e\n.fi\n");
    }
}
