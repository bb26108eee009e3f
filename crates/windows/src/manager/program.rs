//! How a program that knows nothing of services is stored: the service is `relance host`, and what it
//! runs lies in the key `Parameters` of the service, where services of Windows keep their settings.

use std::time::Duration;

use relance_scm::config::{Affinity, Extensions, OutputMode};
use relance_scm::{ScmError, ServiceConfig, ServiceKind, Win32Error, command_line};

use crate::api::{Api, RegistryValue, Result};
use crate::error::unsupported;

/// The word behind the path of `relance.exe` by which a hosted program is recognised.
const HOST_COMMAND: &str = "host";

/// Names of the values in `Parameters`.
mod value {
    pub(super) const COMMAND_LINE: &str = "CommandLine";
    pub(super) const WORKING_DIRECTORY: &str = "WorkingDirectory";
    /// 1: the output is thrown away.
    pub(super) const OUTPUT: &str = "Output";
    /// Milliseconds.
    pub(super) const STOP_GRACE: &str = "StopGrace";
    pub(super) const RESTART_ON_EXIT: &str = "RestartOnExit";
    /// A bit for each processor.
    pub(super) const AFFINITY: &str = "Affinity";
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
    let RegistryValue::Text(line) = read(value::COMMAND_LINE)? else {
        return None;
    };
    let mut extensions = Extensions::default();
    if let Some(RegistryValue::Text(folder)) = read(value::WORKING_DIRECTORY) {
        extensions.working_directory = Some(folder.into());
    }
    if let Some(RegistryValue::Number(mode)) = read(value::OUTPUT) {
        extensions.output = OutputMode::from_raw(mode).unwrap_or(OutputMode::File);
    }
    if let Some(RegistryValue::Number(ms)) = read(value::STOP_GRACE) {
        extensions.stop_grace = Duration::from_millis(ms.into());
    }
    if let Some(RegistryValue::List(codes)) = read(value::RESTART_ON_EXIT) {
        let codes = codes.iter().filter_map(|code| code.parse().ok());
        extensions.restart_on_exit = codes.collect();
    }
    extensions.affinity = match read(value::AFFINITY) {
        Some(RegistryValue::Number(mask)) => Affinity::from_mask(mask.into()),
        Some(RegistryValue::LongNumber(mask)) => Affinity::from_mask(mask),
        _ => None,
    };
    Some((line, extensions))
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
            Some(data) => api.registry_write(machine, &key, name, &data)?,
            None if old.is_some() => api.registry_delete(machine, &key, name)?,
            None => {}
        }
    }
    Ok(())
}

/// Every value, `None` where the default needs none; always in the same order.
fn values(config: &ServiceConfig) -> Vec<(&'static str, Option<RegistryValue>)> {
    let extensions = &config.extensions;
    let default = Extensions::default();
    let grace = u32::try_from(extensions.stop_grace.as_millis()).unwrap_or(u32::MAX);
    let codes: Vec<String> = extensions
        .restart_on_exit
        .iter()
        .map(u8::to_string)
        .collect();
    let text = |text: &str| RegistryValue::Text(text.to_owned());
    vec![
        (value::COMMAND_LINE, Some(text(&config.command_line))),
        (
            value::WORKING_DIRECTORY,
            extensions.working_directory.as_deref().map(text),
        ),
        (
            value::OUTPUT,
            (extensions.output != default.output)
                .then(|| RegistryValue::Number(extensions.output.to_raw())),
        ),
        (
            value::STOP_GRACE,
            (extensions.stop_grace != default.stop_grace).then_some(RegistryValue::Number(grace)),
        ),
        (
            value::RESTART_ON_EXIT,
            (!codes.is_empty()).then_some(RegistryValue::List(codes)),
        ),
        (
            value::AFFINITY,
            extensions
                .affinity
                .map(|affinity| RegistryValue::LongNumber(affinity.mask())),
        ),
    ]
}

/// Refuses what Windows has no place for, with what can be done instead.
///
/// # Errors
/// 50.
pub(super) fn check(config: &ServiceConfig) -> std::result::Result<(), ScmError> {
    let extensions = &config.extensions;
    let default = Extensions::default();
    if extensions.stop_signal != default.stop_signal {
        return Err(unsupported(
            "Windows has no signals; leave out the stop signal: a program is asked to stop by \
             Ctrl-Break and WM_CLOSE",
        ));
    }
    if config.kind == ServiceKind::Service && *extensions != default {
        return Err(unsupported(
            "the working directory, output, processors and stop grace of a service are its own affair on \
             Windows; create it as a program, which relance host keeps",
        ));
    }
    let line = &config.command_line;
    if config.kind == ServiceKind::Program && command_line::split(line).is_empty() {
        return Err(Win32Error::INVALID_PARAMETER.into());
    }
    Ok(())
}
