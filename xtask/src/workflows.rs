//! Checks of `.github/workflows` that need no runner: they call tasks that exist, and know the PHPs that
//! we pack for.

use std::fs;
use std::path::Path;

use crate::dist::PHPS;
use crate::windows::OF_LINUX;

fn workflow(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    fs::read_to_string(root.join(".github/workflows").join(name)).unwrap()
}

/// The list between the first of these words and the end of its line or quotes.
fn after<'a>(text: &'a str, words: &str) -> &'a str {
    let rest = text.split(words).nth(1).expect(words);
    rest.split('\'').next().unwrap_or_default()
}

#[test]
fn every_task_that_is_called_exists() {
    let mut called = 0;
    for name in ["ci.yml", "release.yml", "windows.yml"] {
        let text = workflow(name);
        for line in text.lines() {
            let Some((_, words)) = line.split_once("cargo xtask ") else {
                continue;
            };
            called += 1;
            let task = words.split_whitespace().next().unwrap();
            let listed = crate::HELP
                .lines()
                .filter_map(|line| line.strip_prefix("  "))
                .any(|line| line.split_whitespace().next() == Some(task));
            assert!(listed, "{name}: {line}");
        }
    }
    assert!(called > 3, "only {called} calls were found");
}

#[test]
fn a_release_waits_for_the_advisories() {
    let text = workflow("release.yml");
    let job = |name: &str| {
        let body = text.split(&format!("\n  {name}:\n")).nth(1).expect(name);
        body.split("\n\n").next().unwrap_or_default().to_owned()
    };
    assert!(job("advisories").contains("cargo xtask advisories"));
    let needs = job("publish");
    let needs = needs.lines().find(|line| line.contains("needs:")).unwrap();
    assert!(needs.contains("advisories"), "{needs}");
}

#[test]
fn windows_is_tried_with_every_php_that_we_pack_for() {
    let text = workflow("windows.yml");
    let known: Vec<String> = serde_json::from_str(after(&text, "known='")).unwrap();
    assert_eq!(known, PHPS);
}

#[test]
fn windows_leaves_out_the_tests_that_wine_leaves_out() {
    let text = workflow("windows.yml");
    let left_out: Vec<&str> = after(&text, "-Pattern '").split('|').collect();
    let expected: Vec<&str> = OF_LINUX.iter().map(|(word, _)| *word).collect();
    assert_eq!(sorted(left_out), sorted(expected));
}

fn sorted(mut words: Vec<&str>) -> Vec<&str> {
    words.sort_unstable();
    words
}
