//! Accounts by name and by security identifier: those of Windows, or on Linux those that Windows
//! defines and the users and groups of the system (A28).

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use relance_scm::security::Sid;

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

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

    /// The label of an account; an unknown identifier is its own label.
    pub(crate) fn of(sid: &Sid) -> Self {
        let (domain, name) = system::name_of(sid).unwrap_or_else(|| (None, sid.to_string()));
        Self { domain, name }
    }

    /// The account with this label, if there is one.
    pub(crate) fn sid(&self) -> Option<Sid> {
        system::sid_of(self.domain.as_deref().unwrap_or_default(), &self.name)
    }
}

/// Everything that an account is because of its name alone: itself, its groups, everybody. What it is
/// because of *how* it came (interactive, as a service) is not part of it, as on Windows.
pub(crate) fn memberships(sid: &Sid) -> Vec<Sid> {
    let mut sids = vec![sid.clone(), Sid::Everyone, Sid::AuthenticatedUsers];
    sids.extend(system::groups_of(sid));
    sids
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::machine::host_name;

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
