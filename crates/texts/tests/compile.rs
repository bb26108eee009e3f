//! What the build refuses: a sentence that one language lacks, or that takes other parameters there.

#[path = "../build/catalogue.rs"]
mod catalogue;
#[path = "../build/pattern.rs"]
mod pattern;
#[path = "../build/typography.rs"]
mod typography;
#[path = "../build/write.rs"]
mod write;

use std::fs;
use std::path::PathBuf;

use catalogue::Catalogue;

/// A catalogue of one file in a folder of the test's own.
fn read(test: &str, english: &str, french: &str) -> (Catalogue, Vec<String>) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
    for (language, text) in [("en", english), ("fr", french)] {
        let folder = folder.join(language);
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("a.ftl"), text).expect("a file");
    }
    Catalogue::read(&folder).expect("it can be read")
}

fn problem(test: &str, english: &str, french: &str) -> String {
    let (_, problems) = read(test, english, french);
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems.concat()
}

#[test]
fn both_languages_have_the_same_sentences() {
    assert_eq!(
        problem("french", "a-b = B\na-c = C", "a-b = B"),
        "fr/a.ftl lacks a-c; translate it from en/a.ftl"
    );
    assert_eq!(
        problem("english", "a-b = B", "a-b = B\na-c = C"),
        "en/a.ftl lacks a-c, which fr/a.ftl has; remove it there"
    );
    assert!(problem("attribute", "a-b = B\n    .c = C", "a-b = B").contains("lacks a-b.c"));
}

#[test]
fn both_languages_take_the_same_parameters() {
    let problem = problem("parameters", "a-b = { $x } and { $y }", "a-b = { $x }");
    assert!(problem.starts_with("a-b takes "), "{problem}");
}

#[test]
fn what_cannot_be_used_is_named() {
    assert!(problem("twice", "a-b = B\na-b = C", "a-b = B").contains("stands there twice"));
    let (_, problems) = read("elsewhere", "b = C", "b = C");
    assert!(problems[0].contains("must begin with a-"), "{problems:?}");
    let (_, problems) = read("call", "a-b = { CASE($x) }", "a-b = { CASE($x) }");
    assert!(problems[0].contains("en/a.ftl: a-b: only"), "{problems:?}");
}

#[test]
fn constants_and_structs_name_the_messages() {
    let english = "a-b-c = B\na-d = { $two } { $one }\na-1 = x\na-e = E\n    .f = F";
    let (catalogue, problems) = read("items", english, english);
    assert_eq!(problems, [""; 0]);
    let files = write::files(&catalogue);
    let (_, items) = files
        .iter()
        .find(|(name, _)| *name == "messages.rs")
        .expect("it is written");
    for part in [
        "pub const B_C: crate::Words",
        "pub struct D<P0, P1>",
        "pub one: P0",
        "pub const E:",
    ] {
        assert!(items.contains(part), "{part}: {items}");
    }
    assert!(
        !items.contains("const 1") && !items.contains("pub const F"),
        "{items}"
    );
}

#[test]
fn french_spaces_do_not_break() {
    assert_eq!(
        typography::french("« a » : b ; c ? d ! 5 % e: f"),
        "«\u{A0}a\u{A0}»\u{A0}: b\u{202F}; c\u{202F}? d\u{202F}! 5\u{202F}% e: f"
    );
}
