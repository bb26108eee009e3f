//! The list of environment variables of a service: what adding and removing means (B50, B52).

use relance_scm::ScmError;
use relance_scm::config::EnvironmentVariable;

/// The list with one variable more, or with its value replaced in place.
///
/// # Errors
/// 87 for a name or value that cannot be stored.
pub(crate) fn add(
    list: &[EnvironmentVariable],
    name: &str,
    value: &str,
) -> Result<Vec<EnvironmentVariable>, ScmError> {
    let variable = EnvironmentVariable::new(name, value)?;
    let mut list = list.to_vec();
    match list.iter_mut().find(|other| same_name(other.name(), name)) {
        Some(place) => *place = variable,
        None => list.push(variable),
    }
    Ok(list)
}

/// The list without that variable; the same list if it is not there.
pub(crate) fn remove(list: &[EnvironmentVariable], name: &str) -> Vec<EnvironmentVariable> {
    list.iter()
        .filter(|other| !same_name(other.name(), name))
        .cloned()
        .collect()
}

/// Names differ in case on Linux and do not on Windows (B52).
fn same_name(a: &str, b: &str) -> bool {
    if cfg!(windows) {
        relance_scm::fold_case(a) == relance_scm::fold_case(b)
    } else {
        a == b
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(pairs: &[(&str, &str)]) -> Vec<EnvironmentVariable> {
        pairs
            .iter()
            .map(|(name, value)| EnvironmentVariable::new(name, value).unwrap())
            .collect()
    }

    #[test]
    fn a_new_name_goes_to_the_end_and_a_known_one_is_replaced_in_place() {
        let start = list(&[("A", "1"), ("B", "2")]);
        assert_eq!(
            add(&start, "C", "").unwrap(),
            list(&[("A", "1"), ("B", "2"), ("C", "")])
        );
        assert_eq!(
            add(&start, "A", "3").unwrap(),
            list(&[("A", "3"), ("B", "2")])
        );
    }

    #[test]
    fn b50_removing_keeps_the_others_apart() {
        let start = list(&[("A", "1"), ("B", "2"), ("C", "3")]);
        assert_eq!(remove(&start, "B"), list(&[("A", "1"), ("C", "3")]));
        assert_eq!(remove(&start, "X"), start);
    }

    #[test]
    #[cfg(unix)]
    fn b52_case_counts_on_linux() {
        let start = list(&[("path", "1")]);
        assert_eq!(add(&start, "PATH", "2").unwrap().len(), 2);
    }
}
