//! Variables of the manager's own environment that services get by choice (X31), such as those of
//! `docker run -e`.
//!
//! The guardian hands its environment to the engine under names with a prefix, so that nothing in it
//! changes how the engine itself works. The engine picks from them for each start.

use relance_scm::ServiceConfig;
use relance_scm::config::matches_variable;
use relance_scm::settings::PASS_ENVIRONMENT;

/// Stands before the name of each variable that the engine is handed.
const HANDED: &str = "RELANCE_HANDED_";
/// Variables that are about the manager itself and never passed on.
const OWN: [&str; 2] = ["RELANCE_", "NOTIFY_SOCKET"];

/// What of the manager's environment services may get.
#[derive(Clone, Debug, Default)]
pub(crate) struct Passed {
    variables: Vec<(String, String)>,
    to_all: Vec<String>,
}

/// A variable: its name and value.
type Variable = (String, String);

/// The environment of this process, as its engine is handed it.
#[must_use]
pub fn handed_environment() -> Vec<String> {
    let variables = std::env::vars_os().filter_map(|(name, value)| {
        let (name, value) = (name.into_string().ok()?, value.into_string().ok()?);
        let is_own = OWN.iter().any(|own| name.starts_with(own));
        (!is_own).then(|| format!("{HANDED}{name}={value}"))
    });
    variables.collect()
}

impl Passed {
    /// What this process, an engine, was handed; `to_all` is passed to every service.
    pub(crate) fn handed(to_all: Vec<String>) -> Self {
        let variables = std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            let name = name.strip_prefix(HANDED)?.to_owned();
            Some((name, value.into_string().ok()?))
        });
        Self {
            variables: variables.collect(),
            to_all,
        }
    }

    /// What a service gets by patterns, and what it gets by name.
    pub(super) fn to(&self, config: &ServiceConfig) -> (Vec<Variable>, Vec<Variable>) {
        let own = config.extensions.get(PASS_ENVIRONMENT);
        let own = own.iter().map(AsRef::as_ref);
        let wanted: Vec<&str> = own.chain(self.to_all.iter().map(String::as_str)).collect();
        let matched = self
            .variables
            .iter()
            .filter(|(name, _)| wanted.iter().any(|pattern| matches_variable(pattern, name)));
        let (named, others) =
            matched.partition::<Vec<&Variable>, _>(|(name, _)| wanted.contains(&name.as_str()));
        let owned = |variables: Vec<&Variable>| variables.into_iter().cloned().collect();
        (owned(others), owned(named))
    }
}

#[cfg(test)]
mod tests {
    use relance_scm::ServiceName;

    use super::*;

    #[test]
    fn x31_names_and_patterns_choose() {
        let variable = |name: &str| (name.to_owned(), "1".to_owned());
        let passed = Passed {
            variables: ["APP_A", "APP_B", "B", "HOME"].map(variable).into(),
            to_all: vec!["B".to_owned()],
        };
        let mut config = ServiceConfig::new(ServiceName::new("a").unwrap(), "/a");
        let chosen = |config: &ServiceConfig| {
            let (others, named) = passed.to(config);
            let names = |list: Vec<Variable>| list.into_iter().map(|(name, _)| name).collect();
            let both: (Vec<String>, Vec<String>) = (names(others), names(named));
            both
        };
        assert_eq!(chosen(&config), (vec![], vec!["B".to_owned()]));
        let own = ["APP_*", "APP_B", "*"].map(Into::into);
        config.extensions.set(PASS_ENVIRONMENT, own.into());
        let (others, named) = chosen(&config);
        assert_eq!(others, ["APP_A", "HOME"]);
        assert_eq!(named, ["APP_B", "B"]);
    }
}
