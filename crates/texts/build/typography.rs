//! French puts a space that does not break before `: ; ? ! %` and inside « ». Translators type a plain one.

const THIN: char = '\u{202F}';
const WIDE: char = '\u{A0}';

/// The text with those spaces as they are printed.
pub(crate) fn french(text: &str) -> String {
    let mut typed = text.chars().peekable();
    let mut printed = String::with_capacity(text.len() + 8);
    while let Some(character) = typed.next() {
        let space = match (printed.chars().last(), typed.peek()) {
            _ if character != ' ' => character,
            (_, Some(';' | '?' | '!' | '%')) => THIN,
            (_, Some(':' | '»')) | (Some('«'), _) => WIDE,
            _ => ' ',
        };
        printed.push(space);
    }
    printed
}
