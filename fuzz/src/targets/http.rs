//! HTTP on the manager's socket: requests, answers, and the questions behind a `?`.

use std::sync::Arc;

use relance_scm::{Caller, ServiceManager};
use relance_wire::api::{
    ApplyReply, ErrorReply, EventPageReply, EventsQuery, ManagerReply, ServiceReply, ServicesReply,
    StatusReply, StreamItem, UsageQuery, UsageReply,
};
use serde::de::DeserializeOwned;

use super::sessions::Memory;
use crate::nobody::Nobody;

/// The answer to any bytes is HTTP, and never an error of the manager itself.
pub(super) fn request(input: &[u8]) {
    let sessions = Arc::new(relance_sessions::Sessions::new(Memory::default(), None));
    let manager: Arc<dyn ServiceManager> = Arc::new(Nobody);
    let answers = relance_api::fuzzing::answers(manager, Caller::system(), sessions, input);
    let answers = answers.expect("a pair of sockets");
    if answers.is_empty() {
        return;
    }
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut head = httparse::Response::new(&mut headers);
    let parsed = head.parse(&answers);
    assert!(parsed.is_ok_and(|parsed| parsed.is_complete()), "no HTTP");
    let status = head.code.expect("a whole head");
    assert!((100..=599).contains(&status) && status != 500, "{status}");
}

/// The first bit: whether the body is read as it comes. A client takes no more than it was sent.
pub(super) fn answer(input: &[u8]) {
    let (how, bytes) = input.split_first().unwrap_or((&0, &[]));
    if let Ok(body) = relance_client::fuzzing::answer(bytes, how & 1 == 1) {
        assert!(body.len() <= bytes.len());
    }
}

/// The bodies of answers: read by clients, which hand on only what they understand.
pub(super) fn answers(input: &[u8]) {
    fn read<T: DeserializeOwned>(input: &[u8]) -> Option<T> {
        serde_json::from_slice(input).ok()
    }
    if let Some(reply) = read::<ErrorReply>(input) {
        let _ = relance_scm::ScmError::from(reply).to_string();
    }
    if let Some(reply) = read::<StatusReply>(input)
        && let Ok(status) = relance_scm::status::ServiceStatus::try_from(&reply)
    {
        let again = StatusReply::from(&status);
        assert_eq!(
            relance_scm::status::ServiceStatus::try_from(&again),
            Ok(status)
        );
    }
    if let Some(reply) = read::<ServiceReply>(input) {
        service(&reply);
    }
    if let Some(reply) = read::<ServicesReply>(input) {
        reply.services.iter().for_each(service);
    }
    if let Some(reply) = read::<EventPageReply>(input)
        && let Ok(page) = relance_scm::event_log::EventPage::try_from(&reply)
    {
        for entry in &page.entries {
            let body = relance_wire::api::EventBody::from(entry);
            assert_eq!(
                relance_scm::event_log::LogEntry::try_from(&body).as_ref(),
                Ok(entry)
            );
        }
    }
    if let Some(reply) = read::<ApplyReply>(input) {
        let _ = Vec::<relance_scm::manager::Outcome>::try_from(&reply);
    }
    if let Some(reply) = read::<UsageReply>(input) {
        let _ = Vec::<relance_scm::manager::Usage>::from(&reply);
    }
    if let Some(reply) = read::<ManagerReply>(input) {
        let _ = relance_scm::manager::ManagerInfo::from(reply);
    }
    if let Some(item) = read::<StreamItem>(input) {
        let _ = item.read(u64::MAX);
    }
}

fn service(reply: &ServiceReply) {
    if let Ok(info) = relance_scm::manager::ServiceInfo::try_from(reply) {
        let again = ServiceReply::from(&info);
        assert_eq!(
            relance_scm::manager::ServiceInfo::try_from(&again),
            Ok(info)
        );
    }
}

/// What stands behind a `?`.
pub(super) fn queries(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    if let Ok(query) = serde_urlencoded::from_str::<EventsQuery>(&text)
        && let Ok(filter) = query.filter()
    {
        assert!(filter.limit <= 10_000);
        let sent = serde_urlencoded::to_string(EventsQuery::from(&filter)).expect("plain values");
        let again: EventsQuery = serde_urlencoded::from_str(&sent).expect("our own query");
        assert_eq!(again.filter(), Ok(filter));
    }
    if let Ok(query) = serde_urlencoded::from_str::<UsageQuery>(&text)
        && let Ok(ids) = query.read()
    {
        assert_eq!(UsageQuery::of(ids.as_deref()).read(), Ok(ids));
    }
    let number = text.trim().parse::<u64>().ok();
    watch(number);
}

/// A watch from any generation says where it goes on.
fn watch(since: Option<u64>) {
    use relance_engine::publisher::{Publisher, Watched};
    let publisher = Arc::new(Publisher::new(relance_scm::event_log::Timestamp(0)));
    let mut watch = publisher.watch(since);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    if let std::task::Poll::Ready(Watched::Gap(generation)) = watch.poll_next(&mut context) {
        assert_eq!(generation, publisher.generation());
    }
}
