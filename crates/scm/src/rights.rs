//! Access rights on services and on the manager (A1 to A17).

use std::fmt;

/// A mask of access rights, as it stands in a security descriptor or is asked for when a service is
/// opened.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct AccessRights(u32);

impl AccessRights {
    /// No right.
    pub const NONE: Self = Self(0);
    /// A1
    pub const QUERY_CONFIG: Self = Self(0x0001);
    /// A2: equals full control in practice (A27).
    pub const CHANGE_CONFIG: Self = Self(0x0002);
    /// A3
    pub const QUERY_STATUS: Self = Self(0x0004);
    /// A4
    pub const ENUMERATE_DEPENDENTS: Self = Self(0x0008);
    /// A5
    pub const START: Self = Self(0x0010);
    /// A6
    pub const STOP: Self = Self(0x0020);
    /// A7
    pub const PAUSE_CONTINUE: Self = Self(0x0040);
    /// A8
    pub const INTERROGATE: Self = Self(0x0080);
    /// A9
    pub const USER_DEFINED_CONTROL: Self = Self(0x0100);
    /// Read what the service prints; CHANGE_CONFIG includes it. Relance's own: Windows has no such right and
    /// does not use the bit.
    pub const READ_OUTPUT: Self = Self(0x0200);
    /// A11
    pub const DELETE: Self = Self(0x1_0000);
    /// A11: read the security descriptor.
    pub const READ_CONTROL: Self = Self(0x2_0000);
    /// A11: change the access list.
    pub const WRITE_DAC: Self = Self(0x4_0000);
    /// A11: change the owner.
    pub const WRITE_OWNER: Self = Self(0x8_0000);
    /// A11
    pub const ACCESS_SYSTEM_SECURITY: Self = Self(0x100_0000);
    /// A12: every right on a service.
    pub const ALL_ACCESS: Self = Self(0xF_01FF);
    /// Generic bit; means [`ALL_ACCESS`](Self::ALL_ACCESS) on a service (A17).
    pub const GENERIC_ALL: Self = Self(0x1000_0000);
    /// Generic bit (A16).
    pub const GENERIC_EXECUTE: Self = Self(0x2000_0000);
    /// Generic bit (A15).
    pub const GENERIC_WRITE: Self = Self(0x4000_0000);
    /// Generic bit (A14).
    pub const GENERIC_READ: Self = Self(0x8000_0000);
    /// Every bit a descriptor of a service may hold.
    pub const ALL_KNOWN: Self = Self(0xF10F_01FF);

    /// Any mask.
    #[must_use]
    pub const fn from_raw(raw: u32) -> Self {
        Self(raw)
    }

    /// The number of the mask.
    #[must_use]
    pub const fn to_raw(self) -> u32 {
        self.0
    }

    /// Whether every right of `other` is held.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any right of `other` is held.
    #[must_use]
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Both masks together.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The rights of `self` that are not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Generic bits replaced by what they mean on a service (A14 to A17).
    #[must_use]
    pub const fn map_generic(self) -> Self {
        const GENERIC: [(AccessRights, u32); 4] = [
            (AccessRights::GENERIC_READ, 0x2_008D),
            (AccessRights::GENERIC_WRITE, 0x2_0002),
            (AccessRights::GENERIC_EXECUTE, 0x2_0170),
            (AccessRights::GENERIC_ALL, 0xF_01FF),
        ];
        let mut mapped = self.0 & 0x0FFF_FFFF;
        let mut i = 0;
        while i < GENERIC.len() {
            if self.contains(GENERIC[i].0) {
                mapped |= GENERIC[i].1;
            }
            i += 1;
        }
        Self(mapped)
    }
}

impl fmt::Debug for AccessRights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

/// Names of the single rights, for messages: `START, STOP`.
impl fmt::Display for AccessRights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: [(AccessRights, &str); 15] = [
            (AccessRights::QUERY_CONFIG, "QUERY_CONFIG"),
            (AccessRights::CHANGE_CONFIG, "CHANGE_CONFIG"),
            (AccessRights::QUERY_STATUS, "QUERY_STATUS"),
            (AccessRights::ENUMERATE_DEPENDENTS, "ENUMERATE_DEPENDENTS"),
            (AccessRights::START, "START"),
            (AccessRights::STOP, "STOP"),
            (AccessRights::PAUSE_CONTINUE, "PAUSE_CONTINUE"),
            (AccessRights::INTERROGATE, "INTERROGATE"),
            (AccessRights::USER_DEFINED_CONTROL, "USER_DEFINED_CONTROL"),
            (AccessRights::READ_OUTPUT, "READ_OUTPUT"),
            (AccessRights::DELETE, "DELETE"),
            (AccessRights::READ_CONTROL, "READ_CONTROL"),
            (AccessRights::WRITE_DAC, "WRITE_DAC"),
            (AccessRights::WRITE_OWNER, "WRITE_OWNER"),
            (
                AccessRights::ACCESS_SYSTEM_SECURITY,
                "ACCESS_SYSTEM_SECURITY",
            ),
        ];
        let mut separator = "";
        for (_, name) in NAMES.into_iter().filter(|(right, _)| self.contains(*right)) {
            write!(f, "{separator}{name}")?;
            separator = ", ";
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a14_to_a17_generic_rights_on_a_service() {
        let map = |right: AccessRights| right.map_generic().to_raw();
        assert_eq!(map(AccessRights::GENERIC_READ), 0x2008D);
        assert_eq!(map(AccessRights::GENERIC_WRITE), 0x20002);
        assert_eq!(map(AccessRights::GENERIC_EXECUTE), 0x20170);
        assert_eq!(map(AccessRights::GENERIC_ALL), 0xF01FF);
        assert_eq!(map(AccessRights::START), 0x10);
    }

    #[test]
    fn names_for_messages() {
        let rights = AccessRights::START.union(AccessRights::STOP);
        assert_eq!(rights.to_string(), "START, STOP");
        assert!(AccessRights::ALL_ACCESS.contains(rights));
        assert_eq!(rights.without(AccessRights::STOP), AccessRights::START);
    }
}
