//! `relance access`, `grant`, `revoke`: who may do what with a service, in words.

use std::collections::BTreeSet;

use clap::Parser;
use clap_complete::{ArgValueCandidates, CompletionCandidate};
use relance_scm::ServiceName;
use relance_scm::security::{Access, Ace, AceKind, Give, NamedChange, words};
use relance_texts::{command, help as texts};
use relance_wire::api::AccessReply;

use crate::cli::{CommandResult, Common, usage};
use crate::help;
use crate::lang::say;
use crate::plain::plain;
use crate::selection::{one, service_names};
use crate::text::print_pairs;

/// Show who may do what with a service
#[derive(Debug, Parser)]
#[command(after_help = rights_help())]
pub(crate) struct Show {
    /// The service
    #[arg(add = service_names())]
    name: String,
    #[command(flatten)]
    common: Common,
}

/// Give somebody rights on a service, besides those that they have
///
/// Rights to do something include the right to see the service. The command then prints who may do
/// what.
#[derive(Debug, Parser)]
#[command(after_help = rights_help())]
pub(crate) struct Grant {
    /// The service
    #[arg(add = service_names())]
    name: String,
    /// A user, a group, user:NAME, group:NAME, or a set of users
    #[arg(add = ArgValueCandidates::new(accounts))]
    who: String,
    /// What they may do from now on: start,stop
    #[arg(required = true, value_delimiter = ',', add = ArgValueCandidates::new(rights))]
    rights: Vec<String>,
    /// Change nothing; print who could do what afterwards
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    common: Common,
}

/// Take rights on a service from somebody
///
/// Rights that they have as members of a group stay. The command then prints who may do what.
#[derive(Debug, Parser)]
#[command(after_help = rights_help())]
pub(crate) struct Revoke {
    /// The service
    #[arg(add = service_names())]
    name: String,
    /// A user, a group, user:NAME, group:NAME, or a set of users
    #[arg(add = ArgValueCandidates::new(accounts))]
    who: String,
    /// What they may no longer do [default: all of their entries are removed]
    #[arg(value_delimiter = ',', add = ArgValueCandidates::new(rights))]
    rights: Vec<String>,
    /// Change nothing; print who could do what afterwards
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    common: Common,
}

/// Completes a right.
fn rights() -> Vec<CompletionCandidate> {
    let words = words::WORDS.iter();
    words
        .map(|word| CompletionCandidate::new(word.word).help(Some(help::said(word.meaning).into())))
        .collect()
}

/// Completes a user or a group of this machine.
fn accounts() -> Vec<CompletionCandidate> {
    let names = ["/etc/passwd", "/etc/group"].map(|file| {
        let lines = std::fs::read_to_string(file).unwrap_or_default();
        let names = lines.lines().filter_map(|line| line.split(':').next());
        names.map(ToOwned::to_owned).collect::<BTreeSet<String>>()
    });
    let names: BTreeSet<String> = names.into_iter().flatten().collect();
    names.into_iter().map(CompletionCandidate::new).collect()
}

fn rights_help() -> String {
    let mut text = format!("{}\n", say(texts::RIGHTS));
    for word in words::WORDS {
        text.push_str(&format!(
            "  {:<8} {}\n",
            word.word,
            help::said(word.meaning)
        ));
    }
    if cfg!(unix) {
        text.push_str(&format!("\n{}", say(texts::SETS_OF_USERS)));
    }
    text
}

pub(crate) fn run(arguments: Show) -> CommandResult {
    let manager = arguments.common.manager()?;
    let name = one(&manager, &arguments.name)?;
    let access = manager.ask(|scm, caller, reply| scm.query_access(caller, &name, reply))?;
    show(&name, &access, &arguments.common)
}

pub(crate) fn grant(arguments: Grant) -> CommandResult {
    let rights = words::parse(arguments.rights.iter().map(String::as_str))?;
    let change = NamedChange {
        who: arguments.who,
        give: Give::Grant(rights),
    };
    let name = one(&arguments.common.manager()?, &arguments.name)?;
    let access = ask(&arguments.common, &name, change, arguments.dry_run)?;
    show(&name, &access, &arguments.common)
}

pub(crate) fn revoke(arguments: Revoke) -> CommandResult {
    let rights = words::parse(arguments.rights.iter().map(String::as_str))?;
    let change = NamedChange {
        who: arguments.who.clone(),
        give: if arguments.rights.is_empty() {
            Give::Forget
        } else {
            Give::Revoke(rights)
        },
    };
    let manager = arguments.common.manager()?;
    let name = one(&manager, &arguments.name)?;
    let before = manager.ask(|scm, caller, reply| scm.query_access(caller, &name, reply))?;
    let access = ask(&arguments.common, &name, change, arguments.dry_run)?;
    if before.descriptor == access.descriptor {
        return Err(usage(command::NotGranted {
            who: plain(&arguments.who),
            name: &name,
        }));
    }
    show(&name, &access, &arguments.common)
}

fn ask(
    common: &Common,
    name: &ServiceName,
    change: NamedChange,
    is_trial: bool,
) -> Result<Access, crate::cli::CommandFailure> {
    common.manager()?.ask(|scm, caller, reply| {
        scm.change_access(caller, name, vec![change], is_trial, reply);
    })
}

fn show(name: &ServiceName, access: &Access, common: &Common) -> CommandResult {
    if common.json {
        return Common::print_json(&AccessReply::from(access));
    }
    println!("{}", plain(name.as_str()));
    let entries = || access.descriptor.dacl.iter().zip(&access.names);
    let names: Vec<String> = entries().map(|(_, name)| plain(name)).collect();
    let may = entries().map(|(ace, _)| may(ace));
    let pairs: Vec<(String, String)> = names.into_iter().zip(may).collect();
    print_pairs(&pairs);
    if cfg!(unix) {
        println!("  * {}", say(command::ADMINISTRATORS_ALWAYS));
    }
    if access.is_default {
        println!("  * {}", say(command::DEFAULT_ACCESS));
    }
    for who in powerful(access) {
        let who = plain(who);
        println!("  ! {}", say(command::Powerful { who }));
    }
    println!("  sddl: {}", plain(&access.descriptor.to_string()));
    Ok(())
}

fn may(ace: &Ace) -> String {
    let rights = words::of(ace.rights).join(", ");
    match ace.kind {
        AceKind::Allow => rights,
        AceKind::Deny => format!("not: {rights}"),
    }
}

/// The names of those who have the manager's power, see [`words::POWERFUL`].
fn powerful(access: &Access) -> Vec<&str> {
    let powerful: Vec<&Ace> = access.descriptor.powerful().collect();
    let entries = access.descriptor.dacl.iter().zip(&access.names);
    entries
        .filter(|(ace, _)| powerful.contains(ace))
        .map(|(_, name)| &**name)
        .collect()
}
