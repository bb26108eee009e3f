//! The methods of `Win32Service\RightInfo`, in upstream's order.
//!
//! An object that holds nothing yet can be reached in the middle of a failing `unserialize`; it
//! answers null, empty and false.

use relance_scm::AccessRights;

use super::{DENY_ACCESS, GRANT_ACCESS, HOW_TO_GET, RightInfo};
use crate::failure;
use crate::zend::class::{private_method, public_method};
use crate::zend::fields::{Conversion, Field, FieldValue};
use crate::zend::function::{Call, php_function};
use crate::zend::outcome::{Key, PhpResult, Throwable, Value};
use crate::zend::signature::{Parameter, ParameterKind, Registration};

pub(super) static METHODS: &[Registration] = &[
    private_method::<Construct>(),
    public_method::<ToString>(),
    public_method::<Clone>(),
    public_method::<Serialize>(),
    public_method::<Unserialize>(),
    public_method::<GetFullUsername>(),
    public_method::<GetRights>(),
    public_method::<IsGrantAccess>(),
    public_method::<IsDenyAccess>(),
    public_method::<GetUsername>(),
    public_method::<GetDomain>(),
];

php_function!(Construct = c"__construct"(), construct);
php_function!(ToString = c"__toString" () -> String, to_string);
php_function!(Clone = c"__clone" () -> Void, clone);
php_function!(Serialize = c"__serialize" () -> Array, serialize);
php_function!(
    Unserialize = c"__unserialize" (Parameter::required(c"data", ParameterKind::Array)) -> Void,
    unserialize,
    fields: &SERIALIZED,
);
php_function!(GetFullUsername = c"getFullUsername" () -> NullableString, full_username);
php_function!(GetRights = c"getRights" () -> Array, rights);
php_function!(IsGrantAccess = c"isGrantAccess" () -> Bool, is_grant_access);
php_function!(IsDenyAccess = c"isDenyAccess" () -> Bool, is_deny_access);
php_function!(GetUsername = c"getUsername" () -> NullableString, username);
php_function!(GetDomain = c"getDomain" () -> NullableString, domain);

const SERIALIZED: [Field; 4] = [
    exact(c"domain"),
    exact(c"username"),
    exact(c"mask"),
    exact(c"accessMode"),
];

const fn exact(key: &'static std::ffi::CStr) -> Field {
    Field {
        key,
        conversion: Conversion::Exact,
    }
}

/// Reached only by reflection: the constructor is private.
fn construct(_call: &mut Call<'_>) -> PhpResult {
    Err(failure::exception(
        failure::INTERNAL,
        &format!("Unable to call constructor from userland. {HOW_TO_GET}"),
    ))
}

fn to_string(call: &mut Call<'_>) -> Value {
    Value::bytes(
        call.this::<RightInfo>()
            .map(RightInfo::to_text)
            .unwrap_or_default(),
    )
}

/// Reached only by an explicit call; `clone` asks `refuse_clone` itself.
fn clone(_call: &mut Call<'_>) -> PhpResult {
    Err(<RightInfo as crate::zend::object::Stored>::refuse_clone())
}

fn serialize(call: &mut Call<'_>) -> Value {
    let info = call.this::<RightInfo>();
    let mask = info.map_or(AccessRights::NONE, |info| info.mask);
    Value::Map(vec![
        (
            "domain".into(),
            Value::optional_bytes(info.and_then(|info| info.domain.clone())),
        ),
        (
            "username".into(),
            Value::optional_bytes(info.map(|info| info.username.clone())),
        ),
        ("mask".into(), mask.to_raw().into()),
        (
            "accessMode".into(),
            info.map_or(0, |info| info.access_mode).into(),
        ),
    ])
}

fn unserialize(call: &mut Call<'_>) -> PhpResult {
    let domain = match call.field(0) {
        FieldValue::Null => None,
        FieldValue::Text(domain) => Some(domain.into()),
        _ => return Err(bad_key("domain")),
    };
    let FieldValue::Text(username) = call.field(1) else {
        return Err(bad_key("username"));
    };
    let info = RightInfo {
        domain,
        username: username.into(),
        mask: AccessRights::from_raw(dword(call.field(2)).ok_or_else(|| bad_key("mask"))?),
        access_mode: dword(call.field(3)).ok_or_else(|| bad_key("accessMode"))?,
    };
    call.set_this(info);
    Ok(Value::Null)
}

fn dword(value: FieldValue<'_>) -> Option<u32> {
    match value {
        FieldValue::Int(int) => u32::try_from(int).ok(),
        _ => None,
    }
}

fn bad_key(key: &str) -> Throwable {
    failure::exception(
        failure::INTERNAL,
        &format!("Missing or invalid '{key}' key"),
    )
}

fn full_username(call: &mut Call<'_>) -> Value {
    let name = call.this::<RightInfo>().map(RightInfo::full_username);
    Value::optional_bytes(name.map(Into::into))
}

fn rights(call: &mut Call<'_>) -> Value {
    let entries = call
        .this::<RightInfo>()
        .into_iter()
        .flat_map(RightInfo::rights);
    Value::Map(
        entries
            .map(|(right, name)| (Key::Index(right.to_raw().into()), name.into()))
            .collect(),
    )
}

/// Compared for equality: a deny entry grants nothing (B55).
fn is_grant_access(call: &mut Call<'_>) -> Value {
    has_mode(call, GRANT_ACCESS)
}

fn is_deny_access(call: &mut Call<'_>) -> Value {
    has_mode(call, DENY_ACCESS)
}

fn has_mode(call: &Call<'_>, mode: u32) -> Value {
    call.this::<RightInfo>()
        .is_some_and(|info| info.access_mode == mode)
        .into()
}

fn username(call: &mut Call<'_>) -> Value {
    let name = call.this::<RightInfo>().map(|info| info.username.clone());
    Value::optional_bytes(name)
}

fn domain(call: &mut Call<'_>) -> Value {
    let domain = call
        .this::<RightInfo>()
        .and_then(|info| info.domain.clone());
    Value::optional_bytes(domain)
}
