//! The classes that the extension defines (section 4).

mod exception;
pub(crate) mod right_info;

pub(crate) use exception::WIN32_SERVICE_EXCEPTION;

/// Registers all of them. For module startup.
pub(crate) fn register() {
    WIN32_SERVICE_EXCEPTION.register();
    right_info::CLASS.register::<right_info::RightInfo>();
    crate::relance::SERVICE.register();
}
