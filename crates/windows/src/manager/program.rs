//! How a program that knows nothing of services is stored: the service is `relance host`, and what it
//! runs lies in the key `Parameters` of the service, where services of Windows keep their settings.

use std::time::Duration;

use relance_scm::config::{Affinity, Extensions, ExtensionsChange};
use relance_scm::duration::millis;
use relance_scm::settings::{EXTENSIONS, OnWindows, Setting, Value, ValueType};
use relance_scm::{ScmError, ServiceConfig, ServiceKind, Win32Error, command_line};

use crate::api::{Api, RegistryValue, Result};
use crate::error::unsupported;

/// The word behind the path of `relance.exe` by which a hosted program is recognised.
const HOST_COMMAND: &str = "host";

/// Name of the value in `Parameters` that holds what the host runs.
const COMMAND_LINE: &str = "CommandLine";

/// Name of the value that says whether an error status is a failure, where the host decides what follows one (X123).
/// The flag of the manager is off then: it would restart what the host has given up.
const ON_ERROR_STOP: &str = "OnErrorStop";

/// The flag of the manager (R5).
pub(super) fn flag(config: &ServiceConfig) -> bool {
    config.failure_actions_on_non_crash_failures && !config.host_recovers()
}

/// Whether an error status is a failure to the host of a program.
pub(super) fn read_flag(api: &dyn Api, machine: &str, name: &str) -> bool {
    let value = api.registry_read(machine, &parameters_key(name), ON_ERROR_STOP);
    matches!(value, Ok(RegistryValue::Number(1..)))
}

/// Name of the value in `Parameters` that holds an extension: `stop_grace_ms` is `StopGrace`.
fn value_name(setting: &Setting) -> String {
    let words = setting.key.trim_end_matches("_ms").split('_');
    words
        .map(|word| word[..1].to_ascii_uppercase() + &word[1..])
        .collect()
}

/// The key of a service, below `HKEY_LOCAL_MACHINE`.
pub(crate) fn service_key(name: &str) -> String {
    format!(r"SYSTEM\CurrentControlSet\Services\{name}")
}

pub(crate) fn parameters_key(name: &str) -> String {
    format!(r"{}\Parameters", service_key(name))
}

/// The command line that the manager starts: the service's own, or that of its host.
pub(super) fn image_path(api: &dyn Api, config: &ServiceConfig) -> Result<String> {
    match config.kind {
        ServiceKind::Service => Ok(config.command_line.to_string()),
        ServiceKind::Program => Ok(command_line::join(&[
            api.host_program()?,
            HOST_COMMAND.to_owned(),
            config.service_name.as_str().to_owned(),
        ])),
    }
}

/// What the host runs; `None` for a service that is its own.
pub(super) fn read(
    api: &dyn Api,
    machine: &str,
    name: &str,
    image_path: &str,
) -> Option<(String, Extensions)> {
    let is_hosted = command_line::split(image_path)
        .get(1)
        .is_some_and(|word| word == HOST_COMMAND);
    if !is_hosted {
        return None;
    }
    let key = parameters_key(name);
    let read = |value: &str| api.registry_read(machine, &key, value).ok();
    let RegistryValue::Text(line) = read(COMMAND_LINE)? else {
        return None;
    };
    let mut change = ExtensionsChange::default();
    for setting in EXTENSIONS {
        if let Some(value) = read(&value_name(setting)) {
            change.add(setting, of_registry(setting.value, value));
        }
    }
    let mut extensions = Extensions::default();
    extensions.apply(&change);
    Some((line, extensions))
}

/// Another program may have written the value; one that the setting does not take counts as unset.
fn of_registry(value_type: ValueType, value: RegistryValue) -> Option<Value> {
    match (value_type, value) {
        (ValueType::Choice(words), RegistryValue::Number(at)) => {
            let word = usize::try_from(at).ok().and_then(|at| words.get(at))?;
            Some(Value::Choice(word))
        }
        (ValueType::Duration | ValueType::OptionalDuration, RegistryValue::Number(ms)) => {
            Some(Value::Duration(Duration::from_millis(ms.into())))
        }
        (ValueType::Processors, RegistryValue::Number(mask)) => {
            Affinity::from_mask(mask.into()).map(Value::Processors)
        }
        (ValueType::Processors, RegistryValue::LongNumber(mask)) => {
            Affinity::from_mask(mask).map(Value::Processors)
        }
        (ValueType::Flag, RegistryValue::Number(set)) => Some(Value::Flag(set != 0)),
        (_, RegistryValue::Number(number)) => Some(Value::Number(number.into())),
        (_, RegistryValue::LongNumber(number)) => Some(Value::Number(number)),
        (ValueType::Statuses, RegistryValue::List(codes)) => {
            let codes = codes.iter().filter_map(|code| code.parse().ok());
            Some(Value::Statuses(codes.collect()))
        }
        (_, RegistryValue::List(texts)) => {
            Some(Value::List(texts.into_iter().map(Into::into).collect()))
        }
        (ValueType::Backoff, RegistryValue::Text(text)) => value_type.parse(&text).ok(),
        (_, RegistryValue::Text(text)) => Some(Value::Text(text.into())),
    }
}

fn to_registry(value_type: ValueType, value: &Value) -> Option<RegistryValue> {
    let number = |number: u64| RegistryValue::Number(u32::try_from(number).unwrap_or(u32::MAX));
    Some(match (value_type, value) {
        (_, Value::Unset) => return None,
        (ValueType::Choice(words), Value::Choice(word)) => {
            let at = words.iter().position(|known| known == word)?;
            number(u64::try_from(at).ok()?)
        }
        (_, Value::Duration(time)) => number(millis(*time)),
        (_, Value::Processors(processors)) => RegistryValue::LongNumber(processors.mask()),
        (_, Value::Flag(set)) => number(u64::from(*set)),
        (ValueType::Size | ValueType::SizeOrZero, Value::Number(bytes)) => {
            RegistryValue::LongNumber(*bytes)
        }
        (_, Value::Number(value)) => number(*value),
        (_, Value::Statuses(codes)) => {
            RegistryValue::List(codes.iter().map(u8::to_string).collect())
        }
        (_, Value::List(texts)) => {
            RegistryValue::List(texts.iter().map(ToString::to_string).collect())
        }
        (_, other) => RegistryValue::Text(other.text(value_type)),
    })
}

/// Writes what differs; `old` is `None` for a new service.
pub(super) fn write(
    api: &dyn Api,
    machine: &str,
    old: Option<&ServiceConfig>,
    new: &ServiceConfig,
) -> Result<()> {
    if new.kind == ServiceKind::Service {
        return Ok(());
    }
    let key = parameters_key(new.service_name.as_str());
    let before = old.map(values).unwrap_or_default();
    for (index, (name, data)) in values(new).into_iter().enumerate() {
        if before.get(index).is_some_and(|(_, before)| *before == data) {
            continue;
        }
        match data {
            Some(data) => api.registry_write(machine, &key, &name, &data)?,
            None if old.is_some() => api.registry_delete(machine, &key, &name)?,
            None => {}
        }
    }
    Ok(())
}

/// Every value, `None` where the default needs none; always in the same order.
fn values(config: &ServiceConfig) -> Vec<(String, Option<RegistryValue>)> {
    let line = RegistryValue::Text(config.command_line.to_string());
    let fails = config.failure_actions_on_non_crash_failures && config.host_recovers();
    let fails = fails.then_some(RegistryValue::Number(1));
    let mut values = vec![
        (COMMAND_LINE.to_owned(), Some(line)),
        (ON_ERROR_STOP.to_owned(), fails),
    ];
    values.extend(EXTENSIONS.iter().map(|setting| {
        let value = config.extensions.value(setting);
        let given = value != (setting.default)();
        let data = given.then(|| to_registry(setting.value, &value)).flatten();
        (value_name(setting), data)
    }));
    values
}

/// Refuses settings that Windows cannot store, and says what to do instead.
///
/// # Errors
/// 50.
pub(super) fn check(config: &ServiceConfig) -> std::result::Result<(), ScmError> {
    for (setting, _) in config.extensions.given() {
        if let OnWindows::Refused(reason) = setting.on_windows(config) {
            return Err(unsupported(reason));
        }
    }
    let line = &config.command_line;
    if config.kind == ServiceKind::Program && command_line::split(line).is_empty() {
        return Err(Win32Error::INVALID_PARAMETER.into());
    }
    Ok(())
}
