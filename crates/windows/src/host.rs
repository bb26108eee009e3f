//! Keeping any program as a service: a process in a job, so that nothing it starts outlives it.
//!
//! The program is asked to stop by Ctrl-Break and by closing its windows; what is left when its grace
//! is over ends with the job. `relance host` decides what its end means to the manager.

mod child;
mod console;
mod job;

pub use child::{Child, Launch, run_command};

/// The file that the output of a service's program goes to.
#[must_use]
pub fn output_path(service_name: &str) -> std::path::PathBuf {
    crate::rotation::output_path(&crate::real::places::program_data(), service_name)
}
