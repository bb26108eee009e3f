//! Secrets in a difference: the new one, which the files name, and the old one in its place, of which only that place
//! is known.

/// Both texts without secrets. Where the new text has one, a word of the old text is shown only if the new text shows
/// it too, or has the same option with a value that is not secret (`--level=1` beside `--level=2`).
pub(super) fn hide(
    before: &str,
    after: &str,
    secrets: &[String],
    hidden: &str,
) -> (String, String) {
    let mut secrets: Vec<&String> = secrets.iter().filter(|secret| !secret.is_empty()).collect();
    // One may be part of another.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    let shown = secrets.into_iter().fold(after.to_owned(), |text, secret| {
        text.replace(secret.as_str(), hidden)
    });
    if shown == after {
        return (before.to_owned(), shown);
    }
    // The hidden text has blanks itself.
    let marked = shown.replace(hidden, MARK);
    let known: Vec<&str> = marked.split_whitespace().collect();
    let words = before.split_inclusive(char::is_whitespace).map(|word| {
        let text = word.trim_end();
        word.replacen(text, &old_word(text, &known, hidden), 1)
    });
    (words.collect(), shown)
}

/// Stands for a secret while words are told apart.
const MARK: &str = "\0";

fn old_word(word: &str, known: &[&str], hidden: &str) -> String {
    let Some((option, _)) = word.split_once('=') else {
        let is_shown = word.is_empty() || known.contains(&word);
        return if is_shown { word } else { hidden }.to_owned();
    };
    let mut same = known
        .iter()
        .filter(|known| known.split_once('=').is_some_and(|(key, _)| key == option))
        .peekable();
    let is_shown = same.peek().is_some() && same.all(|word| !word.contains(MARK));
    if is_shown {
        word.to_owned()
    } else {
        format!("{option}={hidden}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(before: &str, after: &str) -> (String, String) {
        hide(
            before,
            after,
            &["n3w".into(), "n3w key".into()],
            "(not shown)",
        )
    }

    #[test]
    fn the_old_secret_is_hidden_like_the_new_one() {
        for (before, after, shown_before, shown_after) in [
            (
                "/app --token=old --level=1",
                "/app --token=n3w --level=2",
                "/app --token=(not shown) --level=1",
                "/app --token=(not shown) --level=2",
            ),
            (
                "/app --token 0ld -v",
                "/app --token n3w -v",
                "/app --token (not shown) -v",
                "/app --token (not shown) -v",
            ),
            (
                "TOKEN=o l d\nMODE=a",
                "TOKEN=n3w key\nMODE=b",
                "TOKEN=(not shown) (not shown) (not shown)\nMODE=a",
                "TOKEN=(not shown)\nMODE=b",
            ),
            (
                "/app key",
                "/app n3w key",
                "/app (not shown)",
                "/app (not shown)",
            ),
            ("", "KEY=n3w", "", "KEY=(not shown)"),
            ("/app 1", "/app 2", "/app 1", "/app 2"),
        ] {
            let expected = (shown_before.to_owned(), shown_after.to_owned());
            assert_eq!(hidden(before, after), expected, "{before}");
        }
    }
}
