//! The entry of a failure: 7031 with its action, 7034 without; and how errors stand in entries.

use crate::failure_actions::{RecoveryAction, RecoveryActionKind};
use crate::win32::Win32Error;

/// `%%1053`, as Windows writes an error into the log (E3).
pub(super) fn message(error: Win32Error) -> String {
    format!("%%{}", error.to_raw().cast_signed())
}

pub(super) fn failed_id(action: Option<RecoveryAction>) -> u32 {
    match effective(action) {
        Some(_) => 7031,
        None => 7034,
    }
}

pub(super) fn failed(service: String, count: u32, action: Option<RecoveryAction>) -> Vec<String> {
    let mut parameters = vec![service, count.to_string()];
    if let Some(action) = effective(action) {
        parameters.push(action.delay_ms().to_string());
        parameters.push(action.kind.to_raw().to_string());
        parameters.push(action.kind.label().to_owned());
    }
    parameters
}

/// The action, unless there is none or it is NONE (R22).
fn effective(action: Option<RecoveryAction>) -> Option<RecoveryAction> {
    action.filter(|action| action.kind != RecoveryActionKind::None)
}
