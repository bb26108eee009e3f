//! Texts that people and programs write, and what they become.

use relance_policy::simulate::{ENTRIES_MAX, Script, simulate};
use relance_scm::config::{Affinity, Dependency, EnvironmentVariable};
use relance_scm::failure_actions::{ActionList, FailureActions, parse_reset_period};
use relance_scm::security::{SecurityDescriptor, Sid};
use relance_scm::{RunId, ServiceConfig, ServiceName, command_line as line};

fn text(input: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(input)
}

/// What is read can be printed, and read again it is the same.
fn survives<T>(text: &str) -> Option<T>
where
    T: std::str::FromStr + std::fmt::Display + PartialEq + std::fmt::Debug,
{
    let value = text.parse::<T>().ok()?;
    let printed = value.to_string();
    let Ok(again) = printed.parse::<T>() else {
        panic!("{printed:?} cannot be read")
    };
    assert_eq!(again, value, "{printed:?}");
    Some(value)
}

/// A descriptor survives, and gives the same rights to everybody.
pub(super) fn sddl(input: &[u8]) {
    let Some(descriptor) = survives::<SecurityDescriptor>(&text(input)) else {
        return;
    };
    let everybody: Vec<Sid> = descriptor.dacl.iter().map(|ace| ace.sid.clone()).collect();
    let rights = descriptor.effective_rights(&everybody);
    let again: SecurityDescriptor = descriptor.to_string().parse().expect("it survived");
    assert_eq!(again.effective_rights(&everybody), rights);
    // Nobody whom no entry names has a right.
    let stranger = Sid::UnixUser(u32::MAX);
    if !everybody.contains(&stranger) {
        assert_eq!(descriptor.effective_rights(&[stranger]).to_raw(), 0);
    }
}

/// Words survive being joined and split.
pub(super) fn command_line(input: &[u8]) {
    let given = text(input);
    let words = line::split(&given);
    let total: usize = words.iter().map(String::len).sum();
    assert!(total <= given.len(), "longer than it was");
    assert_eq!(line::split(&line::join(&words)), words);
    // Any words do, but for some quotes in the first, which have no way to be written.
    let lines: Vec<&str> = given.split('\n').collect();
    if !lines[0].contains('"') {
        assert_eq!(line::split(&line::join(&lines)), lines);
    }
}

/// Actions and periods in `sc`'s notation.
pub(super) fn failure_actions(input: &[u8]) {
    let given = text(input);
    survives::<ActionList>(&given);
    if let Ok(period) = parse_reset_period(&given) {
        assert_eq!(parse_reset_period(&period.to_string()), Ok(period));
    }
}

/// The small words of a configuration, of a path, and of the environment of a process.
pub(super) fn names(input: &[u8]) {
    let given = text(input);
    if let Ok(name) = ServiceName::new(&*given) {
        assert_eq!(ServiceName::new(name.key()).expect("a legal name"), name);
    }
    if let Ok(dependency) = Dependency::parse(&given) {
        assert_eq!(Dependency::parse(&dependency.to_string()), Ok(dependency));
    }
    if let Ok(variable) = EnvironmentVariable::parse(&given) {
        let printed = format!("{}={}", variable.name(), variable.value());
        assert_eq!(EnvironmentVariable::parse(&printed), Ok(variable));
    }
    survives::<RunId>(&given);
    survives::<Affinity>(&given);
}

/// Nothing that a terminal obeys is left in text that is shown, and harmless text is shown as it is.
pub(super) fn shown(input: &[u8]) {
    let given = text(input);
    let shown = relance::fuzzing::shown(&given);
    let obeys =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    assert!(!shown.contains(obeys), "{shown:?}");
    if given.chars().all(relance_texts::is_harmless) {
        assert_eq!(shown, given);
    }
}

/// The first line holds recovery actions, the others a script that is played with them.
pub(super) fn script(input: &[u8]) {
    let given = text(input);
    let (actions, script) = given.split_once('\n').unwrap_or(("", &given));
    let Ok(script) = script.parse::<Script>() else {
        return;
    };
    let name = ServiceName::new("fuzzed").expect("a legal name");
    let mut config = ServiceConfig::new(name, "fuzzed");
    config.failure_actions = FailureActions {
        actions: actions.parse::<ActionList>().unwrap_or_default().0.into(),
        ..FailureActions::default()
    };
    let timeline = simulate(&config, &script);
    assert!(timeline.entries.len() <= ENTRIES_MAX + 16);
    assert!(timeline.entries.is_sorted_by_key(|entry| entry.at));
    assert!(
        timeline
            .entries
            .last()
            .is_none_or(|last| last.at <= timeline.end)
    );
    for entry in timeline.entries.iter().take(1000) {
        assert!(!entry.what.sentence("fuzzed").is_empty());
    }
}
