//! A manager that is about to come: it was started a moment ago and does not listen yet (`relance daemon & relance
//! list`), or was killed a moment ago and is started again.
//!
//! `/proc` shows one that starts, by the words of its command line and its age; nothing else does, because it takes
//! its locks and its socket at the same moment. A process that serves another socket only costs
//! a wait; it never changes an answer. One that was killed has left its socket, on which nobody listens; one
//! that was stopped has taken it away.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How young a process is that may still be starting, and how long it is waited for.
const YOUNG: Duration = Duration::from_secs(10);

/// The time that a child of a shell, started together with this command, needs to become the
/// daemon.
const A_MOMENT: Duration = Duration::from_millis(100);

/// Longer than a killed manager is away before it is started again: our unit for systemd says 1 s.
const A_RESTART: Duration = Duration::from_secs(2);

/// Whether a manager that has been away for so long is about to listen at one of these sockets.
pub(crate) fn is_expected(sockets: &[PathBuf], away: Duration) -> bool {
    let was_killed = || sockets.iter().any(|socket| socket.exists());
    is_worth_waiting(away, was_killed, || is_starting(sockets))
}

fn is_worth_waiting(
    away: Duration,
    was_killed: impl FnOnce() -> bool,
    is_starting: impl FnOnce() -> bool,
) -> bool {
    away < A_MOMENT || (away < A_RESTART && was_killed()) || (away < YOUNG && is_starting())
}

/// Whether a daemon that may serve one of these sockets was started a moment ago.
fn is_starting(sockets: &[PathBuf]) -> bool {
    let Ok(processes) = fs::read_dir("/proc") else {
        return false;
    };
    processes.flatten().any(|entry| {
        let name = entry.file_name();
        name.as_bytes().iter().all(u8::is_ascii_digit)
            && fs::read(entry.path().join("cmdline")).is_ok_and(|line| may_serve(&line, sockets))
            && age(&entry.path()).is_some_and(|age| age < YOUNG)
    })
}

/// Whether this is the command line of a daemon, and names no other socket.
fn may_serve(command_line: &[u8], sockets: &[PathBuf]) -> bool {
    let words: Vec<&[u8]> = command_line.split(|byte| *byte == 0).collect();
    let program = words.first().map(|word| Path::new(OsStr::from_bytes(word)));
    let is_daemon = program.and_then(Path::file_name) == Some(OsStr::new("relance"))
        && words.contains(&b"daemon".as_slice());
    let named =
        words
            .iter()
            .enumerate()
            .find_map(|(index, word)| match word.strip_prefix(b"--socket") {
                Some(b"") => words.get(index + 1).copied(),
                Some(rest) => rest.strip_prefix(b"="),
                None => None,
            });
    let named = named.map(|path| Path::new(OsStr::from_bytes(path)));
    // A relative path is relative to a folder that is not known here: it may be any of the sockets.
    is_daemon
        && named
            .is_none_or(|path| path.is_relative() || sockets.iter().any(|socket| socket == path))
}

/// How long ago a process was started.
fn age(process: &Path) -> Option<Duration> {
    let stat = fs::read_to_string(process.join("stat")).ok()?;
    // The name in parentheses may hold anything. The 22nd field is the start, the 20th after the name.
    let ticks: u64 = stat
        .rsplit_once(')')?
        .1
        .split_whitespace()
        .nth(19)?
        .parse()
        .ok()?;
    let uptime = fs::read_to_string("/proc/uptime").ok()?;
    let uptime: f64 = uptime.split_whitespace().next()?.parse().ok()?;
    let millis = ticks.saturating_mul(1000) / rustix::param::clock_ticks_per_second();
    Duration::try_from_secs_f64(uptime)
        .ok()?
        .checked_sub(Duration::from_millis(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_one_is_waited_for() {
        for (was_killed, is_starting, longest) in [
            (false, false, A_MOMENT),
            (true, false, A_RESTART),
            (false, true, YOUNG),
            (true, true, YOUNG),
        ] {
            let waits = |away| is_worth_waiting(away, || was_killed, || is_starting);
            assert!(waits(longest / 2) && !waits(longest), "{longest:?}");
        }
    }

    #[test]
    fn one_that_was_killed_has_left_its_socket() {
        let folder = tempfile::tempdir().unwrap();
        let sockets = [folder.path().join("relance.sock")];
        assert!(!is_expected(&sockets, A_MOMENT));
        drop(std::os::unix::net::UnixListener::bind(&sockets[0]).unwrap());
        assert!(is_expected(&sockets, A_MOMENT));
    }

    #[test]
    fn a_daemon_is_known_by_its_words() {
        let sockets = [PathBuf::from("/run/a.sock")];
        let may = |line: &str| may_serve(line.replace(' ', "\0").as_bytes(), &sockets);
        for line in [
            "relance daemon",
            "/usr/bin/relance daemon --apply x --socket /run/a.sock",
            "./relance --socket=/run/a.sock daemon",
            "relance daemon --socket a.sock",
        ] {
            assert!(may(line), "{line}");
        }
        for line in [
            "",
            "relance list",
            "bash relance daemon",
            "relance daemon --socket /run/b.sock",
            "relance daemon --socket=/run/b.sock",
        ] {
            assert!(!may(line), "{line}");
        }
    }

    #[test]
    fn a_process_has_an_age() {
        assert!(age(Path::new("/proc/self")).unwrap() < Duration::from_secs(3600));
        assert_eq!(age(Path::new("/proc/none")), None);
    }
}
