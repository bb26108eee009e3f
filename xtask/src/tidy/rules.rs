//! Ids of rules that comments and tests cite (`docs/rules.md`): each exists.

use std::collections::BTreeSet;

use super::File;

/// The first and last number of each series, with the numbers between that no rule has.
const SERIES: &[(char, u32, &[std::ops::RangeInclusive<u32>])] = &[
    ('R', 85, &[28..=29, 48..=49, 69..=69, 78..=79]),
    ('S', 53, &[17..=19, 36..=39]),
    ('C', 34, &[24..=29]),
    ('E', 11, &[]),
    ('A', 28, &[]),
    ('D', 11, &[]),
    ('V', 11, &[]),
    ('T', 33, &[]),
    ('B', 64, &[45..=49]),
];

/// Rows of the case table R8.
const R8_CASES: u32 = 15;

pub(super) fn check(files: &[File]) -> Vec<String> {
    let mut problems = Vec::new();
    for file in files {
        if !file.ends_with(".rs") || file.path.starts_with("xtask/") {
            continue;
        }
        for (number, line) in file.lines() {
            let Some((_, comment)) = line.split_once("//") else {
                continue;
            };
            for id in cited(comment) {
                if !exists(id) {
                    problems.push(format!("{}:{number}: there is no rule {id}", file.path));
                }
            }
        }
    }
    problems
}

/// Words of the shape of an id: a letter of a series and a number, perhaps a case.
fn cited(comment: &str) -> BTreeSet<&str> {
    comment
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_')
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| {
            let mut letters = word.chars();
            let series = letters.next().unwrap_or_default();
            let rest = letters.as_str();
            SERIES.iter().any(|(letter, ..)| *letter == series)
                && rest.starts_with(|c: char| c.is_ascii_digit())
                && rest.chars().all(|c| c.is_ascii_digit() || c == '.')
        })
        .collect()
}

fn exists(id: &str) -> bool {
    let (series, number) = id.split_at(1);
    if let Some((rule, case)) = number.split_once('.') {
        let case = case.parse().unwrap_or(0);
        return series == "R" && rule == "8" && (1..=R8_CASES).contains(&case);
    }
    let number = number.parse().unwrap_or(0);
    SERIES.iter().any(|(letter, last, holes)| {
        series.starts_with(*letter)
            && (1..=*last).contains(&number)
            && !holes.iter().any(|hole| hole.contains(&number))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_in_comments_and_judged() {
        let ids = cited("(R8.2), S47 to S48; see A24. Not UTF8, x86, R, B1x, 2.R1");
        assert_eq!(ids, ["A24", "R8.2", "S47", "S48"].into());
        assert!(["R8", "R8.15", "V11", "B64", "C34"].into_iter().all(exists));
        assert!(
            ["R0", "R86", "R28", "R8.16", "S9.1", "V12", "C24"]
                .into_iter()
                .all(|id| !exists(id))
        );
    }
}
