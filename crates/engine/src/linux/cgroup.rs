//! Control groups, version 2, where a part of the tree is ours: a service's processes are held
//! together by its group, which one write kills whole.

use std::fs;

/// Kills everything in a group, named by the path of its `cgroup.procs`.
pub(crate) fn kill(procs: &str) {
    if let Some(folder) = procs.strip_suffix("cgroup.procs") {
        // Missing on kernels before 5.14 and when the group is gone; the process group was killed.
        let _ = fs::write(format!("{folder}cgroup.kill"), "1");
    }
}
