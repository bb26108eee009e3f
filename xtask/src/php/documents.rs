//! `cargo xtask php-docs`: the stubs for IDEs and the table of compatibility, from the code and the
//! tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::suite;

/// Rows of the reference: letter, last number, numbers that do not exist.
const T_ROWS: std::ops::RangeInclusive<u32> = 1..=33;
const B_ROWS: [std::ops::RangeInclusive<u32>; 3] = [1..=19, 20..=44, 50..=64];

/// A test: its path below `php/tests`, its title, its code.
struct Test {
    path: String,
    title: String,
    code: String,
}

/// Writes the files, or with `check` complains about those that would change.
pub(super) fn write(root: &Path, php: &Path, check: bool) -> Result<()> {
    let extension = suite::build(root)?;
    let output = Command::new(php)
        .arg("-n")
        .arg("-d")
        .arg(format!("extension={}", extension.display()))
        .arg(root.join("php/stubs/generate.php"))
        .arg(root.join("crates/php/src"))
        .output()
        .context("running PHP")?;
    ensure!(
        output.status.success(),
        "the stubs cannot be made: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let stubs = String::from_utf8(output.stdout)?;
    let functions: Vec<&str> = stubs
        .lines()
        .filter_map(|line| line.trim().strip_prefix("function "))
        .filter_map(|line| line.split('(').next())
        .collect();
    let mut tests = tests(&root.join("php/tests"))?;
    tests.extend(unit_tests(&root.join("crates/php/src"))?);
    let table = compatibility(&tests, &functions);
    for (path, text) in [
        ("php/stubs/win32service.php", &stubs),
        ("docs/php-compatibility.md", &table),
    ] {
        let path = root.join(path);
        let before = fs::read_to_string(&path).unwrap_or_default();
        if check {
            ensure!(
                before == *text,
                "{} is out of date; run cargo xtask php-docs",
                path.display()
            );
        } else if before != *text {
            fs::write(&path, text)?;
        }
    }
    Ok(())
}

fn tests(folder: &Path) -> Result<Vec<Test>> {
    let mut files = Vec::new();
    find(folder, "phpt", &mut files)?;
    files.sort();
    let test = |path: &PathBuf| {
        let text = fs::read_to_string(path)?;
        let relative = path.strip_prefix(folder)?.to_string_lossy().into_owned();
        let title = text.lines().nth(1).unwrap_or_default().to_owned();
        let code = text.split("--FILE--").nth(1).unwrap_or_default();
        Ok(Test {
            path: relative,
            title,
            code: code.to_owned(),
        })
    };
    files.iter().map(test).collect()
}

/// Unit tests whose names begin with a row: `b13_the_next_request_can_start_again`.
fn unit_tests(folder: &Path) -> Result<Vec<Test>> {
    let mut files = Vec::new();
    find(folder, "rs", &mut files)?;
    files.sort();
    let mut tests = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file)?;
        let names = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("fn ")?.strip_suffix("() {"));
        for name in names {
            let title = name.split('_').next().unwrap_or_default().to_uppercase();
            if id(&title).is_some() {
                tests.push(Test {
                    path: name.to_owned(),
                    title,
                    code: String::new(),
                });
            }
        }
    }
    Ok(tests)
}

fn find(folder: &Path, kind: &str, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, kind, files)?;
        } else if path.extension().is_some_and(|extension| extension == kind) {
            files.push(path);
        }
    }
    Ok(())
}

fn compatibility(tests: &[Test], functions: &[&str]) -> String {
    let mut text = String::from(
        "# Compatibility of the PHP extension\n\n\
         Written by `cargo xtask php-docs` from the tests in `php/tests` (run by `cargo xtask php`) and the unit\n\
         tests of the extension. A row without a test is not claimed.\n\n\
         What differs on Linux, the client library and the Symfony bundle among it, is in\n\
         [From the C extension](php.md#from-the-c-extension).\n\n## Functions\n\n| function | tests that call it |\n|---|---|\n",
    );
    for function in functions {
        let call = format!("{function}(");
        let names: Vec<&Test> = tests
            .iter()
            .filter(|test| test.code.contains(&call))
            .collect();
        row(&mut text, function, &names, 3);
    }
    let rows = by_id(tests);
    for (heading, letter, numbers) in [
        ("Cases of upstream's tests (T)", 'T', vec![T_ROWS]),
        (
            "Defects of upstream, with our behaviour (B)",
            'B',
            B_ROWS.to_vec(),
        ),
    ] {
        text += &format!("\n## {heading}\n\n| row | tests |\n|---|---|\n");
        for number in numbers.into_iter().flatten() {
            let names = rows.get(&(letter, number)).map_or(&[][..], Vec::as_slice);
            row(&mut text, &format!("{letter}{number}"), names, usize::MAX);
        }
    }
    text
}

fn row(text: &mut String, name: &str, tests: &[&Test], shown: usize) {
    let mut cells: Vec<String> = tests
        .iter()
        .take(shown)
        .map(|test| format!("`{}`", test.path))
        .collect();
    if tests.len() > shown {
        cells.push(format!("and {} more", tests.len() - shown));
    }
    let cells = if cells.is_empty() {
        "none".to_owned()
    } else {
        cells.join(", ")
    };
    *text += &format!("| {name} | {cells} |\n");
}

/// The tests whose titles name a row: `T5`, `B21`, `T18 to T21`.
fn by_id(tests: &[Test]) -> BTreeMap<(char, u32), Vec<&Test>> {
    let mut rows: BTreeMap<(char, u32), Vec<&Test>> = BTreeMap::new();
    for test in tests {
        let words: Vec<&str> = test
            .title
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        for (index, word) in words.iter().enumerate() {
            let Some((letter, number)) = id(word) else {
                continue;
            };
            let first = match index
                .checked_sub(2)
                .map(|before| (words[before], words[index - 1]))
            {
                Some((before, "to")) => id(before).map_or(number, |(_, first)| first + 1),
                _ => number,
            };
            for number in first..=number {
                rows.entry((letter, number)).or_default().push(test);
            }
        }
    }
    rows
}

fn id(word: &str) -> Option<(char, u32)> {
    let letter = word.chars().next().filter(|c| matches!(c, 'T' | 'B'))?;
    Some((letter, word[1..].parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_in_titles() {
        let test = |title: &str| Test {
            path: "a.phpt".into(),
            title: title.into(),
            code: String::new(),
        };
        let tests = [test("T18 to T20, B5: what"), test("nothing of Them")];
        let rows: Vec<_> = by_id(&tests).into_keys().collect();
        assert_eq!(rows, [('B', 5), ('T', 18), ('T', 19), ('T', 20)]);
    }
}
