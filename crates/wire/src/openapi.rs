//! The description of the API as an OpenAPI document, made from the types that are sent.
//!
//! [`OPERATIONS`] lists the paths; a test of `relance-api` asks its router for each of them.

use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, HttpMethod, InfoBuilder, OpenApi, PathItem, Ref, Required, ResponseBuilder,
    ResponsesBuilder,
};
use utoipa::{IntoParams, OpenApi as _};

use crate::api::{self, EventsQuery, UsageQuery, WaitQuery};

/// One operation of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// `GET`, `POST`, `PATCH` or `DELETE`.
    pub method: &'static str,
    /// With `{name}` for the name of a service.
    pub path: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// Name of the schema of its body, or empty.
    pub request: &'static str,
    /// Name of the schema of its reply, or empty.
    pub reply: &'static str,
}

macro_rules! operations {
    ($($method:ident $path:literal $summary:literal [$($request:ident)?] -> [$($reply:ident)?];)+) => {
        /// All operations. `POST /v1/runs/{run}/attach` is not among them: it is for services.
        pub const OPERATIONS: &[Operation] = &[$(Operation {
            method: stringify!($method),
            path: $path,
            summary: $summary,
            request: concat!("", $(stringify!($request))?),
            reply: concat!("", $(stringify!($reply))?),
        },)+];
    };
}

operations! {
    GET "/v1/manager" "About the manager itself" [] -> [ManagerReply];
    GET "/v1/services" "All services that the caller may see, with the generation from which the stream goes on" [] -> [ServicesReply];
    POST "/v1/services" "Create a service" [ConfigBody] -> [ConfiguredReply];
    GET "/v1/services/{name}" "Everything about a service" [] -> [ServiceReply];
    PATCH "/v1/services/{name}" "Change a service; what is left out stays" [ChangeConfigRequest] -> [ConfiguredReply];
    DELETE "/v1/services/{name}" "Delete a service" [] -> [];
    GET "/v1/services/{name}/status" "The status of a service" [] -> [StatusReply];
    GET "/v1/services/{name}/config" "The configuration of a service" [] -> [ConfigBody];
    GET "/v1/services/{name}/access" "Who may do what, in words" [] -> [AccessReply];
    POST "/v1/services/{name}/access" "Give and take rights, all or nothing" [AccessRequest] -> [AccessReply];
    GET "/v1/services/{name}/why" "What happened last, whether it counted, what comes next" [] -> [WhyReply];
    POST "/v1/services/{name}/start" "Start a service" [StartRequest] -> [];
    POST "/v1/services/{name}/stop" "Stop a service" [] -> [StatusReply];
    POST "/v1/services/{name}/restart" "Stop and start a service; the request goes on by itself (extension)" [RestartRequest] -> [];
    POST "/v1/services/{name}/pause" "Send PAUSE" [] -> [StatusReply];
    POST "/v1/services/{name}/continue" "Send CONTINUE" [] -> [StatusReply];
    POST "/v1/services/{name}/control" "Send any control" [ControlRequest] -> [StatusReply];
    POST "/v1/services/{name}/terminate" "End a service by force (extension)" [] -> [];
    POST "/v1/services/{name}/cancel-recovery" "Cancel pending recovery actions (extension)" [] -> [];
    GET "/v1/services/{name}/output" "The output of a service, as bytes; the header Relance-Position says where it ends. Queries: lines, run (the last lines of that run alone), from, follow; grep, since, until (times as the lines have them) and json choose among the last 16 MiB" [] -> [];
    POST "/v1/templates/{name}/scale" "Set how many instances a template (like worker@) has; surplus ones are told to stop and are gone then (extension)" [ScaleRequest] -> [ScaleReply];
    POST "/v1/apply" "Create or change many services, all or none" [ApplyRequest] -> [ApplyReply];
    GET "/v1/events" "Entries of the event log" [] -> [EventPageReply];
    POST "/v1/events" "Write an entry in a program's own words" [WriteEventRequest] -> [];
    GET "/v1/stream" "Changes as server-sent events; each data is a StreamItem, each id a generation" [] -> [StreamItem];
    GET "/v1/usage" "Processor and memory of running services" [] -> [UsageReply];
    GET "/v1/policies" "The named policies, and the services that use them" [] -> [PoliciesReply];
    PATCH "/v1/policies/{name}" "Make a policy, or change it for all services that use it; with dry_run only say what would become of it" [ChangePolicyRequest] -> [PolicyOutcomeReply];
    DELETE "/v1/policies/{name}" "Delete a policy that no service uses" [] -> [PolicyOutcomeReply];
    GET "/v1/notices" "Who is told what happens, what waits and what was told last" [] -> [NoticesReply];
    POST "/v1/notices/test" "Send a test message to a target; entry 1161 or 1162 says how it went" [TestNoticeRequest] -> [];
    POST "/v1/notices/report" "Put on record how a target is; for the notifier" [NoticeReportRequest] -> [];
    POST "/v1/simulate" "Try recovery settings in virtual time" [SimulateRequest] -> [SimulationReply];
    POST "/v1/clock/advance" "Move the clock of a daemon started with --clock manual" [] -> [];
    POST "/v1/sign-in-links" "A link that signs in to the console, once" [LinkRequest] -> [LinkReply];
    GET "/v1/session" "Who asks" [] -> [SessionBody];
    DELETE "/v1/session" "End the session of this request" [] -> [];
    GET "/v1/sessions" "Sessions and tokens" [] -> [SessionsReply];
    POST "/v1/sessions" "Exchange a link's code for a session" [SignInRequest] -> [TokenReply];
    DELETE "/v1/sessions/{id}" "End a session or token" [] -> [];
    POST "/v1/tokens" "Make a token for scripts" [TokenRequest] -> [TokenReply];
}

/// The types that are sent.
#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(
    api::AccessReply,
    api::AccessRequest,
    api::ApplyReply,
    api::ApplyRequest,
    api::ChangeConfigRequest,
    api::ConfigBody,
    api::ConfiguredReply,
    api::ControlRequest,
    api::ErrorReply,
    api::EventPageReply,
    api::LinkReply,
    api::LinkRequest,
    api::ManagerReply,
    api::NoticeReportRequest,
    api::NoticesReply,
    api::ChangePolicyRequest,
    api::PoliciesReply,
    api::PolicyOutcomeReply,
    api::ScaleReply,
    api::ScaleRequest,
    api::ServiceReply,
    api::ServicesReply,
    api::SessionBody,
    api::SessionsReply,
    api::SignInRequest,
    api::SimulateRequest,
    api::SimulationReply,
    api::RestartRequest,
    api::StartRequest,
    api::StatusReply,
    api::StreamItem,
    api::TestNoticeRequest,
    api::TokenReply,
    api::TokenRequest,
    api::UsageReply,
    api::WhyReply,
    api::WriteEventRequest,
)))]
struct Schemas;

/// The document.
#[must_use]
pub fn document() -> OpenApi {
    let mut document = Schemas::openapi();
    document.info = InfoBuilder::new()
        .title("Relance")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "The API of the service manager, on its Unix socket. Errors carry the Win32 code.",
        ))
        .build();
    for operation in OPERATIONS {
        let method = match operation.method {
            "POST" => HttpMethod::Post,
            "PATCH" => HttpMethod::Patch,
            "DELETE" => HttpMethod::Delete,
            _ => HttpMethod::Get,
        };
        let item = PathItem::new(method, describe(operation));
        let paths = &mut document.paths.paths;
        match paths.get_mut(operation.path) {
            Some(known) => known.merge_operations(item),
            None => {
                paths.insert(operation.path.to_owned(), item);
            }
        }
    }
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    if let Some(components) = &mut document.components {
        components.add_security_scheme("token", bearer);
    }
    // A peer of the socket needs no token.
    document.security = Some(vec![
        SecurityRequirement::default(),
        SecurityRequirement::new("token", Vec::<String>::new()),
    ]);
    document
}

fn reference(schema: &str) -> utoipa::openapi::Content {
    ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(schema)))
        .build()
}

fn describe(operation: &Operation) -> utoipa::openapi::path::Operation {
    let mut reply = ResponseBuilder::new().description("Done");
    if !operation.reply.is_empty() {
        let kind = match operation.path {
            "/v1/stream" => "text/event-stream",
            _ => "application/json",
        };
        reply = reply.content(kind, reference(operation.reply));
    }
    let refusal = ResponseBuilder::new()
        .description("Refused, with the Win32 code and what to do")
        .content("application/json", reference("ErrorReply"));
    let responses = ResponsesBuilder::new()
        .response("2XX", reply)
        .response("default", refusal);
    let mut described = OperationBuilder::new()
        .summary(Some(operation.summary))
        .responses(responses.build());
    for name in operation.path.split(['{', '}']).skip(1).step_by(2) {
        described = described.parameter(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .schema(Some(utoipa::openapi::Object::with_type(
                    utoipa::openapi::Type::String,
                ))),
        );
    }
    let query = || Some(ParameterIn::Query);
    let parameters = match operation.path {
        "/v1/events" => EventsQuery::into_params(query),
        "/v1/usage" => UsageQuery::into_params(query),
        "/v1/services/{name}/stop"
        | "/v1/services/{name}/pause"
        | "/v1/services/{name}/continue"
        | "/v1/services/{name}/control" => WaitQuery::into_params(query),
        _ => Vec::new(),
    };
    for parameter in parameters {
        described = described.parameter(parameter);
    }
    if !operation.request.is_empty() {
        let body =
            RequestBodyBuilder::new().content("application/json", reference(operation.request));
        described = described.request_body(Some(body.build()));
    }
    described.build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_that_is_named_is_described() {
        let text = serde_json::to_value(document()).unwrap();
        let schemas = text["components"]["schemas"].as_object().unwrap();
        let mut left = vec![&text];
        while let Some(value) = left.pop() {
            if let Some(name) = value["$ref"].as_str() {
                let name = name.rsplit('/').next().unwrap();
                assert!(schemas.contains_key(name), "{name}");
            }
            match value {
                serde_json::Value::Array(items) => left.extend(items),
                serde_json::Value::Object(fields) => left.extend(fields.values()),
                _ => {}
            }
        }
        let operations: usize = text["paths"]
            .as_object()
            .unwrap()
            .values()
            .map(|item| item.as_object().unwrap().len())
            .sum();
        assert_eq!(operations, OPERATIONS.len());
    }
}
