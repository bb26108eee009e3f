//! Access lists: what setting, removing and reading the rights of an account means (T18 to T23).

use relance_scm::AccessRights;
use relance_scm::security::{Ace, AceKind, SecurityDescriptor, Sid};

use crate::accounts::{AccountLabel, memberships};
use crate::classes::right_info::{DENY_ACCESS, GRANT_ACCESS, RightInfo};

/// The descriptor with exactly these rights for the account (Windows' SET_ACCESS): what the list said
/// of it before, allowing or denying, is gone. The new entry goes before the other allowing ones and
/// after those that deny, which is the order Windows wants.
pub(crate) fn set(
    descriptor: &SecurityDescriptor,
    account: &Sid,
    rights: AccessRights,
) -> SecurityDescriptor {
    let mut changed = remove(descriptor, account);
    changed.insert(Ace {
        kind: AceKind::Allow,
        rights,
        sid: account.clone(),
    });
    changed
}

/// The descriptor without any entry of the account.
pub(crate) fn remove(descriptor: &SecurityDescriptor, account: &Sid) -> SecurityDescriptor {
    let mut changed = descriptor.clone();
    changed.dacl.retain(|ace| ace.sid != *account);
    changed
}

/// What the account may do, by itself and by its groups. The name is shown as it was asked for.
pub(crate) fn effective(
    descriptor: &SecurityDescriptor,
    label: AccountLabel,
    account: &Sid,
) -> RightInfo {
    let mask = descriptor.effective_rights(&memberships(account));
    right_info(label, mask, GRANT_ACCESS)
}

/// One entry after the other, in the order of the list.
pub(crate) fn entries(descriptor: &SecurityDescriptor) -> impl Iterator<Item = RightInfo> {
    descriptor.dacl.iter().map(|ace| {
        let access_mode = match ace.kind {
            AceKind::Allow => GRANT_ACCESS,
            AceKind::Deny => DENY_ACCESS,
        };
        right_info(AccountLabel::of(&ace.sid), ace.rights, access_mode)
    })
}

fn right_info(label: AccountLabel, mask: AccessRights, access_mode: u32) -> RightInfo {
    RightInfo {
        domain: label.domain.map(|domain| domain.into_bytes().into()),
        username: label.name.into_bytes().into(),
        mask,
        access_mode,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: Sid = Sid::UnixUser(4_000_000_000);

    fn start_stop() -> AccessRights {
        AccessRights::START.union(AccessRights::STOP)
    }

    fn masks(descriptor: &SecurityDescriptor) -> Vec<u32> {
        entries(descriptor)
            .map(|entry| entry.mask.to_raw())
            .collect()
    }

    #[test]
    fn t20_a_user_added_later_comes_first() {
        let default = SecurityDescriptor::default_for_service();
        let changed = set(&default, &USER, start_stop());
        assert_eq!(
            masks(&changed),
            [0x30, 131_581, 983_551, 0x2_008D, 0x2_018D]
        );
    }

    #[test]
    fn setting_replaces_what_was_there() {
        let default = SecurityDescriptor::default_for_service();
        let first = set(&default, &USER, AccessRights::ALL_ACCESS);
        assert_eq!(masks(&set(&first, &USER, start_stop()))[0], 0x30);
        assert_eq!(set(&first, &USER, start_stop()).dacl.len(), 5);
    }

    #[test]
    fn an_entry_that_denies_stays_first() {
        let denying: SecurityDescriptor = "D:(D;;WP;;;WD)(A;;CC;;;SY)".parse().unwrap();
        let changed = set(&denying, &USER, start_stop());
        assert_eq!(masks(&changed), [0x20, 0x30, 0x1]);
        let modes: Vec<u32> = entries(&changed).map(|entry| entry.access_mode).collect();
        assert_eq!(modes, [DENY_ACCESS, GRANT_ACCESS, GRANT_ACCESS]);
    }

    #[test]
    fn t21_removing_an_account_without_entry_changes_nothing() {
        let default = SecurityDescriptor::default_for_service();
        assert_eq!(remove(&default, &USER), default);
        let changed = set(&default, &USER, start_stop());
        assert_eq!(remove(&changed, &USER), default);
    }

    #[test]
    fn t19_effective_rights_are_those_of_the_entry() {
        let changed = set(
            &SecurityDescriptor::default_for_service(),
            &USER,
            start_stop().union(AccessRights::READ_CONTROL),
        );
        let info = effective(&changed, AccountLabel::parse("subuser"), &USER);
        assert_eq!(info.mask.to_raw(), 131_120);
        assert_eq!((info.domain, &*info.username), (None, &b"subuser"[..]));
    }

    #[test]
    fn t18_an_account_without_entry_has_no_rights() {
        let default = SecurityDescriptor::default_for_service();
        let info = effective(&default, AccountLabel::parse("subuser"), &USER);
        assert_eq!(info.mask, AccessRights::NONE);
    }
}
