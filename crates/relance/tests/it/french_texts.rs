//! Texts in which each French message stands in ⟦brackets⟧: what is outside of them.

/// What stands in no bracket.
pub(crate) fn outside(text: &str) -> String {
    let mut depth = 0_u32;
    let mut outside = String::new();
    for character in text.chars() {
        match character {
            '⟦' => depth += 1,
            '⟧' => depth -= 1,
            _ if depth == 0 => outside.push(character),
            _ => {}
        }
    }
    outside
}

/// Lines with two words beside each other: what stands for itself (names, states, numbers, options) are words
/// alone and lists.
pub(crate) fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| is_sentence(line))
}

fn is_sentence(line: &str) -> bool {
    let is_word = |word: &str| word.chars().all(|c| c.is_alphabetic() || c == '\'');
    let words: Vec<&str> = line.split(' ').collect();
    let two = |pair: &[&str]| pair.iter().all(|word| word.len() > 1 && is_word(word));
    words.windows(2).any(two)
}
