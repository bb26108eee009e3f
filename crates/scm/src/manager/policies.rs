//! Named policies, as they are shown.

use relance_texts::setting;

use super::Reply;
use crate::error::ScmError;
use crate::name::ServiceName;
use crate::recovery_policy::RecoveryPolicy;
use crate::win32::Win32Error;

/// A policy, and who uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyInfo {
    /// What it says.
    pub policy: RecoveryPolicy,
    /// The services that use it and that the caller may see, in the order of their names.
    pub used_by: Vec<ServiceName>,
}

/// The answer of a manager that keeps no policies.
pub(super) fn not_kept<T>(reply: Reply<T>) {
    let sentence = setting::WINDOWS_NO_POLICIES;
    reply.send(Err(ScmError::new(Win32Error::NOT_SUPPORTED, sentence)));
}
