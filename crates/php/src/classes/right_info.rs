//! `Win32Service\RightInfo`: the rights of one account on one service.
//!
//! `methods` holds what PHP can call.

mod methods;

use relance_scm::AccessRights;

use crate::failure;
use crate::zend::class::StoredClass;
use crate::zend::object::Stored;
use crate::zend::outcome::Throwable;

/// The class.
pub(crate) static CLASS: StoredClass =
    StoredClass::of::<RightInfo>(c"Win32Service\\RightInfo", methods::METHODS);

/// `GRANT_ACCESS`
pub(crate) const GRANT_ACCESS: u32 = 1;
/// `DENY_ACCESS`
pub(crate) const DENY_ACCESS: u32 = 3;

const HOW_TO_GET: &str =
    "Use win32_read_right_access_service or win32_read_all_rights_access_service to get instance.";

/// What an object holds. Names are PHP's strings, which `unserialize` may fill with anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RightInfo {
    /// Domain, computer or authority of the account, if it has one.
    pub(crate) domain: Option<Box<[u8]>>,
    /// Name of the account without that.
    pub(crate) username: Box<[u8]>,
    /// The rights.
    pub(crate) mask: AccessRights,
    /// [`GRANT_ACCESS`], [`DENY_ACCESS`] or, from `unserialize`, any other number.
    pub(crate) access_mode: u32,
}

impl Stored for RightInfo {
    fn class() -> &'static StoredClass {
        &CLASS
    }

    fn refuse_clone() -> Throwable {
        failure::exception(
            failure::INTERNAL,
            &format!("Unable to clone from userland. {HOW_TO_GET}"),
        )
    }
}

impl RightInfo {
    /// `DOMAIN\USER`, or the user alone.
    fn full_username(&self) -> Vec<u8> {
        match &self.domain {
            Some(domain) => [domain, &b"\\"[..], &self.username].concat(),
            None => self.username.to_vec(),
        }
    }

    /// `FULLNAME MASK MODE`; the mask is unsigned (B57).
    fn to_text(&self) -> Vec<u8> {
        let mut text = self.full_username();
        text.extend(format!(" {} {}", self.mask.to_raw(), self.access_mode).into_bytes());
        text
    }

    /// Each right whose bits are all set, in the order of the reference.
    fn rights(&self) -> impl Iterator<Item = (AccessRights, &'static str)> {
        RIGHTS
            .into_iter()
            .filter(|(right, _)| self.mask.contains(*right))
    }
}

const RIGHTS: [(AccessRights, &str); 19] = [
    (AccessRights::GENERIC_ALL, "GENERIC_ALL"),
    (AccessRights::GENERIC_READ, "GENERIC_READ"),
    (AccessRights::GENERIC_WRITE, "GENERIC_WRITE"),
    (AccessRights::GENERIC_EXECUTE, "GENERIC_EXECUTE"),
    (AccessRights::ALL_ACCESS, "SERVICE_ALL_ACCESS"),
    (AccessRights::CHANGE_CONFIG, "SERVICE_CHANGE_CONFIG"),
    (
        AccessRights::ENUMERATE_DEPENDENTS,
        "SERVICE_ENUMERATE_DEPENDENTS",
    ),
    (AccessRights::INTERROGATE, "SERVICE_INTERROGATE"),
    (AccessRights::PAUSE_CONTINUE, "SERVICE_PAUSE_CONTINUE"),
    (AccessRights::QUERY_CONFIG, "SERVICE_QUERY_CONFIG"),
    (AccessRights::QUERY_STATUS, "SERVICE_QUERY_STATUS"),
    (AccessRights::START, "SERVICE_START"),
    (AccessRights::STOP, "SERVICE_STOP"),
    (
        AccessRights::USER_DEFINED_CONTROL,
        "SERVICE_USER_DEFINED_CONTROL",
    ),
    (
        AccessRights::ACCESS_SYSTEM_SECURITY,
        "ACCESS_SYSTEM_SECURITY",
    ),
    (AccessRights::DELETE, "DELETE"),
    (AccessRights::READ_CONTROL, "READ_CONTROL"),
    (AccessRights::WRITE_DAC, "WRITE_DAC"),
    (AccessRights::WRITE_OWNER, "WRITE_OWNER"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn info(mask: u32) -> RightInfo {
        RightInfo {
            domain: None,
            username: (*b"subuser").into(),
            mask: AccessRights::from_raw(mask),
            access_mode: GRANT_ACCESS,
        }
    }

    fn names(mask: u32) -> Vec<&'static str> {
        info(mask).rights().map(|(_, name)| name).collect()
    }

    #[test]
    fn t19_rights_and_text_of_three_rights() {
        assert_eq!(
            names(131_120),
            ["SERVICE_START", "SERVICE_STOP", "READ_CONTROL"]
        );
        assert_eq!(info(131_120).to_text(), b"subuser 131120 1");
    }

    #[test]
    fn t20_numbers_of_rights_in_the_default_list() {
        assert_eq!(names(131_581).len(), 9, "SYSTEM");
        assert_eq!(names(983_551).len(), 14, "Administrators");
        assert_eq!(names(983_551)[0], "SERVICE_ALL_ACCESS");
        assert_eq!(names(131_469).len(), 6, "INTERACTIVE and SERVICE");
    }

    #[test]
    fn b57_the_mask_is_unsigned() {
        assert_eq!(info(0x8000_0000).to_text(), b"subuser 2147483648 1");
    }

    #[test]
    fn domain_and_user_are_joined_by_a_backslash() {
        let info = RightInfo {
            domain: Some((*b"BUILTIN").into()),
            username: (*b"Administrators").into(),
            ..info(983_551)
        };
        assert_eq!(info.to_text(), b"BUILTIN\\Administrators 983551 1");
    }
}
