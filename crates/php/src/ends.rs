//! Why the script ends: what PHP's errors say of it.

use std::cell::RefCell;

use relance_scm::{EndCause, EndCauseKind};

use crate::dispatcher::{Counts, DISPATCHER};
use crate::zend::errors::{
    COMPILE_ERROR, CORE_ERROR, ERROR, Observer, PARSE, PhpError, USER_ERROR,
};
use crate::zend::facts::exit_status;
use crate::zend::ini::Switch;

/// Makes an end with an error of PHP a failure, whatever the exit mode and the service's settings: the
/// process ends without reporting STOPPED, which is Windows' definition of one (R1). Off by default,
/// because upstream's behaviour is a clean stop (B3). `exit_status`: an exit status other than 0 counts, too.
pub(crate) static ERRORS_ARE_FAILURES: Switch = Switch {
    name: c"win32service.errors_are_failures",
    default: c"0",
};

/// The value with which an end with an exit status other than 0 counts too.
const EXIT_STATUS: &[u8] = b"exit_status";

/// Which ends of this script are failures, as the setting has it now.
pub(crate) fn counts() -> Counts {
    if ERRORS_ARE_FAILURES.value() == EXIT_STATUS {
        return Counts::ErrorsAndStatus(exit_status());
    }
    if ERRORS_ARE_FAILURES.is_on() {
        Counts::Errors
    } else {
        Counts::Nothing
    }
}

thread_local! {
    /// The error that ends the script of this thread, as far as one can say.
    static LAST: RefCell<Option<Seen>> = const { RefCell::new(None) };
}

struct Seen {
    cause: EndCause,
    /// An error handler may have taken it.
    may_be_handled: bool,
}

/// Remembers errors that end a service's script.
pub(crate) struct EndObserver;

impl Observer for EndObserver {
    fn notice(error: &PhpError<'_>) {
        let fatal = matches!(error.kind, ERROR | PARSE | CORE_ERROR | COMPILE_ERROR);
        let may_be_handled = error.kind == USER_ERROR;
        if !(fatal || may_be_handled)
            || DISPATCHER.is_of_another_process()
            || !DISPATCHER.is_running()
        {
            return;
        }
        let cause = cause(error);
        LAST.set(Some(Seen {
            cause,
            may_be_handled,
        }));
    }
}

/// The script goes on: an error that a handler may have taken was taken.
pub(crate) fn script_goes_on() {
    LAST.with_borrow_mut(|last| {
        last.take_if(|seen| seen.may_be_handled);
    });
}

/// Why the script of this thread has ended: an error, or simply its end.
pub(crate) fn take() -> EndCause {
    let seen = LAST.take().map(|seen| seen.cause);
    seen.unwrap_or_else(|| EndCause::new(EndCauseKind::EndOfScript, ""))
}

fn cause(error: &PhpError<'_>) -> EndCause {
    let message = String::from_utf8_lossy(error.message);
    if let Some(exception) = message.strip_prefix("Uncaught ") {
        // The rest is for PHP's log; the place is in the text already.
        let text = exception.split("\nStack trace:").next().unwrap_or_default();
        return EndCause::new(EndCauseKind::UncaughtException, text);
    }
    let kind = if message.starts_with("Allowed memory size") || message.starts_with("Out of memory")
    {
        EndCauseKind::MemoryLimit
    } else if message.starts_with("Maximum execution time") {
        EndCauseKind::TimeLimit
    } else {
        EndCauseKind::FatalError
    };
    let file = String::from_utf8_lossy(error.file);
    EndCause::new(kind, &format!("{message} in {file}:{}", error.line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(message: &str) -> String {
        let error = PhpError {
            kind: ERROR,
            message: message.as_bytes(),
            file: b"/srv/a.php",
            line: 7,
        };
        cause(&error).to_string()
    }

    #[test]
    fn the_messages_of_php_in_our_words() {
        let exception = "Uncaught LogicException: two\nlines in /srv/a.php:3\nStack trace:\n#0 {main}\n  thrown";
        assert_eq!(
            text(exception),
            "uncaught exception: LogicException: two\nlines in /srv/a.php:3"
        );
        let memory =
            "Allowed memory size of 2097152 bytes exhausted (tried to allocate 4096 bytes)";
        assert_eq!(
            text(memory),
            format!("memory limit: {memory} in /srv/a.php:7")
        );
        let time = "Maximum execution time of 1 second exceeded";
        assert_eq!(text(time), format!("time limit: {time} in /srv/a.php:7"));
        assert_eq!(text("Broken"), "fatal error: Broken in /srv/a.php:7");
    }
}
