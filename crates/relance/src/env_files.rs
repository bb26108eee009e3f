//! Environment files with which the next start would fail (X10), told before it does: to who creates or changes a
//! service, and by `relance doctor`.
//!
//! The manager reads them at each start, with its own rights; here they are read with those of the person. So a file
//! that only the manager may read is passed over, and what is found refuses nothing: a file may come with a deployment.

use relance_scm::settings::ENVIRONMENT_FILES;
use relance_scm::{ServiceConfig, Win32Error, env_file};
use relance_texts::{Sentence, command};

use crate::lang::say;
use crate::plain::plain;

/// Why the next start of a service would fail; nothing on Windows, whose services have no such files.
pub(crate) fn problems(config: &ServiceConfig) -> Vec<Sentence> {
    let files = config.extensions.get(ENVIRONMENT_FILES);
    let unread = files
        .iter()
        .filter(|_| cfg!(unix))
        // What it refers to is known at the start; whether a line can be read does not depend on that.
        .filter_map(|file| env_file::read(file, |_| None).err());
    unread
        .filter(|error| error.code() != Win32Error::ACCESS_DENIED)
        .map(|error| error.to_sentence())
        .collect()
}

/// Says on stderr, each once, what would keep services from starting that were just created or changed; `shown` is
/// what the person has called them.
pub(crate) fn note<'a>(shown: &str, configs: impl IntoIterator<Item = &'a ServiceConfig>) {
    let mut found: Vec<Sentence> = Vec::new();
    for problem in configs.into_iter().flat_map(problems) {
        if !found.contains(&problem) {
            found.push(problem);
        }
    }
    tell(shown, &found);
}

/// Says on stderr what was found.
pub(crate) fn tell(shown: &str, problems: &[Sentence]) {
    for problem in problems {
        let (name, problem) = (shown, problem.clone());
        eprintln!("{}", plain(&say(command::StartWouldFail { name, problem })));
    }
}
