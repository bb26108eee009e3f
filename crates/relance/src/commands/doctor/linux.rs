//! Checks of the machine on Linux: the daemon's version, settings, folder and limits, its web console, and PHP.

mod console;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::Path;

use relance_scm::manager::ManagerInfo;
use relance_texts::{doctor, shown};

use super::finding::{Finding, Level};
use crate::cli::Common;
use crate::commands::php;
use crate::daemon::SETUP_VARIABLE;
use crate::settings::Settings;

/// With less room than this the database soon cannot be written.
const ROOM_SCARCE: u64 = 100 << 20;
/// With less than this the next entry may fill it.
const ROOM_NONE: u64 = 10 << 20;
/// Files that the daemon may open: some for each service, and for its clients.
const FILES_MIN: u64 = 4096;

/// What was found of this machine.
pub(super) struct Machine {
    pub(super) findings: Vec<Finding>,
    /// `None` where the daemon's settings are not for us to read.
    pub(super) allows_reboot: Option<bool>,
}

pub(super) fn examine(info: &ManagerInfo) -> Machine {
    let mut findings = vec![version(&info.version)];
    let settings = settings(info.pid);
    match &settings {
        Some(settings) => findings.extend(folder(&settings.state_folder)),
        None => findings.push(Finding::warning(
            doctor::ABOUT_DAEMON,
            doctor::NO_SETTINGS,
            doctor::NO_SETTINGS_DO,
        )),
    }
    findings.extend(limit(info.pid));
    findings.extend(console::check(info.console.as_ref()));
    findings.extend(phps());
    Machine {
        findings,
        allows_reboot: settings.map(|settings| settings.allows_reboot()),
    }
}

/// Why the daemon cannot be reached, socket by socket.
pub(super) fn without_manager(common: &Common) -> Vec<Finding> {
    let sockets = common.target().map(|target| target.sockets());
    let mut findings: Vec<_> = sockets
        .unwrap_or_default()
        .iter()
        .map(|path| socket(path))
        .collect();
    findings.extend(phps());
    findings
}

fn socket(path: &Path) -> Finding {
    use std::io::ErrorKind;
    let about = path.display().to_string();
    match UnixStream::connect(path).map_err(|error| error.kind()) {
        Ok(_) => Finding::fine(&about, doctor::SOMEBODY_LISTENS),
        Err(ErrorKind::NotFound) => {
            Finding::warning(&about, doctor::NO_SOCKET, doctor::NO_SOCKET_DO)
        }
        Err(ErrorKind::ConnectionRefused) => {
            Finding::warning(&about, doctor::NOBODY_LISTENS, doctor::NOBODY_LISTENS_DO)
        }
        Err(ErrorKind::PermissionDenied) => {
            Finding::warning(&about, doctor::SOCKET_DENIED, doctor::SOCKET_DENIED_DO)
        }
        Err(kind) => Finding::without_advice(
            Level::Warning,
            &about,
            doctor::SocketError { error: shown(kind) },
        ),
    }
}

fn version(daemon: &str) -> Finding {
    let own = env!("CARGO_PKG_VERSION");
    if daemon == own {
        Finding::fine(doctor::ABOUT_VERSION, doctor::SameVersion { version: own })
    } else {
        Finding::warning(
            doctor::ABOUT_VERSION,
            doctor::OtherVersion { own, daemon },
            doctor::OTHER_VERSION_DO,
        )
    }
}

/// The settings that the engine was started with.
fn settings(engine: u32) -> Option<Settings> {
    let environment = fs::read(format!("/proc/{engine}/environ")).ok()?;
    let prefix = format!("{SETUP_VARIABLE}=");
    let text = environment
        .split(|byte| *byte == 0)
        .find_map(|variable| variable.strip_prefix(prefix.as_bytes()))?;
    serde_json::from_slice(text).ok()
}

/// The folder of the database: its rights, and the room there is.
fn folder(path: &Path) -> Vec<Finding> {
    let about = path.display().to_string();
    let rights = match fs::metadata(path) {
        Ok(meta) => rights(&about, meta.mode()),
        Err(error) => Finding::without_advice(
            Level::Problem,
            &about,
            doctor::FolderError {
                error: relance_texts::Value::from(relance_scm::system::reason(&error)),
            },
        ),
    };
    let room = rustix::fs::statvfs(path)
        .ok()
        .map(|disk| room(&about, disk.f_bavail.saturating_mul(disk.f_frsize)));
    std::iter::once(rights).chain(room).collect()
}

fn rights(about: &str, mode: u32) -> Finding {
    if mode.trailing_zeros() >= 6 {
        return Finding::fine(about, doctor::FOLDER_FINE);
    }
    let is_written = mode & 0o022 != 0;
    let mode = format!("{:o}", mode & 0o7777);
    let command = format!("chmod 700 {about}");
    let advice = doctor::Run { command };
    if is_written {
        Finding::problem(about, doctor::FolderOpen { mode }, advice)
    } else {
        Finding::problem(about, doctor::FolderRead { mode }, advice)
    }
}

fn room(about: &str, bytes: u64) -> Finding {
    let mebibytes = bytes >> 20;
    let text = doctor::Room { mebibytes };
    let advice = doctor::ROOM_DO;
    if bytes < ROOM_NONE {
        Finding::problem(about, text, advice)
    } else if bytes < ROOM_SCARCE {
        Finding::warning(about, text, advice)
    } else {
        Finding::fine(about, text)
    }
}

/// How many files the daemon may have open.
fn limit(engine: u32) -> Option<Finding> {
    let limits = fs::read_to_string(format!("/proc/{engine}/limits")).ok()?;
    let files = open_files(&limits)?;
    Some(if files < FILES_MIN {
        Finding::warning(
            doctor::ABOUT_LIMITS,
            doctor::FewFiles { files },
            doctor::FEW_FILES_DO,
        )
    } else {
        Finding::fine(doctor::ABOUT_LIMITS, doctor::Files { files })
    })
}

/// The limit that holds, from `/proc/PID/limits`.
fn open_files(limits: &str) -> Option<u64> {
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(u64::MAX),
        number => number.parse().ok(),
    }
}

fn phps() -> Vec<Finding> {
    let examined = php::examine_all().into_iter();
    let findings = examined.map(|(program, outcome)| {
        let about = program.display().to_string();
        match outcome {
            Ok(said) => Finding::fine(&about, doctor::Php { said }),
            Err(error) => Finding::warning(
                &about,
                doctor::Php {
                    said: error.to_sentence(),
                },
                doctor::PHP_DO,
            ),
        }
    });
    findings.collect()
}

/// No service came with the system: the manager has none of its own.
pub(super) fn is_of_the_system(_: &str) -> bool {
    false
}

/// As it is: nothing is put into command lines.
pub(super) fn expanded(path: &str) -> String {
    path.to_owned()
}

/// Who else could put another program in the place of this one, if the daemon is root; for other users
/// a program has no more rights than its writer.
pub(super) fn replaceable(program: &str) -> Option<String> {
    let is_root = rustix::process::getuid().is_root();
    is_root
        .then(|| relance_engine::linux::place::who_else_may_replace(Path::new(program)))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_others_write_to_is_a_problem() {
        assert_eq!(rights("x", 0o40_700).level, Level::Fine);
        assert_eq!(rights("x", 0o40_755).level, Level::Problem);
        assert_eq!(rights("x", 0o40_775).level, Level::Problem);
        assert_eq!(rights("x", 0o41_777).level, Level::Problem);
    }

    #[test]
    fn room_runs_out_by_degrees() {
        assert_eq!(room("x", 1 << 20).level, Level::Problem);
        assert_eq!(room("x", 50 << 20).level, Level::Warning);
        assert_eq!(room("x", 1 << 30).level, Level::Fine);
    }

    #[test]
    fn the_limit_that_holds_is_read() {
        let limits = "Limit  Soft Limit  Hard Limit  Units\n\
                      Max open files            1024                 524288               files\n";
        assert_eq!(open_files(limits), Some(1024));
        assert_eq!(
            open_files("Max open files unlimited unlimited files"),
            Some(u64::MAX)
        );
        assert_eq!(open_files(""), None);
    }

    #[test]
    fn sockets_say_what_is_wrong_with_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sock");
        assert!(socket(&path).text.to_string().contains("no socket"));
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        assert!(socket(&path).text.to_string().contains("nobody listens"));
    }
}
