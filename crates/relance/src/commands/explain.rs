//! `relance explain`: what a rule, an entry of the event log or an error code means. Works without a
//! manager.

use clap::Parser;
use relance_rulebook::{Page, Rule, speaking_of};
use relance_scm::event::{EventSource, meaning, template};
use relance_scm::{ScmError, Win32Error};
use relance_texts::{Lang, Message, command, explain, quoted, shown};
use serde::Serialize;

use crate::cli::{CommandFailure, CommandResult, Common};
use crate::lang::say;

/// Where the rules can be read beside the program.
const PAGES: &str = "docs/rules";
/// The ids that entries of the manager have; between them only some are used.
const EVENT_IDS: [std::ops::Range<u32>; 2] = [1000..2000, 7000..8000];

/// Say what a rule (R8.5), an entry of the event log (7031) or an error code (1053) means
///
/// A number can be both an entry and an error code; both are shown. Names of error codes are taken too
/// (ERROR_SERVICE_DISABLED). Needs no manager.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Ids of rules, numbers of entries, numbers or names of error codes
    #[arg(required = true, value_name = "WHAT")]
    what: Vec<String>,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let explained = body(&arguments)?;
    if arguments.common.json {
        return Common::print_json(&explained);
    }
    let texts: Vec<String> = explained.iter().map(Explained::text).collect();
    print!("{}", texts.join("\n"));
    Ok(())
}

/// What each word stands for.
pub(super) fn body(arguments: &Arguments) -> Result<Vec<Explained>, CommandFailure> {
    arguments.what.iter().map(|what| explain(what)).collect()
}

/// All that one word stands for.
#[derive(Debug, Default, Serialize)]
pub(super) struct Explained {
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<RuleReply>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<EventReply>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorReply>,
}

#[derive(Debug, Serialize)]
struct RuleReply {
    id: &'static str,
    title: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<&'static str>,
    kind: &'static str,
    sources: Vec<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_on_linux: Option<&'static str>,
    page: String,
}

/// A link of a page: what it is called, and where it leads.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Link {
    name: &'static str,
    url: &'static str,
}

#[derive(Debug, Serialize)]
struct EventReply {
    event_id: u32,
    source: &'static str,
    /// With `%1` to `%5` for the parameters.
    sentence: String,
    /// Rules that speak of it.
    rules: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
struct ErrorReply {
    code: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
    text: String,
    /// Rules that speak of it.
    rules: Vec<&'static str>,
}

fn explain(what: &str) -> Result<Explained, CommandFailure> {
    let word = what.trim();
    let number = word.parse::<u32>().ok();
    let explained = Explained {
        rule: relance_rulebook::find(word).map(rule_reply),
        event: number.and_then(event_reply),
        error: number
            .map(Win32Error::from_raw)
            .or_else(|| Win32Error::from_name(word))
            .and_then(error_reply),
    };
    let nothing =
        explained.rule.is_none() && explained.event.is_none() && explained.error.is_none();
    if nothing {
        return Err(unknown(word));
    }
    Ok(explained)
}

fn unknown(word: &str) -> CommandFailure {
    let sentence = command::NotExplained {
        word: quoted(word),
        pages: PAGES,
    };
    ScmError::new(Win32Error::NOT_FOUND, sentence).into()
}

fn rule_reply((page, rule): (Page, Rule<'static>)) -> RuleReply {
    RuleReply {
        page: format!("{PAGES}/{}.md#{}", page.name, rule.anchor()),
        id: rule.id,
        title: rule.title,
        sources: relance_rulebook::links(rule.sources.unwrap_or_default())
            .map(|(name, url)| Link { name, url })
            .collect(),
        text: rule.text,
        example: rule.example,
        kind: rule.kind,
        not_on_linux: rule.not_on_linux,
    }
}

fn event_reply(event_id: u32) -> Option<EventReply> {
    if !EVENT_IDS.iter().any(|ids| ids.contains(&event_id)) {
        return None;
    }
    let source = if event_id >= 7000 {
        EventSource::ServiceControlManager
    } else {
        EventSource::Relance
    };
    Some(EventReply {
        event_id,
        source: source.name(),
        sentence: template(event_id)?.of(Lang::En),
        rules: speaking_of(event_id),
    })
}

fn error_reply(code: Win32Error) -> Option<ErrorReply> {
    code.name()?;
    Some(ErrorReply {
        code: code.to_raw(),
        name: code.name(),
        text: code.text().into_owned(),
        rules: speaking_of(code.to_raw()),
    })
}

impl Explained {
    fn text(&self) -> String {
        let rule = self.rule.as_ref().map(rule_text);
        let event = self.event.as_ref().map(event_text);
        let error = self.error.as_ref().map(error_text);
        let texts: Vec<String> = rule.into_iter().chain(event).chain(error).collect();
        texts.join("\n")
    }
}

fn rule_text(rule: &RuleReply) -> String {
    let mut lines = vec![format!("{}: {}", rule.id, rule.title)];
    // The rules themselves are English (ADR 92).
    if !rule.text.is_empty() {
        lines.push(format!("  {}", rule.text.replace('\n', "\n  ")));
    }
    lines.extend(
        rule.example
            .map(|example| indented(explain::Example { example })),
    );
    lines.push(indented(explain::From { kind: rule.kind }));
    let sources = rule.sources.iter();
    lines.extend(sources.map(|link| {
        let Link { name, url } = *link;
        indented(explain::See { name, url })
    }));
    let here = rule.not_on_linux;
    lines.extend(here.map(|reason| indented(explain::NotOnLinux { reason })));
    let page = &rule.page;
    lines.push(indented(explain::Page { page }));
    lines.join("\n") + "\n"
}

fn event_text(event: &EventReply) -> String {
    let id = event.event_id;
    let entry = say(explain::Entry {
        id: shown(id),
        source: event.source,
    });
    let mut text = format!("{entry}\n");
    text.extend(template(id).map(|sentence| indented(sentence) + "\n"));
    if let Some((means, to_do)) = meaning(id) {
        text.push_str(&format!("  {}\n  {}\n", say(means), say(to_do)));
    }
    text.push_str(&rules_text(&event.rules));
    text
}

fn error_text(error: &ErrorReply) -> String {
    let name = error.name.unwrap_or_default();
    let code = shown(error.code);
    let sentence = say(Win32Error::from_raw(error.code));
    let mut text = format!("{}\n  {sentence}\n", say(explain::Error { code, name }));
    text.push_str(&rules_text(&error.rules));
    text
}

fn indented(message: impl Message) -> String {
    format!("  {}", say(message))
}

fn rules_text(rules: &[&str]) -> String {
    if rules.is_empty() {
        return String::new();
    }
    indented(explain::Rules {
        rules: rules.to_vec(),
    }) + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(what: &str) -> String {
        explain(what).expect("it is known").text()
    }

    #[test]
    fn a_rule_is_explained_with_its_sources() {
        let text = text("r12");
        assert!(
            text.starts_with("R12: The counter goes back to 0"),
            "{text}"
        );
        assert!(text.contains("https://learn.microsoft.com/"), "{text}");
        assert!(text.contains("Page: docs/rules/recovery.md#r12-"), "{text}");
    }

    #[test]
    fn a_number_is_an_entry_and_an_error_code_where_it_is_both() {
        let event = text("7031");
        assert!(
            event.contains("Entry 7031") && event.contains("Rules: R8.1"),
            "{event}"
        );
        let error = text("1053");
        assert!(
            error.contains("Error 1053 ERROR_SERVICE_REQUEST_TIMEOUT"),
            "{error}"
        );
        let both = text("1003");
        assert!(
            both.contains("Entry 1003") && both.contains("Error 1003"),
            "{both}"
        );
        assert_eq!(
            text("error_service_disabled"),
            text("ERROR_SERVICE_DISABLED")
        );
    }

    #[test]
    fn what_nobody_knows_is_refused_with_an_example() {
        for what in ["", "Z9", "4000000000", "bogus", "-1"] {
            assert!(explain(what).is_err(), "{what}");
        }
    }
}
