//! [`ServiceManager`] over the socket of a manager.

use std::fmt;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use relance_scm::config::EnvironmentVariable;
use relance_scm::duration::millis;
use relance_scm::event_log::{EventFilter, EventPage, NewEntry};
use relance_scm::manager::{
    Enumeration, FollowOutput, ManagerInfo, NewService, Outcome, OutputPart, OutputRange,
    OutputStream, PolicyInfo, ServiceInfo, ToApply, Usage, Watch,
};
use relance_scm::manager::{NoticeReport, Notices};
use relance_scm::security::{Access, NamedChange};
use relance_scm::status::ServiceStatus;
use relance_scm::{
    Caller, ConfigChange, Control, PolicyChange, PolicyName, Reply, RunId, ScmError, Sentence,
    ServiceConfig, ServiceId, ServiceManager, ServiceName, Win32Error,
};
use relance_texts::{error, shown};
use relance_wire::api::{
    AccessChangeBody, AccessReply, AccessRequest, ApplyReply, ApplyRequest, ChangeConfigRequest,
    ChangePolicyRequest, ConfigBody, ControlRequest, EnvironmentReply, EventPageReply, EventsQuery,
    ManagerReply, NoticeReportRequest, NoticesReply, PoliciesReply, PolicyOutcomeReply,
    RestartRequest, ServiceReply, ServicesReply, StartRequest, StatusReply, TestNoticeRequest,
    UsageQuery, UsageReply, WhyReply, WriteEventRequest,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bounds::{LATER, SOON};
use crate::http::{self, HttpRequest, HttpResponse, escape};
use crate::kept::Connection;
use crate::part::SocketFollow;
use crate::patience::Patience;
use crate::watch::SocketWatch;

/// How often a read is repeated whose answer was broken off.
const QUESTIONS_MAX: usize = 3;

/// See [`connect`](crate::connect). Who calls is known from the socket; the [`Caller`] of the trait is ignored.
pub struct SocketManager {
    sockets: Arc<[PathBuf]>,
    patience: Patience,
    /// Never shown.
    token: Option<Box<str>>,
    /// The connection that showed that a manager is there; the first call uses it.
    ready: Mutex<Option<Connection>>,
}

impl fmt::Debug for SocketManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SocketManager")
            .field("sockets", &self.sockets)
            .finish_non_exhaustive()
    }
}

impl SocketManager {
    /// Speaks to the manager behind this connection, and opens others like it.
    pub(crate) fn over(
        connection: Connection,
        sockets: Arc<[PathBuf]>,
        patience: Patience,
    ) -> Self {
        Self {
            sockets,
            patience,
            ready: Mutex::new(Some(connection)),
            token: None,
        }
    }

    /// Makes every request with this session's or token's secret.
    pub(crate) fn signed_in(self, token: &str) -> Self {
        Self {
            token: Some(token.into()),
            ..self
        }
    }

    fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Result<HttpResponse, ScmError> {
        self.send_within(SOON, method, path, body)
    }

    fn send_within(
        &self,
        patience: Duration,
        method: &str,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Result<HttpResponse, ScmError> {
        let ready = self
            .ready
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let connection = match ready {
            Some(connection) => connection,
            None => Connection::open(&self.sockets, self.patience)?,
        };
        let token = self.token.as_deref();
        let request = HttpRequest {
            method,
            path,
            token,
            body,
            patience,
        };
        http::send(connection, &request)
    }

    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ScmError> {
        again(|| read(self.send("GET", path, None)?))
    }

    pub(crate) fn post<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<T, ScmError> {
        read(self.send("POST", path, Some(json(body)))?)
    }

    /// The same, for requests that wait for services.
    fn post_and_wait<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<T, ScmError> {
        read(self.send_within(LATER, "POST", path, Some(json(body)))?)
    }

    /// A request that answers nothing but success.
    pub(crate) fn act<B: Serialize>(
        &self,
        method: &str,
        path: &str,
        body: &B,
    ) -> Result<(), ScmError> {
        done(self.send(method, path, Some(json(body)))?)
    }

    fn config_and_status(&self, name: &ServiceName) -> Result<ServiceInfo, ScmError> {
        let reply: ServiceReply = self.get(&of(name, ""))?;
        (&reply).try_into()
    }

    fn events(&self, filter: &EventFilter) -> Result<EventPage, ScmError> {
        let query = serde_urlencoded::to_string(EventsQuery::from(filter))
            .expect("a query of plain values");
        let reply: EventPageReply = self.get(&format!("/v1/events?{query}"))?;
        (&reply).try_into()
    }

    fn output(
        &self,
        name: &ServiceName,
        stream: OutputStream,
        range: OutputRange,
    ) -> Result<OutputPart, ScmError> {
        let query = match range {
            OutputRange::LastLines(lines) => format!("/output?lines={lines}"),
            OutputRange::LastLinesOfRun(run, lines) => format!("/output?lines={lines}&run={run}"),
            OutputRange::From(position) => format!("/output?from={position}"),
        } + asked_stream(stream);
        again(|| {
            let answer = self.send("GET", &of(name, &query), None)?;
            let end = answer.position().unwrap_or_default();
            let bytes = answer.read_all();
            Ok(OutputPart {
                bytes: bytes.map_err(|error| http::broken_off(&error))?,
                end,
            })
        })
    }
}

/// The stream in the query of a request; older managers know only one.
fn asked_stream(stream: OutputStream) -> &'static str {
    match stream {
        OutputStream::Output => "",
        OutputStream::Errors => "&stream=stderr",
    }
}

fn done(answer: HttpResponse) -> Result<(), ScmError> {
    let body = answer.read_all();
    body.map_err(|error| http::broken_off(&error)).map(|_| ())
}

fn of(name: &ServiceName, rest: &str) -> String {
    format!("/v1/services/{}{rest}", escape(name.as_str()))
}

fn json<B: Serialize>(body: &B) -> Vec<u8> {
    serde_json::to_vec(body).expect("plain structures")
}

fn read<T: DeserializeOwned>(answer: HttpResponse) -> Result<T, ScmError> {
    let body = answer
        .read_all()
        .map_err(|error| http::broken_off(&error))?;
    serde_json::from_slice(&body).map_err(|error| {
        ScmError::new(
            Win32Error::INVALID_DATA,
            error::AnswerUnreadable {
                error: shown(&error),
            },
        )
    })
}

/// A read may be repeated: a reader does not notice that the engine is replaced meanwhile (killed,
/// upgraded).
fn again<T>(mut ask: impl FnMut() -> Result<T, ScmError>) -> Result<T, ScmError> {
    for _ in 1..QUESTIONS_MAX {
        match ask() {
            Err(error) if error.code() == Win32Error::RPC_S_CALL_FAILED => {}
            result => return result,
        }
    }
    ask()
}

/// Nothing, as a body.
#[derive(Serialize)]
pub(crate) struct Nothing {}

impl SocketManager {
    fn policy_changed(
        &self,
        name: &PolicyName,
        change: &PolicyChange,
        is_trial: bool,
    ) -> Result<Outcome, ScmError> {
        let path = format!("/v1/policies/{name}");
        let answer = match change {
            PolicyChange::Set(change) => {
                let body = ChangePolicyRequest::of(change, is_trial);
                self.send("PATCH", &path, Some(json(&body)))?
            }
            PolicyChange::Give(services) => {
                let body = ChangePolicyRequest::giving(services, is_trial);
                self.send("PATCH", &path, Some(json(&body)))?
            }
            PolicyChange::Delete if is_trial => return Err(Win32Error::NOT_SUPPORTED.into()),
            PolicyChange::Delete => self.send("DELETE", &path, Some(json(&Nothing {})))?,
        };
        let reply: PolicyOutcomeReply = read(answer)?;
        (&reply).try_into()
    }

    fn control(
        &self,
        name: &ServiceName,
        control: Control,
        within: Duration,
    ) -> Result<ServiceStatus, ScmError> {
        let body = ControlRequest {
            control: control.to_raw(),
        };
        let query = match within.as_millis() {
            0 => String::new(),
            millis => format!("?wait_ms={}", millis.min(u32::MAX.into())),
        };
        let status: StatusReply =
            self.post_and_wait(&of(name, &format!("/control{query}")), &body)?;
        (&status).try_into()
    }

    fn apply_or_try(&self, to_apply: &ToApply, dry_run: bool) -> Result<Vec<Outcome>, ScmError> {
        let body = ApplyRequest::of(to_apply, dry_run);
        let applied: ApplyReply = self.post_and_wait("/v1/apply", &body)?;
        (&applied).try_into()
    }
}

impl ServiceManager for SocketManager {
    fn create_service(&self, _: &Caller, service: NewService, reply: Reply<()>) {
        reply.send(self.act("POST", "/v1/services", &ConfigBody::from(&service)));
    }

    fn apply(&self, _: &Caller, to_apply: ToApply, reply: Reply<Vec<Outcome>>) {
        reply.send(self.apply_or_try(&to_apply, false));
    }

    fn try_apply(&self, _: &Caller, to_apply: ToApply, reply: Reply<Vec<Outcome>>) {
        reply.send(self.apply_or_try(&to_apply, true));
    }

    fn delete_service(&self, _: &Caller, name: &ServiceName, reply: Reply<()>) {
        reply.send(self.act("DELETE", &of(name, ""), &Nothing {}));
    }

    fn query_config(&self, _: &Caller, name: &ServiceName, reply: Reply<ServiceConfig>) {
        let body: Result<ConfigBody, _> = self.get(&of(name, "/config"));
        reply.send(body.and_then(|body| (&body).try_into()));
    }

    fn query_environment(
        &self,
        _: &Caller,
        name: &ServiceName,
        reply: Reply<Box<[EnvironmentVariable]>>,
    ) {
        let body: Result<EnvironmentReply, _> = self.get(&of(name, "/environment"));
        reply.send(body.and_then(|body| Ok(body.read()?.into())));
    }

    fn change_config(
        &self,
        _: &Caller,
        name: &ServiceName,
        change: ConfigChange,
        reply: Reply<()>,
    ) {
        reply.send(self.act("PATCH", &of(name, ""), &ChangeConfigRequest::from(&change)));
    }

    fn query_access(&self, _: &Caller, name: &ServiceName, reply: Reply<Access>) {
        let access: Result<AccessReply, _> = self.get(&of(name, "/access"));
        reply.send(access.and_then(|access| (&access).try_into()));
    }

    fn change_access(
        &self,
        _: &Caller,
        name: &ServiceName,
        changes: Vec<NamedChange>,
        is_trial: bool,
        reply: Reply<Access>,
    ) {
        let body = AccessRequest {
            changes: changes.iter().map(AccessChangeBody::from).collect(),
            dry_run: is_trial,
        };
        let access: Result<AccessReply, _> = self.post(&of(name, "/access"), &body);
        reply.send(access.and_then(|access| (&access).try_into()));
    }

    fn query_status(&self, _: &Caller, name: &ServiceName, reply: Reply<ServiceStatus>) {
        let status: Result<StatusReply, _> = self.get(&of(name, "/status"));
        reply.send(status.and_then(|status| (&status).try_into()));
    }

    fn query_service(&self, _: &Caller, name: &ServiceName, reply: Reply<ServiceInfo>) {
        reply.send(self.config_and_status(name));
    }

    fn enumerate(&self, _: &Caller, reply: Reply<Enumeration>) {
        let all: Result<ServicesReply, _> = self.get("/v1/services");
        reply.send(all.and_then(|all| (&all).try_into()));
    }

    fn start_service(
        &self,
        _: &Caller,
        name: &ServiceName,
        arguments: Vec<String>,
        reply: Reply<()>,
    ) {
        let (path, body) = (of(name, "/start"), StartRequest { arguments });
        let answer = self.send_within(LATER, "POST", &path, Some(json(&body)));
        reply.send(answer.and_then(done));
    }

    fn control_service(
        &self,
        _: &Caller,
        name: &ServiceName,
        control: Control,
        reply: Reply<ServiceStatus>,
    ) {
        reply.send(self.control(name, control, Duration::ZERO));
    }

    fn control_and_wait(
        &self,
        _: &Caller,
        name: &ServiceName,
        control: Control,
        within: Duration,
        reply: Reply<ServiceStatus>,
    ) {
        reply.send(self.control(name, control, within));
    }

    fn restart_service(&self, _: &Caller, name: &ServiceName, dependents: bool, reply: Reply<()>) {
        let body = RestartRequest { dependents };
        reply.send(self.act("POST", &of(name, "/restart"), &body));
    }

    fn terminate_service(&self, _: &Caller, name: &ServiceName, reply: Reply<()>) {
        reply.send(self.act("POST", &of(name, "/terminate"), &Nothing {}));
    }

    fn cancel_recovery(&self, _: &Caller, name: &ServiceName, reply: Reply<()>) {
        reply.send(self.act("POST", &of(name, "/cancel-recovery"), &Nothing {}));
    }

    fn explain(&self, _: &Caller, name: &ServiceName, reply: Reply<Vec<Sentence>>) {
        let why: Result<WhyReply, _> = self.get(&of(name, "/why"));
        reply.send(why.map(Into::into));
    }

    fn write_event(&self, _: &Caller, entry: NewEntry, reply: Reply<()>) {
        reply.send(self.act("POST", "/v1/events", &WriteEventRequest::from(&entry)));
    }

    fn query_policies(&self, _: &Caller, reply: Reply<Vec<PolicyInfo>>) {
        let policies: Result<PoliciesReply, _> = self.get("/v1/policies");
        reply.send(policies.and_then(|policies| (&policies).try_into()));
    }

    fn change_policy(
        &self,
        _: &Caller,
        name: &PolicyName,
        change: PolicyChange,
        is_trial: bool,
        reply: Reply<Outcome>,
    ) {
        reply.send(self.policy_changed(name, &change, is_trial));
    }

    fn query_notices(&self, _: &Caller, reply: Reply<Notices>) {
        let notices: Result<NoticesReply, _> = self.get("/v1/notices");
        reply.send(notices.map(Into::into));
    }

    fn test_notice(&self, _: &Caller, target: &str, reply: Reply<()>) {
        let target = target.to_owned();
        reply.send(self.act("POST", "/v1/notices/test", &TestNoticeRequest { target }));
    }

    fn report_notices(&self, _: &Caller, report: NoticeReport, reply: Reply<()>) {
        let request = NoticeReportRequest::from(report);
        reply.send(self.act("POST", "/v1/notices/report", &request));
    }

    fn find_events(&self, _: &Caller, filter: EventFilter, reply: Reply<EventPage>) {
        reply.send(self.events(&filter));
    }

    fn read_output(
        &self,
        _: &Caller,
        name: &ServiceName,
        stream: OutputStream,
        range: OutputRange,
        reply: Reply<OutputPart>,
    ) {
        reply.send(self.output(name, stream, range));
    }

    fn follow_output(
        &self,
        _: &Caller,
        name: &ServiceName,
        stream: OutputStream,
        from: u64,
    ) -> Result<Box<dyn FollowOutput>, ScmError> {
        let path = of(
            name,
            &format!("/output?follow=true&from={from}{}", asked_stream(stream)),
        );
        let stream = again(|| self.send("GET", &path, None))?.into_stream();
        Ok(Box::new(SocketFollow::start(stream, from)?))
    }

    fn query_usage(&self, _: &Caller, services: Option<Vec<ServiceId>>, reply: Reply<Vec<Usage>>) {
        let query = serde_urlencoded::to_string(UsageQuery::of(services.as_deref()))
            .expect("a query of plain values");
        let usage: Result<UsageReply, _> = self.get(&format!("/v1/usage?{query}"));
        reply.send(usage.map(|usage| (&usage).into()));
    }

    fn query_manager(&self, _: &Caller, reply: Reply<ManagerInfo>) {
        let manager: Result<ManagerReply, _> = self.get("/v1/manager");
        reply.send(manager.map(ManagerInfo::from));
    }

    fn watch(&self, _: &Caller, since: Option<u64>) -> Result<Box<dyn Watch>, ScmError> {
        let query = since
            .map(|since| format!("?since={since}"))
            .unwrap_or_default();
        let path = format!("/v1/stream{query}");
        let answer = again(|| self.send("GET", &path, None))?;
        Ok(Box::new(SocketWatch::start(answer.into_stream())?))
    }

    fn advance_clock(&self, _: &Caller, by: Option<Duration>, reply: Reply<u64>) {
        #[derive(Serialize)]
        struct Advance {
            by_ms: Option<u64>,
        }
        #[derive(serde::Deserialize)]
        struct Advanced {
            clock_ns: u64,
        }
        let by_ms = by.map(millis);
        let advanced: Result<Advanced, _> =
            self.post_and_wait("/v1/clock/advance", &Advance { by_ms });
        reply.send(advanced.map(|advanced| advanced.clock_ns));
    }

    fn attach(&self, _: RunId, _: String, _: OwnedFd, reply: Reply<()>) {
        // Only the process that has lost its channel attaches, through `hosted`.
        reply.send(Err(Win32Error::NOT_SUPPORTED.into()));
    }
}

#[cfg(test)]
mod tests;
