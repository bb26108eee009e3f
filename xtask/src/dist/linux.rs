//! For Linux: an archive with a static binary, and the package for Debian of the same files.

use std::path::PathBuf;

use anyhow::Result;

use super::{Dist, archive, copy, debian, extension, manual, write};
use crate::cargo;
use crate::linux::architecture::{Architecture, Libc};

pub(super) fn make(dist: &Dist) -> Result<()> {
    let name = dist.architecture.name();
    let folder = dist.folder(&format!("relance-{}-linux-{name}", dist.version))?;
    dist.common(&folder)?;
    let program = crate::linux::program(dist.root, dist.profile(), dist.architecture)?;
    copy(&program, &folder.join("bin/relance"))?;
    // Where `relance php install` looks for them.
    for (libc, file) in [
        (Libc::Glibc, "win32service.so"),
        (Libc::Musl, "win32service-musl.so"),
    ] {
        let built = extension::build(dist, libc)?;
        copy(&built, &folder.join("lib/relance").join(file))?;
    }
    copy(
        &dist.root.join(UNIT),
        &folder.join("lib/systemd/system/relance.service"),
    )?;
    copy(
        &dist.root.join("packaging/sysusers.conf"),
        &folder.join("lib/sysusers.d/relance.conf"),
    )?;
    for file in ["prometheus/relance.rules.yml", "grafana/relance.json"] {
        let name = file.rsplit('/').next().unwrap_or(file);
        copy(
            &dist.root.join("packaging").join(file),
            &folder.join("share/relance").join(name),
        )?;
    }
    let page = manual::page(&teller(dist, program)?)?;
    write(&folder.join("share/man/man1/relance.1"), page)?;
    for (file, place) in COMPLETIONS {
        copy(
            &dist.root.join("packaging/completions").join(file),
            &folder.join(place),
        )?;
    }
    copy(
        &dist.root.join("packaging/Containerfile"),
        &folder.join("Containerfile"),
    )?;
    archive::tar(&folder, &dist.out)?;
    debian::make(dist, &folder)
}

/// Completions: the file in `packaging/completions`, and where shells look for it.
const COMPLETIONS: [(&str, &str); 3] = [
    ("relance.bash", "share/bash-completion/completions/relance"),
    ("_relance", "share/zsh/vendor-completions/_relance"),
    (
        "relance.fish",
        "share/fish/vendor_completions.d/relance.fish",
    ),
];

/// The unit of systemd.
const UNIT: &str = "packaging/relance.service";

/// A program that runs here and says the same of itself as the one that is packed.
fn teller(dist: &Dist, packed: PathBuf) -> Result<PathBuf> {
    if dist.architecture == Architecture::of_this_machine()? {
        return Ok(packed);
    }
    cargo::run(dist.root, &["build", "--quiet", "--package", "relance"])?;
    Ok(dist.root.join("target/debug/relance"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;

    use super::*;

    fn read(path: &str) -> String {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        fs::read_to_string(root.join(path)).unwrap()
    }

    #[test]
    fn the_unit_has_what_adoption_needs() {
        let text = read(UNIT);
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
    fn the_container_ends_by_the_signal_that_is_a_shutdown() {
        let text = read("packaging/Containerfile");
        // S45: PRESHUTDOWN and SHUTDOWN reach the services; SIGTERM asks for it.
        assert!(text.lines().any(|line| line == "STOPSIGNAL SIGTERM"));
        // In the form of a list: a shell in between would be process 1, and tell nobody.
        let entry = text
            .lines()
            .find_map(|line| line.strip_prefix("ENTRYPOINT "));
        let entry: Vec<String> = serde_json::from_str(entry.unwrap()).unwrap();
        assert_eq!(entry, ["/usr/bin/relance", "daemon"]);
    }
}
