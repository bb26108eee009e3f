//! What a caller may see of the event log (A25, A28): entries of services whose status it may query. The texts
//! in them that a service has made (its last lines, its exceptions) are hidden unless the caller may read its
//! output, and who asked for something unless it may read the configuration. Only administrators see entries
//! of services that are gone.

use std::sync::Arc;

use relance_policy::{ServiceId, ServiceRecord};
use relance_scm::event::EventSource;
use relance_scm::event_log::{By, LogEntry};
use relance_scm::security::Sid;
use relance_scm::{AccessRights, Caller, EndCauseKind, ServiceName};

use crate::access;
use crate::publisher::{Publisher, Snapshot};

/// Shown instead of a text that the caller may not see.
const HIDDEN: &str = "***";
/// The entries whose parameters hold texts that not everybody may see: the error of a script, a command
/// line, and which settings were changed.
pub(crate) const CLEAN_STOP_AFTER_ERROR: u32 = 1011;
pub(crate) const INSTALLED: u32 = 7045;
pub(crate) const SETTINGS_CHANGED: u32 = 1153;

/// Which entries a search may find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// All.
    All,
    /// Entries of the manager and of programs that are not services, and those of these services.
    Of {
        /// Of these services.
        services: Vec<ServiceId>,
        /// The services among them whose output the caller may read.
        readable: Vec<ServiceId>,
    },
}

impl Sight {
    /// What a caller may see of the services there are.
    pub(crate) fn of(caller: &Caller, snapshot: &Snapshot) -> Self {
        if sees_all(caller) {
            return Self::All;
        }
        let (mut services, mut readable) = (Vec::new(), Vec::new());
        for record in &snapshot.services {
            if is_visible(caller, record) {
                services.push(record.id);
                if access::may_read_output(caller, &record.config) {
                    readable.push(record.id);
                }
            }
        }
        Self::Of { services, readable }
    }
}

/// Whether a caller sees everything of every service, those that are gone included.
pub(crate) fn sees_all(caller: &Caller) -> bool {
    caller.is_administrator() || caller.sids.contains(&Sid::LocalSystem)
}

/// Whether a caller sees that there is this service, and its status.
pub(crate) fn is_visible(caller: &Caller, record: &ServiceRecord) -> bool {
    access::granted(caller, &record.config).contains(AccessRights::QUERY_STATUS)
}

/// The entry as a caller may see it; `None` if it may not see it.
pub(crate) fn visible_entry(
    caller: &Caller,
    publisher: &Publisher,
    entry: &Arc<LogEntry>,
) -> Option<Arc<LogEntry>> {
    let Some((id, name)) = entry.service.as_ref().filter(|_| !sees_all(caller)) else {
        return Some(Arc::clone(entry));
    };
    let record = publisher.find(&ServiceName::new(&**name).ok()?)?;
    if record.id != *id || !is_visible(caller, &record) {
        return None;
    }
    let mut entry = Arc::clone(entry);
    if !access::may_read_output(caller, &record.config) && has_texts(&entry) {
        hide_texts(Arc::make_mut(&mut entry));
    }
    let granted = access::granted(caller, &record.config);
    if (is(&entry, INSTALLED) || is(&entry, SETTINGS_CHANGED))
        && !granted.contains(AccessRights::QUERY_CONFIG)
    {
        hide_parameter(Arc::make_mut(&mut entry), HIDDEN);
    }
    if !access::may_see_authors(caller, &record.config) {
        hide_author(caller, &mut entry);
    }
    Some(entry)
}

/// X67: who asked is shown to those who may read the configuration, and to those who have asked.
fn hide_author(caller: &Caller, entry: &mut Arc<LogEntry>) {
    let is_other = match &entry.details.by {
        Some(By::Caller(author)) => author.uid.is_none() || author.uid != caller.uid(),
        _ => false,
    };
    if is_other {
        Arc::make_mut(entry).details.by = Some(By::Hidden);
    }
}

fn is(entry: &LogEntry, id: u32) -> bool {
    entry.event_id == id && entry.source != EventSource::Application
}

fn has_texts(entry: &LogEntry) -> bool {
    let details = &entry.details;
    let has_words = details.output.is_some() || details.cause.is_some();
    has_words || details.policy.is_some() || is(entry, CLEAN_STOP_AFTER_ERROR)
}

/// Keeps only the kind of a cause, and removes output and policy (X105).
fn hide_texts(entry: &mut LogEntry) {
    let details = &mut entry.details;
    details.output = None;
    details.policy = None;
    let exit = details.exit.map(|exit| exit.to_string());
    if details.cause != exit {
        let kind = details.cause.as_deref().and_then(kind_of_cause);
        details.cause = kind.map(ToOwned::to_owned).or(exit);
    }
    if is(entry, CLEAN_STOP_AFTER_ERROR) {
        let kind = entry
            .parameters
            .get(1)
            .and_then(|cause| kind_of_cause(cause));
        hide_parameter(entry, kind.unwrap_or(HIDDEN));
    }
}

fn hide_parameter(entry: &mut LogEntry, text: &str) {
    if let Some(parameter) = entry.parameters.get_mut(1) {
        text.clone_into(parameter);
    }
}

fn kind_of_cause(cause: &str) -> Option<&'static str> {
    let words = EndCauseKind::ALL.map(EndCauseKind::words);
    words.into_iter().find(|words| cause.starts_with(words))
}
