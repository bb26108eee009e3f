//! Chosen lines of an output: with a text, of a time, as JSON. The search is bounded: the last
//! [`LOOKED_THROUGH`] bytes.
//!
//! Times are compared as the lines have them (`--log-timestamps`): `2026-11-28T09:30:00.123Z`, or the beginning of
//! that. A line without one belongs to the line before it.

use std::collections::VecDeque;

use relance_scm::manager::{OutputPart, OutputRange};
use relance_scm::stamp::stamp_of;
use relance_scm::{ScmError, Sentence, Win32Error};
use relance_texts::error;
use serde_json::json;

/// How much of an output is looked through, from its end.
pub(crate) const LOOKED_THROUGH: u64 = 16 << 20;

/// Which lines.
#[derive(Debug, Default)]
pub(crate) struct Chosen {
    /// With this text.
    pub(crate) grep: Option<String>,
    /// Of this time or later.
    pub(crate) since: Option<String>,
    /// Before this time.
    pub(crate) until: Option<String>,
    /// How many of the last lines.
    pub(crate) lines: usize,
    /// An object for each.
    pub(crate) json: bool,
}

impl Chosen {
    /// The lines, of an output whose parts are asked for one after the other.
    ///
    /// # Errors
    /// Those of the parts; 87 for a time where no line carries one.
    pub(crate) fn of(
        &self,
        read: impl Fn(OutputRange) -> Result<OutputPart, ScmError>,
    ) -> Result<OutputPart, ScmError> {
        let end = read(OutputRange::LastLines(0))?.end;
        let mut position = end.saturating_sub(LOOKED_THROUGH);
        let mut found = Found::new(self, position > 0);
        while position < end {
            let part = read(OutputRange::From(position))?;
            // It was truncated or rotated meanwhile.
            if part.bytes.is_empty() || part.end <= position {
                break;
            }
            position = part.end;
            found.look_through(&part.bytes);
        }
        found.last_line();
        if self.has_times() && !found.has_stamps && end > 0 {
            let sentence: Sentence = error::LINES_WITHOUT_TIME.into();
            return Err(ScmError::new(Win32Error::INVALID_PARAMETER, sentence));
        }
        let end = position;
        let bytes = found.lines.into_iter().flatten().collect();
        Ok(OutputPart { bytes, end })
    }

    fn has_times(&self) -> bool {
        self.since.is_some() || self.until.is_some()
    }

    fn wants(&self, line: &[u8], stamp: Option<&[u8]>) -> bool {
        let in_time = !self.has_times()
            || stamp.is_some_and(|stamp| {
                let is_before = |time: &String| stamp < time.as_bytes();
                self.since.as_ref().is_none_or(|since| !is_before(since))
                    && self.until.as_ref().is_none_or(is_before)
            });
        let has_text = |text: &String| {
            text.is_empty() || line.windows(text.len()).any(|part| part == text.as_bytes())
        };
        in_time && self.grep.as_ref().is_none_or(has_text)
    }

    fn written(&self, line: &[u8]) -> Vec<u8> {
        let mut bytes = if self.json {
            // Bytes that are not text are an array, as journalctl writes them.
            let line = std::str::from_utf8(line).map_or_else(|_| json!(line), |text| json!(text));
            json!({ "line": line }).to_string().into_bytes()
        } else {
            line.to_vec()
        };
        bytes.push(b'\n');
        bytes
    }
}

/// What has been found so far.
struct Found<'a> {
    chosen: &'a Chosen,
    lines: VecDeque<Vec<u8>>,
    /// The beginning of a line.
    begun: Vec<u8>,
    /// Whether that is the rest of a line whose beginning lies before the searched bytes.
    is_rest: bool,
    stamp: Option<Vec<u8>>,
    has_stamps: bool,
}

impl<'a> Found<'a> {
    fn new(chosen: &'a Chosen, is_rest: bool) -> Self {
        Self {
            chosen,
            lines: VecDeque::new(),
            begun: Vec::new(),
            is_rest,
            stamp: None,
            has_stamps: false,
        }
    }

    fn look_through(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            match piece.strip_suffix(b"\n") {
                Some(end) => {
                    self.begun.extend_from_slice(end);
                    self.line();
                }
                None => self.begun.extend_from_slice(piece),
            }
        }
    }

    fn last_line(&mut self) {
        if !self.begun.is_empty() {
            self.line();
        }
    }

    fn line(&mut self) {
        let line = std::mem::take(&mut self.begun);
        if std::mem::take(&mut self.is_rest) {
            return;
        }
        if let Some(stamp) = stamp_of(&line) {
            self.stamp = Some(stamp.to_vec());
            self.has_stamps = true;
        }
        if self.chosen.wants(&line, self.stamp.as_deref()) {
            self.lines.push_back(self.chosen.written(&line));
            if self.lines.len() > self.chosen.lines {
                self.lines.pop_front();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &[u8] = b"2026-11-28T09:00:00.000Z order 1\n  its second line\n\
        2026-11-28T10:00:00.000Z order 2\n2026-11-28T11:00:00.000Z \xff3";

    /// Read in parts of a few bytes, as a long output comes.
    fn found(chosen: &Chosen, output: &[u8]) -> Result<String, ScmError> {
        let part = chosen.of(|range| {
            let from = match range {
                OutputRange::LastLines(_) | OutputRange::LastLinesOfRun(..) => output.len(),
                OutputRange::From(from) => usize::try_from(from).unwrap(),
            };
            let to = output.len().min(from + 7);
            let bytes = output[from..to].to_vec();
            let end = to as u64;
            Ok(OutputPart { bytes, end })
        })?;
        assert_eq!(part.end, output.len() as u64);
        Ok(String::from_utf8_lossy(&part.bytes).into_owned())
    }

    fn chosen() -> Chosen {
        Chosen {
            lines: 100,
            ..Chosen::default()
        }
    }

    #[test]
    fn lines_are_chosen_by_text_time_and_number() {
        let orders = Chosen {
            grep: Some("order".into()),
            ..chosen()
        };
        assert_eq!(found(&orders, OUTPUT).unwrap().lines().count(), 2);
        let last = Chosen { lines: 1, ..orders };
        assert_eq!(
            found(&last, OUTPUT).unwrap(),
            "2026-11-28T10:00:00.000Z order 2\n"
        );
        let hour = Chosen {
            since: Some("2026-11-28T09".into()),
            until: Some("2026-11-28T10".into()),
            ..chosen()
        };
        assert_eq!(
            found(&hour, OUTPUT).unwrap(),
            "2026-11-28T09:00:00.000Z order 1\n  its second line\n"
        );
    }

    #[test]
    fn no_byte_is_lost_in_json() {
        let json = Chosen {
            json: true,
            lines: 1,
            ..chosen()
        };
        let line: serde_json::Value = serde_json::from_str(&found(&json, OUTPUT).unwrap()).unwrap();
        let bytes: Vec<u8> = serde_json::from_value(line["line"].clone()).unwrap();
        assert_eq!(bytes, b"2026-11-28T11:00:00.000Z \xff3");
    }

    #[test]
    fn a_time_is_refused_where_lines_carry_none() {
        let since = Chosen {
            since: Some("2026".into()),
            ..chosen()
        };
        let error = found(&since, b"one\ntwo\n").unwrap_err();
        assert_eq!(error.code(), Win32Error::INVALID_PARAMETER);
        assert_eq!(found(&since, b"").unwrap(), "");
    }

    #[test]
    fn only_the_end_of_a_long_output_is_looked_through() {
        let mut output = b"secret of long ago\n".to_vec();
        output.resize(usize::try_from(LOOKED_THROUGH).unwrap() + 10, b'x');
        output.extend_from_slice(b"\nsecret\n");
        let parts = std::cell::Cell::new(0_u64);
        let secret = Chosen {
            grep: Some("secret".into()),
            ..chosen()
        };
        let part = secret.of(|range| {
            let from = match range {
                OutputRange::LastLines(_) | OutputRange::LastLinesOfRun(..) => output.len(),
                OutputRange::From(from) => usize::try_from(from).unwrap(),
            };
            let bytes = output[from..].to_vec();
            parts.set(parts.get() + bytes.len() as u64);
            let end = output.len() as u64;
            Ok(OutputPart { bytes, end })
        });
        assert_eq!(part.unwrap().bytes, b"secret\n");
        assert_eq!(parts.get(), LOOKED_THROUGH);
    }
}
