//! Bytes of an output, cut into lines that know where they begin.
//!
//! A line ends at `\n`, `\r\n`, or a lone `\r` (a progress bar), and at [`LINE_LEN_MAX`]. One that has no end
//! yet is shown too, and given again, whole, when there is more of it.

use relance_scm::stamp::stamp_of;
use serde::Serialize;

use crate::output_paint::{Paint, markup};

/// A longer line is shown in several.
const LINE_LEN_MAX: usize = 8 << 10;

/// A line: how many bytes of the output it is, and its markup. One of no bytes is not of the service: it says
/// what happened there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Line(pub(crate) usize, pub(crate) String);

/// Lines one behind the other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Lines {
    /// Where the first begins.
    pub(crate) from: u64,
    pub(crate) lines: Vec<Line>,
    /// The number of the newest entry of the log that was looked at for them; the stream tells of those after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) entry: Option<u64>,
}

impl Lines {
    /// Where they end.
    pub(crate) fn end(&self) -> u64 {
        let lengths = self.lines.iter().map(|line| line.0 as u64);
        self.from + lengths.sum::<u64>()
    }
}

/// Cuts what comes piece by piece.
#[derive(Debug, Default)]
pub(crate) struct Cutter {
    /// Where what has no end yet begins.
    from: u64,
    begun: Vec<u8>,
    paint: Paint,
}

impl Cutter {
    pub(crate) fn new(from: u64) -> Self {
        Self {
            from,
            ..Self::default()
        }
    }

    /// Goes on at another place.
    pub(crate) fn skip_to(&mut self, position: u64) {
        self.from = position;
        self.begun.clear();
    }

    /// The lines that end in these bytes, and the one that does not.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Lines {
        let from = self.from;
        self.begun.extend_from_slice(bytes);
        let begun = std::mem::take(&mut self.begun);
        let mut lines = Vec::new();
        let mut rest = begun.as_slice();
        while let Some(length) = line_len(rest) {
            let (line, after) = rest.split_at(length);
            lines.push(Line(length, shown(line, &mut self.paint)));
            self.from += length as u64;
            rest = after;
        }
        if !rest.is_empty() {
            // Its colours are counted again when it is whole.
            let mut paint = self.paint;
            lines.push(Line(rest.len(), shown(rest, &mut paint)));
        }
        self.begun = rest.to_vec();
        Lines {
            from,
            lines,
            entry: None,
        }
    }
}

/// How long the first line is with its end; `None` if it has none yet.
pub(crate) fn line_len(bytes: &[u8]) -> Option<usize> {
    let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    match end {
        Some(end) if end <= LINE_LEN_MAX => match (bytes[end], bytes.get(end + 1)) {
            (b'\n', _) => Some(end + 1),
            (_, Some(b'\n')) => Some(end + 2),
            (_, Some(_)) => Some(end + 1),
            // What comes next says which end it is.
            (_, None) => None,
        },
        _ if bytes.len() > LINE_LEN_MAX => Some(whole_characters(bytes)),
        _ => None,
    }
}

/// So many bytes of a long line that no character is cut.
fn whole_characters(bytes: &[u8]) -> usize {
    let is_inside = |byte: u8| byte & 0b1100_0000 == 0b1000_0000;
    let mut at = LINE_LEN_MAX;
    while at > LINE_LEN_MAX - 4 && is_inside(bytes[at]) {
        at -= 1;
    }
    at
}

/// A line as markup; its time stamp stands apart.
fn shown(line: &[u8], paint: &mut Paint) -> String {
    match stamp_of(line) {
        Some(stamp) => {
            let stamp = String::from_utf8_lossy(stamp);
            let text = String::from_utf8_lossy(&line[stamp.len() + 1..]);
            let text = markup(&text, paint);
            format!("<time datetime=\"{stamp}\" data-as=\"clock\">{stamp}</time> {text}")
        }
        None => markup(&String::from_utf8_lossy(line), paint),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: &Lines) -> Vec<(usize, &str)> {
        let lines = lines.lines.iter();
        lines.map(|line| (line.0, line.1.as_str())).collect()
    }

    #[test]
    fn a_line_without_an_end_is_given_again_whole() {
        let mut cutter = Cutter::new(100);
        let first = cutter.feed(b"one\ntw");
        assert_eq!(
            (first.from, texts(&first)),
            (100, vec![(4, "one"), (2, "tw")])
        );
        let next = cutter.feed(b"o\nthree\r\n50 %\r60 %\r");
        assert_eq!(next.from, 104);
        assert_eq!(
            texts(&next),
            [(4, "two"), (7, "three"), (5, "50 %"), (5, "60 %")]
        );
        let last = cutter.feed(b"\n");
        assert_eq!((last.from, texts(&last)), (120, vec![(6, "60 %")]));
    }

    #[test]
    fn a_long_line_is_shown_in_several_and_no_character_is_cut() {
        let long = "é".repeat(LINE_LEN_MAX);
        let lines = Cutter::new(0).feed(long.as_bytes());
        assert!(lines.lines.len() > 1);
        let html: String = lines.lines.iter().map(|line| line.1.as_str()).collect();
        assert_eq!(html, long);
        let junk = Cutter::new(0).feed(&vec![0x80; LINE_LEN_MAX * 2 + 1]);
        let bytes: usize = junk.lines.iter().map(|line| line.0).sum();
        assert_eq!(bytes, LINE_LEN_MAX * 2 + 1);
    }

    #[test]
    fn a_time_stamp_stands_apart() {
        let lines = Cutter::new(0).feed(b"2026-11-28T09:00:00.000Z <order>\n");
        let html = &lines.lines[0].1;
        assert!(
            html.starts_with("<time datetime=\"2026-11-28T09:00:00.000Z\""),
            "{html}"
        );
        assert!(html.ends_with("</time> &lt;order&gt;"), "{html}");
    }
}
