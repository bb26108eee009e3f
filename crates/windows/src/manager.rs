//! The trait `ServiceManager` over the calls of Windows.
//!
//! `read` and `write` translate configurations, `apply` many at a time, `access` who may do what, `program` stores programs that know nothing of
//! services, `events`, `recovery` and `explain` read the event log, `watch` follows changes, `output`
//! reads what hosted programs print, `usage` is processor and memory. Each request opens handles with
//! exactly the rights it needs (A24).

mod access;
mod apply;
pub(crate) mod events;
mod explain;
mod handle;
mod output;
mod program;
#[cfg(windows)]
pub(crate) use program::{parameters_key, service_key};
#[cfg(windows)]
pub(crate) use read::priority_value;
mod read;
mod recovery;
pub(crate) mod settings;
mod usage;
mod watch;
mod write;

use std::sync::Arc;

use relance_scm::controllers::Controllers;
use relance_scm::event_log::{EventFilter, EventPage, LogEntry, NewEntry};
use relance_scm::manager::{
    Enumeration, FollowOutput, ManagerInfo, NewService, Outcome, OutputPart, OutputRange,
    OutputStream, ServiceInfo, ToApply, Usage, Watch,
};
use relance_scm::security::{Access, NamedChange};
use relance_scm::status::ServiceStatus;
use relance_scm::{
    AccessRights, Caller, ConfigChange, Control, Reply, ScmError, Sentence, ServiceConfig,
    ServiceId, ServiceManager, ServiceName, Win32Error,
};

use relance_texts::windows;

use crate::api::{self, Api, CreateService, Enumerated, RawStatus, manager_rights};
use crate::error::{error, unsupported};
use events::{Names, service_id};
use handle::Handle;
use read::Reader;
use write::Writer;

type Result<T> = std::result::Result<T, ScmError>;

/// The service control manager of a machine.
pub struct WindowsManager {
    scm: Arc<Scm>,
}

/// What requests work on; shared with watches.
struct Scm {
    api: Arc<dyn Api>,
    /// Empty: this one.
    machine: Box<str>,
}

impl WindowsManager {
    /// Reaches the manager of a machine; `""` is this one.
    ///
    /// # Errors
    /// 5 without the right to connect, 1722 when the machine does not answer.
    #[cfg(windows)]
    pub fn connect(machine: &str) -> Result<Self> {
        Self::over(Arc::new(crate::real::Real), machine)
    }

    pub(crate) fn over(api: Arc<dyn Api>, machine: &str) -> Result<Self> {
        let scm = Scm {
            api,
            machine: machine.into(),
        };
        drop(scm.manager(0)?);
        Ok(Self { scm: Arc::new(scm) })
    }
}

impl std::fmt::Debug for WindowsManager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WindowsManager({:?})", self.scm.machine)
    }
}

impl Scm {
    /// What a call of Windows answered, with a sentence.
    fn said<T>(&self, answer: api::Result<T>) -> Result<T> {
        answer.map_err(|code| error(&*self.api, code))
    }

    fn manager(&self, rights: u32) -> Result<Handle<'_>> {
        self.said(Handle::manager(&*self.api, &self.machine, rights))
    }

    fn open(&self, name: &ServiceName, rights: AccessRights) -> Result<Handle<'_>> {
        let manager = self.manager(0)?;
        let raw = self
            .api
            .open_service(manager.raw(), name.as_str(), rights.to_raw());
        self.said(raw).map(|raw| Handle::new(&*self.api, raw))
    }

    fn reader(&self) -> Reader<'_> {
        Reader {
            api: &*self.api,
            machine: &self.machine,
        }
    }

    fn writer(&self) -> Writer<'_> {
        Writer {
            api: &*self.api,
            machine: &self.machine,
        }
    }

    /// All or nothing: a service that cannot be completed is removed again.
    fn create(&self, new: &NewService) -> Result<()> {
        let config = &new.config;
        config.check()?;
        program::check(config)?;
        let manager = self.manager(manager_rights::CREATE_SERVICE)?;
        let account = &config.account_name;
        let password = &new.password;
        let created = self.api.create_service(
            manager.raw(),
            &CreateService {
                name: config.service_name.as_str(),
                display_name: &config.display_name,
                access: write::rights_to_create(config),
                service_type: config.service_type.to_raw(),
                start_type: config.start_type.to_raw(),
                error_control: config.error_control.to_raw(),
                command_line: &self.said(program::image_path(&*self.api, config))?,
                load_order_group: &config.load_order_group,
                dependencies: config
                    .dependencies
                    .iter()
                    .map(ToString::to_string)
                    .collect(),
                account_name: (!account.is_local_system()).then(|| account.as_str()),
                password: (!password.is_empty()).then(|| password.reveal()),
            },
        );
        let service = Handle::new(&*self.api, self.said(created)?);
        let completed = self.writer().complete(&service, config);
        self.said(completed.map_err(|why| write::take_back(&*self.api, &service, why)))
    }

    fn delete(&self, name: &ServiceName) -> Result<()> {
        let service = self.open(name, AccessRights::DELETE)?;
        self.said(self.api.delete_service(service.raw()))
    }

    fn config(&self, name: &ServiceName) -> Result<ServiceConfig> {
        let rights = AccessRights::QUERY_CONFIG.union(AccessRights::READ_CONTROL);
        match self.open(name, rights) {
            Ok(service) => {
                let mut config = self.reader().config(&service, name)?;
                config.security = Some(Box::new(self.reader().security(&service)?));
                Ok(config)
            }
            Err(denied) if denied.code() == Win32Error::ACCESS_DENIED => {
                self.config_without_security(name)
            }
            Err(error) => Err(error),
        }
    }

    /// The configuration, with the descriptor where it may be read and can be: what is known of all
    /// services does not depend on one that is written as no other.
    fn config_as_visible(&self, name: &ServiceName) -> Result<ServiceConfig> {
        let mut config = self.config_without_security(name)?;
        let security = self
            .open(name, AccessRights::READ_CONTROL)
            .and_then(|service| self.reader().security(&service));
        config.security = security.ok().map(Box::new);
        Ok(config)
    }

    fn config_without_security(&self, name: &ServiceName) -> Result<ServiceConfig> {
        let service = self.open(name, AccessRights::QUERY_CONFIG)?;
        self.reader().config(&service, name)
    }

    /// A change that fails in the middle is taken back as far as that goes.
    fn change(&self, name: &ServiceName, change: &ConfigChange) -> Result<()> {
        let mut old = self.config_without_security(name)?;
        // R53, C32: Windows would take some of the changes.
        if self.reader().is_marked_for_delete(name) {
            return Err(error(&*self.api, Win32Error::SERVICE_MARKED_FOR_DELETE));
        }
        if change.security == Some(None) {
            old = self.config(name)?;
        }
        let new = old.changed(change)?;
        program::check(&new)?;
        let service = self.open(name, change.rights())?;
        let password = change.password.as_ref();
        let changed = self.writer().change(&service, &old, &new, password);
        if changed.is_err() {
            // Nothing more can be done where that fails too.
            let _ = self.writer().change(&service, &new, &old, None);
        }
        self.said(changed)
    }

    fn status(&self, name: &ServiceName) -> Result<ServiceStatus> {
        let service = self.open(name, AccessRights::QUERY_STATUS)?;
        read::status(&self.said(self.api.query_service_status(service.raw()))?)
    }

    fn service(&self, name: &ServiceName) -> Result<ServiceInfo> {
        let service = self.open(name, AccessRights::QUERY_STATUS)?;
        let raw = self.said(self.api.query_service_status(service.raw()))?;
        let config = self.config_as_visible(name)?;
        let failures = self.failures(name, &config).unwrap_or_default();
        let mut info = self.info(config, &raw)?;
        recovery::fill_in(&mut info, &failures, self.api.now());
        Ok(info)
    }

    /// What is known without the event log.
    fn info(&self, config: ServiceConfig, raw: &RawStatus) -> Result<ServiceInfo> {
        Ok(ServiceInfo {
            id: service_id(config.service_name.as_str()),
            status: read::status(raw)?,
            marked_for_delete: self.reader().is_marked_for_delete(&config.service_name),
            run: None,
            recovery: recovery::derive(&config, &[], self.api.now()),
            last_end: None,
            restart_wanted: None,
            held: None,
            next_start: None,
            output_problem: None,
            config: Arc::new(config),
        })
    }

    /// Entries about failures of a service since boot (R19), the oldest first.
    fn failures(&self, name: &ServiceName, config: &ServiceConfig) -> Result<Vec<LogEntry>> {
        let names = [(name.as_str().to_owned(), config.display_name.to_string())];
        let filter = EventFilter {
            service: Some(service_id(name.as_str())),
            ..self.failures_since_boot()
        };
        self.find(&Names::new(names), &filter)
            .map(|page| page.entries)
    }

    fn failures_since_boot(&self) -> EventFilter {
        EventFilter {
            event_ids: recovery::FAILURES.to_vec(),
            // Another machine does not say when it was booted.
            since: self.machine.is_empty().then(|| self.api.booted_at()),
            limit: u32::MAX,
            ..EventFilter::default()
        }
    }

    fn find(&self, names: &Names, filter: &EventFilter) -> Result<EventPage> {
        self.said(events::find(&*self.api, &self.machine, names, filter))
    }

    fn enumerated(&self) -> Result<Vec<Enumerated>> {
        let manager = self.manager(manager_rights::ENUMERATE_SERVICE)?;
        self.said(self.api.enum_services_status(manager.raw()))
    }

    fn names(&self) -> Result<Names> {
        self.enumerated().map(|services| names_of(&services))
    }

    fn enumerate(&self) -> Result<Enumeration> {
        let enumerated = self.enumerated()?;
        // One look at the log for all; without a log the list has no counters.
        let found = self.find(&names_of(&enumerated), &self.failures_since_boot());
        let failures = recovery::by_service(found.unwrap_or_default().entries);
        let mut services = Vec::new();
        for service in enumerated {
            let Ok(name) = ServiceName::new(service.name) else {
                continue;
            };
            // A25: what the caller may not see is skipped, and what has gone meanwhile.
            let Ok(config) = self.config_as_visible(&name) else {
                continue;
            };
            let mut info = self.info(config, &service.status)?;
            if let Some(failures) = failures.get(&info.id) {
                recovery::fill_in(&mut info, failures, self.api.now());
            }
            services.push(info);
        }
        services.sort_by(|a, b| a.config.service_name.cmp(&b.config.service_name));
        Ok(Enumeration {
            services,
            ..Enumeration::default()
        })
    }

    fn start(&self, name: &ServiceName, arguments: &[String]) -> Result<()> {
        let service = self.open(name, AccessRights::START)?;
        // S16: the first argument is the name, where there are any.
        let mut all = Vec::new();
        if !arguments.is_empty() {
            all.push(name.as_str().to_owned());
            all.extend_from_slice(arguments);
        }
        self.said(self.api.start_service(service.raw(), &all))
    }

    fn control(&self, name: &ServiceName, control: Control) -> Result<ServiceStatus> {
        let right = control
            .right()
            .ok_or_else(|| error(&*self.api, Win32Error::INVALID_PARAMETER))?;
        let service = self.open(name, right)?;
        match self.api.control_service(service.raw(), control.to_raw()) {
            Ok(raw) => read::status(&raw),
            Err(Win32Error::DEPENDENT_SERVICES_RUNNING) => Err(self.dependents_running(name)),
            Err(code) => Err(error(&*self.api, code)),
        }
    }

    /// D6, with the names that stand in the way, in the order in which to stop them (D7).
    fn dependents_running(&self, name: &ServiceName) -> ScmError {
        let code = Win32Error::DEPENDENT_SERVICES_RUNNING;
        let dependents = self
            .open(name, AccessRights::ENUMERATE_DEPENDENTS)
            .and_then(|service| self.said(self.api.enum_dependent_services(service.raw())));
        match dependents {
            Ok(names) if !names.is_empty() => {
                ScmError::new(code, windows::Dependents { name, names })
            }
            _ => error(&*self.api, code),
        }
    }

    fn explain(&self, name: &ServiceName) -> Result<Vec<Sentence>> {
        let info = self.service(name)?;
        let names = [(
            name.as_str().to_owned(),
            info.config.display_name.to_string(),
        )];
        let filter = EventFilter {
            service: Some(info.id),
            limit: u32::try_from(explain::TOLD).unwrap_or(u32::MAX),
            ..EventFilter::default()
        };
        match self.find(&Names::new(names), &filter) {
            Ok(page) => Ok(explain::explain(&info, &page.entries, self.api.now())),
            Err(why) => {
                let mut sentences = explain::explain(&info, &[], self.api.now());
                sentences.push(
                    relance_texts::why::WindowsNoLog {
                        problem: why.to_sentence(),
                    }
                    .into(),
                );
                Ok(sentences)
            }
        }
    }

    fn about(&self) -> ManagerInfo {
        let now = self.api.now();
        let since_boot = now.0.saturating_sub(self.api.booted_at().0);
        ManagerInfo {
            version: "the service control manager of Windows".to_owned(),
            pid: 0,
            generation: 0,
            now,
            clock_ns: u64::try_from(since_boot).unwrap_or_default() * 1_000_000,
            manual_clock: false,
            notices: Vec::new(),
            console: None,
            controllers: Controllers::NONE,
        }
    }
}

fn names_of(services: &[Enumerated]) -> Names {
    let names = services.iter();
    Names::new(names.map(|service| (service.name.clone(), service.display_name.clone())))
}

/// All requests are answered on the calling thread: Windows' own calls block.
impl ServiceManager for WindowsManager {
    fn create_service(&self, _caller: &Caller, service: NewService, reply: Reply<()>) {
        reply.send(self.scm.create(&service));
    }

    fn apply(&self, _caller: &Caller, to_apply: ToApply, reply: Reply<Vec<Outcome>>) {
        let outcomes = self.scm.apply_with_policies(to_apply);
        reply.send(outcomes);
    }

    fn delete_service(&self, _caller: &Caller, name: &ServiceName, reply: Reply<()>) {
        reply.send(self.scm.delete(name));
    }

    fn query_config(&self, _caller: &Caller, name: &ServiceName, reply: Reply<ServiceConfig>) {
        reply.send(self.scm.config(name));
    }

    fn change_config(
        &self,
        _caller: &Caller,
        name: &ServiceName,
        change: ConfigChange,
        reply: Reply<()>,
    ) {
        reply.send(self.scm.change(name, &change));
    }

    fn query_access(&self, _caller: &Caller, name: &ServiceName, reply: Reply<Access>) {
        reply.send(self.scm.access(name));
    }

    fn change_access(
        &self,
        _caller: &Caller,
        name: &ServiceName,
        changes: Vec<NamedChange>,
        is_trial: bool,
        reply: Reply<Access>,
    ) {
        reply.send(self.scm.change_access(name, &changes, is_trial));
    }

    fn query_status(&self, _caller: &Caller, name: &ServiceName, reply: Reply<ServiceStatus>) {
        reply.send(self.scm.status(name));
    }

    fn query_service(&self, _caller: &Caller, name: &ServiceName, reply: Reply<ServiceInfo>) {
        reply.send(self.scm.service(name));
    }

    fn enumerate(&self, _caller: &Caller, reply: Reply<Enumeration>) {
        reply.send(self.scm.enumerate());
    }

    fn start_service(
        &self,
        _caller: &Caller,
        name: &ServiceName,
        arguments: Vec<String>,
        reply: Reply<()>,
    ) {
        reply.send(self.scm.start(name, &arguments));
    }

    fn control_service(
        &self,
        _caller: &Caller,
        name: &ServiceName,
        control: Control,
        reply: Reply<ServiceStatus>,
    ) {
        reply.send(self.scm.control(name, control));
    }

    fn terminate_service(&self, _caller: &Caller, name: &ServiceName, reply: Reply<()>) {
        reply.send(Err(unsupported(windows::Terminate { name })));
    }

    fn cancel_recovery(&self, _caller: &Caller, name: &ServiceName, reply: Reply<()>) {
        reply.send(Err(unsupported(windows::Cancel { name })));
    }

    fn explain(&self, _caller: &Caller, name: &ServiceName, reply: Reply<Vec<Sentence>>) {
        reply.send(self.scm.explain(name));
    }

    fn find_events(&self, _caller: &Caller, filter: EventFilter, reply: Reply<EventPage>) {
        let names = self.scm.names();
        reply.send(names.and_then(|names| self.scm.find(&names, &filter)));
    }

    fn write_event(&self, _caller: &Caller, entry: NewEntry, reply: Reply<()>) {
        reply.send(if self.scm.machine.is_empty() {
            events::write(&*self.scm.api, &entry)
        } else {
            Err(unsupported(windows::ENTRIES_HERE))
        });
    }

    fn read_output(
        &self,
        _caller: &Caller,
        name: &ServiceName,
        stream: OutputStream,
        range: OutputRange,
        reply: Reply<OutputPart>,
    ) {
        reply.send(output::read(&self.scm, name, stream, range));
    }

    fn follow_output(
        &self,
        _caller: &Caller,
        name: &ServiceName,
        stream: OutputStream,
        from: u64,
    ) -> Result<Box<dyn FollowOutput>> {
        output::follow(&self.scm, name, stream, from)
    }

    fn query_usage(
        &self,
        _caller: &Caller,
        services: Option<Vec<ServiceId>>,
        reply: Reply<Vec<Usage>>,
    ) {
        reply.send(usage::usage(&self.scm, services.as_deref()));
    }

    fn query_manager(&self, _caller: &Caller, reply: Reply<ManagerInfo>) {
        reply.send(Ok(self.scm.about()));
    }

    fn watch(&self, _caller: &Caller, since: Option<u64>) -> Result<Box<dyn Watch>> {
        watch::watch(self, since)
    }
}

#[cfg(test)]
mod tests;
