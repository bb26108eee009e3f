//! Compiles the catalogue: from `en/*.ftl` and `fr/*.ftl` to what `src/catalogue.rs` includes. A sentence
//! that one language lacks, or that takes other parameters there, fails the build.

#![allow(
    clippy::print_stdout,
    reason = "a build script speaks to cargo like this"
)]

mod catalogue;
mod pattern;
mod typography;
mod write;

use std::path::Path;
use std::{env, fs, io};

use catalogue::Catalogue;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=en");
    println!("cargo::rerun-if-changed=fr");
    let (catalogue, problems) = Catalogue::read(Path::new(env!("CARGO_MANIFEST_DIR")))?;
    for problem in &problems {
        println!("cargo::error={problem}");
    }
    if !problems.is_empty() {
        return Ok(());
    }
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    for (name, text) in write::files(&catalogue) {
        fs::write(Path::new(&out).join(name), text)?;
    }
    Ok(())
}
