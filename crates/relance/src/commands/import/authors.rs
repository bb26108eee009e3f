//! Who has written what an import reads. A file that names others (`include`, `env_file`) has them read with the
//! rights of the caller; so if another user can write that file, it only gets what that user may read.

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use relance_scm::{ScmError, Win32Error};
use relance_texts::{Value, import};

/// Users other than root and the caller who can write what was read so far.
#[derive(Debug, Default)]
pub(super) struct Authors(BTreeSet<Author>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Author {
    User(u32),
    /// A group, or everybody may write there.
    Anybody,
}

impl Authors {
    /// Notes who can write a file or a folder that was read.
    pub(super) fn note(&mut self, about: &Metadata) {
        self.0.extend(Author::of(about));
    }

    /// Checks that all authors may read a file that they have named.
    ///
    /// # Errors
    /// When one may not.
    pub(super) fn may_read(&self, file: &File) -> io::Result<()> {
        for author in &self.0 {
            // The path behind all links, of what is open and not of what may lie there now.
            let path = fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()))?;
            if !author.reaches(file, &path)? {
                let author = Value::from(*author);
                let refused = import::NotForAuthor { author };
                let refused = ScmError::new(Win32Error::ACCESS_DENIED, refused);
                return Err(io::Error::other(refused));
            }
        }
        Ok(())
    }
}

impl Author {
    /// Somebody else who can write there.
    fn of(about: &Metadata) -> Option<Self> {
        let own = rustix::process::geteuid().as_raw();
        let is_open = about.mode() & 0o002 != 0 || about.mode() & 0o020 != 0 && about.gid() != 0;
        match about.uid() {
            owner if owner != 0 && owner != own => Some(Self::User(owner)),
            0 if is_open => Some(Self::Anybody),
            _ => None,
        }
    }

    /// Whether it may read an open file. What it may by a group does not count.
    fn reaches(self, file: &File, path: &Path) -> io::Result<bool> {
        let may = |about: &Metadata, own: u32, others: u32| {
            let is_owner = self == Self::User(about.uid());
            about.mode() & (if is_owner { own } else { others }) != 0
        };
        let mut reaches = may(&file.metadata()?, 0o400, 0o004);
        for folder in path.ancestors().skip(1) {
            reaches &= may(&fs::metadata(folder)?, 0o100, 0o001);
        }
        Ok(reaches)
    }
}

impl From<Author> for Value {
    fn from(author: Author) -> Self {
        match author {
            Author::User(uid) => relance_texts::place::User {
                uid: uid.to_string(),
            }
            .into(),
            Author::Anybody => import::ANYBODY.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, chown};

    use super::*;

    #[test]
    fn what_a_file_of_another_user_names_is_read_if_that_user_may_read_it() {
        if !rustix::process::getuid().is_root() {
            eprintln!("not run: needs root");
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let open = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        open(folder.path(), 0o711);
        let make = |name: &str, owner, mode| {
            let path = folder.path().join(name);
            fs::write(&path, "x").unwrap();
            chown(&path, Some(owner), Some(owner)).unwrap();
            open(&path, mode);
            File::open(path).unwrap()
        };
        let secret = make("secret", 0, 0o600);
        let known = make("known", 0, 0o644);
        let own = make("own", 65534, 0o600);
        let mut authors = Authors::default();
        authors.note(&known.metadata().unwrap());
        assert!(
            authors.may_read(&secret).is_ok(),
            "root has written all of it"
        );
        authors.note(&own.metadata().unwrap());
        assert!(authors.may_read(&secret).is_err());
        assert!(authors.may_read(&known).is_ok());
        assert!(authors.may_read(&own).is_ok());
        open(folder.path(), 0o700);
        assert!(authors.may_read(&known).is_err(), "its folder is closed");
        open(folder.path(), 0o711);
        authors.note(&make("open", 0, 0o666).metadata().unwrap());
        assert!(authors.may_read(&own).is_err(), "anybody may have named it");
        assert!(authors.may_read(&known).is_ok());
    }
}
