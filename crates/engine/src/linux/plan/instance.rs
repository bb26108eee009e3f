//! The texts of a configuration with the instance filled in (X52).

use std::borrow::Cow;

use relance_scm::ServiceConfig;
use relance_scm::config::EnvironmentVariable;
use relance_scm::settings::{
    ENVIRONMENT_FILES, READ_ONLY_PATHS, ROOT_DIRECTORY, WORKING_DIRECTORY,
};

/// The configuration as a process of its service gets it: environment and paths. The command line is
/// filled in word by word, when it has been split.
pub(super) fn filled_in(config: &ServiceConfig) -> Cow<'_, ServiceConfig> {
    let name = &config.service_name;
    if name.instance().is_none() {
        return Cow::Borrowed(config);
    }
    let mut filled = config.clone();
    filled.environment = config
        .environment
        .iter()
        .map(|variable| {
            let value = name.fill_in(variable.value()).into_owned();
            // A value stays legal: an instance is part of a legal name.
            EnvironmentVariable::new(variable.name(), &value).unwrap_or_else(|_| variable.clone())
        })
        .collect();
    for path in [WORKING_DIRECTORY, ROOT_DIRECTORY] {
        if let Some(text) = config.extensions.get(path) {
            filled
                .extensions
                .set(path, Some(name.fill_in(&text).into()));
        }
    }
    for paths in [ENVIRONMENT_FILES, READ_ONLY_PATHS] {
        let texts = config.extensions.get(paths);
        let texts = texts.iter().map(|text| name.fill_in(text).into());
        filled.extensions.set(paths, texts.collect());
    }
    Cow::Owned(filled)
}

#[cfg(test)]
mod tests {
    use relance_scm::ServiceName;

    use super::*;

    fn config(name: &str) -> ServiceConfig {
        let name = ServiceName::new(name).expect("a name");
        let mut config = ServiceConfig::new(name, "/bin/x");
        config.environment = [EnvironmentVariable::new("N", "n%i").expect("legal")].into();
        config
            .extensions
            .set(WORKING_DIRECTORY, Some("/srv/%i".into()));
        config
            .extensions
            .set(ENVIRONMENT_FILES, ["-/etc/w-%i.env".into()].into());
        config
    }

    #[test]
    fn x52_environment_and_paths_are_filled_in() {
        let config = config("worker@7");
        let filled = filled_in(&config);
        assert_eq!(filled.environment[0].value(), "n7");
        let folder = filled.extensions.get(WORKING_DIRECTORY);
        assert_eq!(folder.as_deref(), Some("/srv/7"));
        let files = filled.extensions.get(ENVIRONMENT_FILES);
        assert_eq!(&*files[0], "-/etc/w-7.env");
    }

    #[test]
    fn x52_what_is_no_instance_stays_as_it_is() {
        let config = config("worker");
        assert!(matches!(filled_in(&config), Cow::Borrowed(_)));
    }
}
