//! The web console, where the daemon is to run one: whether it does, and what keeps others out of it.

use std::fs;

use relance_scm::manager::ConsoleInfo;
use relance_texts::doctor;

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
                doctor::NO_LANDLOCK,
                doctor::NO_LANDLOCK_DO,
            ));
        }
    }
    findings
}

fn fails(problem: &str) -> Finding {
    Finding::problem(ABOUT, doctor::NoConsole { problem }, doctor::NO_CONSOLE_DO)
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
            doctor::ConsoleShared { user },
            doctor::CONSOLE_SHARED_DO,
        );
    }
    if value("Seccomp") == Some(2) && value("NoNewPrivs") == Some(1) {
        return Finding::fine(ABOUT, doctor::ConsoleConfined { user });
    }
    Finding::warning(ABOUT, doctor::ConsoleFree { user }, doctor::CONSOLE_FREE_DO)
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
        assert!(said[0].text.to_string().contains("the port is taken"));
    }
}
