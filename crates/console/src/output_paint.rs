//! A line of output as markup: the colours that a terminal would show, and no other control sequence.
//!
//! Sequences that paint become spans with classes of the style sheet (no page has inline styles); the 256
//! colours and the 16 million become the nearest of sixteen. All other sequences are left out, as are
//! characters that show nothing or turn the reading direction of what follows.

use std::fmt::Write as _;

use relance_texts::is_harmless;

/// How the text that follows is painted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Paint {
    /// One of sixteen.
    fore: Option<u8>,
    back: Option<u8>,
    is_bold: bool,
    is_dim: bool,
    is_italic: bool,
    is_underlined: bool,
    is_reversed: bool,
}

impl Paint {
    fn classes(self) -> String {
        let mut classes = String::new();
        let (fore, back) = if self.is_reversed {
            (self.back.or(Some(0)), self.fore.or(Some(7)))
        } else {
            (self.fore, self.back)
        };
        let mut add = |class: &str| {
            if !classes.is_empty() {
                classes.push(' ');
            }
            classes.push_str(class);
        };
        if let Some(colour) = fore {
            add(&format!("f{colour}"));
        }
        if let Some(colour) = back {
            add(&format!("b{colour}"));
        }
        for (is_so, class) in [
            (self.is_bold, "bold"),
            (self.is_dim, "faint"),
            (self.is_italic, "italic"),
            (self.is_underlined, "under"),
        ] {
            if is_so {
                add(class);
            }
        }
        classes
    }

    /// Takes the numbers of a sequence that paints: `1;31`, or `38;5;208`.
    fn take(&mut self, numbers: &str) {
        let mut numbers = numbers
            .split([';', ':'])
            .map(|number| number.parse::<u16>().unwrap_or(0));
        while let Some(number) = numbers.next() {
            match number {
                0 => *self = Self::default(),
                1 => self.is_bold = true,
                2 => self.is_dim = true,
                3 => self.is_italic = true,
                4 => self.is_underlined = true,
                7 => self.is_reversed = true,
                22 => (self.is_bold, self.is_dim) = (false, false),
                23 => self.is_italic = false,
                24 => self.is_underlined = false,
                27 => self.is_reversed = false,
                30..=37 => self.fore = Some(small(number - 30)),
                38 => self.fore = colour(&mut numbers).or(self.fore),
                39 => self.fore = None,
                40..=47 => self.back = Some(small(number - 40)),
                48 => self.back = colour(&mut numbers).or(self.back),
                49 => self.back = None,
                90..=97 => self.fore = Some(small(number - 82)),
                100..=107 => self.back = Some(small(number - 92)),
                _ => {}
            }
        }
    }
}

fn small(number: u16) -> u8 {
    u8::try_from(number.min(255)).unwrap_or(u8::MAX)
}

/// `5;N` or `2;R;G;B`, as one of sixteen.
fn colour(numbers: &mut impl Iterator<Item = u16>) -> Option<u8> {
    match numbers.next()? {
        5 => Some(of_256(numbers.next()?)),
        2 => {
            let (red, green, blue) = (numbers.next()?, numbers.next()?, numbers.next()?);
            Some(nearest([red, green, blue].map(small)))
        }
        _ => None,
    }
}

fn of_256(number: u16) -> u8 {
    let level = |step: u16| small(if step == 0 { 0 } else { 55 + step * 40 });
    match number {
        0..=15 => small(number),
        16..=231 => {
            let cube = number - 16;
            nearest([level(cube / 36), level(cube / 6 % 6), level(cube % 6)])
        }
        _ => nearest([small(8 + (number - 232).min(23) * 10); 3]),
    }
}

/// The nearest of the sixteen colours that terminals have.
fn nearest(wanted: [u8; 3]) -> u8 {
    let distance = |number: u8| -> u32 {
        let bright: u8 = if number > 7 { 255 } else { 170 };
        let part = |bit: u8| match (number & bit != 0, number) {
            (true, _) => bright,
            (false, 8..) => 85,
            (false, _) => 0,
        };
        let own = [part(1), part(2), part(4)];
        let apart = own.iter().zip(wanted).map(|(own, wanted)| {
            let apart = u32::from(own.abs_diff(wanted));
            apart * apart
        });
        apart.sum()
    };
    (0..16).min_by_key(|number| distance(*number)).unwrap_or(7)
}

/// A line as markup; what is painted at its end goes on in the next one.
pub(crate) fn markup(text: &str, paint: &mut Paint) -> String {
    let mut html = String::with_capacity(text.len() + 16);
    let mut is_open = open(&mut html, *paint);
    walk(text, |piece| match piece {
        Piece::Painted(numbers) => {
            if is_open {
                html.push_str("</span>");
            }
            paint.take(numbers);
            is_open = open(&mut html, *paint);
        }
        Piece::Shown(character) => escape(&mut html, character),
    });
    if is_open {
        html.push_str("</span>");
    }
    html
}

/// A line as a person reads it.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    walk(text, |piece| {
        if let Piece::Shown(character) = piece {
            plain.push(character);
        }
    });
    plain
}

fn open(html: &mut String, paint: Paint) -> bool {
    let is_painted = paint != Paint::default();
    if is_painted {
        let _ = write!(html, "<span class=\"{}\">", paint.classes());
    }
    is_painted
}

fn escape(html: &mut String, character: char) {
    match character {
        '<' => html.push_str("&lt;"),
        '>' => html.push_str("&gt;"),
        '&' => html.push_str("&amp;"),
        '"' => html.push_str("&quot;"),
        other => html.push(other),
    }
}

enum Piece<'a> {
    Shown(char),
    /// The numbers of a sequence that paints.
    Painted(&'a str),
}

fn walk<'a>(text: &'a str, mut take: impl FnMut(Piece<'a>)) {
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        rest = &rest[character.len_utf8()..];
        match character {
            '\u{1b}' => {
                let (numbers, after) = sequence(rest);
                if let Some(numbers) = numbers {
                    take(Piece::Painted(numbers));
                }
                rest = after;
            }
            '\t' => take(Piece::Shown('\t')),
            '\n' | '\r' => {}
            other if is_harmless(other) => take(Piece::Shown(other)),
            _ => take(Piece::Shown('\u{fffd}')),
        }
    }
}

/// What follows an escape: `[…letter`, `]…BEL`, or one character. The numbers if it paints, and the rest.
fn sequence(text: &str) -> (Option<&str>, &str) {
    if let Some(body) = text.strip_prefix('[') {
        let Some(end) = body.find(|c: char| ('\u{40}'..='\u{7e}').contains(&c)) else {
            return (None, "");
        };
        let numbers = (body.as_bytes()[end] == b'm').then(|| &body[..end]);
        return (numbers, &body[end + 1..]);
    }
    if let Some(body) = text.strip_prefix(']') {
        let end = body.find(['\u{7}', '\u{1b}']).unwrap_or(body.len());
        let after = &body[end..];
        let after = after.strip_prefix('\u{7}').unwrap_or(after);
        // ESC \ ends it too.
        let after = after.strip_prefix("\u{1b}\\").unwrap_or(after);
        return (None, after);
    }
    let mut characters = text.chars();
    characters.next();
    (None, characters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn painted(text: &str) -> String {
        markup(text, &mut Paint::default())
    }

    #[test]
    fn escapes_of_a_terminal_are_not_shown() {
        assert_eq!(plain("\x1b[31mred\x1b[0m\r\tx"), "red\tx");
        assert_eq!(plain("\x1b]0;title\x07text\x1b]8;;u\x1b\\link"), "textlink");
        assert_eq!(plain("\x1b]8;;u\x1b[1mx"), "x");
        assert_eq!(plain("a\x08\x00b"), "a\u{fffd}\u{fffd}b");
        assert_eq!(plain("a\u{202e}b\u{e0041}"), "a\u{fffd}b\u{fffd}");
        for nothing in ["\x1b", "\x1b[", "\x1b[12;", "\x1b]x"] {
            assert_eq!(plain(nothing), "");
        }
    }

    #[test]
    fn colours_are_classes_and_text_is_text() {
        assert_eq!(
            painted("\x1b[1;31m<b>\x1b[0m&\""),
            "<span class=\"f1 bold\">&lt;b&gt;</span>&amp;&quot;"
        );
        assert_eq!(
            painted("\x1b[38;5;196mx"),
            "<span class=\"f1\">x</span>",
            "the red of the cube"
        );
        assert_eq!(
            painted("\x1b[48;2;0;170;0mx"),
            "<span class=\"b2\">x</span>"
        );
        assert_eq!(painted("\x1b[7mx"), "<span class=\"f0 b7\">x</span>");
        for odd in ["\x1b[38m", "\x1b[38;5m", "\x1b[99999999m", "\x1b[\">m"] {
            assert_eq!(painted(&format!("{odd}x")), "x", "{odd:?}");
        }
    }

    #[test]
    fn a_colour_goes_on_in_the_next_line() {
        let mut paint = Paint::default();
        markup("\x1b[32mone", &mut paint);
        assert_eq!(markup("two", &mut paint), "<span class=\"f2\">two</span>");
    }
}
