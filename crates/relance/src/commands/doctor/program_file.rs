//! Whether the program of a service is there, from its command line (C6 to C9).

use relance_scm::command_line;

/// What is wrong with the program of a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) enum Wrong {
    /// There is no such file.
    Missing(String),
    /// C7: it is found only because Windows tries one blank after the other; a file planted at a
    /// shorter path would win.
    Unquoted(String),
}

/// Looks for the program; `exists` says whether a file is there. A program without a full path depends
/// on who starts it, and is not looked for.
pub(in crate::commands) fn check(line: &str, exists: impl Fn(&str) -> bool) -> Option<Wrong> {
    let program = command_line::split(line).into_iter().next()?;
    if !is_absolute(&program) || exists(&program) || exists(&with_suffix(&program)) {
        return None;
    }
    let unquoted = !line.trim_start().starts_with('"');
    let longer = line
        .match_indices(' ')
        .map(|(at, _)| &line[..at])
        .chain([line])
        .find(|prefix| exists(prefix) || exists(&with_suffix(prefix)));
    match longer {
        Some(found) if unquoted => Some(Wrong::Unquoted(found.to_owned())),
        _ => Some(Wrong::Missing(program)),
    }
}

fn is_absolute(program: &str) -> bool {
    if cfg!(windows) {
        let mut characters = program.chars();
        let drive = characters.next().is_some_and(|c| c.is_ascii_alphabetic());
        drive && characters.next() == Some(':')
    } else {
        program.starts_with('/')
    }
}

/// As the system completes it.
fn with_suffix(program: &str) -> String {
    format!("{program}{}", std::env::consts::EXE_SUFFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c7_a_program_is_there_or_missing_or_found_by_luck() {
        let root = if cfg!(windows) { r"C:\" } else { "/" };
        let place = |text: &str| format!("{root}{text}");
        let there = [place("a b"), place("c")];
        let exists = |path: &str| there.iter().any(|known| known == path);
        let wrong = |line: String| check(&line, exists);
        assert_eq!(wrong(place("c --option")), None);
        assert_eq!(wrong(format!("\"{}\" x", place("a b"))), None);
        assert_eq!(wrong("relative x".to_owned()), None);
        assert_eq!(wrong(place("d x")), Some(Wrong::Missing(place("d"))));
        assert_eq!(wrong(place("a b x")), Some(Wrong::Unquoted(place("a b"))));
    }
}
