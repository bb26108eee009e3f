//! Files of other service managers, for `relance import`.

use std::io;
use std::path::{Path, PathBuf};

use relance_import::{Fate, Files, Kind, Options, Problem, import};
use relance_scm::Sentence;

/// One file, which names no others that are there.
struct One<'a>(&'a [u8]);

impl Files for One<'_> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        if path == Path::new("/etc/one") {
            return Ok(self.0.to_vec());
        }
        Err(io::ErrorKind::NotFound.into())
    }

    fn list(&self, _: &Path) -> io::Result<Vec<PathBuf>> {
        Err(io::ErrorKind::NotADirectory.into())
    }

    fn variable(&self, name: &str) -> Option<String> {
        (name.len() == 1).then(|| "a b".to_owned())
    }

    fn evaluate(&self, _: &Path) -> Result<String, Sentence> {
        Err(Sentence::foreign("no node"))
    }
}

/// Every line is accounted for, and `relance apply` takes the result.
fn check(kind: Kind, input: &[u8]) {
    let options = Options {
        kind: Some(kind),
        ..Options::default()
    };
    let found = match import(&[PathBuf::from("/etc/one")], &One(input), &options) {
        Ok(found) => found,
        Err(Problem::Syntax(_, _, said)) => return assert!(!said.to_string().is_empty()),
        Err(other) => panic!("{other:?}"),
    };
    for line in found.files.iter().flat_map(|file| &file.lines) {
        match line.fate {
            Fate::Silent => {}
            Fate::Kept => assert!(!line.settings.is_empty(), "{line:?}"),
            Fate::Changed | Fate::Lost => assert!(!line.notes.is_empty(), "{line:?}"),
        }
    }
    let services = relance::fuzzing::apply_file(&found.toml)
        .unwrap_or_else(|error| panic!("{error}\n{}", found.toml));
    assert!(
        services.services.len() >= found.services.len(),
        "{}",
        found.toml
    );
    for service in services.services {
        assert_eq!(service.config.check(), Ok(()));
    }
}

pub(super) fn supervisord(input: &[u8]) {
    check(Kind::Supervisord, input);
}

pub(super) fn systemd(input: &[u8]) {
    check(Kind::Systemd, input);
}

pub(super) fn pm2(input: &[u8]) {
    check(Kind::Pm2, input);
}

pub(super) fn nssm(input: &[u8]) {
    check(Kind::Nssm, input);
}

pub(super) fn winsw(input: &[u8]) {
    check(Kind::Winsw, input);
}

pub(super) fn servy(input: &[u8]) {
    check(Kind::Servy, input);
}

pub(super) fn procfile(input: &[u8]) {
    check(Kind::Procfile, input);
}

pub(super) fn cron(input: &[u8]) {
    check(Kind::Cron, input);
}

pub(super) fn compose(input: &[u8]) {
    check(Kind::Compose, input);
}
