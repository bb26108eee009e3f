//! `relance events`; `follow` prints entries as they are written, `place` remembers the last one.

mod follow;
mod place;

use std::path::PathBuf;

use clap::Parser;
use relance_scm::event::EventLevel;
use relance_scm::event_log::{EventFilter, LogEntry};
use relance_texts::{command, error, quoted, shown};
use relance_wire::api::EventBody;

use crate::cli::{CommandFailure, CommandResult, Common, Manager, misfit, name, usage};
use crate::lang::{lang, say};
use crate::plain::plain;
use crate::text::{moment, moment_from};

use follow::Reader;
use place::Place;

/// The event log
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Only of this service
    #[arg(long, short)]
    service: Option<String>,
    /// Only of these kinds, for instance 7031,7034
    #[arg(long, value_delimiter = ',')]
    id: Vec<u32>,
    /// Only entries of this level or worse: error, warning or information
    #[arg(long)]
    level: Option<String>,
    /// Only from some moment on: 10m for ten minutes ago, or 2026-11-22T14:00
    #[arg(long)]
    since: Option<String>,
    /// Only before some moment
    #[arg(long)]
    until: Option<String>,
    /// Only with this text
    #[arg(long)]
    text: Option<String>,
    /// Only what somebody asked for: starts, controls, changes; each entry says who
    #[arg(long)]
    asked: bool,
    /// How many of the latest entries
    #[arg(long, short = 'n', default_value_t = 50)]
    limit: u32,
    /// Print new entries as they are written
    #[arg(long, short)]
    follow: bool,
    /// Print all entries after the last one that was printed with this file, which remembers it;
    /// the first time, print the latest ones (--limit)
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let manager = arguments.common.manager()?;
    let filter = filter(&arguments, &manager)?;
    let place = arguments.resume.as_deref().map(Place::open).transpose()?;
    if arguments.follow || place.is_some() {
        let mut reader = Reader::new(&manager, &filter, place, arguments.common.json);
        return if arguments.follow {
            reader.follow()
        } else {
            reader.catch_up()
        };
    }
    let page = manager.ask(|scm, caller, reply| scm.find_events(caller, filter, reply))?;
    for entry in &page.entries {
        print(entry, arguments.common.json)?;
    }
    if page.entries.is_empty() && !arguments.common.json {
        println!("{}", say(command::NO_ENTRIES));
    }
    Ok(())
}

/// The entries that are asked for, for programs.
pub(super) fn body(arguments: &Arguments) -> Result<Vec<EventBody>, CommandFailure> {
    let manager = arguments.common.manager()?;
    let filter = filter(arguments, &manager)?;
    let page = manager.ask(|scm, caller, reply| scm.find_events(caller, filter, reply))?;
    Ok(page.entries.iter().map(EventBody::from).collect())
}

fn filter(arguments: &Arguments, manager: &Manager) -> Result<EventFilter, CommandFailure> {
    let service = arguments.service.as_deref().map(|text| {
        let name = name(text)?;
        let info = manager.ask(|scm, caller, reply| scm.query_service(caller, &name, reply))?;
        Ok::<_, CommandFailure>(info.id)
    });
    let level = arguments.level.as_deref().map(|level| {
        EventLevel::from_name(level).ok_or_else(|| {
            usage(error::NoLevel {
                text: quoted(level),
            })
        })
    });
    Ok(EventFilter {
        service: service.transpose()?,
        event_ids: arguments.id.clone(),
        level: level.transpose()?,
        since: arguments.since.as_deref().map(moment_from).transpose()?,
        until: arguments.until.as_deref().map(moment_from).transpose()?,
        text: arguments.text.clone(),
        asked: arguments.asked,
        limit: arguments.limit,
        ..EventFilter::default()
    })
}

/// The text of an entry. Windows' texts have the display name of a service, and commands take its name:
/// where these differ, the name stands in front.
fn named(entry: &LogEntry) -> String {
    let text = entry.sentence_with_author().of(lang());
    match &entry.service {
        Some((_, name)) if !text.contains(&**name) => format!("{name}: {text}"),
        _ => text,
    }
}

/// One entry in one line, with its time of day.
pub(super) fn line(entry: &LogEntry) -> String {
    let at = moment(entry.at);
    let time = at.get(11..19).unwrap_or(&at);
    let (level, id) = (entry.level.name(), entry.event_id);
    format!("{time} {level:<11} {id} {}", plain(&named(entry)))
}

/// One entry; as JSON, one line each.
pub(super) fn print(entry: &LogEntry, json: bool) -> CommandResult {
    if json {
        let line = serde_json::to_string(&EventBody::from(entry)).map_err(misfit)?;
        println!("{line}");
        return Ok(());
    }
    let level = entry.level.name();
    let id = entry.event_id;
    println!(
        "{}  {level:<11}  {id}  {}",
        moment(entry.at),
        plain(&named(entry))
    );
    let details = &entry.details;
    let mut notes = Vec::new();
    if let Some(run) = details.run {
        notes.push(say(command::NoteRun { run: shown(run) }));
    }
    if let Some(cause) = details.cause_sentence() {
        notes.push(plain(&cause.of(lang())));
    }
    if let Some(policy) = &details.policy {
        let policy = plain(policy);
        notes.push(say(command::NotePolicy { policy }));
    }
    if let Some(due) = details.due {
        let time = moment(due);
        notes.push(say(command::NoteDue { time }));
    }
    if let Some(repeated) = details.repeated {
        let (first, last) = (moment(repeated.first), moment(repeated.last));
        notes.push(say(command::NoteRepeated { first, last }));
    }
    let says_more = details.cause.is_some() || details.due.is_some() || details.repeated.is_some();
    if !notes.is_empty() && says_more {
        println!("{:25}{}", "", notes.join(", "));
    }
    for line in details.output.iter().flat_map(|output| output.lines()) {
        println!("{:25}| {}", "", plain(line));
    }
    Ok(())
}
