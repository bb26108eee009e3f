//! `cargo xtask faults [--rounds N] [--seed N]`: kills of engines and guardians under load, with and without
//! control groups, and the table of the store's faults. Fails when a promise is broken.

use std::path::Path;

use anyhow::{Result, bail};

use crate::{cargo, php};

/// The tests that damage or fill what the store lies on.
const STORE: [&str; 3] = ["store::", "a_full_disk_", "a_read_only_state_folder"];

pub(crate) fn run(root: &Path, words: &[&str]) -> Result<()> {
    if !words.chunks(2).all(is_option) {
        bail!("unknown options {words:?}; cargo xtask faults [--rounds N] [--seed N]");
    }
    let kills = kills(root, words);
    // One that fails does not hide the other.
    let store = store(root);
    kills.and(store)
}

fn is_option(words: &[&str]) -> bool {
    matches!(words, ["--rounds" | "--seed", number] if number.parse::<u32>().is_ok())
}

fn kills(root: &Path, words: &[&str]) -> Result<()> {
    let php = php::installation(root, None)?;
    let relance = root.join("target/debug/relance");
    let package = ["run", "--quiet", "--package", "relance-testkit"];
    let program = ["--bin", "relance-faults", "--"];
    let paths = [&relance, &php.binary, &php.extension].map(|path| path.display().to_string());
    let [relance, php, extension] = paths.each_ref().map(String::as_str);
    let options = ["--relance", relance, "--php", php, "--extension", extension];
    let all = [&package[..], &program[..], &options[..], words].concat();
    cargo::run(root, &all)
}

fn store(root: &Path) -> Result<()> {
    println!("faults of the store:");
    let words = ["test", "--quiet", "--package", "relance", "--test", "it"];
    let shown = ["--", "--nocapture", "--test-threads", "1"];
    cargo::run(root, &[&words[..], &shown[..], &STORE[..]].concat())
}
