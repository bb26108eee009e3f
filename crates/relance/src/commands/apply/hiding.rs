//! Hides secrets in a difference: the new secret, which the files mark, and the old one, of which only the place
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

/// The words that only the old text has, without those that may be a secret: files that no longer describe it do
/// not mark it as one. The value of a variable that goes is hidden, and elsewhere that of an option whose name
/// tells of a secret.
pub(super) fn dropped(key: &str, before: &str, after: &str, hidden: &str) -> String {
    if key == "environment" {
        return dropped_variables(before, after, hidden);
    }
    let known: Vec<&str> = after.split_whitespace().map(name_of).collect();
    let is_secret = |name: &str| tells_of_secret(name) && !known.contains(&name);
    let mut is_value = false;
    let words = before.split_inclusive(char::is_whitespace).map(|word| {
        let text = word.trim_end();
        let follows_secret = std::mem::replace(&mut is_value, false);
        match text.split_once('=') {
            Some((name, _)) if is_secret(name) => {
                word.replacen(text, &format!("{name}={hidden}"), 1)
            }
            None if follows_secret && !text.starts_with('-') => word.replacen(text, hidden, 1),
            None => {
                is_value = text.starts_with('-') && is_secret(text);
                word.to_owned()
            }
            Some(_) => word.to_owned(),
        }
    });
    words.collect()
}

fn dropped_variables(before: &str, after: &str, hidden: &str) -> String {
    let known: Vec<&str> = after.lines().map(name_of).collect();
    let lines = before.lines().map(|line| match name_of(line) {
        name if known.contains(&name) || name == line => line.to_owned(),
        name => format!("{name}={hidden}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What stands before the first `=`.
fn name_of(word: &str) -> &str {
    word.split_once('=').map_or(word, |(name, _)| name)
}

/// Parts of names of options and variables that hold secrets.
const OF_SECRETS: [&str; 8] = [
    "pass",
    "secret",
    "token",
    "key",
    "credential",
    "auth",
    "pwd",
    "dsn",
];

fn tells_of_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    OF_SECRETS.iter().any(|part| name.contains(part))
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
    fn a_secret_that_the_files_no_longer_name_is_hidden() {
        for (key, before, after, shown) in [
            (
                "environment",
                "TOKEN=0ld\nMODE=a",
                "MODE=b",
                "TOKEN=(h)\nMODE=a",
            ),
            ("environment", "GREETING=o l d", "", "GREETING=(h)"),
            (
                "command_line",
                "/app --token=0ld -v",
                "/app -v",
                "/app --token=(h) -v",
            ),
            (
                "command_line",
                "/app --db-password 0ld -v",
                "/app -v",
                "/app --db-password (h) -v",
            ),
            ("command_line", "/app --level=1", "/app", "/app --level=1"),
            (
                "command_line",
                "/app --keys a",
                "/app --keys b",
                "/app --keys a",
            ),
            ("description", "old", "new", "old"),
        ] {
            assert_eq!(dropped(key, before, after, "(h)"), shown, "{before}");
        }
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
