//! Keeping any program as a service: a process in a job, so that nothing it starts outlives it.
//!
//! The program is asked to stop by Ctrl-Break and by closing its windows; what is left when its grace
//! is over ends with the job. `relance host` decides what its end means to the manager.

mod child;
mod console;
mod job;

pub use child::{Child, Launch};

/// The file that the output of a service's program goes to.
#[must_use]
pub fn output_path(service_name: &str) -> std::path::PathBuf {
    crate::rotation::output_path(&crate::real::places::program_data(), service_name)
}

/// The processors that the program of a service may run on, one bit each: the value `Affinity`
/// (`REG_DWORD` or `REG_QWORD`) in the key `Parameters` of the service. `None`: all.
#[must_use]
pub fn affinity(service_name: &str) -> Option<u64> {
    use crate::api::RegistryValue;
    let key = crate::manager::parameters_key(service_name);
    match crate::real::registry::read("", &key, "Affinity") {
        Ok(RegistryValue::Number(mask)) => Some(mask.into()),
        Ok(RegistryValue::LongNumber(mask)) => Some(mask),
        _ => None,
    }
}
