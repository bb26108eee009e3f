//! What a service is after `win32_create_service`, on a manager in memory.

use std::sync::{Arc, Mutex};

use relance_scm::{FailureActions, ResetPeriod};

use super::*;
use crate::backend::fake::{Memory, backend, name};

fn details() -> Details {
    Details {
        service: Some(b"demo".into()),
        path: Some(b"/usr/bin/php".into()),
        params: Some(b"\"s.php\" run".into()),
        ..Details::default()
    }
}

fn create_on(backend: &Backend, details: &Details) -> Result<(), Throwable> {
    let numbers = Numbers::check(details, DETAILS)?;
    let texts = Texts::check(details, CONTEXTS)?;
    let dependencies = check_dependencies(details, DETAILS)?;
    let service = base(&texts, &numbers, dependencies)
        .map_err(|error| failure::operation(&error, CONTEXTS.main))?;
    create_with(backend, service, optional(details, &texts, &numbers))
}

fn created(details: &Details) -> (ServiceConfig, Arc<Mutex<Memory>>) {
    let (backend, memory) = backend();
    create_on(&backend, details).unwrap();
    let config = memory.lock().unwrap().services[&name("demo")].clone();
    (config, memory)
}

fn message(result: Result<(), Throwable>) -> String {
    match result {
        Err(Throwable::Exception { message, .. }) => message.into_string().unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_defaults_of_2_1() {
    let (config, memory) = created(&details());
    assert_eq!(&*config.command_line, "/usr/bin/php \"s.php\" run");
    assert_eq!(&*config.display_name, "demo");
    assert_eq!(config.service_type.to_raw(), 16);
    assert_eq!(config.start_type, StartType::Auto);
    assert_eq!(config.error_control, ErrorControl::Ignore);
    assert!(config.account_name.is_local_system());
    assert_eq!(config.priority, Some(PriorityClass::Normal));
    assert_eq!(config.failure_actions, FailureActions::default());
    assert_eq!(
        memory.lock().unwrap().requests,
        ["create"],
        "one request is enough"
    );
}

#[test]
fn every_key_arrives() {
    let (config, memory) = created(&Details {
        display: Some(b"Demo".into()),
        user: Some(b"anna".into()),
        load_order: Some(b"group".into()),
        dependencies: Some(vec![b"other".into(), b"+network".into()]),
        description: Some(b"about".into()),
        start_type: Some(3),
        error_control: Some(1),
        base_priority: Some(64),
        recovery_delay: Some(5),
        recovery_actions: [Some(1), None, Some(3)],
        recovery_reset_period: Some(4_294_967_295),
        recovery_enabled: Some(true),
        recovery_reboot_msg: Some(b"bye".into()),
        recovery_command: Some(b"mail".into()),
        ..details()
    });
    assert_eq!(&*config.display_name, "Demo");
    assert_eq!(config.account_name.as_str(), "anna");
    assert_eq!(&*config.load_order_group, "group");
    assert_eq!(config.dependencies[1].to_string(), "+network");
    assert_eq!(&*config.description, "about");
    assert_eq!(config.priority, Some(PriorityClass::Idle));
    assert!(config.failure_actions_on_non_crash_failures);
    assert_eq!(config.failure_actions.reset_period, ResetPeriod::Infinite);
    assert_eq!(config.failure_actions.actions.len(), 3);
    assert_eq!(&*config.failure_actions.command, "mail");
    assert_eq!(memory.lock().unwrap().requests.len(), 1);
}

#[test]
fn t2_a_service_that_exists_is_refused_at_once() {
    let (backend, memory) = backend();
    create_on(&backend, &details()).unwrap();
    let again = create_on(&backend, &details());
    assert_eq!(message(again), "Error service exists (on create service)");
    assert_eq!(memory.lock().unwrap().requests.len(), 2);
}

#[test]
fn b28_delayed_start_on_demand_leaves_the_service_without_it() {
    let (backend, memory) = backend();
    let result = create_on(
        &backend,
        &Details {
            start_type: Some(3),
            delayed_start: Some(true),
            description: Some(b"kept".into()),
            ..details()
        },
    );
    assert_eq!(
        message(result),
        "Error invalid parameter (service partially configured, error on change the start type)"
    );
    let memory = memory.lock().unwrap();
    let config = &memory.services[&name("demo")];
    assert_eq!(
        (&*config.description, config.delayed_auto_start),
        ("kept", false)
    );
}

#[test]
fn b33_a_description_that_is_too_long_leaves_the_service() {
    let (backend, memory) = backend();
    let result = create_on(
        &backend,
        &Details {
            description: Some(vec![b'x'; 9000]),
            ..details()
        },
    );
    assert_eq!(
        message(result),
        "Error invalid parameter (service partially configured, error when defining the description)"
    );
    assert!(memory.lock().unwrap().services.contains_key(&name("demo")));
}

#[test]
fn b27_a_type_or_start_that_only_drivers_have_is_87() {
    for (svc_type, start_type) in [(Some(256), None), (None, Some(0)), (None, Some(1))] {
        let (backend, memory) = backend();
        let result = create_on(
            &backend,
            &Details {
                svc_type,
                start_type,
                ..details()
            },
        );
        assert_eq!(
            message(result),
            "Error invalid parameter (on create service)"
        );
        assert!(memory.lock().unwrap().services.is_empty());
    }
}

#[test]
fn names_that_the_manager_refuses_are_123() {
    let (backend, _) = backend();
    for details in [
        Details {
            service: Some(b"a/b".into()),
            ..details()
        },
        Details {
            dependencies: Some(vec![b"x\\y".into()]),
            ..details()
        },
    ] {
        let result = create_on(&backend, &details);
        assert_eq!(message(result), "Error invalid name (on create service)");
    }
}

#[test]
fn b26_interactive_services_run_the_plain_command() {
    let (config, _) = created(&Details {
        svc_type: Some(272),
        ..details()
    });
    assert_eq!(config.service_type.to_raw(), 272);
    assert_eq!(&*config.command_line, "/usr/bin/php \"s.php\" run");
}
