//! Searches an output for a text and says where the lines with it are. The last 16 MiB are searched.

use axum::Json;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use relance_client::ServiceManager;
use relance_scm::ScmError;
use relance_scm::manager::{OutputPart, OutputRange, wait};
use relance_texts::console;
use serde::Serialize;

use super::Source;
use crate::form::Query;
use crate::lang::Lang;
use crate::output_lines::line_len;
use crate::output_paint::plain;
use crate::reply::Answer;
use crate::viewer::Viewer;

/// How much is looked through, from the end.
const LOOKED_THROUGH: u64 = 16 << 20;
/// Lines that are found, at most: the last ones.
const FOUND_MAX: usize = 10_000;
/// Lines that a page without the script lists.
const LISTED: usize = 200;

/// What was found.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Found {
    /// Where the lines begin, the first first.
    at: Vec<u64>,
    /// There are more before these.
    more: bool,
    #[serde(skip)]
    texts: Vec<String>,
}

/// `GET /output/find?name=NAME&q=TEXT`: for the script.
pub(crate) async fn find(viewer: Viewer, Query(form): Query) -> Answer<Response> {
    let source = Source::of(&form, &form.name()?);
    let text = form.get("q").unwrap_or_default();
    Ok(Json(search(&viewer, &source, text).await?).into_response())
}

pub(super) async fn search(
    viewer: &Viewer,
    source: &Source,
    text: &str,
) -> Result<Found, ScmError> {
    let (Source { name, stream }, text) = (source.clone(), text.to_lowercase());
    viewer
        .with(move |manager, caller| {
            look_through(&text, |range| {
                wait(|reply| manager.read_output(caller, &name, stream, range, reply))
            })
        })
        .await
}

fn look_through(
    text: &str,
    read: impl Fn(OutputRange) -> Result<OutputPart, ScmError>,
) -> Result<Found, ScmError> {
    let end = read(OutputRange::LastLines(0))?.end;
    let mut position = end.saturating_sub(LOOKED_THROUGH);
    let mut found = Found {
        more: position > 0,
        ..Found::default()
    };
    let mut begun = Vec::new();
    let mut line_at = position;
    while position < end && !text.is_empty() {
        let part = read(OutputRange::From(position))?;
        // It was truncated or rotated meanwhile.
        if part.bytes.is_empty() || part.end <= position {
            break;
        }
        position = part.end;
        begun.extend_from_slice(&part.bytes);
        let mut rest = begun.as_slice();
        while let Some(length) = line_len(rest) {
            found.look_at(&rest[..length], text, line_at);
            line_at += length as u64;
            rest = &rest[length..];
        }
        begun = rest.to_vec();
    }
    found.look_at(&begun, text, line_at);
    Ok(found)
}

impl Found {
    fn look_at(&mut self, line: &[u8], text: &str, at: u64) {
        let line = plain(&String::from_utf8_lossy(line));
        if text.is_empty() || !line.to_lowercase().contains(text) {
            return;
        }
        if self.at.len() == FOUND_MAX {
            self.at.remove(0);
            self.more = true;
        }
        self.at.push(at);
        if self.texts.len() == LISTED {
            self.texts.remove(0);
        }
        self.texts.push(line);
    }
}

/// What was found, as links.
pub(super) fn list(found: &Found, source: &Source, lang: Lang) -> Markup {
    let first = found.at.len() - found.texts.len();
    html! {
        p role="status" { (lang.say(console::Found { count: found.at.len(), number: found.at.len() })) }
        ul.found {
            @for (at, text) in found.at[first..].iter().zip(&found.texts) {
                li { a href=(super::part(source, "at", *at)) { bdi { (text) } } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_by_what_a_person_reads() {
        let output = b"one\n\x1b[31mNee\x1b[0mdle\n<b>\nneedle";
        let of = |text: &str| {
            look_through(text, |range| {
                let from = match range {
                    OutputRange::LastLines(_) | OutputRange::LastLinesOfRun(..) => output.len(),
                    OutputRange::From(from) => usize::try_from(from).unwrap(),
                };
                // Read in parts of a few bytes, as a long output comes.
                let to = output.len().min(from + 5);
                Ok(OutputPart {
                    bytes: output[from..to].to_vec(),
                    end: to as u64,
                })
            })
            .unwrap()
        };
        assert_eq!(of("needle").at, [4, 24]);
        assert_eq!(of("").at, [0; 0]);
        assert_eq!(of("[31m").at, [0; 0]);
    }
}
