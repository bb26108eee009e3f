//! The parts in which upstream applies `$details`, one call to the SCM each (R81).
//!
//! We ask the manager once, for everything. Only if it refuses something that an optional part can
//! have caused are the parts asked for one by one, so that the service exists and keeps what could be
//! applied, and the message names the part (B28, B33).

use relance_scm::{ConfigChange, ScmError, Win32Error};

/// What is said when a part fails.
pub(crate) struct Contexts {
    pub(crate) main: &'static str,
    pub(crate) description: &'static str,
    pub(crate) start_type: &'static str,
    pub(crate) failure_actions_flag: &'static str,
    pub(crate) failure_actions: &'static str,
    pub(crate) priority: &'static str,
}

impl Contexts {
    /// Of `win32_create_service`: the released texts (B33).
    pub(crate) const CREATE: Self = Self {
        main: "on create service",
        description: "service partially configured, error when defining the description",
        start_type: "service partially configured, error on change the start type",
        failure_actions_flag: "service partially configured, error on change the failure action flag",
        failure_actions: "service partially configured, error on change the failure action",
        priority: "On set base_priority",
    };

    /// Of `win32_update_service_config`.
    pub(crate) const UPDATE: Self = Self {
        main: "",
        description: "error when defining the description",
        start_type: "error on change the start type",
        failure_actions_flag: "error on change the failure action flag",
        failure_actions: "error on change the failure action",
        priority: "On set base_priority",
    };
}

/// Whether the whole may have been refused because of an optional part.
pub(crate) fn may_be_partial(error: &ScmError) -> bool {
    [
        Win32Error::INVALID_PARAMETER,
        Win32Error::PRIVILEGE_NOT_HELD,
    ]
    .contains(&error.code())
}

/// A change taken apart, each part with what to say when it fails; parts without content are left out.
pub(crate) fn steps(
    change: ConfigChange,
    contexts: &Contexts,
) -> impl Iterator<Item = (ConfigChange, &'static str)> {
    let none = ConfigChange::default;
    let description = ConfigChange {
        description: change.description.clone(),
        ..none()
    };
    let start_type = ConfigChange {
        delayed_auto_start: change.delayed_auto_start,
        ..none()
    };
    let flag = ConfigChange {
        failure_actions_on_non_crash_failures: change.failure_actions_on_non_crash_failures,
        ..none()
    };
    let failure_actions = ConfigChange {
        failure_actions: change.failure_actions.clone(),
        ..none()
    };
    let priority = ConfigChange {
        priority: change.priority,
        ..none()
    };
    let main = ConfigChange {
        description: None,
        delayed_auto_start: None,
        failure_actions_on_non_crash_failures: None,
        failure_actions: None,
        priority: None,
        ..change
    };
    [
        (main, contexts.main),
        (description, contexts.description),
        (start_type, contexts.start_type),
        (flag, contexts.failure_actions_flag),
        (failure_actions, contexts.failure_actions),
        (priority, contexts.priority),
    ]
    .into_iter()
    .filter(|(change, _)| !change.is_empty())
}
