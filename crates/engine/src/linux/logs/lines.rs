//! Output line by line: with the time in front, whole lines for those who take only these, and the one that
//! says that a program is ready.

use std::time::{SystemTime, UNIX_EPOCH};

/// A longer line is handed on in pieces.
const LINE_MAX: usize = 16 * 1024;

/// What is known of the output of a run that is looked at.
#[derive(Default)]
pub(super) struct Lines {
    /// The beginning of a line whose end has not come.
    begun: Vec<u8>,
    /// Whether the file is in the middle of a line.
    is_within: bool,
    /// What the line contains that is waited for (X41).
    awaited: Option<Box<str>>,
}

impl Lines {
    /// Waits for a line that contains this.
    pub(super) fn awaiting(awaited: Option<Box<str>>) -> Self {
        Self {
            awaited,
            ..Self::default()
        }
    }

    /// Whether a line is waited for.
    pub(super) fn awaits(&self) -> bool {
        self.awaited.is_some()
    }

    /// Puts the time in front of each line that begins in these bytes.
    pub(super) fn stamp(&mut self, bytes: &[u8], stamp: &str, stamped: &mut Vec<u8>) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            if !self.is_within {
                stamped.extend_from_slice(stamp.as_bytes());
                stamped.push(b' ');
            }
            stamped.extend_from_slice(piece);
            self.is_within = !piece.ends_with(b"\n");
        }
    }

    /// Hands on the lines that are whole, without their ends. Whether the one that was waited for is among
    /// them.
    pub(super) fn whole(&mut self, bytes: &[u8], mut hand_on: impl FnMut(&[u8])) -> bool {
        let awaited = self.awaited.take();
        let mut is_there = false;
        self.split(bytes, |line| {
            is_there |= awaited.as_deref().is_some_and(|text| contains(line, text));
            hand_on(line);
        });
        if !is_there {
            self.awaited = awaited;
        }
        is_there
    }

    fn split(&mut self, bytes: &[u8], mut hand_on: impl FnMut(&[u8])) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            match piece.strip_suffix(b"\n") {
                Some(line) if self.begun.is_empty() => cut(line, &mut hand_on),
                Some(end) => {
                    self.begun.extend_from_slice(end);
                    cut(&std::mem::take(&mut self.begun), &mut hand_on);
                }
                None => self.begun.extend_from_slice(piece),
            }
        }
        while self.begun.len() > LINE_MAX {
            let rest = self.begun.split_off(LINE_MAX);
            hand_on(&std::mem::replace(&mut self.begun, rest));
        }
    }

    /// Nothing follows: hands on what was begun.
    pub(super) fn end(&mut self, hand_on: impl FnOnce(&[u8])) {
        let begun = std::mem::take(&mut self.begun);
        if !begun.is_empty() {
            hand_on(&begun);
        }
    }
}

fn contains(line: &[u8], text: &str) -> bool {
    line.windows(text.len()).any(|part| part == text.as_bytes())
}

fn cut(line: &[u8], hand_on: &mut impl FnMut(&[u8])) {
    if line.is_empty() {
        return hand_on(line);
    }
    line.chunks(LINE_MAX).for_each(hand_on);
}

/// A time as it stands before lines: `2026-11-28T09:30:00.123Z`.
pub(super) fn stamp(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (year, month, day) = date(since.as_secs() / 86_400);
    let second = since.as_secs() % 86_400;
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}Z",
        second / 3600,
        second / 60 % 60,
        second % 60,
        since.subsec_millis()
    )
}

/// The date of a day since 1970. Years are counted from March, so that the leap day is their last.
fn date(day: u64) -> (u64, u64, u64) {
    const DAYS_OF_400_YEARS: u64 = 146_097;
    let day = day + 719_468;
    let (era, day) = (day / DAYS_OF_400_YEARS, day % DAYS_OF_400_YEARS);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (month, day) = ((month + 2) % 12 + 1, day - (153 * month + 2) / 5 + 1);
    (era * 400 + year + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn lines_are_whole_wherever_output_is_cut() {
        let text = b"one\n\nthree\nfour";
        for at in 0..=text.len() {
            let (mut lines, mut seen) = (Lines::default(), Vec::new());
            for part in [&text[..at], &text[at..]] {
                lines.whole(part, |line| seen.push(line.to_vec()));
            }
            lines.end(|line| seen.push(line.to_vec()));
            assert_eq!(seen, [&b"one"[..], b"", b"three", b"four"], "{at}");
        }
    }

    #[test]
    fn a_line_without_end_is_handed_on_in_pieces() {
        for end in ["", "\n"] {
            let (mut lines, mut lengths) = (Lines::default(), Vec::new());
            let text = "x".repeat(LINE_MAX * 2 + 1) + end;
            for part in text.as_bytes().chunks(1000) {
                lines.whole(part, |line| lengths.push(line.len()));
            }
            lines.end(|line| lengths.push(line.len()));
            assert_eq!(lengths, [LINE_MAX, LINE_MAX, 1]);
        }
    }

    #[test]
    fn x41_the_line_that_is_waited_for_comes_once() {
        let text = b"starting\nlisten\nnow listening on 80\nlistening on 81\n";
        for at in 0..=text.len() {
            let mut lines = Lines::awaiting(Some("listening on".into()));
            let found = [&text[..at], &text[at..]].map(|part| lines.whole(part, |_| ()));
            assert_eq!(found.iter().filter(|found| **found).count(), 1, "{at}");
            assert!(!lines.awaits());
        }
        let mut lines = Lines::awaiting(Some("ready".into()));
        assert!(
            !lines.whole(b"rea\ndy\nready", |_| ()),
            "not in one whole line"
        );
        assert!(lines.awaits());
    }

    #[test]
    fn each_line_has_one_stamp_wherever_output_is_cut() {
        let text = b"one\n\ntwo";
        for at in 0..=text.len() {
            let (mut lines, mut stamped) = (Lines::default(), Vec::new());
            for part in [&text[..at], &text[at..]] {
                lines.stamp(part, "T", &mut stamped);
            }
            assert_eq!(stamped, b"T one\nT \nT two", "{at}");
        }
    }

    #[test]
    fn stamps_are_those_of_the_calendar() {
        for (ms, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_001, "2000-02-29T00:00:00.001Z"),
            (1_795_857_235_123, "2026-11-28T09:13:55.123Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ] {
            assert_eq!(stamp(UNIX_EPOCH + Duration::from_millis(ms)), expected);
        }
    }
}
