//! `relance why`

use clap::Parser;
use relance_wire::api::WhyReply;

use super::notify;
use crate::cli::{CommandResult, Common};
use crate::lang::lang;
use crate::last_lines;
use crate::plain::plain;
use crate::selection::Selection;

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
    let mut replies = Vec::new();
    for name in &selected.names {
        let sentences = manager.ask(|scm, caller, reply| scm.explain(caller, name, reply))?;
        replies.push((name, sentences));
    }
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
