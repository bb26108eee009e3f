//! `cargo xtask test [PART...]`: every test, on a machine that has Rust and `apt`.
//!
//! A part that lacks something installs it; one that cannot run fails.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::parts::{self, Part, part};
use crate::{apt, cargo, console, demo, php, windows};

/// What is tested; a new kind of test is a line here.
pub(crate) const PARTS: &[Part] = &[
    part("cargo", |root| {
        require_guests()?;
        // Not quiet: the first time this takes minutes.
        cargo::run(root, &["test", "--workspace", "--no-run"])?;
        let words = ["test", "--quiet", "--workspace", "--no-fail-fast"];
        let gopath = go_library(root)?.display().to_string();
        cargo::run_with(root, &words, &[("GOPATH", &gopath)])
    }),
    part("php", |root| php::php(root, &[])),
    part("console", |root| console::run(root, &[])),
    part("php-8.4", |root| php::php(root, &["--on", "8.4"])),
    part("demo", |root| demo::run(root, &[])),
    part("demo-8.4", |root| demo::run(root, &["--on", "8.4"])),
    part("demo-static", demo::run_static),
    part("windows", |root| windows::run(root, &[])),
];

/// What runs as a service in the tests of the guides: a file of each, and the packages that bring it.
const GUESTS: &[(&str, &[&str])] = &[
    (
        "/usr/share/php/Illuminate/autoload.php",
        &["php-cli", "php-laravel-framework", "php-sqlite3"],
    ),
    (
        "/usr/share/php/Symfony/Bundle/FrameworkBundle/autoload.php",
        &[
            "php-symfony-framework-bundle",
            "php-symfony-console",
            "php-symfony-redis-messenger",
            "php-symfony-yaml",
        ],
    ),
    (
        "/usr/share/php/Symfony/Component/Messenger/autoload.php",
        &["php-symfony-messenger"],
    ),
    ("/usr/bin/redis-server", &["redis-server", "php-redis"]),
    ("/usr/sbin/nginx", &["nginx-light"]),
    ("/usr/bin/memcached", &["memcached"]),
    // They speak systemd's protocol.
    ("/usr/bin/go", &["golang-go"]),
    ("/usr/sbin/php-fpm8.2", &["php8.2-fpm"]),
    (
        "/usr/lib/python3/dist-packages/systemd",
        &["python3-systemd"],
    ),
    (
        "/usr/lib/python3/dist-packages/sdnotify",
        &["python3-sdnotify"],
    ),
    // Their completion.
    ("/usr/bin/zsh", &["zsh"]),
    ("/usr/bin/fish", &["fish"]),
    // Brings promtool, which checks the metrics, alerts and dashboard.
    ("/usr/bin/promtool", &["prometheus"]),
];

fn require_guests() -> Result<()> {
    for (file, packages) in GUESTS {
        apt::require_file(file, packages)?;
    }
    Ok(())
}

/// Where Go's library of systemd lies. It is unpacked and not installed: its package would upgrade systemd.
fn go_library(root: &Path) -> Result<PathBuf> {
    let folder = root.join("target/go-systemd");
    let gopath = folder.join("usr/share/gocode");
    if !gopath
        .join("src/github.com/coreos/go-systemd/daemon")
        .exists()
    {
        let package = apt::download("golang-github-coreos-go-systemd-dev", &folder)?;
        apt::unpack(&package, &folder)?;
    }
    Ok(gopath)
}

pub(crate) fn run(root: &Path, named: &[&str]) -> Result<()> {
    parts::run(root, PARTS, named)
}
