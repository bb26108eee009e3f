//! This process.

use relance_scm::config::PriorityClass;
use windows_sys::Win32::System::Threading::{
    GetCurrentProcess, SetPriorityClass, TerminateProcess,
};

use crate::api::RegistryValue;
use crate::manager::{priority_value, service_key};
use crate::real::registry;

/// Gives this process the priority class that is stored for a service, if one is (B32: upstream stores
/// it and nothing applies it).
pub(crate) fn apply_priority(service_name: &str) {
    let stored = registry::read("", &service_key(service_name), priority_value());
    if let Ok(RegistryValue::Number(raw)) = stored
        && let Ok(class) = PriorityClass::from_raw(raw)
    {
        // SAFETY: has no preconditions. A class that is refused leaves the process as it was.
        unsafe { SetPriorityClass(GetCurrentProcess(), class.to_raw()) };
    }
}

/// Ends this process at once, as a crash does: nothing more runs in it, and nobody is told but the
/// service control manager, who sees it.
pub fn die(exit_code: u32) -> ! {
    // SAFETY: has no preconditions.
    unsafe { TerminateProcess(GetCurrentProcess(), exit_code) };
    // The call only returns where it was refused, which of one's own process it is not.
    std::process::abort()
}
