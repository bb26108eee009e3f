//! A manager that was started a moment ago and does not listen yet: `relance daemon & relance list`.
//!
//! Its process is seen in `/proc`, by the words of its command line and its age. Nothing else says so: it takes
//! its locks and its socket in the same moment. A process that serves another socket costs a wait, never an answer.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use relance_scm::{ScmError, Win32Error};

use crate::arrival::Arrival;
use crate::patience;
use crate::{SocketManager, Target, connect};

/// How young a process is that may still be starting, and how long it is waited for.
const YOUNG: Duration = Duration::from_secs(10);

/// A shell that has started both at once needs so long to become the daemon.
const A_MOMENT: Duration = Duration::from_millis(100);

/// As [`connect`], for people: waits for a manager that was started in the last seconds.
///
/// # Errors
/// As [`connect`].
pub fn connect_once_started(target: &Target) -> Result<SocketManager, ScmError> {
    // In a process that has patience, `connect` itself waits for the manager.
    if !patience::of_this_process().is_zero() {
        return connect(target);
    }
    let sockets = target.sockets();
    connect_while(&sockets, || connect(target), || is_starting(&sockets))
}

fn connect_while<T>(
    sockets: &[PathBuf],
    mut connect: impl FnMut() -> Result<T, ScmError>,
    mut is_starting: impl FnMut() -> bool,
) -> Result<T, ScmError> {
    let begin = Instant::now();
    let mut arrival = None;
    loop {
        let error = match connect() {
            Err(error) if error.code() == Win32Error::RPC_S_SERVER_UNAVAILABLE => error,
            reached_or_refused => return reached_or_refused,
        };
        let Some(watch) = &arrival else {
            // Tried again at once: it may have come before the watch.
            arrival = Some(Arrival::of(sockets));
            continue;
        };
        let away = begin.elapsed();
        if away >= YOUNG || (away >= A_MOMENT && !is_starting()) {
            return Err(error);
        }
        watch.wait(patience::pause(away));
    }
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

    fn nobody() -> Result<(), ScmError> {
        Err(Win32Error::RPC_S_SERVER_UNAVAILABLE.into())
    }

    #[test]
    fn a_daemon_that_is_starting_is_waited_for() {
        let mut attempts = 0;
        let connect = || {
            attempts += 1;
            if attempts < 8 { nobody() } else { Ok(()) }
        };
        connect_while(&[], connect, || true).unwrap();
    }

    #[test]
    fn nobody_is_waited_for_longer_than_a_moment() {
        let begin = Instant::now();
        assert!(connect_while(&[], nobody, || false).is_err());
        assert!(begin.elapsed() >= A_MOMENT);
    }

    #[test]
    fn a_daemon_that_is_starting_and_ends_is_not_waited_for_any_longer() {
        let mut looks = 0;
        let is_starting = || {
            looks += 1;
            looks < 3
        };
        assert!(connect_while(&[], nobody, is_starting).is_err());
        assert_eq!(looks, 3);
    }

    #[test]
    fn a_refusal_is_told_at_once() {
        let refused = || Err::<(), _>(Win32Error::ACCESS_DENIED.into());
        let error = connect_while(&[], refused, || panic!("nobody asks")).unwrap_err();
        assert_eq!(error.code(), Win32Error::ACCESS_DENIED);
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
