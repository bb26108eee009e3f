//! The converters, one for each kind of file.

mod compose;
mod cron;
mod nssm;
mod pm2;
mod procfile;
mod servy;
mod supervisord;
mod systemd;
mod winsw;
mod wrapper;

use crate::Problem;
use crate::kind::Kind;
use crate::work::{Input, Work};

/// Converts the files of a kind.
pub(crate) fn convert(kind: Kind, inputs: &[&Input], work: &mut Work<'_>) -> Result<(), Problem> {
    match kind {
        Kind::Supervisord => supervisord::convert(inputs, work),
        Kind::Systemd => systemd::convert(inputs, work),
        Kind::Pm2 => pm2::convert(inputs, work),
        Kind::Nssm => {
            nssm::convert(inputs, work);
            Ok(())
        }
        Kind::Winsw => winsw::convert(inputs, work),
        Kind::Servy => servy::convert(inputs, work),
        Kind::Procfile => {
            procfile::convert(inputs, work);
            Ok(())
        }
        Kind::Cron => {
            cron::convert(inputs, work);
            Ok(())
        }
        Kind::Compose => compose::convert(inputs, work),
    }
}

/// Whether a line without an account is a comment.
pub(crate) fn is_comment(kind: Kind, line: &str) -> bool {
    let begins: &[&str] = match kind {
        Kind::Supervisord | Kind::Systemd | Kind::Nssm => &["#", ";"],
        Kind::Procfile | Kind::Cron => &["#"],
        Kind::Compose => &["#", "---", "..."],
        Kind::Pm2 => &[
            "//",
            "/*",
            "*",
            "#",
            "---",
            "module.exports",
            "'use strict'",
            "\"use strict\"",
        ],
        Kind::Winsw | Kind::Servy => &["<?", "</", "<!DOCTYPE", "<!ENTITY", "<!ELEMENT", "]>"],
    };
    begins.iter().any(|begin| line.starts_with(begin))
}

#[cfg(test)]
pub(crate) mod tests {
    //! Files in memory, for the tests of the converters.

    use std::collections::BTreeMap;
    use std::io;
    use std::path::{Path, PathBuf};

    use relance_texts::Sentence;

    use crate::Files;

    #[derive(Debug, Default)]
    pub(crate) struct Memory {
        files: BTreeMap<PathBuf, String>,
        variables: BTreeMap<String, String>,
    }

    impl Memory {
        pub(crate) fn with(mut self, path: &str, text: &str) -> Self {
            self.files.insert(path.into(), text.to_owned());
            self
        }

        pub(crate) fn with_variable(mut self, name: &str, value: &str) -> Self {
            self.variables.insert(name.to_owned(), value.to_owned());
            self
        }
    }

    /// What is imported from these files.
    pub(crate) fn imported(paths: &[PathBuf], files: &Memory) -> crate::Import {
        crate::import(paths, files, &crate::Options::default()).expect("files that can be read")
    }

    impl Files for Memory {
        fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
            let text = self.files.get(path).ok_or(io::ErrorKind::NotFound)?;
            Ok(text.clone().into_bytes())
        }

        fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
            let is_inside = |file: &&PathBuf| file.parent() == Some(path);
            let found: Vec<PathBuf> = self.files.keys().filter(is_inside).cloned().collect();
            if found.is_empty() {
                Err(io::ErrorKind::NotADirectory.into())
            } else {
                Ok(found)
            }
        }

        fn variable(&self, name: &str) -> Option<String> {
            self.variables.get(name).cloned()
        }

        fn evaluate(&self, _: &Path) -> Result<String, Sentence> {
            Err(Sentence::foreign("no node"))
        }
    }
}
