//! `relance why`

use clap::Parser;
use relance_scm::ServiceName;
use relance_texts::Sentence;
use relance_wire::api::WhyReply;
use serde::Serialize;

use super::notify;
use crate::cli::{CommandFailure, CommandResult, Common, Manager};
use crate::lang::lang;
use crate::last_lines;
use crate::plain::plain;
use crate::selection::{Selected, Selection};

/// What happened last to a service, whether it counted as a failure and by which rule, what comes
/// next and when
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(flatten)]
    services: Selection,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let manager = arguments.common.manager()?;
    let selected = arguments.services.select(&manager)?;
    let replies = sentences(&manager, &selected)?;
    if arguments.common.json {
        let replies: Vec<WhyReply> = replies
            .into_iter()
            .map(|(_, sentences)| WhyReply::from(sentences))
            .collect();
        return match &*replies {
            [only] if selected.is_one => Common::print_json(only),
            replies => Common::print_json(&replies),
        };
    }
    for (name, sentences) in &replies {
        let said: Vec<String> = sentences.iter().map(|said| said.of(lang())).collect();
        println!("{}", plain(&said.join(" ")));
        let info = manager.ask(|scm, caller, reply| scm.query_service(caller, name, reply))?;
        if let Some(lines) = last_lines::of_last_run(&manager, &info) {
            println!("{}", last_lines::indented(&lines));
        }
        for line in notify::told_of(&manager, &info) {
            println!("{}", plain(&line));
        }
    }
    Ok(())
}

/// The output for each service.
type Told<'a> = Vec<(&'a ServiceName, Vec<Sentence>)>;

fn sentences<'a>(manager: &Manager, selected: &'a Selected) -> Result<Told<'a>, CommandFailure> {
    let explain = |name| {
        let said = manager.ask(|scm, caller, reply| scm.explain(caller, name, reply))?;
        Ok((name, said))
    };
    selected.names.iter().map(explain).collect()
}

/// One service: what `why` tells, and the last lines that it printed.
#[derive(Serialize)]
pub(super) struct WhyBody {
    service: String,
    #[serde(flatten)]
    why: WhyReply,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_lines: Option<String>,
}

/// The output for programs.
pub(super) fn body(arguments: &Arguments) -> Result<Vec<WhyBody>, CommandFailure> {
    let manager = arguments.common.manager()?;
    let selected = arguments.services.select(&manager)?;
    let mut bodies = Vec::new();
    for (name, said) in sentences(&manager, &selected)? {
        let info = manager.ask(|scm, caller, reply| scm.query_service(caller, name, reply))?;
        bodies.push(WhyBody {
            service: name.to_string(),
            why: WhyReply::from(said),
            last_lines: last_lines::of_last_run(&manager, &info),
        });
    }
    Ok(bodies)
}
