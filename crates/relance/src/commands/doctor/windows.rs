//! What is around services on Windows: rights, the source of our events, `PATH`.

use std::path::Path;

use relance_scm::manager::ManagerInfo;
use relance_windows::{event_source, session};

use relance_texts::{doctor, shown};

use super::finding::{Finding, Level};
use crate::cli::Common;

/// What was found of this machine.
pub(super) struct Machine {
    pub(super) findings: Vec<Finding>,
    /// Windows needs no further permission for a reboot (R52 is about configuring it).
    pub(super) allows_reboot: Option<bool>,
}

pub(super) fn examine(_: &ManagerInfo) -> Machine {
    Machine {
        findings: around(),
        allows_reboot: Some(true),
    }
}

/// The same, where the manager cannot be reached.
pub(super) fn without_manager(_: &Common) -> Vec<Finding> {
    around()
}

fn around() -> Vec<Finding> {
    vec![rights(), source(), path()]
}

fn rights() -> Finding {
    match session::is_elevated() {
        Some(true) => Finding::fine(doctor::ABOUT_RIGHTS, doctor::ADMINISTRATOR),
        Some(false) => Finding::warning(
            doctor::ABOUT_RIGHTS,
            doctor::NO_ADMINISTRATOR,
            doctor::NO_ADMINISTRATOR_DO,
        ),
        None => {
            Finding::without_advice(Level::Warning, doctor::ABOUT_RIGHTS, doctor::RIGHTS_UNKNOWN)
        }
    }
}

/// The sentences of our own events.
fn source() -> Finding {
    const ABOUT: &str = "event source";
    match event_source::registered() {
        Some(program) if Path::new(&program).is_file() => {
            Finding::fine(ABOUT, doctor::Source { program })
        }
        Some(program) => {
            Finding::warning(ABOUT, doctor::SourceMissing { program }, doctor::SOURCE_DO)
        }
        None => Finding::fine(ABOUT, doctor::SOURCE_NONE),
    }
}

fn path() -> Finding {
    const ABOUT: &str = "PATH";
    let program = std::env::current_exe().unwrap_or_default();
    let folder = program.parent().unwrap_or(Path::new(""));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = std::env::split_paths(&path).any(|each| {
        let same = |a: &Path, b: &Path| a.as_os_str().eq_ignore_ascii_case(b.as_os_str());
        same(&each, folder)
    });
    let folder = shown(folder.display());
    if is_there {
        Finding::fine(ABOUT, doctor::InPath { folder })
    } else {
        Finding::warning(ABOUT, doctor::NotInPath { folder }, doctor::NOT_IN_PATH_DO)
    }
}

/// Whether a program came with Windows.
pub(super) fn is_of_the_system(line: &str) -> bool {
    let root = std::env::var("SystemRoot").unwrap_or_else(|_| r"C:\Windows".to_owned());
    let line = expanded(line.trim_start_matches('"'));
    line.get(..root.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(&root))
}

/// With the variables of the environment put in (C9), and without what only drivers' paths have.
pub(super) fn expanded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut expanded = parts.next().unwrap_or_default().to_owned();
    let mut rest: Vec<&str> = parts.collect();
    while rest.len() >= 2 {
        let (name, after) = (rest.remove(0), rest.remove(0));
        match std::env::var(name) {
            Ok(value) => expanded += &format!("{value}{after}"),
            Err(_) => {
                expanded += &format!("%{name}");
                rest.insert(0, after);
            }
        }
    }
    for part in rest {
        expanded += &format!("%{part}");
    }
    expanded
}

/// The rights of files on Windows are not looked at.
pub(super) fn replaceable(_: &str) -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c9_variables_are_put_in_and_others_stay() {
        let root = std::env::var("SystemRoot").unwrap();
        assert_eq!(expanded(r"%SystemRoot%\a.exe"), format!(r"{root}\a.exe"));
        assert_eq!(expanded("%NO_SUCH_ONE%x"), "%NO_SUCH_ONE%x");
        assert_eq!(expanded("100% of a"), "100% of a");
        assert!(is_of_the_system(r"%SystemRoot%\system32\svchost.exe -k x"));
        assert!(!is_of_the_system(r"C:\Program Files\x.exe"));
    }
}
