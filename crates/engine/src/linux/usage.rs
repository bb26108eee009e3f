//! Memory and processor time of services: from the control groups of their runs, else from `/proc`.
//!
//! Without groups every run is at least a session of its own, so one pass over all processes adds up
//! each run's tree. A process that began another session of its own is not seen then.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::cgroup::{self, Location};
use super::process::read_text;

/// Runs whose groups are read in less time than it takes to wake a thread that does it.
const FEW: usize = 4;

/// What one run's processes use together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RunUsage {
    pub(crate) cpu_ms: u64,
    pub(crate) memory_bytes: u64,
    pub(crate) memory_peak_bytes: Option<u64>,
    pub(crate) processes: u32,
}

/// One process, as `/proc/PID/stat` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stat {
    session: u32,
    ticks: u64,
    resident_pages: u64,
}

/// The use of these runs, named by the process that began each.
pub(crate) fn of_runs(
    leaders: impl IntoIterator<Item = u32>,
    groups: Option<&Location>,
) -> HashMap<u32, RunUsage> {
    let mut usage = HashMap::new();
    let mut without_group = Vec::new();
    for pid in leaders {
        match groups.and_then(|groups| groups.group_of(pid).ok()?) {
            Some(folder) => {
                usage.insert(pid, of_group(&folder));
            }
            None => without_group.push(pid),
        }
    }
    usage.extend(of_sessions(without_group));
    usage
}

/// The same, of a few runs that have groups; `None` of more, and where one has none.
pub(crate) fn of_few_runs(
    leaders: &[u32],
    groups: Option<&Location>,
) -> Option<HashMap<u32, RunUsage>> {
    if leaders.len() > FEW {
        return None;
    }
    let of_leader = |leader: &u32| {
        let folder = groups?.group_of(*leader).ok()??;
        Some((*leader, of_group(&folder)))
    };
    leaders.iter().map(of_leader).collect()
}

/// How much memory these runs use, named by the process that began each, without the cache of files, which the
/// kernel can take back. Where groups do not count memory, it is what their processes do not share.
pub(crate) fn held_by_runs(
    leaders: impl IntoIterator<Item = u32>,
    groups: Option<&Location>,
) -> HashMap<u32, u64> {
    let mut held = HashMap::new();
    let mut without_group = Vec::new();
    for pid in leaders {
        match groups.and_then(|groups| groups.group_of(pid).ok()?) {
            Some(folder) => {
                let counted = cgroup::held_bytes(&folder);
                let own = || {
                    cgroup::processes(&folder)
                        .into_iter()
                        .map(private_bytes)
                        .sum()
                };
                held.insert(pid, counted.unwrap_or_else(own));
            }
            None => without_group.push(pid),
        }
    }
    if without_group.is_empty() {
        return held;
    }
    held.extend(without_group.into_iter().map(|leader| (leader, 0)));
    for (pid, stat) in all_processes() {
        if let Some(sum) = held.get_mut(&stat.session) {
            *sum += private_bytes(pid);
        }
    }
    held
}

/// Resident memory of a process that it does not share and that belongs to no file.
fn private_bytes(pid: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/statm")).unwrap_or_default();
    let mut fields = text.split_whitespace().skip(1).map(str::parse::<u64>);
    match (fields.next(), fields.next()) {
        (Some(Ok(resident)), Some(Ok(shared))) => resident.saturating_sub(shared) * units().1,
        _ => 0,
    }
}

/// All processes that there are.
fn all_processes() -> impl Iterator<Item = (u32, Stat)> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid| Some((pid, stat(pid)?)))
}

/// The processes of a run, named by the one that began it, and their group if they have one.
pub(crate) fn processes_of(leader: u32, groups: Option<&Location>) -> (Option<PathBuf>, Vec<u32>) {
    match groups.and_then(|groups| groups.group_of(leader).ok()?) {
        Some(folder) => {
            let processes = cgroup::processes(&folder);
            (Some(folder), processes)
        }
        None => {
            let of_run = all_processes().filter(|(_, stat)| stat.session == leader);
            (None, of_run.map(|(pid, _)| pid).collect())
        }
    }
}

fn of_group(folder: &Path) -> RunUsage {
    let processes = cgroup::processes(folder);
    let resident = || processes.iter().filter_map(|pid| stat(*pid));
    let memory = cgroup::memory_bytes(folder);
    RunUsage {
        cpu_ms: cgroup::cpu_ms(folder),
        memory_bytes: memory.unwrap_or_else(|| resident().map(Stat::memory_bytes).sum()),
        memory_peak_bytes: cgroup::memory_peak_bytes(folder),
        processes: u32::try_from(processes.len()).unwrap_or(u32::MAX),
    }
}

fn of_sessions(leaders: Vec<u32>) -> HashMap<u32, RunUsage> {
    let leaders = leaders.into_iter().map(|pid| (pid, RunUsage::default()));
    let mut usage: HashMap<u32, RunUsage> = leaders.collect();
    if usage.is_empty() {
        return usage;
    }
    for (_, stat) in all_processes() {
        if let Some(sum) = usage.get_mut(&stat.session) {
            sum.cpu_ms += stat.cpu_ms();
            sum.memory_bytes += stat.memory_bytes();
            sum.processes += 1;
        }
    }
    usage
}

/// A process; `None` for one that ends meanwhile.
fn stat(pid: u32) -> Option<Stat> {
    parse(&read_text(format!("/proc/{pid}/stat")).ok()?)
}

impl Stat {
    fn cpu_ms(self) -> u64 {
        self.ticks * 1000 / units().0
    }

    fn memory_bytes(self) -> u64 {
        self.resident_pages * units().1
    }
}

/// Clock ticks of a second, and bytes of a page.
fn units() -> (u64, u64) {
    static UNITS: OnceLock<(u64, u64)> = OnceLock::new();
    *UNITS.get_or_init(|| {
        let ticks = rustix::param::clock_ticks_per_second().max(1);
        (ticks, rustix::param::page_size() as u64)
    })
}

/// The name in parentheses may hold anything, so fields are counted from the last one.
fn parse(text: &str) -> Option<Stat> {
    let (_, fields) = text.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    let session = fields.nth(3)?.parse().ok()?;
    let user: u64 = fields.nth(7)?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    let resident_pages = fields.nth(8)?.parse().ok()?;
    Some(Stat {
        session,
        ticks: user + system,
        resident_pages,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::process::{Command, Stdio};

    #[test]
    fn fields_are_found_behind_any_name() {
        let text = "7 (a) b) c) S 1 7 9 0 -1 4194304 10 0 0 0 120 30 0 0 20 0 1 0 99 1000000 250 1";
        assert_eq!(
            parse(text),
            Some(Stat {
                session: 9,
                ticks: 150,
                resident_pages: 250
            })
        );
        assert_eq!(parse(""), None);
        assert_eq!(parse("7 (a) S 1"), None);
    }

    /// In a session of its own: that of the test may have begun outside of its PID namespace,
    /// where it has no number.
    #[test]
    fn a_session_uses_something_and_one_that_is_gone_nothing() {
        let mut child = Command::new("setsid")
            .arg("cat")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // `cat` answers once it has begun, which is after `setsid(2)`.
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(b"x").unwrap();
        let mut answer = [0];
        child
            .stdout
            .as_mut()
            .unwrap()
            .read_exact(&mut answer)
            .unwrap();
        let session = child.id();

        let usage = of_runs([session, u32::MAX], None);
        assert!(usage[&session].memory_bytes > 0);
        assert_eq!(usage[&session].processes, 1);
        assert_eq!(usage[&u32::MAX], RunUsage::default());
        assert!(of_runs([], None).is_empty());

        drop(stdin);
        assert!(child.wait().unwrap().success());
    }
}
