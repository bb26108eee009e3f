//! The help of commands in the language of the terminal.
//!
//! `clap` makes it from docstrings, which are English and which `docs/cli.md` shows. Their French stands in the
//! catalogue (`help.ftl`), where a text is found by its English; a test finds a text that has none. The headings
//! that `clap` writes itself are exchanged in what it has made (ADR 113).

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, Command};
use relance_texts::{Lang, help};

use crate::lang::lang;

/// Between the paragraphs of a docstring.
const PARAGRAPH: &str = "\n\n";

/// A sentence of the help; as it is, if the catalogue does not have it.
pub(crate) fn said(english: &'static str) -> &'static str {
    match lang() {
        Lang::En => english,
        Lang::Fr => french(english).unwrap_or(english),
    }
}

fn french(english: &str) -> Option<&'static str> {
    static TEXTS: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    let texts = TEXTS.get_or_init(|| {
        let of_help = relance_texts::all().filter(|words| words.id().starts_with("help-"));
        of_help
            .map(|words| (words.of(Lang::En), words.of(Lang::Fr)))
            .collect()
    });
    texts.get(english).copied()
}

/// Commands with their help in the language of the terminal.
pub(crate) fn translated(command: Command) -> Command {
    match lang() {
        Lang::En => command,
        Lang::Fr => in_french(command),
    }
}

fn in_french(command: Command) -> Command {
    let (about, long, after) = (
        command.get_about().map(paragraphs),
        command.get_long_about().map(paragraphs),
        command.get_after_help().map(paragraphs),
    );
    let mut command = command.mut_args(argument).mut_subcommands(in_french);
    if let Some(about) = about {
        command = command.about(about);
    }
    if let Some(long) = long {
        command = command.long_about(long);
    }
    match after {
        Some(after) => command.after_help(after),
        None => command,
    }
}

fn argument(arg: Arg) -> Arg {
    let (text, long) = (
        arg.get_help().map(paragraphs),
        arg.get_long_help().map(paragraphs),
    );
    let heading = arg.get_help_heading().and_then(french);
    let values = arg.get_possible_values();
    let mut arg = if values.iter().any(|value| value.get_help().is_some()) {
        arg.value_parser(PossibleValuesParser::new(values.into_iter().map(value)))
    } else {
        arg
    };
    if let Some(text) = text {
        arg = arg.help(text);
    }
    if let Some(long) = long {
        arg = arg.long_help(long);
    }
    match heading {
        Some(heading) => arg.help_heading(heading),
        None => arg,
    }
}

fn value(value: PossibleValue) -> PossibleValue {
    match value.get_help().map(paragraphs) {
        Some(text) => value.help(text),
        None => value,
    }
}

fn paragraphs(text: &impl ToString) -> String {
    let text = text.to_string();
    let paragraphs = text.split(PARAGRAPH);
    let said = paragraphs.map(|english| french(english).unwrap_or(english));
    said.collect::<Vec<_>>().join(PARAGRAPH)
}

/// Help that `clap` has made, with its own words in the language of the terminal.
pub(crate) fn finished(help: &str) -> Cow<'_, str> {
    match lang() {
        Lang::En => help.into(),
        Lang::Fr => with_french_headings(help).into(),
    }
}

fn with_french_headings(text: &str) -> String {
    let mut finished = String::with_capacity(text.len() + 64);
    for line in text.split_inclusive('\n') {
        let words = line.trim();
        let whole = [
            help::OPTIONS,
            help::ARGUMENTS,
            help::COMMANDS,
            help::POSSIBLE_VALUES,
        ];
        let usage = help::USAGE.of(Lang::En);
        if let Some(heading) = whole.iter().find(|words_of| words_of.of(Lang::En) == words) {
            finished.push_str(&line.replace(words, heading.of(Lang::Fr)));
        } else if let Some(rest) = line.strip_prefix(usage) {
            finished.push_str(help::USAGE.of(Lang::Fr));
            finished.push_str(rest);
        } else if let Some(heading) = heading(line) {
            finished.push_str(heading);
            finished.push_str("\u{a0}:\n");
        } else {
            finished.push_str(&with_french_parts(line));
        }
    }
    finished
}

/// A heading of our own, to which `clap` adds a colon.
fn heading(line: &str) -> Option<&str> {
    let heading = line.strip_suffix(":\n")?;
    (!heading.starts_with(' ') && !heading.ends_with('\u{a0}')).then_some(heading)
}

/// What `clap` adds to the text of an option, and the texts of its own options.
fn with_french_parts(line: &str) -> String {
    let parts = [
        help::HELP_SHORT,
        help::HELP_LONG,
        help::HELP_COMMAND,
        help::HELP,
        help::VERSION,
        help::DEFAULT,
        help::POSSIBLE,
    ];
    parts.iter().fold(line.to_owned(), |line, part| {
        line.replace(part.of(Lang::En), part.of(Lang::Fr))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands;

    #[test]
    fn what_clap_adds_is_french_too() {
        let help = "Lister\n\nUsage: relance list\n\nOptions:\n  --sort [default: name]\n  -h  Print help\n\nÉcart:\n";
        let french = with_french_headings(help).replace('\u{a0}', " ");
        assert_eq!(
            french,
            "Lister\n\nUtilisation : relance list\n\nOptions :\n  --sort [par défaut : name]\n  -h  Afficher l’aide\n\nÉcart :\n"
        );
    }

    #[test]
    fn the_catalogue_has_no_help_that_nothing_says() {
        let mut help = commands::overview();
        for command in commands::whole().get_subcommands() {
            add_texts(command, &mut help);
        }
        let unsaid: Vec<_> = relance_texts::all()
            .filter(|words| words.id().starts_with("help-"))
            .filter(|words| words.parameters().next().is_none())
            .filter(|words| !words.id().contains("-windows-") || cfg!(windows))
            .filter(|words| !help.contains(words.of(Lang::En)) && !is_of_clap(words.of(Lang::En)))
            .map(relance_texts::Words::id)
            .collect();
        assert!(unsaid.is_empty(), "remove from en and fr: {unsaid:?}");
    }

    fn is_of_clap(english: &str) -> bool {
        with_french_headings(english) != english
            || with_french_headings(&format!("{english}\n")) != english
    }

    fn add_texts(command: &Command, help: &mut String) {
        let mut command = command.clone();
        help.push_str(&command.render_help().to_string());
        for arg in command.get_arguments() {
            let values = arg.get_possible_values();
            let of_values = values.iter().filter_map(PossibleValue::get_help);
            let own = [arg.get_help(), arg.get_long_help()].into_iter().flatten();
            for text in own.chain(of_values) {
                help.push_str(&format!("{text}\n"));
            }
            help.push_str(arg.get_help_heading().unwrap_or_default());
        }
        for text in [command.get_about(), command.get_long_about()]
            .into_iter()
            .flatten()
        {
            help.push_str(&format!("{text}\n"));
        }
        for command in command.get_subcommands() {
            add_texts(command, help);
        }
    }
}
