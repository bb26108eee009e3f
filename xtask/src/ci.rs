//! `cargo xtask ci`: everything that a commit must pass, the quick parts first; `nightly`: what takes
//! too long for every commit.

use std::path::Path;

use anyhow::Result;

use crate::parts::{self, Part, part};
use crate::{
    bench, cargo, dependencies, faults, fuzz, generate, kernel, paths, php, rules, test, tidy,
    upgrade,
};

const CHECKS: &[Part] = &[
    part("fmt", |root| cargo::run(root, &["fmt", "--all", "--check"])),
    part("tidy", tidy::run),
    part("rules", |root| rules::run(root, true)),
    part("gen", |root| generate::run(root, true)),
    part("deny", dependencies::check),
    part("clippy", |root| {
        let deny = ["--", "-D", "warnings"];
        let words = ["clippy", "--quiet", "--workspace", "--all-targets"];
        cargo::run(root, &[&words[..], &deny[..]].concat())
    }),
    part("doc", |root| {
        let words = [
            "doc",
            "--quiet",
            "--workspace",
            "--no-deps",
            "--document-private-items",
        ];
        cargo::run_with(root, &words, &[("RUSTDOCFLAGS", "-D warnings")])
    }),
    part("fuzz", fuzz::replay),
];

/// What is counted, once all is built.
const MEASURES: &[Part] = &[part("paths", |root| paths::run(root, &[]))];

/// Seeds of the simulation that the ordinary tests do not play.
const SEEDS: &str = "400..20000";

/// Kills of engines and of guardians, with control groups and without.
const KILLS: &str = "300";

const NIGHTLY: &[Part] = &[
    part("php-matrix", |root| php::matrix(root, &["--all"])),
    part("valgrind", |root| php::php(root, &["--valgrind"])),
    part("simulation", |root| simulate(root, &["--seeds", SEEDS])),
    part("faults", |root| faults::run(root, &["--rounds", KILLS])),
    part("upgrade", |root| upgrade::run(root, &[])),
    part("fuzz", |root| fuzz::run(root, &[])),
    part("kernel", kernel::run),
    part("bench", |root| {
        bench::run(root, &["--quick", "--peers", "relance"])
    }),
];

/// The checks of the sources, and all tests.
pub(crate) fn ci(root: &Path, named: &[&str]) -> Result<()> {
    cargo::require_components()?;
    let parts = CHECKS.iter().chain(test::PARTS).chain(MEASURES);
    parts::run(root, parts, named)
}

/// `cargo xtask sim`: worlds of the simulation, by their seeds.
pub(crate) fn simulate(root: &Path, words: &[&str]) -> Result<()> {
    let package = ["run", "--quiet", "--package", "relance-testkit"];
    let program = ["--bin", "relance-sim", "--"];
    cargo::run(root, &[&package[..], &program[..], words].concat())
}

/// Every PHP, memory checks, thousands of simulated worlds, hundreds of kills, an upgrade, the benchmark.
pub(crate) fn nightly(root: &Path, named: &[&str]) -> Result<()> {
    parts::run(root, NIGHTLY, named)
}
