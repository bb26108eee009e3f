//! What a service waits for that is held (X70).

use crate::event_log::Timestamp;

/// A service is stopped, and is started when something that it needs is back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldInfo {
    /// What it needs: a service or a group.
    pub needed: Box<str>,
    /// Since when that is down.
    pub since: Timestamp,
    /// That is back, and the service is started then.
    pub starts_at: Option<Timestamp>,
}
