//! Rules for source files: their size, and words that stand for unfinished or fragile work.

use crate::tree::File;

/// Lines that a file may have. What is longer decides more than one thing.
const LINES_MAX: usize = 550;

/// Longer files, with the size that they must not pass and the reason.
const LONG: &[(&str, usize, &str)] = &[("crates/scm/src/win32/names.rs", usize::MAX, "generated")];

/// Whether a rule applies to a path.
type Where = fn(&str) -> bool;

/// Words that must not stand in Rust code, where, and what to do instead.
const FORBIDDEN: &[(&str, Where, &str)] = &[
    ("todo!(", everywhere, "finish it"),
    ("unimplemented!(", everywhere, "finish it"),
    ("dbg!(", everywhere, "remove it"),
    ("#[ignore", everywhere, "a test runs or is deleted"),
    (
        "thread::sleep",
        everywhere,
        "wait for a state or a generation",
    ),
    ("time::sleep", in_tests, "wait for a state or a generation"),
];

fn everywhere(_path: &str) -> bool {
    true
}

pub(super) fn in_tests(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs") || path.contains("crates/testkit/")
}

pub(super) fn check(files: &[File]) -> Vec<String> {
    let mut problems = Vec::new();
    for file in files {
        if file.ends_with(".rs") {
            too_long(file, &mut problems);
            // This file names the words.
            if file.path != "xtask/src/tidy/sources.rs" {
                forbidden(file, &mut problems);
            }
        } else if file.ends_with(".phpt") {
            sleeps(file, &mut problems);
        }
    }
    problems
}

fn too_long(file: &File, problems: &mut Vec<String>) {
    let lines = file.text.lines().count();
    let max = LONG
        .iter()
        .find(|(path, ..)| *path == file.path)
        .map_or(LINES_MAX, |(_, max, _)| *max);
    if lines > max {
        problems.push(format!("{}: {lines} lines, {max} at most", file.path));
    }
}

fn forbidden(file: &File, problems: &mut Vec<String>) {
    for (number, line) in file.lines() {
        for (word, applies, advice) in FORBIDDEN {
            if line.contains(word) && applies(&file.path) {
                problems.push(format!("{}:{number}: {word}: {advice}", file.path));
            }
        }
        if line.contains("TODO") && !line.contains("TODO(#") {
            problems.push(format!(
                "{}:{number}: a TODO names its issue: TODO(#12)",
                file.path
            ));
        }
    }
}

fn sleeps(file: &File, problems: &mut Vec<String>) {
    for (number, line) in file.lines() {
        if line.contains("sleep(") {
            problems.push(format!(
                "{}:{number}: a test waits for a state, not for a time",
                file.path
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(path: &str, text: &str) -> usize {
        check(&[File {
            path: path.to_owned(),
            text: text.to_owned(),
        }])
        .len()
    }

    #[test]
    fn unfinished_and_fragile_code_is_found() {
        assert_eq!(problems("a.rs", "fn a() {}"), 0);
        assert_eq!(problems("a.rs", "todo!()"), 1);
        assert_eq!(problems("a.rs", "// TODO later"), 1);
        assert_eq!(problems("a.rs", "// TODO(#7) later"), 0);
        assert_eq!(problems("crates/a/src/a.rs", "tokio::time::sleep(x)"), 0);
        assert_eq!(
            problems("crates/a/tests/it/a.rs", "tokio::time::sleep(x)"),
            1
        );
        assert_eq!(problems("a.phpt", "usleep(10);"), 1);
        assert_eq!(problems("a.rs", &"\n".repeat(551)), 1);
    }
}
