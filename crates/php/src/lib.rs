//! The PHP extension `win32service`, a drop-in for the C one, on Windows and elsewhere.
//!
//! One shared library for every PHP from 8.1 on. `zend` is the binding to PHP and the only place
//! with `unsafe`; everything else is ordinary Rust that turns arguments into answers: `functions`
//! (what PHP calls), `classes`, `constants`, `info`. Behind them stand two seams, `backend` for asking
//! the service manager and `hosted` for being a service; `dispatcher` holds what a service process
//! remembers of itself.
//!
//! Section numbers and ids (`1.3`, `T6`, `B21`, ...) in comments are those of the reference of the PHP
//! interface that the project keeps to; `C1`, `R37`, `S11`, `A18`, ... those of the reference of the
//! manager's semantics.
//!
//! What the extension has beyond upstream: `ends` (why a script ended, and the ini setting that makes
//! errors failures) and the namespace `Relance\` (`relance/`).

#![deny(unsafe_code)]

mod accounts;
mod backend;
mod classes;
mod command_line;
mod constants;
mod context;
mod contradictions;
mod details;
mod dispatcher;
mod ends;
mod environment;
mod failure;
mod functions;
mod hosted;
mod info;
mod machine;
mod relance;
mod rights;
mod wake;
#[allow(unsafe_code, reason = "the binding to PHP, and the only place for it")]
mod zend;

use std::ffi::CStr;
use std::fmt::Write;

use dispatcher::{DISPATCHER, Farewell};
use zend::class::Class;
use zend::constant::Constant;
use zend::ini::Switch;
use zend::log::LogLine;
use zend::module::{Extension, get_module};
use zend::outcome::Throwable;
use zend::signature::Registration;

get_module!(Win32Service);

/// The classes.
static CLASSES: [&dyn Class; 3] = [
    &failure::WIN32_SERVICE_EXCEPTION,
    &classes::right_info::CLASS,
    &relance::SERVICE,
];

/// The extension, as it is handed to the binding.
struct Win32Service;

impl Extension for Win32Service {
    const NAME: &'static CStr = c"win32service";
    const VERSION: &'static CStr = info::VERSION;
    const FUNCTIONS: &'static [&'static [Registration]] =
        &[&functions::FUNCTIONS, &relance::FUNCTIONS];
    const CONSTANTS: &'static [(&'static CStr, Constant)] = &constants::CONSTANTS;
    const SETTINGS: &'static [&'static Switch] = &[&ends::ERRORS_ARE_FAILURES];

    type Errors = ends::EndObserver;

    fn classes() -> &'static [&'static dyn Class] {
        &CLASSES
    }

    fn start() {
        #[cfg(windows)]
        relance_windows::exports::stay_loaded();
        context::capture();
    }

    fn defect(message: &str) -> Throwable {
        failure::internal(message)
    }

    fn end_request(line: &mut LogLine) {
        // A line cannot fail to be written: it is cut where it is full.
        let _ = match DISPATCHER.end_request(&ends::take(), ends::counts()) {
            None => Ok(()),
            Some(Farewell::Graceful) => write!(line, "Info: Win32Service exit gracefuly"),
            Some(Farewell::Error { exit_code }) => write!(
                line,
                "Info: Win32Service exit with error and exit code {exit_code}"
            ),
            Some(Farewell::Unreported) => write!(
                line,
                "Info: Win32Service exit without a report, which is a failure"
            ),
        };
    }

    fn leave_request() {
        DISPATCHER.close();
    }

    fn info() {
        info::print();
    }
}
