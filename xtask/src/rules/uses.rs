//! Where the sources cite rules: code that decides them, tests that show them.
//!
//! A test cites a rule in its name (`r14_...`), in a comment or in the text of an assertion; a phpt
//! test in its title; a scenario of `compliance` anywhere, and by its file name. Code cites it in a
//! comment.

use std::collections::{BTreeMap, BTreeSet};

use super::cited::{ids, ids_of_name};
use crate::tree::File;

/// Where one rule is cited.
#[derive(Debug, Default)]
pub(super) struct Uses {
    /// Files with code.
    pub(super) code: BTreeSet<String>,
    /// Files with tests, and the tests where they are known.
    pub(super) tests: BTreeMap<String, BTreeSet<String>>,
    /// Everything as `FILE:LINE`.
    pub(super) places: Vec<String>,
}

/// Files that talk about ids without being about the rules.
const LEFT_OUT: &[&str] = &["xtask/", "crates/rulebook/", "docs/"];

pub(super) fn find(files: &[File]) -> BTreeMap<String, Uses> {
    let mut uses = BTreeMap::new();
    for file in files {
        if LEFT_OUT.iter().any(|folder| file.path.starts_with(folder)) {
            continue;
        }
        if file.ends_with(".rs") {
            look_at_rust(file, &mut uses);
        } else if file.ends_with(".phpt") {
            look_at_phpt(file, &mut uses);
        } else if file.ends_with(".scenario") {
            look_at_scenario(file, &mut uses);
        }
    }
    uses
}

fn look_at_rust(file: &File, uses: &mut BTreeMap<String, Uses>) {
    let mut in_tests = file.path.contains("/tests/") || file.ends_with("tests.rs");
    let mut test = None;
    let mut before_test = BTreeSet::new();
    let mut is_test = false;
    for (number, line) in file.lines() {
        let place = format!("{}:{number}", file.path);
        in_tests |= line.trim_start().starts_with("#[cfg(test)]");
        if !in_tests {
            if let Some((_, comment)) = line.split_once("//") {
                for id in ids(comment) {
                    let uses = uses.entry(id).or_default();
                    uses.code.insert(file.path.clone());
                    uses.places.push(place.clone());
                }
            }
            continue;
        }
        let trimmed = line.trim_start();
        is_test |= trimmed.starts_with("#[test]");
        if let Some(name) = function_name(trimmed) {
            test = is_test.then(|| name.to_owned());
            is_test = false;
            for id in ids_of_name(name)
                .into_iter()
                .chain(std::mem::take(&mut before_test))
            {
                add_test(uses, id, file, test.as_ref(), &place);
            }
        }
        for id in ids(&cited_part(line)) {
            if trimmed.starts_with("///") || is_test {
                before_test.insert(id);
            } else {
                add_test(uses, id, file, test.as_ref(), &place);
            }
        }
    }
}

/// Comments and texts in quotes.
fn cited_part(line: &str) -> String {
    let comment = line.split_once("//").map_or("", |(_, comment)| comment);
    let quoted = line.split('"').skip(1).step_by(2);
    quoted.chain([comment]).collect::<Vec<_>>().join(" ")
}

fn function_name(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("pub(crate) ").unwrap_or(line);
    let rest = rest
        .strip_prefix("async ")
        .unwrap_or(rest)
        .strip_prefix("fn ")?;
    rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .next()
}

fn look_at_phpt(file: &File, uses: &mut BTreeMap<String, Uses>) {
    let title = file
        .lines()
        .skip(1)
        .take_while(|(_, line)| !line.starts_with("--"));
    for (number, line) in title {
        for id in ids(line) {
            add_test(uses, id, file, None, &format!("{}:{number}", file.path));
        }
    }
}

fn look_at_scenario(file: &File, uses: &mut BTreeMap<String, Uses>) {
    let name = file.path.rsplit('/').next().unwrap_or_default();
    if let Some(number) = name.strip_prefix('v').and_then(|rest| rest.get(..2))
        && let Ok(number) = number.parse::<u32>()
    {
        add_test(uses, format!("V{number}"), file, None, &file.path);
    }
    for (number, line) in file.lines() {
        for id in ids(line) {
            add_test(uses, id, file, None, &format!("{}:{number}", file.path));
        }
    }
}

fn add_test(
    uses: &mut BTreeMap<String, Uses>,
    id: String,
    file: &File,
    test: Option<&String>,
    place: &str,
) {
    let uses = uses.entry(id).or_default();
    let tests = uses.tests.entry(file.path.clone()).or_default();
    tests.extend(test.cloned());
    uses.places.push(place.to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn code_and_tests_are_told_apart() {
        let files = [
            file(
                "crates/a/src/a.rs",
                "/// R1: decides.\nfn a() {}\n#[cfg(test)]\nmod tests {\n/// R2\n#[test]\nfn b() {\n\
                 assert!(x, \"R3\");\n}\n#[test]\nfn r4_c() {}\n}",
            ),
            file("php/tests/t.phpt", "--TEST--\nT1, B2: title\n--FILE--\nT3"),
            file("compliance/v01-x.scenario", "# R5\n"),
            file("xtask/src/a.rs", "// R6"),
        ];
        let uses = find(&files);
        assert_eq!(
            uses.keys().map(String::as_str).collect::<Vec<_>>(),
            ["B2", "R1", "R2", "R3", "R4", "R5", "T1", "V1"]
        );
        assert!(uses["R1"].code.contains("crates/a/src/a.rs"));
        let of = |id: &str| {
            uses[id].tests["crates/a/src/a.rs"]
                .iter()
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(
            (of("R2"), of("R3"), of("R4")),
            (vec!["b".into()], vec!["b".into()], vec!["r4_c".into()])
        );
        assert!(uses["R1"].tests.is_empty() && uses["R2"].code.is_empty());
    }
}
