//! Turns of phrase that readers of English as a second language have to read twice: in comments, in the
//! guides, rules and decisions, and in the English of the catalogue.

use crate::tree::File;

/// What is found, and what to write instead.
const PHRASES: [(&str, &str); 10] = [
    (
        "whoever",
        "name the one who is meant: the caller, a process",
    ),
    ("makes no sense", "say what is wrong"),
    ("anew", "again"),
    ("has coped with", "survived"),
    ("the process that tells", "the notifier"),
    ("for want of memory", "because memory ran out"),
    ("as good as none", "counts as unset, or as missing"),
    ("slip of the keyboard", "typing mistake"),
    ("needs a person", "needs attention"),
    ("so is the daemon", "name what is the same"),
];

pub(super) fn check(files: &[File]) -> Vec<String> {
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| is_prose(&file.path)) {
        for (number, line) in file.lines() {
            let prose = match line.split_once("//") {
                Some((_, comment)) if file.ends_with(".rs") => comment,
                None if file.ends_with(".rs") => continue,
                _ => line,
            };
            let prose = prose.to_lowercase();
            let found = PHRASES.iter().find(|(phrase, _)| has_words(&prose, phrase));
            if let Some((phrase, instead)) = found {
                problems.push(format!("{}:{number}: \"{phrase}\"; {instead}", file.path));
            }
            if cites_section(&prose) {
                let instead = "name the rule, as strangers have docs/rules only";
                problems.push(format!(
                    "{}:{number}: a numbered section; {instead}",
                    file.path
                ));
            }
            if let Some(what) = is_no(&prose) {
                problems.push(format!(
                    "{}:{number}: \"is no {what}\"; write \"is not a {what}\"",
                    file.path
                ));
            }
        }
    }
    problems
}

/// The catalogue in French is another language, and this file names what it looks for.
fn is_prose(path: &str) -> bool {
    let kind = std::path::Path::new(path).extension();
    let is_kind = kind.is_some_and(|kind| kind == "rs" || kind == "md" || kind == "ftl");
    is_kind && !path.contains("/fr/") && !path.ends_with("prose.rs")
}

fn has_words(prose: &str, phrase: &str) -> bool {
    prose.match_indices(phrase).any(|(at, _)| {
        let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !is_part(prose[..at].chars().next_back())
            && !is_part(prose[at + phrase.len()..].chars().next())
    })
}

/// Whether a section is cited by its number, of a text that is not in the tree. Those of Microsoft are published.
fn cites_section(prose: &str) -> bool {
    let mut sections = prose.match_indices("section ");
    !prose.contains("ms-scmr")
        && sections
            .any(|(at, word)| prose[at + word.len()..].starts_with(|c: char| c.is_ascii_digit()))
}

/// The word after `is no`, where it does not follow `there` and is not an adverb.
fn is_no(prose: &str) -> Option<String> {
    const ADVERBS: [&str; 4] = ["longer", "more", "less", "reason"];
    let words: Vec<&str> = prose.split_whitespace().collect();
    words.windows(4).find_map(|words| {
        let &[before, is, no, what] = words else {
            return None;
        };
        let is_found = ["is", "are", "was", "were"].contains(&is) && no == "no";
        let is_name = what.starts_with(char::is_alphabetic);
        (is_found && is_name && before != "there" && !ADVERBS.contains(&what))
            .then(|| what.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_in_prose_only() {
        let of = |path: &str, text: &str| {
            let file = File {
                path: path.to_owned(),
                text: text.to_owned(),
            };
            check(&[file]).len()
        };
        assert_eq!(of("a.rs", "/// A link is no file."), 1);
        assert_eq!(
            of("a.rs", "// there is no file, and it is no longer read"),
            0
        );
        assert_eq!(of("a.rs", "let whoever = 1;"), 0);
        assert_eq!(of("a.md", "Whoever reads this"), 1);
        assert_eq!(of("a.rs", "// 1053 (section 2.2)"), 1);
        assert_eq!(
            of(
                "a.md",
                "[MS-SCMR, section 3.1.1](<https://a>), a section of 2"
            ),
            0
        );
    }
}
