//! What a misused command line may have meant: an option that another command has or another manager calls so, a word
//! that belongs behind an option.
//!
//! Written into the error of `clap`, from which `misuse` makes a sentence.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use relance_scm::failure_actions::ActionList;
use relance_scm::settings;

use crate::service_files::meant_by;
use crate::similar::is_like;

/// An option that more commands have is not the sign of one of them.
const OTHERS_MAX: usize = 4;
/// Commands that make or change a service, whose settings are options.
const SETTING: [&str; 3] = ["create", "config", "failure"];

/// Adds the other commands that have the option, the option that is meant, or the one that a word stands behind in this
/// command.
pub(super) fn note(error: &mut clap::Error, own: &str, whole: fn() -> clap::Command) {
    if error.kind() != ErrorKind::UnknownArgument {
        return;
    }
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidArg) else {
        return;
    };
    let word = word.clone();
    let whole = whole();
    let Some(command) = whole.find_subcommand(own) else {
        return;
    };
    let meant = match word.strip_prefix("--") {
        // How many there are does not belong to each of them.
        Some("instances") if own == "config" => Some(ContextValue::String(
            "relance scale NAME@ NUMBER".to_owned(),
        )),
        Some(option) => option_of_others(option, command)
            .map(ContextValue::String)
            .or_else(|| others_with(option, own, &whole)),
        None if word.starts_with('-') => None,
        None => behind(&word, command).map(ContextValue::String),
    };
    if meant.is_some() || !is_suggested(error, &word) {
        // What clap has written there is for the option that it suggests.
        let mut command = command.clone().bin_name(format!("relance {own}"));
        let usage = ContextValue::StyledStr(command.render_usage());
        error.insert(ContextKind::Usage, usage);
    }
    if let Some(meant) = meant {
        error.insert(ContextKind::Custom, meant);
    }
    // An option is meant as a value only where words go to a program.
    if !command.get_arguments().any(clap::Arg::is_last_set) {
        error.remove(ContextKind::Suggested);
    }
}

/// Whether clap suggests something that will be shown.
fn is_suggested(error: &clap::Error, word: &str) -> bool {
    match error.get(ContextKind::SuggestedArg) {
        Some(ContextValue::String(known)) => is_like(word, known),
        Some(ContextValue::Strings(known)) => known.iter().any(|known| is_like(word, known)),
        _ => false,
    }
}

/// The option for a setting that other managers call so (`--cwd`, `--user`), or files of `apply` (`--stop-grace-ms`).
fn option_of_others(word: &str, command: &clap::Command) -> Option<String> {
    if !SETTING.contains(&command.get_name()) {
        return None;
    }
    let key = meant_by(word).unwrap_or(word);
    if key == "command" && command.get_name() == "create" {
        return Some("-- PROGRAM ARGUMENT…".to_owned());
    }
    option_for(key.rsplit('.').next().unwrap_or(key), command)
}

/// The option of a command for a setting, by its key or its option.
fn option_for(name: &str, command: &clap::Command) -> Option<String> {
    let key = name.replace('-', "_");
    let mut all = settings::all();
    let found = all.find(|setting| setting.key == key || setting.option == name)?;
    has_option(command, found.option).then(|| format!("--{}", found.option))
}

fn others_with(option: &str, own: &str, whole: &clap::Command) -> Option<ContextValue> {
    let others = whole.get_subcommands();
    let others = others.filter(|command| command.get_name() != own && has_option(command, option));
    let names: Vec<String> = others
        .map(|command| format!("relance {}", command.get_name()))
        .collect();
    (1..=OTHERS_MAX)
        .contains(&names.len())
        .then_some(ContextValue::Strings(names))
}

/// What has to stand before a word that is one too many, or the whole of what is meant.
fn behind(word: &str, command: &clap::Command) -> Option<String> {
    let own = command.get_name();
    if SETTING.contains(&own)
        && let Some((name, value)) = word.split_once('=')
        && let Some(option) = option_for(name, command)
    {
        return Some(format!("{option} {value}"));
    }
    let is_actions = word.contains('/') && word.parse::<ActionList>().is_ok();
    let option = match own {
        "create" => "--",
        "failure" | "config" if is_actions => "--actions",
        "events" => "--service",
        "doctor" => return Some(format!("relance why {word}")),
        // People name files so.
        _ if has_option(command, "file") => "--file",
        _ => return None,
    };
    let is_there = option == "--" || has_option(command, &option[2..]);
    is_there.then(|| option.to_owned())
}

fn has_option(command: &clap::Command, name: &str) -> bool {
    let mut options = command.get_arguments().filter_map(clap::Arg::get_long);
    options.any(|option| option == name)
}
