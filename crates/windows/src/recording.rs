//! A stand-in for the calls of Windows: a small service manager in memory that writes down what it was
//! asked, and refuses what a test tells it to. For everything that Wine does not have.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use relance_scm::Win32Error;
use relance_scm::event_log::Timestamp;

use crate::api::{
    Api, BaseChange, BaseConfig, CreateService, Enumerated, EventQuery, Info, Level, Notice,
    ProcessUsage, RawHandle, RawStatus, RegistryValue, Report, Result, Sink, Watching,
};

#[derive(Default)]
pub(crate) struct Recording(Mutex<State>);

#[derive(Default)]
struct State {
    calls: Vec<String>,
    refusals: BTreeMap<&'static str, Win32Error>,
    services: BTreeMap<String, Service>,
    registry: BTreeMap<(String, String), RegistryValue>,
    /// Entries of the log, the newest first.
    events: Vec<String>,
    handles: Vec<Option<String>>,
    open: usize,
    sink: Option<Sink>,
}

#[derive(Clone, Default)]
struct Service {
    base: BaseConfig,
    infos: BTreeMap<u32, Info>,
    sddl: String,
    status: RawStatus,
    dependents: Vec<String>,
}

impl Recording {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// What was asked since the last look.
    pub(crate) fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.state().calls)
    }

    /// From now on a call answers with an error.
    pub(crate) fn refuse(&self, call: &'static str, error: Win32Error) {
        self.state().refusals.insert(call, error);
    }

    /// From now on nothing is refused.
    pub(crate) fn allow_all(&self) {
        self.state().refusals.clear();
    }

    /// Handles that nobody has closed.
    pub(crate) fn open_handles(&self) -> usize {
        self.state().open
    }

    pub(crate) fn exists(&self, name: &str) -> bool {
        self.state().services.contains_key(name)
    }

    pub(crate) fn log(&self, entry: String) {
        self.state().events.insert(0, entry);
    }

    pub(crate) fn set_status(&self, name: &str, status: RawStatus) {
        self.state().services.get_mut(name).unwrap().status = status;
    }

    pub(crate) fn set_dependents(&self, name: &str, dependents: &[&str]) {
        let dependents = dependents.iter().map(ToString::to_string).collect();
        self.state().services.get_mut(name).unwrap().dependents = dependents;
    }

    pub(crate) fn notice(&self, notice: Notice) {
        let mut sink = self.state().sink.take().unwrap();
        sink(notice);
        self.state().sink = Some(sink);
    }

    /// Writes the call down; refuses it if it is to be.
    fn call(&self, name: &'static str, what: impl std::fmt::Display) -> Result<()> {
        let mut state = self.state();
        state
            .calls
            .push(format!("{name} {what}").trim_end().to_owned());
        state.refusals.get(name).map_or(Ok(()), |error| Err(*error))
    }

    fn opened(&self, service: Option<String>) -> RawHandle {
        let mut state = self.state();
        state.open += 1;
        state.handles.push(service);
        RawHandle(state.handles.len())
    }

    /// Works on the service behind a handle.
    fn with<T>(&self, handle: RawHandle, work: impl FnOnce(&mut Service) -> T) -> Result<T> {
        let mut state = self.state();
        let name = state.handles[handle.0 - 1].clone();
        let name = name.ok_or(Win32Error::INVALID_HANDLE)?;
        let service = state.services.get_mut(&name);
        service.map(work).ok_or(Win32Error::INVALID_HANDLE)
    }
}

struct Nothing;

impl Watching for Nothing {}

fn level_of(info: &Info) -> Level {
    match info {
        Info::Description(_) => Level::Description,
        Info::FailureActions(_) => Level::FailureActions,
        Info::DelayedAutoStart(_) => Level::DelayedAutoStart,
        Info::FailureActionsFlag(_) => Level::FailureActionsFlag,
        Info::ServiceSid(_) => Level::ServiceSid,
        Info::RequiredPrivileges(_) => Level::RequiredPrivileges,
        Info::Preshutdown(_) => Level::Preshutdown,
        Info::Triggers(_) => Level::Triggers,
        Info::PreferredNode(_) => Level::PreferredNode,
        Info::LaunchProtected(_) => Level::LaunchProtected,
    }
}

impl Api for Recording {
    fn open_manager(&self, machine: &str, access: u32) -> Result<RawHandle> {
        self.call(
            "OpenSCManager",
            format!("{machine} {access:#x}").trim_start(),
        )?;
        Ok(self.opened(None))
    }

    fn open_service(&self, _manager: RawHandle, name: &str, access: u32) -> Result<RawHandle> {
        self.call("OpenService", format!("{name} {access:#x}"))?;
        if !self.exists(name) {
            return Err(Win32Error::SERVICE_DOES_NOT_EXIST);
        }
        Ok(self.opened(Some(name.to_owned())))
    }

    fn close_service_handle(&self, _handle: RawHandle) {
        self.state().open -= 1;
    }

    fn create_service(&self, _manager: RawHandle, new: &CreateService<'_>) -> Result<RawHandle> {
        self.call("CreateService", format!("{} {:#x}", new.name, new.access))?;
        if self.exists(new.name) {
            return Err(Win32Error::SERVICE_EXISTS);
        }
        let base = BaseConfig {
            service_type: new.service_type,
            start_type: new.start_type,
            error_control: new.error_control,
            command_line: new.command_line.to_owned(),
            load_order_group: new.load_order_group.to_owned(),
            dependencies: new.dependencies.clone(),
            account_name: new.account_name.unwrap_or("LocalSystem").to_owned(),
            display_name: new.display_name.to_owned(),
        };
        let service = Service {
            base,
            sddl: "O:SYG:SYD:(A;;CCLCSWRPWPDTLOCRRC;;;SY)".to_owned(),
            status: RawStatus {
                service_type: new.service_type,
                state: 1,
                win32_exit_code: 1077,
                ..RawStatus::default()
            },
            ..Service::default()
        };
        self.state().services.insert(new.name.to_owned(), service);
        Ok(self.opened(Some(new.name.to_owned())))
    }

    fn delete_service(&self, service: RawHandle) -> Result<()> {
        self.call("DeleteService", "")?;
        let name = self.state().handles[service.0 - 1].clone();
        self.state().services.remove(&name.unwrap_or_default());
        Ok(())
    }

    fn enum_services_status(&self, _manager: RawHandle) -> Result<Vec<Enumerated>> {
        self.call("EnumServicesStatusEx", "")?;
        let state = self.state();
        let services = state.services.iter().map(|(name, service)| Enumerated {
            name: name.clone(),
            display_name: service.base.display_name.clone(),
            status: service.status,
        });
        Ok(services.collect())
    }

    fn enum_dependent_services(&self, service: RawHandle) -> Result<Vec<String>> {
        self.call("EnumDependentServices", "")?;
        self.with(service, |service| service.dependents.clone())
    }

    fn start_service(&self, _service: RawHandle, arguments: &[String]) -> Result<()> {
        self.call("StartService", arguments.join(" "))
    }

    fn control_service(&self, service: RawHandle, control: u32) -> Result<RawStatus> {
        self.call("ControlService", control)?;
        self.with(service, |service| service.status)
    }

    fn query_service_status(&self, service: RawHandle) -> Result<RawStatus> {
        self.call("QueryServiceStatusEx", "")?;
        self.with(service, |service| service.status)
    }

    fn query_service_config(&self, service: RawHandle) -> Result<BaseConfig> {
        self.call("QueryServiceConfig", "")?;
        self.with(service, |service| service.base.clone())
    }

    fn change_service_config(&self, service: RawHandle, change: &BaseChange<'_>) -> Result<()> {
        self.call("ChangeServiceConfig", format!("{change:?}"))?;
        self.with(service, |service| {
            let base = &mut service.base;
            base.start_type = change.start_type.unwrap_or(base.start_type);
            base.command_line = change.command_line.unwrap_or(&base.command_line).to_owned();
            base.display_name = change.display_name.unwrap_or(&base.display_name).to_owned();
        })
    }

    fn query_service_config2(&self, service: RawHandle, level: Level) -> Result<Info> {
        self.call("QueryServiceConfig2", level as u32)?;
        let info = self.with(service, |service| {
            service.infos.get(&(level as u32)).cloned()
        })?;
        info.ok_or(Win32Error::INVALID_LEVEL)
    }

    fn change_service_config2(&self, service: RawHandle, info: &Info) -> Result<()> {
        self.call("ChangeServiceConfig2", format!("{info:?}"))?;
        let level = level_of(info) as u32;
        self.with(service, |service| {
            service.infos.insert(level, info.clone());
        })
    }

    fn query_service_object_security(&self, service: RawHandle) -> Result<String> {
        self.call("QueryServiceObjectSecurity", "")?;
        self.with(service, |service| service.sddl.clone())
    }

    fn set_service_object_security(&self, service: RawHandle, sddl: &str) -> Result<()> {
        self.call("SetServiceObjectSecurity", sddl)?;
        self.with(service, |service| service.sddl = sddl.to_owned())
    }

    fn registry_read(&self, _machine: &str, key: &str, value: &str) -> Result<RegistryValue> {
        let state = self.state();
        let data = state.registry.get(&(key.to_owned(), value.to_owned()));
        data.cloned().ok_or(Win32Error::FILE_NOT_FOUND)
    }

    fn registry_write(
        &self,
        _machine: &str,
        key: &str,
        value: &str,
        data: &RegistryValue,
    ) -> Result<()> {
        self.call("RegSetValue", format!("{value} {data:?}"))?;
        let place = (key.to_owned(), value.to_owned());
        self.state().registry.insert(place, data.clone());
        Ok(())
    }

    fn registry_delete(&self, _machine: &str, key: &str, value: &str) -> Result<()> {
        self.call("RegDeleteValue", value)?;
        self.state()
            .registry
            .remove(&(key.to_owned(), value.to_owned()));
        Ok(())
    }

    fn query_events(&self, _machine: &str, query: &EventQuery<'_>) -> Result<Vec<String>> {
        self.call("EvtQuery", query.channel)?;
        let provider = format!(
            "Name='{}'",
            query.xpath.split('\'').nth(1).unwrap_or_default()
        );
        let state = self.state();
        let events = state.events.iter().filter(|xml| xml.contains(&provider));
        Ok(events.take(query.limit).cloned().collect())
    }

    fn report_event(&self, report: &Report<'_>) -> Result<()> {
        let Report {
            source, kind, id, ..
        } = report;
        let parameters = report.parameters.join("|");
        self.call("ReportEvent", format!("{source} {kind} {id} {parameters}"))
    }

    fn process_usage(&self, process_id: u32) -> Result<ProcessUsage> {
        self.call("OpenProcess", process_id)?;
        Ok(ProcessUsage {
            cpu_ms: 1500,
            memory_bytes: 1 << 20,
        })
    }

    fn enable_shutdown_privilege(&self) -> Result<()> {
        self.call("AdjustTokenPrivileges", "")
    }

    fn watch(&self, _machine: &str, sink: Sink) -> Result<Box<dyn Watching>> {
        self.state().sink = Some(sink);
        Ok(Box::new(Nothing))
    }

    fn now(&self) -> Timestamp {
        Timestamp(1_000_000)
    }

    fn booted_at(&self) -> Timestamp {
        Timestamp(0)
    }

    fn format_message(&self, error: Win32Error) -> Option<String> {
        (error.to_raw() == 538).then(|| "A sentence of Windows\r\non two lines.\r\n".to_owned())
    }

    fn program_data(&self) -> std::path::PathBuf {
        std::env::temp_dir()
    }

    fn host_program(&self) -> Result<String> {
        Ok(r"C:\Program Files\Relance\relance.exe".to_owned())
    }
}
