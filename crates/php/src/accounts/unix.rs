//! Accounts on Linux: those that Windows defines keep their Windows names; everybody else is a user or a
//! group of this system, `HOST\name` where a domain is shown.

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

/// Domain, computer or authority, and name.
pub(super) fn name_of(sid: &Sid) -> Option<(Option<String>, String)> {
    if let Some((_, domain, name)) = WELL_KNOWN.iter().find(|row| row.0 == *sid) {
        return Some((domain.map(str::to_owned), (*name).to_owned()));
    }
    let name = match sid {
        Sid::UnixUser(uid) => user(|| User::from_uid(Uid::from_raw(*uid))).map(|u| u.name),
        Sid::UnixGroup(gid) => group(|| Group::from_gid(Gid::from_raw(*gid))).map(|g| g.name),
        _ => None,
    };
    name.map(|name| (Some(host_name()), name))
}

/// A Windows account, else a user, else a group of this computer.
pub(super) fn sid_of(domain: &str, name: &str) -> Option<Sid> {
    let is = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    let well_known = WELL_KNOWN.iter().find(|(_, authority, known)| {
        is(known, name) && (domain.is_empty() || is(authority.unwrap_or_default(), domain))
    });
    if let Some((sid, _, _)) = well_known {
        return Some(sid.clone());
    }
    let local = domain.is_empty() || domain == "." || is(domain, &host_name());
    if !local {
        return None;
    }
    user(|| User::from_name(name))
        .map(|user| Sid::UnixUser(user.uid.as_raw()))
        .or_else(|| {
            group(|| Group::from_name(name)).map(|group| Sid::UnixGroup(group.gid.as_raw()))
        })
}

/// The groups of a user; root administers.
pub(super) fn groups_of(sid: &Sid) -> Vec<Sid> {
    let Sid::UnixUser(uid) = sid else {
        return Vec::new();
    };
    let administrators = (*uid == 0).then_some(Sid::Administrators);
    let groups = group_numbers(*uid).into_iter().map(Sid::UnixGroup);
    administrators.into_iter().chain(groups).collect()
}

fn group_numbers(uid: u32) -> Vec<u32> {
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
