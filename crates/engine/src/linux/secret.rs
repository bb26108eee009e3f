//! The secret of a run, which only its processes have in their environment. A process that has lost its control
//! channel shows it to attach another.

use std::fmt;

use serde::{Deserialize, Serialize};

/// 128 random bits, as text a decimal number; [`NONE`](Self::NONE) is proven by nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub(crate) struct Secret([u8; 16]);

impl Secret {
    /// No secret is known: the process has hidden it, or was started without one.
    pub(crate) const NONE: Self = Self([0; 16]);

    /// A new one.
    ///
    /// # Panics
    /// When the kernel gives no random bytes: a secret that can be guessed would be worse than a new engine.
    pub(crate) fn random() -> Self {
        let mut bytes = [0_u8; 16];
        let filled = rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty());
        assert_eq!(filled, Ok(bytes.len()), "16 bytes are never cut short");
        Self(bytes)
    }

    /// Whether this text is it.
    pub(crate) fn is_proven_by(self, text: &str) -> bool {
        self != Self::NONE && self == Self::from(text)
    }
}

/// Other texts were never secrets, so they do not match.
impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        text.parse()
            .map_or(Self::NONE, |number: u128| Self(number.to_ne_bytes()))
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<Secret> for String {
    fn from(secret: Secret) -> Self {
        secret.to_string()
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NONE => Ok(()),
            Self(bytes) => u128::from_ne_bytes(bytes).fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_proven_by_its_text_and_no_other() {
        let secret = Secret::random();
        assert!(secret.is_proven_by(&secret.to_string()));
        assert_eq!(Secret::from(secret.to_string()), secret);
        for other in ["", "0", "abc", &Secret::random().to_string()] {
            assert!(!secret.is_proven_by(other), "{other:?}");
            assert!(!Secret::NONE.is_proven_by(other), "{other:?}");
        }
    }

    #[test]
    fn on_the_link_it_is_the_text_that_it_always_was() {
        let json = |secret| serde_json::to_string(&secret).unwrap();
        assert_eq!(json(Secret::from("17")), r#""17""#);
        assert_eq!(json(Secret::NONE), r#""""#);
        let back = |text: &str| serde_json::from_str::<Secret>(text).unwrap();
        let largest = u128::MAX.to_string();
        assert_eq!(back(&format!("\"{largest}\"")).to_string(), largest);
        assert_eq!(back(r#""""#), Secret::NONE);
    }
}
