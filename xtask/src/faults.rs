//! `cargo xtask faults [--rounds N] [--seed N]`: kills of engines and guardians under load, with and without
//! control groups, then each fault of the store, of the place and of scarce means that a test plays. One table
//! says what came of each and whether the promise holds; fails when one does not.
//!
//! The plays and the tests say what they have seen in lines of their own ([`MARK`]).

mod table;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{cargo, php};
use table::Table;

/// Begins a line that is a row of the table: what was done, a tab, what came of it.
const MARK: &str = "FAULT\t";

/// The tests that do something to the manager or to what it lies on.
const TESTS: [&str; 14] = [
    "store::",
    "old_backup::",
    "answered::",
    "place::",
    "scarce::",
    "upgrade::",
    "a_full_disk_",
    "a_read_only_state_folder",
    "a_damaged_database_",
    "a_frozen_engine_",
    "a_boot_is_made_",
    "an_engine_that_freezes_",
    "x3_an_end_that_nobody_saw",
    "x25_a_command_",
];

pub(crate) fn run(root: &Path, words: &[&str]) -> Result<()> {
    if !words.chunks(2).all(is_option) {
        bail!("unknown options {words:?}; cargo xtask faults [--rounds N] [--seed N]");
    }
    let mut table = Table::default();
    // A play that fails does not hide the tests.
    kills(root, words, &mut table)?;
    tests(root, &mut table)?;
    print!("\n{table}");
    match table.broken() {
        0 => Ok(()),
        broken => bail!("{broken} of these promises do not hold"),
    }
}

fn is_option(words: &[&str]) -> bool {
    matches!(words, ["--rounds" | "--seed", number] if number.parse::<u32>().is_ok())
}

fn kills(root: &Path, words: &[&str], table: &mut Table) -> Result<()> {
    let php = php::installation(root, None)?;
    let relance = root.join("target/debug/relance");
    let program = ["--package", "relance-testkit", "--bin", "relance-faults"];
    let paths = [&relance, &php.binary, &php.extension].map(|path| path.display().to_string());
    let [relance, php, extension] = paths.each_ref().map(String::as_str);
    let options = [
        "--",
        "--relance",
        relance,
        "--php",
        php,
        "--extension",
        extension,
    ];
    let all = [&["run", "--quiet"], &program[..], &options[..], words].concat();
    let ended_well = read(root, &all, |line| match line.split_once(MARK) {
        Some((_, row)) => table.row(row),
        None => println!("{line}"),
    })?;
    if !ended_well {
        table.broke("kills under load");
    }
    Ok(())
}

fn tests(root: &Path, table: &mut Table) -> Result<()> {
    let words = ["test", "--package", "relance", "--test", "it"];
    cargo::run(root, &[&words[..], &["--quiet", "--no-run"]].concat())?;
    let shown = ["--", "--nocapture", "--test-threads", "1"];
    let mut said = String::new();
    let all = [&words[..], &shown[..], &TESTS[..]].concat();
    let ended_well = read(root, &all, |line| {
        said.push_str(&line);
        said.push('\n');
        table.line_of_tests(&line);
    })?;
    if !ended_well {
        print!("{said}");
        table.broke("the tests");
    }
    Ok(())
}

/// Runs cargo and takes what it prints, both streams as one; whether it ended well.
fn read(root: &Path, words: &[&str], mut take: impl FnMut(String)) -> Result<bool> {
    let (reader, writer) = std::io::pipe().context("a pipe")?;
    // The command holds the writer: what is read ends only once it is dropped.
    let mut child = {
        let mut command = Command::new(env!("CARGO"));
        command
            .args(words)
            .env("CARGO_TARGET_DIR", root.join("target"))
            .current_dir(root)
            .stdin(Stdio::null())
            .stdout(writer.try_clone().context("a pipe")?)
            .stderr(writer);
        command.spawn().context("running cargo")?
    };
    for line in BufReader::new(reader).split(b'\n') {
        take(String::from_utf8_lossy(&line.context("reading")?).into_owned());
    }
    Ok(child.wait().context("waiting for cargo")?.success())
}
