//! `cargo xtask bench [--install] [OPTION...]`: the harness of `bench/` with the program that releases hold.
//!
//! Without options it measures everything beside all peers that are installed, and writes the result into
//! `docs/performance.md`; with options of `bench.py` it only prints.

mod peers;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::linux::architecture::Architecture;
use crate::{apt, linux};

/// What a run for the page measures: sizes of fleets, and repeats.
const SIZES: &str = "10,100,1000";
const REPEATS: &str = "3";
/// Peers that take minutes to start a thousand services, or cannot.
const LIMITS: &str = "pm2=10,monit=100,circus=100,supervisord=100,horust=100";

/// Runs `bench/bench.py`; the peers that are installed take part, those of `--install` too.
pub(crate) fn run(root: &Path, words: &[&str]) -> Result<()> {
    let (install, words): (Vec<&str>, Vec<&str>) =
        words.iter().partition(|word| **word == "--install");
    if !install.is_empty() {
        peers::install(root)?;
    }
    let program = linux::program(root, "release", Architecture::of_this_machine()?)?;
    if words.is_empty() {
        return write_page(root, &program);
    }
    measure(root, &program, &words)
}

fn measure(root: &Path, program: &Path, words: &[&str]) -> Result<()> {
    let mut command = Command::new("python3");
    command
        .arg("bench.py")
        .args(words)
        .env("RELANCE_BIN", program)
        .env("PATH", peers::path(root)?)
        .current_dir(root.join("bench"));
    apt::run(&mut command)
}

/// Measures everything and writes it into the page.
fn write_page(root: &Path, program: &Path) -> Result<()> {
    let python = peers::python(root, &["matplotlib"])?;
    let measured = root.join("target/bench/measured.json");
    let file = measured.to_str().context("the path is text")?;
    let words = [
        "--n",
        SIZES,
        "--repeats",
        REPEATS,
        "--max-n",
        LIMITS,
        "--json",
        file,
    ];
    measure(root, program, &words)?;
    let mut command = Command::new(python);
    command
        .arg(root.join("bench/page.py"))
        .arg(&measured)
        .arg(root.join("docs/performance.md"));
    apt::run(&mut command)
}
