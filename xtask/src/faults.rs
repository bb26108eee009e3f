//! `cargo xtask faults [--rounds N]`: kills of the engine under crashing services, with and without control
//! groups, and the table of the store's faults. Fails when a promise is broken.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::cargo;

/// Kills when nobody says otherwise.
const ROUNDS: u32 = 20;

pub(crate) fn run(root: &Path, words: &[&str]) -> Result<()> {
    let rounds = match words {
        [] => ROUNDS,
        ["--rounds", rounds] => rounds.parse().context("--rounds takes a number")?,
        other => bail!("unknown options {other:?}; cargo xtask faults [--rounds N]"),
    };
    for cgroups in ["auto", "off"] {
        println!("kills of the engine, control groups {cgroups}:");
        let kills = rounds.to_string();
        test(
            root,
            "kills::",
            &[("RELANCE_KILLS", &kills), ("RELANCE_TEST_CGROUPS", cgroups)],
        )?;
    }
    println!("faults of the store:");
    test(root, "store::", &[])
}

fn test(root: &Path, filter: &str, environment: &[(&str, &str)]) -> Result<()> {
    let words = ["test", "--quiet", "--package", "relance", "--test", "it"];
    let shown = [filter, "--", "--nocapture", "--test-threads", "1"];
    cargo::run_with(root, &[&words[..], &shown[..]].concat(), environment)
}
