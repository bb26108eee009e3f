//! `relance apply`: makes services as files describe them. `plan` compares; this file carries the plan out and
//! reports.

pub(super) mod change;
mod elsewhere;
mod hiding;
pub(super) mod plan;
mod policies;
mod refused;

use std::collections::{HashMap, HashSet};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use relance_scm::config::Extensions;
use relance_scm::manager::ToApply;
use relance_scm::{ScmError, ServiceName, Win32Error};
use relance_texts::{Lang, apply, command, quoted};
use relance_wire::api::ContradictionBody;
use serde::Serialize;

use super::{restart, scale, stop};
use crate::cli::{CommandFailure, CommandResult, Common, Manager, usage};
use crate::contradictions;
use crate::env_files;
use crate::lang::{lang, say};
use crate::limits;
use crate::plain::{plain, plain_lines};
use crate::selection::{Pace, Selected, matches_any};
use crate::service_files::{self, Disk};
use crate::waiting::Patience;

use change::{Act, Change};
use plan::{Plan, Step, Surplus};
use policies::PolicyStep;
use refused::Asked;

/// How `--dry-run` ends when something would change.
const WOULD_CHANGE: u8 = 6;

/// Create or update the services of files by their names, all or none; other services stay as they are
///
/// A file is TOML, one `[[service]]` each, with the names of `relance config --json`, or that JSON. As with
/// `relance create`, a service whose `kind` is not given is a program. `instances = 4` with a
/// name that ends in @ makes NAME@1 to NAME@4. docs/config-as-code.md has all that a file can say.
///
/// `[policies.NAME]` describes a policy, which services use by `policy = "NAME"`; services that no file describes change
/// with it, and --diff names them.
///
/// Running services run on as they were started, unless --restart-changed is given.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// A file, or a folder of .toml and .json files; - for the standard input; may be repeated
    #[arg(long = "file", short, value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Change nothing; the exit status is 0 if nothing would change, 6 if something would
    #[arg(long)]
    dry_run: bool,
    /// Report what another system would do with the files; no manager is asked
    #[arg(long = "for", value_name = "SYSTEM", value_enum, requires = "dry_run")]
    system: Option<System>,
    /// Show each setting that changes, before and after
    #[arg(long)]
    diff: bool,
    /// Stop and delete services that match this pattern and that no file describes, and policies
    /// that no service uses afterwards; '*' for all; may be repeated
    #[arg(long, value_name = "PATTERN")]
    prune: Vec<String>,
    /// Delete without asking
    #[arg(long, short = 'y', requires = "prune")]
    yes: bool,
    /// Restart services that run and have changes which take effect at the next start
    #[arg(long)]
    restart_changed: bool,
    /// How many to restart at a time: the next one follows when one is ready again, and the first
    /// that fails ends the restart
    #[arg(long, value_name = "NUMBER", num_args = 0..=1, default_missing_value = "1", requires = "restart_changed",
          require_equals = true, value_parser = clap::value_parser!(u16).range(1..=1000))]
    rolling: Option<u16>,
    /// A variable for ${NAME} in the files; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE")]
    set: Vec<String>,
    #[command(flatten)]
    common: Common,
}

/// A system that services may be for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum System {
    /// Windows' own manager, and relance host for programs
    Windows,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let json = arguments.common.json;
    let set = arguments.set.iter().map(|text| variable(text));
    let set = set.collect::<Result<Vec<_>, _>>()?;
    let read = service_files::read(&arguments.files, &set, &Disk::OWN);
    let found = read.map_err(|problems| problems.report(json))?;
    let secrets = found.secrets.clone();
    let templates = found.templates();
    let asked = Asked::of(found);
    let to_apply = asked.to_apply();
    if arguments.system == Some(System::Windows) {
        let differs = elsewhere::report(to_apply, json)?;
        return if differs {
            Err(CommandFailure::Silent(WOULD_CHANGE))
        } else {
            Ok(())
        };
    }
    if to_apply.services.is_empty() && !arguments.prune.is_empty() {
        return Err(usage(apply::PRUNE_ALL));
    }
    let manager = arguments.common.manager()?;
    let mut plan = Plan::of(&manager, to_apply, &secrets)?;
    let placed = |failure| asked.placed(&manager, failure, json);
    plan.prune(|name| matches_any(&arguments.prune, name));
    plan.note_surplus(&templates);
    if arguments.dry_run {
        try_out(&manager, &plan, to_apply.clone()).map_err(placed)?;
        arguments.telling().tell(&plan, &[])?;
        return if plan.changes() {
            Err(CommandFailure::Silent(WOULD_CHANGE))
        } else {
            Ok(())
        };
    }
    ask_for_deletion(&plan, &arguments)?;
    carry_out(&manager, &plan, to_apply.clone()).map_err(placed)?;
    let restarted = restart_changed(&manager, &plan, &arguments);
    arguments.telling().tell(&plan, &restarted)?;
    let failed = restarted.into_iter().find_map(|(_, result)| result.err());
    failed.map_or(Ok(()), |failure| {
        Err(CommandFailure::Silent(failure.status()))
    })
}

/// `NAME=VALUE`.
fn variable(text: &str) -> Result<(String, String), CommandFailure> {
    let pair = text.split_once('=').filter(|(name, _)| !name.is_empty());
    let (name, value) = pair.ok_or_else(|| usage(apply::NoSet { text: quoted(text) }))?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Has the manager check what only it can know: circles of dependencies, missing accounts, missing rights. The
/// plan covers the rest.
fn try_out(manager: &Manager, plan: &Plan, to_apply: ToApply) -> CommandResult {
    if !plan.brings() {
        return Ok(());
    }
    match manager.ask(|scm, caller, reply| scm.try_apply(caller, to_apply, reply)) {
        Ok(_) => Ok(()),
        // That of Windows.
        Err(CommandFailure::Scm(error)) if error.code() == Win32Error::NOT_SUPPORTED => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// Asks before a deletion: yes on the terminal, or an option.
fn ask_for_deletion(plan: &Plan, arguments: &Arguments) -> CommandResult {
    let names = plan.names(|step| step.act == Act::Delete);
    let names = names.iter().map(|name| plain(name.as_str()));
    let policies = plan.policies.iter().filter(|step| step.act == Act::Delete);
    let names: Vec<String> = names.chain(policies.map(PolicyStep::named)).collect();
    if names.is_empty() || arguments.yes {
        return Ok(());
    }
    let is_asked = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    if !is_asked || arguments.common.json {
        let sentence = apply::DeleteNeedsYes { names };
        return Err(ScmError::new(Win32Error::OPERATION_ABORTED, sentence).into());
    }
    if confirmed(&say(apply::DeleteQuestion { names }))? {
        return Ok(());
    }
    Err(ScmError::new(Win32Error::OPERATION_ABORTED, apply::NOT_DELETED).into())
}

/// Asks on the terminal; anything but yes is no.
fn confirmed(question: &str) -> std::io::Result<bool> {
    let yes: &[&str] = match lang() {
        Lang::En => &["y", "yes"],
        Lang::Fr => &["o", "oui"],
    };
    Ok(yes.contains(&&*answer(question)?))
}

/// The same; anything but no is yes.
pub(super) fn refused(question: &str) -> std::io::Result<bool> {
    Ok(["n", "no", "non"].contains(&&*answer(question)?))
}

fn answer(question: &str) -> std::io::Result<String> {
    eprint!("{question} ");
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(answer.trim().to_lowercase())
}

/// Carries out the plan: first the services of files, all or none, then the deletions.
pub(super) fn carry_out(manager: &Manager, plan: &Plan, to_apply: ToApply) -> CommandResult {
    let is_new = |step: &Step| step.act.brings();
    let new: HashSet<ServiceName> = plan.names(is_new).into_iter().collect();
    if plan.brings() {
        let limits: Vec<(String, Extensions)> = to_apply
            .services
            .iter()
            .filter(|service| new.contains(&service.config.service_name))
            .map(|service| {
                let config = &service.config;
                (config.service_name.to_string(), config.extensions.clone())
            })
            .collect();
        manager.ask(|scm, caller, reply| scm.apply(caller, to_apply, reply))?;
        limits::note(
            manager,
            limits.iter().map(|(name, set)| (name.as_str(), set)),
        );
    }
    for name in plan.names(|step| step.act == Act::Delete) {
        scale::remove(manager, &name, Patience::Own(stop::PATIENCE))?;
    }
    let policies = plan.policies.iter();
    policies
        .filter(|step| step.act == Act::Delete)
        .try_for_each(|step| step.delete(manager))
}

type Restarted = Vec<(ServiceName, CommandResult)>;

/// Restarts what runs as it was before, where that is wanted.
fn restart_changed(manager: &Manager, plan: &Plan, arguments: &Arguments) -> Restarted {
    if !arguments.restart_changed {
        return Vec::new();
    }
    let names = plan.names(|step| step.runs_on);
    let pace = arguments
        .rolling
        .map_or(Pace::ALL, |at_once| Pace::rolling(at_once.into()));
    let selected = Selected {
        names,
        is_one: false,
    };
    let json = arguments.common.json;
    let results = selected.act(
        pace,
        manager,
        !json,
        command::DONE_RESTARTED,
        |manager, name| restart::restart_and_wait(manager, name, Patience::Own(stop::PATIENCE)),
    );
    selected.names.into_iter().zip(results).collect()
}

impl Arguments {
    fn telling(&self) -> Telling {
        Telling {
            json: self.common.json,
            dry_run: self.dry_run,
            diff: self.diff,
            restarts: self.restart_changed,
        }
    }
}

/// How a plan is printed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Telling {
    pub(super) json: bool,
    pub(super) dry_run: bool,
    pub(super) diff: bool,
    /// Whether what runs on is restarted.
    pub(super) restarts: bool,
}

impl Telling {
    /// Prints what happens, or has happened, to each service.
    pub(super) fn tell(
        self,
        plan: &Plan,
        restarted: &[(ServiceName, CommandResult)],
    ) -> CommandResult {
        for step in &plan.steps {
            env_files::tell(step.name.as_str(), &step.env_files);
        }
        if self.json {
            return Common::print_json(&PlanReply::of(plan, restarted, self.dry_run));
        }
        for step in &plan.policies {
            self.said(step.act, step.named());
            if self.diff {
                step.explain();
            }
        }
        for step in &plan.steps {
            self.step(step);
        }
        for name in plan.surplus.iter().flat_map(|surplus| &surplus.names) {
            let (done, name) = (apply::KEPT, plain(name.as_str()));
            println!("{}", say(command::Applied { done, name }));
        }
        let [created, changed, deleted, unchanged] =
            [Act::Create, Act::Change, Act::Delete, Act::Keep].map(|act| plan.count(act));
        let summary = if self.dry_run {
            say(apply::Plan {
                created,
                changed,
                deleted,
                unchanged,
            })
        } else {
            say(apply::Done {
                created,
                changed,
                deleted,
                unchanged,
            })
        };
        println!("{summary}");
        for surplus in &plan.surplus {
            eprintln!("{}", surplus.why().of(lang()));
        }
        let runs_on = plan.names(|step| step.runs_on);
        if !runs_on.is_empty() && !self.restarts && !self.dry_run {
            let names: Vec<String> = runs_on.iter().map(|name| plain(name.as_str())).collect();
            let (count, names) = (names.len(), names.join(" "));
            eprintln!("{}", say(apply::RunOn { count, names }));
        }
        Ok(())
    }

    fn step(self, step: &Step) {
        self.said(step.act, plain(step.name.as_str()));
        if self.diff {
            for change in &step.changes {
                println!("    {}", plain_lines(&change.said()));
            }
        }
        for found in &step.contradictions {
            contradictions::tell(step.name.as_str(), found);
        }
    }

    fn said(self, act: Act, name: String) {
        let done = match (act, self.dry_run) {
            (Act::Create, true) => apply::WOULD_CREATE,
            (Act::Create, false) => command::DONE_CREATED,
            (Act::Change, true) => apply::WOULD_CHANGE,
            (Act::Change, false) => command::DONE_CHANGED,
            (Act::Delete, true) => apply::WOULD_DELETE,
            (Act::Delete, false) => command::DONE_DELETED,
            (Act::Keep, _) => apply::UNCHANGED,
        };
        println!("{}", say(command::Applied { done, name }));
    }
}

/// What happens to each service, as JSON.
#[derive(Serialize)]
struct PlanReply<'a> {
    dry_run: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    policies: Vec<PolicyReply<'a>>,
    outcomes: Vec<OutcomeReply<'a>>,
    /// Instances that stay although the files name fewer of their template.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    kept: Vec<KeptReply<'a>>,
}

#[derive(Serialize)]
struct KeptReply<'a> {
    name: &'a str,
    why: String,
}

#[derive(Serialize)]
struct PolicyReply<'a> {
    name: &'a str,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<ChangeReply<'a>>,
    /// Services that use it and that no file describes: they change with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    others: Vec<&'a str>,
}

#[derive(Serialize)]
struct OutcomeReply<'a> {
    name: &'a str,
    /// `created`, `changed`, `unchanged` or `deleted`; with `dry_run` what it would be.
    outcome: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<ChangeReply<'a>>,
    /// Whether the running process was started with other settings.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    needs_restart: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    restarted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// Settings that do nothing because of others (X47).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contradictions: Vec<ContradictionBody>,
}

#[derive(Serialize)]
struct ChangeReply<'a> {
    setting: &'a str,
    before: &'a str,
    after: &'a str,
}

fn kept(surplus: &Surplus) -> impl Iterator<Item = KeptReply<'_>> {
    let kept = |name| KeptReply {
        name: ServiceName::as_str(name),
        why: surplus.why().of(Lang::En),
    };
    surplus.names.iter().map(kept)
}

fn changed(changes: &[Change]) -> Vec<ChangeReply<'_>> {
    let changes = changes.iter().map(|change| ChangeReply {
        setting: change.key,
        before: &change.before,
        after: &change.after,
    });
    changes.collect()
}

impl<'a> PlanReply<'a> {
    fn of(plan: &'a Plan, restarted: &[(ServiceName, CommandResult)], dry_run: bool) -> Self {
        let restarted: HashMap<&ServiceName, &CommandResult> = restarted
            .iter()
            .map(|(name, result)| (name, result))
            .collect();
        let outcome = |step: &'a Step| {
            let result = restarted.get(&step.name).copied();
            let is_restarted = result.is_some_and(Result::is_ok);
            OutcomeReply {
                name: step.name.as_str(),
                outcome: step.act.word(),
                changes: changed(&step.changes),
                needs_restart: step.runs_on && !is_restarted,
                restarted: is_restarted,
                error: result
                    .and_then(|result| result.as_ref().err())
                    .map(|failure| failure.sentence(Lang::En)),
                contradictions: step.contradictions.iter().map(Into::into).collect(),
            }
        };
        let policy = |step: &'a PolicyStep| PolicyReply {
            name: step.name.as_str(),
            outcome: step.act.word(),
            changes: changed(&step.changes),
            others: step.others().map(ServiceName::as_str).collect(),
        };
        Self {
            dry_run,
            policies: plan.policies.iter().map(policy).collect(),
            outcomes: plan.steps.iter().map(outcome).collect(),
            kept: plan.surplus.iter().flat_map(kept).collect(),
        }
    }
}
