//! The calls of Windows themselves: [`Api`](crate::api::Api) over `windows-sys`.
//!
//! `text` converts strings, `buffer` asks calls for sizes; the others are the calls, by what they are
//! about.

pub(crate) mod buffer;
mod config;
pub(crate) mod event_log;
mod notify;
pub(crate) mod places;
pub(crate) mod privilege;
pub(crate) mod registry;
pub(crate) mod security;
mod services;
pub(crate) mod text;
mod usage;

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use relance_scm::Win32Error;
use relance_scm::event_log::Timestamp;
use windows_sys::Win32::Foundation::GetLastError;
use windows_sys::Win32::System::SystemInformation::GetTickCount64;

use crate::api::{
    Api, BaseChange, BaseConfig, CreateService, Enumerated, EventQuery, Info, Level, ProcessUsage,
    RawHandle, RawStatus, RegistryValue, Report, Result, Sink, Watching,
};

/// The system that this process runs on.
#[derive(Debug)]
pub(crate) struct Real;

/// The code that the last call of this thread left behind (B43: asked before anything else is done).
pub(crate) fn last_error() -> Win32Error {
    // SAFETY: has no preconditions.
    Win32Error::from_raw(unsafe { GetLastError() })
}

/// What a call that answers with a `BOOL` means.
pub(crate) fn check(answer: i32) -> Result<()> {
    if answer == 0 {
        Err(last_error())
    } else {
        Ok(())
    }
}

/// What a call that answers with a code means.
pub(crate) fn check_code(code: u32) -> Result<()> {
    match Win32Error::from_raw(code) {
        Win32Error::SUCCESS => Ok(()),
        error => Err(error),
    }
}

impl Api for Real {
    fn open_manager(&self, machine: &str, access: u32) -> Result<RawHandle> {
        services::open_manager(machine, access)
    }

    fn open_service(&self, manager: RawHandle, name: &str, access: u32) -> Result<RawHandle> {
        services::open_service(manager, name, access)
    }

    fn close_service_handle(&self, handle: RawHandle) {
        services::close(handle);
    }

    fn create_service(&self, manager: RawHandle, service: &CreateService<'_>) -> Result<RawHandle> {
        services::create(manager, service)
    }

    fn delete_service(&self, service: RawHandle) -> Result<()> {
        services::delete(service)
    }

    fn enum_services_status(&self, manager: RawHandle) -> Result<Vec<Enumerated>> {
        services::enumerate(manager)
    }

    fn enum_dependent_services(&self, service: RawHandle) -> Result<Vec<String>> {
        services::dependents(service)
    }

    fn start_service(&self, service: RawHandle, arguments: &[String]) -> Result<()> {
        services::start(service, arguments)
    }

    fn control_service(&self, service: RawHandle, control: u32) -> Result<RawStatus> {
        services::control(service, control)
    }

    fn query_service_status(&self, service: RawHandle) -> Result<RawStatus> {
        services::status(service)
    }

    fn query_service_config(&self, service: RawHandle) -> Result<BaseConfig> {
        config::query(service)
    }

    fn change_service_config(&self, service: RawHandle, change: &BaseChange<'_>) -> Result<()> {
        config::change(service, change)
    }

    fn query_service_config2(&self, service: RawHandle, level: Level) -> Result<Info> {
        config::query2(service, level)
    }

    fn change_service_config2(&self, service: RawHandle, info: &Info) -> Result<()> {
        config::change2(service, info)
    }

    fn query_service_object_security(&self, service: RawHandle) -> Result<String> {
        security::query(service)
    }

    fn set_service_object_security(&self, service: RawHandle, sddl: &str) -> Result<()> {
        security::set(service, sddl)
    }

    fn registry_read(&self, machine: &str, key: &str, value: &str) -> Result<RegistryValue> {
        registry::read(machine, key, value)
    }

    fn registry_write(
        &self,
        machine: &str,
        key: &str,
        value: &str,
        data: &RegistryValue,
    ) -> Result<()> {
        registry::write(machine, key, value, data)
    }

    fn registry_delete(&self, machine: &str, key: &str, value: &str) -> Result<()> {
        registry::delete(machine, key, value).map(drop)
    }

    fn query_events(&self, machine: &str, query: &EventQuery<'_>) -> Result<Vec<String>> {
        event_log::query(machine, query)
    }

    fn report_event(&self, report: &Report<'_>) -> Result<()> {
        event_log::report(report)
    }

    fn process_usage(&self, process_id: u32) -> Result<ProcessUsage> {
        usage::of_process(process_id)
    }

    fn enable_shutdown_privilege(&self) -> Result<()> {
        privilege::enable_shutdown()
    }

    fn watch(&self, machine: &str, sink: Sink) -> Result<Box<dyn Watching>> {
        notify::watch(machine, sink)
    }

    fn now(&self) -> Timestamp {
        let since_1970 = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::default().after(since_1970)
    }

    fn booted_at(&self) -> Timestamp {
        // SAFETY: has no preconditions.
        let since_boot = Duration::from_millis(unsafe { GetTickCount64() });
        self.now().before(since_boot)
    }

    fn format_message(&self, error: Win32Error) -> Option<String> {
        text::format_message(error)
    }

    fn program_data(&self) -> PathBuf {
        places::program_data()
    }

    fn host_program(&self) -> Result<String> {
        let path = std::env::current_exe().map_err(|_| Win32Error::FILE_NOT_FOUND)?;
        path.into_os_string()
            .into_string()
            .map_err(|_| Win32Error::NO_UNICODE_TRANSLATION)
    }
}
