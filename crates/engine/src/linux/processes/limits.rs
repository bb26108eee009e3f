//! Changes what a run may use while it runs (X76), and its priority.
//!
//! A thread of its own does it, made when it is first needed: when a limit of memory is lowered the kernel may
//! need long to write memory back, and the owner loop must not wait. Changes are made in their order. A limit of
//! `setrlimit` that is taken away stays with the processes that have it.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use relance_policy::RunId;
use relance_scm::ServiceConfig;
use relance_scm::config::PriorityClass;
use rustix::process::Pid;

use super::LinuxProcesses;
use crate::linux::cgroup::{self, Location};
use crate::linux::plan::limits::{of_group, of_process};
use crate::linux::spawn::Limit;
use crate::linux::usage;
use crate::linux::verdicts::{Teller, Verdict};

/// The side of the owner loop.
pub(super) struct Limiter {
    teller: Teller,
    thread: Option<Sender<Order>>,
    /// Runs whose process is being created by an older configuration than this.
    late: BTreeMap<RunId, Arc<ServiceConfig>>,
}

struct Order {
    run: RunId,
    leader: u32,
    groups: Option<Location>,
    files: Vec<(&'static str, String)>,
    limits: Vec<Limit>,
}

impl Limiter {
    pub(super) fn new(teller: Teller) -> Self {
        Self {
            teller,
            thread: None,
            late: BTreeMap::new(),
        }
    }

    pub(super) fn forget(&mut self, run: RunId) {
        self.late.remove(&run);
    }

    fn order(&mut self, order: Order) -> io::Result<()> {
        if self.thread.is_none() {
            let (orders, taken) = channel();
            let teller = self.teller.clone();
            let thread = thread::Builder::new().name("limits".to_owned());
            thread.spawn(move || work(&taken, &teller))?;
            self.thread = Some(orders);
        }
        if let Some(thread) = &self.thread {
            // A thread that has ended would have taken the engine with it.
            let _ = thread.send(order);
        }
        Ok(())
    }
}

impl LinuxProcesses {
    pub(super) fn change_priority(&self, run: RunId, class: PriorityClass) {
        let Some(known) = self.runs.get(&run) else {
            return;
        };
        // Every run leads a process group of its own; its children are in it.
        let group = i32::try_from(known.pid).ok().and_then(Pid::from_raw);
        if let Err(error) = rustix::process::setpriority_pgrp(group, class.nice()) {
            tracing::warn!(%run, %error, "the priority of a running service cannot be changed");
        }
    }

    pub(super) fn change_limits(
        &mut self,
        run: RunId,
        before: &ServiceConfig,
        after: &Arc<ServiceConfig>,
    ) {
        if self.starting.contains_key(&run) {
            self.limiter.late.insert(run, Arc::clone(after));
            return;
        }
        let Some(known) = self.runs.get(&run).filter(|known| known.end.is_none()) else {
            return;
        };
        let controllers = super::Processes::controllers(self);
        let old = of_process(before, controllers);
        let mut limits = of_process(after, controllers);
        limits.retain(|limit| !old.contains(limit));
        let order = Order {
            run,
            leader: known.pid,
            groups: self.groups().cloned(),
            files: of_group(after).changes(&of_group(before)),
            limits,
        };
        if let Err(error) = self.limiter.order(order) {
            tracing::error!(%error, "limits cannot be changed");
        }
    }

    /// The process of a run exists, made by this configuration: what was changed meanwhile follows.
    pub(super) fn catch_up_with_limits(&mut self, run: RunId, made_by: &ServiceConfig) {
        if let Some(after) = self.limiter.late.remove(&run) {
            self.change_limits(run, made_by, &after);
        }
    }
}

fn work(orders: &Receiver<Order>, teller: &Teller) {
    for order in orders {
        if let Some(done) = carry_out(&order) {
            let problem = done.err().map(Into::into);
            teller.tell(order.run, Verdict::LimitsSet(problem));
        }
    }
}

/// What the kernel has refused first, if it has; `None` if there was nothing to do.
fn carry_out(order: &Order) -> Option<Result<(), String>> {
    let (folder, processes) = usage::processes_of(order.leader, order.groups.as_ref());
    let held = folder.filter(|_| !order.files.is_empty());
    if processes.is_empty() || (held.is_none() && order.limits.is_empty()) {
        return None;
    }
    let mut result = match held {
        Some(folder) => cgroup::write_all(&folder, &order.files)
            .map_err(|(file, error)| format!("{file}: {error}")),
        None => Ok(()),
    };
    for limit in &order.limits {
        for pid in &processes {
            if let Err(error) = set(*pid, *limit)
                && result.is_ok()
            {
                result = Err(format!("{}: {error}", name(limit.resource)));
            }
        }
    }
    Some(result)
}

/// Limits a process; one that has ended meanwhile needs none.
fn set(pid: u32, limit: Limit) -> io::Result<()> {
    let both = libc::rlimit64 {
        rlim_cur: limit.value,
        rlim_max: limit.hard.unwrap_or(limit.value),
    };
    // SAFETY: one structure in, none out.
    let result = unsafe {
        libc::syscall(
            libc::SYS_prlimit64,
            pid,
            limit.resource,
            &raw const both,
            std::ptr::null_mut::<libc::rlimit64>(),
        )
    };
    let error = io::Error::last_os_error();
    if result == 0 || error.raw_os_error() == Some(libc::ESRCH) {
        Ok(())
    } else {
        Err(error)
    }
}

/// The setting that limits this resource.
fn name(resource: u32) -> &'static str {
    const NAMES: [&str; 16] = [
        "limit_cpu",
        "limit_fsize",
        "limit_data",
        "limit_stack",
        "limit_core",
        "RSS",
        "limit_nproc",
        "limit_nofile",
        "limit_memlock",
        "limit_as",
        "locks",
        "limit_sigpending",
        "limit_msgqueue",
        "limit_nice",
        "limit_rtprio",
        "limit_rttime",
    ];
    NAMES.get(resource as usize).unwrap_or(&"a limit")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn x76_a_process_that_runs_gets_the_limit_and_a_hopeless_one_is_named() {
        let mut child = Command::new("sleep").arg("100000").spawn().unwrap();
        let nofile = |value| Limit {
            resource: libc::RLIMIT_NOFILE,
            value,
            hard: Some(value),
        };
        set(child.id(), nofile(33)).unwrap();
        let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
        let line = limits
            .lines()
            .find(|line| line.starts_with("Max open files"));
        assert!(line.is_some_and(|line| line.contains(" 33 ")), "{limits}");
        // More than the kernel lets anybody have.
        assert!(set(child.id(), nofile(u64::MAX - 1)).is_err());
        assert_eq!(name(libc::RLIMIT_NOFILE), "limit_nofile");
        child.kill().unwrap();
        child.wait().unwrap();
        set(child.id(), nofile(1)).expect("it has ended");
    }
}
