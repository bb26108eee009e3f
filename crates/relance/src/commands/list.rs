//! `relance list`

use clap::Parser;
use relance_scm::manager::ServiceInfo;
use relance_wire::api::ServicesReply;

use crate::cli::{CommandResult, Common};
use crate::text::{between, now, print_table};

/// All services
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let all = arguments
        .common
        .manager()?
        .ask(|scm, caller, reply| scm.enumerate(caller, reply))?;
    if arguments.common.json {
        return Common::print_json(&ServicesReply::from(&all).services);
    }
    if all.services.is_empty() {
        println!("There are no services yet; relance create makes one.");
        return Ok(());
    }
    let head = ["NAME", "STATE", "START", "PID", "FAILURES", "NEXT"];
    print_table(&head, &all.services.iter().map(row).collect::<Vec<_>>());
    Ok(())
}

fn row(info: &ServiceInfo) -> Vec<String> {
    let dash = |number: u32| {
        if number == 0 {
            "-".to_owned()
        } else {
            number.to_string()
        }
    };
    vec![
        info.config.service_name.to_string(),
        info.status.state.to_string(),
        info.config.start_type.to_string(),
        dash(info.status.process_id),
        dash(info.recovery.failure_count),
        next(info),
    ]
}

/// The earliest pending recovery action.
fn next(info: &ServiceInfo) -> String {
    let Some(pending) = info
        .recovery
        .pending
        .iter()
        .min_by_key(|pending| pending.due)
    else {
        return String::new();
    };
    format!(
        "{} in {}",
        pending.action.kind.word(),
        between(now(), pending.due)
    )
}
