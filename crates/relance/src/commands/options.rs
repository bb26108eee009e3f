//! Options about the configuration of a service: one for each row of `relance_scm::settings`.
//!
//! `create` and `config` take those of the service and the extensions, `create`, `failure` and
//! `simulate` those of recovery, with the extensions about it. Values are read as the row says, and become a change as JSON, which the
//! API checks like any other.

use clap::builder::TypedValueParser;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};
use relance_scm::recovery_policy::is_of_policies;
use relance_scm::settings::{Section, Setting, Subject, Value, ValueType, all};
use relance_scm::{ScmError, Win32Error};
use relance_texts::help as texts;
use relance_wire::api::ChangeConfigRequest;
use relance_wire::settings::to_json;
use serde_json::{Map, Value as Json};

use crate::cli::{CommandFailure, misfit};
use crate::lang::{lang, say};

/// Everything but the name, the command and what follows a failure.
#[derive(Debug, Default)]
pub(crate) struct ConfigOptions(Given);

/// What follows a failure.
#[derive(Debug, Default)]
pub(crate) struct FailureOptions(Given);

/// What a policy says.
#[derive(Debug, Default)]
pub(crate) struct PolicyOptions(Given);

/// When it is started by the clock.
#[derive(Debug, Default)]
pub(crate) struct ScheduleOptions(Given);

/// The settings that were given, as JSON, in the order of their rows.
#[derive(Debug, Default)]
struct Given(Vec<(&'static Setting, Json)>);

impl ConfigOptions {
    /// The options as a change.
    ///
    /// # Errors
    /// A value that does not fit its setting.
    pub(crate) fn change(&self) -> Result<ChangeConfigRequest, CommandFailure> {
        change([&self.0])
    }

    /// The same, together with what follows a failure.
    ///
    /// # Errors
    /// As for [`Self::change`].
    pub(crate) fn with(
        &self,
        failure: &FailureOptions,
    ) -> Result<ChangeConfigRequest, CommandFailure> {
        change([&self.0, &failure.0])
    }
}

impl ScheduleOptions {
    /// Whether nothing was given.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.0.is_empty()
    }

    /// The options as a change, together with what follows a failure.
    ///
    /// # Errors
    /// A value that does not fit its setting.
    pub(crate) fn with(
        &self,
        failure: &FailureOptions,
    ) -> Result<ChangeConfigRequest, CommandFailure> {
        change([&self.0, &failure.0])
    }
}

impl PolicyOptions {
    /// Whether nothing was given.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.0.is_empty()
    }

    /// The options as a change.
    ///
    /// # Errors
    /// A value that does not fit its setting.
    pub(crate) fn change(&self) -> Result<ChangeConfigRequest, CommandFailure> {
        change([&self.0])
    }
}

impl FailureOptions {
    /// Whether nothing was given.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.0.is_empty()
    }

    /// The options as a change.
    ///
    /// # Errors
    /// A value that does not fit its setting.
    pub(crate) fn change(&self) -> Result<ChangeConfigRequest, CommandFailure> {
        change([&self.0])
    }
}

fn change<const N: usize>(given: [&Given; N]) -> Result<ChangeConfigRequest, CommandFailure> {
    let mut body = Map::new();
    for (setting, json) in given.into_iter().flat_map(|given| &given.0) {
        let place = match setting.section {
            Section::Service => &mut body,
            Section::Recovery => part(&mut body, "recovery"),
            Section::Extensions => part(&mut body, "extensions"),
        };
        place.insert(setting.key.to_owned(), json.clone());
    }
    let change = serde_json::from_value(body.into());
    Ok(change.map_err(misfit)?)
}

/// An object in another one.
fn part<'a>(body: &'a mut Map<String, Json>, name: &str) -> &'a mut Map<String, Json> {
    let part = body.entry(name).or_insert_with(|| Map::new().into());
    part.as_object_mut().expect("it was made as an object")
}

/// Whether a setting is an option of `create` and `config`. The command line has a form of its own in
/// each of them.
fn is_config(setting: &Setting) -> bool {
    !is_failure(setting) && setting.key != "command_line"
}

fn is_failure(setting: &Setting) -> bool {
    setting.section == Section::Recovery || setting.subject == Subject::Recovery
}

fn is_schedule(setting: &Setting) -> bool {
    ["schedule", "when_start_missed", "when_still_running"].contains(&setting.key)
}

macro_rules! options_of_settings {
    ($type:ident, $wanted:ident) => {
        impl Args for $type {
            fn augment_args(command: Command) -> Command {
                all()
                    .filter(|setting| $wanted(setting))
                    .fold(command, |command, setting| command.arg(option(setting)))
            }

            fn augment_args_for_update(command: Command) -> Command {
                Self::augment_args(command)
            }
        }

        impl FromArgMatches for $type {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
                let settings = all().filter(|setting| $wanted(setting));
                let given =
                    settings.filter_map(|setting| Some((setting, given(setting, matches)?)));
                Ok(Self(Given(given.collect())))
            }

            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
                *self = Self::from_arg_matches(matches)?;
                Ok(())
            }
        }
    };
}

options_of_settings!(ConfigOptions, is_config);
options_of_settings!(FailureOptions, is_failure);
options_of_settings!(ScheduleOptions, is_schedule);
options_of_settings!(PolicyOptions, is_of_policies);

/// Settings whose paths may have a `-` before them.
const MAY_BE_MISSING: [&str; 2] = ["environment_files", "read_only_paths"];

/// The option of a setting.
fn option(setting: &'static Setting) -> Arg {
    let arg = Arg::new(setting.option)
        .long(setting.option)
        .value_name(setting.value.placeholder())
        .help(help(setting));
    let arg = match setting.section {
        Section::Extensions => arg.help_heading(setting.subject.words().of(lang())),
        Section::Service | Section::Recovery => arg,
    };
    match setting.value {
        ValueType::Rules | ValueType::Notify => {
            arg.action(ArgAction::Append).value_parser(checked(setting))
        }
        ValueType::List => arg
            .action(ArgAction::Append)
            .allow_hyphen_values(MAY_BE_MISSING.contains(&setting.key)),
        ValueType::Flag => arg
            .num_args(0..=1)
            .default_missing_value("yes")
            .value_parser(parser(setting)),
        // A negative number is accepted as a value here, so that its error can say what to write
        // instead.
        _ => arg
            .allow_negative_numbers(true)
            .value_parser(parser(setting)),
    }
}

fn parser(setting: &'static Setting) -> impl TypedValueParser<Value = Value> {
    clap::builder::StringValueParser::new().try_map(|text| {
        let value = setting.parse(&text);
        value.map_err(|problem| ScmError::new(Win32Error::INVALID_PARAMETER, problem))
    })
}

/// One value of a list, checked here so that its error names the option.
fn checked(setting: &'static Setting) -> impl TypedValueParser<Value = String> {
    clap::builder::StringValueParser::new().try_map(|text| {
        let value = setting.parse(&text);
        let checked = value.map(|_| text);
        checked.map_err(|problem| ScmError::new(Win32Error::INVALID_PARAMETER, problem))
    })
}

fn help(setting: &Setting) -> String {
    let mut about = setting.about.of(lang()).to_owned();
    if setting.section == Section::Extensions {
        about = say(texts::IsExtension { about });
    }
    match setting.value {
        ValueType::List | ValueType::Rules | ValueType::Notify => say(texts::TakesList { about }),
        _ => say(texts::TakesValue { about }),
    }
}

/// What was given for a setting, as JSON.
fn given(setting: &Setting, matches: &ArgMatches) -> Option<Json> {
    if matches!(
        setting.value,
        ValueType::List | ValueType::Rules | ValueType::Notify
    ) {
        let words = matches.get_many::<String>(setting.option)?;
        return Some(words.filter(|word| !word.is_empty()).cloned().collect());
    }
    let value = matches.get_one::<Value>(setting.option)?;
    Some(match value {
        // Texts that Windows has too are cleared by an empty text, not by a missing one.
        Value::Unset if takes_empty_text(setting) => Json::String(String::new()),
        value => to_json(setting, value),
    })
}

fn takes_empty_text(setting: &Setting) -> bool {
    setting.section != Section::Extensions
        && matches!(
            setting.value,
            ValueType::Text | ValueType::Lines | ValueType::Actions
        )
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Both {
        #[command(flatten)]
        config: ConfigOptions,
        #[command(flatten)]
        failure: FailureOptions,
    }

    fn parse(words: &[&str]) -> Result<Both, Error> {
        Both::try_parse_from(["x"].iter().chain(words))
    }

    #[test]
    fn every_setting_can_be_given_and_taken_back() {
        for setting in all().filter(|setting| setting.key != "command_line") {
            let default = (setting.default)().text(setting.value);
            for text in [&default, ""] {
                let word = format!("--{}={text}", setting.option);
                let both = parse(&[&word]).unwrap_or_else(|error| panic!("{error}"));
                let change = both.config.with(&both.failure).expect("a change");
                assert!(change != ChangeConfigRequest::default(), "{word}");
            }
        }
    }

    #[test]
    fn values_are_read_as_people_write_them() {
        let words = [
            "--stop-grace",
            "1m30s",
            "--delayed",
            "--env=A=1",
            "--env=B=2",
            "--priority=",
        ];
        let change = parse(&words).unwrap().config.change().unwrap();
        assert_eq!(change.extensions.unwrap().0["stop_grace_ms"], 90_000);
        assert_eq!(change.delayed_auto_start, Some(true));
        assert_eq!(change.environment.unwrap(), ["A=1", "B=2"]);
        assert_eq!(change.priority, Some(None));
        let error = parse(&["--stop-signal=NOPE"]).unwrap_err().to_string();
        assert!(
            error.contains("--stop-signal") && error.contains("TERM"),
            "{error}"
        );
    }
}
