//! What the recorded failures of the last 30 days would have been on a changed policy: shown before it is saved, as `relance
//! replay` says it on the command line.

use std::collections::BTreeMap;

use maud::{Markup, html};
use relance_client::ServiceManager;
use relance_policy::simulate::{Fact, Recorded, Recording, Totals, simulate_all};
use relance_scm::event_log::{EventFilter, Timestamp};
use relance_scm::manager::{ServiceInfo, wait};
use relance_scm::settings::QUIET_HOURS;
use relance_scm::{Caller, ScmError, ServiceConfig, ServiceId, ServiceName};
use relance_texts::{command, console};

use crate::lang::{Lang, SLOTS, rich};
use crate::manager::Manager;
use crate::reply::problem;
use crate::tab::Tab;
use crate::time;
use crate::viewer::Viewer;

/// How far back it is looked.
const SPAN_MS: i64 = 30 * 24 * 3600 * 1000;
/// Entries read at a time.
const PAGE: u32 = 10_000;
/// Most entries that are read: the newest.
const ENTRIES_MAX: usize = 50_000;
/// Most services that are shown.
const ROWS_MAX: usize = 50;

/// A service as it is, and as it would be.
pub(crate) struct Change {
    id: ServiceId,
    configs: [ServiceConfig; 2],
}

impl Change {
    pub(crate) fn new(info: &ServiceInfo, after: ServiceConfig) -> Self {
        Self {
            id: info.id,
            configs: [ServiceConfig::clone(&info.config), after],
        }
    }
}

/// One service, as its failures went on both policies.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    name: ServiceName,
    totals: [Totals; 2],
}

/// What was found.
struct Played {
    rows: Vec<Row>,
    /// Only failures since this moment are known, because there are so many.
    since: Option<Timestamp>,
    has_quiet_hours: bool,
}

/// Plays what is recorded of these services.
pub(crate) async fn shown(viewer: &Viewer, changes: Vec<Change>) -> Markup {
    let lang = viewer.lang();
    if changes.is_empty() {
        return html! {};
    }
    let has_one = changes.len() == 1;
    let played = viewer.with(move |manager, caller| play(manager, caller, &changes));
    html! {
        section aria-labelledby="replay" {
            h3 #replay { (console::REPLAY.of(lang)) }
            @match played.await {
                Err(error) => (problem(&error, lang)),
                Ok(played) => (told(&played, has_one, lang)),
            }
        }
    }
}

fn play(manager: &Manager, caller: &Caller, changes: &[Change]) -> Result<Played, ScmError> {
    let end = time::now_ms();
    let one = match changes {
        [one] => Some(one.id),
        _ => None,
    };
    let Log { mut facts, since } = read(manager, caller, one, Timestamp(end - SPAN_MS))?;
    let rows = changes.iter().filter_map(|change| {
        let facts = facts.remove(&change.id)?;
        let recording = Recording::of(&facts, Timestamp(end))?;
        let play = |config: &ServiceConfig| simulate_all(config, &recording.script).totals();
        Some(Row {
            name: change.configs[0].service_name.clone(),
            totals: change.configs.each_ref().map(play),
        })
    });
    let hours = |config: &ServiceConfig| config.extensions.get(QUIET_HOURS).is_some();
    Ok(Played {
        rows: rows.collect(),
        since,
        has_quiet_hours: changes
            .iter()
            .any(|change| change.configs.iter().any(hours)),
    })
}

/// What the log says of each service, the oldest first.
struct Log {
    facts: BTreeMap<ServiceId, Vec<Fact>>,
    /// Since when, if not all was read.
    since: Option<Timestamp>,
}

/// Reads it back to a moment, the newest pages first.
fn read(
    manager: &Manager,
    caller: &Caller,
    service: Option<ServiceId>,
    since: Timestamp,
) -> Result<Log, ScmError> {
    let mut found: BTreeMap<ServiceId, Vec<Fact>> = BTreeMap::new();
    let (mut before, mut count) = (None, 0);
    let oldest = loop {
        let filter = EventFilter {
            service,
            event_ids: Recorded::EVENTS.to_vec(),
            since: Some(since),
            before,
            limit: PAGE,
            ..EventFilter::default()
        };
        let page = wait(|reply| manager.find_events(caller, filter, reply))?;
        for entry in page.entries.iter().rev() {
            if let (Some((id, _)), Some(fact)) = (&entry.service, Fact::of(entry)) {
                found.entry(*id).or_default().push(fact);
            }
        }
        count += page.entries.len();
        let first = page.entries.first();
        before = first.map(|entry| entry.number);
        if !page.more || before.is_none() {
            break None;
        }
        if count >= ENTRIES_MAX {
            break first.map(|entry| entry.at);
        }
    };
    for facts in found.values_mut() {
        facts.reverse();
    }
    Ok(Log {
        facts: found,
        since: oldest,
    })
}

fn told(played: &Played, has_one: bool, lang: Lang) -> Markup {
    html! {
        @if played.rows.is_empty() { p.dim { (console::REPLAY_NOTHING.of(lang)) } } @else {
            p.dim { (console::REPLAY_HOW.of(lang)) }
            @if has_one { @for row in &played.rows { (table(&row.totals, lang)) } } @else { (list(&played.rows, lang)) }
        }
        @if let Some(since) = played.since { p.dim { (rich(console::ReplaySince { since: SLOTS[0] }, lang, &[time::moment(since.0)])) } }
        @if played.has_quiet_hours { p.dim { (console::REPLAY_HOURS.of(lang)) } }
    }
}

/// Both policies side by side.
fn table(totals: &[Totals; 2], lang: Lang) -> Markup {
    let number = |of: fn(&Totals) -> usize| totals.each_ref().map(|totals| of(totals).to_string());
    let gave_up = totals.each_ref().map(|totals| {
        let words = if totals.gave_up {
            console::YES
        } else {
            console::NO
        };
        words.of(lang).to_owned()
    });
    let rows = [
        (command::COMPARE_FAILURES, number(|totals| totals.failures)),
        (command::COMPARE_RESTARTS, number(|totals| totals.restarts)),
        (command::COMPARE_COMMANDS, number(|totals| totals.commands)),
        (command::COMPARE_REBOOTS, number(|totals| totals.reboots)),
        (command::COMPARE_SPARED, number(|totals| totals.spared)),
        (command::COMPARE_GAVE_UP, gave_up),
        (
            command::COMPARE_DOWN,
            totals.each_ref().map(|totals| down(totals, lang)),
        ),
    ];
    html! {
        table.policy {
            thead { tr {
                td {}
                th scope="col" { (command::COMPARE_AS_IS.of(lang)) }
                th scope="col" { (command::COMPARE_CHANGED.of(lang)) }
            } }
            tbody { @for (what, [before, after]) in rows {
                tr { th scope="row" { (what.of(lang)) } td { (before) } td { (after) } }
            } }
        }
    }
}

fn down(totals: &Totals, lang: Lang) -> String {
    let time = totals.down;
    if totals.stays_down {
        return lang.say(command::CompareStaysDown { time });
    }
    lang.say(command::CompareTime { time })
}

/// A sentence for each service.
fn list(rows: &[Row], lang: Lang) -> Markup {
    let sum = |totals: &Totals| {
        lang.say(console::ReplayTotals {
            failures: totals.failures,
            restarts: totals.restarts,
            down: down(totals, lang),
        })
    };
    html! {
        ul { @for row in rows.iter().take(ROWS_MAX) {
            @let link = html! { a href=(Tab::Recovery.href(&row.name)) { bdi { (row.name) } } };
            @let [before, after] = row.totals.each_ref().map(sum);
            li { (rich(console::ReplayOf { service: SLOTS[0], before, after }, lang, &[link])) }
        } }
        @if let Some(count) = rows.len().checked_sub(ROWS_MAX).filter(|more| *more > 0) {
            p.dim { (lang.say(command::CompareMore { count })) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn played(count: usize) -> Played {
        let totals = |restarts, stays_down| Totals {
            failures: 4,
            restarts,
            stays_down,
            down: std::time::Duration::from_secs(90),
            ..Totals::default()
        };
        let row = |number| Row {
            name: ServiceName::new(format!("w{number}")).unwrap(),
            totals: [totals(4, false), totals(1, true)],
        };
        Played {
            rows: (0..count).map(row).collect(),
            since: None,
            has_quiet_hours: false,
        }
    }

    #[test]
    fn one_service_is_a_table_and_several_are_sentences() {
        let one = told(&played(1), true, Lang::En).0;
        assert!(
            one.contains("<th scope=\"row\">restarts</th><td>4</td><td>1</td>"),
            "{one}"
        );
        assert!(one.contains("1 min 30 s, and it stays down"), "{one}");
        let several = told(&played(60), false, Lang::En).0;
        assert_eq!(several.matches("<li>").count(), ROWS_MAX);
        assert!(several.contains("10 more"), "{several}");
        let nothing = told(&played(0), true, Lang::Fr).0;
        assert!(!nothing.contains("<table"), "{nothing}");
    }
}
