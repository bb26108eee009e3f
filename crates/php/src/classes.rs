//! The classes that the extension defines (section 4).

mod exception;
pub(crate) mod right_info;

pub(crate) use exception::WIN32_SERVICE_EXCEPTION;

use crate::zend::class::Class;

/// All of them, that of [`crate::relance`] included.
pub(crate) static CLASSES: [&dyn Class; 3] = [
    &WIN32_SERVICE_EXCEPTION,
    &right_info::CLASS,
    &crate::relance::SERVICE,
];
