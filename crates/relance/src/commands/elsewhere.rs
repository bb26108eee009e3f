//! What a misused command line may have meant: an option that another command has, a file without its option.
//!
//! Written into the error of `clap`, from which `misuse` makes a sentence.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// An option that more commands have is not the sign of one of them.
const OTHERS_MAX: usize = 4;

/// Adds the other commands that have the option, or the option that a word stands behind in this command.
pub(super) fn note(error: &mut clap::Error, own: &str, whole: fn() -> clap::Command) {
    if error.kind() != ErrorKind::UnknownArgument {
        return;
    }
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidArg) else {
        return;
    };
    let meant = match word.strip_prefix("--") {
        // How many there are does not belong to each of them.
        Some("instances") if own == "config" => Some(ContextValue::String(
            "relance scale NAME@ NUMBER".to_owned(),
        )),
        Some(option) => others_with(option, own, &whole()),
        None if word.starts_with('-') => None,
        None => of_a_file(own, &whole()),
    };
    if let Some(meant) = meant {
        error.insert(ContextKind::Custom, meant);
    }
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

/// People name files so.
fn of_a_file(own: &str, whole: &clap::Command) -> Option<ContextValue> {
    let command = whole.find_subcommand(own)?;
    let option = has_option(command, "file").then(|| "--file".to_owned());
    option.map(ContextValue::String)
}

fn has_option(command: &clap::Command, name: &str) -> bool {
    let mut options = command.get_arguments().filter_map(clap::Arg::get_long);
    options.any(|option| option == name)
}
