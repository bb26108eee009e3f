//! What PHP code gets to see when something fails: the one place that makes exceptions of ours.

use crate::classes::WIN32_SERVICE_EXCEPTION;
use crate::zend::outcome::Failure;

/// `WIN32_ERROR_WIN32SERVICE_INTERNAL`: misuse of a class, or a defect of the extension.
pub(crate) const INTERNAL: i64 = 16_000;

/// A `Win32ServiceException`.
pub(crate) fn exception(code: i64, message: &str) -> Failure {
    Failure::exception(&WIN32_SERVICE_EXCEPTION, code, message)
}

/// A defect of the extension.
pub(crate) fn internal(text: &str) -> Failure {
    exception(INTERNAL, &format!("Internal extension error ({text})"))
}
