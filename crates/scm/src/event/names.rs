//! What the parameters of an entry are, in their order in the log: the names that its sentence in the
//! catalogue (`event.ftl`) gives them. A name also says how its value is shown: `time` is
//! milliseconds.

use std::time::Duration;

use relance_texts::{Message, Sentence, Size, Value, Words, word};

use crate::cause::EndCause;
use crate::ceiling::Ceiling;
use crate::config::StartType;
use crate::failure_actions::RecoveryActionKind;
use crate::settings;
use crate::state::ServiceState;
use crate::win32::Win32Error;

/// The names of an entry's parameters; `_` for one that its sentence does not take.
#[must_use]
pub fn parameter_names(event_id: u32) -> &'static [&'static str] {
    names(event_id)
}

pub(super) fn names(event_id: u32) -> &'static [&'static str] {
    match event_id {
        1001 | 1031 | 1032 | 1041 => &["service", "status"],
        1003 | 1004 | 1012 | 1021 | 1033 | 1034 | 1049 => &["service", "time"],
        1005 | 1006 => &["service", "process"],
        1009 => &["service", "action"],
        1011 => &["service", "cause"],
        1026 => &["service", "problem"],
        1046 => &["service", "limits"],
        1063 | 1146 => &["service", "problem"],
        1064 => &["service", "size"],
        1013 | 1014 => &["service", "text"],
        1103 | 1106 | 1111 | 1131 => &["problem"],
        1047 => &["service", "ceiling"],
        1104 => &["count"],
        1107 => &["files"],
        1108 => &["service", "problem"],
        1110 => &["seconds"],
        1133 => &["from", "count"],
        1024 | 1048 | 7000 | 7023 => &["service", "error"],
        7001 => &["service", "dependency", "error"],
        7002 => &["service", "group"],
        7003 | 1071..=1074 => &["service", "dependency"],
        1142 => &["service", "dependency", "time"],
        7009 | 7011 => &["time", "service"],
        7016 => &["service", "number"],
        7024 => &["service", "code"],
        7031 => &["service", "count", "time", "_", "action"],
        7032 => &["_", "action", "service", "error"],
        7034 => &["service", "count"],
        7035 => &["service", "control"],
        7036 => &["service", "state"],
        7038 => &["service", "account", "error"],
        7039 => &["service", "launched", "connected"],
        7040 => &["service", "old", "new", "_"],
        7045 => &["service", "command", "_", "start", "account"],
        1147 => &["service"],
        1153 => &["service", "settings"],
        1155 => &["service", "count", "time"],
        1156 | 1162 => &["target", "problem"],
        1157 | 1161 => &["target"],
        1158 => &["target", "count"],
        1159 => &["problem"],
        1176 => &["service", "action", "budget", "time"],
        1177 => &["service", "action", "budget"],
        1160 => &["target", "caller"],
        1163 | 1165 => &["policy"],
        1164 => &["policy", "count"],
        1166 => &["policy", "problem"],
        1101..1200 => &[],
        _ => &["service"],
    }
}

/// A stored parameter as people read it. One that does not fit its name is shown as it stands there: the
/// code in 7024 is the service's own (E4), although Windows' viewer shows the text of one of its errors.
pub(super) fn value(name: &str, parameter: &str) -> Value {
    known(name, parameter).unwrap_or_else(|| parameter.into())
}

fn known(name: &str, parameter: &str) -> Option<Value> {
    let words = |words: Words| Some(words.into());
    match name {
        "time" => Some(Duration::from_millis(parameter.parse().ok()?).into()),
        "count" | "seconds" => Some(parameter.parse::<u64>().ok()?.into()),
        "code" => Some(parameter.trim_start_matches('%').into()),
        "error" | "files" => error(parameter),
        "problem" => error(parameter).or_else(|| Some(problem(parameter).into())),
        "size" => Some(Size(parameter.parse().ok()?).into()),
        "settings" => Some(labels(parameter).into()),
        "ceiling" => Some(Ceiling::read(parameter)?.into()),
        "cause" => Some((&EndCause::read(parameter)?).into()),
        "action" => {
            let mut kinds = RecoveryActionKind::ALL.into_iter();
            Some(kinds.find(|kind| kind.label() == parameter)?.into())
        }
        "state" => {
            let mut states = ServiceState::ALL.into_iter();
            match states.find(|state| state.word() == parameter)? {
                ServiceState::Running => words(word::ENTERED_RUNNING),
                ServiceState::Paused => words(word::ENTERED_PAUSED),
                ServiceState::Stopped => words(word::ENTERED_STOPPED),
                _ => None,
            }
        }
        "old" | "new" | "start" => {
            let mut types = StartType::ALL.iter();
            words(match types.find(|start| start.log_word() == parameter)? {
                StartType::Boot => word::START_BOOT,
                StartType::System => word::START_SYSTEM,
                StartType::Auto => word::START_AUTO,
                StartType::Demand => word::START_DEMAND,
                StartType::Disabled => word::START_DISABLED,
            })
        }
        _ => None,
    }
}

/// The names for people of settings that are stored as keys. A key of another version stays as it is.
fn labels(keys: &str) -> Vec<Value> {
    let label = |key: &str| match settings::all().find(|setting| setting.key == key) {
        Some(setting) => setting.label.into(),
        None => key.into(),
    };
    keys.split(", ").map(label).collect()
}

/// What is wrong, which the log and queues keep in English.
#[must_use]
pub fn problem(english: &str) -> Sentence {
    const AREAS: [&str; 9] = [
        "cause", "database", "error", "file", "output", "place", "setting", "start", "target",
    ];
    Sentence::recognised(english, &AREAS)
}

/// `%%1053` stands for the text of that error (E3); any other code is shown as its number.
fn error(parameter: &str) -> Option<Value> {
    let number: i64 = parameter.strip_prefix("%%")?.parse().ok()?;
    let code = u32::try_from(number & i64::from(u32::MAX)).ok()?;
    let text = Win32Error::from_raw(code);
    Some(match text.name() {
        Some(_) => word::Error { text, code }.text().into(),
        None => code.into(),
    })
}
