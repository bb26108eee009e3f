//! Accounts (C10): from the name in a configuration to the ids a process gets.

mod console;
mod directory;
pub(crate) mod principals;

use std::io;
use std::sync::OnceLock;

use relance_scm::config::AccountName;
use relance_scm::{ScmError, Win32Error, system};
use relance_texts::{Value, error, quoted, shown};

use super::process::read_text;
use super::spawn::Ids;

pub use console::ConsoleAccount;

/// What is known of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) home: String,
    pub(crate) shell: String,
    /// `None`: the daemon's own, nothing is changed.
    pub(crate) ids: Option<Ids>,
}

impl Account {
    /// The same account, in these groups too (names or numbers).
    ///
    /// # Errors
    /// 1332 for a group that does not exist.
    pub(crate) fn with_groups(mut self, groups: &[Box<str>]) -> Result<Self, ScmError> {
        if groups.is_empty() {
            return Ok(self);
        }
        let own = || {
            let uid = rustix::process::getuid().as_raw();
            let gid = rustix::process::getgid().as_raw();
            let groups = groups_of(&self.name, gid).map_err(unread)?;
            Ok::<_, ScmError>(Ids { uid, gid, groups })
        };
        let mut ids = self.ids.take().map_or_else(own, Ok)?;
        for group in groups {
            ids.groups.push(principals::group(group)?);
        }
        ids.groups.sort_unstable();
        ids.groups.dedup();
        self.ids = Some(ids);
        Ok(self)
    }
}

/// Finds the account a service runs under.
///
/// LocalSystem is the daemon's own account. `NT AUTHORITY\LocalService` and `NetworkService` are
/// `nobody`. `.\name`, `HOST\name` and `name` are the local account `name`.
///
/// # Errors
/// 1057 when there is no such account; 1314 when the daemon may not change to it.
pub(crate) fn find(account: &AccountName) -> Result<Account, ScmError> {
    // Read once: it cannot change under a running engine, and every restart would wait for it.
    static OWN: OnceLock<Account> = OnceLock::new();
    let own = rustix::process::getuid().as_raw();
    if account.is_local_system() {
        return Ok(OWN.get_or_init(|| own_account(own)).clone());
    }
    let entry = existing(account)?;
    let name = &entry.name;
    if entry.uid == own {
        return Ok(Account {
            ids: None,
            ..entry.into_account(Vec::new())
        });
    }
    if own != 0 {
        return Err(ScmError::new(
            Win32Error::PRIVILEGE_NOT_HELD,
            error::NeedsRoot { name: shown(name) },
        ));
    }
    let groups = groups_of(&entry.name, entry.gid).map_err(unread)?;
    Ok(entry.into_account(groups))
}

/// What a process of an account gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountIds {
    /// Its user.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
    /// All its groups.
    pub groups: Vec<u32>,
    /// Its folder.
    pub home: String,
}

/// What a process of an account gets; `None`: what this one has, nothing is changed.
///
/// # Errors
/// 1057 when there is no such account; 1314 when this process may not change to it.
pub fn account_ids(account: &AccountName) -> Result<Option<AccountIds>, ScmError> {
    let found = find(account)?;
    Ok(found.ids.map(|ids| AccountIds {
        uid: ids.uid,
        gid: ids.gid,
        groups: ids.groups,
        home: found.home,
    }))
}

/// Whether an account can be configured. Whether the daemon may change to it shows only at a start.
///
/// # Errors
/// 1057 when there is no such account.
pub(crate) fn check(account: &AccountName) -> Result<(), ScmError> {
    if account.is_local_system() {
        return Ok(());
    }
    existing(account).map(|_| ())
}

/// The number of an account's user, if there is such an account.
pub(crate) fn uid_of(account: &AccountName) -> Option<u32> {
    existing(account).ok().map(|entry| entry.uid)
}

fn existing(account: &AccountName) -> Result<Entry, ScmError> {
    let entry = lookup(local_name(account.as_str())).map_err(unread)?;
    entry.ok_or_else(|| {
        ScmError::new(
            Win32Error::INVALID_SERVICE_ACCOUNT,
            error::NoAccount {
                name: quoted(account.as_str()),
            },
        )
    })
}

/// A list of accounts that cannot be read does not prove that an account is missing.
fn unread(error: io::Error) -> ScmError {
    let code = match error.raw_os_error() {
        Some(libc::EMFILE | libc::ENFILE) => Win32Error::TOO_MANY_OPEN_FILES,
        Some(libc::EACCES | libc::EPERM) => Win32Error::ACCESS_DENIED,
        _ => Win32Error::INTERNAL_ERROR,
    };
    let error = Value::from(system::reason(&error));
    ScmError::new(code, error::AccountsUnread { error })
}

/// A list of accounts or groups; empty where there is none.
fn read_list(path: &str) -> io::Result<String> {
    match read_text(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        text => text,
    }
}

/// The account's name without the parts that only Windows has.
fn local_name(account: &str) -> &str {
    let builtin = ["LocalService", "NetworkService"];
    let is_builtin = |name: &str| builtin.iter().any(|b| b.eq_ignore_ascii_case(name));
    match account.rsplit_once('\\') {
        Some((domain, name)) if domain.eq_ignore_ascii_case("NT AUTHORITY") && is_builtin(name) => {
            "nobody"
        }
        Some((_, name)) => name,
        None => account,
    }
}

fn own_account(uid: u32) -> Account {
    let known = lookup(&uid.to_string()).ok().flatten();
    let entry = known.unwrap_or_else(|| Entry {
        name: if uid == 0 {
            "root".into()
        } else {
            uid.to_string()
        },
        uid,
        gid: rustix::process::getgid().as_raw(),
        home: std::env::var("HOME").unwrap_or_else(|_| "/".into()),
        shell: "/bin/sh".into(),
    });
    Account {
        ids: None,
        ..entry.into_account(Vec::new())
    }
}

/// A line of the user database.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    name: String,
    uid: u32,
    gid: u32,
    home: String,
    shell: String,
}

impl Entry {
    fn parse(line: &str) -> Option<Self> {
        let fields: Vec<&str> = line.split(':').collect();
        let [name, _password, uid, gid, _comment, home, shell] = fields[..] else {
            return None;
        };
        Some(Self {
            name: name.to_owned(),
            uid: uid.parse().ok()?,
            gid: gid.parse().ok()?,
            home: home.to_owned(),
            shell: shell.trim_end().to_owned(),
        })
    }

    fn into_account(self, groups: Vec<u32>) -> Account {
        Account {
            ids: Some(Ids {
                uid: self.uid,
                gid: self.gid,
                groups,
            }),
            name: self.name,
            home: self.home,
            shell: self.shell,
        }
    }
}

/// By name or number: `/etc/passwd` first, then the directory service, if there is one.
fn lookup(name: &str) -> io::Result<Option<Entry>> {
    let uid: Option<u32> = name.parse().ok();
    let is_it = |entry: &Entry| entry.name == name || Some(entry.uid) == uid;
    let file = read_list("/etc/passwd")?;
    let listed = file.lines().filter_map(Entry::parse).find(is_it);
    Ok(listed.or_else(|| Entry::parse(&directory::user(name))))
}

/// The supplementary groups of an account, its own included: those of `/etc/group`, and where the
/// machine has a directory those that `id` knows of. A service must not run with only some of them.
fn groups_of(name: &str, gid: u32) -> io::Result<Vec<u32>> {
    let file = read_list("/etc/group")?;
    let mut groups: Vec<u32> = file
        .lines()
        .filter_map(|line| member_of(line, name))
        .collect();
    if has_directory(&read_list("/etc/nsswitch.conf")?) {
        groups.extend(directory::groups(name));
    }
    groups.push(gid);
    groups.sort_unstable();
    groups.dedup();
    Ok(groups)
}

/// Whether groups come from elsewhere than this machine (`group` and `initgroups` in
/// `/etc/nsswitch.conf`). What systemd knows are its own accounts.
fn has_directory(nsswitch: &str) -> bool {
    let lines = nsswitch.lines().filter_map(|line| line.split_once(':'));
    lines
        .filter(|(database, _)| matches!(database.trim(), "group" | "initgroups"))
        .flat_map(|(_, sources)| {
            sources
                .split('#')
                .next()
                .unwrap_or_default()
                .split_whitespace()
        })
        .filter(|word| !word.starts_with('['))
        .any(|source| !matches!(source, "files" | "compat" | "systemd"))
}

fn member_of(line: &str, name: &str) -> Option<u32> {
    let fields: Vec<&str> = line.split(':').collect();
    let [_group, _password, gid, members] = fields[..] else {
        return None;
    };
    members
        .split(',')
        .any(|member| member.trim() == name)
        .then(|| gid.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c10_names_of_windows_and_their_local_meaning() {
        assert_eq!(local_name(r".\mail"), "mail");
        assert_eq!(local_name(r"HOST\mail"), "mail");
        assert_eq!(local_name("mail"), "mail");
        assert_eq!(local_name(r"NT SERVICE\mail"), "mail");
        assert_eq!(local_name(r"NT AUTHORITY\LocalService"), "nobody");
        assert_eq!(local_name(r"nt authority\networkservice"), "nobody");
    }

    #[test]
    fn unknown_accounts_are_1057() {
        let error = find(&AccountName::new("no-such-account-here")).unwrap_err();
        assert_eq!(error.code(), Win32Error::INVALID_SERVICE_ACCOUNT);
    }

    #[test]
    fn the_daemons_own_account_changes_nothing() {
        assert_eq!(find(&AccountName::local_system()).unwrap().ids, None);
    }

    #[test]
    fn a_directory_is_asked_only_where_there_is_one() {
        let debian = "passwd: files systemd\ngroup: files [SUCCESS=merge] systemd # ldap\n";
        assert!(!has_directory(debian) && !has_directory(""));
        assert!(!has_directory("passwd: files sss\nhosts: files dns\n"));
        assert!(has_directory("group:  files sss\n"));
        assert!(has_directory("group: files\ninitgroups: ldap\n"));
    }

    #[test]
    fn lines_of_the_databases() {
        let entry = Entry::parse("www-data:x:33:34:www-data:/var/www:/usr/sbin/nologin\n").unwrap();
        assert_eq!(
            (entry.uid, entry.gid, &*entry.shell),
            (33, 34, "/usr/sbin/nologin")
        );
        assert_eq!(Entry::parse("broken:x"), None);
        assert_eq!(member_of("mail:x:8:anna,bert", "bert"), Some(8));
        assert_eq!(member_of("mail:x:8:anna,bert", "ber"), None);
    }
}
