//! `cargo xtask tidy`: the rules of this project that no other tool checks.
//!
//! Each file of `tidy` holds one kind of rule and gives sentences that say where it is broken.

mod circles;
mod decisions;
mod directions;
mod functions;
mod layers;
mod links;
mod map;
mod modules;
mod planted;
mod promises;
mod prose;
mod sources;
mod texts;

use std::path::Path;

use anyhow::{Result, bail};

use crate::tree;

pub(crate) fn run(root: &Path) -> Result<()> {
    let files = tree::files(root)?;
    let mut problems = sources::check(&files);
    problems.extend(functions::check(&files));
    problems.extend(links::check(root, &files));
    problems.extend(promises::check(&files));
    problems.extend(planted::check(&files));
    problems.extend(texts::check(&files));
    problems.extend(prose::check(&files));
    problems.extend(decisions::check(&files));
    problems.extend(map::check(root)?);
    problems.extend(directions::check(root)?);
    problems.extend(layers::check(&files));
    problems.extend(circles::check(root, &files)?);
    if !problems.is_empty() {
        bail!("{} problems\n{}", problems.len(), problems.join("\n"));
    }
    eprintln!("{} files", files.len());
    Ok(())
}
