//! What is expected of a scenario, and which expectations a time line does not meet.

use std::time::Duration;

use relance_policy::Time;
use relance_policy::simulate::{Occurrence, Timeline};
use relance_scm::failure_actions::{ActionList, RecoveryAction};
use relance_scm::notice::NoticeKind;
use relance_scm::{RecoveryActionKind, ServiceConfig, ServiceState};
use relance_texts::{Message, Text, command, shown};

/// What follows a failure: of this kind, after this time if one is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Expected {
    kind: RecoveryActionKind,
    delay_ms: Option<u32>,
}

/// Something that must not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Never {
    Action(RecoveryActionKind),
    GaveUp,
}

/// See the module.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Expectation {
    pub(super) actions: Option<Vec<Expected>>,
    pub(super) never: Vec<Never>,
    pub(super) down_at_most: Option<Duration>,
    pub(super) ends: Option<ServiceState>,
    pub(super) told: Option<Vec<NoticeKind>>,
}

impl Expected {
    /// `restart`, `restart/1s`, `none`.
    pub(super) fn read(text: &str) -> Option<Self> {
        if let Some(kind) = kind(text) {
            return Some(Self {
                kind,
                delay_ms: None,
            });
        }
        let list: ActionList = text.parse().ok()?;
        let [action] = list.0[..] else { return None };
        Some(Self {
            kind: action.kind,
            delay_ms: Some(action.delay_ms()),
        })
    }

    fn is(self, action: Option<RecoveryAction>) -> bool {
        let kind = action.map_or(RecoveryActionKind::None, |action| action.kind);
        let delay = action.map_or(0, RecoveryAction::delay_ms);
        kind == self.kind && self.delay_ms.is_none_or(|expected| expected == delay)
    }

    fn text(self) -> String {
        match self.delay_ms {
            Some(delay_ms) => RecoveryAction::new(self.kind, delay_ms).to_string(),
            None => self.kind.word().to_owned(),
        }
    }
}

impl Never {
    /// `reboot`, `run`, `restart`, `none`, `gave-up`.
    pub(super) fn read(text: &str) -> Option<Self> {
        match text {
            "gave-up" => Some(Self::GaveUp),
            word => kind(word).map(Self::Action),
        }
    }

    /// When it happened first.
    pub(super) fn at(self, timeline: &Timeline) -> Option<Time> {
        match self {
            Self::GaveUp => timeline.gave_up_at(),
            Self::Action(kind) => {
                let expected = Expected {
                    kind,
                    delay_ms: None,
                };
                let mut actions = timeline.actions();
                actions.find_map(|(at, action)| expected.is(action).then_some(at))
            }
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::GaveUp => "gave-up",
            Self::Action(kind) => kind.word(),
        }
    }
}

fn kind(word: &str) -> Option<RecoveryActionKind> {
    let mut kinds = RecoveryActionKind::ALL.into_iter();
    kinds.find(|kind| kind.word() == word)
}

impl Expectation {
    /// The expectations that a time line does not meet, in words.
    pub(super) fn problems(&self, config: &ServiceConfig, timeline: &Timeline) -> Vec<Text> {
        let mut problems = Vec::new();
        if let Some(expected) = &self.actions {
            let found: Vec<_> = timeline.actions().map(|(_, action)| action).collect();
            let mut pairs = expected.iter().zip(&found);
            if expected.len() != found.len()
                || !pairs.all(|(expected, action)| expected.is(*action))
            {
                let expected = expected.iter().map(|expected| expected.text());
                let found = found.iter().map(|action| {
                    action.map_or_else(|| "none".to_owned(), |action| action.to_string())
                });
                problems.push(
                    command::TestActions {
                        found: list(found),
                        expected: list(expected),
                    }
                    .text(),
                );
            }
        }
        for never in &self.never {
            if let Some(at) = never.at(timeline) {
                let (what, at) = (never.word(), shown(at));
                problems.push(command::TestNever { what, at }.text());
            }
        }
        if let Some(most) = self.down_at_most {
            match timeline.time_down() {
                None => problems.push(command::TEST_DOWN_FOR_GOOD.text()),
                Some(time) if time > most => {
                    problems.push(command::TestDown { time, most }.text());
                }
                Some(_) => {}
            }
        }
        if let Some(expected) = self.ends
            && expected != timeline.final_state
        {
            let (found, expected) = (timeline.final_state.to_string(), expected.to_string());
            problems.push(command::TestEnds { found, expected }.text());
        }
        if let Some(expected) = &self.told {
            let found = told(config, timeline);
            if found != *expected {
                let words = |kinds: &[NoticeKind]| list(kinds.iter().map(ToString::to_string));
                let (found, expected) = (words(&found), words(expected));
                problems.push(command::TestTold { found, expected }.text());
            }
        }
        if timeline.truncated {
            problems.push(command::TEST_ENDLESS.text());
        }
        problems
    }
}

/// What is told meanwhile (X87, X88).
fn told(config: &ServiceConfig, timeline: &Timeline) -> Vec<NoticeKind> {
    let since = |at: Time| at - Time::ZERO;
    let events = timeline
        .entries
        .iter()
        .filter_map(|entry| match &entry.what {
            Occurrence::Logged(event) => Some((since(entry.at), event)),
            _ => None,
        });
    let service = config.service_name.as_str();
    relance_notify::rehearsal::told(service, &config.extensions, events, since(timeline.end))
}

fn list(words: impl Iterator<Item = String>) -> String {
    let words: Vec<_> = words.collect();
    if words.is_empty() {
        "none".to_owned()
    } else {
        words.join(", ")
    }
}
