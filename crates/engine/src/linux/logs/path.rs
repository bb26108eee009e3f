//! The files of a service's output: one, or two where standard error is apart; by its settings, or by its name.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use relance_scm::config::{Extensions, OutputMode};
use relance_scm::manager::OutputStream;
use relance_scm::settings::{OUTPUT, STDERR_FILE, STDOUT_FILE, has_one_file, stderr_of};
use relance_scm::{ScmError, ServiceConfig, ServiceId, ServiceName, Win32Error, system};
use relance_texts::{Sentence, error, shown};

use crate::linux::place::{OutputPlace, check_output};

/// Which file: of a service, and of which of its streams.
pub(super) type FileKey = (ServiceId, OutputStream);

/// Where a file of output is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OutputFile {
    path: PathBuf,
    /// Whether an administrator has named it, and not the manager.
    is_named: bool,
}

impl OutputFile {
    /// The file of a stream of a service. Standard error that is not kept apart has none of its own.
    pub(crate) fn of(folder: &Path, config: &ServiceConfig, stream: OutputStream) -> Self {
        Self::named_by(folder, &config.service_name, &config.extensions, stream)
    }

    fn named_by(
        folder: &Path,
        name: &ServiceName,
        extensions: &Extensions,
        stream: OutputStream,
    ) -> Self {
        let key = match stream {
            OutputStream::Output => STDOUT_FILE,
            OutputStream::Errors => STDERR_FILE,
        };
        match extensions.get(key) {
            Some(path) => Self {
                path: PathBuf::from(&*name.fill_in(&path)),
                is_named: true,
            },
            None => Self {
                path: match stream {
                    OutputStream::Output => log_path(folder, name),
                    OutputStream::Errors => errors_path(folder, name),
                },
                is_named: false,
            },
        }
    }

    /// The place to write to.
    ///
    /// # Errors
    /// See [`OutputPlace::named`].
    pub(crate) fn to_write(&self) -> io::Result<OutputPlace> {
        if self.is_named {
            return OutputPlace::named(&self.path);
        }
        Ok(OutputPlace::in_log_folder(self.path.clone()))
    }

    /// The place to read from.
    ///
    /// # Errors
    /// See [`OutputPlace::found`].
    pub(crate) fn to_read(&self) -> io::Result<OutputPlace> {
        if self.is_named {
            return OutputPlace::found(&self.path);
        }
        Ok(OutputPlace::in_log_folder(self.path.clone()))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Checks the log files that somebody names: that they can be safe there, and are of use.
///
/// # Errors
/// 87 where another setting puts nothing into the file or both streams have the same one, 3 where the place is
/// not safe.
pub(crate) fn check_log_places(
    folder: &Path,
    name: &ServiceName,
    extensions: &Extensions,
) -> Result<(), ScmError> {
    let (output, stderr) = (extensions.get(OUTPUT), stderr_of(extensions));
    if is_same_file(folder, name, extensions) {
        let setting = STDERR_FILE.setting().key;
        let problem: Sentence = error::STDERR_FILE_IS_OF_OUTPUT.into();
        let code = Win32Error::INVALID_PARAMETER;
        return Err(ScmError::new(code, error::OfSetting { setting, problem }));
    }
    let unused: [(_, _, Sentence); 2] = [
        (
            STDOUT_FILE,
            output,
            error::StdoutFileUnused { output }.into(),
        ),
        (
            STDERR_FILE,
            stderr,
            error::StderrFileUnused { stderr }.into(),
        ),
    ];
    for (key, goes_to, unused) in unused {
        let Some(path) = extensions.get(key) else {
            continue;
        };
        let setting = key.setting().key;
        let is_of_both = setting == STDERR_FILE.setting().key && has_one_file(extensions);
        if goes_to != OutputMode::File.name() && !is_of_both {
            let problem = unused;
            let code = Win32Error::INVALID_PARAMETER;
            return Err(ScmError::new(code, error::OfSetting { setting, problem }));
        }
        if let Err(problem) = check_output(Path::new(&*name.fill_in(&path))) {
            let problem = system::reason(&problem);
            let code = Win32Error::PATH_NOT_FOUND;
            return Err(ScmError::new(code, error::OfSetting { setting, problem }));
        }
    }
    Ok(())
}

/// Whose the files are that the manager writes in the log folder.
pub(crate) struct LogOwners<'a> {
    folder: &'a Path,
    /// By the name of the file, without what [`stems`] takes off.
    services: HashMap<String, &'a ServiceName>,
}

impl<'a> LogOwners<'a> {
    pub(crate) fn new(folder: &'a Path, services: impl Iterator<Item = &'a ServiceName>) -> Self {
        let services = services.map(|name| (file_name(name), name)).collect();
        Self { folder, services }
    }

    /// Refuses files in the log folder that the manager writes for another service: who may read the output of one
    /// would read the other's, and a rotation of one would move the other's away. A file that somebody has named for
    /// several services is theirs on purpose.
    ///
    /// # Errors
    /// 87 with the service whose file it is.
    pub(crate) fn check(&self, name: &ServiceName, named: &Extensions) -> Result<(), ScmError> {
        for key in [STDOUT_FILE, STDERR_FILE] {
            let Some(text) = named.get(key) else { continue };
            let path = PathBuf::from(&*name.fill_in(&text));
            let Some(file) = name_in(self.folder, &path) else {
                continue;
            };
            let mut owners = stems(&file).filter_map(|stem| self.services.get(stem).copied());
            if let Some(owner) = owners.find(|owner| *owner != name) {
                let path = shown(path.display());
                let problem = error::LogFileOfOther { owner, path };
                let (code, setting) = (Win32Error::INVALID_PARAMETER, key.setting().key);
                return Err(ScmError::new(code, error::OfSetting { setting, problem }));
            }
        }
        Ok(())
    }
}

/// Whether somebody has named a file of output.
pub(crate) fn names_log_file(named: &Extensions) -> bool {
    [STDOUT_FILE, STDERR_FILE]
        .iter()
        .any(|key| named.get(*key).is_some())
}

/// The name of a file if it is in the log folder, also if links or `..` lead there.
fn name_in(folder: &Path, path: &Path) -> Option<String> {
    let is_same = |parent: &Path| {
        let whole = |path: &Path| path.canonicalize().ok();
        parent == folder || whole(parent).is_some_and(|parent| whole(folder) == Some(parent))
    };
    let parent = path.parent().filter(|parent| is_same(parent));
    parent.and(Some(path.file_name()?.to_str()?.to_owned()))
}

/// The names of services, as [`file_name`] writes them, whose file this would be: its log, or what is put aside of it.
fn stems(file: &str) -> impl Iterator<Item = &str> {
    let ends = file.match_indices(".log");
    let ends =
        ends.filter(|(at, end)| matches!(file.as_bytes().get(at + end.len()), None | Some(b'.')));
    ends.flat_map(|(at, _)| {
        let stem = &file[..at];
        [Some(stem), stem.strip_suffix("+stderr")]
    })
    .flatten()
}

/// Whether two streams that are kept apart would have one file, because the name of one is what the manager calls the
/// other's.
fn is_same_file(folder: &Path, name: &ServiceName, extensions: &Extensions) -> bool {
    let file = |stream| OutputFile::named_by(folder, name, extensions, stream).path;
    [extensions.get(OUTPUT), stderr_of(extensions)] == [OutputMode::File.name(); 2]
        && file(OutputStream::Output) == file(OutputStream::Errors)
}

/// The file that holds the output of a service, where nobody has named one. Characters that no file name should
/// have are written as `%XX`.
#[must_use]
pub fn log_path(folder: &Path, name: &ServiceName) -> PathBuf {
    folder.join(format!("{}.log", file_name(name)))
}

/// The same for standard error that is kept apart. In the file names of services there is no `+`.
fn errors_path(folder: &Path, name: &ServiceName) -> PathBuf {
    folder.join(format!("{}+stderr.log", file_name(name)))
}

fn file_name(name: &ServiceName) -> String {
    let mut file = String::new();
    for c in name.key().chars() {
        if c.is_alphanumeric() || matches!(c, '-' | '_' | ' ') || (c == '.' && !file.is_empty()) {
            file.extend(c.to_lowercase());
        } else {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                let _ = write!(file, "%{byte:02X}");
            }
        }
    }
    // A file name has at most 255 bytes; the tail of a longer one is told apart by its sum.
    if file.len() > 200 {
        let sum = file.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
            (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
        let cut = (0..=180)
            .rev()
            .find(|at| file.is_char_boundary(*at))
            .unwrap_or(0);
        file.truncate(cut);
        let _ = write!(file, "~{sum:016x}");
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_of_another_service_and_what_is_put_aside_of_it_are_recognised() {
        let names = ["web", "web.log", "a b"].map(|name| ServiceName::new(name).unwrap());
        let folder = Path::new("/log");
        let owners = LogOwners::new(folder, names.iter());
        let own = ServiceName::new("own").unwrap();
        let owner = |file: &str| {
            let mut named = Extensions::default();
            named.set(STDOUT_FILE, Some(format!("/log/{file}").into()));
            owners.check(&own, &named).is_err()
        };
        for taken in [
            "web.log",
            "web+stderr.log",
            "web.log.1",
            "web.log.log",
            "web.log.log.2.gz",
            "a b.log.x",
        ] {
            assert!(owner(taken), "{taken}");
        }
        for free in [
            "web",
            "web.logs",
            "web2.log",
            "own.log",
            "web.txt",
            "xweb.log",
            "+stderr.log",
        ] {
            assert!(!owner(free), "{free}");
        }
        let mut named = Extensions::default();
        named.set(STDERR_FILE, Some("/elsewhere/web.log".into()));
        assert!(names_log_file(&named) && owners.check(&own, &named).is_ok());
    }
}
