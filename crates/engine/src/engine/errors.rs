//! The sentences that callers get about starts, controls and changes that fail.

use relance_scm::{ScmError, ServiceName, Win32Error};
use relance_texts::{Sentence, error, shown, start};

use super::Slot;

/// The error of a failed start, for the caller: the sentence of the part that failed if there is
/// one, else the sentence of the code.
pub(super) fn start_error(slot: &Slot, code: Win32Error) -> ScmError {
    let name = &slot.record.config.service_name;
    let sentence: Sentence = match (code, &slot.problem) {
        (Win32Error::SERVICE_REQUEST_TIMEOUT, _) => start::NotConnected { name }.into(),
        (Win32Error::SERVICE_DEPENDENCY_FAIL, _) => start::DependencyFailed { name }.into(),
        (Win32Error::SERVICE_DEPENDENCY_DELETED, _) => start::DependencyMissing { name }.into(),
        (Win32Error::CANCELLED, _) => start::CutShort { name }.into(),
        (_, Some(problem)) => problem.clone(),
        (error, None) => start::Failed { name, error }.into(),
    };
    ScmError::new(code, sentence)
}

/// The error of a control that was not answered with success, for the caller.
pub(super) fn control_error(name: &ServiceName, code: Win32Error) -> ScmError {
    let sentence: Sentence = match code {
        Win32Error::SERVICE_REQUEST_TIMEOUT => start::ControlSilent { name }.into(),
        Win32Error::BROKEN_PIPE => start::ControlEnded { name }.into(),
        Win32Error::SERVICE_NOT_ACTIVE => start::ControlStopped { name }.into(),
        error => start::ControlError { name, error }.into(),
    };
    ScmError::new(code, sentence)
}

/// 112 for a change that could not be written.
pub(super) fn not_written(reason: &str) -> ScmError {
    ScmError::new(
        Win32Error::DISK_FULL,
        error::NotWritten {
            reason: shown(reason),
        },
    )
}
