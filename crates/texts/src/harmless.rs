//! Which characters may stand in a text that others have written, wherever a person or an assistant reads it.

/// Whether a character shows what it is, and changes nothing beside it: neither a control character, nor one that
/// changes the direction of writing or breaks a line, nor one that nobody sees (a text for machines can be hidden in
/// those of U+E0000). Joiners stay: words and pictures are written with them.
#[must_use]
pub fn is_harmless(character: char) -> bool {
    !character.is_control()
        && !matches!(
            character,
            '\u{61c}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}
