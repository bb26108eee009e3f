//! Command lines of systemd: prefixes, quotes, escapes, `$NAME` and `${NAME}`.

use crate::formats::wrapper::{bare_reference, reference};

/// A command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Exec {
    /// `-`: its failure does not count.
    pub(super) may_fail: bool,
    /// `+`, `!` or `!!`: with the rights of the manager.
    pub(super) is_privileged: bool,
    /// `@`: the second word is the name it is called by.
    pub(super) has_name: bool,
    /// Its words, with references to variables.
    pub(super) words: Vec<String>,
}

/// Reads a command; specifiers have been filled in. Several, separated by `;`, come one after the other.
pub(super) fn parse(text: &str) -> Vec<Exec> {
    let mut commands = Vec::new();
    let mut exec = Exec::default();
    let mut rest = text.trim_start();
    loop {
        match rest.chars().next() {
            Some('-') => exec.may_fail = true,
            Some('+' | '!') => exec.is_privileged = true,
            Some('@') => exec.has_name = true,
            Some(':' | '|') => {}
            _ => break,
        }
        rest = &rest[1..];
    }
    for (word, is_quoted) in words(rest) {
        if word == ";" && !is_quoted {
            commands.push(std::mem::take(&mut exec));
            continue;
        }
        exec.words.push(references(&word));
    }
    commands.push(exec);
    for exec in &mut commands {
        if exec.has_name && exec.words.len() > 1 {
            exec.words.remove(1);
        }
    }
    commands.retain(|exec| !exec.words.is_empty());
    commands
}

/// The words of a text, and whether each was quoted.
pub(super) fn words(text: &str) -> Vec<(String, bool)> {
    let mut words = Vec::new();
    let mut word: Option<(String, bool)> = None;
    let mut quote = None;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c == '\\' {
            let (word, is_quoted) = word.get_or_insert_default();
            *is_quoted = true;
            escape(&mut rest, word);
            continue;
        }
        match quote {
            Some(open) if open == c => quote = None,
            Some(_) => word.get_or_insert_default().0.push(c),
            None if matches!(c, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default().1 = true;
            }
            None if c.is_whitespace() => words.extend(word.take()),
            None => word.get_or_insert_default().0.push(c),
        }
    }
    words.extend(word);
    words
}

fn escape(rest: &mut std::str::Chars<'_>, word: &mut String) {
    let before = rest.clone();
    let number = |rest: &mut std::str::Chars<'_>, digits: usize, base: u32| {
        let text: String = rest.by_ref().take(digits).collect();
        u32::from_str_radix(&text, base)
            .ok()
            .and_then(char::from_u32)
    };
    let c = match rest.next() {
        Some('n') => Some('\n'),
        Some('t') => Some('\t'),
        Some('r') => Some('\r'),
        Some('s') => Some(' '),
        Some('x') => number(rest, 2, 16),
        Some('u') => number(rest, 4, 16),
        Some('U') => number(rest, 8, 16),
        Some(c @ '0'..='7') => {
            let two: String = rest.by_ref().take(2).collect();
            u32::from_str_radix(&format!("{c}{two}"), 8)
                .ok()
                .and_then(char::from_u32)
        }
        Some(c) => Some(c),
        None => Some('\\'),
    };
    match c {
        Some('\0') | None => {
            *rest = before;
            word.push('\\');
        }
        Some(c) => word.push(c),
    }
}

/// `$NAME` alone is several words, `${NAME}` is part of one, `$$` is a dollar.
fn references(word: &str) -> String {
    let is_name = |text: &str| crate::command::is_variable(text);
    if let Some(name) = word.strip_prefix('$')
        && is_name(name)
    {
        return bare_reference(name);
    }
    let mut text = String::new();
    let mut rest = word;
    while let Some(at) = rest.find('$') {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix('$') {
            text.push('$');
            rest = behind;
            continue;
        }
        let named = rest
            .strip_prefix('{')
            .and_then(|inside| inside.split_once('}'));
        match named {
            Some((name, behind)) if is_name(name) => {
                text.push_str(&reference(name));
                rest = behind;
            }
            _ => text.push('$'),
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::wrapper::wrapped;

    #[test]
    fn commands_have_prefixes_words_and_variables() {
        let exec = &parse(r#"-!/bin/x "a b" c\x20d '$$HOME' $OPTS --k=${KEY}"#)[0];
        assert!(exec.may_fail && exec.is_privileged);
        assert_eq!(
            wrapped(&[], &exec.words)[2],
            "set -f; exec /bin/x 'a b' 'c d' '$HOME' ${OPTS} --k=\"${KEY}\""
        );
        assert_eq!(parse("/a ; /b \\; x").len(), 2);
        assert_eq!(parse("@/a name b")[0].words, ["/a", "b"]);
        assert_eq!(
            parse("/bin/sh -c \"if [ -z \\\"x\\\" ]\"")[0].words[2],
            "if [ -z \"x\" ]"
        );
    }
}
