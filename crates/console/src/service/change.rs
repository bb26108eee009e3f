//! What a tab's form asks for, and the configuration as it would be then.

use std::hash::{DefaultHasher, Hash, Hasher};

use relance_scm::{ConfigChange, ScmError, ServiceConfig, Win32Error};
use relance_texts::error;
use relance_wire::api::{ChangeConfigRequest, ConfigBody};

use super::{environment, general, log_on, recovery, security};
use crate::form::Form;
use crate::lang::Lang;
use crate::tab::Tab;

/// A short text that is another one for every other configuration.
pub(crate) fn version(config: &ServiceConfig) -> String {
    let body = serde_json::to_string(&ConfigBody::from(config)).expect("plain structures");
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// What the form of a tab asks for.
fn change(tab: Tab, form: &Form, lang: Lang) -> Result<ChangeConfigRequest, ScmError> {
    match tab {
        Tab::General => general::read(form, lang),
        Tab::LogOn => Ok(log_on::read(form)),
        Tab::Recovery => Ok(ChangeConfigRequest {
            recovery: Some(recovery::read(form)?),
            ..general::read_extensions(form, lang)?
        }),
        Tab::Dependencies => Ok(ChangeConfigRequest {
            dependencies: Some(form.lines("dependencies")),
            ..ChangeConfigRequest::default()
        }),
        Tab::Environment => Ok(environment::read(form)),
        Tab::Security => Ok(security::read(form)),
        Tab::Output | Tab::Events | Tab::History => Err(ScmError::new(
            Win32Error::INVALID_PARAMETER,
            error::NOTHING_TO_CHANGE,
        )),
    }
}

/// The configuration as a form would leave it.
pub(crate) fn changed(
    before: &ServiceConfig,
    tab: Tab,
    form: &Form,
    lang: Lang,
) -> Result<(ServiceConfig, ConfigChange), ScmError> {
    let change = ConfigChange::try_from(&change(tab, form, lang)?)?;
    Ok((before.changed(&change)?, change))
}

#[cfg(test)]
mod tests {
    use relance_scm::ServiceName;

    use super::*;

    #[test]
    fn a_version_changes_with_the_configuration_and_only_then() {
        let mut config = ServiceConfig::new(ServiceName::new("a").unwrap(), "/a");
        let first = version(&config);
        assert_eq!(first, version(&config.clone()));
        config.description = "x".into();
        assert_ne!(first, version(&config));
    }

    #[test]
    fn a_form_of_one_tab_leaves_the_others_alone() {
        let before = ServiceConfig::new(ServiceName::new("a").unwrap(), "/a");
        let form = Form::parse(b"environment=A%3D1%0D%0A%0D%0AB%3D2&start_type=auto");
        let (after, _) = changed(&before, Tab::Environment, &form, Lang::En).unwrap();
        assert_eq!(after.environment.len(), 2);
        assert_eq!(after.start_type, before.start_type);
        assert!(changed(&before, Tab::Events, &form, Lang::En).is_err());
    }
}
