//! Several services from one template: `worker@1` to `worker@8` (X52).

use relance_scm::config::Secret;
use relance_scm::instance::{is_template, name_of};
use relance_scm::manager::{NewService, ServiceInfo};
use relance_scm::{ScmError, ServiceConfig, ServiceName, Win32Error};
use relance_texts::command;

use crate::cli::{CommandFailure, CommandResult, Manager, usage};

/// Instances of one template, at most.
pub(crate) const INSTANCES_MAX: i64 = 1000;

/// The services that a configuration with the name of a template stands for.
///
/// # Errors
/// 87 if its name is not that of a template.
pub(crate) fn of_template(
    config: &ServiceConfig,
    numbers: impl IntoIterator<Item = u32>,
) -> Result<Vec<NewService>, ScmError> {
    let template = config.service_name.as_str();
    if !is_template(template) {
        return Err(ScmError::new(
            Win32Error::INVALID_PARAMETER,
            command::TemplateName { template },
        ));
    }
    numbers
        .into_iter()
        .map(|number| {
            let mut config = config.clone();
            config.service_name = name_of(template, number)?;
            let name = &config.service_name;
            config.display_name = match &*config.display_name {
                // Nobody has given one.
                shown if shown == template => name.as_str().into(),
                shown => name.fill_in(shown).into(),
            };
            Ok(NewService {
                config,
                password: Secret::default(),
            })
        })
        .collect()
}

/// Creates instances 1 to `count` of the template that this configuration is named after; all or none.
pub(crate) fn create(manager: &Manager, config: &ServiceConfig, count: u32) -> CommandResult {
    if cfg!(windows) {
        return Err(usage(command::TEMPLATE_ON_WINDOWS));
    }
    let services = of_template(config, 1..=count)?;
    let template = config.service_name.as_str();
    if let Some((_, info)) = existing(manager, template)?.first() {
        let sentence = command::TemplateExists {
            name: &info.config.service_name,
            template,
            count,
        };
        return Err(ScmError::new(Win32Error::SERVICE_EXISTS, sentence).into());
    }
    manager.ask(|scm, caller, reply| scm.apply(caller, services.into(), reply))?;
    Ok(())
}

/// The numbered instances of a template that there are, by their numbers.
pub(crate) fn existing(
    manager: &Manager,
    template: &str,
) -> Result<Vec<(u32, ServiceInfo)>, CommandFailure> {
    let list = manager.ask(|scm, caller, reply| scm.enumerate(caller, reply))?;
    let mut instances: Vec<(u32, ServiceInfo)> = list
        .services
        .iter()
        .filter_map(|info| {
            let number = number_of(&info.config.service_name, template)?;
            Some((number, ServiceInfo::clone(info)))
        })
        .collect();
    instances.sort_by_key(|(number, _)| *number);
    Ok(instances)
}

/// The number of an instance of this template; `None` for other services, and for instances that have a
/// name instead.
fn number_of(name: &ServiceName, template: &str) -> Option<u32> {
    let (of, instance) = name.instance()?;
    let number = instance.parse().ok().filter(|number| *number > 0)?;
    (of.eq_ignore_ascii_case(template) && !instance.starts_with(['0', '+'])).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> ServiceName {
        ServiceName::new(text).expect("a name")
    }

    #[test]
    fn x52_a_template_is_copied_for_each_number() {
        let mut config = ServiceConfig::new(name("w@"), "/bin/w %i");
        config.display_name = "Worker %i".into();
        let services = of_template(&config, [1, 3]).expect("a template");
        let names: Vec<_> = services
            .iter()
            .map(|service| {
                (
                    service.config.service_name.as_str(),
                    &*service.config.display_name,
                )
            })
            .collect();
        assert_eq!(names, [("w@1", "Worker 1"), ("w@3", "Worker 3")]);
        assert_eq!(
            &*services[1].config.command_line, "/bin/w %i",
            "filled in at each start"
        );
        let other = ServiceConfig::new(name("w"), "/bin/w");
        assert!(of_template(&other, [1]).is_err());
    }

    #[test]
    fn x52_numbers_are_written_in_one_way() {
        assert_eq!(number_of(&name("W@12"), "w@"), Some(12));
        for other in ["w@012", "w@0", "w@+1", "w@mail", "x@1", "w"] {
            assert_eq!(number_of(&name(other), "w@"), None, "{other}");
        }
    }
}
