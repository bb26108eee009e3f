//! Names of those whom an access list names: users and groups of this machine, and the sets that Windows
//! has identifiers for.

use relance_scm::security::Sid;
use relance_scm::{ScmError, Win32Error};
use relance_texts::{Words, error, quoted, shown};

use super::{directory, has_directory, read_list};

const USER: &str = "user:";
const GROUP: &str = "group:";

/// The sets that have names of their own.
const SETS: [(&str, Sid); 6] = [
    ("manager", Sid::LocalSystem),
    ("administrators", Sid::Administrators),
    ("local-users", Sid::Interactive),
    ("services", Sid::Service),
    ("everyone", Sid::Everyone),
    ("authenticated-users", Sid::AuthenticatedUsers),
];

/// What the databases of users and groups say.
trait Databases {
    /// Number of a user, by name or number, and of its own group.
    fn user(&self, name: &str) -> Option<(u32, u32)>;
    /// Number of a group, by name or number.
    fn group(&self, name: &str) -> Option<u32>;
}

/// Whom a name means: one of the sets above, `user:NAME`, `group:NAME`, a security identifier, or the
/// user or the group of that name.
///
/// # Errors
/// 1332 when there is nobody of that name, 87 when it means two.
pub(crate) fn find(who: &str) -> Result<Sid, ScmError> {
    find_in(&System, who)
}

/// The number of a group, by its name or number.
///
/// # Errors
/// 1332 when there is no such group.
pub(crate) fn group(name: &str) -> Result<u32, ScmError> {
    let number = checked(name).and_then(|name| System.group(name));
    number.ok_or_else(|| {
        ScmError::new(
            Win32Error::NONE_MAPPED,
            error::NoGroup { name: quoted(name) },
        )
    })
}

/// The name of those behind an identifier; the identifier itself where nobody has it.
pub(crate) fn name_of(sid: &Sid) -> String {
    if let Some((name, _)) = SETS.iter().find(|(_, set)| set == sid) {
        return (*name).to_owned();
    }
    match sid {
        Sid::UnixUser(uid) => format!("{USER}{}", named("passwd", *uid)),
        Sid::UnixGroup(gid) => format!("{GROUP}{}", named("group", *gid)),
        other => other.to_string(),
    }
}

fn find_in(databases: &dyn Databases, who: &str) -> Result<Sid, ScmError> {
    if let Some((_, sid)) = SETS.iter().find(|(name, _)| *name == who) {
        return Ok(sid.clone());
    }
    if let Some(name) = who.strip_prefix(USER) {
        let user = checked(name).and_then(|name| databases.user(name));
        return user
            .map(|(uid, _)| Sid::UnixUser(uid))
            .ok_or_else(|| nobody(error::NOBODY_USER, name));
    }
    if let Some(name) = who.strip_prefix(GROUP) {
        let group = checked(name).and_then(|name| databases.group(name));
        return group
            .map(Sid::UnixGroup)
            .ok_or_else(|| nobody(error::NOBODY_GROUP, name));
    }
    if who.starts_with("S-1-") {
        return identifier(who);
    }
    let name = checked(who).ok_or_else(|| nobody(error::NOBODY_USER_OR_GROUP, who))?;
    match (databases.user(name), databases.group(name)) {
        (Some((uid, _)), None) => Ok(Sid::UnixUser(uid)),
        // The group that a user has for itself.
        (Some((uid, own)), Some(gid)) if own == gid => Ok(Sid::UnixUser(uid)),
        (Some(_), Some(_)) => Err(ScmError::new(
            Win32Error::INVALID_PARAMETER,
            error::UserAndGroup {
                name: shown(name),
                user: USER,
                group: GROUP,
            },
        )),
        (None, Some(gid)) => Ok(Sid::UnixGroup(gid)),
        (None, None) => Err(nobody(error::NOBODY_USER_OR_GROUP, name)),
    }
}

/// A name that programs can be asked about.
fn checked(name: &str) -> Option<&str> {
    let is_odd = |c: char| c.is_control() || c.is_whitespace() || matches!(c, ':' | '/');
    (!name.is_empty() && !name.starts_with('-') && !name.contains(is_odd)).then_some(name)
}

fn identifier(text: &str) -> Result<Sid, ScmError> {
    let descriptor = format!("D:(A;;RC;;;{text})");
    let parsed: relance_scm::security::SecurityDescriptor = descriptor.parse()?;
    let entry = parsed.dacl.into_iter().next();
    entry
        .map(|entry| entry.sid)
        .ok_or_else(|| nobody(error::NOBODY_ACCOUNT, text))
}

fn nobody(kind: Words, name: &str) -> ScmError {
    let sets: Vec<&str> = SETS.iter().map(|(name, _)| *name).collect();
    ScmError::new(
        Win32Error::NONE_MAPPED,
        error::Nobody {
            kind,
            name: quoted(name),
            sets,
        },
    )
}

/// The name that a database has for a number; the number itself where it has none.
fn named(database: &str, number: u32) -> String {
    let name = line_of(database, &number.to_string()).and_then(|line| {
        let name = line.split(':').next()?;
        Some(name.to_owned())
    });
    name.unwrap_or_else(|| number.to_string())
}

/// The line of a database about a name or number: from its file, then from a directory if there is one.
fn line_of(database: &str, name: &str) -> Option<String> {
    let file = read_list(&format!("/etc/{database}")).unwrap_or_default();
    let is_it = |line: &&str| {
        let mut fields = line.split(':');
        fields.next() == Some(name) || fields.nth(1) == Some(name)
    };
    if let Some(line) = file.lines().find(is_it) {
        return Some(line.to_owned());
    }
    let sources = read_list("/etc/nsswitch.conf").unwrap_or_default();
    if !has_directory(&sources) {
        return None;
    }
    let line = match database {
        "passwd" => directory::user(name),
        _ => directory::group(name),
    };
    (!line.trim().is_empty()).then_some(line)
}

/// The databases of this machine.
struct System;

impl Databases for System {
    fn user(&self, name: &str) -> Option<(u32, u32)> {
        let line = line_of("passwd", name)?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    }

    fn group(&self, name: &str) -> Option<u32> {
        line_of("group", name)?
            .split(':')
            .nth(2)?
            .trim()
            .parse()
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `anna` has a group of her own, `docker` is a user and another group.
    struct Few;

    impl Databases for Few {
        fn user(&self, name: &str) -> Option<(u32, u32)> {
            match name {
                "anna" | "1000" => Some((1000, 1000)),
                "docker" => Some((900, 900)),
                _ => None,
            }
        }

        fn group(&self, name: &str) -> Option<u32> {
            match name {
                "anna" => Some(1000),
                "docker" => Some(999),
                "web" => Some(33),
                _ => None,
            }
        }
    }

    fn found(who: &str) -> Result<Sid, (u32, String)> {
        find_in(&Few, who).map_err(|error| (error.code().to_raw(), error.sentence().to_owned()))
    }

    #[test]
    fn users_groups_and_sets_have_names() {
        assert_eq!(found("anna"), Ok(Sid::UnixUser(1000)));
        assert_eq!(found("user:1000"), Ok(Sid::UnixUser(1000)));
        assert_eq!(found("group:anna"), Ok(Sid::UnixGroup(1000)));
        assert_eq!(found("web"), Ok(Sid::UnixGroup(33)));
        assert_eq!(found("administrators"), Ok(Sid::Administrators));
        assert_eq!(found("S-1-22-1-7"), Ok(Sid::UnixUser(7)));
    }

    #[test]
    fn who_is_not_there_or_there_twice_is_refused_with_what_to_write() {
        let (code, sentence) = found("docker").unwrap_err();
        assert_eq!(code, 87);
        assert!(
            sentence.contains("user:docker or group:docker"),
            "{sentence}"
        );
        for who in [
            "bob",
            "user:web",
            "group:bob",
            "-h",
            "",
            "a b",
            "user:",
            "../x",
        ] {
            let (code, sentence) = found(who).unwrap_err();
            assert_eq!(code, 1332, "{who}");
            assert!(sentence.starts_with("there is no "), "{sentence}");
        }
    }

    #[test]
    fn names_of_this_machine_read_back() {
        assert_eq!(name_of(&Sid::UnixUser(0)), "user:root");
        assert_eq!(find("user:root"), Ok(Sid::UnixUser(0)));
        assert_eq!(name_of(&Sid::UnixGroup(0)), "group:root");
        let unknown = Sid::UnixUser(4_000_000_000);
        assert_eq!(name_of(&unknown), "user:4000000000");
        for (name, sid) in SETS {
            assert_eq!(name_of(&sid), name);
        }
    }
}
