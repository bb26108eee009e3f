//! Control groups (v2): each run in one of its own, below one folder of the daemon's.
//!
//! What a run starts is born in its group and cannot leave it without a privilege, so the end of a
//! run ends all of it (`cgroup.kill`), and what it uses is known to the kernel. Where there is no
//! writable hierarchy a run is a session and a process group, which a process may leave.
//!
//! `tree` is the guardian's: it makes the groups, kills and removes them. `location` says where they
//! are, for the engine, which reads `figures` there.

mod figures;
mod limits;
mod location;
mod tree;

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use figures::is_gone;
pub(crate) use figures::{cpu_ms, held_bytes, list, memory_bytes, memory_peak_bytes, processes};
pub(crate) use limits::{Limits, write_all};
pub(crate) use location::Location;
pub use location::{GroupNames, folder as cgroup_folder};
pub(crate) use tree::{Group, Tree};

/// Kills everything in a group and below it, including processes that are forked meanwhile.
///
/// # Errors
/// When there is no such group, or no `cgroup.kill` (before Linux 5.14).
pub(crate) fn kill(folder: &Path) -> io::Result<()> {
    write(&folder.join("cgroup.kill"), "1")
}

/// Writes into a file of the kernel's: never makes one.
fn write(path: &Path, text: &str) -> io::Result<()> {
    OpenOptions::new()
        .write(true)
        .open(path)?
        .write_all(text.as_bytes())
}
