//! The targets of `fuzz/`: replayed for every commit, fuzzed with libFuzzer at night (ADR 0061).

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::cargo;

/// `cargo fuzz` itself.
const VERSION: &str = "0.13.2";
/// Inputs that every commit makes for each cheap target.
const RUNS: &str = "10000";
/// How long a target is fuzzed when nobody says otherwise.
const SECONDS: &str = "60";
/// Longest input, as the targets expect it.
const LEN_MAX: usize = 64 * 1024;

/// The inputs of the tree and as many others, always the same, in a build that panics on overflow.
pub(crate) fn replay(root: &Path) -> Result<()> {
    let package = ["run", "--quiet", "--package", "relance-fuzz"];
    cargo::run(root, &[&package[..], &["--", "--runs", RUNS]].concat())
}

/// libFuzzer on each target, or on those that are named; then all that was found once more, as the release
/// is built.
pub(crate) fn run(root: &Path, words: &[&str]) -> Result<()> {
    let (seconds, named) = match words {
        ["--seconds", seconds, named @ ..] => (*seconds, named),
        named => (SECONDS, named),
    };
    let tool = install(root)?;
    let found = root.join("target/fuzz/corpus");
    let targets = targets(root, named)?;
    let mut failed = Vec::new();
    for target in &targets {
        eprintln!("--- {target}, {seconds} s");
        if !fuzz(root, &tool, target, seconds, &found.join(target))? {
            failed.push(target.as_str());
        }
    }
    if !failed.is_empty() {
        bail!(
            "a promise was broken in {}; the inputs are in target/fuzz/artifacts. Once it is mended, each goes \
             into fuzz/corpus",
            failed.join(", ")
        );
    }
    let found = found.to_string_lossy();
    let package = ["run", "--release", "--package", "relance-fuzz", "--"];
    let more = ["--runs", RUNS, "--more", &found];
    let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
    let words = [&package[..], &more[..], &targets[..]].concat();
    cargo::run_with(root, &words, QUICK_RELEASE)
}

/// A release that is linked in seconds, one file for each target.
const QUICK_RELEASE: &[(&str, &str)] = &[
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_STRIP", "none"),
];

/// Whether a target held.
fn fuzz(root: &Path, tool: &Path, target: &str, seconds: &str, found: &Path) -> Result<bool> {
    let artifacts = root.join("target/fuzz/artifacts").join(target);
    for folder in [found, &artifacts] {
        fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    let mut command = Command::new(tool);
    // Stable Rust has no sanitizers; the targets count memory themselves, and unsafe code is not in their way.
    command.args(["fuzz", "run", "--sanitizer", "none"]);
    command.args(["--fuzz-dir", "fuzz", "--target-dir", "target/fuzz/build"]);
    command.args(["--features", "libfuzzer", target]);
    command.args([found, &root.join("fuzz/corpus").join(target)]);
    command.arg("--");
    command.arg(format!("-max_total_time={seconds}"));
    command.arg(format!("-max_len={LEN_MAX}"));
    command.arg(format!("-artifact_prefix={}/", artifacts.display()));
    command.args(["-timeout=20", "-rss_limit_mb=2048", "-print_final_stats=1"]);
    let dictionary = root.join(format!("fuzz/dictionaries/{target}.dict"));
    if dictionary.exists() {
        command.arg(format!("-dict={}", dictionary.display()));
    }
    let status = command
        .envs(QUICK_RELEASE.iter().copied())
        .current_dir(root)
        .status();
    Ok(status.context("running cargo fuzz")?.success())
}

/// The names of all targets, or these.
fn targets(root: &Path, named: &[&str]) -> Result<Vec<String>> {
    let folder = root.join("fuzz/fuzz_targets");
    let mut all = Vec::new();
    for entry in fs::read_dir(&folder).context("reading fuzz/fuzz_targets")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        all.extend(name.strip_suffix(".rs").map(ToOwned::to_owned));
    }
    all.sort();
    if let Some(unknown) = named
        .iter()
        .find(|name| !all.iter().any(|known| known == *name))
    {
        bail!(
            "there is no target {unknown:?}; there are {}",
            all.join(", ")
        );
    }
    if !named.is_empty() {
        all.retain(|name| named.contains(&name.as_str()));
    }
    Ok(all)
}

/// `cargo fuzz` in `target/tools`, built on first use.
fn install(root: &Path) -> Result<std::path::PathBuf> {
    let folder = root.join(format!("target/tools/cargo-fuzz-{VERSION}"));
    let program = folder.join("bin/cargo-fuzz");
    if !program.exists() {
        let status = Command::new(env!("CARGO"))
            .args([
                "install",
                "--quiet",
                "--locked",
                "cargo-fuzz",
                "--version",
                VERSION,
            ])
            .arg("--root")
            .arg(&folder)
            .env("CARGO_TARGET_DIR", root.join("target/tools/build"))
            .current_dir(root)
            .status()
            .context("running cargo install")?;
        ensure!(status.success(), "cargo-fuzz {VERSION} could not be built");
    }
    Ok(program)
}
