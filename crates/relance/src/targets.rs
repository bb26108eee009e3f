//! Targets of notices that services name (X86), and that the file of targets does not have: nobody is told then.

use std::path::Path;

use relance_notify::targets;
use relance_scm::config::Extensions;
use relance_scm::manager::Notices;
use relance_scm::settings::NOTIFY;
use relance_texts::notice;

use crate::cli::Manager;
use crate::lang::say;
use crate::plain::plain;

/// The targets that there are.
pub(crate) struct Targets {
    names: Vec<String>,
    /// Where they are listed, if this caller may know.
    file: Option<String>,
}

impl Targets {
    /// Those of the file, if this process may read it; else those that the manager has read.
    pub(crate) fn of(notices: &Notices) -> Self {
        let file = notices.file.as_ref();
        let read = file.and_then(|file| targets::load(Path::new(file)).ok());
        let names = match read {
            Some(read) => read.targets.keys().map(ToString::to_string).collect(),
            None => {
                let known = notices.targets.iter();
                known.map(|target| target.name.clone()).collect()
            }
        };
        Self {
            names,
            file: notices.file.clone(),
        }
    }

    /// Those that these settings name, and that there are not.
    pub(crate) fn missing(&self, extensions: &Extensions) -> Vec<Box<str>> {
        let named = extensions.get(NOTIFY).0.into_iter();
        let named = named.filter_map(|choice| choice.target);
        let is_known = |target: &str| self.names.iter().any(|name| name == target);
        named.filter(|target| !is_known(target)).collect()
    }

    /// Where they are listed.
    pub(crate) fn file(&self) -> &str {
        self.file.as_deref().unwrap_or(relance_notify::FILE_NAME)
    }
}

/// Says on stderr which targets of settings that were just set are missing; `shown` is what the person has called that which
/// has them.
pub(crate) fn note(
    manager: &Manager,
    shown: &str,
    before: Option<&Extensions>,
    extensions: &Extensions,
) {
    let named = extensions.get(NOTIFY);
    if named.0.is_empty() || before.is_some_and(|before| before.get(NOTIFY) == named) {
        return;
    }
    // A manager that has no targets refuses the setting.
    let Ok(notices) = manager.ask(|scm, caller, reply| scm.query_notices(caller, reply)) else {
        return;
    };
    let targets = Targets::of(&notices);
    for target in targets.missing(extensions) {
        let file = targets.file();
        let missing = notice::NobodyOfName {
            target: &*target,
            file,
        };
        eprintln!("{}", plain(&format!("{shown}: {}", say(missing))));
    }
}
