//! Accounts of a directory such as LDAP, which only the system's own programs can ask: a static binary
//! cannot load its name services.
//!
//! A restart waits for the answer, and with it every other service. So the directory gets a short timeout, and
//! while it does not answer, its earlier answer is used.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

/// How long a directory may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a directory that did not answer is not asked again for what it has answered before.
const REST: Duration = Duration::from_secs(60);

static DIRECTORY: Directory = Directory::new();

/// The line of the user database about an account, by name or number; empty when there is none.
pub(super) fn user(name: &str) -> String {
    DIRECTORY.ask(&["getent", "passwd", name], PATIENCE, Instant::now())
}

/// The line of the group database about a group, by name or number; empty when there is none.
pub(super) fn group(name: &str) -> String {
    DIRECTORY.ask(&["getent", "group", name], PATIENCE, Instant::now())
}

/// The groups of an account.
pub(super) fn groups(name: &str) -> Vec<u32> {
    let numbers = DIRECTORY.ask(&["id", "-G", name], PATIENCE, Instant::now());
    let numbers = numbers.split_whitespace();
    numbers.filter_map(|number| number.parse().ok()).collect()
}

/// The last answer to each question.
struct Directory(Mutex<BTreeMap<String, KnownAnswer>>);

struct KnownAnswer {
    text: String,
    /// Until then the earlier answer is used, because the directory did not answer again.
    rest_until: Option<Instant>,
}

impl Directory {
    const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    /// Not held while a program runs.
    fn answers(&self) -> MutexGuard<'_, BTreeMap<String, KnownAnswer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a program and gives what it prints: nothing when it fails, and what it printed before when
    /// it does not end in time.
    fn ask(&self, question: &[&str], patience: Duration, now: Instant) -> String {
        let key = question.join("\0");
        if let Some(before) = self.answers().get(&key)
            && before.rest_until.is_some_and(|until| now < until)
        {
            return before.text.clone();
        }
        let said = run(question, patience);
        let mut answers = self.answers();
        match (said, answers.get_mut(&key)) {
            (Some(text), _) => {
                let rest_until = None;
                let answer = KnownAnswer {
                    text: text.clone(),
                    rest_until,
                };
                answers.insert(key, answer);
                text
            }
            (None, before) => {
                tracing::warn!(
                    question = question.join(" "),
                    "no answer about an account in time"
                );
                before.map_or_else(String::new, |before| {
                    before.rest_until = Some(now + REST);
                    before.text.clone()
                })
            }
        }
    }
}

/// What a program prints, nothing if it fails; `None` when it does not end in time.
fn run(words: &[&str], patience: Duration) -> Option<String> {
    let child = Command::new(words[0])
        .args(&words[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        // This machine has no program that asks a directory.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Some(String::new()),
        // Descriptors or processes ran out, which says nothing about the account.
        Err(_) => return None,
    };
    if !ends_in_time(&child, patience) {
        // It may have ended by now.
        let _ = child.kill();
        let _ = child.wait();
        return None;
    }
    let mut text = String::new();
    let is_read = child
        .stdout
        .take()
        .is_some_and(|mut stdout| stdout.read_to_string(&mut text).is_ok());
    let succeeded = child.wait().is_ok_and(|status| status.success());
    Some(if is_read && succeeded {
        text
    } else {
        String::new()
    })
}

/// What it prints is a line, which a pipe holds, so it ends before it is read.
fn ends_in_time(child: &Child, patience: Duration) -> bool {
    let Ok(process) = pidfd_open(Pid::from_child(child), PidfdFlags::empty()) else {
        return false;
    };
    let timeout = Timespec::try_from(patience).expect("a short time");
    let ended = poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&timeout));
    ended.is_ok_and(|ended| ended > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_silent_directory_said_before_is_good_enough() {
        let folder = std::env::temp_dir().join(format!("relance-directory-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let silent = folder.join("silent");
        let script = format!(
            "[ ! -e {0} ] || exec tail -f /dev/null; echo me",
            silent.display()
        );
        let question = ["sh", "-c", &script];
        let (directory, now) = (Directory::new(), Instant::now());
        let ask = |patience, now| directory.ask(&question, patience, now);
        assert_eq!(ask(Duration::MAX / 2, now), "me\n");
        std::fs::write(&silent, "").unwrap();
        assert_eq!(ask(Duration::ZERO, now), "me\n");
        assert_eq!(
            ask(Duration::MAX / 2, now),
            "me\n",
            "it is not asked again so soon"
        );
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(ask(Duration::MAX / 2, now + REST), "me\n");
    }

    #[test]
    fn a_directory_that_never_spoke_or_knows_nothing_says_nothing() {
        let directory = Directory::new();
        let ask = |question: &[&str], patience| directory.ask(question, patience, Instant::now());
        assert_eq!(ask(&["tail", "-f", "/dev/null"], Duration::ZERO), "");
        assert_eq!(
            ask(&["sh", "-c", "echo x; exit 2"], Duration::from_secs(3600)),
            ""
        );
        assert_eq!(ask(&["/no/such/program"], Duration::ZERO), "");
    }
}
