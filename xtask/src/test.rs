//! `cargo xtask test [PART...]`: every test, on a machine that has Rust and `apt`.
//!
//! A part that lacks something installs it; one that cannot run fails.

use std::path::Path;

use anyhow::Result;

use crate::parts::{self, Part, part};
use crate::{apt, cargo, console, demo, php, windows};

/// What is tested; a new kind of test is a line here.
pub(crate) const PARTS: &[Part] = &[
    part("cargo", |root| {
        require_guests()?;
        // Not quiet: the first time this takes minutes.
        cargo::run(root, &["test", "--workspace", "--no-run"])?;
        cargo::run(root, &["test", "--quiet", "--workspace", "--no-fail-fast"])
    }),
    part("php", |root| php::php(root, &[])),
    part("console", |root| console::run(root, &[])),
    part("php-8.4", |root| php::php(root, &["--on", "8.4"])),
    part("demo", |root| demo::run(root, &[])),
    part("demo-8.4", |root| demo::run(root, &["--on", "8.4"])),
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
    // They speak systemd's protocol. (Go's library is not installed: its package upgrades systemd.)
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

pub(crate) fn run(root: &Path, named: &[&str]) -> Result<()> {
    parts::run(root, PARTS, named)
}
