//! A manager in memory, for the tests of what stands above the backend.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use relance_scm::config::ServiceType;
use relance_scm::manager::NewService;
use relance_scm::{
    Caller, ConfigChange, Control, ControlsAccepted, ExitCode, Reply, ScmError, ServiceConfig,
    ServiceManager, ServiceName, ServiceState, ServiceStatus, Win32Error, refuse,
};

use super::Backend;

/// What the fake knows, for tests to look at.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) services: BTreeMap<ServiceName, ServiceConfig>,
    /// Requests that arrived: `create`, `change`, ...
    pub(crate) requests: Vec<String>,
}

/// See the module's text.
pub(crate) struct FakeManager(pub(crate) Arc<Mutex<Memory>>);

/// A backend over a new fake, and what it knows.
pub(crate) fn backend() -> (Backend, Arc<Mutex<Memory>>) {
    let memory = Arc::new(Mutex::new(Memory::default()));
    (
        Backend::over(Box::new(FakeManager(Arc::clone(&memory)))),
        memory,
    )
}

/// A name, which is legal.
pub(crate) fn name(text: &str) -> ServiceName {
    ServiceName::new(text).unwrap()
}

/// A backend that knows one service.
pub(crate) fn backend_with(config: ServiceConfig) -> (Backend, Arc<Mutex<Memory>>) {
    let (backend, memory) = backend();
    let name = config.service_name.clone();
    memory.lock().unwrap().services.insert(name, config);
    (backend, memory)
}

impl FakeManager {
    fn service(&self, what: &str, name: &ServiceName) -> Result<ServiceConfig, ScmError> {
        let mut memory = self.0.lock().unwrap();
        memory.requests.push(what.to_owned());
        let found = memory.services.get(name).cloned();
        found.ok_or_else(|| Win32Error::SERVICE_DOES_NOT_EXIST.into())
    }
}

fn not_asked(_: &FakeManager) -> ScmError {
    Win32Error::NOT_SUPPORTED.into()
}

impl ServiceManager for FakeManager {
    fn create_service(&self, _: &Caller, service: NewService, reply: Reply<()>) {
        let name = service.config.service_name.clone();
        reply.send(match self.service("create", &name) {
            Ok(_) => Err(Win32Error::SERVICE_EXISTS.into()),
            Err(_) => service.config.check().map(|()| {
                let mut memory = self.0.lock().unwrap();
                memory.services.insert(name, service.config);
            }),
        });
    }

    fn delete_service(&self, _: &Caller, name: &ServiceName, reply: Reply<()>) {
        let result = self.service("delete", name).map(|_| {
            self.0.lock().unwrap().services.remove(name);
        });
        reply.send(result);
    }

    fn query_config(&self, _: &Caller, name: &ServiceName, reply: Reply<ServiceConfig>) {
        reply.send(self.service("query_config", name));
    }

    fn change_config(
        &self,
        _: &Caller,
        name: &ServiceName,
        change: ConfigChange,
        reply: Reply<()>,
    ) {
        let changed = self
            .service("change", name)
            .and_then(|stored| stored.changed(&change));
        reply.send(changed.map(|config| {
            self.0.lock().unwrap().services.insert(name.clone(), config);
        }));
    }

    fn query_status(&self, _: &Caller, name: &ServiceName, reply: Reply<ServiceStatus>) {
        reply.send(self.service("query_status", name).map(|_| status()));
    }

    fn start_service(
        &self,
        _: &Caller,
        name: &ServiceName,
        arguments: Vec<String>,
        reply: Reply<()>,
    ) {
        assert!(arguments.is_empty(), "PHP gives none");
        reply.send(self.service("start", name).map(|_| ()));
    }

    fn control_service(
        &self,
        _: &Caller,
        name: &ServiceName,
        control: Control,
        reply: Reply<ServiceStatus>,
    ) {
        let what = format!("control {}", control.to_raw());
        reply.send(self.service(&what, name).map(|_| status()));
    }

    // The extension asks nothing of these.
    refuse!(
        not_asked;
        apply, query_service, enumerate, terminate_service, cancel_recovery, explain, find_events,
        read_output, follow_output, query_manager, watch,
    );
}

fn status() -> ServiceStatus {
    ServiceStatus {
        service_type: ServiceType::OWN_PROCESS,
        state: ServiceState::Stopped,
        controls_accepted: ControlsAccepted::NONE,
        exit_code: ExitCode::NEVER_STARTED,
        checkpoint: 0,
        wait_hint: std::time::Duration::ZERO,
        process_id: 0,
        service_flags: 0,
    }
}
