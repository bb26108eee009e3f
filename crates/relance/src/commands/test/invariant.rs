//! A promise about any scenario: what must never happen, and how soon the service is up again. It is tried on random
//! scenarios; of one that breaks it the smallest that breaks the same promise is shown.

use std::time::Duration;

use relance_policy::Time;
use relance_policy::simulate::{Happening, Moment, Occurrence, Script, Timeline, When, simulate};
use relance_scm::ServiceConfig;
use relance_scm::event_log::Timestamp;
use relance_texts::{Message, Sentence, Text, command, quoted, shown};
use serde::Deserialize;

use super::choice::{Choice, of_failure};
use super::expectation::Never;
use super::random::{self, Odds};
use super::shrink;
use crate::cli::{CommandFailure, usage};
use crate::played::play;
use crate::text::{duration, moment_from, second_of_day};

/// Scenarios of an invariant that does not say how many.
const SCENARIOS: u32 = 200;
/// Failures of a scenario at the most, if it does not say.
const FAILURES: u32 = 10;

/// As it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenInvariant {
    name: String,
    service: Option<String>,
    policy: Option<String>,
    #[serde(default)]
    never: Vec<String>,
    #[serde(default)]
    always: Vec<String>,
    begins: Option<String>,
    causes: Option<Vec<String>>,
    failures: Option<u32>,
    scenarios: Option<u32>,
    seed: Option<u64>,
}

/// See the module.
pub(super) struct Invariant {
    pub(super) name: String,
    /// What it is tried on.
    pub(super) config: ServiceConfig,
    never: Vec<Never>,
    always: Vec<Always>,
    /// When each scenario begins; without it schedules start nothing.
    begins: Option<Timestamp>,
    pub(super) scenarios: u32,
    pub(super) odds: Odds,
}

/// `up within 5m`, and `while failures are at least 1m apart`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Always {
    within: Duration,
    apart: Option<Duration>,
}

/// The promise that a time line breaks, and how.
struct Broken {
    promise: usize,
    text: Text,
}

impl WrittenInvariant {
    pub(super) fn read(self, choice: &Choice) -> Result<Invariant, CommandFailure> {
        let name = self.name.clone();
        let of = |problem: Sentence| {
            let scenario = quoted(&name);
            usage(command::TestOf { scenario, problem })
        };
        let config = choice.find(self.service.as_deref(), self.policy.as_deref());
        let config = config.map_err(of)?;
        let word = |text: &String| of(command::TestNoWord { text: quoted(text) }.into());
        let never = self.never.iter();
        let never = never.map(|text| Never::read(text).ok_or_else(|| word(text)));
        let promise = |text: &String| of(command::TestNoPromise { text: quoted(text) }.into());
        let always = self.always.iter();
        let always = always.map(|text| Always::read(text).ok_or_else(|| promise(text)));
        let failure = |text: &String| of(command::TestNoFailure { text: quoted(text) }.into());
        let causes = match &self.causes {
            None => random::causes(&config),
            Some(words) => words
                .iter()
                .map(|text| random::failure(text).ok_or_else(|| failure(text)))
                .collect::<Result<_, _>>()?,
        };
        let always: Vec<Always> = always.collect::<Result<_, _>>()?;
        let is_tried = self.scenarios != Some(0) && self.failures != Some(0);
        let begins = self.begins.as_deref().map(moment_from).transpose();
        let invariant = Invariant {
            config,
            never: never.collect::<Result<_, _>>()?,
            begins: begins.map_err(|failure| of_failure(failure, of))?,
            scenarios: self.scenarios.unwrap_or(SCENARIOS),
            odds: Odds {
                seed: self.seed.unwrap_or_default(),
                causes,
                failures: self.failures.unwrap_or(FAILURES),
                gaps: always.iter().filter_map(|always| always.apart).collect(),
            },
            always,
            name: self.name,
        };
        let is_empty = invariant.never.is_empty() && invariant.always.is_empty();
        if is_empty || !is_tried || invariant.odds.causes.is_empty() {
            return Err(of(command::TEST_PROMISES_NOTHING.into()));
        }
        Ok(invariant)
    }
}

impl Invariant {
    /// Tries it. Gives the time line of the smallest scenario that breaks it and what is broken, or that of the last
    /// scenario.
    ///
    /// # Errors
    /// The schedule of the service has a time zone that this machine does not know.
    pub(super) fn play(&self) -> Result<(Timeline, Vec<Text>), CommandFailure> {
        let config = &self.config;
        let mut last = Timeline::default();
        for number in 0..self.scenarios {
            let mut script = random::script(&self.odds, config, number);
            if let Some(begin) = self.begins {
                script.clock = second_of_day(begin);
            }
            last = self.simulate(config, &script)?;
            let Some(broken) = self.broken(&last) else {
                continue;
            };
            let breaks = |script: &Script| {
                let played = self.simulate(config, script).ok();
                let found = played.and_then(|timeline| self.broken(&timeline));
                found.is_some_and(|found| found.promise == broken.promise)
            };
            let smallest = shrink::smallest(script, &self.odds.causes[0], breaks);
            let timeline = self.simulate(config, &smallest)?;
            let text = self
                .broken(&timeline)
                .map_or(broken.text, |found| found.text);
            let counterexample = command::TestCounterexample {
                number: number + 1,
                seed: self.odds.seed,
                script: shown(&smallest),
            };
            return Ok((timeline, vec![text, counterexample.text()]));
        }
        Ok((last, Vec::new()))
    }

    /// By the clock, if it says when a scenario begins. The promise also holds for some time after the last
    /// failure, because a start by the clock is not a pending action.
    fn simulate(
        &self,
        config: &ServiceConfig,
        script: &Script,
    ) -> Result<Timeline, CommandFailure> {
        match self.begins {
            Some(begin) => {
                let within = self.always.iter().map(|always| always.within).max();
                let mut script = script.clone();
                script.moments.extend(within.map(|within| Moment {
                    when: When::After(within),
                    what: Happening::Quiet,
                }));
                play(config, &script, begin)
            }
            None => Ok(simulate(config, script)),
        }
    }

    /// How often it is tried.
    pub(super) fn tried(&self) -> Text {
        let (count, seed) = (self.scenarios, self.odds.seed);
        command::TestRandom { count, seed }.text()
    }

    fn broken(&self, timeline: &Timeline) -> Option<Broken> {
        let never = self.never.iter().map(|never| {
            let at = shown(never.at(timeline)?);
            let what = never.word();
            Some(command::TestNever { what, at }.text())
        });
        let always = self.always.iter().map(|always| always.broken(timeline));
        let endless = timeline.truncated.then(|| command::TEST_ENDLESS.text());
        let all = never.chain(always).chain([endless]).enumerate();
        let mut all = all.filter_map(|(promise, text)| {
            Some(Broken {
                promise,
                text: text?,
            })
        });
        all.next()
    }
}

impl Always {
    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let rest = text.strip_prefix("up within ")?;
        let (within, apart) = match rest.split_once(" while ") {
            None => (rest, None),
            Some((within, condition)) => {
                let apart = condition.trim().strip_prefix("failures are at least ")?;
                (within, Some(apart.strip_suffix(" apart")?))
            }
        };
        Some(Self {
            within: duration(within.trim()).ok()?,
            apart: apart.map(|apart| duration(apart.trim())).transpose().ok()?,
        })
    }

    /// Whether, and since when, it is down for too long, in a time line that this is about.
    fn broken(self, timeline: &Timeline) -> Option<Text> {
        if self.apart.is_some_and(|apart| least_gap(timeline) < apart) {
            return None;
        }
        timeline.times_down().into_iter().find_map(|(from, until)| {
            let at = shown(from);
            let Some(until) = until else {
                return Some(command::TestStaysDown { at }.text());
            };
            let (time, most) = (until - from, self.within);
            (time > most).then(|| command::TestUp { at, time, most }.text())
        })
    }
}

/// The shortest time between two failures that happened.
fn least_gap(timeline: &Timeline) -> Duration {
    let failures = timeline
        .entries
        .iter()
        .filter_map(|entry| match &entry.what {
            Occurrence::Happened(what) if what.is_failure() => Some(entry.at),
            _ => None,
        });
    let failures: Vec<Time> = failures.collect();
    let gaps = failures.windows(2).map(|pair| pair[1] - pair[0]);
    gaps.min().unwrap_or(Duration::MAX)
}
