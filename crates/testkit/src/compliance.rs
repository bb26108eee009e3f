//! Compliance scenarios: the semantics of recovery as data, played against any subject.
//!
//! A scenario (`compliance/*.scenario`) has a head of `key: value` lines, a line `---`, and a body. A line of the
//! body is either a happening in the language of `relance simulate` or begins with `expect`; an entry of the log that
//! no line expects fails the scenario. Entries that Windows does not have count only if the scenario names their
//! numbers. `compliance/README.md` describes the format.

mod actor;
mod begin;
#[cfg(unix)]
mod engine;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use relance_policy::simulate::{Happening, Moment, Occurrence, Script, Simulation};
use relance_scm::config::{Extensions, ExtensionsChange};
use relance_scm::duration::{self, Bare};
use relance_scm::event::parameter_names;
use relance_scm::failure_actions::{ActionList, parse_reset_period};
use relance_scm::settings::find_extension;
use relance_scm::{ServiceConfig, ServiceKind, ServiceName, ServiceState};

pub use actor::Actor;
pub use begin::Begin;
#[cfg(unix)]
pub use engine::EngineSubject;

/// One scenario.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// `V1`
    pub id: String,
    /// What is configured.
    pub config: ServiceConfig,
    /// The date and time at its beginning, if that counts.
    pub begin: Option<Begin>,
    /// What happens and what is expected.
    pub steps: Vec<Step>,
    path: PathBuf,
}

/// One line of a scenario.
#[derive(Clone, Debug)]
pub enum Step {
    /// Something happens.
    Happen(Moment),
    /// The next entry of the log is this one.
    Expect(Expectation),
    /// The log holds nothing that was not expected.
    ExpectNothing,
    /// The service is in this state.
    ExpectState(ServiceState),
    /// The counter has this value.
    ExpectCount(u32),
}

/// An entry of the log, by its id and some of its parameters.
#[derive(Clone, Debug)]
pub struct Expectation {
    id: u32,
    parameters: Vec<(usize, String)>,
    text: String,
}

/// An entry of the log as every subject can show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedEvent {
    /// The number of the entry.
    pub id: u32,
    /// Its insertion parameters.
    pub parameters: Vec<String>,
}

/// Whether all scenarios speak of entries with this id: those that Windows has, but not 7035, 7036, 7040 and 7045.
fn is_expected(event_id: u32) -> bool {
    (7000..8000).contains(&event_id) && !matches!(event_id, 7035 | 7036 | 7040 | 7045)
}

/// Something that plays scenarios: the policy alone, an engine, real processes, a real SCM.
pub trait Subject {
    /// Sets the wall clock, before the service is installed.
    fn begin_at(&mut self, begin: &Begin);
    /// Installs the service of a scenario, stopped.
    fn install(&mut self, config: &ServiceConfig);
    /// Lets something happen and waits until all that follows at once has followed.
    fn happen(&mut self, moment: &Moment);
    /// All entries of the log about the service so far.
    fn log(&mut self) -> Vec<LoggedEvent>;
    /// The state of the service.
    fn state(&mut self) -> ServiceState;
    /// The counter of failures.
    fn failure_count(&mut self) -> u32;
}

impl Scenario {
    /// Every scenario of the project, sorted by file name.
    #[must_use]
    pub fn all() -> Vec<Self> {
        Self::all_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../compliance"))
    }

    /// Every scenario in a folder, sorted by file name.
    #[must_use]
    pub fn all_in(folder: &Path) -> Vec<Self> {
        let mut paths: Vec<PathBuf> = fs::read_dir(folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .map(|entry| entry.expect("a readable folder").path())
            .filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "scenario")
            })
            .collect();
        paths.sort();
        assert!(!paths.is_empty(), "no scenarios in {}", folder.display());
        paths.into_iter().map(|path| Self::read(&path)).collect()
    }

    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("a readable scenario");
        let (head, body) = text
            .split_once("\n---\n")
            .unwrap_or_else(|| panic!("{}: no line ---", path.display()));
        let value = |key: &str| {
            head.lines()
                .find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))
                .map(str::trim)
        };
        let id = value("id")
            .unwrap_or_else(|| panic!("{}: no id", path.display()))
            .to_owned();
        let name = ServiceName::new(format!("scenario-{id}")).expect("a legal name");
        let mut config = ServiceConfig::new(name, "scenario");
        if value("kind") == Some("program") {
            config.kind = ServiceKind::Program;
        }
        let actions: ActionList = value("actions")
            .unwrap_or_default()
            .parse()
            .expect("actions");
        config.failure_actions.actions = actions.0.into();
        let reset = value("reset").unwrap_or("0");
        config.failure_actions.reset_period = parse_reset_period(reset).expect("reset");
        config.failure_actions.command = value("command").unwrap_or_default().into();
        config.failure_actions_on_non_crash_failures = value("flag") == Some("on");
        config.extensions = settings(path, value("set").unwrap_or_default());
        let steps = body
            .lines()
            .map(|line| line.split('#').next().unwrap_or_default().trim())
            .filter(|line| !line.is_empty())
            .flat_map(|line| steps(path, line))
            .collect();
        Self {
            id,
            begin: value("begin").map(Begin::new),
            config,
            steps,
            path: path.to_owned(),
        }
    }

    /// Plays the scenario.
    ///
    /// # Errors
    /// The first line that does not hold, with what was seen instead.
    pub fn play(&self, subject: &mut dyn Subject) -> Result<(), String> {
        if let Some(begin) = &self.begin {
            subject.begin_at(begin);
        }
        subject.install(&self.config);
        let mut seen = 0;
        for step in self.steps.iter().chain([&Step::ExpectNothing]) {
            if let Step::Happen(moment) = step {
                subject.happen(moment);
                continue;
            }
            self.check(step, subject, &mut seen)?;
        }
        Ok(())
    }

    /// Whether a line of it expects an entry of this kind.
    fn names(&self, event_id: u32) -> bool {
        let mut steps = self.steps.iter();
        steps.any(|step| matches!(step, Step::Expect(expected) if expected.id == event_id))
    }

    fn check(
        &self,
        step: &Step,
        subject: &mut dyn Subject,
        seen: &mut usize,
    ) -> Result<(), String> {
        let mut log = subject.log();
        log.retain(|event| is_expected(event.id) || self.names(event.id));
        let fail = |expected: &str, got: String| {
            let file = self.path.file_name().unwrap_or_default().to_string_lossy();
            Err(format!(
                "{file}: expected {expected}, got {got}\nlog: {log:#?}"
            ))
        };
        match step {
            Step::Happen(_) => Ok(()),
            Step::Expect(expectation) => match log.get(*seen) {
                Some(event) if expectation.is_met_by(event) => {
                    *seen += 1;
                    Ok(())
                }
                other => fail(&expectation.text, format!("{other:?} as entry {seen}")),
            },
            Step::ExpectNothing if log.len() > *seen => {
                fail("nothing", format!("{:?}", log[*seen]))
            }
            Step::ExpectNothing => Ok(()),
            Step::ExpectState(state) => match subject.state() {
                got if got == *state => Ok(()),
                got => fail(state.name(), got.name().to_owned()),
            },
            Step::ExpectCount(count) => match subject.failure_count() {
                got if got == *count => Ok(()),
                got => fail(&format!("count {count}"), got.to_string()),
            },
        }
    }
}

impl Expectation {
    fn is_met_by(&self, event: &LoggedEvent) -> bool {
        self.id == event.id
            && self.parameters.iter().all(|(index, value)| {
                event
                    .parameters
                    .get(*index)
                    .is_some_and(|got| got.trim_start_matches('%') == value)
            })
    }
}

/// Settings beyond Windows: `fail_on_exit=1; ready_after_ms=1s`.
fn settings(path: &Path, line: &str) -> Extensions {
    let mut change = ExtensionsChange::default();
    for part in line
        .split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        let (key, text) = part.split_once('=').unwrap_or((part, ""));
        let setting =
            find_extension(key).unwrap_or_else(|| panic!("{}: no setting {key}", path.display()));
        let value = setting.value.parse(text);
        let value = value.unwrap_or_else(|why| panic!("{}: {key}: {why}", path.display()));
        change.add(setting, Some(value));
    }
    let mut extensions = Extensions::default();
    extensions.apply(&change);
    extensions
}

fn steps(path: &Path, line: &str) -> Vec<Step> {
    let words: Vec<&str> = line.split_whitespace().collect();
    if let ["expect", rest @ ..] = words.as_slice() {
        let step =
            expectation(rest).unwrap_or_else(|| panic!("{}: cannot read {line:?}", path.display()));
        return vec![step];
    }
    let script: Script = line
        .parse()
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    script.moments.into_iter().map(Step::Happen).collect()
}

fn expectation(words: &[&str]) -> Option<Step> {
    match words {
        ["nothing"] => Some(Step::ExpectNothing),
        ["state", state] => Some(Step::ExpectState(ServiceState::from_name(state)?)),
        ["count", count] => Some(Step::ExpectCount(count.parse().ok()?)),
        [id, rest @ ..] => {
            let id = id.parse().ok()?;
            let parameters = rest
                .iter()
                .map(|word| {
                    let (name, value) = word.split_once('=')?;
                    Some((parameter(id, name)?, stored(name, value)?))
                })
                .collect::<Option<_>>()?;
            Some(Step::Expect(Expectation {
                id,
                parameters,
                text: words.join(" "),
            }))
        }
        [] => None,
    }
}

/// Where a parameter stands among the insertion parameters of an entry.
fn parameter(id: u32, name: &str) -> Option<usize> {
    Some(match (id, name) {
        (7031 | 7034, "count") | (7000 | 7023, "error") | (7024, "code") => 1,
        (7031, "delay") => 2,
        (7032, "error") => 3,
        (7009 | 7011, "ms") => 0,
        _ => {
            let mut names = parameter_names(id).iter();
            names.position(|known| *known == name)?
        }
    })
}

/// A value as an entry keeps it: `time=20s` is in milliseconds there.
fn stored(name: &str, value: &str) -> Option<String> {
    if name != "time" {
        return Some(value.to_owned());
    }
    let time = duration::parse(value, Bare::Seconds)?;
    Some(time.as_millis().to_string())
}

/// The policy alone, in virtual time.
#[derive(Default)]
pub struct PolicySubject {
    simulation: Option<Simulation>,
    begin: Option<Begin>,
}

impl PolicySubject {
    fn simulation(&mut self) -> &mut Simulation {
        self.simulation
            .as_mut()
            .expect("a scenario installs its service first")
    }
}

impl Subject for PolicySubject {
    fn begin_at(&mut self, begin: &Begin) {
        self.begin = Some(begin.clone());
    }

    fn install(&mut self, config: &ServiceConfig) {
        let of_service = Arc::new(config.clone());
        self.simulation = Some(match &self.begin {
            None => Simulation::new(of_service),
            Some(begin) => {
                let simulation = Simulation::at(of_service, begin.second_of_day());
                match begin.clock(config) {
                    Some(clock) => simulation.with(clock),
                    None => simulation,
                }
            }
        });
    }

    fn happen(&mut self, moment: &Moment) {
        let simulation = self.simulation();
        let known = simulation.timeline().entries.len();
        simulation.play(moment);
        // What does not run refuses a stop.
        let may_refuse = moment.what == Happening::StopNow;
        let ignored = simulation.timeline().entries[known..].iter().find(|entry| {
            matches!(entry.what, Occurrence::Ignored(_))
                || matches!(entry.what, Occurrence::Refused(_)) && !may_refuse
        });
        assert!(
            ignored.is_none(),
            "the scenario asks for what cannot happen: {ignored:?}"
        );
        simulation.record().check_laws().expect("the laws hold");
    }

    fn log(&mut self) -> Vec<LoggedEvent> {
        let entries = self.simulation().timeline().entries.iter();
        entries
            .filter_map(|entry| match &entry.what {
                Occurrence::Logged(event) => Some(LoggedEvent {
                    id: event.id(),
                    parameters: event.parameters("service", "service"),
                }),
                _ => None,
            })
            .collect()
    }

    fn state(&mut self) -> ServiceState {
        self.simulation().record().state
    }

    fn failure_count(&mut self) -> u32 {
        self.simulation().record().failure_count
    }
}
