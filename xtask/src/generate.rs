//! `cargo xtask gen`: files that are made from others, and kept in the tree so that they can be read.
//!
//! `gen --check` (part of `ci`) fails when one of them is not what its source says.

mod cli_reference;
mod openapi;
mod services_schema;
mod settings_table;
mod win32_names;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

type Generator = fn(&Path) -> Result<String>;

const FILES: [(&str, Generator); 5] = [
    (win32_names::PATH, win32_names::generate),
    (cli_reference::PATH, cli_reference::generate),
    (openapi::PATH, openapi::generate),
    (services_schema::PATH, services_schema::generate),
    (settings_table::PATH, settings_table::generate),
];

/// Writes every generated file, or with `check` only compares.
pub(crate) fn run(root: &Path, check: bool) -> Result<()> {
    let mut stale = Vec::new();
    for (path, generate) in FILES {
        let text = generate(root).with_context(|| format!("generating {path}"))?;
        let file = root.join(path);
        if fs::read_to_string(&file).is_ok_and(|old| old == text) {
            continue;
        }
        if check {
            stale.push(path);
        } else {
            fs::write(&file, text).with_context(|| format!("writing {path}"))?;
            println!("wrote {path}");
        }
    }
    if !stale.is_empty() {
        bail!(
            "out of date: {}; run `cargo xtask gen` and commit the result",
            stale.join(", ")
        );
    }
    Ok(())
}
