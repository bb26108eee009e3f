//! What a program leaves behind that goes into the background, where there are no control groups (X63): processes
//! outside its session that have the secret of its run in their environment. They are killed as they would be with
//! their group, and counted, so that people are told.
//!
//! Looked for only after an end with 0 that nobody had asked for, and only if this process has got a child that it has
//! not started. A process that has overwritten its environment by then is not recognised (ADR 133).

use std::collections::BTreeSet;
use std::fs;
use std::os::fd::AsFd;

use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::super::protocol::RunKey;
use super::super::secret::Secret;
use super::Guardian;
use super::adopted::send_signal;
use super::takeover::secret_of;

/// How often it is looked for what those that are killed have started meanwhile.
const ROUNDS_MAX: usize = 16;

impl Guardian {
    /// Kills them; how many there were.
    pub(super) fn end_strays(&self, key: RunKey) -> u32 {
        let run = &self.runs[&key];
        let is_program = run.stop_grace_ms.is_some();
        if !is_program || run.group.is_some() || run.secret == Secret::NONE || !self.has_orphans() {
            return 0;
        }
        // One that cannot be looked at is left alone.
        let is_of_run =
            |pid: u32| secret_of(pid, key).is_ok_and(|secret| secret == Some(run.secret));
        let mut killed = BTreeSet::new();
        for _ in 0..ROUNDS_MAX {
            let is_new =
                |pid: &u32| !killed.contains(pid) && !self.is_part(*pid) && is_of_run(*pid);
            let found: Vec<u32> = processes().filter(is_new).collect();
            if found.is_empty() {
                break;
            }
            for pid in found {
                let id = Pid::from_raw(pid.cast_signed());
                let pidfd = id.and_then(|id| pidfd_open(id, PidfdFlags::empty()).ok());
                // Looked at again: from now on the number stands for this process.
                if let Some(pidfd) = pidfd.filter(|_| is_of_run(pid)) {
                    send_signal(pidfd.as_fd(), libc::SIGKILL);
                }
                killed.insert(pid);
            }
        }
        u32::try_from(killed.len()).unwrap_or(u32::MAX)
    }
}

fn processes() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}
