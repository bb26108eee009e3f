//! `relance notify`: who is told what happens to services, what waits, and whether a target can be reached.

mod send;
mod test;

use std::time::Duration;

use clap::{Parser, Subcommand};
use relance_scm::event;
use relance_scm::manager::ServiceInfo;
use relance_scm::manager::{MessageInfo, Notices, TargetInfo};
use relance_texts::{Value, Words, notice};
use relance_wire::api::NoticesReply;

use crate::cli::{CommandFailure, CommandResult, Common, Manager};
use crate::lang::{lang, say};
use crate::plain::plain;
use crate::table::{Cell, Column, Tone, print};
use crate::text::moment;

/// The log entry of a failure is a little older than the time on record.
const JUST_BEFORE: Duration = Duration::from_secs(1);

/// Notifications: the targets that are told what happens to services, the queue, and tests
///
/// Targets are listed in the file notify.toml, beside the settings of the daemon. Only the daemon's
/// user may read it.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// The targets, what each is told of, and what is wrong with them
    List,
    /// The messages that wait, and those that were sent last
    Queue {
        /// Only messages that wait
        #[arg(long)]
        waiting: bool,
    },
    /// Have the manager send a test message to a target, on the way that every message takes
    Test {
        /// The name of the target
        target: String,
        /// How long to wait for the result
        #[arg(long, value_name = "TIME", default_value = "1m")]
        timeout: String,
    },
    /// Read a file of targets without using it
    Check {
        /// The file [default: that of the daemon]
        file: Option<std::path::PathBuf>,
    },
    /// Send a message to a target at once, without a manager: for a recovery command
    Send(send::Arguments),
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let common = &arguments.common;
    match &arguments.action {
        Action::List => list(common),
        Action::Queue { waiting } => queue(common, *waiting),
        Action::Test { target, timeout } => test::run(common, target, timeout),
        Action::Check { file } => send::check(file.as_deref(), common),
        Action::Send(arguments) => send::run(arguments),
    }
}

/// Targets and messages, as the manager reports them.
fn notices(manager: &Manager) -> Result<Notices, CommandFailure> {
    manager.ask(|scm, caller, reply| scm.query_notices(caller, reply))
}

fn list(common: &Common) -> CommandResult {
    let notices = notices(&common.manager()?)?;
    if common.json {
        return Common::print_json(&NoticesReply::from(Notices {
            messages: Vec::new(),
            ..notices
        }));
    }
    if let Some(problem) = &notices.problem {
        println!(
            "{}",
            plain(&say(notice::Unusable {
                problem: event::problem(problem)
            }))
        );
    }
    if notices.targets.is_empty() {
        match &notices.file {
            Some(file) => println!("{}", plain(&say(notice::NoTargetsIn { file }))),
            None => println!("{}", say(notice::NO_TARGETS)),
        }
        return Ok(());
    }
    let title = |words: Words| words.of(lang());
    let columns = [
        Column::new(title(notice::COLUMN_TARGET)),
        Column::new(title(notice::COLUMN_HOW)).ranked(2),
        Column::new(title(notice::COLUMN_WHERE)).ranked(3),
        Column::new(title(notice::COLUMN_NOTICES)).ranked(1),
        Column::new(title(notice::COLUMN_SERVICES)).ranked(4),
        Column::number(title(notice::COLUMN_WAITING)),
        Column::new(title(notice::COLUMN_PROBLEM)),
    ];
    let rows: Vec<_> = notices.targets.iter().map(target_row).collect();
    print(&columns, &rows);
    Ok(())
}

fn target_row(target: &TargetInfo) -> Vec<Cell> {
    let problem = problem(target.problem.as_deref());
    let tone = if problem.is_empty() {
        Tone::Good
    } else {
        Tone::Bad
    };
    vec![
        Cell::toned(target.name.clone(), tone),
        target.carrier.clone().into(),
        target.place.clone().into(),
        target.notices.join(",").into(),
        target.services.join(" ").into(),
        target.waiting.to_string().into(),
        Cell::toned(problem, Tone::Bad),
    ]
}

fn queue(common: &Common, only_waiting: bool) -> CommandResult {
    let mut notices = notices(&common.manager()?)?;
    if only_waiting {
        notices
            .messages
            .retain(|message| message.state == "waiting");
    }
    if common.json {
        return Common::print_json(&NoticesReply::from(Notices {
            targets: Vec::new(),
            ..notices
        }));
    }
    if notices.messages.is_empty() {
        println!("{}", say(notice::NOTHING_TOLD));
        return Ok(());
    }
    let title = |words: Words| words.of(lang());
    let columns = [
        Column::new(title(notice::COLUMN_AT)),
        Column::new(title(notice::COLUMN_TARGET)),
        Column::new(title(notice::COLUMN_NOTICE)).ranked(3),
        Column::new(title(notice::COLUMN_STATE)),
        Column::number(title(notice::COLUMN_TRIES)).ranked(2),
        Column::new(title(notice::COLUMN_TITLE)),
        Column::new(title(notice::COLUMN_PROBLEM)).ranked(1),
    ];
    let rows: Vec<_> = notices.messages.iter().map(message_row).collect();
    print(&columns, &rows);
    Ok(())
}

/// Why the last try failed; nothing if it did not.
fn problem(english: Option<&str>) -> String {
    english.map_or_else(String::new, |english| event::problem(english).of(lang()))
}

fn message_row(message: &MessageInfo) -> Vec<Cell> {
    let tone = match &*message.state {
        "waiting" => Tone::Busy,
        "told" => Tone::Good,
        _ => Tone::Bad,
    };
    vec![
        moment(message.at).into(),
        message.target.clone().into(),
        message.kind.clone().into(),
        Cell::toned(message.state.clone(), tone),
        message.tries.to_string().into(),
        message.title.clone().into(),
        problem(message.problem.as_deref()).into(),
    ]
}

/// The messages about a service since its last failure, sent and waiting: sentences for `why` and `status`. None
/// if the manager has no targets.
pub(super) fn told_of(manager: &Manager, info: &ServiceInfo) -> Vec<String> {
    let Some(failed) = info.recovery.last_failure_at else {
        return Vec::new();
    };
    let since = failed.before(JUST_BEFORE);
    let notices = manager.ask(|scm, caller, reply| scm.query_notices(caller, reply));
    let service = info.config.service_name.as_str();
    let messages = notices.map(|notices| notices.messages).unwrap_or_default();
    let about = messages.iter().filter(|message| {
        let is_new = message.at >= since || message.state == "waiting";
        let mut services = message.services.iter();
        is_new && services.any(|name| name.eq_ignore_ascii_case(service))
    });
    about.map(sentence).collect()
}

fn sentence(message: &MessageInfo) -> String {
    let (target, kind) = (&message.target, &message.kind);
    let problem = message.problem.as_deref().map(event::problem);
    match (&*message.state, &problem) {
        ("told", _) => {
            let when = moment(message.done_at.unwrap_or(message.at));
            say(notice::ToldOfIt { target, kind, when })
        }
        ("waiting", None) => say(notice::WaitsForIt { target, kind }),
        ("waiting", Some(problem)) => say(notice::WaitsWithProblem {
            target,
            kind,
            problem: problem.clone(),
        }),
        _ => {
            let problem = problem.map_or_else(|| Value::from(""), Value::from);
            say(notice::DroppedOfIt {
                target,
                kind,
                problem,
            })
        }
    }
}
