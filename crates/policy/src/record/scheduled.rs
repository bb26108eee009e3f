//! When a service is started by the clock, as it stands on record.

/// The next start of a service with a schedule (X72). Times are those of the wall clock, in seconds since
/// 1970: a schedule is about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Scheduled {
    /// When it comes next; `None`: never again.
    pub next: Option<i64>,
    /// The time that came last and was not missed.
    pub last: Option<i64>,
    /// A scheduled start came while the service ran: it is started once it has stopped (X74).
    pub is_queued: bool,
}
