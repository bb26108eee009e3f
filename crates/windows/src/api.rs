//! The calls of Windows that the manager is made of, as one trait of plain values.
//!
//! A method is one call (or the pair of calls that asks for a size first); its name is the call's.
//! `real` makes them, `recording` pretends to and writes down what was asked, so that the order of
//! calls, the rights asked for and every failure in between are tested on any system.

use std::path::PathBuf;

use relance_scm::Win32Error;
use relance_scm::event_log::Timestamp;

pub(crate) type Result<T> = std::result::Result<T, Win32Error>;

/// An `SC_HANDLE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RawHandle(pub(crate) usize);

/// Rights on the manager (A13).
pub(crate) mod manager_rights {
    pub(crate) const CONNECT: u32 = 0x1;
    pub(crate) const CREATE_SERVICE: u32 = 0x2;
    pub(crate) const ENUMERATE_SERVICE: u32 = 0x4;
}

/// `CreateServiceW`: what it takes.
#[derive(Clone, Debug)]
pub(crate) struct CreateService<'a> {
    pub(crate) name: &'a str,
    pub(crate) display_name: &'a str,
    /// Rights on the handle that comes back.
    pub(crate) access: u32,
    pub(crate) service_type: u32,
    pub(crate) start_type: u32,
    pub(crate) error_control: u32,
    pub(crate) command_line: &'a str,
    pub(crate) load_order_group: &'a str,
    pub(crate) dependencies: Vec<String>,
    /// `None`: LocalSystem.
    pub(crate) account_name: Option<&'a str>,
    pub(crate) password: Option<&'a str>,
}

/// `ChangeServiceConfigW`: `None` is `SERVICE_NO_CHANGE` or a null pointer (C19).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct BaseChange<'a> {
    pub(crate) service_type: Option<u32>,
    pub(crate) start_type: Option<u32>,
    pub(crate) error_control: Option<u32>,
    pub(crate) command_line: Option<&'a str>,
    pub(crate) load_order_group: Option<&'a str>,
    pub(crate) dependencies: Option<Vec<String>>,
    pub(crate) account_name: Option<&'a str>,
    pub(crate) password: Option<&'a str>,
    pub(crate) display_name: Option<&'a str>,
}

/// `QUERY_SERVICE_CONFIGW`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct BaseConfig {
    pub(crate) service_type: u32,
    pub(crate) start_type: u32,
    pub(crate) error_control: u32,
    pub(crate) command_line: String,
    pub(crate) load_order_group: String,
    pub(crate) dependencies: Vec<String>,
    pub(crate) account_name: String,
    pub(crate) display_name: String,
}

/// `SERVICE_STATUS_PROCESS` (S51). Of a call that gives a `SERVICE_STATUS`, the last two are 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RawStatus {
    pub(crate) service_type: u32,
    pub(crate) state: u32,
    pub(crate) controls_accepted: u32,
    pub(crate) win32_exit_code: u32,
    pub(crate) specific_exit_code: u32,
    pub(crate) checkpoint: u32,
    pub(crate) wait_hint_ms: u32,
    pub(crate) process_id: u32,
    pub(crate) flags: u32,
}

/// One service of `EnumServicesStatusExW`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Enumerated {
    pub(crate) name: String,
    pub(crate) display_name: String,
    pub(crate) status: RawStatus,
}

/// Which information `QueryServiceConfig2W` is asked for; the numbers are Windows' (C21).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Level {
    Description = 1,
    FailureActions = 2,
    DelayedAutoStart = 3,
    FailureActionsFlag = 4,
    ServiceSid = 5,
    RequiredPrivileges = 6,
    Preshutdown = 7,
    Triggers = 8,
    PreferredNode = 9,
    LaunchProtected = 12,
}

/// The information of a [`Level`], as it is queried and changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Info {
    Description(String),
    FailureActions(RawFailureActions),
    DelayedAutoStart(bool),
    FailureActionsFlag(bool),
    ServiceSid(u32),
    RequiredPrivileges(Vec<String>),
    /// Milliseconds.
    Preshutdown(u32),
    /// How many there are; triggers are only counted here.
    Triggers(u32),
    /// `None`: no node is preferred.
    PreferredNode(Option<u16>),
    LaunchProtected(u32),
}

/// `SERVICE_FAILURE_ACTIONSW`; `None` is a null pointer, which keeps (R58 to R60).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RawFailureActions {
    pub(crate) reset_period: u32,
    pub(crate) reboot_message: Option<String>,
    pub(crate) command: Option<String>,
    /// Kind and delay in milliseconds.
    pub(crate) actions: Option<Vec<(u32, u32)>>,
}

/// A value of the registry, of the kinds that services use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RegistryValue {
    /// `REG_SZ`, and `REG_EXPAND_SZ` as it stands there.
    Text(String),
    /// `REG_MULTI_SZ`
    List(Vec<String>),
    /// `REG_DWORD`
    Number(u32),
    /// `REG_QWORD`
    LongNumber(u64),
}

/// What a process has used since it was started, and uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProcessUsage {
    /// User and system, milliseconds.
    pub(crate) cpu_ms: u64,
    /// Its working set, bytes.
    pub(crate) memory_bytes: u64,
}

/// An entry to write to the Application log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Report<'a> {
    pub(crate) source: &'a str,
    /// As `ReportEventW` wants it: 1 error, 2 warning, 4 information.
    pub(crate) kind: u16,
    pub(crate) id: u32,
    pub(crate) parameters: &'a [String],
}

/// Which entries of an event log are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EventQuery<'a> {
    /// `System`, `Application`.
    pub(crate) channel: &'a str,
    /// The condition, as XPath.
    pub(crate) xpath: &'a str,
    /// The newest first, at most so many.
    pub(crate) limit: usize,
}

/// What a watch of the manager notices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// The status of a service has changed, or the service is new.
    Changed(String),
    /// A service is gone.
    Deleted(String),
    /// An entry was written to the event log, as XML.
    Logged(String),
}

/// Takes notices, on the thread that notices.
pub(crate) type Sink = Box<dyn FnMut(Notice) + Send>;

/// A watch; dropping it ends it.
pub(crate) trait Watching: Send {}

/// The calls. `machine` is empty for this one.
pub(crate) trait Api: Send + Sync {
    fn open_manager(&self, machine: &str, access: u32) -> Result<RawHandle>;
    fn open_service(&self, manager: RawHandle, name: &str, access: u32) -> Result<RawHandle>;
    fn close_service_handle(&self, handle: RawHandle);

    fn create_service(&self, manager: RawHandle, service: &CreateService<'_>) -> Result<RawHandle>;
    fn delete_service(&self, service: RawHandle) -> Result<()>;
    fn enum_services_status(&self, manager: RawHandle) -> Result<Vec<Enumerated>>;
    fn enum_dependent_services(&self, service: RawHandle) -> Result<Vec<String>>;
    fn start_service(&self, service: RawHandle, arguments: &[String]) -> Result<()>;
    fn control_service(&self, service: RawHandle, control: u32) -> Result<RawStatus>;
    fn query_service_status(&self, service: RawHandle) -> Result<RawStatus>;
    fn query_service_config(&self, service: RawHandle) -> Result<BaseConfig>;
    fn change_service_config(&self, service: RawHandle, change: &BaseChange<'_>) -> Result<()>;
    fn query_service_config2(&self, service: RawHandle, level: Level) -> Result<Info>;
    fn change_service_config2(&self, service: RawHandle, info: &Info) -> Result<()>;
    /// The descriptor without its audit list, as SDDL.
    fn query_service_object_security(&self, service: RawHandle) -> Result<String>;
    /// Replaces the access list.
    fn set_service_object_security(&self, service: RawHandle, sddl: &str) -> Result<()>;

    /// Below `HKEY_LOCAL_MACHINE`.
    fn registry_read(&self, machine: &str, key: &str, value: &str) -> Result<RegistryValue>;
    /// Makes the key if it is not there.
    fn registry_write(
        &self,
        machine: &str,
        key: &str,
        value: &str,
        data: &RegistryValue,
    ) -> Result<()>;
    fn registry_delete(&self, machine: &str, key: &str, value: &str) -> Result<()>;

    /// Entries as XML, the newest first.
    fn query_events(&self, machine: &str, query: &EventQuery<'_>) -> Result<Vec<String>>;

    fn report_event(&self, report: &Report<'_>) -> Result<()>;

    /// `GetProcessTimes` and `GetProcessMemoryInfo`, of a process of this machine.
    fn process_usage(&self, process_id: u32) -> Result<ProcessUsage>;

    /// Lets this process ask for a reboot (R52).
    fn enable_shutdown_privilege(&self) -> Result<()>;
    fn watch(&self, machine: &str, sink: Sink) -> Result<Box<dyn Watching>>;
    fn now(&self) -> Timestamp;
    /// When that machine was booted; only this one knows.
    fn booted_at(&self) -> Timestamp;
    /// Windows' own sentence for an error.
    fn format_message(&self, error: Win32Error) -> Option<String>;
    /// The folder for the data of programs, which all accounts share.
    fn program_data(&self) -> PathBuf;
    /// The path of the program that hosts other programs: `relance.exe`.
    fn host_program(&self) -> Result<String>;
}
