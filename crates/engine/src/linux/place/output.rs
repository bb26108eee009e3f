//! Where a file of output is: in the log folder, or where an administrator has put it.
//!
//! The folder of such a file may belong to the account of the service, which must not be able to lead the
//! manager elsewhere. So its folder is opened step by step without following a link that others could have
//! put there, and the file is reached through that descriptor.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

use relance_scm::ScmError;
use relance_texts::{place, shown};
use rustix::fs::Stat;

use super::trust::Trust;
use super::unfit;
use super::walk::{Last, Walk};

/// Mode of the folders that are made for such a file.
const FOLDER_MODE: u32 = 0o755;

/// See the module.
#[derive(Debug)]
pub(crate) struct OutputPlace {
    /// As people know it.
    shown: PathBuf,
    /// Its folder, and its path through that.
    through: Option<(OwnedFd, PathBuf)>,
}

impl OutputPlace {
    /// A file in the log folder, which is checked when it is made and when the daemon starts.
    pub(crate) fn in_log_folder(path: PathBuf) -> Self {
        Self {
            shown: path,
            through: None,
        }
    }

    /// A file that an administrator has named; folders that are missing are made.
    ///
    /// # Errors
    /// When the way leads over a link that others could have put there, everybody may write to its folder,
    /// or a folder cannot be opened or made.
    pub(crate) fn named(path: &Path) -> io::Result<Self> {
        Self::walk(path, Some(FOLDER_MODE))
    }

    /// The same to look whether it is there: nothing is made.
    ///
    /// # Errors
    /// The same, and `NotFound`.
    pub(crate) fn found(path: &Path) -> io::Result<Self> {
        Self::walk(path, None)
    }

    fn walk(path: &Path, make: Option<u32>) -> io::Result<Self> {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(io::ErrorKind::IsADirectory.into());
        };
        let last = |_: &Trust, path: &Path, stat: &Stat| check(path, stat);
        let walk = Walk {
            to: place::LOG_FILE,
            make,
            system_groups: true,
            shared_folders: true,
            any_owner: true,
            last: Last::Folder(&last),
        };
        let found = walk.find(folder).map_err(io::Error::other)?;
        let found = found.ok_or(io::ErrorKind::NotFound)?;
        let through = format!("/proc/self/fd/{}", found.fd.as_raw_fd());
        Ok(Self {
            shown: path.to_owned(),
            through: Some((found.fd, Path::new(&through).join(name))),
        })
    }

    /// The path by which it is reached, as long as this lives.
    pub(crate) fn path(&self) -> &Path {
        let through = self.through.as_ref();
        through.map_or(&self.shown, |(_, path)| path)
    }

    /// The path as people know it.
    pub(crate) fn shown(&self) -> &Path {
        &self.shown
    }

    /// The manager's log folder, if the file is in it.
    pub(crate) fn log_folder(&self) -> Option<&Path> {
        self.shown.parent().filter(|_| self.through.is_none())
    }
}

fn check(path: &Path, stat: &Stat) -> Result<(), ScmError> {
    if stat.st_mode & 0o002 == 0 {
        return Ok(());
    }
    let folder = shown(path.display());
    Err(unfit(place::OutputFolderMode { folder }))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(test: &str) -> Self {
            let name = format!("relance-output-place-{}-{test}", std::process::id());
            let path = std::env::temp_dir().join(name);
            let _ = fs::remove_dir_all(&path);
            fs::create_dir(&path).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_folder_that_is_missing_is_made_only_to_write() {
        let folder = Folder::new("missing");
        let path = folder.0.join("a/b/x.log");
        let error = OutputPlace::found(&path).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        let place = OutputPlace::named(&path).unwrap();
        fs::write(place.path(), "x").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "x");
        assert_eq!(place.shown(), path);
    }

    #[test]
    fn a_folder_for_everybody_is_refused() {
        let folder = Folder::new("everybody");
        fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o1777)).unwrap();
        let refused = OutputPlace::named(&folder.0.join("x.log")).unwrap_err();
        assert!(refused.to_string().contains("everybody"), "{refused}");
    }

    /// The account of a service cannot lead the manager into a folder of the system by a link.
    #[test]
    fn a_link_of_others_is_not_followed_and_one_of_root_is() {
        if !rustix::process::getuid().is_root() {
            return eprintln!("not run: needs root");
        }
        let folder = Folder::new("links");
        let (own, target) = (folder.0.join("own"), folder.0.join("system"));
        fs::create_dir(&target).unwrap();
        fs::create_dir(&own).unwrap();
        symlink(&target, own.join("logs")).unwrap();
        let path = own.join("logs/x.log");
        assert!(OutputPlace::named(&path).is_ok(), "everything is root's");
        std::os::unix::fs::chown(&own, Some(65534), None).unwrap();
        let refused = OutputPlace::named(&path).unwrap_err();
        assert!(refused.to_string().contains("is a link"), "{refused}");
        fs::remove_file(own.join("logs")).unwrap();
        fs::create_dir(own.join("logs")).unwrap();
        assert!(OutputPlace::named(&path).is_ok(), "a folder of the account");
    }
}
