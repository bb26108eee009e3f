//! Saving a change for all instances of a template at once: those that have the same settings, in one commit.

use maud::{Markup, html};
use relance_client::ServiceManager;
use relance_scm::config::Secret;
use relance_scm::manager::{NewService, wait};
use relance_scm::{Caller, ConfigChange, ScmError, ServiceConfig, ServiceName, fold_case};
use relance_texts::console;

use crate::hub::Hub;
use crate::lang::Lang;
use crate::manager::Manager;

/// The value of the button that saves for all.
pub(super) const ALL: &str = "all";

/// The other instances of a template.
#[derive(Debug, Default, PartialEq, Eq)]
struct Others {
    /// Instances whose settings differ from these in the name only.
    alike: Vec<ServiceName>,
    different: Vec<ServiceName>,
}

impl Others {
    fn of<'a>(config: &ServiceConfig, all: impl Iterator<Item = &'a ServiceConfig>) -> Self {
        let mut others = Self::default();
        let template = |config: &ServiceConfig| {
            let (template, _) = config.service_name.instance()?;
            Some(fold_case(template))
        };
        let Some(own) = template(config) else {
            return others;
        };
        for other in all.filter(|other| other.service_name != config.service_name) {
            if template(other).as_ref() != Some(&own) {
                continue;
            }
            let named = ServiceConfig {
                service_name: config.service_name.clone(),
                display_name: config.display_name.clone(),
                ..other.clone()
            };
            let list = if named == *config {
                &mut others.alike
            } else {
                &mut others.different
            };
            list.push(other.service_name.clone());
        }
        others
    }
}

/// The button, and which instances it leaves alone.
pub(super) fn button(hub: &Hub, config: &ServiceConfig, lang: Lang) -> Markup {
    let others = hub.read(|state| {
        let staying = state
            .services
            .values()
            .filter(|info| !info.marked_for_delete);
        Others::of(config, staying.map(|info| &*info.config))
    });
    let count = others.alike.len() + 1;
    let all = count + others.different.len();
    html! {
        @if count > 1 && cfg!(unix) {
            button type="submit" name="confirm" value=(ALL) {
                @if count == all { (lang.say(console::SaveForAll { count })) }
                @else { (lang.say(console::SaveForSome { count, all })) }
            }
            @if count < all {
                small { (console::OTHER_SETTINGS.of(lang)) " " @for name in &others.different { bdi { (name) } " " } }
            }
        }
    }
}

/// Changes this service and the instances that are like it, all or none. A display name is its own.
pub(super) fn save(
    manager: &Manager,
    caller: &Caller,
    before: &ServiceConfig,
    change: &ConfigChange,
) -> Result<(), ScmError> {
    let list = wait(|reply| manager.enumerate(caller, reply))?;
    let staying = list.services.iter().filter(|info| !info.marked_for_delete);
    let others = Others::of(before, staying.map(|info| &*info.config));
    let of_others = ConfigChange {
        display_name: None,
        ..change.clone()
    };
    let mut services = vec![before.changed(change)?];
    for name in &others.alike {
        let config = wait(|reply| manager.query_config(caller, name, reply))?;
        services.push(config.changed(&of_others)?);
    }
    let services: Vec<NewService> = services
        .into_iter()
        .map(|config| NewService {
            config,
            password: Secret::default(),
        })
        .collect();
    wait(|reply| manager.apply(caller, services.into(), reply)).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(name: &str) -> ServiceConfig {
        let name = ServiceName::new(name).expect("a name");
        let mut config = ServiceConfig::new(name.clone(), "/bin/w %i");
        config.display_name = name.to_string().into();
        config
    }

    #[test]
    fn x52_only_instances_with_the_same_settings_are_changed_together() {
        let mut all = ["w@1", "W@2", "w@3", "x@1", "w"].map(config);
        all[2].description = "another".into();
        let names = |names: &[ServiceName]| -> Vec<String> {
            names.iter().map(ToString::to_string).collect()
        };
        let others = Others::of(&all[0], all.iter());
        assert_eq!(names(&others.alike), ["W@2"]);
        assert_eq!(names(&others.different), ["w@3"]);
        assert_eq!(Others::of(&all[4], all.iter()), Others::default());
    }
}
