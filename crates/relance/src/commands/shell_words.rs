//! Words of a command line that mean something to a shell, and nothing to the manager, which runs programs.

use std::path::Path;

use relance_scm::{ServiceConfig, command_line};
use relance_texts::{Message, Text, command};

use crate::plain::plain;

/// What chains programs, and sends their output elsewhere.
const OPERATORS: [&str; 15] = [
    "&&", "||", "|", "&", ";", ">", ">>", "<", "2>", "2>>", "&>", "2>&1", "1>&2", "|&", "<<<",
];

/// The first of them among the words behind the program.
pub(super) fn operator(line: &str) -> Option<String> {
    let words = command_line::split(line);
    let mut behind = words.into_iter().skip(1);
    behind.find(|word| OPERATORS.contains(&word.as_str()) || is_redirection(word))
}

/// `2>/dev/null`
fn is_redirection(word: &str) -> bool {
    let rest = word.trim_start_matches(['1', '2', '&']);
    let target = rest.trim_start_matches('>');
    target.len() < rest.len() && target.starts_with(['/', '&', '.'])
}

/// What is the matter with a program that is not one, but the beginning of a line for a shell.
pub(super) fn program(config: &ServiceConfig) -> Option<Text> {
    if cfg!(windows) {
        return None;
    }
    let words = command_line::split(&config.command_line);
    let (first, rest) = words.split_first()?;
    if is_there(first) {
        return None;
    }
    let (name, path) = (&config.service_name, plain(first));
    let is_quoted = rest.is_empty() && first.contains(' ');
    let variable = first.split_once('=').map(|(variable, _)| variable);
    Some(match first.as_str() {
        _ if variable.is_some_and(is_variable) => command::ShellVariable { name, path }.text(),
        _ if is_quoted => command::QuotedWhole { name, path }.text(),
        _ if first.starts_with('~') => command::ShellHome { name, path }.text(),
        "cd" => command::ShellFolder { name }.text(),
        "export" | "source" | "." | "exec" | "set" | "trap" | "ulimit" | "umask" | "alias"
        | "if" | "for" | "while" | "until" | "(" | "{" => {
            command::ShellBuiltin { name, path }.text()
        }
        "sudo" | "su" | "runuser" | "gosu" | "su-exec" => command::OtherUser { name, path }.text(),
        _ => return None,
    })
}

/// Whether it is a file, wherever the shell of the one who asks would find it.
fn is_there(program: &str) -> bool {
    if program.contains('/') {
        return Path::new(program).is_file();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn is_variable(text: &str) -> bool {
    let mut characters = text.chars();
    let begins = characters
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    begins && characters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(all(test, unix))]
mod tests {
    use relance_scm::ServiceName;

    use super::*;

    #[test]
    fn what_only_a_shell_reads_is_named() {
        let operator = |line| operator(line).unwrap_or_default();
        assert_eq!(operator("php a.php && php b.php"), "&&");
        assert_eq!(operator("php a.php 2>/dev/null"), "2>/dev/null");
        assert_eq!(operator("php a.php 2>&1"), "2>&1");
        assert_eq!(operator("php a.php &"), "&");
        for line in [
            "php -r 1>2;",
            "jq .a>b",
            "php a.php --max=>3",
            "grep -e >x",
            "a 12",
        ] {
            assert_eq!(operator(line), "", "{line}");
        }
    }

    #[test]
    fn a_program_that_is_none_is_told_with_what_was_meant() {
        let said = |line: &str| {
            let config = ServiceConfig::new(ServiceName::new("w").unwrap(), line);
            program(&config).map_or_else(String::new, |text| text.of(relance_texts::Lang::En))
        };
        for (line, part) in [
            ("\"php /srv/none.php\"", "-- php /srv/none.php"),
            ("FOO=bar php a.php", "--env FOO=bar"),
            ("~/bin/worker", "its absolute path"),
            ("cd /srv && php a.php", "--working-directory"),
            ("export A=1", "sh -c"),
            ("gosu www-data php a.php", "--account"),
        ] {
            assert!(said(line).contains(part), "{line}: {}", said(line));
        }
        for line in ["/bin/sh -c true", "sh", "/srv/none", "a-b=c"] {
            assert_eq!(said(line), "", "{line}");
        }
    }
}
