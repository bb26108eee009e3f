//! References to variables that stay as they are (X32): people who know `.env` files, Compose or Windows
//! expect something else, so they are told. So are those who write what only a shell reads.

use relance_scm::command_line;
use relance_texts::command;

use super::shell_words;
use crate::lang::say;
use crate::plain::plain;

/// Says of a command line, and of variables `NAME=value`, what will stay as it is written.
pub(crate) fn note(command: Option<&str>, variables: &[String]) {
    for text in literal(command, variables) {
        let text = plain(&text);
        eprintln!("{}", say(command::Note { text }));
    }
}

fn literal(command: Option<&str>, variables: &[String]) -> Vec<String> {
    let in_command = command
        .filter(|line| !cfg!(windows) && !is_for_shell(line))
        .and_then(reference)
        .map(|reference| say(command::ReferenceCommand { reference }));
    let operator = command
        .filter(|line| !cfg!(windows) && !is_for_shell(line))
        .and_then(shell_words::operator)
        .map(|word| say(command::ShellOperator { word }));
    let in_variables = variables.iter().filter_map(|variable| {
        let (name, value) = variable.split_once('=')?;
        Some(say(command::ReferenceVariable {
            place: name,
            reference: reference(value)?,
        }))
    });
    let of_command = in_command.into_iter().chain(operator);
    of_command.chain(in_variables).collect()
}

/// A shell replaces variables itself.
fn is_for_shell(line: &str) -> bool {
    let words = command_line::split(line);
    let is_shell = |word: &String| {
        let name = word.rsplit('/').next().unwrap_or_default();
        matches!(name, "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh")
    };
    words.iter().take(3).any(is_shell)
}

/// The first `${NAME}` or `%NAME%` in a text.
fn reference(text: &str) -> Option<&str> {
    let braces = between(text, "${", "}");
    braces.or_else(|| between(text, "%", "%").filter(|found| found.len() > "%Y%".len()))
}

fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let mut from = 0;
    while let Some(at) = text[from..].find(open).map(|at| from + at) {
        let name = at + open.len();
        let end = text[name..].find(close)? + name;
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let begins = |c: char| c.is_ascii_alphabetic() || c == '_';
        if text[name..end].starts_with(begins) && text[name..end].chars().all(is_name) {
            return Some(&text[at..end + close.len()]);
        }
        from = name;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x32_references_that_stay_are_named() {
        for (text, found) in [
            ("${DB_HOST}", Some("${DB_HOST}")),
            ("%d/%m/%y", None),
            ("a %APP% b", Some("%APP%")),
            ("100% of 50%", None),
            ("date +%Y%m%d", None),
            ("${1} $HOME", None),
            ("%2B%2F", None),
            ("é${ %A B% %CC%", Some("%CC%")),
            ("%", None),
        ] {
            assert_eq!(reference(text), found, "{text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn x32_a_shell_replaces_its_own() {
        let of = |line: &str| literal(Some(line), &[]).len();
        assert_eq!(of("/bin/sh -c \"echo ${A}\""), 0);
        assert_eq!(of("/usr/bin/env bash -c \"echo ${A}\""), 0);
        assert_eq!(of("/usr/bin/php %APP%/worker.php"), 1);
        let notes = literal(None, &["A=${A}".to_owned(), "B=1".to_owned()]);
        assert!(
            notes[0].contains("--pass-env") && notes.len() == 1,
            "{notes:?}"
        );
    }
}
