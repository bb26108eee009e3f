//! Numbers of bytes for people.

use std::fmt::{self, Display};

use crate::Lang;

/// A number of bytes: `12.3 MiB`; below 1 KiB the bytes themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size(pub u64);

/// Units of 1024 each, the largest first: in English, in French, and their powers of two.
const UNITS: [(&str, &str, u32); 4] = [
    ("TiB", "Tio", 40),
    ("GiB", "Gio", 30),
    ("MiB", "Mio", 20),
    ("KiB", "Kio", 10),
];

impl Size {
    /// In a language: French has `12,3 Mio`, with a space that does not break.
    #[must_use]
    pub fn of(self, lang: Lang) -> String {
        let unit = UNITS.into_iter().find(|(.., bits)| self.0 >= 1 << bits);
        let Some((english, french, bits)) = unit else {
            let bytes = self.0;
            return match lang {
                Lang::En => format!("{bytes} bytes"),
                Lang::Fr => format!("{bytes}\u{A0}octets"),
            };
        };
        let tenths = (u128::from(self.0) * 10) >> bits;
        let (whole, rest) = (tenths / 10, tenths % 10);
        match lang {
            Lang::En => format!("{whole}.{rest} {english}"),
            Lang::Fr => format!("{whole},{rest}\u{A0}{french}"),
        }
    }
}

impl Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.of(Lang::En))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_as_people_write_them() {
        for (bytes, english, french) in [
            (0, "0 bytes", "0\u{A0}octets"),
            (1536, "1.5 KiB", "1,5\u{A0}Kio"),
            (64 << 20, "64.0 MiB", "64,0\u{A0}Mio"),
            (u64::MAX, "16777215.9 TiB", "16777215,9\u{A0}Tio"),
        ] {
            assert_eq!(Size(bytes).of(Lang::En), english);
            assert_eq!(Size(bytes).of(Lang::Fr), french);
        }
    }
}
