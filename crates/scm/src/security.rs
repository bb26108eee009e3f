//! Security descriptors: who may do what with a service, kept as SDDL text (A18 to A28).
//!
//! Only what a service's descriptor needs: owner and group are kept as text, the access list is
//! understood (allow and deny entries), the audit list is kept as text and has no effect here.

mod change;
mod sddl;
pub mod words;

use std::fmt;

use crate::rights::AccessRights;

pub use change::{AccessChange, Give};

/// Whom an entry of an access list names, as the embedded manager understands it (A28).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Sid {
    /// `SY`: the manager itself.
    LocalSystem,
    /// `BA`: root, the daemon's own user, and the configured group.
    Administrators,
    /// `IU`: any local peer.
    Interactive,
    /// `SU`: accounts that services run under.
    Service,
    /// `WD`: everybody.
    Everyone,
    /// `AU`: everybody who has an account; on Linux every local peer.
    AuthenticatedUsers,
    /// `S-1-22-1-uid`
    UnixUser(u32),
    /// `S-1-22-2-gid`
    UnixGroup(u32),
    /// Any other identifier, kept as it was written; it matches nobody on Linux.
    Other(Box<str>),
}

/// Whether an entry gives or takes rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AceKind {
    /// `A`
    Allow,
    /// `D`
    Deny,
}

/// Who may do what with a service, as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The descriptor.
    pub descriptor: SecurityDescriptor,
    /// Whether none is stored, and this is the default.
    pub is_default: bool,
    /// Whom its entries name, in their order: `user:alice`, `group:web`, `administrators`.
    pub names: Vec<Box<str>>,
}

/// What to change, and for whom, by a name that the manager looks up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedChange {
    /// `alice`, `user:alice`, `group:web`, `administrators`, or a security identifier.
    pub who: String,
    /// The change of their rights.
    pub give: Give,
}

/// One entry of an access list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ace {
    /// Gives or takes.
    pub kind: AceKind,
    /// The rights; generic bits as they were written.
    pub rights: AccessRights,
    /// To or from whom.
    pub sid: Sid,
}

/// A service's security descriptor.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SecurityDescriptor {
    /// `O:` part, without the letter; empty if absent.
    pub owner: Box<str>,
    /// `G:` part.
    pub group: Box<str>,
    /// `D:` part: entries in their order, which decides (A24).
    pub dacl: Vec<Ace>,
    /// `S:` part, not interpreted.
    pub sacl: Box<str>,
}

impl SecurityDescriptor {
    /// The descriptor of a new service: A18 with A28's difference, that a local peer may not send
    /// custom controls.
    #[must_use]
    pub fn default_for_service() -> Self {
        let allow = |rights: u32, sid| Ace {
            kind: AceKind::Allow,
            rights: AccessRights::from_raw(rights),
            sid,
        };
        Self {
            owner: "".into(),
            group: "".into(),
            dacl: vec![
                allow(0x2_01FD, Sid::LocalSystem),
                allow(0xF_01FF, Sid::Administrators),
                allow(0x2_008D, Sid::Interactive),
                allow(0x2_018D, Sid::Service),
            ],
            sacl: "(AU;FA;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;WD)".into(),
        }
    }

    /// The rights that remain for a caller with these `sids`. Entries count in the order of the list: a later
    /// one cannot give what an earlier one denies, nor deny what it gives (A24).
    #[must_use]
    pub fn effective_rights(&self, sids: &[Sid]) -> AccessRights {
        let mut granted = AccessRights::NONE;
        let mut denied = AccessRights::NONE;
        for ace in self.dacl.iter().filter(|ace| sids.contains(&ace.sid)) {
            let rights = ace.rights.map_generic();
            match ace.kind {
                AceKind::Allow => granted = granted.union(rights.without(denied)),
                AceKind::Deny => denied = denied.union(rights.without(granted)),
            }
        }
        granted
    }
}

impl fmt::Display for SecurityDescriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        sddl::write(self, f)
    }
}

#[cfg(test)]
mod tests;
