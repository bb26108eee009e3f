//! Examples of what a bucket of a histogram counts.

/// An example of what a bucket counts: the number of an entry of the event log.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Exemplar {
    pub(crate) event: u64,
    /// The value that was observed, milliseconds, and when, milliseconds since 1970.
    pub(crate) value_ms: i64,
    pub(crate) at_ms: i64,
}
