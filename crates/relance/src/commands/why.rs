//! `relance why`

use std::ffi::OsString;

use clap::Parser;
use relance_wire::api::WhyReply;

use crate::cli::{CommandResult, Common, name, parse};
use crate::plain::plain;

/// What happened last to a service, whether it counted as a failure and by which rule, what comes
/// next and when
#[derive(Debug, Parser)]
struct Arguments {
    /// The service
    name: String,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: &[OsString]) -> CommandResult {
    let arguments: Arguments = parse(arguments)?;
    let name = name(&arguments.name)?;
    let manager = arguments.common.manager()?;
    let sentences = manager.ask(|scm, caller, reply| scm.explain(caller, &name, reply))?;
    if arguments.common.json {
        return Common::print_json(&WhyReply { sentences });
    }
    println!("{}", plain(&sentences.join(" ")));
    Ok(())
}
