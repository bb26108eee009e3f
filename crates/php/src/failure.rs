//! The exceptions that PHP code gets when something fails. They are made here and nowhere else.

use std::borrow::Cow;

use relance_scm::{ScmError, Win32Error};

use crate::zend::class::ExceptionClass;
use crate::zend::outcome::Throwable;

/// `WIN32_ERROR_WIN32SERVICE_INTERNAL`: misuse of a class, or a defect of the extension.
pub(crate) const INTERNAL: i64 = 16_000;

/// `Win32ServiceException`: the class of every failed operation. It extends `Exception` and adds nothing.
pub(crate) static WIN32_SERVICE_EXCEPTION: ExceptionClass =
    ExceptionClass::new(c"Win32ServiceException");

/// A `Win32ServiceException`.
pub(crate) fn exception(code: i64, message: &str) -> Throwable {
    Throwable::exception(&WIN32_SERVICE_EXCEPTION, code, message)
}

/// A defect of the extension.
pub(crate) fn internal(text: &str) -> Throwable {
    exception(INTERNAL, &format!("Internal extension error ({text})"))
}

/// A failed operation: upstream's text for the error code, with what was being done.
///
/// If no manager answers, upstream has no text of its own (1722); the previous exception has the
/// sentence that says what to do.
pub(crate) fn operation(error: &ScmError, context: &str) -> Throwable {
    let failure = code(error.code(), context);
    if error.code() == Win32Error::RPC_S_SERVER_UNAVAILABLE {
        return failure.with_previous(error.sentence());
    }
    failure
}

/// A failed operation on settings that upstream does not have: its texts name none of them, so the previous
/// exception has the reason.
pub(crate) fn with_reason(error: &ScmError, context: &str, extends: bool) -> Throwable {
    let failure = operation(error, context);
    if extends {
        return failure.with_previous(error.sentence());
    }
    failure
}

/// A failed operation, by its code alone.
pub(crate) fn code(code: Win32Error, context: &str) -> Throwable {
    if code == Win32Error::NO_UNICODE_TRANSLATION {
        return not_utf8(context);
    }
    // B43: an error without a number is one of ours.
    let code = match code {
        Win32Error::SUCCESS => Win32Error::WIN32SERVICE_INTERNAL,
        code => code,
    };
    exception(code.to_raw().into(), &format!("{} ({context})", text(code)))
}

/// Bytes that are not UTF-8 in a text for the manager (1113): a `ValueError` about no argument in
/// particular.
fn not_utf8(context: &str) -> Throwable {
    const TEXT: &str = "A string argument must be valid UTF-8";
    if context.is_empty() {
        Throwable::value(TEXT)
    } else {
        Throwable::value(&format!("{TEXT} ({context})"))
    }
}

/// A text for the manager.
///
/// # Errors
/// 1113's `ValueError` when it is not UTF-8.
pub(crate) fn utf8<'a>(bytes: &'a [u8], context: &str) -> Result<&'a str, Throwable> {
    std::str::from_utf8(bytes).map_err(|_| not_utf8(context))
}

/// Upstream's text for an error code, with its spelling.
fn text(code: Win32Error) -> Cow<'static, str> {
    match code.to_raw() {
        3 => "Error path not found".into(),
        5 => "Error access denied".into(),
        6 => "Error invalid handle".into(),
        13 => "Error invalid data".into(),
        87 => "Error invalid parameter".into(),
        122 => "Error insufficient buffer".into(),
        123 => "Error invalid name".into(),
        124 => "Error invalid level".into(),
        1051 => "Error dependent services running".into(),
        1052 => "Error invalid service control".into(),
        1053 => "Error service request timeout".into(),
        1054 => "Error service no thread".into(),
        1055 => "Error service database locked".into(),
        1056 => "Error service already running".into(),
        1057 => "Error invalid service account".into(),
        1058 => "Error service disabled".into(),
        1059 => "Error circular dependency".into(),
        1060 => "Error service does not exist".into(),
        1061 => "Error service cannot accept ctrl".into(),
        1062 => "Error service not active".into(),
        1063 => "Error failed service controller connect".into(),
        1065 => "Error database does not exist".into(),
        1066 => "Error service specific error".into(),
        1068 => "Error service dependency fail".into(),
        1069 => "Error service logon failed".into(),
        1072 => "Error service marked for delete".into(),
        1073 => "Error service exists".into(),
        1075 => "Error service dependency deleted".into(),
        1078 => "Error duplicate service name".into(),
        1115 => "Error shutdown in progress".into(),
        1332 => "No mapping between account names and security IDs was done.".into(),
        16_000 => "Internal extension error".into(),
        other => format!("Unknow error no {other}").into(),
    }
}

#[cfg(test)]
mod tests {
    use relance_scm::Sentence;

    use super::*;

    fn message(failure: Throwable) -> (i64, String) {
        match failure {
            Throwable::Exception { code, message, .. } => (code, message.into_string().unwrap()),
            Throwable::Value { message } => (0, message.into_string().unwrap()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn section_5_texts_end_with_their_context() {
        let row = |number| message(code(Win32Error::from_raw(number), ""));
        assert_eq!(row(1060), (1060, "Error service does not exist ()".into()));
        assert_eq!(row(2), (2, "Unknow error no 2 ()".into()));
        assert_eq!(
            message(code(Win32Error::SERVICE_EXISTS, "on create service")),
            (1073, "Error service exists (on create service)".into())
        );
        assert_eq!(
            row(1332).1,
            "No mapping between account names and security IDs was done. ()"
        );
    }

    #[test]
    fn b43_an_error_without_a_number_is_internal() {
        let (code, text) = message(code(Win32Error::SUCCESS, "x"));
        assert_eq!(
            (code, text.as_str()),
            (16_000, "Internal extension error (x)")
        );
    }

    #[test]
    fn code_1113_is_a_value_error_whose_context_may_be_absent() {
        let of = |context| message(code(Win32Error::NO_UNICODE_TRANSLATION, context)).1;
        assert_eq!(of(""), "A string argument must be valid UTF-8");
        assert_eq!(
            of("on create service"),
            "A string argument must be valid UTF-8 (on create service)"
        );
    }

    #[test]
    fn an_unreachable_manager_says_what_to_do_in_the_previous_exception() {
        let error = ScmError::new(
            Win32Error::RPC_S_SERVER_UNAVAILABLE,
            Sentence::foreign("start a daemon"),
        );
        match operation(&error, "on openning manager") {
            Throwable::Exception {
                message, previous, ..
            } => {
                assert_eq!(&*message, c"Unknow error no 1722 (on openning manager)");
                assert_eq!(previous.as_deref(), Some(c"start a daemon"));
            }
            other => panic!("{other:?}"),
        }
    }
}
