//! Which variables of the manager's own environment a service gets (X31): names, and beginnings of names
//! with a `*`.

use relance_texts::{error, quoted};

use crate::error::ScmError;

use super::invalid;

/// Whether a name is chosen by a pattern: `NAME`, `BEGINNING*`, or `*`.
#[must_use]
pub fn matches_variable(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == pattern,
    }
}

/// What is wrong with a pattern.
pub(super) fn problem(pattern: &str) -> Option<ScmError> {
    let name = pattern.strip_suffix('*').unwrap_or(pattern);
    let is_wrong = pattern.is_empty() || name.contains(['=', '*', '\0', ' ', '$', ',']);
    is_wrong.then(|| {
        invalid(error::PassedVariable {
            text: quoted(pattern),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x31_what_a_pattern_is() {
        for (pattern, name, is_chosen) in [
            ("APP_*", "APP_KEY", true),
            ("APP_*", "APP", false),
            ("APP_KEY", "APP_KEY", true),
            ("APP_KEY", "APP_KEY2", false),
            ("*", "ANY", true),
        ] {
            assert_eq!(
                matches_variable(pattern, name),
                is_chosen,
                "{pattern} {name}"
            );
        }
        for pattern in ["APP_*", "*", "DB_HOST", "a.b-c"] {
            assert_eq!(problem(pattern), None);
        }
        for pattern in ["", "A=1", "*_KEY", "A B", "${A}"] {
            let problem = problem(pattern).expect(pattern);
            assert!(problem.to_string().contains("APP_*"), "{problem}");
        }
    }
}
