//! Tests that documents name as the holders of a promise, `PATH.rs::NAME`: each exists.

use crate::tree::File;

pub(super) fn check(files: &[File]) -> Vec<String> {
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| file.ends_with(".md")) {
        for (number, line) in file.lines() {
            for (path, name) in named(line) {
                if !has_test(files, path, name) {
                    problems.push(format!("{}:{number}: no test {name} in {path}", file.path));
                }
            }
        }
    }
    problems
}

/// What stands between backquotes and is like `a/b.rs::name`.
fn named(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let quoted = line.split('`').skip(1).step_by(2);
    quoted.filter_map(|text| {
        let (path, name) = text.split_once(".rs::")?;
        Some((&text[..path.len() + 3], name))
    })
}

fn has_test(files: &[File], path: &str, name: &str) -> bool {
    let function = format!("fn {name}(");
    let file = files.iter().find(|file| file.path == path);
    file.is_some_and(|file| file.text.contains(&function))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_is_not_there_is_found() {
        let file = |path: &str, text: &str| File {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        let of = |line: &str| {
            let files = [file("a/b.rs", "#[test]\nfn holds() {}"), file("d.md", line)];
            check(&files).len()
        };
        assert_eq!(of("it holds: `a/b.rs::holds`, see `c::d`"), 0);
        assert_eq!(of("`a/b.rs::hold` and `a/c.rs::holds`"), 2);
    }
}
