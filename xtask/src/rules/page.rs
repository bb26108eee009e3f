//! Writes the lines `Code` and `Tests` of a page.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::uses::Uses;

/// More places than this are counted, not named.
const NAMED_MAX: usize = 4;

/// The page with the lines that the task fills in, as the sources are now.
pub(super) fn fill(page: &str, uses: &BTreeMap<String, Uses>) -> String {
    let mut filled = String::new();
    let mut id = None;
    for line in page.lines() {
        if line.starts_with('#') {
            let heading = line.strip_prefix("### ");
            id = heading.and_then(|heading| heading.split(':').next());
        }
        if line.starts_with("- Code: ") || line.starts_with("- Tests: ") {
            continue;
        }
        // The facts end at the empty line behind them.
        let ends = line.is_empty()
            && filled
                .lines()
                .last()
                .is_some_and(|last| last.starts_with("- "));
        if let (true, Some(of)) = (ends, id.take_if(|_| ends)) {
            filled.push_str(&lines(uses.get(of)));
        }
        filled.push_str(line);
        filled.push('\n');
    }
    if let Some(of) = id {
        filled.push_str(&lines(uses.get(of)));
    }
    filled
}

fn lines(uses: Option<&Uses>) -> String {
    let mut lines = String::new();
    let Some(uses) = uses else { return lines };
    let code: Vec<String> = uses.code.iter().map(|path| link(path)).collect();
    let tests: Vec<String> = uses
        .tests
        .iter()
        .map(|(path, tests)| match tests.first() {
            None => link(path),
            Some(first) if tests.len() == 1 => format!("{} (`{first}`)", link(path)),
            Some(first) => format!("{} (`{first}` and {} more)", link(path), tests.len() - 1),
        })
        .collect();
    for (name, places) in [("Code", code), ("Tests", tests)] {
        if !places.is_empty() {
            let _ = writeln!(lines, "- {name}: {}", named(&places));
        }
    }
    lines
}

fn named(places: &[String]) -> String {
    let text = places[..places.len().min(NAMED_MAX)].join(", ");
    match places.len().checked_sub(NAMED_MAX) {
        Some(rest @ 1..) => format!("{text} and {rest} more"),
        _ => text,
    }
}

fn link(path: &str) -> String {
    let short = path.strip_prefix("crates/").unwrap_or(path);
    format!("[{short}](../../{path})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_written_once_at_the_end_of_the_facts() {
        let mut uses = BTreeMap::<String, Uses>::new();
        let use_of = uses.entry("R1".to_owned()).or_default();
        use_of.code.insert("crates/a/src/a.rs".to_owned());
        let tests = use_of
            .tests
            .entry("crates/a/tests/b.rs".to_owned())
            .or_default();
        tests.extend(["r1_x".to_owned(), "r1_y".to_owned()]);
        let page = "# P\n\n### R1: One\n\n- Kind: K\n\n### R2: Two\n\n- Kind: K\n";
        let filled = fill(page, &uses);
        assert_eq!(
            filled,
            "# P\n\n### R1: One\n\n- Kind: K\n- Code: [a/src/a.rs](../../crates/a/src/a.rs)\n\
             - Tests: [a/tests/b.rs](../../crates/a/tests/b.rs) (`r1_x` and 1 more)\n\n### R2: Two\n\n- Kind: K\n"
        );
        assert_eq!(fill(&filled, &uses), filled);
        assert_eq!(fill(&filled, &BTreeMap::new()), page);
    }
}
