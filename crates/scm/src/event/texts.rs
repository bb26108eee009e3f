//! The sentences of entries: messages of the catalogue (`event-7031` in `event.ftl`), filled from stored
//! parameters (E11: the wording is ours, ids and parameters are Windows').

use std::time::Duration;

use relance_texts::{Message, Sentence, Text, Value, Words, event, find};

use super::EventSource;
use super::names::{names, value};

/// The sentence of an entry, from its id and its stored parameters.
///
/// An id without a sentence (written by a newer version, or by a service itself) is shown as its
/// parameters.
#[must_use]
pub fn sentence(source: EventSource, id: u32, parameters: &[String]) -> Sentence {
    let text = match source {
        EventSource::ServiceControlManager | EventSource::Relance => ended_early(id, parameters)
            .or_else(|| {
                filled(id, |name, at| {
                    let parameter = parameters.get(at);
                    parameter.map_or_else(|| "?".into(), |parameter| value(name, parameter))
                })
            }),
        EventSource::Application => None,
    };
    text.map_or_else(|| Sentence::foreign(parameters.join(" ")), Sentence::from)
}

/// That of 7009 where its process did not wait for the limit.
fn ended_early(id: u32, parameters: &[String]) -> Option<Text> {
    match (id, parameters) {
        (7009, [_, service, lived]) => {
            let lived = Duration::from_millis(lived.parse().ok()?);
            Some(event::EndedUnconnected { service, lived }.text())
        }
        _ => None,
    }
}

/// The same in English.
#[must_use]
pub fn render(source: EventSource, id: u32, parameters: &[String]) -> String {
    sentence(source, id, parameters).to_string()
}

/// The sentence for the entries of a kind, with `%1` to `%5` for their parameters; `None` for an id that is
/// not ours to write.
#[must_use]
pub fn template(id: u32) -> Option<Text> {
    filled(id, |_, at| format!("%{}", at + 1).into())
}

/// What entries of a kind mean, and what to do about them. `None` for an id that is not known.
#[must_use]
pub fn meaning(id: u32) -> Option<(Words, Words)> {
    let of = |part: &str| find(&format!("event-{id}.{part}"));
    Some((of("means")?, of("do")?))
}

fn filled(id: u32, of: impl Fn(&str, usize) -> Value) -> Option<Text> {
    let names = names(id).iter().enumerate();
    let values = names.map(|(at, name)| (*name, of(name, at))).collect();
    Text::build(&format!("event-{id}"), values)
}
