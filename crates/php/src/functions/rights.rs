//! The access list of a service (T18 to T23).

use relance_scm::security::{SecurityDescriptor, Sid};
use relance_scm::{AccessRights, ConfigChange, Win32Error};

use crate::accounts::AccountLabel;
use crate::failure::{self, utf8};
use crate::rights;
use crate::zend::function::{Call, php_function};
use crate::zend::object::NewObject;
use crate::zend::outcome::{PhpResult, Throwable, Value};
use crate::zend::signature::{Parameter, ParameterKind};

use super::open::{Contexts, MACHINE, Opened, SERVICE_NAME, at_least_two_bytes, open};

php_function!(
    /// Sets the rights of an account.
    pub(super) AddRightAccessService = c"win32_add_right_access_service" (
        SERVICE_NAME,
        USER_NAME,
        Parameter::required(c"right", ParameterKind::Int),
        MACHINE,
    ) -> Void,
    add,
);
php_function!(
    /// Removes the entries of an account.
    pub(super) RemoveRightAccessService = c"win32_remove_right_access_service" (
        SERVICE_NAME,
        USER_NAME,
        MACHINE,
    ) -> Void,
    remove,
);
php_function!(
    /// What an account may do.
    pub(super) ReadRightAccessService = c"win32_read_right_access_service" (
        SERVICE_NAME,
        USER_NAME,
        MACHINE,
    ) -> Object,
    read,
);
php_function!(
    /// The entries of the list.
    pub(super) ReadAllRightsAccessService = c"win32_read_all_rights_access_service" (
        SERVICE_NAME,
        MACHINE,
    ) -> Array,
    read_all,
);

const USER_NAME: Parameter = Parameter::required(c"username", ParameterKind::String);

const WRITING: Contexts = Contexts {
    manager: "OpenSCManager failed",
    service: "OpenService failed",
};
const READING: Contexts = Contexts::both("GetNamedSecurityInfo Error");

fn add(call: &mut Call<'_>) -> PhpResult {
    let service = at_least_two_bytes(call, 0)?;
    let user = at_least_two_bytes(call, 1)?;
    let mask = right(call.int(2))?;
    change(service, user, call.bytes(3), |descriptor, account| {
        rights::set(descriptor, account, mask)
    })
}

fn remove(call: &mut Call<'_>) -> PhpResult {
    let service = at_least_two_bytes(call, 0)?;
    let user = at_least_two_bytes(call, 1)?;
    change(service, user, call.bytes(2), rights::remove)
}

fn read(call: &mut Call<'_>) -> PhpResult {
    let service = at_least_two_bytes(call, 0)?;
    let user = at_least_two_bytes(call, 1)?;
    utf8(call.bytes(2), "machine name")?;
    utf8(service, "service name")?;
    let label = AccountLabel::parse(utf8(user, "username")?);
    let service = open(service, call.bytes(2), READING)?;
    let descriptor = descriptor(&service, READING.service)?;
    let account = account(&label, "GetEffectiveRightsFromAcl Error")?;
    let info = rights::effective(&descriptor, label, &account);
    Ok(Value::Object(NewObject::of(info)))
}

fn read_all(call: &mut Call<'_>) -> PhpResult {
    let service = at_least_two_bytes(call, 0)?;
    utf8(call.bytes(1), "machine name")?;
    utf8(service, "service name")?;
    let service = open(service, call.bytes(1), READING)?;
    let descriptor = descriptor(&service, READING.service)?;
    let entries = rights::entries(&descriptor).map(|info| Value::Object(NewObject::of(info)));
    Ok(Value::List(entries.collect()))
}

/// `$right`, argument 3: any bits that a descriptor of a service can hold (B61).
fn right(number: i64) -> Result<AccessRights, Throwable> {
    u32::try_from(number)
        .ok()
        .map(AccessRights::from_raw)
        .filter(|mask| *mask != AccessRights::NONE && AccessRights::ALL_KNOWN.contains(*mask))
        .ok_or_else(|| {
            Throwable::argument_value(
                3,
                "the value must be a combination of the WIN32_* rights constants",
            )
        })
}

fn change(
    service: &[u8],
    user: &[u8],
    machine: &[u8],
    edit: impl FnOnce(&SecurityDescriptor, &Sid) -> SecurityDescriptor,
) -> PhpResult {
    utf8(service, WRITING.service)?;
    let label = AccountLabel::parse(utf8(user, "Invalid username")?);
    let service = open(service, machine, WRITING)?;
    let descriptor = descriptor(&service, WRITING.service)?;
    let account = account(&label, "SetEntriesInAcl failed")?;
    let change = ConfigChange {
        security: Some(Some(edit(&descriptor, &account))),
        ..ConfigChange::default()
    };
    service
        .backend
        .change(&service.name, change)
        .map_err(|error| failure::operation(&error, "SetServiceObjectSecurity failed"))?;
    Ok(Value::Null)
}

/// The service's descriptor: the stored one, or the default that is stored nowhere (A18).
fn descriptor(service: &Opened, context: &str) -> Result<SecurityDescriptor, Throwable> {
    let config = service
        .backend
        .config(&service.name)
        .map_err(|error| failure::operation(&error, context))?;
    Ok(config
        .security
        .map_or_else(SecurityDescriptor::default_for_service, |stored| *stored))
}

fn account(label: &AccountLabel, context: &str) -> Result<Sid, Throwable> {
    label
        .sid()
        .ok_or_else(|| failure::code(Win32Error::NONE_MAPPED, context))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t22_t23_a_right_is_a_combination_of_the_constants() {
        assert_eq!(right(0x30).unwrap().to_raw(), 0x30);
        assert_eq!(right(0x8000_0000).unwrap(), AccessRights::GENERIC_READ);
        for number in [0, -1, 0x200, 0x1_0000_0000, 0x1000_0000 << 4] {
            assert!(right(number).is_err(), "{number:#x}");
        }
    }

    #[test]
    fn an_unknown_account_is_1332() {
        let label = AccountLabel::parse("nobody of that name");
        match account(&label, "SetEntriesInAcl failed") {
            Err(Throwable::Exception { code, .. }) => assert_eq!(code, 1332),
            other => panic!("{other:?}"),
        }
    }
}
