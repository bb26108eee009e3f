//! Services: open, create, delete, enumerate, start, control, status.

use std::ptr::{null, null_mut};

use relance_scm::Win32Error;
use windows_sys::Win32::System::Services::{
    CloseServiceHandle, ControlService, CreateServiceW, DeleteService,
    ENUM_SERVICE_STATUS_PROCESSW, ENUM_SERVICE_STATUSW, EnumDependentServicesW,
    EnumServicesStatusExW, OpenSCManagerW, OpenServiceW, QueryServiceStatusEx,
    SC_ENUM_PROCESS_INFO, SC_HANDLE, SC_STATUS_PROCESS_INFO, SERVICE_ACTIVE, SERVICE_STATE_ALL,
    SERVICE_STATUS, SERVICE_STATUS_PROCESS, SERVICE_WIN32, StartServiceW,
};

use super::buffer::{Buffer, sized};
use super::text::{OptionalWide, text, wide};
use super::{check, last_error};
use crate::api::{CreateService, Enumerated, RawHandle, RawStatus, Result};

pub(super) fn raw(handle: RawHandle) -> SC_HANDLE {
    handle.0 as SC_HANDLE
}

fn opened(handle: SC_HANDLE) -> Result<RawHandle> {
    if handle.is_null() {
        Err(last_error())
    } else {
        Ok(RawHandle(handle as usize))
    }
}

pub(super) fn open_manager(machine: &str, access: u32) -> Result<RawHandle> {
    let machine = OptionalWide::new(Some(machine).filter(|machine| !machine.is_empty()));
    // SAFETY: null means this machine, and the active database.
    opened(unsafe { OpenSCManagerW(machine.pointer(), null(), access) })
}

pub(super) fn open_service(manager: RawHandle, name: &str, access: u32) -> Result<RawHandle> {
    let name = wide(name);
    // SAFETY: the name ends with a zero.
    opened(unsafe { OpenServiceW(raw(manager), name.as_ptr(), access) })
}

pub(super) fn close(handle: RawHandle) {
    // SAFETY: handles are closed once, by anyone who opened them. Closing cannot fail usefully.
    unsafe { CloseServiceHandle(raw(handle)) };
}

pub(super) fn create(manager: RawHandle, service: &CreateService<'_>) -> Result<RawHandle> {
    let name = wide(service.name);
    let display_name = wide(service.display_name);
    let command_line = wide(service.command_line);
    let group = Some(service.load_order_group).filter(|group| !group.is_empty());
    let group = OptionalWide::new(group);
    let dependencies = Some(&*service.dependencies).filter(|list| !list.is_empty());
    let dependencies = OptionalWide::list(dependencies);
    let account = OptionalWide::new(service.account_name);
    let password = OptionalWide::new(service.password);
    // SAFETY: all texts end with a zero and live until the call is over. No tag is asked for.
    opened(unsafe {
        CreateServiceW(
            raw(manager),
            name.as_ptr(),
            display_name.as_ptr(),
            service.access,
            service.service_type,
            service.start_type,
            service.error_control,
            command_line.as_ptr(),
            group.pointer(),
            null_mut(),
            dependencies.pointer(),
            account.pointer(),
            password.pointer(),
        )
    })
}

pub(super) fn delete(service: RawHandle) -> Result<()> {
    // SAFETY: a handle that is not one is refused.
    check(unsafe { DeleteService(raw(service)) })
}

pub(super) fn enumerate(manager: RawHandle) -> Result<Vec<Enumerated>> {
    let mut all = Vec::new();
    let mut resume = 0;
    loop {
        let mut buffer = Buffer::new(64 * 1024);
        let (mut needed, mut returned) = (0, 0);
        // SAFETY: the buffer has the size that is said; the places for numbers are there.
        let answer = check(unsafe {
            EnumServicesStatusExW(
                raw(manager),
                SC_ENUM_PROCESS_INFO,
                SERVICE_WIN32,
                SERVICE_STATE_ALL,
                buffer.pointer(),
                buffer.size(),
                &raw mut needed,
                &raw mut returned,
                &raw mut resume,
                null(),
            )
        });
        let first: *const ENUM_SERVICE_STATUS_PROCESSW = buffer.pointer();
        // SAFETY: so many entries were returned, with their texts in the same buffer.
        all.extend((0..returned as usize).map(|i| unsafe {
            let entry = &*first.add(i);
            Enumerated {
                name: text(entry.lpServiceName),
                display_name: text(entry.lpDisplayName),
                status: process_status(&entry.ServiceStatusProcess),
            }
        }));
        match answer {
            Ok(()) => return Ok(all),
            // The buffer was full; the next call goes on behind it.
            Err(Win32Error::MORE_DATA) if returned > 0 => {}
            Err(error) => return Err(error),
        }
    }
}

pub(super) fn dependents(service: RawHandle) -> Result<Vec<String>> {
    let mut returned = 0;
    let mut buffer = sized(4096, |buffer, needed| {
        // SAFETY: the buffer has the size that is said; the places for numbers are there.
        check(unsafe {
            EnumDependentServicesW(
                raw(service),
                SERVICE_ACTIVE,
                buffer.pointer(),
                buffer.size(),
                needed,
                &raw mut returned,
            )
        })
    })?;
    let first: *const ENUM_SERVICE_STATUSW = buffer.pointer();
    // SAFETY: so many entries were returned, with their texts in the same buffer.
    Ok((0..returned as usize)
        .map(|i| unsafe { text((*first.add(i)).lpServiceName) })
        .collect())
}

pub(super) fn start(service: RawHandle, arguments: &[String]) -> Result<()> {
    let arguments: Vec<Vec<u16>> = arguments.iter().map(|argument| wide(argument)).collect();
    let pointers: Vec<*const u16> = arguments.iter().map(Vec::as_ptr).collect();
    let count = u32::try_from(pointers.len()).map_err(|_| Win32Error::INVALID_PARAMETER)?;
    let first = if pointers.is_empty() {
        null()
    } else {
        pointers.as_ptr()
    };
    // SAFETY: so many pointers to texts that end with a zero.
    check(unsafe { StartServiceW(raw(service), count, first) })
}

pub(super) fn control(service: RawHandle, control: u32) -> Result<RawStatus> {
    let mut status = SERVICE_STATUS::default();
    // SAFETY: the place for the status is there.
    check(unsafe { ControlService(raw(service), control, &raw mut status) })?;
    Ok(RawStatus {
        service_type: status.dwServiceType,
        state: status.dwCurrentState,
        controls_accepted: status.dwControlsAccepted,
        win32_exit_code: status.dwWin32ExitCode,
        specific_exit_code: status.dwServiceSpecificExitCode,
        checkpoint: status.dwCheckPoint,
        wait_hint_ms: status.dwWaitHint,
        process_id: 0,
        flags: 0,
    })
}

pub(super) fn status(service: RawHandle) -> Result<RawStatus> {
    let mut status = SERVICE_STATUS_PROCESS::default();
    let mut needed = 0;
    let size = u32::try_from(size_of::<SERVICE_STATUS_PROCESS>()).expect("36 bytes");
    // SAFETY: the place for the status has the size that is said.
    check(unsafe {
        QueryServiceStatusEx(
            raw(service),
            SC_STATUS_PROCESS_INFO,
            (&raw mut status).cast(),
            size,
            &raw mut needed,
        )
    })?;
    Ok(process_status(&status))
}

fn process_status(status: &SERVICE_STATUS_PROCESS) -> RawStatus {
    RawStatus {
        service_type: status.dwServiceType,
        state: status.dwCurrentState,
        controls_accepted: status.dwControlsAccepted,
        win32_exit_code: status.dwWin32ExitCode,
        specific_exit_code: status.dwServiceSpecificExitCode,
        checkpoint: status.dwCheckPoint,
        wait_hint_ms: status.dwWaitHint,
        process_id: status.dwProcessId,
        flags: status.dwServiceFlags,
    }
}
