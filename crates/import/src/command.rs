//! Command lines: taken apart as other managers do it, and given to a shell where they need one.

/// Splits text into words as a POSIX shell does, without replacing anything.
///
/// `None` for a quote that is not closed.
pub(crate) fn split(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match rest.next()? {
                        '\'' => break,
                        other => word.push(other),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match rest.next()? {
                        '"' => break,
                        '\\' => match rest.next()? {
                            c @ ('"' | '\\' | '$' | '`') => word.push(c),
                            other => word.extend(['\\', other]),
                        },
                        other => word.push(other),
                    }
                }
            }
            '\\' => match rest.next() {
                Some(c) => word.get_or_insert_default().push(c),
                None => word.get_or_insert_default().push('\\'),
            },
            c if c.is_whitespace() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
}

/// Whether a shell would do more with this text than split it into words.
pub(crate) fn needs_shell(text: &str) -> bool {
    let mut in_single = false;
    let mut in_double = false;
    let mut rest = text.chars();
    let mut at_word = true;
    while let Some(c) = rest.next() {
        match c {
            '\'' if !in_double => in_single = !in_single,
            '"' if !in_single => in_double = !in_double,
            '\\' if !in_single => {
                rest.next();
            }
            '$' | '`' if !in_single => return true,
            '|' | '&' | ';' | '<' | '>' | '(' | ')' | '*' | '?' | '[' | '{' | '\n'
                if !in_single && !in_double =>
            {
                return true;
            }
            '~' | '#' if at_word && !in_single && !in_double => return true,
            _ => {}
        }
        at_word = c.is_whitespace();
    }
    in_single || in_double
}

/// The words of a command that people wrote for a shell: as they are if no shell is needed, else a
/// shell that reads it.
pub(crate) fn of_shell(text: &str) -> Vec<String> {
    match split(text) {
        Some(words) if !is_for_shell(text) => words,
        _ => shell(text),
    }
}

/// Whether [`of_shell`] gives it to a shell.
pub(crate) fn is_for_shell(text: &str) -> bool {
    needs_shell(text) || split(text).is_none()
}

/// A shell that runs this.
pub(crate) fn shell(script: &str) -> Vec<String> {
    ["/bin/sh", "-c", script].map(str::to_owned).to_vec()
}

/// A word as a shell reads it.
pub(crate) fn sh_quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The command line of a program whose arguments Windows keeps as one text.
pub(crate) fn of_program(program: &str, arguments: &str) -> String {
    let program = program.trim_matches('"').to_owned();
    let line = relance_scm::command_line::join(&[program]);
    format!("{line} {arguments}").trim().to_owned()
}

/// Assignments at the beginning of a command, and the rest: `PORT=3000 bundle exec puma`.
pub(crate) fn leading_assignments(text: &str) -> (Vec<String>, &str) {
    let mut rest = text.trim_start();
    let mut found = Vec::new();
    loop {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let word = &rest[..end];
        let Some((name, value)) = word.split_once('=') else {
            break;
        };
        let is_plain =
            is_variable(name) && !needs_shell(value) && !value.contains(['\'', '"', '\\']);
        if !is_plain {
            break;
        }
        found.push(word.to_owned());
        rest = rest[end..].trim_start();
    }
    // `A=1 && run` sets a variable of the shell, and runs nothing with it.
    if rest.starts_with(['&', '|', ';']) {
        return (Vec::new(), text.trim_start());
    }
    (found, rest)
}

/// Whether this can be the name of a variable.
pub(crate) fn is_variable(name: &str) -> bool {
    let begins = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.chars().next().is_some_and(begins) && name.chars().all(|c| begins(c) || c.is_ascii_digit())
}

/// `%i` as text that an instance keeps as it is.
pub(crate) fn escape_instance(text: &str) -> String {
    text.replace("%i", "%%i")
}

/// Whether a program is named as on Windows.
pub(crate) fn is_of_windows(path: &str) -> bool {
    let bytes = path.as_bytes();
    let has_drive = bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':';
    has_drive || path.contains('\\') || path.to_ascii_lowercase().ends_with(".exe")
}

/// Whether Windows takes this as a whole path: `C:\x`, `\\host\x`.
pub(crate) fn is_whole_on_windows(path: &str) -> bool {
    let is_slash = |byte: u8| matches!(byte, b'/' | b'\\');
    match path.as_bytes() {
        [drive, b':', slash, ..] => drive.is_ascii_alphabetic() && is_slash(*slash),
        [first, second, _, ..] => is_slash(*first) && is_slash(*second),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_a_shell() {
        let words = |text| split(text).expect("closed quotes");
        assert_eq!(words(r#"a 'b c' "d\"e" f\ g"#), ["a", "b c", "d\"e", "f g"]);
        assert_eq!(words(r#"bash -c "while :; do x; done""#).len(), 3);
        assert_eq!(split("a 'b"), None);
    }

    #[test]
    fn a_shell_is_used_where_it_is_needed() {
        assert_eq!(
            of_shell("php artisan queue:work"),
            ["php", "artisan", "queue:work"]
        );
        assert_eq!(of_shell("a > b"), ["/bin/sh", "-c", "a > b"]);
        assert_eq!(of_shell("a '$b'"), ["a", "$b"]);
        assert!(needs_shell("a \"$b\"") && !needs_shell("a 'x;y'"));
        assert_eq!(sh_quoted("b c'd"), r"'b c'\''d'");
    }

    #[test]
    fn whole_paths_of_windows_have_a_drive_or_a_host() {
        for whole in [r"C:\x", "c:/x", r"\\host\share", "//host/share"] {
            assert!(is_whole_on_windows(whole), "{whole}");
        }
        for other in ["", "x", "/srv", r"\x", "C:", "C:x", "1:/x", r"\\"] {
            assert!(!is_whole_on_windows(other), "{other}");
        }
    }

    #[test]
    fn assignments_in_front_are_variables() {
        let (variables, rest) = leading_assignments("PORT=3000 A=b bundle exec puma -e x=y");
        assert_eq!(variables, ["PORT=3000", "A=b"]);
        assert_eq!(rest, "bundle exec puma -e x=y");
        assert_eq!(leading_assignments("A=$B x").0.len(), 0);
    }
}
