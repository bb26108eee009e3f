//! What a run may use together (X53, X54): in its control group where there is one that counts, and what is
//! said where there is none.

use std::fs;
use std::path::{Path, PathBuf};

use relance_scm::ServiceState;
use relance_testkit::daemon::Daemon;

use crate::process_settings::run;
use crate::support::{done, entry, name, relance};

/// All limits at once.
const ALL: [&str; 16] = [
    "--memory-high",
    "48M",
    "--memory-max",
    "64M",
    "--swap-max",
    "0",
    "--oom-group",
    "yes",
    "--cpu-weight",
    "50",
    "--cpu-quota",
    "150%",
    "--tasks-max",
    "20",
    "--io-weight",
    "30",
];

/// A daemon whose services have all of these controllers; a test without one says so and ends.
fn daemon_with(controllers: &[&str]) -> Option<Daemon> {
    let daemon = Daemon::with_cgroups(relance());
    let Some(daemon) = daemon else {
        eprintln!("not run: needs root");
        return None;
    };
    let folder = daemon.cgroups().expect("its services have groups");
    let has = fs::read_to_string(folder.join("cgroup.subtree_control")).unwrap_or_default();
    if controllers.iter().all(|name| has.contains(name)) {
        return Some(daemon);
    }
    eprintln!("not run: needs the controllers {controllers:?} of the unified hierarchy");
    None
}

/// The folder of the group of a service that runs.
fn group_of(daemon: &Daemon, service: &str) -> PathBuf {
    let pid = daemon.query(&name(service)).status.process_id;
    let text = fs::read_to_string(format!("/proc/{pid}/cgroup")).expect("it runs");
    let line = text.lines().find_map(|line| line.strip_prefix("0::"));
    let group = line.and_then(|line| line.rsplit('/').next());
    let folder = daemon.cgroups().expect("its services have groups");
    folder.join(group.expect("a group of its own"))
}

/// Runs a script as the program `a`, which fails with an error status.
fn start(daemon: &Daemon, options: &[&str], script: &str) {
    create(daemon, options, script);
    done(&daemon.relance(&["start", "a"]));
}

/// The same, of one that may have died before a start is over.
fn start_to_die(daemon: &Daemon, options: &[&str], script: &str) {
    create(daemon, options, script);
    done(&daemon.relance(&["start", "--no-wait", "a"]));
}

fn create(daemon: &Daemon, options: &[&str], script: &str) {
    let command = ["--", "/bin/sh", "-c", script];
    done(&daemon.relance(&[&["create", "a"], options, &command[..]].concat()));
}

#[test]
fn x53_the_kernel_is_told_what_a_run_may_use() {
    let Some(daemon) = daemon_with(&["memory", "cpu", "pids"]) else {
        return;
    };
    start(&daemon, &ALL, "exec sleep 100000");
    let group = group_of(&daemon, "a");
    let read = |file: &str| fs::read_to_string(group.join(file)).map(|text| text.trim().to_owned());
    assert_eq!(read("memory.high").unwrap(), (48 << 20).to_string());
    assert_eq!(read("memory.max").unwrap(), (64 << 20).to_string());
    assert!(read("memory.swap.max").map_or(true, |text| text == "0"));
    assert_eq!(read("memory.oom.group").unwrap(), "1");
    assert_eq!(read("cpu.weight").unwrap(), "50");
    assert_eq!(read("cpu.max").unwrap(), "150000 100000");
    assert_eq!(read("pids.max").unwrap(), "20");
    assert!(read("io.weight").map_or(true, |text| text.contains("default 30")));
    let status = daemon.relance(&["status", "a"]);
    let shown = String::from_utf8_lossy(&status.stdout).into_owned();
    assert!(shown.contains("; limit 64.0 MiB"), "{shown}");
    assert!(shown.contains("; limit 150% of one"), "{shown}");
    assert!(shown.contains("1; limit 20 with their threads"), "{shown}");
    // X76: it gets what is set while it runs, and so does the next run.
    done(&daemon.relance(&["config", "a", "--tasks-max", "", "--memory-max", "80M"]));
    entry(&daemon, "a", "1147");
    let is_changed = |group: &Path| {
        let read =
            |file: &str| fs::read_to_string(group.join(file)).expect("it has the controller");
        assert_eq!(read("memory.max").trim(), (80 << 20).to_string());
        assert_eq!(read("pids.max").trim(), "max");
        assert_eq!(read("cpu.weight").trim(), "50", "which was not changed");
    };
    is_changed(&group);
    done(&daemon.relance(&["restart", "a"]));
    let next = group_of(&daemon, "a");
    assert_ne!(next, group);
    is_changed(&next);
}

/// The line of `/proc/PID/limits` about a limit of a service's first process.
fn limit_of(daemon: &Daemon, service: &str, limit: &str) -> String {
    let pid = daemon.query(&name(service)).status.process_id;
    let limits = fs::read_to_string(format!("/proc/{pid}/limits")).expect("it runs");
    let line = limits.lines().find(|line| line.starts_with(limit));
    line.expect("a limit that the kernel has").to_owned()
}

#[test]
fn x76_limits_of_processes_reach_those_that_run() {
    let daemon = Daemon::with(relance(), &["--cgroups", "off"]);
    start(&daemon, &["--limit-nofile", "90:100"], "exec sleep 100000");
    let pid = daemon.query(&name("a")).status.process_id;
    let change = [
        "--limit-nofile",
        "70:80",
        "--memory-max",
        "64M",
        "--umask",
        "027",
    ];
    let changed = daemon.relance(&[&["config", "a"], &change[..]].concat());
    done(&changed);
    let said = String::from_utf8_lossy(&changed.stderr).into_owned();
    assert!(
        said.contains("umask: in effect from the next start of a"),
        "{said}"
    );
    let told = entry(&daemon, "a", "1147");
    assert!(told.contains("a runs on with its new limits"), "{told}");
    let files = limit_of(&daemon, "a", "Max open files");
    assert!(files.contains(" 70 ") && files.contains(" 80 "), "{files}");
    let data = limit_of(&daemon, "a", "Max data size");
    assert!(data.contains("67108864"), "in place of its group: {data}");
    // What is taken away stays with the process until it ends.
    let gone = daemon.relance(&["config", "a", "--limit-nofile", ""]);
    let said = String::from_utf8_lossy(&gone.stderr).into_owned();
    assert!(
        said.contains("limit_nofile: in effect from the next start"),
        "{said}"
    );
    assert_eq!(
        daemon.query(&name("a")).status.process_id,
        pid,
        "it runs on"
    );
}

#[test]
fn x76_a_limit_that_the_kernel_refuses_is_told_and_the_program_runs_on() {
    let daemon = Daemon::with(relance(), &["--cgroups", "off"]);
    start(&daemon, &["--limit-nofile", "90"], "exec sleep 100000");
    let most = fs::read_to_string("/proc/sys/fs/nr_open").expect("a kernel with a limit");
    let too_much = (most.trim().parse::<u64>().expect("a number") + 1).to_string();
    done(&daemon.relance(&["config", "a", "--limit-nofile", &too_much]));
    let told = entry(&daemon, "a", "1146");
    assert!(told.contains("limit_nofile: "), "{told}");
    let files = limit_of(&daemon, "a", "Max open files");
    assert!(files.contains(" 90 "), "{files}");
}

#[test]
fn x53_no_more_processes_than_that_can_be_created() {
    let Some(daemon) = daemon_with(&["pids"]) else {
        return;
    };
    // The shell has one child, which cannot have one itself.
    let line = "sh -c '(exit 0); echo forked' >$OUT 2>&1; echo over >>$OUT";
    let text = run(&daemon, &["--tasks-max", "2"], line);
    assert!(
        text.ends_with("over\n") && !text.contains("forked"),
        "{text}"
    );
}

/// How the service `a` ended, whose cause must be that memory ran out.
fn exit_without_memory(daemon: &Daemon) -> String {
    let cause = cause_of_failure(daemon);
    assert!(
        cause.starts_with("out of memory: the kernel killed "),
        "{cause}"
    );
    let info = daemon.query(&name("a"));
    let exit = info.last_end.and_then(|end| end.exit);
    exit.expect("it was seen").to_string()
}

/// The cause of the failure of `a`, which is out of memory.
fn cause_of_failure(daemon: &Daemon) -> String {
    daemon.wait_for_state(&name("a"), ServiceState::Stopped);
    let failures = daemon.events_with_ids(&name("a"), &[7031, 7034]);
    failures[0]
        .details
        .cause
        .as_deref()
        .unwrap_or_default()
        .to_owned()
}

/// A process that needs memory without end beside one that does not.
const GREEDY: &str = "sleep 100000 & tr '\\0' x </dev/zero | tail -c 1000000000; wait $!; exit 1";

#[test]
fn x54_one_process_that_needs_too_much_is_killed_and_the_others_go_on() {
    let Some(daemon) = daemon_with(&["memory"]) else {
        return;
    };
    let script = "sleep 100000 & s=$!; tr '\\0' x </dev/zero | tail -c 1000000000; kill $s; exit 1";
    let limits = [
        "--memory-max",
        "16M",
        "--swap-max",
        "0",
        "--actions",
        "restart/1h",
    ];
    start_to_die(&daemon, &limits, script);
    // The kernel may take the other child, too.
    assert_eq!(
        exit_without_memory(&daemon),
        "exit status 1",
        "the shell went on"
    );
}

#[test]
fn x54_where_it_is_set_the_whole_run_is_killed() {
    let Some(daemon) = daemon_with(&["memory"]) else {
        return;
    };
    let limits = [
        "--memory-max",
        "16M",
        "--swap-max",
        "0",
        "--oom-group",
        "yes",
    ];
    start_to_die(&daemon, &limits, GREEDY);
    assert_eq!(
        exit_without_memory(&daemon),
        "signal 9 (KILL)",
        "the shell too"
    );
    let why = daemon.relance(&["why", "a"]);
    let why = String::from_utf8_lossy(&why.stdout).into_owned();
    assert!(why.contains("out of memory"), "{why}");
}

#[test]
fn x53_without_control_groups_it_is_said_and_memory_is_limited_in_another_way() {
    let daemon = Daemon::with(relance(), &["--cgroups", "off"]);
    let command = [
        "--",
        "/bin/sh",
        "-c",
        "cat /proc/self/limits; exec sleep 100000",
    ];
    let created = daemon.relance(&[&["create", "a"], &ALL[..], &command[..]].concat());
    done(&created);
    let said = String::from_utf8_lossy(&created.stderr).into_owned();
    assert!(
        said.contains("memory_max (memory)") && said.contains("io_weight (io)"),
        "{said}"
    );
    assert!(said.contains("RLIMIT_DATA"), "{said}");
    let entries = || {
        let events = daemon.relance(&["events", "--service", "a"]);
        let text = String::from_utf8_lossy(&events.stdout).into_owned();
        text.matches("1046").count()
    };
    assert_eq!(entries(), 1, "the same for every creator");
    done(&daemon.relance(&["start", "a"]));
    let printed = crate::support::output_with(&daemon, "a", "Max realtime timeout");
    let line = printed
        .lines()
        .find(|line| line.starts_with("Max data size"));
    assert!(
        line.is_some_and(|line| line.contains("67108864")),
        "{printed}"
    );
    let status = daemon.relance(&["status", "a"]);
    let status = String::from_utf8_lossy(&status.stdout).into_owned();
    assert!(
        status.contains("not held here: memory_high (memory), memory_max (memory)"),
        "{status}"
    );
    // Said again only where something else is lacking.
    done(&daemon.relance(&["config", "a", "--umask", "027"]));
    done(&daemon.relance(&["config", "a", "--cpu-quota", ""]));
    assert_eq!(entries(), 2);
    let doctor = daemon.relance(&["doctor"]);
    let found = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(found.contains("limits that are not held"), "{found}");
}

#[test]
fn x53_values_that_make_no_sense_are_refused() {
    let daemon = Daemon::start(relance());
    for (option, value) in [
        ("--memory-max", "0"),
        ("--memory-max", "lots"),
        ("--memory-max", "99999999T"),
        ("--cpu-weight", "0"),
        ("--cpu-weight", "10001"),
        ("--cpu-quota", "0"),
        ("--cpu-quota", "50%%x"),
        ("--tasks-max", "0"),
        ("--tasks-max", "99999999999"),
        ("--io-weight", "0"),
    ] {
        let created = daemon.relance(&["create", "a", option, value, "--", "/bin/true"]);
        assert_eq!(created.status.code(), Some(2), "{option} {value}");
    }
}
