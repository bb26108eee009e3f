//! Every crate has its place in `ARCHITECTURE.md`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let map =
        fs::read_to_string(root.join("ARCHITECTURE.md")).context("reading ARCHITECTURE.md")?;
    let mut problems = Vec::new();
    for entry in fs::read_dir(root.join("crates"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !map.contains(&format!("crates/{name}")) {
            problems.push(format!(
                "ARCHITECTURE.md: crates/{name} is missing; say what it is for"
            ));
        }
    }
    Ok(problems)
}
