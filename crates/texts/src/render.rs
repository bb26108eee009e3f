//! Puts values into a compiled pattern (`build/pattern.rs` writes it).

use crate::{Lang, Value};

pub(crate) const PARAMETER: char = '\u{1}';
const CHOICE: char = '\u{2}';
const CHOICE_END: char = '\u{3}';
const KEY_END: char = '\u{4}';
const VARIANT_END: char = '\u{5}';

pub(crate) fn render(pattern: &str, values: &[Value], lang: Lang) -> String {
    let mut text = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    while let Some(at) = rest.find([PARAMETER, CHOICE]) {
        text.push_str(&rest[..at]);
        let mut marks = rest[at..].chars();
        let mark = marks.next();
        let value = marks
            .next()
            .and_then(|place| values.get((place as usize).wrapping_sub('0' as usize)));
        if mark == Some(PARAMETER) {
            text.push_str(&value.map(|value| value.of(lang)).unwrap_or_default());
            rest = marks.as_str();
        } else {
            let counts = marks.next() == Some('c');
            let (variant, after) = choose(marks.as_str(), value, counts, lang);
            text.push_str(&render(variant, values, lang));
            rest = after;
        }
    }
    text.push_str(rest);
    text
}

/// The variant for a value, and what follows the choice.
fn choose<'a>(
    mut variants: &'a str,
    value: Option<&Value>,
    counts: bool,
    lang: Lang,
) -> (&'a str, &'a str) {
    let mut chosen = None;
    let mut default = "";
    while let Some((key, after)) = variants
        .split_once(KEY_END)
        .filter(|_| !variants.starts_with(CHOICE_END))
    {
        let end = variant_end(after);
        default = &after[..end];
        if value.is_some_and(|value| value.is(key)) {
            chosen = Some(default);
        } else if let Some(number) = value.and_then(Value::number) {
            let category = if counts {
                lang.cardinal(number)
            } else {
                lang.ordinal(number)
            };
            if category == key {
                chosen = chosen.or(Some(default));
            }
        }
        variants = &after[end + VARIANT_END.len_utf8()..];
    }
    let after = variants.strip_prefix(CHOICE_END).unwrap_or_default();
    (chosen.unwrap_or(default), after)
}

/// Where a variant ends: choices inside it have variants of their own.
fn variant_end(text: &str) -> usize {
    let mut depth = 0_u32;
    for (at, character) in text.char_indices() {
        match character {
            CHOICE => depth += 1,
            CHOICE_END => depth = depth.saturating_sub(1),
            VARIANT_END if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}
