//! Giving somebody rights, and taking them away, without writing SDDL.

use super::{Ace, AceKind, SecurityDescriptor, Sid, words};
use crate::rights::AccessRights;

/// A change of somebody's rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Give {
    /// Gives these, and with them the right to see the service.
    Grant(AccessRights),
    /// Takes these away.
    Revoke(AccessRights),
    /// Takes away all that the list says of them, what it denies too.
    Forget,
}

/// One change of an access list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessChange {
    /// Whose rights.
    pub sid: Sid,
    /// What becomes of them.
    pub give: Give,
}

impl SecurityDescriptor {
    /// The descriptor with a change. Only entries that name this account change: what others give it,
    /// or deny it, stays.
    #[must_use]
    pub fn with(&self, change: &AccessChange) -> Self {
        let own = |ace: &Ace| ace.sid == change.sid;
        let mut changed = self.clone();
        match change.give {
            Give::Forget => changed.dacl.retain(|ace| !own(ace)),
            Give::Revoke(rights) => changed.take(&change.sid, AceKind::Allow, rights),
            Give::Grant(rights) => {
                let rights = rights.union(words::QUERY);
                let allowed = self.dacl.iter().filter(|ace| own(ace));
                let had = allowed
                    .filter(|ace| ace.kind == AceKind::Allow)
                    .fold(AccessRights::NONE, |all, ace| all.union(ace.rights));
                changed.take(&change.sid, AceKind::Deny, rights);
                changed
                    .dacl
                    .retain(|ace| !own(ace) || ace.kind == AceKind::Deny);
                changed.insert(Ace {
                    kind: AceKind::Allow,
                    rights: had.union(rights),
                    sid: change.sid.clone(),
                });
            }
        }
        changed
    }

    /// Takes rights out of the entries of one kind that name an account; empty ones go. "Every right"
    /// means every bit, including those that only Relance has.
    fn take(&mut self, sid: &Sid, kind: AceKind, rights: AccessRights) {
        let rights = if rights.contains(AccessRights::ALL_ACCESS) {
            AccessRights::from_raw(u32::MAX)
        } else {
            rights
        };
        let named = |ace: &Ace| ace.sid == *sid && ace.kind == kind;
        for ace in self.dacl.iter_mut().filter(|ace| named(ace)) {
            ace.rights = ace.rights.map_generic().without(rights);
        }
        self.dacl
            .retain(|ace| !named(ace) || ace.rights != AccessRights::NONE);
    }

    /// Puts an entry before the others that allow and behind those that deny, which is the order that
    /// Windows wants.
    pub fn insert(&mut self, ace: Ace) {
        let denies = |ace: &Ace| ace.kind == AceKind::Deny;
        let place = self
            .dacl
            .iter()
            .rposition(denies)
            .map_or(0, |last| last + 1);
        self.dacl.insert(place, ace);
    }

    /// Users, besides the manager and administrators, that can have anything run under the account of
    /// the manager: see [`words::POWERFUL`].
    pub fn powerful(&self) -> impl Iterator<Item = &Ace> {
        let trusted = [Sid::LocalSystem, Sid::Administrators, Sid::UnixUser(0)];
        self.dacl.iter().filter(move |ace| {
            ace.kind == AceKind::Allow
                && !trusted.contains(&ace.sid)
                && ace.rights.map_generic().intersects(words::POWERFUL)
        })
    }
}
