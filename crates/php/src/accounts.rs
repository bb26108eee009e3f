//! Accounts by name and by security identifier, on Linux (A28).
//!
//! The accounts that Windows defines keep their Windows names; everybody else is a user or a group of
//! this system, `HOST\name` where a domain is shown.

use std::ffi::CString;

use nix::unistd::{Gid, Group, Uid, User, getgrouplist};
use relance_scm::security::Sid;

use crate::machine::host_name;

/// Names of the accounts that Windows defines: authority and name.
const WELL_KNOWN: [(Sid, Option<&str>, &str); 6] = [
    (Sid::LocalSystem, Some("NT AUTHORITY"), "SYSTEM"),
    (Sid::Administrators, Some("BUILTIN"), "Administrators"),
    (Sid::Interactive, Some("NT AUTHORITY"), "INTERACTIVE"),
    (Sid::Service, Some("NT AUTHORITY"), "SERVICE"),
    (
        Sid::AuthenticatedUsers,
        Some("NT AUTHORITY"),
        "Authenticated Users",
    ),
    (Sid::Everyone, None, "Everyone"),
];

/// A name as PHP code gives and gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AccountLabel {
    /// Domain, computer or authority.
    pub(crate) domain: Option<String>,
    /// The name alone.
    pub(crate) name: String,
}

impl AccountLabel {
    /// Splits `DOMAIN\user` at the first backslash (B54).
    pub(crate) fn parse(text: &str) -> Self {
        match text.split_once('\\') {
            Some((domain, name)) => Self {
                domain: Some(domain.to_owned()),
                name: name.to_owned(),
            },
            None => Self {
                domain: None,
                name: text.to_owned(),
            },
        }
    }

    /// The label of an account; an identifier that nobody has is its own name.
    pub(crate) fn of(sid: &Sid) -> Self {
        if let Some((_, domain, name)) = WELL_KNOWN.iter().find(|row| row.0 == *sid) {
            return Self {
                domain: domain.map(str::to_owned),
                name: (*name).to_owned(),
            };
        }
        let name = match sid {
            Sid::UnixUser(uid) => user(|| User::from_uid(Uid::from_raw(*uid))).map(|u| u.name),
            Sid::UnixGroup(gid) => group(|| Group::from_gid(Gid::from_raw(*gid))).map(|g| g.name),
            _ => None,
        };
        match name {
            Some(name) => Self {
                domain: Some(host_name()),
                name,
            },
            None => Self {
                domain: None,
                name: sid.to_string(),
            },
        }
    }

    /// Whose label it is: a Windows account, else a user, else a group of this computer.
    pub(crate) fn sid(&self) -> Option<Sid> {
        let domain = self.domain.as_deref().unwrap_or_default();
        let is = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
        let well_known = WELL_KNOWN.iter().find(|(_, authority, name)| {
            is(name, &self.name) && (domain.is_empty() || is(authority.unwrap_or_default(), domain))
        });
        if let Some((sid, _, _)) = well_known {
            return Some(sid.clone());
        }
        let local = domain.is_empty() || domain == "." || is(domain, &host_name());
        if !local {
            return None;
        }
        user(|| User::from_name(&self.name))
            .map(|user| Sid::UnixUser(user.uid.as_raw()))
            .or_else(|| {
                group(|| Group::from_name(&self.name))
                    .map(|group| Sid::UnixGroup(group.gid.as_raw()))
            })
    }
}

/// Everything that an account is because of its name alone: itself, its groups, everybody. What it is
/// because of *how* it came (interactive, as a service) is not part of it, as on Windows.
pub(crate) fn memberships(sid: &Sid) -> Vec<Sid> {
    let mut sids = vec![sid.clone(), Sid::Everyone, Sid::AuthenticatedUsers];
    if let Sid::UnixUser(uid) = sid {
        if *uid == 0 {
            sids.push(Sid::Administrators);
        }
        sids.extend(groups_of(*uid).into_iter().map(Sid::UnixGroup));
    }
    sids
}

fn groups_of(uid: u32) -> Vec<u32> {
    let Some(user) = user(|| User::from_uid(Uid::from_raw(uid))) else {
        return Vec::new();
    };
    let Ok(name) = CString::new(user.name) else {
        return Vec::new();
    };
    getgrouplist(&name, user.gid)
        .unwrap_or_default()
        .into_iter()
        .map(Gid::as_raw)
        .collect()
}

/// A look-up that fails (no such name, or the system's databases are out of order) finds nobody.
fn user(find: impl FnOnce() -> nix::Result<Option<User>>) -> Option<User> {
    find().ok().flatten()
}

fn group(find: impl FnOnce() -> nix::Result<Option<Group>>) -> Option<Group> {
    find().ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sid(text: &str) -> Option<Sid> {
        AccountLabel::parse(text).sid()
    }

    #[test]
    fn b54_domain_and_user_are_split_at_the_first_backslash() {
        let label = AccountLabel::parse(r"DOMAIN\user\x");
        assert_eq!(label.domain.as_deref(), Some("DOMAIN"));
        assert_eq!(label.name, r"user\x");
    }

    #[test]
    fn windows_accounts_have_their_names() {
        assert_eq!(sid("system"), Some(Sid::LocalSystem));
        assert_eq!(sid(r"NT AUTHORITY\SYSTEM"), Some(Sid::LocalSystem));
        assert_eq!(sid(r"BUILTIN\Administrators"), Some(Sid::Administrators));
        assert_eq!(sid("Everyone"), Some(Sid::Everyone));
        let label = AccountLabel::of(&Sid::Interactive);
        assert_eq!(label.domain.as_deref(), Some("NT AUTHORITY"));
        assert_eq!(label.name, "INTERACTIVE");
    }

    #[test]
    fn users_of_this_computer_are_found_by_name_and_number() {
        assert_eq!(sid("root"), Some(Sid::UnixUser(0)));
        assert_eq!(sid(r".\root"), Some(Sid::UnixUser(0)));
        assert_eq!(
            sid(&format!(r"{}\root", host_name())),
            Some(Sid::UnixUser(0))
        );
        assert_eq!(sid(r"ELSEWHERE\root"), None);
        assert_eq!(sid("nobody of that name"), None);
        let label = AccountLabel::of(&Sid::UnixUser(0));
        assert_eq!(
            (label.domain, label.name.as_str()),
            (Some(host_name()), "root")
        );
    }

    #[test]
    fn an_unknown_identifier_is_its_own_name() {
        let label = AccountLabel::of(&Sid::UnixUser(4_000_000_000));
        assert_eq!(label.domain, None);
        assert_eq!(label.name, "S-1-22-1-4000000000");
    }

    #[test]
    fn groups_count_as_membership() {
        let sids = memberships(&Sid::UnixUser(0));
        assert!(sids.contains(&Sid::Administrators));
        assert!(sids.contains(&Sid::UnixGroup(0)));
        assert!(!sids.contains(&Sid::Interactive));
    }
}
