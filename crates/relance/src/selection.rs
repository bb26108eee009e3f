//! Which services a command is about: names, patterns (`worker*`, `job?`), groups (`+workers`), or all. `all` and
//! `NAME.service` are understood as pm2, supervisorctl and systemctl do, where no service has that name; so are
//! `workers:*` and `workers:web`.
//!
//! For one named service, success prints nothing. For several, each service gets a line, a failure
//! does not stop the others, and the first failure gives the exit status.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::thread;

use clap::Args;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use relance_client::{Target, connect};
use relance_scm::instance::is_template;
use relance_scm::manager::{ServiceInfo, UnreadableService, wait};
use relance_scm::{Caller, ScmError, ServiceManager, ServiceName, Win32Error};
use relance_texts::{Lang, Words, command, quoted, status};
use serde::Serialize;
use wildmatch::WildMatch;

use crate::cli::{CommandFailure, CommandResult, Common, Manager, name, usage};
use crate::lang::{lang, say};
use crate::plain::{plain, plain_lines};

/// Services that are worked on at the same time. Each may wait, with a connection of its own.
const AT_ONCE: usize = 8;

/// Stands before the name of a group, as among dependencies.
const GROUP: char = '+';

/// How a command goes through its services.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// How many at the same time.
    at_once: usize,
    /// Whether those that are not begun are left out when one fails.
    stops: bool,
}

impl Pace {
    /// As usual.
    pub(crate) const ALL: Self = Self {
        at_once: AT_ONCE,
        stops: false,
    };

    /// This many at a time, up to the first failure.
    pub(crate) fn rolling(at_once: usize) -> Self {
        Self {
            at_once,
            stops: true,
        }
    }
}

/// The services of a command.
#[derive(Debug, Args)]
pub(crate) struct Selection {
    /// Services: names, patterns with * and ?, NAME@ for all its instances, or +GROUP for those of a group
    #[arg(value_name = "NAME", add = service_names())]
    names: Vec<String>,
    /// All services
    #[arg(long, conflicts_with = "names")]
    all: bool,
}

/// The services that were meant.
pub(crate) struct Selected {
    pub(crate) names: Vec<ServiceName>,
    /// Whether it is one service, called by its name.
    pub(crate) is_one: bool,
}

/// Refuses a name that no service has, which may be a typing mistake.
pub(crate) fn must_exist(manager: &Manager, name: &ServiceName) -> CommandResult {
    manager.ask(|scm, caller, reply| scm.query_service(caller, name, reply))?;
    Ok(())
}

/// X27: answers about all services also name those that are stored and not managed.
pub(crate) fn warn_of_unreadable(unreadable: &[UnreadableService]) {
    for service in unreadable {
        let said = say(status::NotLoaded {
            name: plain(&service.name),
            problem: service.problem.clone(),
        });
        eprintln!("relance: {}", plain(&said));
    }
}

impl Selection {
    /// Whether no service was named.
    pub(crate) fn is_empty(&self) -> bool {
        !self.all && self.names.is_empty()
    }

    /// As if these words had been typed.
    pub(crate) fn of(names: &[String]) -> Self {
        Self {
            names: names.to_vec(),
            all: false,
        }
    }

    /// The services that are meant, each once, in the order in which they were named.
    ///
    /// # Errors 87 when none is named, 1060 for a pattern that nothing matches. A name need not
    /// exist: the later request to the manager fails then.
    pub(crate) fn select(&self, manager: &Manager) -> Result<Selected, CommandFailure> {
        self.among(&self.listed(manager)?)
    }

    /// All services, where the words say more than names.
    fn listed(&self, manager: &Manager) -> Result<Vec<ServiceInfo>, CommandFailure> {
        let needs_list = |text: &String| is_pattern(text) || is_habit(text);
        if !self.all && !self.names.iter().any(needs_list) {
            return Ok(Vec::new());
        }
        let list = manager.ask(|scm, caller, reply| scm.enumerate(caller, reply))?;
        if self.all {
            warn_of_unreadable(&list.unreadable);
        }
        Ok(list.services)
    }

    /// The same, of services that were listed before.
    ///
    /// # Errors
    /// Those of [`Selection::select`].
    pub(crate) fn among(&self, listed: &[ServiceInfo]) -> Result<Selected, CommandFailure> {
        if self.is_empty() {
            return Err(usage(command::NAME_SERVICES));
        }
        let known = listed.iter().map(|info| Known {
            name: info.config.service_name.clone(),
            group: info.config.load_order_group.clone(),
        });
        let known: Vec<Known> = known.collect();
        let mut names: Vec<ServiceName> = Vec::new();
        let mut seen = HashSet::new();
        let mut is_one = !self.all && self.names.len() == 1;
        let mut add = |name: ServiceName| {
            if seen.insert(name.key()) {
                names.push(name);
            }
        };
        let all = || known.iter().map(|known| known.name.clone());
        if self.all {
            all().for_each(&mut add);
        }
        for text in &self.names {
            // A name may have these characters, too, or be such a word.
            let is_exact = |known: &&Known| known.name.as_str().eq_ignore_ascii_case(text);
            if let Some(exact) = known.iter().find(is_exact) {
                add(exact.name.clone());
                continue;
            }
            if is_all(text) {
                is_one = false;
                all().for_each(&mut add);
                continue;
            }
            let text = without_suffix(text);
            if let Some(members) = of_supervisor(&known, text) {
                is_one = is_one && !text.ends_with('*');
                members.into_iter().for_each(&mut add);
            } else if text.contains(',') {
                let (names, text) = (text.replace(',', " "), quoted(text));
                return Err(usage(command::Commas { text, names }));
            } else if is_pattern(text) {
                is_one = false;
                matching(&known, text)?.into_iter().for_each(&mut add);
            } else {
                add(name(text)?);
            }
        }
        Ok(Selected { names, is_one })
    }

    /// Whether all services are meant by a word that a careless person types; no service has that name.
    pub(crate) fn is_word_for_all(&self, manager: &Manager) -> bool {
        let mut words = self.names.iter().filter(|text| is_all(text));
        words.any(|text| name(text).is_ok_and(|name| must_exist(manager, &name).is_err()))
    }

    /// Does something with each service, several at a time where there are several. `done` says what has
    /// been done, like `started`.
    pub(crate) fn each(
        &self,
        common: &Common,
        done: Words,
        act: impl Fn(&Manager, &ServiceName) -> CommandResult + Sync,
    ) -> CommandResult {
        self.each_at(Pace::ALL, common, done, act)
    }

    /// The same at another pace.
    pub(crate) fn each_at(
        &self,
        pace: Pace,
        common: &Common,
        done: Words,
        act: impl Fn(&Manager, &ServiceName) -> CommandResult + Sync,
    ) -> CommandResult {
        let manager = common.manager()?;
        let selected = self.select(&manager)?;
        selected.each_at(pace, &manager, common, done, act)
    }

    /// What is known of each service.
    pub(crate) fn query(
        &self,
        manager: &Manager,
    ) -> Result<(Vec<ServiceInfo>, bool), CommandFailure> {
        let listed = self.listed(manager)?;
        let selected = self.among(&listed)?;
        let listed = listed.into_iter();
        let mut listed: HashMap<_, _> = listed
            .map(|info| (info.config.service_name.key(), info))
            .collect();
        let query = |name: &ServiceName| match listed.remove(&name.key()) {
            Some(info) => Ok(info),
            None => manager.ask(|scm, caller, reply| scm.query_service(caller, name, reply)),
        };
        let infos = selected.names.iter().map(query).collect::<Result<_, _>>()?;
        Ok((infos, selected.is_one))
    }
}

impl Selected {
    /// See [`Selection::each`].
    pub(crate) fn each(
        &self,
        manager: &Manager,
        common: &Common,
        done: Words,
        act: impl Fn(&Manager, &ServiceName) -> CommandResult + Sync,
    ) -> CommandResult {
        self.each_at(Pace::ALL, manager, common, done, act)
    }

    fn each_at(
        &self,
        pace: Pace,
        manager: &Manager,
        common: &Common,
        done: Words,
        act: impl Fn(&Manager, &ServiceName) -> CommandResult + Sync,
    ) -> CommandResult {
        if let ([only], true) = (&*self.names, self.is_one) {
            return act(manager, only);
        }
        let results = self.act(pace, manager, !common.json, done, act);
        report(&self.names, results, done, common.json)
    }

    /// Does something with each service, and prints the result of each, if that is wanted.
    pub(crate) fn act(
        &self,
        pace: Pace,
        manager: &Manager,
        is_told: bool,
        done: Words,
        act: impl Fn(&Manager, &ServiceName) -> CommandResult + Sync,
    ) -> Vec<CommandResult> {
        let tell = |name: &ServiceName, result: &CommandResult| {
            let name = plain(name.as_str());
            match result {
                _ if !is_told => {}
                Ok(()) => println!("{name}: {}", say(done)),
                Err(failure) => eprintln!("{name}: {}", plain_lines(&failure.sentence(lang()))),
            }
        };
        several_at_once(pace, manager, &self.names, tell, &act)
    }
}

/// A service that there is.
struct Known {
    name: ServiceName,
    group: Box<str>,
}

/// Whether a word may stand for several services.
fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?']) || text.starts_with(GROUP) || is_template(text)
}

/// A word that pm2 and supervisorctl have for all services.
fn is_all(text: &str) -> bool {
    text.eq_ignore_ascii_case("all")
}

/// Whether a name reads as people of other service managers write it.
fn is_habit(text: &str) -> bool {
    is_all(text) || without_suffix(text) != text || text.contains([':', ','])
}

/// `workers:*` and `workers:web` of supervisorctl: the instances of a template, the services of a group, or the one
/// that is named after the colon.
fn of_supervisor(known: &[Known], text: &str) -> Option<Vec<ServiceName>> {
    let (group, member) = text.split_once(':')?;
    let template = format!("{group}@");
    let is_meant = |known: &&Known| {
        let name = known.name.as_str();
        match member {
            "*" | "" => {
                known.group.eq_ignore_ascii_case(group)
                    || name.eq_ignore_ascii_case(group)
                    || matcher(&template).matches(name)
            }
            member => name.eq_ignore_ascii_case(member),
        }
    };
    let members: Vec<ServiceName> = known
        .iter()
        .filter(is_meant)
        .map(|known| known.name.clone())
        .collect();
    (!members.is_empty()).then_some(members)
}

/// `web` of `web.service`.
fn without_suffix(text: &str) -> &str {
    let name = text.strip_suffix(".service").unwrap_or_default();
    if name.is_empty() { text } else { name }
}

/// The one service that is named; `web.service` is `web` where only that is there.
///
/// # Errors
/// 123 for a name that no service can have.
pub(crate) fn one(manager: &Manager, text: &str) -> Result<ServiceName, CommandFailure> {
    let whole = name(text)?;
    let short = name(without_suffix(text))?;
    if short != whole && must_exist(manager, &whole).is_err() {
        return Ok(short);
    }
    Ok(whole)
}

fn matching(known: &[Known], pattern: &str) -> Result<Vec<ServiceName>, CommandFailure> {
    let by_name = matcher(pattern);
    let group = pattern.strip_prefix(GROUP);
    let matches = |known: &&Known| match group {
        Some(group) => known.group.eq_ignore_ascii_case(group),
        None => by_name.matches(known.name.as_str()),
    };
    let matching = known.iter().filter(matches);
    let matching: Vec<ServiceName> = matching.map(|known| known.name.clone()).collect();
    if matching.is_empty() {
        let sentence = command::NoMatch {
            pattern: quoted(pattern),
        };
        return Err(ScmError::new(Win32Error::SERVICE_DOES_NOT_EXIST, sentence).into());
    }
    Ok(matching)
}

fn matcher(pattern: &str) -> WildMatch {
    let of_template = is_template(pattern).then(|| format!("{pattern}?*"));
    WildMatch::new_case_insensitive(of_template.as_deref().unwrap_or(pattern))
}

/// Whether a name is one of these, or matches one of them.
pub(crate) fn matches_any(patterns: &[String], name: &ServiceName) -> bool {
    patterns
        .iter()
        .any(|pattern| matcher(pattern).matches(name.as_str()))
}

/// Acts on all services with a bounded number of threads; results in the order of the names.
fn several_at_once(
    pace: Pace,
    manager: &Manager,
    names: &[ServiceName],
    tell: impl Fn(&ServiceName, &CommandResult) + Sync,
    act: &(impl Fn(&Manager, &ServiceName) -> CommandResult + Sync),
) -> Vec<CommandResult> {
    let next = AtomicUsize::new(0);
    let failed = OnceLock::new();
    let results = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..pace.at_once.min(names.len()) {
            scope.spawn(|| {
                while let Some((index, name)) = take(&next, names) {
                    let result = match failed.get() {
                        Some(failed) if pace.stops => Err(left_out(failed)),
                        _ => act(manager, name),
                    };
                    if result.is_err() {
                        // The first one is named in the error; the others have printed their own.
                        let _ = failed.set(name.clone());
                    }
                    let mut results = results
                        .lock()
                        .unwrap_or_else(std::sync::PoisonError::into_inner);
                    tell(name, &result);
                    results.push((index, result));
                }
            });
        }
    });
    let mut results = results
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

fn left_out(failed: &ServiceName) -> CommandFailure {
    let sentence = command::LeftOut { failed };
    ScmError::new(Win32Error::OPERATION_ABORTED, sentence).into()
}

fn take<'a>(next: &AtomicUsize, names: &'a [ServiceName]) -> Option<(usize, &'a ServiceName)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    Some((index, names.get(index)?))
}

/// The result for one service, as JSON.
#[derive(Serialize)]
struct Outcome<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    done: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

fn report(
    names: &[ServiceName],
    results: Vec<CommandResult>,
    done: Words,
    json: bool,
) -> CommandResult {
    if json {
        let outcomes: Vec<Outcome<'_>> = names
            .iter()
            .zip(&results)
            .map(|(name, result)| Outcome {
                name: name.as_str(),
                done: result.is_ok().then(|| done.of(Lang::En)),
                error: result
                    .as_ref()
                    .err()
                    .map(|failure| failure.sentence(Lang::En)),
            })
            .collect();
        Common::print_json(&outcomes)?;
    }
    let first = results.into_iter().find_map(Result::err);
    // Each result has been printed already.
    first.map_or(Ok(()), |failure| {
        Err(CommandFailure::Silent(failure.status()))
    })
}

/// Completes the name of a service: of the manager that a command without `--socket` asks.
pub(crate) fn service_names() -> ArgValueCompleter {
    ArgValueCompleter::new(candidates)
}

fn candidates(current: &OsStr) -> Vec<CompletionCandidate> {
    let begin = current.to_string_lossy();
    let Ok(manager) = connect(&Target::Local) else {
        return Vec::new();
    };
    let list = wait(|reply| manager.enumerate(&Caller::system(), reply));
    let services = list.map(|list| list.services).unwrap_or_default();
    services
        .iter()
        .filter(|info| info.config.service_name.as_str().starts_with(&*begin))
        .map(|info| {
            let about = info.status.state.name().to_owned();
            CompletionCandidate::new(info.config.service_name.as_str()).help(Some(about.into()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_of_systemd_is_named_without_its_suffix() {
        for (text, name) in [
            ("web.service", "web"),
            ("worker@1.service", "worker@1"),
            (".service", ".service"),
            ("web.timer", "web.timer"),
        ] {
            assert_eq!(without_suffix(text), name);
        }
    }

    #[test]
    fn patterns_match_without_case_and_an_empty_match_is_refused() {
        let known =
            ["worker1", "Worker2", "mailer", "mail@1", "mail@2", "mail@"].map(|text| Known {
                name: name(text).expect("a name"),
                group: if text.starts_with('m') { "Post" } else { "" }.into(),
            });
        let names = |pattern: &str| {
            let found = matching(&known, pattern).map_err(|failure| failure.status());
            found.map(|names| names.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        assert_eq!(
            names("worker*"),
            Ok(vec!["worker1".into(), "Worker2".into()])
        );
        assert_eq!(names("*er?"), Ok(vec!["worker1".into(), "Worker2".into()]));
        assert_eq!(names("x*"), Err(4));
        let post = ["mailer", "mail@1", "mail@2", "mail@"].map(String::from);
        assert_eq!(names("+post"), Ok(post.into()));
        assert_eq!(names("+none"), Err(4));
        assert_eq!(names("mail@"), Ok(vec!["mail@1".into(), "mail@2".into()]));
        assert_eq!(names("worker@"), Err(4), "a template without instances");
    }
}
