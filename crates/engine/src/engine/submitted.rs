//! Changes of the configuration whose commit is on its way: who waits for it, and how they are taken back.

use std::sync::Arc;

use relance_policy::{ServiceId, ServiceRecord};
use relance_scm::Reply;
use relance_scm::manager::Outcome;

/// Requests whose commit is on its way.
pub(super) struct SubmittedConfigures {
    pub(super) replies: Vec<(Reply<Vec<Outcome>>, Vec<Outcome>)>,
    pub(super) undo: Vec<Undo>,
}

/// How to take a change back.
pub(super) enum Undo {
    Create(ServiceId),
    /// The record as it was before.
    Change(Arc<ServiceRecord>),
    Remove(Arc<ServiceRecord>),
}
