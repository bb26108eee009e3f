//! Environment files: `NAME=value` lines as `.env` files of PHP frameworks and `docker run --env-file`
//! have them (X10).
//!
//! - A byte order mark, empty lines and lines that begin with `#` are passed over; `export ` before a name is taken.
//! - A value without quotes ends at the end of the line, or before ` #`; blanks around it do not count.
//! - In single quotes every character stands for itself.
//! - In double quotes, which may span lines, `\n`, `\t`, `\"`, `\\` and `\$` are escapes.
//! - `${NAME}` outside single quotes becomes the value that `NAME` has before this file, or from a line
//!   above; one that is not set is empty. `$NAME` and `%NAME%` stay as they are.

use std::io::ErrorKind;
use std::path::Path;

use relance_texts::{Value, Words, start};

use crate::config::EnvironmentVariable;
use crate::system::{self, regular};
use crate::{ScmError, Win32Error};

/// Longest environment file, in bytes. More would not fit into an environment anyway.
const FILE_LEN_MAX: u64 = 1024 * 1024;

/// Reads a file of the setting `environment_files`: a path, with `-` before it if the file may be missing. `known` gives
/// the variables that are set already.
///
/// A regular file is never waited for, so a pipe or a terminal in its place is refused.
///
/// # Errors
/// When it cannot be read, with the line if there is one to mend.
pub fn read(
    file: &str,
    known: impl Fn(&str) -> Option<String>,
) -> Result<Vec<EnvironmentVariable>, ScmError> {
    let (path, optional) = match file.strip_prefix('-') {
        Some(path) => (path, true),
        None => (file, false),
    };
    let text = match regular::read_text(Path::new(path), FILE_LEN_MAX) {
        Err(error) if optional && error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(path, &error)),
        Ok(text) => text,
    };
    parse(&text, known).map_err(|mistake| {
        let (line, mistake) = (mistake.line, mistake.what);
        let sentence = start::FileLine {
            path,
            line,
            mistake,
        };
        ScmError::new(Win32Error::INVALID_DATA, sentence)
    })
}

fn unreadable(path: &str, why: &std::io::Error) -> ScmError {
    let reason = Value::from(system::reason(why));
    match why.kind() {
        ErrorKind::NotFound => {
            let error = reason;
            ScmError::new(Win32Error::FILE_NOT_FOUND, start::File { path, error })
        }
        ErrorKind::PermissionDenied => {
            let sentence = start::FileUnreadable { path, reason };
            ScmError::new(Win32Error::ACCESS_DENIED, sentence)
        }
        _ => {
            let sentence = start::FileUnreadable { path, reason };
            ScmError::new(Win32Error::INVALID_DATA, sentence)
        }
    }
}

/// A line that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong, and what is expected.
    pub what: Words,
}

/// Reads an environment file. `known` gives the variables that are set already.
///
/// # Errors
/// The first line that cannot be read.
pub fn parse(
    text: &str,
    known: impl Fn(&str) -> Option<String>,
) -> Result<Vec<EnvironmentVariable>, Mistake> {
    let mut variables: Vec<EnvironmentVariable> = Vec::new();
    // Editors of Windows put a byte order mark there.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader { text, at: 0 };
    while let Some((line, name)) = reader.name()? {
        let value = reader.value(|wanted| {
            let above = variables.iter().rev().find(|known| known.name() == wanted);
            above.map_or_else(|| known(wanted), |known| Some(known.value().to_owned()))
        })?;
        let variable = EnvironmentVariable::new(&name, &value).map_err(|_| Mistake {
            line,
            what: start::MISTAKE_VARIABLE,
        })?;
        variables.push(variable);
    }
    Ok(variables)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn line(&self) -> usize {
        self.text[..self.at].matches('\n').count() + 1
    }

    fn mistake(&self, what: Words) -> Mistake {
        Mistake {
            line: self.line(),
            what,
        }
    }

    /// The next name with its line; `None` at the end.
    fn name(&mut self) -> Result<Option<(usize, String)>, Mistake> {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start().len();
            self.at += blank;
            if !self.rest().starts_with('#') {
                break;
            }
            self.at += self.rest().find('\n').unwrap_or(self.rest().len());
        }
        if self.rest().is_empty() {
            return Ok(None);
        }
        let line = self.rest().lines().next().unwrap_or_default();
        let Some((name, _)) = line.split_once('=') else {
            return Err(self.mistake(start::MISTAKE_NO_EQUALS));
        };
        let length = name.len() + 1;
        let name = name.strip_prefix("export ").unwrap_or(name).trim();
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
        if name.is_empty() || !name.chars().all(is_name) {
            return Err(self.mistake(start::MISTAKE_NAME));
        }
        let found = (self.line(), name.to_owned());
        self.at += length;
        Ok(Some(found))
    }

    /// The value after `=`, to the end of its line.
    fn value(&mut self, lookup: impl Fn(&str) -> Option<String>) -> Result<String, Mistake> {
        let blank = self.rest().len() - self.rest().trim_start_matches([' ', '\t']).len();
        self.at += blank;
        match self.rest().chars().next() {
            Some('\'') => {
                let value = self.single_quoted()?;
                self.end_of_line()?;
                Ok(value)
            }
            Some('"') => {
                let value = self.double_quoted(lookup)?;
                self.end_of_line()?;
                Ok(value)
            }
            _ => Ok(self.plain(lookup)),
        }
    }

    fn plain(&mut self, lookup: impl Fn(&str) -> Option<String>) -> String {
        let line = self.rest().split('\n').next().unwrap_or_default();
        let length = line.len();
        let value = match line
            .find(" #")
            .or_else(|| line.starts_with('#').then_some(0))
        {
            Some(comment) => &line[..comment],
            None => line,
        };
        let value = expand(value.trim(), lookup);
        self.at += length;
        value
    }

    fn single_quoted(&mut self) -> Result<String, Mistake> {
        let Some(length) = self.rest()[1..].find('\'') else {
            return Err(self.mistake(start::MISTAKE_SINGLE_QUOTE));
        };
        let value = self.rest()[1..=length].to_owned();
        self.at += length + 2;
        Ok(value)
    }

    fn double_quoted(
        &mut self,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<String, Mistake> {
        let rest = &self.rest()[1..];
        let mut value = String::new();
        let mut characters = rest.char_indices();
        while let Some((at, c)) = characters.next() {
            match c {
                '"' => {
                    self.at += at + 2;
                    return Ok(value);
                }
                '\\' => match characters.next() {
                    Some((_, 'n')) => value.push('\n'),
                    Some((_, 't')) => value.push('\t'),
                    Some((_, c @ ('"' | '\\' | '$'))) => value.push(c),
                    Some((_, other)) => value.extend(['\\', other]),
                    None => {}
                },
                '$' => match variable(&rest[at..]) {
                    Some((name, length)) => {
                        value.push_str(&lookup(name).unwrap_or_default());
                        // `length` characters of ASCII or a name: leave them behind.
                        while characters
                            .clone()
                            .next()
                            .is_some_and(|(next, _)| next < at + length)
                        {
                            characters.next();
                        }
                    }
                    None => value.push('$'),
                },
                c => value.push(c),
            }
        }
        Err(self.mistake(start::MISTAKE_DOUBLE_QUOTE))
    }

    /// Behind a quoted value only a comment may follow.
    fn end_of_line(&mut self) -> Result<(), Mistake> {
        let line = self.rest().split('\n').next().unwrap_or_default();
        let (length, after) = (line.len(), line.trim());
        if !after.is_empty() && !after.starts_with('#') {
            return Err(self.mistake(start::MISTAKE_AFTER_QUOTE));
        }
        self.at += length;
        Ok(())
    }
}

/// Replaces each `${NAME}`.
fn expand(text: &str, lookup: impl Fn(&str) -> Option<String>) -> String {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        expanded.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = match variable(rest) {
            Some((name, length)) => {
                expanded.push_str(&lookup(name).unwrap_or_default());
                length
            }
            None => {
                expanded.push('$');
                1
            }
        };
        rest = &rest[length..];
    }
    expanded + rest
}

/// The name in a `${NAME}` at the beginning of a text, and the length of the whole.
fn variable(text: &str) -> Option<(&str, usize)> {
    let name = text.strip_prefix("${")?;
    let end = name.find('}')?;
    let name = &name[..end];
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    is_name.then_some((name, end + 3))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<Vec<(String, String)>, Mistake> {
        let known = |name: &str| (name == "HOME").then(|| "/home/me".to_owned());
        let pair = |v: &EnvironmentVariable| (v.name().to_owned(), v.value().to_owned());
        parse(text, known).map(|list| list.iter().map(pair).collect())
    }

    #[test]
    fn lines_are_read_as_frameworks_write_them() {
        for (line, value) in [
            ("A=1", "1"),
            ("A=", ""),
            ("A = two words  ", "two words"),
            ("export A=1", "1"),
            ("A=1 # comment", "1"),
            ("A=#1", ""),
            ("A=a#b", "a#b"),
            ("A='${HOME} \\n' # c", "${HOME} \\n"),
            (r#"A="a\nb \"c\" \$d \x""#, "a\nb \"c\" $d \\x"),
            ("A=\"two\nlines\"", "two\nlines"),
            ("A=${HOME}/x", "/home/me/x"),
            ("A=\"${HOME}é${NONE}!\"", "/home/meé!"),
            ("A=$HOME %HOME% ${ $", "$HOME %HOME% ${ $"),
            ("A=base64:x==", "base64:x=="),
            ("A=x\r", "x"),
            ("\u{feff}A=x", "x"),
            ("A=\"x\"\r\n\r\n", "x"),
            ("export A='x'\r\n", "x"),
        ] {
            let read = read(line).unwrap_or_else(|mistake| panic!("{line}: {mistake:?}"));
            assert_eq!(read, [("A".to_owned(), value.to_owned())], "{line}");
        }
        let several = read("# c\n\nA=1\n  B=${A}2\nA=3\n").unwrap();
        let values: Vec<_> = several.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, ["1", "12", "3"]);
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        for (text, line) in [
            ("A=1\nnonsense\n", 2),
            ("=1", 1),
            ("A B=1", 1),
            ("A=1\n\nB='x\n", 3),
            ("A=\"x", 1),
            ("A='x' y", 1),
            ("A=\0", 1),
        ] {
            assert_eq!(read(text).unwrap_err().line, line, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "[A-Za-z=\"'\\\\$\\{\\} \n#é]{0,60}") {
            let _ = read(&text);
        }
    }
}
