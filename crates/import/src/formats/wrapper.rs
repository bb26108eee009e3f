//! A shell around a program, for what a command line of Relance does not do: values of variables, and
//! commands before the program.

use crate::command::{sh_quoted, shell, split};

/// Begins and ends the name of a variable inside a text.
const BEGIN: char = '\u{1}';
const BARE: char = '\u{3}';
const END: char = '\u{2}';

/// A reference to a variable, inside a text that is still to be taken apart.
pub(super) fn reference(name: &str) -> String {
    format!("{BEGIN}{name}{END}")
}

/// A reference outside quotes, whose value is taken apart into words.
pub(super) fn bare_reference(name: &str) -> String {
    format!("{BARE}{name}{END}")
}

/// Whether a text has references.
pub(super) fn has_references(text: &str) -> bool {
    text.contains([BEGIN, BARE])
}

/// Takes a command apart; references outside quotes become bare ones. `None` for quotes that are not closed.
pub(super) fn words(command: &str) -> Option<Vec<String>> {
    let mut marked = String::new();
    let mut quote = None;
    for c in command.chars() {
        match quote {
            None if matches!(c, '"' | '\'') => quote = Some(c),
            Some(open) if open == c => quote = None,
            _ => {}
        }
        marked.push(if c == BEGIN && quote.is_none() {
            BARE
        } else {
            c
        });
    }
    split(&marked)
}

/// A word for the shell: literal parts quoted, references as variables.
pub(super) fn for_shell(word: &str) -> String {
    let mut text = String::new();
    let mut rest = word;
    while let Some(at) = rest.find([BEGIN, BARE]) {
        if at > 0 {
            text.push_str(&sh_quoted(&rest[..at]));
        }
        let is_bare = rest[at..].starts_with(BARE);
        let inside = &rest[at + 1..];
        let end = inside.find(END).unwrap_or(inside.len());
        let name = &inside[..end];
        text.push_str(&if is_bare {
            format!("${{{name}}}")
        } else {
            format!("\"${{{name}}}\"")
        });
        rest = inside.get(end + 1..).unwrap_or_default();
    }
    if !rest.is_empty() || word.is_empty() {
        text.push_str(&sh_quoted(rest));
    }
    text
}

/// The program with what comes before it, in a shell that becomes the program; the words as they are
/// if nothing needs a shell.
pub(super) fn wrapped(before: &[String], words: &[String]) -> Vec<String> {
    if before.is_empty() && !words.iter().any(|word| has_references(word)) {
        return words.to_vec();
    }
    let command: Vec<String> = words.iter().map(|word| for_shell(word)).collect();
    let has_bare = words.iter().any(|word| word.contains(BARE));
    // Values are taken apart, but names of files in them are not looked for.
    let start = if has_bare { "set -f; " } else { "" };
    let mut script = start.to_owned();
    for command in before {
        script.push_str(command);
        script.push_str("; ");
    }
    script.push_str("exec ");
    script.push_str(&command.join(" "));
    shell(&script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_become_variables_of_a_shell() {
        let command = format!("run {} --x=\"{}\" 'a b'", reference("A"), reference("B"));
        let words = words(&command).expect("closed quotes");
        assert_eq!(
            wrapped(&[], &words)[2],
            "set -f; exec run ${A} --x=\"${B}\" 'a b'"
        );
        assert_eq!(
            wrapped(&["export A=1".into()], &["run".into()])[2],
            "export A=1; exec run"
        );
        assert_eq!(wrapped(&[], &["run".into()]), ["run"]);
    }
}
