//! Several services from one template: `worker@1` to `worker@8` (X52).

use relance_scm::manager::ServiceInfo;
pub(crate) use relance_scm::scaling::INSTANCES_MAX;
use relance_scm::scaling::{self, of_template};
use relance_scm::{ScmError, ServiceConfig, Win32Error};
use relance_texts::command;

use crate::cli::{CommandFailure, CommandResult, Manager, usage};

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
    let found = scaling::existing(&list.services, template).into_iter();
    Ok(found.map(|(number, info)| (number, info.clone())).collect())
}
