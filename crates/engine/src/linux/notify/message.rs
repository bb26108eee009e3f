//! A message of systemd's protocol (`sd_notify(3)`): what of it this manager takes.
//!
//! Anyone of the service's account may write one, so nothing of it is trusted: a message that is too long is
//! no message, a line that is not understood says nothing, and a text is made harmless before it is shown.

use std::sync::Arc;
use std::time::Duration;

use relance_policy::Notice;
use relance_texts::is_harmless;

/// Longest message that is read; a longer one counts as none.
pub(crate) const MESSAGE_LEN_MAX: usize = 4096;
/// Longest text of a status that is kept, in characters.
const STATUS_LEN_MAX: usize = 200;
/// Shortest time between heartbeats that a service may ask for.
const WATCHDOG_MIN: Duration = Duration::from_millis(100);

/// What a message says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Message {
    /// `WATCHDOG=1`: a sign of life.
    pub(crate) beats: bool,
    /// `STATUS=`: what it is doing, for people; an empty text takes back the one before.
    pub(crate) status: Option<Arc<str>>,
    /// `X_RELANCE_JOBS=3`: so many more jobs are done (X58).
    pub(crate) jobs: u64,
    /// `RELOADING=1`: it reads its settings again; over with the next `READY=1`.
    pub(crate) reloads: bool,
    /// `MAINPID=`: the process that does the work.
    pub(crate) main_pid: Option<u32>,
    /// What follows is for policy to decide.
    pub(crate) notices: Vec<Notice>,
}

impl Message {
    /// Reads a message.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mut message = Self::default();
        for line in bytes.split(|byte| *byte == b'\n') {
            if let Some(at) = line.iter().position(|byte| *byte == b'=') {
                message.take(&line[..at], &line[at + 1..]);
            }
        }
        message
    }

    fn take(&mut self, name: &[u8], value: &[u8]) {
        match (name, value) {
            (b"WATCHDOG", b"1") => self.beats = true,
            (b"WATCHDOG", b"trigger") => self.notice(Notice::Hung),
            (b"READY", b"1") => self.notice(Notice::Ready),
            (b"STOPPING", b"1") => self.notice(Notice::Stopping),
            (b"RELOADING", b"1") => self.reloads = true,
            (b"X_RELANCE_JOBS", text) => {
                let jobs: u64 = number(text).unwrap_or_default();
                self.jobs = self.jobs.saturating_add(jobs);
            }
            (b"STATUS", text) => self.status = Some(harmless(text).into()),
            (b"MAINPID", text) => self.main_pid = number(text),
            (b"EXTEND_TIMEOUT_USEC", text) => {
                let time = number(text).map(Duration::from_micros);
                self.notices.extend(time.map(Notice::Extend));
            }
            (b"WATCHDOG_USEC", text) => {
                let time = number(text).filter(|micros| *micros > 0);
                let time = time.map(|micros| Duration::from_micros(micros).max(WATCHDOG_MIN));
                self.notices.extend(time.map(Notice::Watchdog));
            }
            (b"ERRNO", text) => {
                let text = number(text).filter(|errno| *errno > 0).map(|errno: i32| {
                    let error = std::io::Error::from_raw_os_error(errno);
                    format!("{error}, as it said")
                });
                self.notices
                    .extend(text.map(|text| Notice::Error(text.into())));
            }
            (b"FDSTORE", b"1") => {
                self.notice(Notice::Refused("descriptors to be kept (FDSTORE=1)"));
            }
            _ => {}
        }
    }

    fn notice(&mut self, notice: Notice) {
        if !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
    }

    /// Whether a process said that it is ready.
    pub(crate) fn is_ready(&self) -> bool {
        self.notices.contains(&Notice::Ready)
    }
}

fn number<T: std::str::FromStr>(text: &[u8]) -> Option<T> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// One line without anything that a terminal or a page would obey.
fn harmless(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let shown = text.trim().chars().take(STATUS_LEN_MAX);
    shown
        .map(|char| if is_harmless(char) { char } else { '\u{fffd}' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notices(text: &str) -> Vec<Notice> {
        Message::read(text.as_bytes()).notices
    }

    #[test]
    fn x42_each_line_of_a_message_is_taken() {
        let text = "READY=1\nSTATUS=serving\nMAINPID=7\nWATCHDOG=1\nRELOADING=1\nX_RELANCE_JOBS=1\nX_RELANCE_JOBS=2";
        let expected = Message {
            beats: true,
            status: Some("serving".into()),
            reloads: true,
            main_pid: Some(7),
            jobs: 3,
            notices: vec![Notice::Ready],
        };
        assert_eq!(Message::read(text.as_bytes()), expected);
        assert_eq!(notices("STOPPING=1"), [Notice::Stopping]);
        assert_eq!(notices("WATCHDOG=trigger"), [Notice::Hung]);
        assert_eq!(
            notices("EXTEND_TIMEOUT_USEC=5000000"),
            [Notice::Extend(Duration::from_secs(5))]
        );
        assert_eq!(
            notices("WATCHDOG_USEC=20000000"),
            [Notice::Watchdog(Duration::from_secs(20))]
        );
        assert_eq!(
            notices("ERRNO=2"),
            [Notice::Error(
                "No such file or directory (os error 2), as it said".into()
            )]
        );
        assert!(matches!(notices("FDSTORE=1")[..], [Notice::Refused(_)]));
    }

    #[test]
    fn x42_what_is_not_understood_says_nothing() {
        for text in [
            "",
            "READY",
            "READY=2",
            "READY=11",
            " READY=1",
            "ready=1",
            "WATCHDOG=11",
            "WATCHDOG_USEC=0",
            "WATCHDOG_USEC=-1",
            "WATCHDOG_USEC=99999999999999999999999",
            "EXTEND_TIMEOUT_USEC=",
            "ERRNO=0",
            "ERRNO=-5",
            "MAINPID=all",
            "FDSTORE=0",
            "X_OWN=1",
            "X_RELANCE_JOBS=-1",
            "X_RELANCE_JOBS=many",
        ] {
            assert_eq!(Message::read(text.as_bytes()), Message::default(), "{text}");
        }
        assert_eq!(
            Message::read(&[0xff, b'=', 0, b'\n', b'=']),
            Message::default()
        );
    }

    #[test]
    fn x42_wishes_are_bounded() {
        assert_eq!(notices("WATCHDOG_USEC=1"), [Notice::Watchdog(WATCHDOG_MIN)]);
        assert_eq!(notices(&"READY=1\n".repeat(100)), [Notice::Ready]);
    }

    #[test]
    fn x42_a_status_is_one_harmless_line() {
        let status = |text: &[u8]| Message::read(text).status.unwrap().to_string();
        assert_eq!(status(b"STATUS= 3 of 7 done "), "3 of 7 done");
        assert_eq!(status(b"STATUS="), "");
        assert_eq!(
            status(b"STATUS=a\x1b[2Jb\rc\xff"),
            "a\u{fffd}[2Jb\u{fffd}c\u{fffd}"
        );
        assert_eq!(status("STATUS=a\u{202e}b".as_bytes()), "a\u{fffd}b");
        assert_eq!(status("STATUS=é".as_bytes()), "é");
        let long = format!("STATUS={}", "é".repeat(1000));
        assert_eq!(status(long.as_bytes()).chars().count(), STATUS_LEN_MAX);
    }
}
