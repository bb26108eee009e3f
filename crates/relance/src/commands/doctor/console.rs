//! The web console, where the daemon is to run one: whether it does, and what keeps others out of it.

use std::fs;

use relance_scm::manager::ConsoleInfo;

use super::super::finding::Finding;

const ABOUT: &str = "console";
/// Users that other programs run as, too.
const SHARED: [u32; 2] = [0, 65_534];

pub(super) fn check(console: Option<&ConsoleInfo>) -> Vec<Finding> {
    let Some(console) = console else {
        return Vec::new();
    };
    let mut findings: Vec<Finding> = console
        .problem
        .iter()
        .map(|problem| fails(problem))
        .collect();
    if console.pid != 0
        && let Ok(status) = fs::read_to_string(format!("/proc/{}/status", console.pid))
    {
        let own = rustix::process::getuid().as_raw();
        findings.push(confinement(&status, own));
        if !relance_console::has_landlock() {
            findings.push(Finding::warning(
                ABOUT,
                "this kernel has no Landlock, so only its account keeps the console from files",
                "use a kernel that has it: lsm=...,landlock on its command line",
            ));
        }
    }
    findings
}

fn fails(problem: &str) -> Finding {
    Finding::problem(
        ABOUT,
        format!("there is none, or was none a moment ago: {problem}"),
        "the daemon tries again by itself every few seconds; event 1132 says when it works",
    )
}

/// What `/proc/PID/status` says of its process.
fn confinement(status: &str, own: u32) -> Finding {
    let value = |name: &str| {
        let mut lines = status.lines().filter_map(|line| line.split_once(':'));
        let (_, value) = lines.find(|(key, _)| *key == name)?;
        value.split_whitespace().next()?.parse::<u32>().ok()
    };
    let user = value("Uid").unwrap_or_default();
    if SHARED.contains(&user) && own == 0 {
        return Finding::problem(
            ABOUT,
            format!("it runs as user {user}, and so do other programs, which may look into it"),
            "restart the daemon, and name an account of its own in console_account",
        );
    }
    if value("Seccomp") == Some(2) && value("NoNewPrivs") == Some(1) {
        return Finding::fine(ABOUT, format!("it runs as user {user}, confined"));
    }
    Finding::warning(
        ABOUT,
        format!("it runs as user {user}, and may use every system call"),
        "use a kernel with seccomp filters (CONFIG_SECCOMP_FILTER)",
    )
}

#[cfg(test)]
mod tests {
    use super::super::super::finding::Level;
    use super::*;

    #[test]
    fn a_console_that_others_could_look_into_is_a_problem() {
        let status = |uid: u32, seccomp: u8| {
            format!(
                "Name:\tx\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\nNoNewPrivs:\t1\nSeccomp:\t{seccomp}\n"
            )
        };
        assert_eq!(confinement(&status(990, 2), 0).level, Level::Fine);
        assert_eq!(confinement(&status(990, 0), 0).level, Level::Warning);
        assert_eq!(confinement(&status(65_534, 2), 0).level, Level::Problem);
        assert_eq!(confinement(&status(1000, 2), 1000).level, Level::Fine);
    }

    #[test]
    fn nothing_is_said_of_a_console_that_nobody_wants() {
        assert!(check(None).is_empty());
        let info = ConsoleInfo {
            pid: 0,
            problem: Some("the port is taken".into()),
        };
        let said = check(Some(&info));
        assert_eq!(said[0].level, Level::Problem);
        assert!(said[0].text.contains("the port is taken"));
    }
}
