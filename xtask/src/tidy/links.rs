//! Links in Markdown that name files: the files are there.

use std::path::Path;

use crate::tree::File;

pub(super) fn check(root: &Path, files: &[File]) -> Vec<String> {
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| file.ends_with(".md")) {
        let folder = root.join(&file.path);
        let folder = folder.parent().unwrap_or(root);
        for (number, line) in file.lines() {
            for target in targets(line) {
                let path = target.split('#').next().unwrap_or_default();
                if !path.is_empty() && !folder.join(path).exists() {
                    problems.push(format!("{}:{number}: no {target}", file.path));
                }
            }
        }
    }
    problems
}

/// What `[text](target)` points to, but for addresses with a scheme.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|target| !target.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found() {
        let line = "[a](b.md) and [c](https://d) and [e](f/g.rs#h), see (i)";
        assert_eq!(targets(line).collect::<Vec<_>>(), ["b.md", "f/g.rs#h"]);
    }
}
