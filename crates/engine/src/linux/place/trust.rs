//! Who may own what the daemon relies on, and who may write to it.
//!
//! Trusted are root, the daemon's own user, and the owner of `/`, who could replace everything (in a
//! namespace of users that is all that is known of root outside). A group counts as others, unless it
//! is root's or has no other member than the daemon's user, as on systems where each user has one.

use std::fs;
use std::path::Path;

use rustix::fs::{FileType, Stat};

use relance_scm::ScmError;
use relance_texts::{Value, Words, place, shown};

use super::unfit;

/// Groups with a lower number are the system's own.
const SYSTEM_GID_END: u32 = 1000;

/// Folders on a way to which others may write all the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowed {
    /// Those of a group of the system's.
    pub(super) system_groups: bool,
    /// Those where everybody may make files and nobody may touch those of others.
    pub(super) shared_folders: bool,
}

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Trust {
    own_uid: u32,
    root_owner: u32,
    /// The group that the daemon's user has for itself.
    own_group: Option<u32>,
}

impl Trust {
    /// What this process may trust; `root` is `/`.
    pub(super) fn of_this_process(root: &Stat) -> Self {
        let own_uid = rustix::process::geteuid().as_raw();
        let gid = rustix::process::getegid().as_raw();
        let file = |path| fs::read_to_string(path).unwrap_or_default();
        let own_group = is_group_of_one(&file("/etc/passwd"), &file("/etc/group"), own_uid, gid);
        Self {
            own_uid,
            root_owner: root.st_uid,
            own_group: own_group.then_some(gid),
        }
    }

    pub(super) fn owner(&self, stat: &Stat) -> bool {
        [0, self.own_uid, self.root_owner].contains(&stat.st_uid)
    }

    /// Whether somebody who is not trusted may write there by its mode.
    pub(super) fn others_write(&self, stat: &Stat) -> bool {
        let group = stat.st_gid != 0 && self.own_group != Some(stat.st_gid);
        stat.st_mode & 0o002 != 0 || stat.st_mode & 0o020 != 0 && group
    }

    /// A folder on the way to a place. In a folder where everybody may make files and may not
    /// touch those of others (`/tmp`), the next step must be ours, and not a link.
    pub(super) fn check_ancestor(
        &self,
        path: &Path,
        stat: &Stat,
        to: Words,
        allowed: Allowed,
    ) -> Result<(), ScmError> {
        let folder = shown(path.display());
        if !self.owner(stat) {
            return Err(unfit(place::AncestorOwner {
                folder,
                to,
                owner: user(stat.st_uid),
            }));
        }
        let is_shared = stat.st_mode & 0o1000 != 0;
        let of_the_system =
            allowed.system_groups && stat.st_mode & 0o002 == 0 && stat.st_gid < SYSTEM_GID_END;
        if self.others_write(stat) && is_shared && !allowed.shared_folders {
            return Err(unfit(place::AncestorShared { folder, to }));
        }
        if self.others_write(stat) && !is_shared && !of_the_system {
            let mode = mode(stat);
            return Err(unfit(place::AncestorMode { folder, to, mode }));
        }
        Ok(())
    }

    /// The state folder: nobody else may even read it.
    pub(super) fn check_state(&self, path: &Path, stat: &Stat) -> Result<(), ScmError> {
        let folder = shown(path.display());
        if stat.st_uid != self.own_uid {
            return Err(unfit(place::StateOwner {
                folder,
                owner: user(stat.st_uid),
                own: user(self.own_uid),
            }));
        }
        if stat.st_mode & 0o077 != 0 {
            let mode = mode(stat);
            return Err(if stat.st_mode & 0o022 == 0 {
                unfit(place::StateRead { folder, mode })
            } else {
                unfit(place::StateWritten { folder, mode })
            });
        }
        Ok(())
    }

    /// Something in the state folder.
    pub(super) fn check_state_entry(&self, path: &Path, stat: &Stat) -> Result<(), ScmError> {
        let file = shown(path.display());
        let kind = kind(stat);
        if kind == FileType::Symlink {
            return Err(unfit(place::EntryLink { file }));
        }
        if !self.owner(stat) {
            let owner = user(stat.st_uid);
            return Err(unfit(place::EntryOwner { file, owner }));
        }
        if kind == FileType::RegularFile && stat.st_nlink > 1 {
            return Err(unfit(place::EntrySecondName { file }));
        }
        // A socket is for everybody who may enter the folder.
        if kind != FileType::Socket && stat.st_mode & 0o022 != 0 {
            let mode = mode(stat);
            return Err(unfit(place::EntryMode { file, mode }));
        }
        Ok(())
    }

    /// A file that says what is run: settings, a program.
    pub(super) fn check_file(&self, path: &Path, stat: &Stat, what: Words) -> Result<(), ScmError> {
        let file = shown(path.display());
        if kind(stat) != FileType::RegularFile {
            return Err(unfit(place::FileKind { what, file }));
        }
        if !self.owner(stat) {
            let owner = user(stat.st_uid);
            return Err(unfit(place::FileOwner { what, file, owner }));
        }
        if self.others_write(stat) {
            let mode = mode(stat);
            return Err(unfit(place::FileMode { what, file, mode }));
        }
        Ok(())
    }

    /// A lock beside a socket: made by a daemon of this user, or by nobody.
    pub(super) fn check_lock(&self, path: &Path, stat: &Stat) -> Result<(), ScmError> {
        let ours = stat.st_uid == self.own_uid || stat.st_uid == 0;
        if kind(stat) == FileType::RegularFile && stat.st_nlink == 1 && ours {
            return Ok(());
        }
        let file = shown(path.display());
        Err(unfit(place::NotALock { file }))
    }
}

/// The folder of output, which may belong to another account.
pub(super) fn check_logs(path: &Path, stat: &Stat) -> Result<(), ScmError> {
    if stat.st_mode & 0o002 == 0 {
        return Ok(());
    }
    let (folder, mode) = (shown(path.display()), mode(stat));
    Err(unfit(place::LogsMode { folder, mode }))
}

pub(super) fn kind(stat: &Stat) -> FileType {
    FileType::from_raw_mode(stat.st_mode)
}

fn mode(stat: &Stat) -> String {
    format!("{:04o}", stat.st_mode & 0o7777)
}

/// A user as people know it.
fn user(uid: u32) -> Value {
    if uid == 0 {
        return "root".into();
    }
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    });
    name.map_or_else(|| place::User { uid: shown(uid) }.into(), Value::from)
}

/// Whether a group has no member but this user, by the files of the system. A group that is not in these files
/// counts as others.
fn is_group_of_one(passwd: &str, group: &str, uid: u32, gid: u32) -> bool {
    let users = || {
        passwd
            .lines()
            .map(|line| line.split(':').collect::<Vec<_>>())
    };
    let Some(own) = users().find(|user| field(user, 2) == Some(uid)) else {
        return false;
    };
    let is_primary_of_another =
        users().any(|user| field(&user, 3) == Some(gid) && field(&user, 2) != Some(uid));
    let mut groups = group
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>());
    let members = groups.find(|group| field(group, 2) == Some(gid));
    let is_alone = members.is_some_and(|group| {
        let members = group.get(3).copied().unwrap_or_default();
        members
            .split(',')
            .all(|member| member.is_empty() || member == own[0])
    });
    is_alone && !is_primary_of_another
}

fn field(fields: &[&str], index: usize) -> Option<u32> {
    fields.get(index)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_of_one_user_if_nobody_else_is_in_it() {
        let passwd =
            "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/:/bin/sh\nbob:x:1001:1001::/:/bin/sh\n";
        let alone = |group: &str| is_group_of_one(passwd, group, 1000, 1000);
        assert!(alone("root:x:0:\nann:x:1000:\n"));
        assert!(alone("ann:x:1000:ann\n"));
        assert!(!alone("ann:x:1000:ann,bob\n"));
        assert!(!alone(""), "a group that no file names");
        assert!(!is_group_of_one(passwd, "users:x:100:\n", 1000, 1000));
        let shared = "ann:x:1000:100::/:/bin/sh\nbob:x:1001:100::/:/bin/sh\n";
        assert!(!is_group_of_one(shared, "users:x:100:\n", 1000, 100));
    }
}
