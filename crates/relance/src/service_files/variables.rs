//! Variables of files: `[variables]` gives a name to a text, to a variable of the environment or to the content
//! of a file, and `${NAME}` in a text of the same file, or of one that it includes, stands for it.
//!
//! Only names that are declared are replaced. Shells and services write `${NAME}` too, and theirs stay.

use std::collections::BTreeMap;
use std::path::Path;

use relance_scm::Sentence;
use relance_texts::apply;

use super::node::{Entry, Node, Tree};
use super::{Disk, Problems, Source};

/// Shorter texts are not hidden, because they occur everywhere.
const SECRET_LEN_MIN: usize = 3;

/// The variables that a file sees.
#[derive(Clone, Debug, Default)]
pub(super) struct Variables {
    values: BTreeMap<String, String>,
    /// What came from files and the environment; it is not shown.
    pub(super) secrets: Vec<String>,
}

impl Variables {
    /// Those of the command line, `NAME=VALUE` each.
    pub(super) fn of(pairs: &[(String, String)]) -> Self {
        Self {
            values: pairs.iter().cloned().collect(),
            secrets: Vec::new(),
        }
    }

    /// Adds those that a file declares; what is known already stays.
    pub(super) fn declare(
        &mut self,
        declared: &Node,
        source: &Source,
        folder: &Path,
        disk: &Disk<'_>,
        problems: &mut Problems,
    ) {
        let Some(entries) = declared.table() else {
            problems.add(&source.place(declared.at), apply::VARIABLES);
            return;
        };
        for entry in entries {
            if !is_name(&entry.key) {
                let name = &*entry.key;
                problems.add(&source.place(entry.at), apply::NoVariableName { name });
            } else if !self.values.contains_key(&entry.key) {
                match self.value(&entry.node, folder, disk) {
                    Ok(value) => {
                        self.values.insert(entry.key.clone(), value);
                    }
                    Err(problem) => problems.add(&source.place(entry.node.at), problem),
                }
            }
        }
    }

    fn value(&mut self, node: &Node, folder: &Path, disk: &Disk<'_>) -> Result<String, Sentence> {
        match &node.value {
            Tree::Text(text) => Ok(self.expand(text).unwrap_or_else(|| text.clone())),
            Tree::Number(number) => Ok(number.to_string()),
            Tree::Flag(set) => Ok(set.to_string()),
            Tree::Table(entries) => self.fetch(entries, folder, disk),
            Tree::Null | Tree::List(_) => Err(apply::VARIABLE_VALUE.into()),
        }
    }

    /// A text from where it is kept: `{ file = "…" }`, or `{ env = "NAME" }` with a `default` if wanted.
    pub(super) fn fetch(
        &mut self,
        entries: &[Entry],
        folder: &Path,
        disk: &Disk<'_>,
    ) -> Result<String, Sentence> {
        let (mut from, mut default) = (None, None);
        for entry in entries {
            let text = entry.node.text().ok_or(apply::VARIABLE_VALUE)?;
            match &*entry.key {
                "file" | "env" if from.is_none() => from = Some((&*entry.key, text)),
                "default" => default = Some(text.to_owned()),
                _ => return Err(apply::VARIABLE_VALUE.into()),
            }
        }
        let (kind, named) = from.ok_or(apply::VARIABLE_VALUE)?;
        let named = self.expand(named).unwrap_or_else(|| named.to_owned());
        let found = if kind == "env" {
            (disk.environment)(&named).ok_or_else(|| apply::NotInEnvironment { name: named }.into())
        } else {
            read_secret(&folder.join(named), disk)
        };
        let text = match (found, default) {
            (Err(_), Some(default)) => return Ok(default),
            (found, _) => found?,
        };
        if text.len() >= SECRET_LEN_MIN {
            self.secrets.push(text.clone());
        }
        Ok(text)
    }

    /// The names that do not stand for the same in both.
    pub(super) fn differing(&self, other: &Self) -> Vec<String> {
        let names = self.values.keys().chain(other.values.keys());
        let differ = names.filter(|name| self.values.get(*name) != other.values.get(*name));
        differ.cloned().collect()
    }

    /// A text with the values of the variables in it; `None` if it names none.
    pub(super) fn expand(&self, text: &str) -> Option<String> {
        if self.values.is_empty() || !text.contains("${") {
            return None;
        }
        let mut parts = text.split("${");
        let mut expanded = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let known = part.split_once('}');
            match known.and_then(|(name, rest)| Some((self.values.get(name)?, rest))) {
                // $${NAME} is ${NAME}.
                Some(_) if expanded.ends_with('$') => {
                    expanded.push('{');
                    expanded.push_str(part);
                }
                Some((value, rest)) => {
                    expanded.push_str(value);
                    expanded.push_str(rest);
                }
                None => {
                    expanded.push_str("${");
                    expanded.push_str(part);
                }
            }
        }
        Some(expanded)
    }
}

fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The content of a file without its last line end.
fn read_secret(path: &Path, disk: &Disk<'_>) -> Result<String, Sentence> {
    let text = (disk.read_regular)(path).map_err(|error| error.to_sentence())?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_declared_is_replaced() {
        let pairs = [("APP".to_owned(), "/srv".to_owned())];
        let variables = Variables::of(&pairs);
        let expanded = |text: &str| variables.expand(text).unwrap_or_else(|| text.to_owned());
        assert_eq!(
            expanded("${APP}/x ${HOME} $APP ${APP}"),
            "/srv/x ${HOME} $APP /srv"
        );
        assert_eq!(expanded("$${APP} ${APP"), "${APP} ${APP");
        assert_eq!(expanded("plain"), "plain");
    }
}
