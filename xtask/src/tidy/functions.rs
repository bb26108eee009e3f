//! The length of functions. Tests are left out: a test tells a story.

use super::{modules, sources};
use crate::tree::File;

/// Lines that a function may have, from its signature to its closing brace.
const LINES_MAX: usize = 60;

/// Longer functions, with the length that they must not pass and the reason.
const LONG: &[(&str, &str, usize, &str)] = &[
    (
        "crates/engine/src/linux/daemon.rs",
        "run",
        120,
        "the life of an engine, step after step",
    ),
    (
        "crates/scm/src/event.rs",
        "parameters",
        100,
        "one row for each event",
    ),
    (
        "crates/engine/src/linux/guardian.rs",
        "run",
        75,
        "the guardian's state and its loop",
    ),
    (
        "compliance/src/puppet.rs",
        "run",
        70,
        "the life of a puppet, order after order",
    ),
    (
        "crates/import/src/formats/nssm.rs",
        "item",
        90,
        "one row for each key",
    ),
    (
        "crates/import/src/formats/pm2.rs",
        "entry",
        70,
        "one row for each key",
    ),
    (
        "crates/import/src/formats/servy.rs",
        "item",
        100,
        "one row for each key",
    ),
    (
        "crates/import/src/formats/supervisord/program.rs",
        "entry",
        90,
        "one row for each key",
    ),
    (
        "crates/import/src/formats/winsw.rs",
        "element",
        80,
        "one row for each key",
    ),
];

pub(super) fn check(files: &[File]) -> Vec<String> {
    let sources = files
        .iter()
        .filter(|file| file.ends_with(".rs") && !sources::in_tests(&file.path));
    let mut found: Vec<String> = sources.flat_map(problems).collect();
    let unneeded = LONG.iter().filter(|row| !is_needed(files, row));
    found.extend(unneeded.map(|(path, name, ..)| {
        format!("xtask/src/tidy/functions.rs: {path} has no long {name}; take its row out")
    }));
    found
}

/// Whether a function is there that is too long without its row.
fn is_needed(files: &[File], (path, name, ..): &(&str, &str, usize, &str)) -> bool {
    let file = files.iter().find(|file| file.path == *path);
    file.is_some_and(|file| {
        let code = modules::code(&file.text);
        let mut functions = functions(&code).into_iter();
        functions.any(|function| function.name == *name && function.length > LINES_MAX)
    })
}

fn problems(file: &File) -> Vec<String> {
    let code = modules::code(&file.text);
    let too_long = functions(&code).into_iter().filter_map(|function| {
        let Function { line, name, length } = function;
        let max = LONG
            .iter()
            .find(|(path, long, ..)| *path == file.path && *long == name)
            .map_or(LINES_MAX, |(_, _, max, _)| *max);
        (length > max).then(|| {
            format!(
                "{}:{line}: {name} has {length} lines, {max} at most",
                file.path
            )
        })
    });
    too_long.collect()
}

struct Function<'text> {
    line: usize,
    name: &'text str,
    length: usize,
}

/// The functions with a body, as rustfmt lays them out: the brace that ends one stands below its `fn`.
fn functions(code: &str) -> Vec<Function<'_>> {
    let lines: Vec<&str> = code.lines().collect();
    let mut functions = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(name) = declared(line) else { continue };
        if let Some(length) = length(&lines[at..]) {
            let line = at + 1;
            functions.push(Function { line, name, length });
        }
    }
    functions
}

/// The length of the function that begins with these lines, if it has a body.
fn length(lines: &[&str]) -> Option<usize> {
    let indent = lines[0].len() - lines[0].trim_start().len();
    let signature = lines.iter().find(|line| line.ends_with(['{', ';', '}']))?;
    if !signature.ends_with('{') {
        return None;
    }
    let is_end = |line: &&str| line.trim_start() == "}" && line.len() == indent + 1;
    Some(1 + lines.iter().position(is_end)?)
}

/// The name of the function whose signature begins in this line.
fn declared(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let is_word = |word: &str| {
        let known = ["pub", "const", "async", "unsafe", "extern", "default"];
        known.contains(&word) || word.starts_with("pub(") || word.starts_with('"')
    };
    // `pub(in a::b)` has a blank in it.
    let is_path = |word: &str| word.ends_with(')');
    if !before
        .split_whitespace()
        .all(|word| is_word(word) || is_path(word))
    {
        return None;
    }
    let end = after.find(|c: char| !modules::is_name(c))?;
    (end > 0).then(|| &after[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        problems(&File {
            path: "crates/a/src/b.rs".to_owned(),
            text: text.to_owned(),
        })
    }

    #[test]
    fn long_functions_are_found() {
        let body = |lines: usize| format!("{{\n{}    }}", "        x();\n".repeat(lines));
        let function = |lines| {
            format!(
                "impl A {{\n    pub(crate) async fn b() {}\n}}\n",
                body(lines)
            )
        };
        assert!(found(&function(58)).is_empty());
        assert_eq!(
            found(&function(59)),
            ["crates/a/src/b.rs:2: b has 61 lines, 60 at most"]
        );
        let declared = format!("trait A {{\n    fn a();\n}}\n{}", "use x;\n".repeat(80));
        assert!(found(&format!("{declared}fn b() {{\n}}\n")).is_empty());
        assert!(found(&format!("#[cfg(test)]\nmod tests {{\n{}}}", function(80))).is_empty());
    }

    #[test]
    fn a_row_without_its_long_function_is_not_needed() {
        let row = ("crates/a/src/b.rs", "b", 70, "because");
        let of = |lines: usize| {
            let text = format!("fn b() {{\n{}}}\n", "    x();\n".repeat(lines));
            let path = row.0.to_owned();
            is_needed(&[File { path, text }], &row)
        };
        assert!(of(60) && !of(10) && !is_needed(&[], &row));
    }
}
