//! `Win32ServiceException` (4.1): extends `Exception` and adds nothing.

use crate::zend::class::ExceptionClass;

/// The class of every failed operation.
pub(crate) static WIN32_SERVICE_EXCEPTION: ExceptionClass =
    ExceptionClass::new(c"Win32ServiceException");
