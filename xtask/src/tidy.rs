//! `cargo xtask tidy`: the rules of the house that no other tool checks.
//!
//! Each file of `tidy` holds one kind of rule and gives sentences that say where it is broken.

mod directions;
mod links;
mod map;
mod rules;
mod sources;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

/// A text file of the tree.
struct File {
    /// Relative to the root, with `/`.
    path: String,
    text: String,
}

impl File {
    fn ends_with(&self, suffix: &str) -> bool {
        self.path.ends_with(suffix)
    }

    /// The lines with their numbers, as editors count.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(i, line)| (i + 1, line))
    }
}

pub(crate) fn run(root: &Path) -> Result<()> {
    let files = files(root)?;
    let mut problems = sources::check(&files);
    problems.extend(rules::check(&files));
    problems.extend(links::check(root, &files));
    problems.extend(map::check(root)?);
    problems.extend(directions::check(root)?);
    if !problems.is_empty() {
        bail!("{} problems\n{}", problems.len(), problems.join("\n"));
    }
    eprintln!("{} files", files.len());
    Ok(())
}

/// What git tracks or would track, as far as it is text.
fn files(root: &Path) -> Result<Vec<File>> {
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root)
        .output()
        .context("running git")?;
    ensure!(
        output.status.success(),
        "git ls-files failed: {}",
        output.status
    );
    let mut files = Vec::new();
    for path in String::from_utf8(output.stdout)?.split_terminator('\0') {
        let full: PathBuf = root.join(path);
        // Deleted but not yet committed, or no text: nothing to look at.
        if let Ok(text) = fs::read_to_string(&full) {
            files.push(File {
                path: path.to_owned(),
                text,
            });
        }
    }
    ensure!(
        !files.is_empty(),
        "git knows no files under {}",
        root.display()
    );
    Ok(files)
}
