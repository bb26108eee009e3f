//! The tab "Output": what the service prints, as it prints it.

use std::future::poll_fn;

use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use relance_client::ServiceManager;
use relance_scm::ServiceName;
use relance_scm::manager::OutputRange;
use relance_texts::console;

use crate::reply::{Answer, problem};
use crate::stream::{Closed, Message, Sender, respond};
use crate::viewer::Viewer;

/// Lines that are shown at first.
const LINES: u32 = 500;

pub(crate) async fn tab(viewer: &Viewer, name: &ServiceName) -> Markup {
    let lang = viewer.lang();
    let part = {
        let name = name.clone();
        viewer
            .ask(move |manager, caller, reply| {
                manager.read_output(caller, &name, OutputRange::LastLines(LINES), reply);
            })
            .await
    };
    let (text, end) = match &part {
        Ok(part) => (plain(&part.bytes), part.end),
        Err(_) => (String::new(), 0),
    };
    html! {
        section.card {
            div.row {
                label.grow { span.label { (console::SEARCH.of(lang)) }
                    input #find type="search" data-find="output" autocomplete="off"; }
                label.check { input #follow type="checkbox" checked; span { (console::FOLLOW.of(lang)) } }
                span #found.dim role="status" {}
            }
            @if let Err(error) = &part
                && error.code() != relance_scm::Win32Error::FILE_NOT_FOUND { (problem(error, lang)) }
            pre #output.output tabindex="0" role="log" aria-label=(console::OUTPUT.of(lang)) data-from=(end) { (text) }
        }
    }
}

/// The stream of a service's output from a position on.
pub(crate) async fn stream(viewer: Viewer, name: ServiceName, from: u64) -> Answer<Response> {
    let mut output = viewer
        .with(move |manager, caller| manager.follow_output(caller, &name, from))
        .await?;
    Ok(respond(move |sender: Sender| async move {
        loop {
            let part = tokio::select! {
                part = poll_fn(|task| output.poll_next(task)) => part,
                () = sender.closed() => return Err(Closed),
            };
            // The manager has ended the stream; the page begins another.
            let Some(part) = part else {
                return sender.send(Message::Missed).await;
            };
            let text = plain(&part.bytes);
            let message = Message::Append {
                id: "output",
                text,
                end: part.end,
            };
            sender.send(message).await?;
        }
    })
    .into_response())
}

/// What a terminal would show as text: without the sequences that move its cursor or paint, and
/// without characters that show nothing or turn the reading direction of what follows.
fn plain(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\u{1b}' => skip_sequence(&mut characters),
            '\n' | '\t' => plain.push(character),
            '\r' => {}
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => plain.push('\u{fffd}'),
            other if other.is_control() => plain.push('\u{fffd}'),
            other => plain.push(other),
        }
    }
    plain
}

/// Skips what follows an escape: `[…letter`, `]…BEL`, or one character.
fn skip_sequence(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match characters.next() {
        Some('[') => {
            characters.find(|character| ('\u{40}'..='\u{7e}').contains(character));
        }
        Some(']') => {
            while let Some(character) = characters.next() {
                if character == '\u{7}' {
                    break;
                }
                if character == '\u{1b}' {
                    // ESC \ ends it too.
                    characters.next_if_eq(&'\\');
                    break;
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_a_terminal_are_not_shown() {
        assert_eq!(plain(b"\x1b[31mred\x1b[0m\r\n\tx"), "red\n\tx");
        assert_eq!(
            plain(b"\x1b]0;title\x07text\x1b]8;;u\x1b\\link"),
            "textlink"
        );
        assert_eq!(plain(b"a\x08\x00b"), "a\u{fffd}\u{fffd}b");
        assert_eq!(plain("a\u{202e}b".as_bytes()), "a\u{fffd}b");
        assert_eq!(plain(b"\x1b"), "");
        assert_eq!(plain(b"\xff<b>"), "\u{fffd}<b>");
    }
}
