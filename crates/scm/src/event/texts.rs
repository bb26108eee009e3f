//! Our sentences for the entries of the log, with `%1` to `%5` for the parameters (E11: the wording
//! is ours, ids and parameters are Windows').

use std::time::Duration;

use super::EventSource;
use crate::duration::Human;
use crate::win32::Win32Error;

/// The sentence of an entry, from its id and its stored parameters.
///
/// An id without a sentence (written by a newer version, or by a service itself) is shown as its
/// parameters.
#[must_use]
pub fn render(source: EventSource, id: u32, parameters: &[String]) -> String {
    let template = match source {
        EventSource::ServiceControlManager | EventSource::Relance => template(id),
        EventSource::Application => None,
    };
    match template {
        Some(template) => fill(template, &readable(id, parameters)),
        None => parameters.join(" "),
    }
}

/// The parameters of an entry as people read them: times with their units, and the code in 7024 as a
/// number. That code is the service's own (E4); Windows' viewer shows the text that it would have as one
/// of Windows' errors, which misleads.
#[must_use]
pub fn readable(id: u32, parameters: &[String]) -> Vec<String> {
    let mut parameters = parameters.to_vec();
    let time = match id {
        7009 | 7011 => Some(0),
        1003 | 1004 | 1021 => Some(1),
        7031 => Some(2),
        _ => None,
    };
    if let Some(time) = time.and_then(|at| parameters.get_mut(at))
        && let Ok(ms) = time.parse()
    {
        *time = Human(Duration::from_millis(ms)).to_string();
    }
    if let (7024, Some(code)) = (id, parameters.get_mut(1)) {
        *code = code.trim_start_matches('%').to_owned();
    }
    parameters
}

/// The sentence for the entries of a kind, with `%1` to `%5` for their parameters; `None` for an id
/// that is not ours to write.
#[must_use]
pub fn template(id: u32) -> Option<&'static str> {
    own(id)
        .or_else(|| own_of_starts(id))
        .or_else(|| of_windows(id))
}

/// Entries that Windows does not have.
fn own(id: u32) -> Option<&'static str> {
    Some(match id {
        1001 => {
            "%1 ended with status %2, which asks for a new start. It is started again; this is not a failure and does not count."
        }
        1002 => "%1 was ended by force because somebody asked for it. This is not a failure.",
        1003 => "%1 did not end within %2 after it was asked to stop, and was killed.",
        1004 => {
            "The process of %1 still ran %2 after it had reported that it stopped, and was killed. This is not a failure."
        }
        1005 => "%1 was still running when the manager came back; process %2 was taken over.",
        1006 => {
            "Process %2 seems to belong to %1 but could not be taken over; it was left alone, and %1 is not started while it runs."
        }
        1007 => {
            "%1 ended. Its exit status is unknown, because the manager that had started it was gone."
        }
        1008 => {
            "A password was given for the account of %1. This manager needs none and did not keep it."
        }
        1009 => "A pending recovery action of %1 was cancelled: %2.",
        1010 => "%1 was deleted.",
        1011 => {
            "%1 stopped cleanly although its script ended with an error (%2), so nothing is recovered. With the ini setting win32service.errors_are_failures=1 such an end is a failure."
        }
        1021 => {
            "%1 did not end within %2 after the manager, which stops itself, had told it to stop, and was killed. This is not a failure."
        }
        1022 => {
            "%1 had not connected when the manager stopped, so it could not be asked to stop, and was killed. This is not a failure."
        }
        1101 => "The service manager has started. Failure counters begin at zero.",
        1102 => {
            "The engine of the service manager ended and was started again. No service was disturbed."
        }
        1103 => {
            "The service database cannot be written: %1. Recovery goes on from memory; configuration changes are refused until there is space again."
        }
        1104 => {
            "The service database can be written again. Entries of the log that were lost meanwhile: %1."
        }
        1105 => "The service manager is shutting down and stops the services.",
        1106 => "Something is wrong with the files of the service database: %1.",
        1107 => "The service database was written again from what the manager knows. %1.",
        1108 => "The service %1 was not loaded, and what runs of it is left alone: %2.",
        1109 => {
            "The service manager ended without stopping its services and was started again. It goes on with those that run."
        }
        1110 => {
            "The service manager's engine had not answered for %1 seconds and was replaced. No service was disturbed."
        }
        1131 => "There is no web console: %1. The manager runs without it and tries again.",
        1132 => "The web console works again.",
        1133 => {
            "A sign-in to the web console was refused, the last one from %1. Sign-ins refused since the entry before: %2."
        }
        _ => return None,
    })
}

/// Those about starts, and what exit statuses ask for.
fn own_of_starts(id: u32) -> Option<&'static str> {
    Some(match id {
        1031 => {
            "%1 ended with status %2, which asks for a new start, more often than its limit allows. This counts as a failure."
        }
        1032 => {
            "%1 ended with status %2, after which it stays stopped (no-restart-on-exit). No action follows."
        }
        _ => return None,
    })
}

fn of_windows(id: u32) -> Option<&'static str> {
    Some(match id {
        7000 => "%1 could not be started: %2.",
        7001 => "%1 was not started, because %2, which it needs, did not start: %3.",
        7002 => {
            "%1 was not started, because no service of the group %2, which it needs, is running."
        }
        7003 => "%1 was not started, because %2, which it needs, does not exist.",
        7009 => "%2 did not connect to the service manager within %1.",
        7011 => "%2 did not answer a control within %1.",
        7012 => {
            "%1 sent something over its control channel that is not valid; the channel was closed."
        }
        7016 => "%1 reported the state %2, which does not exist.",
        7017 => "%1 was not started, because it depends on itself through other services.",
        7019 => "%1 needs a service in a group that starts later.",
        7020 => "%1 needs a group that starts later.",
        7022 => "%1 hangs while it starts. It is left alone; services after it are started.",
        7023 => "%1 stopped with an error: %2.",
        7024 => "%1 stopped with an error code of its own: %2.",
        7031 => "%1 failed unexpectedly. Failures so far: %2. Next action in %3: %5.",
        7032 => "An action after the unexpected failure of %3 could not be carried out (%2): %4.",
        7034 => "%1 failed unexpectedly. Failures so far: %2. No action follows.",
        7035 => "The control %2 was sent to %1.",
        7036 => "%1 is now %2.",
        7038 => "%1 could not use its account %2: %3.",
        7039 => "%1 was started as process %2, but process %3 connected.",
        7040 => "The start type of %1 was changed from %2 to %3.",
        7043 => "%1 did not stop in time after it was told that the system shuts down.",
        7045 => "The service %1 was installed. Command line: %2; start type: %4; account: %5.",
        _ => return None,
    })
}

/// Puts the parameters in; `%%1053` inside a parameter becomes the text of that error (E3).
fn fill(template: &str, parameters: &[String]) -> String {
    let mut text = String::with_capacity(template.len() + 64);
    let mut rest = template;
    while let Some(at) = rest.find('%') {
        text.push_str(&rest[..at]);
        let number = rest[at + 1..]
            .chars()
            .next()
            .and_then(|c| c.to_digit(10))
            .unwrap_or(0);
        match parameters.get((number as usize).wrapping_sub(1)) {
            Some(parameter) => text.push_str(&resolve(parameter)),
            None => text.push('?'),
        }
        rest = &rest[(at + 2).min(rest.len())..];
    }
    text.push_str(rest);
    text
}

fn resolve(parameter: &str) -> String {
    let Some(number) = parameter.strip_prefix("%%") else {
        return parameter.to_owned();
    };
    let code = number
        .parse::<i64>()
        .ok()
        .and_then(|n| u32::try_from(n & 0xFFFF_FFFF).ok());
    match code {
        Some(code) if Win32Error::from_raw(code).name().is_some() => {
            format!("{} ({code})", Win32Error::from_raw(code).text())
        }
        Some(code) => code.to_string(),
        None => parameter.to_owned(),
    }
}
