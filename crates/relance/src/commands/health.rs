//! `relance health`, and `relance status --check`: one line and an exit status for health checks of
//! containers, load balancers and deploys.

use clap::Parser;
use relance_scm::config::StartType;
use relance_scm::manager::ServiceInfo;
use relance_scm::{ExitCode, ServiceState};
use relance_texts::{Lang, Message, Text, Value, status};
use serde::{Serialize, Serializer};

use crate::cli::{CommandFailure, CommandResult, Common};
use crate::lang::{lang, say};
use crate::plain::plain;
use crate::selection::Selection;
use crate::words;

/// Exit status when something is not well: refused as things stand.
const UNWELL: u8 = 3;
/// So many services are named: Docker keeps 4096 bytes of the line.
const NAMED_MAX: usize = 8;

/// Say in one line whether all is well, and exit with status 0 or 3
///
/// Without names it looks at the automatic services: each has to run, or to have ended by itself
/// without a failure. With names it looks at these: each has to run. The exit status is 0 when all
/// is well, 3 when something is not, 4 when a service does not exist, 1 when there is no manager.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(flatten)]
    services: Selection,
    #[command(flatten)]
    common: Common,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Report<'a> {
    healthy: bool,
    services: &'a [Health],
}

/// How a service is.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Health {
    name: String,
    state: &'static str,
    healthy: bool,
    /// What is wrong with it; as JSON in English.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "in_english")]
    problem: Option<Text>,
}

#[allow(clippy::ref_option, reason = "serde gives what the field is")]
fn in_english<S: Serializer>(problem: &Option<Text>, serializer: S) -> Result<S::Ok, S::Error> {
    problem
        .as_ref()
        .map(|problem| problem.of(Lang::En))
        .serialize(serializer)
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    check(&arguments.services, &arguments.common)
}

/// Looks at the services that are named, or at the automatic ones.
pub(crate) fn check(services: &Selection, common: &Common) -> CommandResult {
    let manager = common.manager()?;
    let healths: Vec<Health> = if services.is_empty() {
        let all = manager.ask(|scm, caller, reply| scm.enumerate(caller, reply))?;
        let automatic = all
            .services
            .iter()
            .filter(|info| info.config.start_type == StartType::Auto && !info.marked_for_delete);
        automatic.map(|info| health(info, true)).collect()
    } else {
        let (infos, _) = services.query(&manager)?;
        infos.iter().map(|info| health(info, false)).collect()
    };
    let is_well = healths.iter().all(|health| health.healthy);
    if common.json {
        let services = &*healths;
        Common::print_json(&Report {
            healthy: is_well,
            services,
        })?;
    } else {
        println!("{}", plain(&line(&healths)));
    }
    if is_well {
        Ok(())
    } else {
        Err(CommandFailure::Silent(UNWELL))
    }
}

fn health(info: &ServiceInfo, may_have_ended: bool) -> Health {
    let problem = problem(info, may_have_ended);
    Health {
        name: info.config.service_name.to_string(),
        state: info.status.state.name(),
        healthy: problem.is_none(),
        problem,
    }
}

fn problem(info: &ServiceInfo, may_have_ended: bool) -> Option<Text> {
    let restarts = info
        .recovery
        .pending
        .iter()
        .any(|pending| pending.action.kind.restarts());
    match info.status.state {
        ServiceState::Running => None,
        ServiceState::Stopped if restarts => Some(status::WAITS.text()),
        ServiceState::Stopped if info.status.exit_code == ExitCode::SUCCESS => {
            (!may_have_ended).then(|| status::IS_STOPPED.text())
        }
        ServiceState::Stopped => match info.last_end.as_ref() {
            Some(end) => {
                let summary = words::summary(end.summary);
                let exit = end.exit.map(Value::from);
                let end: Vec<Value> = std::iter::once(summary).chain(exit).collect();
                Some(
                    status::IsDown {
                        end: Value::List(end.into()),
                    }
                    .text(),
                )
            }
            None => Some(status::NEVER_STARTED.text()),
        },
        state => Some(status::Is { state }.text()),
    }
}

/// `2 services are well`, or what is wrong with those that are not.
fn line(healths: &[Health]) -> String {
    let bad: Vec<String> = healths
        .iter()
        .filter_map(|health| {
            Some(format!(
                "{} {}",
                health.name,
                health.problem.as_ref()?.of(lang())
            ))
        })
        .collect();
    let more = bad.len().saturating_sub(NAMED_MAX);
    match (&*bad, healths.len()) {
        ([], 0) => say(status::WELL_NONE),
        ([], count) => say(status::Well { count }),
        (bad, count) if more == 0 => {
            let problems = bad.join("; ");
            say(status::NotWell { problems, count })
        }
        (bad, count) => {
            let problems = bad[..NAMED_MAX].join("; ");
            say(status::NotWellAndMore {
                problems,
                more,
                count,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn health(name: &str, problem: Option<Text>) -> Health {
        Health {
            name: name.to_owned(),
            state: "",
            healthy: problem.is_none(),
            problem,
        }
    }

    #[test]
    fn one_line_says_what_is_wrong() {
        let (a, b) = (
            health("a", None),
            health("b", Some(status::IS_STOPPED.text())),
        );
        assert_eq!(line(&[]), "well: no service has to run");
        assert_eq!(line(&[health("a", None)]), "well: 1 service");
        assert_eq!(line(&[a, b]), "not well: b is stopped (of 2)");
        let many: Vec<_> = (0..200)
            .map(|number| health(&format!("w{number}"), Some(status::IS_STOPPED.text())))
            .collect();
        let said = line(&many);
        assert!(
            said.ends_with("w7 is stopped; and 192 more (of 200)"),
            "{said}"
        );
    }
}
