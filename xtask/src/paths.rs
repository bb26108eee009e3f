//! `cargo xtask paths [--write]`: how many instructions each hot path takes, beside the counts in
//! `bench/paths.toml`. Unlike times they are the same on a busy machine. A path that has become longer by more
//! than a tenth fails; where that is worth it, `--write` stores the new counts, and the commit says why.
//!
//! Debug builds are counted: they are there already when the tests have run, and what makes a path longer makes it
//! longer in both.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::{apt, cargo};

/// Instructions by path.
type Counts = BTreeMap<String, u64>;

/// The paths of `relance-paths`, and how often each is taken between two counts.
const PATHS: &[(&str, u64)] = &[
    ("decide", 50),
    ("restart", 20),
    ("storm", 5),
    ("write-entries", 10),
    ("read-entries", 10),
];

/// How much longer, in percent of what it was, a path may become without a word.
const BOUND: u64 = 10;

const STORED: &str = "bench/paths.toml";

pub(crate) fn run(root: &Path, words: &[&str]) -> Result<()> {
    let is_to_write = match words {
        [] => false,
        ["--write"] => true,
        other => bail!("unknown options {other:?}; cargo xtask paths [--write]"),
    };
    let counted = count(root)?;
    let path = root.join(STORED);
    if is_to_write {
        return fs::write(&path, file(&counted)).context("writing the counts");
    }
    let text = fs::read_to_string(&path).with_context(|| format!("reading {STORED}"))?;
    let stored: Counts = toml::from_str(&text).with_context(|| format!("reading {STORED}"))?;
    print!("{}", table(&stored, &counted));
    let longer = longer(&stored, &counted);
    ensure!(
        longer.is_empty(),
        "{} longer than {STORED} says by more than {BOUND} %; if that is worth it: cargo xtask paths --write",
        longer.join(", ")
    );
    Ok(())
}

fn count(root: &Path) -> Result<Counts> {
    apt::require_file("/usr/bin/valgrind", &["valgrind"])?;
    let program = ["--package", "relance-testkit", "--bin", "relance-paths"];
    cargo::run(root, &[&["build", "--quiet"], &program[..]].concat())?;
    let program = root.join("target/debug/relance-paths");
    let counts = PATHS.iter().map(|(path, times)| {
        // What is done once is in both counts.
        let once = collected(&program, path, 1)?;
        let more = collected(&program, path, 1 + times)?;
        Ok(((*path).to_owned(), more.saturating_sub(once) / times))
    });
    counts.collect()
}

/// The instructions of a whole run of the program.
fn collected(program: &Path, path: &str, times: u64) -> Result<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args([path, &times.to_string()])
        .output()
        .context("running valgrind")?;
    let text = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{path} failed: {text}");
    let count = text.lines().find_map(|line| {
        let (_, count) = line.split_once("Collected : ")?;
        count.trim().parse().ok()
    });
    count.with_context(|| format!("valgrind has not said how many instructions: {text}"))
}

fn file(counts: &Counts) -> String {
    let mut text = String::from(
        "# Instructions of each hot path, in a debug build: `cargo xtask paths` compares, `--write` writes them.\n",
    );
    for (path, count) in counts {
        let _ = writeln!(text, "{path} = {count}");
    }
    text
}

fn table(stored: &Counts, counted: &Counts) -> String {
    let mut text = format!("{:<16} {:>12} {:>12}\n", "PATH", "STORED", "NOW");
    for (path, now) in counted {
        let before = stored.get(path).map_or("-".to_owned(), u64::to_string);
        let _ = writeln!(text, "{path:<16} {before:>12} {now:>12}");
    }
    text
}

/// The paths that have become longer; one that was never counted has.
fn longer<'a>(stored: &Counts, counted: &'a Counts) -> Vec<&'a str> {
    let is_longer = |(path, now): &(&String, &u64)| {
        stored
            .get(*path)
            .is_none_or(|before| **now * 100 > before * (100 + BOUND))
    };
    let paths = counted.iter().filter(is_longer);
    paths.map(|(path, _)| &**path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_may_become_shorter_or_a_little_longer() {
        let counts = |pairs: &[(&str, u64)]| -> Counts {
            let pairs = pairs
                .iter()
                .map(|(path, count)| ((*path).to_owned(), *count));
            pairs.collect()
        };
        let stored = counts(&[("decide", 1000), ("restart", 1000), ("storm", 1000)]);
        let now = counts(&[
            ("decide", 1),
            ("restart", 1100),
            ("storm", 1101),
            ("new", 1),
        ]);
        assert_eq!(longer(&stored, &now), ["new", "storm"]);
        assert_eq!(toml::from_str::<Counts>(&file(&now)).unwrap(), now);
    }
}
