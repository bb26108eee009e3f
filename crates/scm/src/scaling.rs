//! How many instances a template has (X52): what is created and what goes, and doing it through any manager.
//!
//! Each request is one that a client could make by itself. Nothing is waited for: a surplus instance is told to stop
//! and is marked for deletion, so that it is gone once it has stopped.

use relance_texts::{Sentence, error};

use crate::config::{Secret, StartType};
use crate::instance::{is_template, name_of};
use crate::manager::{NewService, ServiceInfo, wait};
use crate::{
    Caller, Control, ScmError, ServiceConfig, ServiceManager, ServiceName, ServiceState, Win32Error,
};

/// Instances of one template, at most.
pub const INSTANCES_MAX: i64 = 1000;

/// What has to be done so that a template has so many instances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scaling {
    /// Copies of the lowest one.
    pub new: Vec<NewService>,
    /// Those that are started, because the lowest one is: the new ones, and those that were added before and not started.
    pub starts: Vec<ServiceName>,
    /// Those with higher numbers, the highest first.
    pub surplus: Vec<ServiceName>,
}

/// What has become of the instances.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scaled {
    /// Those that were created.
    pub added: Vec<ServiceName>,
    /// Those that were started, of them and of those that were added before.
    pub started: Vec<ServiceName>,
    /// Those that are gone, or are once they have stopped.
    pub removed: Vec<ServiceName>,
    /// Those that could not be started, or that do not take a stop and stay.
    pub problems: Vec<(ServiceName, ScmError)>,
}

/// The services that a configuration with the name of a template stands for.
///
/// # Errors
/// 87 if its name is not that of a template.
pub fn of_template(
    config: &ServiceConfig,
    numbers: impl IntoIterator<Item = u32>,
) -> Result<Vec<NewService>, ScmError> {
    let template = config.service_name.as_str();
    check(template)?;
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

/// The numbered instances of a template among services, by their numbers.
#[must_use]
pub fn existing<'a>(services: &'a [ServiceInfo], template: &str) -> Vec<(u32, &'a ServiceInfo)> {
    let numbered = services.iter().filter_map(|info| {
        let number = number_of(&info.config.service_name, template)?;
        Some((number, info))
    });
    let mut instances: Vec<_> = numbered.collect();
    instances.sort_by_key(|(number, _)| *number);
    instances
}

/// What to do so that a template has instances 1 to `count`.
///
/// # Errors
/// 87 for a name that is not a template's and for a count that is out of bounds, 1060 where there are no instances,
/// 1072 where one of these numbers is still being deleted.
pub fn scaling(services: &[ServiceInfo], template: &str, count: u32) -> Result<Scaling, ScmError> {
    check(template)?;
    if !(1..=INSTANCES_MAX).contains(&i64::from(count)) {
        let most = INSTANCES_MAX;
        return Err(invalid(error::InstancesRange { most }));
    }
    let all = existing(services, template);
    let mut going = all.iter().filter(|(_, info)| info.marked_for_delete);
    if let Some((_, info)) = going.find(|(number, _)| *number <= count) {
        let name = &info.config.service_name;
        let sentence = error::InstanceGoing { name };
        return Err(ScmError::new(
            Win32Error::SERVICE_MARKED_FOR_DELETE,
            sentence,
        ));
    }
    let mut staying = all.iter().filter(|(_, info)| !info.marked_for_delete);
    let Some((number, lowest)) = staying.next() else {
        let sentence = error::NoInstances { template, count };
        return Err(ScmError::new(Win32Error::SERVICE_DOES_NOT_EXIST, sentence));
    };
    let mut config = ServiceConfig::clone(&lowest.config);
    config.service_name = ServiceName::new(template)?;
    let shown = display_name_of_template(&config.display_name, *number);
    config.display_name = shown.unwrap_or_else(|| template.to_owned()).into();
    let missing = (1..=count).filter(|wanted| all.iter().all(|(has, _)| has != wanted));
    let surplus = all.iter().rev().filter(|(number, _)| *number > count);
    let surplus = surplus.filter(|(_, info)| !info.marked_for_delete);
    let new = of_template(&config, missing)?;
    let kept = all.iter().filter(|(number, _)| *number <= count);
    let idle = kept.filter(|(_, info)| never_ran(info));
    let idle = idle.map(|(_, info)| info.config.service_name.clone());
    let added = new
        .iter()
        .map(|service| service.config.service_name.clone());
    let starts = if lowest.status.state == ServiceState::Stopped {
        Vec::new()
    } else {
        added.chain(idle).collect()
    };
    Ok(Scaling {
        starts,
        new,
        surplus: surplus
            .map(|(_, info)| info.config.service_name.clone())
            .collect(),
    })
}

/// Makes a template have instances 1 to `count`. Waits for the answers of the manager, not for services to stop.
///
/// # Errors
/// As [`scaling`], and those of a creation, which is all or none; then nothing was changed.
pub fn scale(
    manager: &dyn ServiceManager,
    caller: &Caller,
    template: &str,
    count: u32,
) -> Result<Scaled, ScmError> {
    let list = wait(|reply| manager.enumerate(caller, reply))?;
    let Scaling {
        new,
        starts,
        surplus,
    } = scaling(&list.services, template, count)?;
    let mut scaled = Scaled {
        added: new
            .iter()
            .map(|service| service.config.service_name.clone())
            .collect(),
        ..Scaled::default()
    };
    if !new.is_empty() {
        wait(|reply| manager.apply(caller, new.into(), reply))?;
    }
    for name in starts {
        match wait(|reply| manager.start_service(caller, &name, Vec::new(), reply)) {
            Ok(()) => scaled.started.push(name),
            Err(error) => scaled.problems.push((name, error)),
        }
    }
    for name in surplus {
        match remove(manager, caller, &name) {
            Ok(()) => scaled.removed.push(name),
            Err(error) => scaled.problems.push((name, error)),
        }
    }
    Ok(scaled)
}

/// Tells it to stop and marks it for deletion. One that does not take a stop stays.
fn remove(
    manager: &dyn ServiceManager,
    caller: &Caller,
    name: &ServiceName,
) -> Result<(), ScmError> {
    let stop = || wait(|reply| manager.control_service(caller, name, Control::Stop, reply));
    let is_stopped = match stop() {
        Ok(_) => false,
        Err(error) if error.code() == Win32Error::SERVICE_NOT_ACTIVE => true,
        Err(error) => {
            let status = wait(|reply| manager.query_status(caller, name, reply))?;
            if status.state != ServiceState::StopPending {
                return Err(error);
            }
            false
        }
    };
    wait(|reply| manager.delete_service(caller, name, reply))?;
    if is_stopped {
        // A restart that was pending may have come between the two.
        let _ = stop();
    }
    Ok(())
}

/// Whether it was added and then not started: what added it was interrupted between the two. One that somebody has
/// stopped stays so.
fn never_ran(info: &ServiceInfo) -> bool {
    let is_idle = info.run.is_none() && info.last_end.is_none();
    let is_stopped = info.status.state == ServiceState::Stopped;
    is_idle && is_stopped && info.config.start_type != StartType::Disabled
}

fn check(template: &str) -> Result<(), ScmError> {
    if is_template(template) {
        return Ok(());
    }
    Err(invalid(error::TemplateName { template }))
}

fn invalid(sentence: impl Into<Sentence>) -> ScmError {
    ScmError::new(Win32Error::INVALID_PARAMETER, sentence)
}

/// `Worker %i` of `Worker 1`; display names must differ, so any other is left out.
fn display_name_of_template(display_name: &str, number: u32) -> Option<String> {
    let beginning = display_name.strip_suffix(&number.to_string())?;
    Some(format!("{beginning}%i"))
}

/// The number of an instance of this template; `None` for other services, and for instances that have a
/// name instead.
#[must_use]
pub fn number_of(name: &ServiceName, template: &str) -> Option<u32> {
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
                let config = &service.config;
                (config.service_name.as_str(), &*config.display_name)
            })
            .collect();
        assert_eq!(names, [("w@1", "Worker 1"), ("w@3", "Worker 3")]);
        let line = &*services[1].config.command_line;
        assert_eq!(line, "/bin/w %i", "filled in at each start");
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
