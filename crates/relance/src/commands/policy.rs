//! `relance policy`: named policies, and who uses them. A change of one changes all that use it.

mod preview;

use clap::{Parser, Subcommand};
use relance_scm::manager::{Outcome, PolicyInfo};
use relance_scm::{ConfigChange, PolicyChange, PolicyName, RecoveryPolicy, ServiceName};
use relance_texts::{Text, Words, policy, shown};
use relance_wire::api::{PoliciesReply, PolicyOutcomeReply, PolicyReply};
use relance_wire::settings::texts;

use super::failure;
use super::options::PolicyOptions;
use super::traps::note;
use crate::cli::{CommandFailure, CommandResult, Common, Manager, name, usage};
use crate::lang::{lang, say};
use crate::plain::plain;
use crate::policies;
use crate::selection::{Selection, service_names};
use crate::table::{Cell, Column, print};
use crate::text::print_pairs;

/// Policies that services share: what follows a failure, written once and changed once
///
/// A service that uses a policy has no settings of its own for what follows a failure. `relance
/// failure NAME --policy none` takes it out of the policy: it keeps what the policy says at that
/// moment.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// The policies, and how many services use each
    List,
    /// What a policy says, and which services use it
    Show {
        /// The policy
        policy: String,
    },
    /// Make a policy, or change it for the services that use it: for all of them, or for none if
    /// one refuses
    Set(Set),
    /// Give services a policy, all of them or none; it replaces their own settings for failures
    Use {
        /// The policy
        policy: String,
        #[command(flatten)]
        services: Selection,
    },
    /// Delete a policy that no service uses
    Delete {
        /// The policy
        policy: String,
    },
}

#[derive(Debug, clap::Args)]
struct Set {
    /// The policy: 1 to 64 letters, digits, `.`, `_` and `-`
    policy: String,
    /// Begin with the settings that this service has for its failures
    #[arg(long, value_name = "SERVICE", add = service_names())]
    like: Option<String>,
    /// Change nothing; show what would change, for each service that uses it
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    options: PolicyOptions,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let common = &arguments.common;
    match &arguments.action {
        Action::List => list(common),
        Action::Show { policy } => show(common, &policy.parse()?),
        Action::Set(set) => change(common, set),
        Action::Use { policy, services } => give(common, &policy.parse()?, services),
        Action::Delete { policy } => delete(common, &policy.parse()?),
    }
}

fn list(common: &Common) -> CommandResult {
    let policies = policies::all(&common.manager()?)?;
    if common.json {
        return Common::print_json(&PoliciesReply::from(&*policies));
    }
    if policies.is_empty() {
        println!("{}", say(policy::NO_POLICIES));
        return Ok(());
    }
    let title = |words: Words| words.of(lang());
    let columns = [
        Column::new(title(policy::COLUMN_NAME)),
        Column::new(title(policy::COLUMN_ACTIONS)).ranked(2),
        Column::new(title(policy::COLUMN_BEYOND)).ranked(3),
        Column::number(title(policy::COLUMN_SERVICES)).ranked(1),
    ];
    let rows: Vec<_> = policies.iter().map(row).collect();
    print(&columns, &rows);
    Ok(())
}

fn row(info: &PolicyInfo) -> Vec<Cell> {
    let config = info.policy.as_config();
    let mut settings = texts(&config);
    let actions = settings.find(|(setting, _)| setting.key == "actions");
    let actions = actions.map_or_else(String::new, |(_, text)| text);
    let beyond = info.policy.extensions.given();
    let beyond: Vec<&str> = beyond.map(|(setting, _)| setting.option).collect();
    vec![
        info.policy.name.to_string().into(),
        actions.into(),
        beyond.join(" ").into(),
        info.used_by.len().to_string().into(),
    ]
}

fn show(common: &Common, name: &PolicyName) -> CommandResult {
    let info = policies::find(&common.manager()?, name)?;
    if common.json {
        return Common::print_json(&PolicyReply::from(&info));
    }
    println!("{name}");
    let mut pairs = failure::pairs(&info.policy.as_config());
    let users: Vec<String> = info
        .used_by
        .iter()
        .map(|name| plain(name.as_str()))
        .collect();
    let users = if users.is_empty() {
        let policy = shown(name);
        say(policy::Nobody { policy })
    } else {
        users.join(", ")
    };
    pairs.push((say(policy::USED_BY), users));
    print_pairs(&pairs);
    Ok(())
}

fn change(common: &Common, set: &Set) -> CommandResult {
    let name: PolicyName = set.policy.parse()?;
    let manager = common.manager()?;
    let change = wanted(&manager, &name, set)?;
    let infos = policies::all(&manager)?;
    let before = infos.into_iter().find(|info| info.policy.name == name);
    let given = PolicyChange::Set(Box::new(change.clone()));
    let outcome = manager
        .ask(|scm, caller, reply| scm.change_policy(caller, &name, given, set.dry_run, reply))?;
    if common.json {
        return Common::print_json(&PolicyOutcomeReply::from(outcome));
    }
    let users: &[ServiceName] = before.as_ref().map_or(&[], |info| &info.used_by);
    println!("{}", say(told(outcome, &name, users.len(), set.dry_run)));
    let known = before.as_ref().map(|info| info.policy.clone());
    let before = known.unwrap_or_else(|| RecoveryPolicy::new(name));
    let after = before.changed(&change)?;
    if set.dry_run {
        preview::print(&manager, &before, &after, users)?;
    }
    let [before, config] = [&before, &after].map(|policy| {
        let mut config = policy.as_config();
        policy.put_on(&mut config);
        config
    });
    note(&manager, after.name.as_str(), Some(&before), &config);
    Ok(())
}

/// The change that is asked for: that of the options, over what a service has.
fn wanted(
    manager: &Manager,
    policy: &PolicyName,
    set: &Set,
) -> Result<ConfigChange, CommandFailure> {
    let options = ConfigChange::try_from(&set.options.change()?)?;
    let Some(service) = &set.like else {
        if set.options.is_empty() {
            let policy = shown(policy);
            return Err(usage(policy::NothingToSet { policy }));
        }
        return Ok(options);
    };
    let service = name(service)?;
    let config = manager.ask(|scm, caller, reply| scm.query_config(caller, &service, reply))?;
    let like = RecoveryPolicy::like(policy.clone(), &config);
    Ok(like.changed(&options)?.as_change())
}

fn told(outcome: Outcome, name: &PolicyName, count: usize, dry_run: bool) -> Text {
    use relance_texts::Message;
    let policy = shown(name);
    match outcome {
        Outcome::Created if dry_run => policy::WouldCreate { policy }.text(),
        Outcome::Created => policy::DoneCreated { policy }.text(),
        Outcome::Changed if dry_run => policy::WouldChange { policy, count }.text(),
        Outcome::Changed => policy::DoneChanged { policy, count }.text(),
        Outcome::Unchanged => policy::DoneUnchanged { policy }.text(),
        Outcome::Deleted => policy::DoneDeleted { policy }.text(),
    }
}

fn give(common: &Common, policy: &PolicyName, services: &Selection) -> CommandResult {
    let manager = common.manager()?;
    let names = services.select(&manager)?.names;
    let given = PolicyChange::Give(names.clone());
    let outcome =
        manager.ask(|scm, caller, reply| scm.change_policy(caller, policy, given, false, reply))?;
    if common.json {
        return Common::print_json(&PolicyOutcomeReply::from(outcome));
    }
    let (policy, count) = (shown(policy), names.len());
    let names: Vec<String> = names.iter().map(|name| plain(name.as_str())).collect();
    let names = names.join(", ");
    println!(
        "{}",
        if outcome == Outcome::Unchanged {
            say(policy::UsedAlready { policy, names })
        } else {
            say(policy::Given {
                policy,
                count,
                names,
            })
        }
    );
    Ok(())
}

fn delete(common: &Common, name: &PolicyName) -> CommandResult {
    let gone = PolicyChange::Delete;
    let outcome = common
        .manager()?
        .ask(|scm, caller, reply| scm.change_policy(caller, name, gone, false, reply))?;
    if common.json {
        return Common::print_json(&PolicyOutcomeReply::from(outcome));
    }
    println!("{}", say(told(outcome, name, 0, false)));
    Ok(())
}
