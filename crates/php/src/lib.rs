//! The PHP extension `win32service`, a drop-in for the C one, on Windows and elsewhere.
//!
//! One shared library for every PHP from 8.1 on. `zend` is the binding to PHP and the only place
//! with `unsafe`; everything else is ordinary Rust that turns arguments into answers.
//!
//! Section numbers and ids (`1.3`, `T6`, `B21`, ...) in comments are those of the reference of the PHP
//! interface that the project keeps to.

mod classes;
mod failure;
mod zend;

use std::ffi::CStr;

use zend::constant::ModuleNumber;
use zend::log::LogLine;
use zend::module::Extension;
use zend::signature::Registration;

/// The extension.
struct Win32Service;

impl Extension for Win32Service {
    const NAME: &'static CStr = c"win32service";
    const VERSION: &'static CStr = c"1.2.0";
    const FUNCTIONS: &'static [Registration] = &[];

    fn start(_module: ModuleNumber) {
        classes::register();
    }

    fn end_request(_line: &mut LogLine) {}

    fn leave_request() {}

    fn info() {}
}
