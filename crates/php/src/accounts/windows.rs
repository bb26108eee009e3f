//! Accounts as Windows knows them.

use relance_scm::security::Sid;
use relance_windows::accounts;

/// Domain or authority, and name.
pub(super) fn name_of(sid: &Sid) -> Option<(Option<String>, String)> {
    let (domain, name) = accounts::name_of(sid).ok()?;
    Some((Some(domain).filter(|domain| !domain.is_empty()), name))
}

pub(super) fn sid_of(domain: &str, name: &str) -> Option<Sid> {
    accounts::sid_of(&joined(domain, name)).ok()
}

/// The local groups of an account.
pub(super) fn groups_of(sid: &Sid) -> Vec<Sid> {
    let name = accounts::name_of(sid);
    name.map_or_else(
        |_| Vec::new(),
        |(domain, name)| accounts::groups_of(&joined(&domain, &name)),
    )
}

fn joined(domain: &str, name: &str) -> String {
    if domain.is_empty() {
        name.to_owned()
    } else {
        format!(r"{domain}\{name}")
    }
}
