//! Many texts as one, as they cross the link and as the kernel takes them.

use std::ffi::c_char;
use std::fmt;
use std::ptr;

use serde::de::{DeserializeSeed, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Texts that lie one after the other in one piece of memory, each with a NUL behind it. A start handles dozens; as a piece of
/// memory for each, and a copy of each for the kernel, they took a twentieth of the guardian's time in a boot.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    block: String,
    /// Where each ends, its NUL not included.
    ends: Vec<usize>,
}

impl Texts {
    /// Adds a text.
    pub(crate) fn push(&mut self, text: &str) {
        self.push_pieces([text]);
    }

    /// Adds a variable of an environment, `NAME=value`.
    pub(crate) fn push_variable(&mut self, name: &str, value: &str) {
        self.push_pieces([name, "=", value]);
    }

    fn push_pieces<const N: usize>(&mut self, pieces: [&str; N]) {
        self.block.extend(pieces);
        self.ends.push(self.block.len());
        self.block.push('\0');
    }

    /// Each of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        let mut begin = 0;
        self.ends.iter().map(move |end| {
            let text = &self.block[begin..*end];
            begin = end + 1;
            text
        })
    }

    /// The first one.
    pub(crate) fn first(&self) -> Option<&str> {
        self.iter().next()
    }

    /// Pointers to each and a null pointer, as `execve` takes them. Valid as long as nothing is added. `None` if there is a
    /// NUL in a text.
    pub(super) fn pointers(&self) -> Option<Vec<*const c_char>> {
        let nuls = self.block.bytes().filter(|byte| *byte == 0).count();
        if nuls != self.ends.len() {
            return None;
        }
        let begin = self.block.as_ptr().cast::<c_char>();
        let mut pointers = Vec::with_capacity(self.ends.len() + 1);
        let mut at = 0;
        for end in &self.ends {
            pointers.push(begin.wrapping_add(at));
            at = end + 1;
        }
        pointers.push(ptr::null());
        Some(pointers)
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<T: AsRef<str>> Extend<T> for Texts {
    fn extend<I: IntoIterator<Item = T>>(&mut self, texts: I) {
        texts.into_iter().for_each(|text| self.push(text.as_ref()));
    }
}

impl<T: AsRef<str>> FromIterator<T> for Texts {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Self {
        let mut all = Self::default();
        all.extend(texts);
        all
    }
}

/// A sequence of strings, as a `Vec<String>` is one.
impl Serialize for Texts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;

        impl<'de> Visitor<'de> for All {
            type Value = Texts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a sequence of strings")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Texts, A::Error> {
                let mut all = Texts::default();
                while sequence.next_element_seed(Next(&mut all))?.is_some() {}
                Ok(all)
            }
        }

        deserializer.deserialize_seq(All)
    }
}

/// Takes one more text, without a `String` of its own.
struct Next<'a>(&'a mut Texts);

impl<'de> DeserializeSeed<'de> for Next<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Next<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.push(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_cross_the_link_as_strings() {
        let texts: Texts = ["a", "", "quotes \" and \n", "ä=ö"].into_iter().collect();
        let json = serde_json::to_string(&texts).unwrap();
        assert_eq!(json, r#"["a","","quotes \" and \n","ä=ö"]"#);
        assert_eq!(serde_json::from_str::<Texts>(&json).unwrap(), texts);
        assert_eq!(texts.iter().nth(3), Some("ä=ö"));
        let strings: Vec<String> = serde_json::from_str(&json).unwrap();
        assert!(texts.iter().eq(strings), "an older guardian reads them so");
    }

    #[test]
    fn a_nul_in_one_is_refused_and_crosses_the_link_as_it_is() {
        let texts: Texts = ["a\0b"].into_iter().collect();
        assert_eq!(texts.pointers(), None);
        let json = serde_json::to_string(&texts).unwrap();
        let read: Texts = serde_json::from_str(&json).unwrap();
        assert_eq!(read.pointers(), None);
    }
}
