//! Limits of control groups as people see them: which of them the manager cannot hold (X53), and what services
//! use.

use relance_scm::config::Extensions;
use relance_scm::controllers::Controllers;
use relance_scm::event::{Event, meaning, sentence};
use relance_scm::manager::{ServiceInfo, Usage};
use relance_scm::settings::{CPU_QUOTA, MEMORY_MAX, TASKS_MAX};
use relance_texts::{Sentence, Size, status};

use crate::cli::Manager;
use crate::lang::{lang, say};
use crate::plain::plain;

/// Prints on stderr which limits of services that were just created or changed are not held here.
pub(crate) fn note<'a>(
    manager: &Manager,
    services: impl IntoIterator<Item = (&'a str, &'a Extensions)>,
) {
    let limited: Vec<_> = services
        .into_iter()
        .filter(|(_, extensions)| has_limits(extensions))
        .collect();
    if limited.is_empty() {
        return;
    }
    let Ok(info) = manager.ask(|scm, caller, reply| scm.query_manager(caller, reply)) else {
        return; // The manager has it in its event log.
    };
    let mut means = None;
    for (name, extensions) in limited {
        if let Some(limits) = extensions.lacking(info.controllers) {
            let event = Event::LimitsNotHeld(limits);
            eprintln!("{}", plain(&said(&event, name).of(lang())));
            means = meaning(event.id());
        }
    }
    if let Some((means, advice)) = means {
        eprintln!("{} {}", means.of(lang()), advice.of(lang()));
    }
}

/// The sentence of an entry about a service.
fn said(event: &Event, name: &str) -> Sentence {
    sentence(event.source(), event.id(), &event.parameters(name, name))
}

/// Which limits of a service are not held where runs have these controllers, in a sentence.
pub(crate) fn lacking(info: &ServiceInfo, controllers: Controllers) -> Option<Sentence> {
    let limits = info.config.extensions.lacking(controllers)?;
    let name = info.config.service_name.as_str();
    Some(said(&Event::LimitsNotHeld(limits), name))
}

/// The limits of a service that the manager does not hold, if it has any.
pub(crate) fn not_held(manager: &Manager, info: &ServiceInfo) -> Option<Box<str>> {
    let set = &info.config.extensions;
    if !has_limits(set) {
        return None;
    }
    let asked = manager.ask(|scm, caller, reply| scm.query_manager(caller, reply));
    set.lacking(asked.ok()?.controllers)
}

fn has_limits(extensions: &Extensions) -> bool {
    let mut given = extensions.given();
    given.any(|(setting, _)| setting.controller.is_some())
}

/// What a running service uses, each with its limit.
pub(crate) fn used(info: &ServiceInfo, usage: &Usage) -> Vec<(String, String)> {
    let set = &info.config.extensions;
    let mut memory = Size(usage.memory_bytes).of(lang());
    if let Some(peak) = usage.memory_peak_bytes {
        let size = Size(peak);
        memory = format!("{memory}, {}", say(status::Peak { size }));
    }
    if let Some(most) = set.get(MEMORY_MAX) {
        let limit = Size(most);
        memory = format!("{memory}; {}", say(status::Limit { limit }));
    }
    let (seconds, rest) = (usage.cpu_ms / 1000, usage.cpu_ms % 1000);
    let mut processor = format!("{seconds}.{} s", rest / 100);
    if let Some(quota) = set.get(CPU_QUOTA) {
        let share = quota;
        processor = format!("{processor}; {}", say(status::LimitShare { share }));
    }
    let mut processes = usage.processes.to_string();
    if let Some(most) = set.get(TASKS_MAX) {
        let count = most;
        processes = format!("{processes}; {}", say(status::LimitThreads { count }));
    }
    vec![
        (say(status::MEMORY), memory),
        (say(status::PROCESSOR_TIME), processor),
        (say(status::PROCESSES), processes),
    ]
}
