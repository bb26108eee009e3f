//! Every task of the project, in one language. `cargo xtask help` lists them.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool prints"
)]

mod apt;
mod bench;
mod cargo;
mod ci;
mod console;
mod demo;
mod dependencies;
mod dist;
mod faults;
mod fuzz;
mod generate;
mod kernel;
mod linux;
mod parts;
mod paths;
mod php;
mod rules;
mod test;
mod tidy;
mod tree;
mod upgrade;
mod windows;
#[cfg(test)]
mod workflows;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask TASK

  demo [--on 8.4|...]
                   a PHP service fails in seven ways and gets back up, live
  test [PART...]   every test; installs what is missing
  ci [PART...]     what a commit must pass: checks of the sources, and every test
  tidy             the rules of the house that no other tool checks
  rules [--check]  write (or compare) which code decides each rule of docs/rules, which tests show it
  advisories       known defects of dependencies, by the list of RustSec (cargo-deny fetches it)
  nightly [PART...]
                   every PHP, memory checks, thousands of simulated worlds, hundreds of kills, an upgrade, limits under a
                   kernel with every controller (in QEMU)
  console [screenshots [FOLDER] | images | measure [output | many] | TEST...]
                   the web console in a browser: its tests, screenshots, pictures of the documents or measurements
  sim [--seed N | --seeds FROM..TO] [--steps N]
                   the engine over a simulated machine; one seed shows its trace
  fuzz [--seconds N] [TARGET...]
                   what comes from outside, with libFuzzer: each target, or these
  faults [--rounds N] [--seed N]
                   kills of engine and guardian under load, and files of the store that are lost or damaged
  upgrade [REVISION]
                   a manager of the last release (or of a week ago, or REVISION) is upgraded under crashing services
  bench [--install] [OPTION...]
                   the benchmark beside the peers that are installed (or are installed now), into
                   docs/performance.md; with options of bench.py: only printed
  paths [--write]  instructions of the hot paths, beside those stored in bench/paths.toml
  dist [--quick] [--target ARCHITECTURE] [PART...]
                   archives, packages, checksums and lists of parts, in target/dist
  windows [PART...]
                   build for Windows, run it under Wine: services, programs, PHP
  gen [--check]    write (or compare) the generated files
  php [--on 8.4|8.2-debug-zts|...] [--extension FILE] [--valgrind] [TEST...]
                   run the extension's tests on the PHP of this system, or on another
  php-docs [--check]
                   write (or compare) the stubs for IDEs and the table of compatibility
  php-matrix [--all]
                   run them on three PHPs, or on one of every version
";

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the workspace");
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["demo", words @ ..] => demo::run(root, words),
        ["test", parts @ ..] => test::run(root, parts),
        ["ci", parts @ ..] => ci::ci(root, parts),
        ["console", words @ ..] => console::run(root, words),
        ["tidy"] => tidy::run(root),
        ["rules"] => rules::run(root, false),
        ["rules", "--check"] => rules::run(root, true),
        ["advisories"] => dependencies::advisories(root),
        ["nightly", parts @ ..] => ci::nightly(root, parts),
        ["dist", words @ ..] => dist::run(root, words),
        ["windows", parts @ ..] => windows::run(root, parts),
        ["sim", words @ ..] => ci::simulate(root, words),
        ["fuzz", words @ ..] => fuzz::run(root, words),
        ["faults", words @ ..] => faults::run(root, words),
        ["upgrade", words @ ..] => upgrade::run(root, words),
        ["bench", words @ ..] => bench::run(root, words),
        ["paths", words @ ..] => paths::run(root, words),
        ["gen"] => generate::run(root, false),
        ["gen", "--check"] => generate::run(root, true),
        ["php", words @ ..] => php::php(root, words),
        ["php-matrix", words @ ..] => php::matrix(root, words),
        ["php-docs", words @ ..] => php::documents(root, words),
        [] | ["help" | "--help"] => {
            print!("{HELP}");
            Ok(())
        }
        other => bail!("unknown task {other:?}\n\n{HELP}"),
    }
}
