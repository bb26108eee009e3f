//! The corpora hold, and nothing that belongs to a target is missing.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use relance_fuzz::TARGETS;
use relance_fuzz::replay::Replay;

fn names_in(folder: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            name.split('.').next().unwrap().to_owned()
        })
        .collect()
}

#[test]
fn every_target_has_its_file_its_binary_and_its_corpus() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|t| t.name.to_owned()).collect();
    assert_eq!(targets.len(), TARGETS.len(), "a name is used twice");
    assert_eq!(names_in("fuzz_targets"), targets);
    assert_eq!(names_in("corpus"), targets);
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"));
    let binaries = manifest.unwrap();
    for target in &targets {
        let line = format!("path = \"fuzz_targets/{target}.rs\"");
        assert!(binaries.contains(&line), "Cargo.toml: {line}");
        let file = format!("fuzz_targets/{target}.rs");
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&file)).unwrap();
        let call = format!("relance_fuzz::target!(\"{target}\");");
        assert!(text.contains(&call), "{file}: {call}");
    }
    for dictionary in names_in("dictionaries") {
        assert!(
            targets.contains(&dictionary),
            "a dictionary for nothing: {dictionary}"
        );
    }
}

#[test]
fn no_input_of_the_tree_nor_its_neighbourhood_breaks_a_promise() {
    let replay = Replay {
        runs: 200,
        seed: 1,
        more: Vec::new(),
    };
    let failures: Vec<String> = TARGETS
        .iter()
        .filter_map(|target| replay.play(target).err())
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
