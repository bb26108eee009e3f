//! Makes text from outside harmless on a terminal: what a service prints, names and reasons that it has
//! told, arguments of others. Control characters, escape sequences, marks that change the direction of
//! writing and bytes that are not UTF-8 become visible; everything else stays as it is.
//!
//! [`plain`] is for one line, [`plain_lines`] for several, [`PlainOutput`] for bytes that come in parts.

use std::fmt::Write as _;

use relance_texts::is_harmless;

/// One line of text, made harmless; a line end becomes visible, too.
pub(crate) fn plain(text: &str) -> String {
    if text.chars().all(is_harmless) {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len() + 16);
    push_plain(&mut plain, text);
    plain
}

/// The same for text of several lines, whose line ends stay.
pub(crate) fn plain_lines(text: &str) -> String {
    text.split('\n').map(plain).collect::<Vec<_>>().join("\n")
}

/// `escape_debug` leaves some of them as they are.
fn escaped(c: char) -> impl Iterator<Item = char> {
    let known = c.escape_debug();
    let other = (known.len() == 1).then(|| c.escape_unicode());
    let known = other.is_none().then_some(known);
    known
        .into_iter()
        .flatten()
        .chain(other.into_iter().flatten())
}

fn push_plain(plain: &mut String, text: &str) {
    for c in text.chars() {
        if is_harmless(c) {
            plain.push(c);
        } else {
            plain.extend(escaped(c));
        }
    }
}

/// Output that comes in parts, cut anywhere. Line ends and tabs stay.
#[derive(Default)]
pub(crate) struct PlainOutput {
    /// The beginning of a character whose end is in the next part.
    cut: Vec<u8>,
}

impl PlainOutput {
    /// The next part.
    pub(crate) fn part(&mut self, bytes: &[u8]) -> String {
        let mut all = std::mem::take(&mut self.cut);
        all.extend_from_slice(bytes);
        let whole = whole_length(&all);
        self.cut = all.split_off(whole);
        harmless(&all)
    }

    /// Nothing follows.
    pub(crate) fn end(&mut self) -> String {
        harmless(&std::mem::take(&mut self.cut))
    }
}

/// How much of this can be shown before more is known.
fn whole_length(bytes: &[u8]) -> usize {
    if bytes.ends_with(b"\r") {
        return bytes.len() - 1;
    }
    let last = bytes.utf8_chunks().last();
    let invalid = last.map_or(&[][..], |chunk| chunk.invalid());
    let is_cut = std::str::from_utf8(invalid).is_err_and(|error| error.error_len().is_none());
    bytes.len() - if is_cut { invalid.len() } else { 0 }
}

fn harmless(bytes: &[u8]) -> String {
    let mut plain = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for part in chunk.valid().split_inclusive(['\n', '\t']) {
            let text = part.trim_end_matches(['\n', '\t']);
            let end = &part[text.len()..];
            // A line end of Windows.
            let text = text.strip_suffix('\r').filter(|_| end == "\n");
            push_plain(&mut plain, text.unwrap_or(&part[..part.len() - end.len()]));
            plain.push_str(end);
        }
        for byte in chunk.invalid() {
            let _ = write!(plain, "\\x{byte:02x}");
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(bytes: &[u8]) -> String {
        let mut output = PlainOutput::default();
        output.part(bytes) + &output.end()
    }

    #[test]
    fn nothing_disturbs_the_terminal() {
        assert_eq!(plain("Mail é"), "Mail é");
        assert_eq!(plain("a\u{1b}[31mb\nc"), "a\\u{1b}[31mb\\nc");
        assert_eq!(plain("x\u{202e}y\u{200f}"), "x\\u{202e}y\\u{200f}");
        assert_eq!(plain("\u{9b}2J\u{7f}"), "\\u{9b}2J\\u{7f}");
        assert_eq!(
            plain("x\u{e0041}\u{2028}\u{feff}"),
            "x\\u{e0041}\\u{2028}\\u{feff}"
        );
        assert_eq!(plain("👩\u{200d}🔧"), "👩\u{200d}🔧");
        assert_eq!(plain_lines("a\u{7}\nb\n"), "a\\u{7}\nb\n");
    }

    #[test]
    fn output_keeps_its_lines_and_tabs() {
        assert_eq!(whole(b"a\tb\r\nc\n\n\td\n"), "a\tb\nc\n\n\td\n");
        assert_eq!(whole(b"10 %\r20 %\r"), "10 %\\r20 %\\r");
        assert_eq!(whole(b"\x1b]0;title\x07ok\n"), "\\u{1b}]0;title\\u{7}ok\n");
        assert_eq!(whole(b"\xff\xc3(\x80\n"), "\\xff\\xc3(\\x80\n");
        assert_eq!(whole(b"cut \xe2\x82"), "cut \\xe2\\x82");
    }

    #[test]
    fn it_does_not_matter_where_output_is_cut() {
        let bytes = "é\u{1b}[1m€\r\n\tx\u{10348}\rend\r\n".as_bytes();
        for middle in 0..=bytes.len() {
            let mut output = PlainOutput::default();
            let (first, second) = bytes.split_at(middle);
            let text = output.part(first) + &output.part(second) + &output.end();
            assert_eq!(text, whole(bytes), "{middle}");
        }
    }
}
