//! Runs targets without libFuzzer: on every input of the tree, and on so many others that a seed makes of
//! them.

use std::fs;
use std::os::unix::fs::FileExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::corpus;
use crate::mutate::Mutator;
use crate::targets::{TARGETS, Target};

/// What to run.
#[derive(Clone, Debug)]
pub struct Replay {
    /// Made inputs for each target whose inputs cost little; the others get their share.
    pub runs: u32,
    /// Which others are made.
    pub seed: u64,
    /// Folders with `TARGET/*` besides the one of the tree: what `cargo fuzz` has found.
    pub more: Vec<PathBuf>,
}

/// What was run.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// Which target.
    pub target: &'static str,
    /// Inputs of files.
    pub known: usize,
    /// Inputs made of them.
    pub made: u32,
    /// How long it took.
    pub time: Duration,
}

impl Replay {
    /// Runs a target.
    ///
    /// # Errors
    /// The first input that breaks a promise, and where it was written.
    pub fn play(&self, target: &'static Target) -> Result<Outcome, String> {
        let start = Instant::now();
        let mut inputs = Vec::new();
        for (path, input) in self.known(target)? {
            attempt(target, &input).map_err(|said| format!("{}: {said}", path.display()))?;
            inputs.push(input);
        }
        let words = corpus::words(target.name);
        let mut mutator = Mutator::new(self.seed ^ seed_of(target.name), &inputs, &words);
        let made = self.runs / target.cost;
        let current = Current::of(target)?;
        for _ in 0..made {
            let input = mutator.next();
            current.note(&input)?;
            attempt(target, &input).map_err(|said| keep(target, &input, &said))?;
        }
        Ok(Outcome {
            target: target.name,
            known: inputs.len(),
            made,
            time: start.elapsed(),
        })
    }

    fn known(&self, target: &Target) -> Result<Vec<(PathBuf, Vec<u8>)>, String> {
        let folder = corpus::folder().join("corpus").join(target.name);
        let mut known =
            corpus::inputs(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        if known.is_empty() {
            return Err(format!("{}: no inputs", folder.display()));
        }
        for folder in &self.more {
            // A target that was never fuzzed has found nothing.
            known.extend(corpus::inputs(&folder.join(target.name)).unwrap_or_default());
        }
        Ok(known)
    }
}

/// The targets of these names; without names all.
///
/// # Errors
/// A name that no target has.
pub fn named(names: &[String]) -> Result<Vec<&'static Target>, String> {
    let known = |name: &String| TARGETS.iter().any(|target| target.name == name);
    if let Some(unknown) = names.iter().find(|name| !known(name)) {
        let all: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        return Err(format!(
            "there is no target {unknown:?}; there are {}",
            all.join(", ")
        ));
    }
    let is_named = |target: &&Target| names.is_empty() || names.iter().any(|n| n == target.name);
    Ok(TARGETS.iter().filter(is_named).collect())
}

fn attempt(target: &Target, input: &[u8]) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(|| target.run(input))).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string))
            .unwrap_or_default()
    })
}

/// The input that is being run, in a file: what aborts the process leaves it there.
struct Current(fs::File);

impl Current {
    fn of(target: &Target) -> Result<Self, String> {
        let path = scratch()?.join(format!("{}-current", target.name));
        let file = fs::File::create(&path);
        file.map(Self)
            .map_err(|error| format!("{}: {error}", path.display()))
    }

    fn note(&self, input: &[u8]) -> Result<(), String> {
        let written = self.0.write_all_at(input, 0);
        let cut = written.and_then(|()| self.0.set_len(input.len() as u64));
        cut.map_err(|error| error.to_string())
    }
}

fn scratch() -> Result<PathBuf, String> {
    let folder = corpus::folder().join("../target/fuzz/failures");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

/// Writes an input that nobody could make again by hand.
fn keep(target: &Target, input: &[u8], said: &str) -> String {
    let name = format!("{}-{:016x}", target.name, seed_of_bytes(input));
    let written = scratch().and_then(|folder| {
        let path = folder.join(name);
        fs::write(&path, input).map_err(|error| error.to_string())?;
        Ok(path)
    });
    match written {
        Ok(path) => format!("{}: {said}", path.display()),
        Err(error) => format!("{input:?} ({error}): {said}"),
    }
}

fn seed_of(name: &str) -> u64 {
    seed_of_bytes(name.as_bytes())
}

/// FNV-1a: the same on every machine and toolchain.
fn seed_of_bytes(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
