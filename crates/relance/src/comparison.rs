//! Two policies side by side: how each answers the same script.

mod svg;

use std::path::Path;

use relance_policy::Time;
use relance_policy::simulate::{Script, Timeline, Totals, simulate_all};
use relance_scm::event_log::Timestamp;
use relance_scm::failure_actions::RecoveryAction;
use relance_scm::system::Told;
use relance_scm::{RecoveryActionKind, ServiceConfig, ServiceName, duration};
use relance_texts::{command, shown};
use relance_wire::api::SimulationReply;
use serde::Serialize;

use crate::cli::{CommandFailure, CommandResult, usage};
use crate::lang::say;
use crate::played::play;
use crate::table::{self, Cell, Column};
use crate::text::moment;

/// For how many of the first failures the table shows what follows.
const FAILURES_SHOWN: usize = 12;
/// Most entries of a time line in JSON, as in the API.
const ENTRIES_SHOWN: usize = 10_000;

/// See the module.
pub(crate) struct Comparison {
    titles: [String; 2],
    timelines: [Timeline; 2],
    /// When the script begins, if it has been recorded.
    begin: Option<Timestamp>,
}

/// One of two policies, as JSON.
#[derive(Debug, Serialize)]
pub(crate) struct Side {
    policy: String,
    failures: usize,
    restarts: usize,
    commands: usize,
    reboots: usize,
    spared: usize,
    gave_up: bool,
    down_ms: u64,
    stays_down: bool,
    simulation: SimulationReply,
}

impl Comparison {
    /// Plays a script on both; their schedules start nothing.
    pub(crate) fn of(titles: [String; 2], configs: [&ServiceConfig; 2], script: &Script) -> Self {
        Self {
            titles,
            timelines: configs.map(|config| simulate_all(config, script)),
            begin: None,
        }
    }

    /// Plays a script on both that begins at this moment, by the clock where they have schedules.
    pub(crate) fn by_the_clock(
        titles: [String; 2],
        configs: [&ServiceConfig; 2],
        script: &Script,
        begin: Timestamp,
    ) -> Result<Self, CommandFailure> {
        let [first, second] = configs.map(|config| play(config, script, begin));
        let timelines = [first?, second?];
        let has_schedule = timelines.iter().any(|timeline| timeline.begin.is_some());
        Ok(Self {
            titles,
            timelines,
            begin: has_schedule.then_some(begin),
        })
    }

    /// The same, of a script that begins at this moment.
    pub(crate) fn since(self, begin: Timestamp) -> Self {
        Self {
            begin: Some(begin),
            ..self
        }
    }

    pub(crate) fn print(&self) {
        let columns = [const { Column::new("") }; 3];
        let head = [
            String::new(),
            self.titles[0].clone(),
            self.titles[1].clone(),
        ];
        let rows = std::iter::once(head).chain(self.totals());
        let rows = rows
            .chain(self.failures())
            .map(|row| row.map(Cell::from).to_vec());
        table::print_rows(&columns, &rows.collect::<Vec<_>>());
        if self.timelines.iter().any(|timeline| timeline.truncated) {
            println!("{}", say(command::COMPARE_TRUNCATED));
        }
    }

    fn totals(&self) -> Vec<[String; 3]> {
        let totals = self.timelines.each_ref().map(Timeline::totals);
        let number = |words: String, of: fn(&Totals) -> usize| {
            let [first, second] = totals.each_ref().map(|totals| of(totals).to_string());
            [words, first, second]
        };
        let down = totals.each_ref().map(|totals| {
            let time = totals.down;
            if totals.stays_down {
                say(command::CompareStaysDown { time })
            } else {
                say(command::CompareTime { time })
            }
        });
        let gave_up = self.timelines.each_ref().map(|timeline| {
            let at = timeline.gave_up_at();
            at.map_or_else(|| "-".to_owned(), |at| self.at(at))
        });
        let row = |words: String, [first, second]: [String; 2]| [words, first, second];
        vec![
            number(say(command::COMPARE_FAILURES), |totals| totals.failures),
            number(say(command::COMPARE_RESTARTS), |totals| totals.restarts),
            number(say(command::COMPARE_COMMANDS), |totals| totals.commands),
            number(say(command::COMPARE_REBOOTS), |totals| totals.reboots),
            number(say(command::COMPARE_SPARED), |totals| totals.spared),
            row(say(command::COMPARE_GAVE_UP), gave_up),
            row(say(command::COMPARE_DOWN), down),
        ]
    }

    /// What follows each failure.
    fn failures(&self) -> Vec<[String; 3]> {
        let lists = self.timelines.each_ref().map(|timeline| {
            let actions = timeline
                .actions()
                .map(|(at, action)| format!("{}  {}", self.at(at), written(action)));
            actions.collect::<Vec<_>>()
        });
        let count = lists[0].len().max(lists[1].len());
        let cell = |list: &Vec<String>, at: usize| list.get(at).cloned().unwrap_or_default();
        let rows = (0..count.min(FAILURES_SHOWN)).map(|at| {
            let number = at + 1;
            let [first, second] = lists.each_ref().map(|list| cell(list, at));
            [say(command::CompareFailure { number }), first, second]
        });
        let mut rows: Vec<_> = rows.collect();
        if let Some(count) = count.checked_sub(FAILURES_SHOWN).filter(|more| *more > 0) {
            let more = say(command::CompareMore { count });
            rows.push([more, String::new(), String::new()]);
        }
        rows
    }

    fn at(&self, at: Time) -> String {
        let Some(begin) = self.begin else {
            return format!("+{at}");
        };
        moment(begin.after(at - Time::ZERO))
    }

    /// Both, as JSON.
    pub(crate) fn sides(&self) -> [Side; 2] {
        [0, 1].map(|at| {
            let timeline = &self.timelines[at];
            let totals = timeline.totals();
            Side {
                policy: self.titles[at].clone(),
                failures: totals.failures,
                restarts: totals.restarts,
                commands: totals.commands,
                reboots: totals.reboots,
                spared: totals.spared,
                gave_up: totals.gave_up,
                down_ms: u64::try_from(totals.down.as_millis()).unwrap_or(u64::MAX),
                stays_down: totals.stays_down,
                simulation: relance_api::simulation_reply(&shortened(timeline)),
            }
        })
    }

    /// Draws both into a file.
    ///
    /// # Errors
    /// Those of the file.
    pub(crate) fn draw(&self, path: &Path) -> CommandResult {
        let picture = svg::drawn(&self.titles, &self.timelines);
        Ok(std::fs::write(path, picture).writing(path)?)
    }
}

/// A time line as JSON has it: its beginning is enough for a reader.
fn shortened(timeline: &Timeline) -> Timeline {
    let entries = timeline.entries.iter().take(ENTRIES_SHOWN).cloned();
    Timeline {
        entries: entries.collect(),
        truncated: timeline.truncated || timeline.entries.len() > ENTRIES_SHOWN,
        next_starts: timeline.next_starts.clone(),
        ..*timeline
    }
}

/// An action as people write it: `restart/1m30s`.
fn written(action: Option<RecoveryAction>) -> String {
    action.map_or_else(
        || RecoveryActionKind::None.word().to_owned(),
        |action| {
            format!(
                "{}/{}",
                action.kind.word(),
                duration::format(action.delay())
            )
        },
    )
}

/// The service of this name among those of files.
///
/// # Errors
/// 1060 where there is none.
pub(crate) fn find<'a>(
    services: &'a [ServiceConfig],
    name: &ServiceName,
) -> Result<&'a ServiceConfig, CommandFailure> {
    let found = services.iter().find(|config| config.service_name == *name);
    found.ok_or_else(|| usage(command::CompareNotInFiles { name: shown(name) }))
}
