//! Ids of rules in a line of text.

use std::collections::BTreeSet;

/// Letters of the series that rules belong to.
pub(super) const SERIES: &str = "RSCEADXVTB";

/// The ids that a text cites: `R12`, `R8.5`, and all of `S24 to S27`.
pub(super) fn ids(text: &str) -> BTreeSet<String> {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_')
        .map(|word| word.trim_matches('.'))
        .filter(|word| !word.is_empty())
        .collect();
    let mut ids: BTreeSet<String> = words
        .iter()
        .filter(|word| is_id(word))
        .map(|word| (*word).to_owned())
        .collect();
    for window in words.windows(3) {
        if let [first, "to", last] = window {
            ids.extend(range(first, last));
        }
    }
    ids
}

/// The ids at the beginning of the name of a test: `r14_...`, `c3_c4_...`, `r8_2_...`.
pub(super) fn ids_of_name(name: &str) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let (mut last, mut upper_end) = (None, false);
    let mut words = name.split('_').peekable();
    while let Some(word) = words.next() {
        let mut id = word.to_ascii_uppercase();
        let lower = word.starts_with(|c: char| c.is_ascii_lowercase());
        if !lower || !is_id(&id) {
            break;
        }
        if let Some(case) = words.next_if(|next| next.parse().is_ok_and(|case: u32| case < 100)) {
            id = format!("{id}.{case}");
        }
        if upper_end {
            ids.extend(last.iter().flat_map(|first: &String| range(first, &id)));
        }
        upper_end = words.next_if(|next| *next == "to").is_some();
        last = Some(id.clone());
        ids.insert(id);
    }
    ids
}

/// A letter of a series and a number, perhaps a case. Numbers begin at 1: `\u{A0}` cites nothing.
fn is_id(word: &str) -> bool {
    let mut letters = word.chars();
    let series = letters.next().is_some_and(|letter| SERIES.contains(letter));
    let rest = letters.as_str();
    series
        && rest.starts_with(|c: char| matches!(c, '1'..='9'))
        && rest.ends_with(|c: char| c.is_ascii_digit())
        && rest.chars().all(|c| c.is_ascii_digit() || c == '.')
        && rest.matches('.').count() <= 1
}

/// Everything from one id to another of the same series, or of the same rule's cases.
fn range(first: &str, last: &str) -> Vec<String> {
    let parts = |id: &str| {
        let from = id.rfind(|c: char| !c.is_ascii_digit())? + 1;
        Some((id[..from].to_owned(), id[from..].parse::<u32>().ok()?))
    };
    match (is_id(first) && is_id(last)).then(|| (parts(first), parts(last))) {
        Some((Some((series, from)), Some((other, to)))) if series == other => {
            (from..=to).map(|n| format!("{series}{n}")).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(ids: &[&str]) -> BTreeSet<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn ids_are_found_in_a_text() {
        let found = ids("(R8.2), S47 to S49; see A24. Not UTF8, x86, R, B1x, 2.R1, R1.2.3");
        assert_eq!(found, set(&["A24", "R8.2", "S47", "S48", "S49"]));
        assert_eq!(ids("R8.1 to R8.3"), set(&["R8.1", "R8.2", "R8.3"]));
        assert_eq!(ids("R8 to S9"), set(&["R8", "S9"]));
    }

    #[test]
    fn ids_are_found_in_the_name_of_a_test() {
        assert_eq!(ids_of_name("r14_reset_zero"), set(&["R14"]));
        assert_eq!(ids_of_name("c3_c4_names_share"), set(&["C3", "C4"]));
        assert_eq!(ids_of_name("r8_2_death"), set(&["R8.2"]));
        assert_eq!(ids_of_name("e9_7035_is_logged"), set(&["E9"]));
        assert_eq!(ids_of_name("a1_to_a3_all"), set(&["A1", "A2", "A3"]));
        assert_eq!(ids_of_name("a_name_without"), set(&[]));
    }
}
