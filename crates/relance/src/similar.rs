//! Which command, option or value was meant by an unknown one.

/// Whether a command or an option was meant by this word: its beginning, a slip in it (two letters of four may be
/// exchanged, one of three to five may be wrong), or an option with a word of it.
pub(crate) fn is_like(word: &str, known: &str) -> bool {
    let (word, known) = (name_of(word), name_of(known));
    let slips = word.chars().count().min(known.chars().count()) / 3;
    let is_beginning = !word.is_empty() && known.starts_with(&*word);
    is_beginning || distance(&word, &known) <= slips.max(1) || share_a_word(&word, &known)
}

/// An option without its dashes and its placeholder.
fn name_of(word: &str) -> String {
    let name = word.trim_start_matches('-').to_lowercase();
    let name = name.split([' ', '=']).next().unwrap_or_default();
    name.replace('_', "-")
}

/// `log-size` and `log-max-size`.
fn share_a_word(word: &str, known: &str) -> bool {
    const LEAST: usize = 3;
    let mut words = word.split('-').filter(|part| part.len() >= LEAST);
    words.any(|part| known.split('-').any(|other| other == part))
}

/// How many letters differ; two neighbours that have changed places are one difference.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    // The two rows before the one that is being made.
    let (mut before, mut last) = (Vec::new(), (0..=b.len()).collect::<Vec<usize>>());
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let is_other = usize::from(a[i - 1] != b[j - 1]);
            let mut least = (last[j - 1] + is_other)
                .min(row[j - 1] + 1)
                .min(last[j] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_suggested_is_a_slip_a_beginning_or_has_the_same_word() {
        for (word, known) in [
            ("creat", "create"),
            ("stpo", "stop"),
            ("strat", "start"),
            ("lst", "list"),
            ("eve", "events"),
            ("terminat", "terminate"),
            ("resatrt", "restart"),
            ("--no-wai", "--no-wait"),
            ("--working-dir", "--working-directory"),
            ("--log-size", "--log-max-size"),
            ("--envfile", "--env-file"),
            ("--Account", "--account"),
        ] {
            assert!(is_like(word, known), "{word}, {known}");
        }
        for (word, known) in [
            ("frobnicate", "terminate"),
            ("creat", "grant"),
            ("nosuch", "notify"),
            ("banana", "enable"),
            ("--nice-value", "--service"),
            ("", "start"),
        ] {
            assert!(!is_like(word, known), "{word}, {known}");
        }
    }
}
