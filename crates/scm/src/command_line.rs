//! Command lines are one string, split by the rules of `CommandLineToArgvW` on every system (C8), so
//! that one string means one thing. No shell is involved.

/// Splits a command line into its words (C8).
///
/// The first word ends at its closing quote or first blank, and backslashes in it are literal. In
/// later words `2n` backslashes before a quote give `n` and the quote toggles quoting, `2n + 1` give
/// `n` and a literal quote, and a doubled quote inside quotes gives one quote.
#[must_use]
pub fn split(command_line: &str) -> Vec<String> {
    let mut rest = command_line.trim_start_matches(is_blank).chars().peekable();
    let mut words = Vec::new();
    if rest.peek().is_some() {
        words.push(first_word(&mut rest));
    }
    loop {
        while rest.next_if(|c| is_blank(*c)).is_some() {}
        if rest.peek().is_none() {
            return words;
        }
        words.push(later_word(&mut rest));
    }
}

type Characters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

fn first_word(rest: &mut Characters<'_>) -> String {
    if rest.next_if_eq(&'"').is_some() {
        let word = std::iter::from_fn(|| rest.next_if(|c| *c != '"')).collect();
        rest.next_if_eq(&'"');
        return word;
    }
    std::iter::from_fn(|| rest.next_if(|c| !is_blank(*c))).collect()
}

fn later_word(rest: &mut Characters<'_>) -> String {
    let mut word = String::new();
    let mut quoted = false;
    while let Some(c) = rest.next_if(|c| quoted || !is_blank(*c)) {
        match c {
            '\\' => {
                let mut backslashes = 1;
                while rest.next_if_eq(&'\\').is_some() {
                    backslashes += 1;
                }
                let before_quote = rest.peek() == Some(&'"');
                let kept = if before_quote {
                    backslashes / 2
                } else {
                    backslashes
                };
                word.extend(std::iter::repeat_n('\\', kept));
                if before_quote && backslashes % 2 == 1 {
                    rest.next();
                    word.push('"');
                }
            }
            '"' if quoted && rest.next_if_eq(&'"').is_some() => word.push('"'),
            '"' => quoted = !quoted,
            other => word.push(other),
        }
    }
    word
}

/// One string that [`split`] takes apart into these words again, quoted only where it must be.
///
/// The first word cannot have a quote at its beginning, nor one beside a blank (C8); such a quote is left out.
#[must_use]
pub fn join<S: AsRef<str>>(words: &[S]) -> String {
    let mut line = String::new();
    for (i, word) in words.iter().enumerate() {
        if i == 0 {
            push_first(&mut line, word.as_ref());
        } else {
            line.push(' ');
            push_later(&mut line, word.as_ref());
        }
    }
    line
}

fn push_first(line: &mut String, word: &str) {
    let plain = !word.is_empty() && !word.contains(is_blank) && !word.starts_with('"');
    if plain {
        line.push_str(word);
        return;
    }
    line.push('"');
    line.extend(word.chars().filter(|c| *c != '"'));
    line.push('"');
}

fn push_later(line: &mut String, word: &str) {
    if !word.is_empty() && !word.contains(|c| is_blank(c) || c == '"') {
        line.push_str(word);
        return;
    }
    line.push('"');
    let mut backslashes = 0;
    for c in word.chars() {
        match c {
            '\\' => backslashes += 1,
            '"' => {
                line.extend(std::iter::repeat_n('\\', backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        line.push(c);
    }
    line.extend(std::iter::repeat_n('\\', backslashes));
    line.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_quote_within_the_first_word_stays_there() {
        let words = [r#"/opt/a"b"#, "c"];
        assert_eq!(split(&join(&words)), words);
        assert_eq!(split(&join(&[r#"a "b"#])), ["a b"]);
        assert_eq!(split(&join(&[r#""a"#])), ["a"]);
    }

    #[test]
    fn c6_c8_the_documented_examples() {
        let rows: &[(&str, &[&str])] = &[
            ("", &[]),
            ("   ", &[]),
            ("prog", &["prog"]),
            ("  prog  a\tb ", &["prog", "a", "b"]),
            (
                r#""C:\a b\php.exe" "my script.php" run"#,
                &[r"C:\a b\php.exe", "my script.php", "run"],
            ),
            (r#"prog "abc" d e"#, &["prog", "abc", "d", "e"]),
            (r#"prog a\\b d"e f"g h"#, &["prog", r"a\\b", "de fg", "h"]),
            (r#"prog a\\\"b c d"#, &["prog", r#"a\"b"#, "c", "d"]),
            (r#"prog a\\\\"b c" d e"#, &["prog", r"a\\b c", "d", "e"]),
            (r#"prog a"b"" c d"#, &["prog", r#"ab" c d"#]),
            (r#"prog """#, &["prog", ""]),
            (r#"prog """"#, &["prog", "\""]),
            (r#"prog "" x"#, &["prog", "", "x"]),
            (r#"C:\dir\ "x\""#, &[r"C:\dir\", r#"x""#]),
            (r#""unclosed a"#, &["unclosed a"]),
        ];
        for (line, words) in rows {
            assert_eq!(split(line), *words, "{line}");
        }
    }

    #[test]
    fn c8_a_backslash_in_the_first_word_is_literal() {
        assert_eq!(split(r#""a\" b"#), [r"a\", "b"]);
    }

    #[test]
    fn an_8_kib_line_is_split() {
        let line = format!("prog {}", "x ".repeat(4096));
        assert_eq!(split(&line).len(), 4097);
    }

    proptest! {
        #[test]
        fn words_survive_join_and_split(
            first in r#"[^"\x00]{1,12}"#,
            later in prop::collection::vec(r#"[a\\" \t\n'é]{0,8}"#, 0..5),
        ) {
            let words: Vec<String> = std::iter::once(first).chain(later).collect();
            prop_assert_eq!(split(&join(&words)), words);
        }
    }
}
