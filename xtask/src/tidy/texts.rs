//! Every sentence of the catalogue is said somewhere: `why::Running`, `error::NO_SERVICE`. (That none is
//! missing, in a language or with its parameters, the compiler and the catalogue's build script see.)

use crate::tree::File;

/// Messages that are looked up by a number, a key or their English; tests beside their tables look for each.
const FAMILIES: &[&str] = &["event-", "win32-", "help-"];

pub(super) fn check(files: &[File]) -> Vec<String> {
    let code: Vec<&str> = files
        .iter()
        .filter(|file| file.ends_with(".rs") && !file.path.starts_with("crates/texts/"))
        .map(|file| file.text.as_str())
        .collect();
    relance_texts::all()
        .filter(|words| !words.id().contains('.'))
        .filter(|words| !FAMILIES.iter().any(|family| words.id().starts_with(family)))
        .filter_map(|words| {
            let item = item(words.id(), words.parameters().next().is_some())?;
            let is_said = code.iter().any(|text| says(text, &item));
            (!is_said).then(|| {
                format!(
                    "{}: nothing says {item}; remove it from en and fr",
                    words.id()
                )
            })
        })
        .collect()
}

/// How code names a message: the file's module, and a constant or a struct.
fn item(id: &str, takes_parameters: bool) -> Option<String> {
    let (area, name) = id.split_once('-')?;
    let name = if takes_parameters {
        name.split('-').map(capital).collect()
    } else {
        name.replace('-', "_").to_uppercase()
    };
    Some(format!("{area}::{name}"))
}

fn capital(word: &str) -> String {
    let mut characters = word.chars();
    let first = characters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}

/// Whether the text has the item, and not only the beginning of another one.
fn says(text: &str, item: &str) -> bool {
    text.match_indices(item).any(|(at, _)| {
        let after = text[at + item.len()..].chars().next();
        !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_that_nothing_says_is_found() {
        let file = |text: &str| File {
            path: "crates/a/src/b.rs".to_owned(),
            text: text.to_owned(),
        };
        let missing = |text: &str| {
            let problems = check(&[file(text)]);
            problems
                .iter()
                .any(|problem| problem.starts_with("why-cause-auto:"))
        };
        assert!(missing("why::CAUSE_AUTOMATIC"));
        assert!(!missing("x(why::CAUSE_AUTO)"));
        assert_eq!(
            item("why-no-failure-flag", true).as_deref(),
            Some("why::NoFailureFlag")
        );
    }
}
