//! How clients of all kinds reach the engine: requests go into its queue, questions are answered from
//! what is published, without entering the owner loop.

mod apply;
mod author;
mod console;
mod needs;
mod notices;
mod output;
mod policies;
mod rights;
mod unreadable;
mod usage;
mod watch;

use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::TrySendError;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use relance_policy::explain::explain;
use relance_policy::{ServiceRecord, Time};
use relance_scm::config::{AccountName, EnvironmentVariable};
use relance_scm::controllers::Controllers;
use relance_scm::event_log::{EventFilter, EventPage, NewEntry, Timestamp};
use relance_scm::manager::{
    Enumeration, FollowOutput, ManagerInfo, NewService, Outcome, OutputPart, OutputRange,
    OutputStream, PolicyInfo, ServiceInfo, ToApply, UnreadableService, Usage, Watch,
};
use relance_scm::manager::{NoticeBook, NoticeReport, Notices};
use relance_scm::security::{Access, NamedChange};
use relance_scm::status::ServiceStatus;
use relance_scm::{
    AccessRights, Caller, ConfigChange, Control, PolicyChange, PolicyName, Reply, RunId, ScmError,
    Sentence, ServiceConfig, ServiceId, ServiceManager, ServiceName, Win32Error,
};
use relance_texts::{error, shown};

pub use self::console::SharedConsole;
use self::watch::HandleWatch;
use crate::access;
use crate::command::{ClientRequest, Command, ConfigRequest};
use crate::database::{EventLog, Unreadable};
use crate::info::{Clocks, service_info, status_of};
use crate::linux::cgroup::Location;
use crate::linux::clock::millis_of;
use crate::output::OutputSignals;
use crate::publisher::Publisher;
use crate::queue::Requests;
use crate::sight::{self, Sight, is_visible};
use crate::signs::SharedSigns;

/// The engine's clock as others may read it.
#[derive(Debug, Default)]
pub struct SharedClock {
    /// A manual clock's time; 0: the clock is the machine's.
    manual_ns: AtomicU64,
    /// How many milliseconds the wall clock is ahead of it, if it is moved with it.
    wall_ahead: OnceLock<i64>,
}

impl SharedClock {
    /// The wall clock is moved with the manual one.
    pub(crate) fn set_wall_ahead(&self, millis: i64) {
        let _ = self.wall_ahead.set(millis);
    }

    /// The time and the wall clock, which the machine shows so.
    pub(crate) fn clocks(&self, machine: (Time, Timestamp)) -> Clocks {
        let now = match self.manual_ns.load(Ordering::Acquire) {
            0 => machine.0,
            nanos => Time::from_nanos(nanos),
        };
        let wall = self.wall_ahead.get().map_or(machine.1, |ahead| {
            Timestamp(millis_of(now).saturating_add(*ahead))
        });
        Clocks { now, wall }
    }

    /// Notes the time of a manual clock.
    pub(crate) fn set_manual(&self, time: Time) {
        self.manual_ns
            .store(time.as_nanos().max(1), Ordering::Release);
    }
}

/// See the module.
#[derive(Clone)]
pub struct EngineHandle {
    /// Into the owner loop.
    pub(crate) queue: Requests<Command>,
    /// Wakes it.
    pub(crate) wake: Arc<dyn Fn() + Send + Sync>,
    /// What is published.
    pub(crate) publisher: Arc<Publisher>,
    /// The event log.
    pub(crate) event_log: EventLog,
    /// The folder of the services' output.
    pub(crate) output: PathBuf,
    /// Who waits for output.
    pub(crate) output_signals: Arc<OutputSignals>,
    /// Where the control groups of runs are, if they have any.
    pub(crate) cgroups: Option<Location>,
    /// The controllers that these have.
    pub(crate) controllers: Controllers,
    /// Services that could not be loaded (X27).
    pub(crate) unreadable: Arc<[Unreadable]>,
    /// What runs say of themselves.
    pub(crate) signs: Arc<SharedSigns>,
    /// How the web console is.
    pub(crate) console: Arc<SharedConsole>,
    /// What the notifier has on record, where there may be one.
    pub(crate) notices: Option<Arc<dyn NoticeBook>>,
    /// The engine's clock.
    pub(crate) clock: Arc<SharedClock>,
    /// The machine's clocks.
    pub(crate) machine: fn() -> (Time, Timestamp),
    /// 1057 for an account that does not exist. The lookup may be slow, so it is done here and not in the owner
    /// loop.
    pub(crate) check_account: fn(&AccountName) -> Result<(), ScmError>,
    /// The number of an account's user. This lookup may be slow, too.
    pub(crate) uid_of: fn(&AccountName) -> Option<u32>,
}

impl EngineHandle {
    /// Creates or changes the policies and services of files, all or none.
    ///
    /// # Errors
    /// When they are refused.
    pub(crate) fn bring(&self, to_apply: ToApply) -> Result<(), ScmError> {
        if to_apply.is_empty() {
            return Ok(());
        }
        let system = Caller::system();
        relance_scm::manager::wait(|reply| self.apply(&system, to_apply, reply)).map(drop)
    }

    /// Starts the automatic services that waited for the services of files.
    pub(crate) fn begin_boot(&self) {
        self.send(&Caller::system(), ClientRequest::BeginBoot);
    }

    /// Output that is lost is logged from now on.
    pub(crate) fn note_losses(&self) {
        let handle = self.clone();
        self.output_signals.tell_losses(move |service, loss| {
            handle.send(&Caller::system(), ClientRequest::NoteLoss(service, loss));
        });
    }

    /// Hands a request to the owner loop. One that finds the queue full is answered at once.
    fn send(&self, caller: &Caller, request: ClientRequest) {
        let command = Command {
            caller: caller.clone(),
            request,
        };
        match self.queue.try_send(Box::new(command)) {
            Ok(()) => (self.wake)(),
            Err(TrySendError::Full(command)) => command.request.refuse(&ScmError::new(
                Win32Error::NOT_ENOUGH_QUOTA,
                error::TOO_MANY_REQUESTS,
            )),
            // Dropped replies answer by themselves.
            Err(TrySendError::Disconnected(_)) => {}
        }
    }

    fn configure(&self, caller: &Caller, change: ConfigRequest, reply: Reply<()>) {
        let reply = Reply::new(move |result: Result<Vec<Outcome>, _>| {
            reply.send(result.map(|_| ()));
        });
        self.send(caller, ClientRequest::Configure(vec![change], reply));
    }

    /// The record of a service, if the caller has these rights on it.
    fn open(
        &self,
        caller: &Caller,
        name: &ServiceName,
        rights: AccessRights,
    ) -> Result<Arc<ServiceRecord>, ScmError> {
        let record = self
            .publisher
            .find(name)
            .ok_or_else(|| self.not_found(caller, name))?;
        access::check_named(caller, name, &record.config, rights)?;
        Ok(record)
    }

    fn clocks(&self) -> Clocks {
        self.clock.clocks((self.machine)())
    }

    /// Everything about a service that the caller may see.
    fn info(&self, caller: &Caller, record: &ServiceRecord) -> ServiceInfo {
        let mut info = ServiceInfo {
            config: access::visible_config(caller, &record.config),
            ..service_info(record, self.clocks())
        };
        if let Some(run) = &mut info.run {
            let signs = self.signs.of(run.id);
            run.status_text = signs.status;
            run.reloading = signs.reloads;
            run.main_process_id = signs.main_pid;
        }
        info.output_problem = self.output_signals.problem(record.id);
        info
    }
}

impl ServiceManager for EngineHandle {
    fn create_service(&self, caller: &Caller, service: NewService, reply: Reply<()>) {
        match self.check_new(caller, std::slice::from_ref(&service)) {
            Ok(()) => self.configure(caller, ConfigRequest::Create(Box::new(service)), reply),
            Err(error) => reply.send(Err(error)),
        }
    }

    fn apply(&self, caller: &Caller, to_apply: ToApply, reply: Reply<Vec<Outcome>>) {
        match self.changes_of(caller, to_apply) {
            Ok(changes) => self.send(caller, ClientRequest::Configure(changes, reply)),
            Err(error) => reply.send(Err(error)),
        }
    }

    fn try_apply(&self, caller: &Caller, to_apply: ToApply, reply: Reply<Vec<Outcome>>) {
        match self.changes_of(caller, to_apply) {
            Ok(changes) => self.send(caller, ClientRequest::TryConfigure(changes, reply)),
            Err(error) => reply.send(Err(error)),
        }
    }

    fn delete_service(&self, caller: &Caller, name: &ServiceName, reply: Reply<()>) {
        self.configure(caller, ConfigRequest::Delete(name.clone()), reply);
    }

    fn query_config(&self, caller: &Caller, name: &ServiceName, reply: Reply<ServiceConfig>) {
        let record = self.open(caller, name, AccessRights::QUERY_CONFIG);
        let config = record.map(|record| access::visible_config(caller, &record.config));
        reply.send(config.map(Arc::unwrap_or_clone));
    }

    fn query_environment(
        &self,
        caller: &Caller,
        name: &ServiceName,
        reply: Reply<Box<[EnvironmentVariable]>>,
    ) {
        let record = self.open(caller, name, AccessRights::CHANGE_CONFIG);
        reply.send(record.map(|record| record.config.environment.clone()));
    }

    fn change_config(
        &self,
        caller: &Caller,
        name: &ServiceName,
        change: ConfigChange,
        reply: Reply<()>,
    ) {
        if let Err(error) = self.check_change(caller, name, &change) {
            return reply.send(Err(error));
        }
        self.configure(
            caller,
            ConfigRequest::Change(name.clone(), Box::new(change)),
            reply,
        );
    }

    fn query_access(&self, caller: &Caller, name: &ServiceName, reply: Reply<Access>) {
        reply.send(self.access(caller, name));
    }

    fn change_access(
        &self,
        caller: &Caller,
        name: &ServiceName,
        changes: Vec<NamedChange>,
        is_trial: bool,
        reply: Reply<Access>,
    ) {
        match self.access_changes(caller, name, &changes) {
            Ok((_, access)) if is_trial => reply.send(Ok(access)),
            Ok((changes, access)) => self.change_access_to(caller, name, changes, access, reply),
            Err(error) => reply.send(Err(error)),
        }
    }

    fn query_status(&self, caller: &Caller, name: &ServiceName, reply: Reply<ServiceStatus>) {
        let record = self.open(caller, name, AccessRights::QUERY_STATUS);
        reply.send(record.map(|record| status_of(&record)));
    }

    fn query_service(&self, caller: &Caller, name: &ServiceName, reply: Reply<ServiceInfo>) {
        let rights = AccessRights::QUERY_STATUS.union(AccessRights::QUERY_CONFIG);
        let record = self.open(caller, name, rights);
        reply.send(record.map(|record| self.info(caller, &record)));
    }

    fn enumerate(&self, caller: &Caller, reply: Reply<Enumeration>) {
        let snapshot = self.publisher.snapshot();
        let visible = snapshot
            .services
            .iter()
            .filter(|record| is_visible(caller, record));
        let services = visible.map(|record| self.info(caller, record)).collect();
        let unreadable = self.unreadable_for(caller).iter();
        reply.send(Ok(Enumeration {
            generation: snapshot.generation,
            services,
            unreadable: unreadable.map(UnreadableService::from).collect(),
        }));
    }

    fn start_service(
        &self,
        caller: &Caller,
        name: &ServiceName,
        arguments: Vec<String>,
        reply: Reply<()>,
    ) {
        self.send(caller, ClientRequest::Start(name.clone(), arguments, reply));
    }

    fn control_service(
        &self,
        caller: &Caller,
        name: &ServiceName,
        control: Control,
        reply: Reply<ServiceStatus>,
    ) {
        self.send(caller, ClientRequest::Control(name.clone(), control, reply));
    }

    fn restart_service(
        &self,
        caller: &Caller,
        name: &ServiceName,
        dependents: bool,
        reply: Reply<()>,
    ) {
        let request = ClientRequest::Restart(name.clone(), dependents, reply);
        self.send(caller, request);
    }

    fn terminate_service(&self, caller: &Caller, name: &ServiceName, reply: Reply<()>) {
        self.send(caller, ClientRequest::Terminate(name.clone(), reply));
    }

    fn cancel_recovery(&self, caller: &Caller, name: &ServiceName, reply: Reply<()>) {
        self.send(caller, ClientRequest::CancelRecovery(name.clone(), reply));
    }

    fn explain(&self, caller: &Caller, name: &ServiceName, reply: Reply<Vec<Sentence>>) {
        let record = self.open(caller, name, AccessRights::QUERY_STATUS);
        let told = record.map(|record| access::told_record(caller, &record));
        reply.send(told.map(|record| {
            let now = self.clocks().now;
            let sentences = explain(&record, now);
            let needs = needs::sentences(&self.publisher, caller, &record, now);
            let problem = self.output_signals.problem(record.id);
            sentences
                .into_iter()
                .map(Sentence::from)
                .chain(needs)
                .chain(problem)
                .collect()
        }));
    }

    fn find_events(&self, caller: &Caller, filter: EventFilter, reply: Reply<EventPage>) {
        // A caller may not search in what it may not see.
        let sight = Sight::of(caller, &self.publisher.snapshot());
        let page = self.event_log.find(&filter, &sight, reply.interest());
        let page = page.map(|page| EventPage {
            entries: page
                .entries
                .into_iter()
                .filter_map(|entry| {
                    let entry = sight::visible_entry(caller, &self.publisher, &Arc::new(entry));
                    entry.map(Arc::unwrap_or_clone)
                })
                .collect(),
            more: page.more,
        });
        reply.send(page.map_err(|error| {
            ScmError::new(
                Win32Error::INTERNAL_ERROR,
                error::LogUnreadable {
                    error: shown(&error),
                },
            )
        }));
    }

    fn write_event(&self, caller: &Caller, entry: NewEntry, reply: Reply<()>) {
        let author = entry.check().and_then(|()| self.author(caller, &entry));
        match author {
            Ok(author) => self.send(caller, ClientRequest::WriteEvent(entry, author, reply)),
            Err(error) => reply.send(Err(error)),
        }
    }

    fn query_policies(&self, caller: &Caller, reply: Reply<Vec<PolicyInfo>>) {
        reply.send(Ok(self.policies(caller)));
    }

    fn change_policy(
        &self,
        caller: &Caller,
        name: &PolicyName,
        change: PolicyChange,
        is_trial: bool,
        reply: Reply<Outcome>,
    ) {
        self.change_policy_of(caller, name, change, is_trial, reply);
    }

    fn query_notices(&self, caller: &Caller, reply: Reply<Notices>) {
        reply.send(self.notices(caller));
    }

    fn test_notice(&self, caller: &Caller, target: &str, reply: Reply<()>) {
        match self.may_test(caller, target) {
            Ok(target) => self.send(caller, ClientRequest::TestNotice(target, reply)),
            Err(error) => reply.send(Err(error)),
        }
    }

    fn report_notices(&self, caller: &Caller, report: NoticeReport, reply: Reply<()>) {
        match access::check_administrator(caller) {
            Ok(()) => self.send(caller, ClientRequest::ReportNotices(report, reply)),
            Err(error) => reply.send(Err(error)),
        }
    }

    fn note_refused_sign_ins(&self, from: &str, count: u32) {
        let request = ClientRequest::NoteRefusedSignIns(from.into(), count);
        self.send(&Caller::system(), request);
    }

    fn read_output(
        &self,
        caller: &Caller,
        name: &ServiceName,
        stream: OutputStream,
        range: OutputRange,
        reply: Reply<OutputPart>,
    ) {
        // Output may hold secrets.
        let record = self.open_output(caller, name);
        reply.send(record.and_then(|record| self.find_output(&record, stream, range)));
    }

    fn follow_output(
        &self,
        caller: &Caller,
        name: &ServiceName,
        stream: OutputStream,
        from: u64,
    ) -> Result<Box<dyn FollowOutput>, ScmError> {
        self.follow(caller, name, stream, from)
    }

    fn usage_at_once(&self, caller: &Caller, services: &[ServiceId]) -> Option<Vec<Usage>> {
        self.usage_of_few(caller, services)
    }

    fn query_usage(
        &self,
        caller: &Caller,
        services: Option<Vec<ServiceId>>,
        reply: Reply<Vec<Usage>>,
    ) {
        reply.send(Ok(self.usage(caller, services.as_deref())));
    }

    fn query_manager(&self, caller: &Caller, reply: Reply<ManagerInfo>) {
        let clocks = self.clocks();
        // The problems name files, and services that the caller may not see.
        let notices = if sight::sees_all(caller) {
            self.publisher.store_notices()
        } else {
            Vec::new()
        };
        reply.send(Ok(ManagerInfo {
            notices,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            pid: std::process::id(),
            generation: self.publisher.generation(),
            now: clocks.wall,
            clock_ns: clocks.now.as_nanos(),
            manual_clock: self.clock.manual_ns.load(Ordering::Acquire) != 0,
            console: self.console.get(),
            controllers: self.controllers,
        }));
    }

    fn watch(&self, caller: &Caller, since: Option<u64>) -> Result<Box<dyn Watch>, ScmError> {
        let watch = self.publisher.watch(since);
        Ok(Box::new(HandleWatch {
            handle: self.clone(),
            caller: caller.clone(),
            watch,
        }))
    }

    fn advance_clock(&self, caller: &Caller, by: Option<Duration>, reply: Reply<u64>) {
        let nanos = by.map(|by| u64::try_from(by.as_nanos()).unwrap_or(u64::MAX));
        self.send(caller, ClientRequest::AdvanceClock(nanos, reply));
    }

    fn attach(&self, run: RunId, secret: String, channel: OwnedFd, reply: Reply<()>) {
        self.send(
            &Caller::system(),
            ClientRequest::Attach {
                run,
                secret,
                channel,
                reply,
            },
        );
    }
}

#[cfg(test)]
mod tests;
