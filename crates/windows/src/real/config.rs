//! Configuration: `QueryServiceConfig` and `ChangeServiceConfig`, and their information levels.

use std::ffi::c_void;
use std::ptr::null_mut;

use relance_scm::Win32Error;
use windows_sys::Win32::System::Services::{
    ChangeServiceConfig2W, ChangeServiceConfigW, QUERY_SERVICE_CONFIGW, QueryServiceConfig2W,
    QueryServiceConfigW, SC_ACTION, SERVICE_DELAYED_AUTO_START_INFO, SERVICE_DESCRIPTIONW,
    SERVICE_FAILURE_ACTIONS_FLAG, SERVICE_FAILURE_ACTIONSW, SERVICE_LAUNCH_PROTECTED_INFO,
    SERVICE_NO_CHANGE, SERVICE_PREFERRED_NODE_INFO, SERVICE_PRESHUTDOWN_INFO,
    SERVICE_REQUIRED_PRIVILEGES_INFOW, SERVICE_SID_INFO, SERVICE_TRIGGER_INFO,
};

use super::buffer::{Buffer, sized};
use super::check;
use super::services::raw;
use super::text::{OptionalWide, list, optional_text, text};
use crate::api::{BaseChange, BaseConfig, Info, Level, RawFailureActions, RawHandle, Result};

pub(super) fn query(service: RawHandle) -> Result<BaseConfig> {
    let mut buffer = sized(8192, |buffer, needed| {
        let size = buffer.size();
        // SAFETY: the buffer has the size that is said.
        check(unsafe { QueryServiceConfigW(raw(service), buffer.pointer(), size, needed) })
    })?;
    // SAFETY: the call filled the structure, whose texts lie in the same buffer.
    unsafe {
        let config: &QUERY_SERVICE_CONFIGW = &*buffer.pointer();
        Ok(BaseConfig {
            service_type: config.dwServiceType,
            start_type: config.dwStartType,
            error_control: config.dwErrorControl,
            command_line: text(config.lpBinaryPathName),
            load_order_group: text(config.lpLoadOrderGroup),
            dependencies: list(config.lpDependencies),
            account_name: text(config.lpServiceStartName),
            display_name: text(config.lpDisplayName),
        })
    }
}

pub(super) fn change(service: RawHandle, change: &BaseChange<'_>) -> Result<()> {
    let command_line = OptionalWide::new(change.command_line);
    let group = OptionalWide::new(change.load_order_group);
    let dependencies = OptionalWide::list(change.dependencies.as_deref());
    let account = OptionalWide::new(change.account_name);
    let password = OptionalWide::new(change.password);
    let display_name = OptionalWide::new(change.display_name);
    // SAFETY: all texts end with a zero and live until the call is over. No tag is asked for.
    check(unsafe {
        ChangeServiceConfigW(
            raw(service),
            change.service_type.unwrap_or(SERVICE_NO_CHANGE),
            change.start_type.unwrap_or(SERVICE_NO_CHANGE),
            change.error_control.unwrap_or(SERVICE_NO_CHANGE),
            command_line.pointer(),
            group.pointer(),
            null_mut(),
            dependencies.pointer(),
            account.pointer(),
            password.pointer(),
            display_name.pointer(),
        )
    })
}

pub(super) fn query2(service: RawHandle, level: Level) -> Result<Info> {
    let mut buffer = sized(8192, |buffer, needed| {
        let size = buffer.size();
        // SAFETY: the buffer has the size that is said.
        check(unsafe {
            QueryServiceConfig2W(raw(service), level as u32, buffer.pointer(), size, needed)
        })
    })?;
    // SAFETY: the call filled the structure of this level, whose texts lie in the same buffer.
    Ok(unsafe { info(level, &mut buffer) })
}

/// # Safety
/// The buffer holds the structure of the level.
unsafe fn info(level: Level, buffer: &mut Buffer) -> Info {
    // SAFETY: as this function's; every structure is plain numbers and pointers into the buffer.
    unsafe {
        match level {
            Level::Description => {
                let info: SERVICE_DESCRIPTIONW = *buffer.pointer();
                Info::Description(text(info.lpDescription))
            }
            Level::FailureActions => Info::FailureActions(failure_actions(&*buffer.pointer())),
            Level::DelayedAutoStart => {
                let info: SERVICE_DELAYED_AUTO_START_INFO = *buffer.pointer();
                Info::DelayedAutoStart(info.fDelayedAutostart != 0)
            }
            Level::FailureActionsFlag => {
                let info: SERVICE_FAILURE_ACTIONS_FLAG = *buffer.pointer();
                Info::FailureActionsFlag(info.fFailureActionsOnNonCrashFailures != 0)
            }
            Level::ServiceSid => {
                let info: SERVICE_SID_INFO = *buffer.pointer();
                Info::ServiceSid(info.dwServiceSidType)
            }
            Level::RequiredPrivileges => {
                let info: SERVICE_REQUIRED_PRIVILEGES_INFOW = *buffer.pointer();
                Info::RequiredPrivileges(list(info.pmszRequiredPrivileges))
            }
            Level::Preshutdown => {
                let info: SERVICE_PRESHUTDOWN_INFO = *buffer.pointer();
                Info::Preshutdown(info.dwPreshutdownTimeout)
            }
            Level::Triggers => {
                let info: SERVICE_TRIGGER_INFO = *buffer.pointer();
                Info::Triggers(info.cTriggers)
            }
            Level::PreferredNode => {
                let info: SERVICE_PREFERRED_NODE_INFO = *buffer.pointer();
                Info::PreferredNode((!info.fDelete).then_some(info.usPreferredNode))
            }
            Level::LaunchProtected => {
                let info: SERVICE_LAUNCH_PROTECTED_INFO = *buffer.pointer();
                Info::LaunchProtected(info.dwLaunchProtected)
            }
        }
    }
}

/// # Safety
/// The pointers are null or lead into live memory, as the call left them.
unsafe fn failure_actions(info: &SERVICE_FAILURE_ACTIONSW) -> RawFailureActions {
    // SAFETY: as this function's; there are as many actions as is said.
    unsafe {
        let actions: &[SC_ACTION] = if info.lpsaActions.is_null() {
            &[]
        } else {
            std::slice::from_raw_parts(info.lpsaActions, info.cActions as usize)
        };
        RawFailureActions {
            reset_period: info.dwResetPeriod,
            reboot_message: optional_text(info.lpRebootMsg),
            command: optional_text(info.lpCommand),
            actions: Some(
                actions
                    .iter()
                    .map(|action| (action.Type.cast_unsigned(), action.Delay))
                    .collect(),
            ),
        }
    }
}

pub(super) fn change2(service: RawHandle, info: &Info) -> Result<()> {
    match info {
        Info::Description(description) => {
            let text = OptionalWide::new(Some(description));
            let info = SERVICE_DESCRIPTIONW {
                lpDescription: text.pointer().cast_mut(),
            };
            put(service, Level::Description, &info)
        }
        Info::FailureActions(actions) => change_failure_actions(service, actions),
        Info::DelayedAutoStart(delayed) => {
            let info = SERVICE_DELAYED_AUTO_START_INFO {
                fDelayedAutostart: i32::from(*delayed),
            };
            put(service, Level::DelayedAutoStart, &info)
        }
        Info::FailureActionsFlag(flag) => {
            let info = SERVICE_FAILURE_ACTIONS_FLAG {
                fFailureActionsOnNonCrashFailures: i32::from(*flag),
            };
            put(service, Level::FailureActionsFlag, &info)
        }
        Info::ServiceSid(kind) => {
            let info = SERVICE_SID_INFO {
                dwServiceSidType: *kind,
            };
            put(service, Level::ServiceSid, &info)
        }
        Info::RequiredPrivileges(privileges) => {
            let list = OptionalWide::list(Some(privileges));
            let info = SERVICE_REQUIRED_PRIVILEGES_INFOW {
                pmszRequiredPrivileges: list.pointer().cast_mut(),
            };
            put(service, Level::RequiredPrivileges, &info)
        }
        Info::Preshutdown(timeout_ms) => {
            let info = SERVICE_PRESHUTDOWN_INFO {
                dwPreshutdownTimeout: *timeout_ms,
            };
            put(service, Level::Preshutdown, &info)
        }
        Info::PreferredNode(node) => {
            let info = SERVICE_PREFERRED_NODE_INFO {
                usPreferredNode: node.unwrap_or_default(),
                fDelete: node.is_none(),
            };
            put(service, Level::PreferredNode, &info)
        }
        // Triggers are only counted, and protection is only given to signed programs by an installer.
        Info::Triggers(_) | Info::LaunchProtected(_) => Err(Win32Error::NOT_SUPPORTED),
    }
}

fn put<T>(service: RawHandle, level: Level, info: &T) -> Result<()> {
    let info: *const c_void = std::ptr::from_ref(info).cast();
    // SAFETY: the structure is that of the level; the texts it points to live in the caller.
    check(unsafe { ChangeServiceConfig2W(raw(service), level as u32, info) })
}

/// An array of no elements has an address that is not null, as Rust's always have: it deletes (R61).
fn change_failure_actions(service: RawHandle, change: &RawFailureActions) -> Result<()> {
    let message = OptionalWide::new(change.reboot_message.as_deref());
    let command = OptionalWide::new(change.command.as_deref());
    let mut actions: Vec<SC_ACTION> = change
        .actions
        .iter()
        .flatten()
        .map(|(kind, delay)| SC_ACTION {
            Type: kind.cast_signed(),
            Delay: *delay,
        })
        .collect();
    let count = u32::try_from(actions.len()).map_err(|_| Win32Error::INVALID_PARAMETER)?;
    let address = match &change.actions {
        None => null_mut(),
        Some(_) => actions.as_mut_ptr(),
    };
    let info = SERVICE_FAILURE_ACTIONSW {
        dwResetPeriod: change.reset_period,
        lpRebootMsg: message.pointer().cast_mut(),
        lpCommand: command.pointer().cast_mut(),
        cActions: count,
        lpsaActions: address,
    };
    put(service, Level::FailureActions, &info)
}
