//! Files of scenarios. The services that they name stand in files of their own, as for `relance apply`.

use std::path::{Path, PathBuf};

use relance_policy::simulate::Script;
use relance_scm::ScmError;
use relance_scm::ServiceConfig;
use relance_scm::ServiceState;
use relance_scm::event_log::Timestamp;
use relance_scm::notice::NoticeKind;
use relance_texts::{Sentence, apply, command, quoted};
use serde::Deserialize;

use super::choice::{Choice, of_failure};
use super::expectation::{Expectation, Expected, Never};
use super::invariant::{Invariant, WrittenInvariant};
use crate::cli::{CommandFailure, usage};
use crate::service_files;
use crate::text::{duration, moment_from};

/// A file, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    /// Files for `relance apply`.
    services: Vec<PathBuf>,
    #[serde(default)]
    scenario: Vec<WrittenScenario>,
    #[serde(default)]
    invariant: Vec<WrittenInvariant>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenScenario {
    name: String,
    service: Option<String>,
    policy: Option<String>,
    script: String,
    begins: Option<String>,
    expect: Option<Vec<String>>,
    #[serde(default)]
    never: Vec<String>,
    down_at_most: Option<String>,
    ends: Option<String>,
    told: Option<Vec<String>>,
}

/// What a file says.
pub(super) struct Tests {
    pub(super) scenarios: Vec<Scenario>,
    pub(super) invariants: Vec<Invariant>,
}

/// A scenario of one of its services or policies.
pub(super) struct Scenario {
    pub(super) name: String,
    /// What it is played on.
    pub(super) config: ServiceConfig,
    pub(super) script: Script,
    /// When it begins; without it schedules start nothing.
    pub(super) begins: Option<Timestamp>,
    pub(super) expectation: Expectation,
}

/// Reads a file, and the files of services that it names, which are looked for beside it.
pub(super) fn read(path: &Path) -> Result<Tests, CommandFailure> {
    let text = service_files::read_text(path)?;
    let written: Written = toml::from_str(&text).map_err(|error| not_read(path, &text, &error))?;
    if written.scenario.is_empty() && written.invariant.is_empty() {
        let name = path.display().to_string();
        return Err(usage(command::TestOfNothing { name }));
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let files: Vec<PathBuf> = written
        .services
        .iter()
        .map(|file| folder.join(file))
        .collect();
    let choice = Choice::of(&files)?;
    let scenarios = written.scenario.into_iter();
    let scenarios = scenarios.map(|scenario| read_scenario(scenario, &choice));
    let invariants = written.invariant.into_iter();
    let invariants = invariants.map(|invariant| invariant.read(&choice));
    Ok(Tests {
        scenarios: scenarios.collect::<Result<_, _>>()?,
        invariants: invariants.collect::<Result<_, _>>()?,
    })
}

/// A file that is wrong: where, and what its reader says. Status 1 is for scenarios that do not hold.
fn not_read(path: &Path, text: &str, error: &toml::de::Error) -> CommandFailure {
    let at = error.span().map_or(0, |span| span.start);
    let place = service_files::place(path, text, at);
    let problem = service_files::not_toml(error);
    usage(apply::At { place, problem })
}

fn read_scenario(written: WrittenScenario, choice: &Choice) -> Result<Scenario, CommandFailure> {
    let of = |problem: Sentence| {
        let scenario = quoted(&written.name);
        usage(command::TestOf { scenario, problem })
    };
    let config = choice.find(written.service.as_deref(), written.policy.as_deref());
    let config = config.map_err(of)?;
    let script = written.script.parse::<Script>();
    let script = script.map_err(|error| of(error.to_sentence()))?;
    let word = |text: &str| of(command::TestNoWord { text: quoted(text) }.into());
    let expect = written.expect.as_ref().map(|list| {
        let read = |text: &String| Expected::read(text).ok_or_else(|| word(text));
        list.iter().map(read).collect::<Result<Vec<_>, _>>()
    });
    let never = written.never.iter();
    let never = never.map(|text| Never::read(text).ok_or_else(|| word(text)));
    let ends = match written.ends.as_deref() {
        None => None,
        Some("running") => Some(ServiceState::Running),
        Some("stopped") => Some(ServiceState::Stopped),
        Some(other) => return Err(word(other)),
    };
    let down = written.down_at_most.as_deref().map(duration).transpose();
    let begins = written.begins.as_deref().map(moment_from).transpose();
    let of_scenario = |failure| of_failure(failure, of);
    let expectation = Expectation {
        actions: expect.transpose()?,
        never: never.collect::<Result<_, _>>()?,
        down_at_most: down.map_err(of_scenario)?,
        ends,
        told: told(&written).map_err(|error| of(error.to_sentence()))?,
    };
    if expectation == Expectation::default() {
        return Err(of(command::TEST_EXPECTS_NOTHING.into()));
    }
    Ok(Scenario {
        config,
        script,
        begins: begins.map_err(of_scenario)?,
        expectation,
        name: written.name,
    })
}

/// The notices that are expected.
fn told(written: &WrittenScenario) -> Result<Option<Vec<NoticeKind>>, ScmError> {
    let words = written.told.as_ref();
    let told = words.map(|words| words.iter().map(|word| word.parse()).collect());
    told.transpose()
}
