//! The package for Debian and what comes from it: the files of the archive, where Debian has them.
//!
//! `packaging/debian` holds the scripts that run when it is installed and removed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::{Dist, archive, copy, write};
use crate::apt;
use crate::cargo::output;

/// Files of the archive, and their places.
const FILES: [(&str, &str); 10] = [
    ("bin/relance", "usr/bin/relance"),
    (
        "lib/relance/win32service.so",
        "usr/lib/relance/win32service.so",
    ),
    (
        "lib/systemd/system/relance.service",
        "usr/lib/systemd/system/relance.service",
    ),
    (
        "lib/sysusers.d/relance.conf",
        "usr/lib/sysusers.d/relance.conf",
    ),
    (
        "share/bash-completion/completions/relance",
        "usr/share/bash-completion/completions/relance",
    ),
    (
        "share/zsh/vendor-completions/_relance",
        "usr/share/zsh/vendor-completions/_relance",
    ),
    (
        "share/fish/vendor_completions.d/relance.fish",
        "usr/share/fish/vendor_completions.d/relance.fish",
    ),
    ("LICENSE-MIT", "usr/share/doc/relance/copyright"),
    ("CHANGELOG.md", "usr/share/doc/relance/CHANGELOG.md"),
    ("install.md", "usr/share/doc/relance/install.md"),
];

/// Run by dpkg.
const SCRIPTS: [&str; 3] = ["postinst", "prerm", "postrm"];

/// Packs what lies unpacked in the folder of the archive.
pub(super) fn make(dist: &Dist, unpacked: &Path) -> Result<()> {
    apt::require_program("dpkg-deb", &["dpkg"])?;
    let folder = dist.folder("debian")?;
    for (from, to) in FILES {
        copy(&unpacked.join(from), &folder.join(to))?;
    }
    let page = folder.join("usr/share/man/man1/relance.1");
    copy(&unpacked.join("share/man/man1/relance.1"), &page)?;
    output(Command::new("gzip").args(["-9", "-n"]).arg(&page))?;
    for script in SCRIPTS {
        let to = folder.join("DEBIAN").join(script);
        copy(&dist.root.join("packaging/debian").join(script), &to)?;
        fs::set_permissions(&to, fs::Permissions::from_mode(0o755))?;
    }
    let architecture = dist.architecture.debian();
    let control = control(&dist.version, &dist.repository, architecture);
    write(&folder.join("DEBIAN/control"), control)?;
    let file = format!("relance_{}_{architecture}.deb", dist.version);
    let mut build = Command::new("dpkg-deb");
    build
        // Every dpkg can read it, those before zstd too.
        .args(["--root-owner-group", "-Zxz", "--build"])
        .env("SOURCE_DATE_EPOCH", archive::TIME.as_secs().to_string())
        .arg(folder)
        .arg(dist.out.join(file));
    output(&mut build).map(drop)
}

fn control(version: &str, repository: &str, architecture: &str) -> String {
    format!(
        "Package: relance\nVersion: {version}\nArchitecture: {architecture}\nSection: admin\n\
         Priority: optional\nMaintainer: Relance <relance@users.noreply.github.com>\n\
         Homepage: {repository}\nSuggests: php-cli\n\
         Depends: passwd\n\
         Description: service manager with the recovery rules of Windows\n \
         A service that fails gets back up, by rules its owner chose, and leaves a\n \
         trace of why. With the tools of the operator, a web console, and the PHP\n \
         extension win32service, which \"relance php install\" puts into PHP.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_dpkg_asks_for_is_said() {
        let control = control("1.2.3", "https://example.org", "arm64");
        for line in ["Package: relance", "Version: 1.2.3", "Architecture: arm64"] {
            assert!(control.lines().any(|there| there == line), "{line}");
        }
        let fields = control.lines().filter(|line| !line.starts_with(' '));
        assert!(fields.clone().all(|line| line.contains(": ")), "{control}");
        for field in ["Maintainer", "Description", "Section", "Priority"] {
            assert!(
                fields.clone().any(|line| line.starts_with(field)),
                "{field}"
            );
        }
    }

    #[test]
    fn the_scripts_are_shell_that_ends_at_the_first_error() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for script in SCRIPTS {
            let path = root.join("packaging/debian").join(script);
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.starts_with("#!/bin/sh\n"), "{script}");
            assert!(text.lines().any(|line| line == "set -e"), "{script}");
            let read = Command::new("sh").arg("-n").arg(&path).status().unwrap();
            assert!(read.success(), "{script}");
        }
    }
}
