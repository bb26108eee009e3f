//! Why the output of a service is not kept as configured, in a sentence for those who look at the service
//! (X26).

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use relance_scm::ScmError;
use relance_scm::manager::OutputStream;
use relance_scm::system::reason;
use relance_texts::{Sentence, output, shown};

use super::path::FileKey;
use crate::linux::place::NotAFile;
use crate::output::OutputSignals;

/// What was wrong with the file of a service last.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) sentence: Sentence,
    /// The file could not be opened, which can be tried again although nothing is printed.
    pub(super) is_closed: bool,
}

/// How often a file that could not be opened is tried again while nothing is printed.
const RETRY: Duration = Duration::from_secs(5);

/// What was wrong with each file last.
pub(super) struct Troubles {
    of_files: BTreeMap<FileKey, Trouble>,
    retried_at: Instant,
}

impl Default for Troubles {
    fn default() -> Self {
        Self {
            of_files: BTreeMap::new(),
            retried_at: Instant::now(),
        }
    }
}

impl Troubles {
    /// Notes what is wrong with a file now, if anything is.
    pub(super) fn note(
        &mut self,
        signals: &OutputSignals,
        file: FileKey,
        trouble: Option<Trouble>,
    ) {
        let sentence = trouble.as_ref().map(|trouble| trouble.sentence.clone());
        let before = match trouble {
            Some(trouble) => self.of_files.insert(file, trouble),
            // Nearly always there was none.
            None if self.of_files.is_empty() => return,
            None => self.of_files.remove(&file),
        };
        if before.map(|before| before.sentence) == sentence {
            return;
        }
        // Of two the one of standard output is told.
        let of_service = OutputStream::ALL.map(|stream| self.of_files.get(&(file.0, stream)));
        let told = of_service.into_iter().flatten().next();
        signals.note_problem(file.0, told.map(|trouble| trouble.sentence.clone()));
    }

    /// When it is time to try again, if something could not be opened.
    pub(super) fn retry_in(&self) -> Option<Duration> {
        let is_closed = self.of_files.values().any(|trouble| trouble.is_closed);
        is_closed.then(|| RETRY.saturating_sub(self.retried_at.elapsed()))
    }

    pub(super) fn retried(&mut self) {
        self.retried_at = Instant::now();
    }

    /// Whether a file could not be opened.
    pub(super) fn is_closed(&self, file: FileKey) -> bool {
        let trouble = self.of_files.get(&file);
        trouble.is_some_and(|trouble| trouble.is_closed)
    }
}

/// The file of a service cannot be opened or written to, and its output is lost.
pub(super) fn lost(path: &Path, error: &io::Error) -> Sentence {
    let problem = not_written(path, error);
    output::Lost { problem }.into()
}

/// Output is kept, but not with the owner or mode that is configured.
pub(super) fn not_given(path: &Path, error: &io::Error) -> Sentence {
    let (path, error) = (shown(path.display()), reason(error));
    let problem: Sentence = output::NotGiven { path, error }.into();
    output::KeptOtherwise { problem }.into()
}

/// Nobody reads what a service prints.
pub(super) fn not_watched(error: &io::Error) -> Sentence {
    let problem: Sentence = output::NotWatched {
        error: reason(error),
    }
    .into();
    output::Lost { problem }.into()
}

/// Why the file cannot be opened or written to.
pub(super) fn not_written(path: &Path, error: &io::Error) -> Sentence {
    let path = shown(path.display());
    let inner = error.get_ref();
    if inner
        .and_then(|inner| inner.downcast_ref::<NotAFile>())
        .is_some()
    {
        return output::NotAFile { path }.into();
    }
    if let Some(unfit) = inner.and_then(|inner| inner.downcast_ref::<ScmError>()) {
        let problem = unfit.to_sentence();
        return output::FolderUnfit { path, problem }.into();
    }
    let said = reason(error);
    match error.raw_os_error() {
        Some(libc::EISDIR | libc::ELOOP | libc::ENXIO) => output::NotAFile { path }.into(),
        Some(libc::EACCES | libc::EPERM) => output::Denied { path, error: said }.into(),
        Some(libc::EROFS) => output::ReadOnly { path, error: said }.into(),
        Some(libc::ENOSPC | libc::EDQUOT) => output::Full { path, error: said }.into(),
        Some(libc::EMFILE | libc::ENFILE) => output::NoDescriptor { path }.into(),
        _ => output::NotWritten { path, error: said }.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x26_the_sentence_names_the_file_and_what_mends_it() {
        let path = Path::new("/var/log/relance/a.log");
        let said = |error: io::Error| lost(path, &error).to_string();
        let of_system = |errno| said(io::Error::from_raw_os_error(errno));
        for (errno, advice) in [
            (libc::EACCES, "; check who owns it and its folder"),
            (libc::EROFS, "; make its file system writable"),
            (libc::ENOSPC, "; make room there"),
            (libc::EMFILE, "LimitNOFILE"),
            (libc::EISDIR, "; remove it"),
            (libc::EIO, "Input/output error"),
        ] {
            let text = of_system(errno);
            assert!(
                text.starts_with("What it prints is lost: /var/log/relance/a.log "),
                "{text}"
            );
            assert!(text.contains(advice), "{text}");
        }
        let given = not_given(path, &io::Error::from_raw_os_error(libc::EPERM)).to_string();
        assert!(given.starts_with("What it prints is kept, but"), "{given}");
    }
}
