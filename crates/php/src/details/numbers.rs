//! The numbers of `$details`: what is legal, and what is said of what is not (T7 to T9).
//!
//! Legal here is what upstream lets pass. A type 256 alone or a start type of a driver passes and is
//! refused by the manager with 87 (B27).

use relance_scm::config::{ErrorControl, PriorityClass, StartType};
use relance_scm::{RecoveryActionKind, ScmError, Win32Error};

use super::read::Details;
use crate::zend::outcome::Throwable;

/// Checked numbers; `None`: the key is absent.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    pub(crate) service_type: Option<u32>,
    pub(crate) start_type: Option<StartType>,
    pub(crate) error_control: Option<ErrorControl>,
    pub(crate) priority: Option<PriorityClass>,
    pub(crate) recovery_delay_ms: Option<u32>,
    pub(crate) recovery_actions: [Option<RecoveryActionKind>; 3],
    pub(crate) recovery_reset_secs: Option<u32>,
}

const USE_SERVICE_TYPE: &str = "Use WIN32_SERVICE_WIN32_OWN_PROCESS, \
    WIN32_SERVICE_INTERACTIVE_PROCESS or WIN32_SERVICE_WIN32_OWN_PROCESS_INTERACTIVE constants";
const USE_START_TYPE: &str = "Use WIN32_SERVICE_BOOT_START, WIN32_SERVICE_SYSTEM_START, \
    WIN32_SERVICE_AUTO_START, WIN32_SERVICE_DEMAND_START or WIN32_SERVICE_DISABLED constants";
const USE_ERROR_CONTROL: &str = "Use WIN32_SERVICE_ERROR_IGNORE, WIN32_SERVICE_ERROR_NORMAL, \
    WIN32_SERVICE_ERROR_SEVERE or WIN32_SERVICE_ERROR_CRITICAL constants";
const USE_ACTION: &str = "Use WIN32_SC_ACTION_NONE, WIN32_SC_ACTION_REBOOT, WIN32_SC_ACTION_RESTART \
    or WIN32_SC_ACTION_RUN_COMMAND constants";
/// Also for `win32_set_service_priority`.
pub(crate) const USE_PRIORITY: &str = "Use WIN32_ABOVE_NORMAL_PRIORITY_CLASS, \
    WIN32_BELOW_NORMAL_PRIORITY_CLASS, WIN32_HIGH_PRIORITY_CLASS, WIN32_IDLE_PRIORITY_CLASS, \
    WIN32_NORMAL_PRIORITY_CLASS or WIN32_REALTIME_PRIORITY_CLASS constants";

/// The priority class with this number.
pub(crate) fn priority_class(number: i64) -> Option<PriorityClass> {
    PriorityClass::from_raw(u32::try_from(number).ok()?).ok()
}

impl Numbers {
    /// Checks the numbers in upstream's order; `$details` is argument `number`.
    ///
    /// # Errors
    /// A `ValueError` about the first that is wrong.
    pub(crate) fn check(details: &Details, number: u32) -> Result<Self, Throwable> {
        let refuse = |text: String| Throwable::argument_value(number, &text);
        Ok(Self {
            service_type: choice(details.svc_type, service_type, |given| {
                refuse(format!(
                    "the value {given} for 'svc_type' key is wrong, {USE_SERVICE_TYPE}"
                ))
            })?,
            start_type: choice(details.start_type, StartType::from_raw, |given| {
                refuse(format!(
                    "the value {given} for 'start_type' key is wrong, {USE_START_TYPE}"
                ))
            })?,
            error_control: choice(details.error_control, ErrorControl::from_raw, |given| {
                refuse(format!(
                    "the value {given} for 'error_control' key is wrong, {USE_ERROR_CONTROL}"
                ))
            })?,
            priority: choice(details.base_priority, PriorityClass::from_raw, |given| {
                refuse(format!(
                    "the value {given} for 'base_priority' key is wrong, {USE_PRIORITY}"
                ))
            })?,
            recovery_delay_ms: dword(details.recovery_delay, "recovery_delay", refuse)?,
            recovery_actions: [
                action(details.recovery_actions[0], 1, refuse)?,
                action(details.recovery_actions[1], 2, refuse)?,
                action(details.recovery_actions[2], 3, refuse)?,
            ],
            recovery_reset_secs: dword(
                details.recovery_reset_period,
                "recovery_reset_period",
                refuse,
            )?,
        })
    }
}

/// One of a few numbers, looked at in 64 bits (B29).
fn choice<T>(
    given: Option<i64>,
    from_raw: impl Fn(u32) -> Result<T, ScmError>,
    refuse: impl Fn(i64) -> Throwable,
) -> Result<Option<T>, Throwable> {
    let Some(given) = given else { return Ok(None) };
    u32::try_from(given)
        .ok()
        .and_then(|raw| from_raw(raw).ok())
        .map_or_else(|| Err(refuse(given)), |value| Ok(Some(value)))
}

fn service_type(raw: u32) -> Result<u32, ScmError> {
    match raw {
        16 | 256 | 272 => Ok(raw),
        _ => Err(Win32Error::INVALID_PARAMETER.into()),
    }
}

/// Windows' kind 4 (restart in an own process) is not a constant of the interface (R81).
fn action(
    given: Option<i64>,
    place: u32,
    refuse: impl Fn(String) -> Throwable,
) -> Result<Option<RecoveryActionKind>, Throwable> {
    let known = |raw| match RecoveryActionKind::from_raw(raw) {
        Ok(RecoveryActionKind::OwnRestart) => Err(Win32Error::INVALID_PARAMETER.into()),
        other => other,
    };
    choice(given, known, |given| {
        refuse(format!(
            "the value {given} for 'recovery_action_{place}' key is wrong. {USE_ACTION}"
        ))
    })
}

/// 0 to 4294967295; the limit in the text is upstream's (B29).
fn dword(
    given: Option<i64>,
    key: &str,
    refuse: impl Fn(String) -> Throwable,
) -> Result<Option<u32>, Throwable> {
    let Some(given) = given else { return Ok(None) };
    u32::try_from(given).map(Some).map_err(|_| {
        refuse(format!(
            "the value for key '{key}' must between 0 and {}. Got {given}.",
            i64::MAX
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(details: &Details) -> String {
        match Numbers::check(details, 1) {
            Err(Throwable::ArgumentValue { message, .. }) => message.into_string().unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn b29_large_numbers_are_taken_up_to_32_bits() {
        let of = |delay| Details {
            recovery_delay: Some(delay),
            ..Details::default()
        };
        let delay = |number| Numbers::check(&of(number), 1).unwrap().recovery_delay_ms;
        assert_eq!(delay(3_000_000_000), Some(3_000_000_000));
        assert_eq!(delay(4_294_967_295), Some(u32::MAX));
        assert_eq!(
            text(&of(4_294_967_296)),
            "the value for key 'recovery_delay' must between 0 and 9223372036854775807. \
             Got 4294967296."
        );
    }

    #[test]
    fn b29_numbers_are_not_cut_before_they_are_looked_at() {
        let details = Details {
            svc_type: Some(0x1_0000_0010),
            ..Details::default()
        };
        assert!(text(&details).starts_with("the value 4294967312 for 'svc_type' key is wrong, "));
    }

    #[test]
    fn b27_types_that_the_manager_refuses_pass_here() {
        let details = Details {
            svc_type: Some(256),
            start_type: Some(0),
            ..Details::default()
        };
        let numbers = Numbers::check(&details, 1).unwrap();
        assert_eq!(numbers.service_type, Some(256));
        assert_eq!(numbers.start_type, Some(StartType::Boot));
    }

    #[test]
    fn the_first_wrong_number_in_upstreams_order_is_named() {
        let mut details = Details {
            svc_type: Some(1),
            start_type: Some(8),
            error_control: Some(8),
            base_priority: Some(8),
            recovery_delay: Some(-10),
            recovery_actions: [Some(4), Some(4), Some(4)],
            recovery_reset_period: Some(-10),
            ..Details::default()
        };
        let mut first = |key: &str| {
            assert!(
                text(&details).contains(&format!("'{key}'")),
                "{key}: {}",
                text(&details)
            );
            match key {
                "svc_type" => details.svc_type = None,
                "start_type" => details.start_type = None,
                "error_control" => details.error_control = None,
                "base_priority" => details.base_priority = None,
                "recovery_delay" => details.recovery_delay = None,
                "recovery_action_1" => details.recovery_actions[0] = None,
                "recovery_action_2" => details.recovery_actions[1] = None,
                _ => details.recovery_actions[2] = None,
            }
        };
        for key in [
            "svc_type",
            "start_type",
            "error_control",
            "base_priority",
            "recovery_delay",
            "recovery_action_1",
            "recovery_action_2",
            "recovery_action_3",
            "recovery_reset_period",
        ] {
            first(key);
        }
    }
}
