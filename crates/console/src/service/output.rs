//! The tab "Output": what the service prints, as it prints it.
//!
//! The page has the last lines. The script asks for older ones, for what is around a line that was found, and
//! listens to the stream; without it the page has links that load these pages instead. Lines are cut and made
//! markup by `output_lines`; how the script keeps few of them in the page is in `output.js`.

mod download;
mod find;
mod live;
mod marks;

use axum::Json;
use axum::response::{IntoResponse, Response};
use maud::{Markup, PreEscaped, html};
use relance_client::ServiceManager;
use relance_scm::config::OutputMode;
use relance_scm::manager::{OutputPart, OutputRange, OutputStream, ServiceInfo};
use relance_scm::settings::stderr_of;
use relance_scm::{ScmError, ServiceName, Win32Error};
use relance_texts::console;

pub(crate) use self::download::download;
pub(crate) use self::find::find;
pub(crate) use self::live::{Known, follow};
use self::marks::Marks;
use crate::form::{Form, Query, query};
use crate::lang::Lang;
use crate::output_lines::{Cutter, Line, Lines};
use crate::reply::{Answer, problem};
use crate::tab::Tab;
use crate::viewer::Viewer;

/// Lines that are shown at first.
const LINES: u32 = 500;
/// Most bytes that are shown at a time.
const SHOWN_LEN: u64 = 128 << 10;

/// Of which service, and which of its streams.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    name: ServiceName,
    stream: OutputStream,
}

impl Source {
    /// As the address says: `stream=stderr` for standard error that is kept apart.
    pub(crate) fn of(form: &Form, name: &ServiceName) -> Self {
        let errors = OutputStream::Errors;
        let stream = match form.get("stream") {
            Some(word) if word == errors.name() => errors,
            _ => OutputStream::Output,
        };
        Self {
            name: name.clone(),
            stream,
        }
    }

    /// What the address says of the stream.
    fn word(&self) -> Option<&'static str> {
        (self.stream == OutputStream::Errors).then(|| self.stream.name())
    }

    fn query(&self, more: &[(&str, &str)]) -> String {
        let stream = self.word().unwrap_or_default();
        let own = [("name", self.name.as_str()), ("stream", stream)];
        query(&[&own[..], more].concat())
    }
}

/// Whether standard error is in a file of its own.
fn is_apart(info: &ServiceInfo) -> bool {
    stderr_of(&info.config.extensions) == OutputMode::File.name()
}

/// Links to both streams.
fn streams(source: &Source, lang: Lang) -> Markup {
    html! {
        nav.row aria-label=(console::OUTPUT.of(lang)) {
            @for stream in OutputStream::ALL {
                @let other = Source { name: source.name.clone(), stream };
                a.button.quiet href={ "/service/" (Tab::Output.word()) "?" (other.query(&[])) }
                    aria-current=[(stream == source.stream).then_some("page")] {
                    (match stream {
                        OutputStream::Output => console::STANDARD_OUTPUT.of(lang),
                        OutputStream::Errors => console::STANDARD_ERROR.of(lang),
                    })
                }
            }
        }
    }
}

/// Which lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Last,
    Before(u64),
    Around(u64),
}

impl Which {
    fn of(form: &Form) -> Self {
        match (form.number("before"), form.number("at")) {
            (Some(before), _) => Self::Before(before),
            (None, Some(at)) => Self::Around(at),
            (None, None) => Self::Last,
        }
    }
}

/// A part of the output; none if the position is of a file that is not there any more.
async fn read(viewer: &Viewer, source: &Source, which: Which) -> Result<Lines, ScmError> {
    let ask = |range| {
        let Source { name, stream } = source.clone();
        viewer.ask(move |manager, caller, reply| {
            manager.read_output(caller, &name, stream, range, reply);
        })
    };
    let (from, to) = match which {
        Which::Last => {
            let part = ask(OutputRange::LastLines(LINES)).await?;
            return Ok(last_lines(&part));
        }
        Which::Before(before) => (before.saturating_sub(SHOWN_LEN), before),
        Which::Around(at) => (
            at.saturating_sub(SHOWN_LEN / 2),
            at.saturating_add(SHOWN_LEN / 2),
        ),
    };
    let part = ask(OutputRange::From(from)).await?;
    let is_there = part.end - part.bytes.len() as u64 == from;
    let length = usize::try_from(to - from).unwrap_or(usize::MAX);
    let bytes = &part.bytes[..part.bytes.len().min(length)];
    Ok(if is_there {
        lines_of(bytes, from, from == 0)
    } else {
        Lines::default()
    })
}

fn last_lines(part: &OutputPart) -> Lines {
    let shown = usize::try_from(SHOWN_LEN).unwrap_or(usize::MAX);
    let skipped = part.bytes.len().saturating_sub(shown);
    let bytes = &part.bytes[skipped..];
    lines_of(bytes, part.end - bytes.len() as u64, skipped == 0)
}

/// The lines of these bytes, without the rest of one that began before them.
fn lines_of(bytes: &[u8], from: u64, is_begin: bool) -> Lines {
    let begins = |end: usize| end + 1;
    let first = if is_begin {
        0
    } else {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        end.map_or(bytes.len(), begins)
    };
    Cutter::new(from + first as u64).feed(&bytes[first..])
}

/// The same, with what happened to the service in between.
async fn read_marked(
    viewer: &Viewer,
    info: &ServiceInfo,
    source: &Source,
    which: Which,
) -> Result<Lines, ScmError> {
    let mut lines = read(viewer, source, which).await?;
    let marks = Marks::find(viewer, info).await?;
    marks.put_into(&mut lines, which == Which::Last, viewer.lang());
    Ok(lines)
}

pub(crate) async fn tab(viewer: &Viewer, info: &ServiceInfo, form: &Form) -> Answer<Markup> {
    let lang = viewer.lang();
    let source = &Source::of(form, &info.config.service_name);
    let name = &source.name;
    let lines = match read_marked(viewer, info, source, Which::of(form)).await {
        Ok(lines) => lines,
        Err(error) if error.code() == Win32Error::FILE_NOT_FOUND => {
            let mut nothing = Lines::default();
            let marks = Marks::find(viewer, info).await?;
            marks.put_into(&mut nothing, true, lang);
            nothing
        }
        Err(error) => return Ok(html! { section.card { (problem(&error, lang)) } }),
    };
    let found = match form.given("q") {
        Some(text) => Some(find::search(viewer, source, text).await?),
        None => None,
    };
    Ok(html! {
        section.card {
            @if is_apart(info) { (streams(source, lang)) }
            (toolbar(form, source, lang))
            @if let Some(found) = &found { noscript { (find::list(found, source, lang)) } }
            div #output.output tabindex="0" role="region" aria-label=(console::OUTPUT.of(lang))
                data-name=(name) data-stream-of=[source.word()] data-live[Which::of(form) == Which::Last] data-end=(lines.end())
                data-entry=[lines.entry] {
                pre.lines { (rows(&lines)) }
            }
            div.row.end {
                @if lines.from > 0 {
                    a #older.button.quiet href=(part(source, "before", lines.from)) { "↑ " (console::OLDER.of(lang)) }
                }
                button #newest.primary type="button" hidden { (console::JUMP_TO_THE_END.of(lang)) }
            }
        }
    })
}

/// Search, and what else can be done with the output.
fn toolbar(form: &Form, source: &Source, lang: Lang) -> Markup {
    html! {
        form #find.row method="get" action=(Tab::Output.word()) role="search" {
            input type="hidden" name="name" value=(source.name);
            @if let Some(word) = source.word() { input type="hidden" name="stream" value=(word); }
            label.grow { span.label { (console::SEARCH.of(lang)) }
                input type="search" name="q" value=(form.text("q")) autocomplete="off"; }
            noscript { button type="submit" { (console::FIND.of(lang)) } }
            button #previous type="button" hidden { "↑ " (console::PREVIOUS.of(lang)) }
            button #next type="button" hidden { "↓ " (console::NEXT.of(lang)) }
            span #found.dim role="status" {}
            a.button.quiet href={ "/output/download?" (source.query(&[])) } download="" { (console::DOWNLOAD.of(lang)) }
        }
    }
}

fn part(source: &Source, word: &str, position: u64) -> String {
    let query = source.query(&[(word, &position.to_string())]);
    format!("/service/{}?{query}", Tab::Output.word())
}

fn rows(lines: &Lines) -> Markup {
    let begins = lines.lines.iter().scan(lines.from, |at, line| {
        let begin = *at;
        *at += line.0 as u64;
        Some(begin)
    });
    html! {
        @for (at, Line(_, text)) in begins.zip(&lines.lines) { span data-at=(at) { (PreEscaped(text)) } }
    }
}

/// `GET /output/lines?name=NAME&before=POSITION`, or `at=POSITION`, or the last ones: for the script.
pub(crate) async fn part_of(viewer: Viewer, Query(form): Query) -> Answer<Response> {
    let hub = viewer.hub().await?;
    let info = hub.find(&form.name()?)?;
    let source = Source::of(&form, &info.config.service_name);
    let lines = read_marked(&viewer, &info, &source, Which::of(&form)).await?;
    Ok(Json(lines).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_begins_with_a_whole_line() {
        let lines = lines_of(b"rest\nsecond\nthi", 10, false);
        assert_eq!(lines.from, 15);
        let texts: Vec<_> = lines.lines.iter().map(|line| line.1.as_str()).collect();
        assert_eq!(texts, ["second", "thi"]);
        assert_eq!(lines_of(b"one long rest", 10, false).lines, []);
        let long = vec![b'x'; usize::try_from(SHOWN_LEN).unwrap() * 2];
        let part = OutputPart {
            end: 999_999,
            bytes: long,
        };
        assert_eq!(
            last_lines(&part).lines,
            [],
            "nothing of a line that began long ago"
        );
    }
}
