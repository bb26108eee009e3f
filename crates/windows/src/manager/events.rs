//! Entries of Windows' event log about services as entries of ours: those of the service control
//! manager in the log System, and our own in the log Application.

use std::collections::BTreeMap;
use std::sync::Arc;

use relance_scm::event::{Event, EventLevel, EventSource};
use relance_scm::event_log::{
    Author, By, Details, EventFilter, EventPage, LogEntry, NewEntry, Timestamp,
};
use relance_scm::security::Sid;
use relance_scm::{ScmError, ServiceId, Win32Error, fold_case};
use relance_texts::windows;

use super::access::name_of;
use crate::api::{Api, EventQuery, Report, Result};
use crate::error::error;
use crate::event_xml::{self, EventXml};

/// How many entries one question looks through at most, the newest first.
const LOOKED_THROUGH: usize = 10_000;

/// The account of the system.
const LOCAL_SYSTEM: &str = "S-1-5-18";

/// Above it the id of an entry has other meanings: how bad it is, and whose.
const ID_MAX: u32 = 0xFFFF;

/// Bits of an entry's number beside its time; more than 52 in all do not survive JSON.
const NUMBER_BITS: u32 = 11;

/// Where there are entries about services: the manager's, our own, and those of services themselves.
const LOGS: [(&str, &str); 3] = [
    ("System", "Service Control Manager"),
    ("Application", "Relance"),
    ("Application", "Application"),
];

/// The identity of a service, which Windows does not number: from its name, whatever its case.
pub(super) fn service_id(name: &str) -> ServiceId {
    // FNV-1a
    let hash = fold_case(name).bytes().fold(0x811C_9DC5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    ServiceId(hash)
}

/// Which services there are, by both their names (E2: entries hold display names, but for two ids).
#[derive(Clone, Debug, Default)]
pub(super) struct Names(BTreeMap<String, Arc<str>>);

impl Names {
    /// From pairs of service name and display name.
    pub(super) fn new(services: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut names = BTreeMap::new();
        for (name, display_name) in services {
            let shared: Arc<str> = name.as_str().into();
            names
                .entry(fold_case(&display_name))
                .or_insert_with(|| Arc::clone(&shared));
            // A service name wins over a display name that is spelled like it (C4).
            names.insert(fold_case(&name), shared);
        }
        Self(names)
    }

    fn find(&self, entry: &EventXml) -> Option<(ServiceId, Arc<str>)> {
        let name = Event::subject(entry.id, &entry.parameters)?;
        let known = self.0.get(&fold_case(name)).cloned();
        let name = known.unwrap_or_else(|| name.into());
        Some((service_id(&name), name))
    }

    /// The entry, as ours.
    pub(super) fn entry(&self, mut xml: EventXml) -> LogEntry {
        // E1: the words are those of the system's language; ours are compared.
        if let (7036, Some(state), Some(word)) = (xml.id, xml.state(), xml.parameters.get_mut(1)) {
            state.word().clone_into(word);
        }
        let source = EventSource::from_name(&xml.provider).unwrap_or(EventSource::Application);
        LogEntry {
            number: number(&xml, source),
            at: xml.at,
            source,
            event_id: xml.id,
            // Windows' "critical" is an error here.
            level: EventLevel::from_raw(xml.level.max(2)).unwrap_or(EventLevel::Information),
            service: self.find(&xml),
            parameters: xml.parameters,
            details: Details {
                by: xml
                    .user
                    .as_deref()
                    .filter(|_| source == EventSource::ServiceControlManager)
                    .map(by),
                ..Details::default()
            },
        }
    }
}

/// X67: the system's own account is the manager.
fn by(user: &str) -> By {
    if user == LOCAL_SYSTEM {
        return By::Manager;
    }
    By::Caller(Author {
        name: name_of(&Sid::Other(user.into())).into(),
        uid: None,
        service: None,
    })
}

/// A number that grows with time and is another one for each entry.
fn number(xml: &EventXml, source: EventSource) -> u64 {
    let millis = u64::try_from(xml.at.0).unwrap_or_default();
    let within = (xml.record << 1 | u64::from(source != EventSource::ServiceControlManager))
        & ((1 << NUMBER_BITS) - 1);
    millis << NUMBER_BITS | within
}

/// Entries that a filter asks for, the oldest first.
pub(super) fn find(
    api: &dyn Api,
    machine: &str,
    names: &Names,
    filter: &EventFilter,
) -> Result<EventPage> {
    let mut entries = Vec::new();
    for (channel, provider) in LOGS {
        let query = EventQuery {
            channel,
            xpath: &xpath(provider, filter),
            limit: LOOKED_THROUGH,
        };
        let found = api.query_events(machine, &query)?;
        let found = found.iter().filter_map(|xml| event_xml::parse(xml));
        entries.extend(
            found
                .map(|xml| names.entry(xml))
                .filter(|entry| filter.matches(entry)),
        );
    }
    entries.sort_by_key(|entry| entry.number);
    let limit = usize::try_from(filter.limit).unwrap_or(usize::MAX);
    let more = entries.len() > limit;
    // Behind some entry the first ones are meant, else the last ones.
    if filter.after.is_some() {
        entries.truncate(limit);
    } else if more {
        entries.drain(..entries.len() - limit);
    }
    Ok(EventPage { entries, more })
}

/// A level, as `ReportEventW` has it.
pub(crate) const fn kind(level: EventLevel) -> u16 {
    match level {
        EventLevel::Error => 1,
        EventLevel::Warning => 2,
        EventLevel::Information => 4,
    }
}

/// Writes an entry in the words of a program; its name stands first among the parameters.
///
/// # Errors
/// 87 for an id that Windows has no room for.
pub(super) fn write(api: &dyn Api, entry: &NewEntry) -> std::result::Result<(), ScmError> {
    entry.check()?;
    if entry.event_id > ID_MAX {
        return Err(ScmError::new(
            Win32Error::INVALID_PARAMETER,
            windows::EventId {
                id: entry.event_id,
                most: ID_MAX,
            },
        ));
    }
    let parameters = [entry.name.to_string(), entry.text.to_string()];
    let report = Report {
        source: EventSource::Application.name(),
        kind: kind(entry.level),
        id: entry.event_id,
        parameters: &parameters,
    };
    api.report_event(&report).map_err(|code| error(api, code))
}

/// What the log itself can sort out.
fn xpath(provider: &str, filter: &EventFilter) -> String {
    let mut conditions = vec![format!("Provider[@Name='{provider}']")];
    if !filter.event_ids.is_empty() {
        let ids: Vec<String> = filter
            .event_ids
            .iter()
            .map(|id| format!("EventID={id}"))
            .collect();
        conditions.push(format!("({})", ids.join(" or ")));
    }
    for (comparison, moment) in [(">=", filter.since), ("<", filter.until)] {
        if let Some(text) = moment.and_then(iso) {
            conditions.push(format!("TimeCreated[@SystemTime{comparison}'{text}']"));
        }
    }
    format!("*[System[{}]]", conditions.join(" and "))
}

fn iso(moment: Timestamp) -> Option<String> {
    let moment = jiff::Timestamp::from_millisecond(moment.0).ok()?;
    Some(moment.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn xml(id: u32, parameters: &[&str]) -> EventXml {
        EventXml {
            record: 7,
            provider: "Service Control Manager".into(),
            id,
            level: 2,
            at: Timestamp(1000),
            parameters: parameters.iter().map(ToString::to_string).collect(),
            user: None,
            data: String::new(),
        }
    }

    #[test]
    fn e1_the_word_of_a_state_is_ours() {
        let mut french = xml(7036, &["W", "arrêté"]);
        french.data = "w/1".to_owned();
        let entry = Names::default().entry(french);
        assert_eq!(entry.parameters, ["W", "stopped"]);
    }

    #[test]
    fn e2_the_service_is_found_by_its_display_name_where_the_entry_has_it() {
        let names = Names::new([("worker".to_owned(), "Queue worker".to_owned())]);
        let rows: [(u32, &[&str]); 5] = [
            (
                7031,
                &["Queue worker", "1", "0", "1", "Restart the service"],
            ),
            (7009, &["30000", "QUEUE WORKER"]),
            (
                7032,
                &["1", "Restart the service", "Queue worker", "%%1056"],
            ),
            (7040, &["Queue worker", "auto start", "disabled", "worker"]),
            (
                7045,
                &[
                    "Worker",
                    "c:\\w.exe",
                    "user mode service",
                    "auto start",
                    "LocalSystem",
                ],
            ),
        ];
        for (id, parameters) in rows {
            let entry = names.entry(xml(id, parameters));
            assert_eq!(entry.service.unwrap().0, service_id("worker"), "{id}");
        }
        assert_eq!(names.entry(xml(7026, &["beep"])).service, None);
    }

    #[test]
    fn the_log_sorts_out_what_it_can() {
        let filter = EventFilter {
            event_ids: vec![7031, 7034],
            since: Some(Timestamp(0)),
            ..EventFilter::default()
        };
        assert_eq!(
            xpath("Relance", &filter),
            "*[System[Provider[@Name='Relance'] and (EventID=7031 or EventID=7034) and \
             TimeCreated[@SystemTime>='1970-01-01T00:00:00.000Z']]]"
        );
    }
}
