//! A manager that knows nothing of sessions, for one who is signed in: every call looks whether the
//! session lasts, and whether it may do this. What the engine does on Linux, the console does on
//! Windows, in this one place.
//!
//! A reader changes nothing, and sees neither the values of environments nor what services print. The
//! console itself, without a session, sees what a reader sees.

use std::net::IpAddr;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use relance_client::ServiceManager;
use relance_scm::config::EnvironmentVariable;
use relance_scm::event_log::{EventFilter, EventPage};
use relance_scm::manager::{
    Enumeration, FollowOutput, ManagerInfo, NewService, Outcome, OutputPart, OutputRange,
    OutputStream, PolicyInfo, ServiceInfo, ToApply, Usage, Watch, Watched, WatchedChange,
    next_change_until,
};
use relance_scm::security::{Access, NamedChange};
use relance_scm::status::ServiceStatus;
use relance_scm::{
    Caller, ConfigChange, Control, PolicyChange, PolicyName, Reply, ScmError, Sentence,
    ServiceConfig, ServiceId, ServiceName, Win32Error,
};
use relance_sessions::Sessions;
use relance_texts::{error, shown};
use relance_wire::api::{Role, SessionBody, TokenReply, TokenRequest};
use tokio::sync::mpsc;

/// How often a watch looks whether its session lasts.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Changes that a slow reader may be behind; then the thread that reads them waits, and the watch below
/// tells of a gap.
const BEHIND_MAX: usize = 256;

/// See the module.
pub(crate) struct SessionManager<M> {
    manager: M,
    pass: Pass,
}

/// Who asks.
#[derive(Clone)]
struct Pass {
    sessions: Arc<Sessions>,
    /// `None`: the console itself.
    token: Option<Arc<str>>,
}

impl Pass {
    /// Who asks, if its session lasts.
    fn find(&self) -> Result<(SessionBody, Caller), ScmError> {
        match &self.token {
            Some(token) => self.sessions.find(token, None),
            None => Ok((
                SessionBody {
                    id: String::new(),
                    name: "the console".to_owned(),
                    role: Role::Reader,
                    token: false,
                    created_at_ms: 0,
                    expires_at_ms: None,
                },
                Caller {
                    name: "the console".into(),
                    sids: Box::default(),
                    session: None,
                },
            )),
        }
    }

    fn administrator(&self) -> Result<Caller, ScmError> {
        let (_, caller) = self.find()?;
        if caller.is_administrator() {
            return Ok(caller);
        }
        Err(ScmError::new(Win32Error::ACCESS_DENIED, error::READ_ONLY))
    }
}

impl<M: ServiceManager> SessionManager<M> {
    pub(crate) fn new(manager: M, sessions: Arc<Sessions>, token: Option<&str>) -> Self {
        let token = token.map(Arc::from);
        Self {
            manager,
            pass: Pass { sessions, token },
        }
    }

    /// Passes a question on, for everybody; a reader gets what `visible` leaves of the answer.
    fn see<T: Send + 'static>(
        &self,
        reply: Reply<T>,
        visible: fn(T) -> T,
        ask: impl FnOnce(&M, &Caller, Reply<T>),
    ) {
        match self.pass.find() {
            Ok((_, caller)) if caller.is_administrator() => ask(&self.manager, &caller, reply),
            Ok((_, caller)) => {
                let reply = Reply::new(move |answer: Result<T, ScmError>| {
                    reply.send(answer.map(visible));
                });
                ask(&self.manager, &caller, reply);
            }
            Err(refusal) => reply.send(Err(refusal)),
        }
    }

    /// Passes a request on, for administrators.
    fn administer<T>(&self, reply: Reply<T>, ask: impl FnOnce(&M, &Caller, Reply<T>)) {
        match self.pass.administrator() {
            Ok(caller) => ask(&self.manager, &caller, reply),
            Err(refusal) => reply.send(Err(refusal)),
        }
    }

    /// Exchanges a link's code for a session.
    pub(crate) fn sign_in(&self, code: &str, from: Option<IpAddr>) -> Result<TokenReply, ScmError> {
        let signed_in = self.pass.sessions.sign_in(code, None);
        if signed_in.is_err() {
            tracing::warn!(?from, "a sign-in was refused");
        }
        signed_in
    }

    /// Whom requests come from.
    pub(crate) fn session(&self) -> Result<SessionBody, ScmError> {
        self.pass.find().map(|(session, _)| session)
    }

    /// Ends this session.
    pub(crate) fn sign_out(&self) -> Result<(), ScmError> {
        let token = self.pass.token.as_deref();
        self.pass.sessions.sign_out(token.unwrap_or_default())
    }

    /// A token for scripts.
    pub(crate) fn create_token(&self, request: &TokenRequest) -> Result<TokenReply, ScmError> {
        let (_, caller) = self.pass.find()?;
        self.pass.sessions.create_token(&caller, request)
    }

    /// All sessions and tokens.
    pub(crate) fn sessions(&self) -> Result<Vec<SessionBody>, ScmError> {
        let (_, caller) = self.pass.find()?;
        self.pass.sessions.list(&caller)
    }

    /// Ends a session or token.
    pub(crate) fn end_session(&self, id: &str) -> Result<(), ScmError> {
        let (_, caller) = self.pass.find()?;
        self.pass.sessions.end(&caller, id)
    }
}

fn all<T>(answer: T) -> T {
    answer
}

fn visible_info(mut info: ServiceInfo) -> ServiceInfo {
    info.config = info.config.without_secrets();
    info
}

fn visible_change(watched: Watched) -> Watched {
    match watched {
        Watched::Change(generation, WatchedChange::Service(info)) => {
            let info = WatchedChange::Service(Box::new(visible_info(*info)));
            Watched::Change(generation, info)
        }
        other => other,
    }
}

impl<M: ServiceManager> ServiceManager for SessionManager<M> {
    fn create_service(&self, _: &Caller, service: NewService, reply: Reply<()>) {
        self.administer(reply, |manager, caller, reply| {
            manager.create_service(caller, service, reply);
        });
    }

    fn apply(&self, _: &Caller, to_apply: ToApply, reply: Reply<Vec<Outcome>>) {
        self.administer(reply, |manager, caller, reply| {
            manager.apply(caller, to_apply, reply);
        });
    }

    fn query_policies(&self, _: &Caller, reply: Reply<Vec<PolicyInfo>>) {
        self.see(reply, all, |manager, caller, reply| {
            manager.query_policies(caller, reply);
        });
    }

    fn change_policy(
        &self,
        _: &Caller,
        name: &PolicyName,
        change: PolicyChange,
        is_trial: bool,
        reply: Reply<Outcome>,
    ) {
        self.administer(reply, |manager, caller, reply| {
            manager.change_policy(caller, name, change, is_trial, reply);
        });
    }

    fn delete_service(&self, _: &Caller, name: &ServiceName, reply: Reply<()>) {
        self.administer(reply, |manager, caller, reply| {
            manager.delete_service(caller, name, reply);
        });
    }

    fn query_config(&self, _: &Caller, name: &ServiceName, reply: Reply<ServiceConfig>) {
        let visible =
            |config: ServiceConfig| Arc::unwrap_or_clone(Arc::new(config).without_secrets());
        self.see(reply, visible, |manager, caller, reply| {
            manager.query_config(caller, name, reply);
        });
    }

    fn query_environment(
        &self,
        _: &Caller,
        name: &ServiceName,
        reply: Reply<Box<[EnvironmentVariable]>>,
    ) {
        self.administer(reply, |manager, caller, reply| {
            manager.query_environment(caller, name, reply);
        });
    }

    fn change_config(
        &self,
        _: &Caller,
        name: &ServiceName,
        change: ConfigChange,
        reply: Reply<()>,
    ) {
        self.administer(reply, |manager, caller, reply| {
            manager.change_config(caller, name, change, reply);
        });
    }

    fn query_access(&self, _: &Caller, name: &ServiceName, reply: Reply<Access>) {
        self.see(reply, all, |manager, caller, reply| {
            manager.query_access(caller, name, reply);
        });
    }

    fn change_access(
        &self,
        _: &Caller,
        name: &ServiceName,
        changes: Vec<NamedChange>,
        is_trial: bool,
        reply: Reply<Access>,
    ) {
        self.administer(reply, |manager, caller, reply| {
            manager.change_access(caller, name, changes, is_trial, reply);
        });
    }

    fn query_status(&self, _: &Caller, name: &ServiceName, reply: Reply<ServiceStatus>) {
        self.see(reply, all, |manager, caller, reply| {
            manager.query_status(caller, name, reply);
        });
    }

    fn query_service(&self, _: &Caller, name: &ServiceName, reply: Reply<ServiceInfo>) {
        self.see(reply, visible_info, |manager, caller, reply| {
            manager.query_service(caller, name, reply);
        });
    }

    fn enumerate(&self, _: &Caller, reply: Reply<Enumeration>) {
        let visible = |all: Enumeration| Enumeration {
            services: all.services.into_iter().map(visible_info).collect(),
            ..all
        };
        self.see(reply, visible, |manager, caller, reply| {
            manager.enumerate(caller, reply);
        });
    }

    fn start_service(
        &self,
        _: &Caller,
        name: &ServiceName,
        arguments: Vec<String>,
        reply: Reply<()>,
    ) {
        self.administer(reply, |manager, caller, reply| {
            manager.start_service(caller, name, arguments, reply);
        });
    }

    fn control_service(
        &self,
        _: &Caller,
        name: &ServiceName,
        control: Control,
        reply: Reply<ServiceStatus>,
    ) {
        self.administer(reply, |manager, caller, reply| {
            manager.control_service(caller, name, control, reply);
        });
    }

    fn restart_service(&self, _: &Caller, name: &ServiceName, dependents: bool, reply: Reply<()>) {
        self.administer(reply, |manager, caller, reply| {
            manager.restart_service(caller, name, dependents, reply);
        });
    }

    fn terminate_service(&self, _: &Caller, name: &ServiceName, reply: Reply<()>) {
        self.administer(reply, |manager, caller, reply| {
            manager.terminate_service(caller, name, reply);
        });
    }

    fn cancel_recovery(&self, _: &Caller, name: &ServiceName, reply: Reply<()>) {
        self.administer(reply, |manager, caller, reply| {
            manager.cancel_recovery(caller, name, reply);
        });
    }

    fn explain(&self, _: &Caller, name: &ServiceName, reply: Reply<Vec<Sentence>>) {
        self.see(reply, all, |manager, caller, reply| {
            manager.explain(caller, name, reply);
        });
    }

    fn find_events(&self, _: &Caller, filter: EventFilter, reply: Reply<EventPage>) {
        self.see(reply, all, |manager, caller, reply| {
            manager.find_events(caller, filter, reply);
        });
    }

    fn read_output(
        &self,
        _: &Caller,
        name: &ServiceName,
        stream: OutputStream,
        range: OutputRange,
        reply: Reply<OutputPart>,
    ) {
        self.administer(reply, |manager, caller, reply| {
            manager.read_output(caller, name, stream, range, reply);
        });
    }

    fn follow_output(
        &self,
        _: &Caller,
        name: &ServiceName,
        stream: OutputStream,
        from: u64,
    ) -> Result<Box<dyn FollowOutput>, ScmError> {
        let caller = self.pass.administrator()?;
        let follow = self.manager.follow_output(&caller, name, stream, from)?;
        let pass = self.pass.clone();
        Ok(Box::new(SessionFollow { follow, pass }))
    }

    fn query_usage(&self, _: &Caller, services: Option<Vec<ServiceId>>, reply: Reply<Vec<Usage>>) {
        self.see(reply, all, |manager, caller, reply| {
            manager.query_usage(caller, services, reply);
        });
    }

    fn query_manager(&self, _: &Caller, reply: Reply<ManagerInfo>) {
        self.see(reply, all, |manager, caller, reply| {
            manager.query_manager(caller, reply);
        });
    }

    fn watch(&self, _: &Caller, since: Option<u64>) -> Result<Box<dyn Watch>, ScmError> {
        let (_, caller) = self.pass.find()?;
        let watch = self.manager.watch(&caller, since)?;
        let pass = self.pass.clone();
        let (sender, receiver) = mpsc::channel(BEHIND_MAX);
        // To find out what has changed, a watch asks the manager, which takes its time.
        thread::Builder::new()
            .name("relance-watch".into())
            .spawn(move || pump(watch, &pass, &sender))
            .map_err(|error| {
                ScmError::new(
                    Win32Error::NOT_ENOUGH_MEMORY,
                    error::NoThread {
                        error: shown(&error),
                    },
                )
            })?;
        Ok(Box::new(SessionWatch(receiver)))
    }
}

/// Hands changes on until the session or the reader is gone.
fn pump(mut watch: Box<dyn Watch>, pass: &Pass, sender: &mpsc::Sender<Watched>) {
    while !sender.is_closed() {
        let change = next_change_until(&mut *watch, Instant::now() + LOOK_EVERY);
        let Ok((_, caller)) = pass.find() else { return };
        let change = match change {
            None => continue,
            Some(None) => return,
            Some(Some(change)) if caller.is_administrator() => change,
            Some(Some(change)) => visible_change(change),
        };
        if sender.blocking_send(change).is_err() {
            return;
        }
    }
}

/// A watch that ends with its session.
struct SessionWatch(mpsc::Receiver<Watched>);

impl Watch for SessionWatch {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Watched>> {
        self.0.poll_recv(context)
    }
}

/// An output that ends with its session.
struct SessionFollow {
    follow: Box<dyn FollowOutput>,
    pass: Pass,
}

impl FollowOutput for SessionFollow {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<OutputPart>> {
        if self.pass.administrator().is_err() {
            return Poll::Ready(None);
        }
        self.follow.poll_next(context)
    }
}
