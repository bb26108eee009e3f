//! French with each message in ⟦brackets⟧, for a test that finds texts that are in none: with the variable
//! `RELANCE_TEXTS_MARKED`, in debug builds only.

use std::sync::OnceLock;

/// The variable that asks for brackets.
pub const MARKED_VARIABLE: &str = "RELANCE_TEXTS_MARKED";

fn is_on() -> bool {
    static ON: OnceLock<bool> = OnceLock::new();
    cfg!(debug_assertions) && *ON.get_or_init(|| std::env::var_os(MARKED_VARIABLE).is_some())
}

/// A text as it is shown.
pub(crate) fn said(text: String, is_french: bool) -> String {
    if is_french && is_on() {
        format!("⟦{text}⟧")
    } else {
        text
    }
}

/// The same for a text of the program. A test can afford the memory.
pub(crate) fn constant(text: &'static str, is_french: bool) -> &'static str {
    if is_french && is_on() {
        Box::leak(said(text.to_owned(), is_french).into_boxed_str())
    } else {
        text
    }
}
