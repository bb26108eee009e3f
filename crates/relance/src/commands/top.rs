//! `relance top`: all services live on a terminal.
//!
//! `feed` has the threads that hear of changes, output and usage, `news` what they tell, `model` what is known and what
//! keys do, `view` draws it. `rows` are those of the table, `strip` the time line of a service, `tail` the output or
//! entries below the table. Only the usage of the shown rows is polled.

mod feed;
mod model;
mod news;
mod rows;
mod strip;
mod tail;
mod view;

use std::io::{IsTerminal, stdin, stdout};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use clap::Parser;
use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{DisableMouseCapture, EnableMouseCapture};
use ratatui::crossterm::execute;
use relance_texts::top;

use crate::cli::{CommandFailure, CommandResult, Common, usage};
use feed::Feed;
use model::Model;
use news::{News, Wish};

/// Changes that come faster are drawn together.
const DRAW_EVERY: Duration = Duration::from_millis(100);
/// How often times and countdowns are drawn again.
const TICK: Duration = Duration::from_secs(1);
/// How often the usage of the shown rows is asked.
const USAGE_EVERY: Duration = Duration::from_secs(2);

/// All services live: states, usage, failures, what comes next; output and events of one
///
/// Keys: arrows choose, s starts, t stops, r restarts, x ends by force, w says why, / filters, f
/// shows failed services only, right, left and Enter open and close the row of several instances, g shows each of
/// them, o sorts, e switches between output and events, l shows time lines, ? helps, q leaves. The mouse chooses
/// rows, opens them and sorts.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Only services whose name contains this, or matches it with * and ?
    #[arg(value_name = "FILTER")]
    filter: Option<String>,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    check_terminal()?;
    // Before there are threads, which would be ended by a signal.
    #[cfg(unix)]
    let interrupts = relance_engine::linux::take_interrupts();
    let manager = Arc::new(arguments.common.manager()?);
    let mut model = Model::new(arguments.filter.unwrap_or_default());
    let (feed, news) = Feed::begin(manager)?;
    // A signal gives the terminal back, too. If it cannot be caught, it ends the program.
    #[cfg(unix)]
    if let Ok(interrupts) = interrupts {
        feed.end_at(interrupts);
    }
    let mut terminal = ratatui::try_init()?;
    let result = execute!(stdout(), EnableMouseCapture)
        .map_err(CommandFailure::from)
        .and_then(|()| play(&mut terminal, &mut model, &feed, &news));
    // The terminal is given back even where one of these fails.
    let _ = execute!(stdout(), DisableMouseCapture);
    let _ = ratatui::try_restore();
    result
}

/// Without a terminal, or with one that cannot place text, the error says what to use instead.
fn check_terminal() -> CommandResult {
    if !stdin().is_terminal() || !stdout().is_terminal() {
        return Err(usage(top::NO_TERMINAL));
    }
    let term = std::env::var("TERM").unwrap_or_default();
    if cfg!(unix) && matches!(&*term, "" | "dumb" | "unknown") {
        return Err(usage(top::BadTerm { term }));
    }
    Ok(())
}

fn play(
    terminal: &mut DefaultTerminal,
    model: &mut Model,
    feed: &Feed,
    news: &Receiver<News>,
) -> CommandResult {
    let mut drawn = Instant::now();
    let mut usage_due = drawn;
    let mut draw_at = Some(drawn);
    loop {
        let now = Instant::now();
        if draw_at.is_some_and(|at| at <= now) {
            // If the terminal is gone, the error has no reader.
            let shown = terminal.draw(|frame| view::draw(frame, model));
            shown.map_err(|_| CommandFailure::Silent(1))?;
            (drawn, draw_at) = (now, None);
            feed.follow(model.chosen());
            if usage_due <= now {
                feed.ask_usage(model.shown_ids());
                usage_due = now + USAGE_EVERY;
            }
        }
        let until = draw_at.unwrap_or(drawn + TICK);
        match news.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(news) => {
                let is_input = matches!(news, News::Input(_));
                for wish in model.take(news) {
                    match wish {
                        Wish::Quit => return Ok(()),
                        wish => feed.carry_out(wish),
                    }
                }
                let soon = if is_input {
                    Instant::now()
                } else {
                    drawn + DRAW_EVERY
                };
                draw_at = Some(draw_at.map_or(soon, |at| at.min(soon)));
            }
            Err(RecvTimeoutError::Timeout) => draw_at = draw_at.or(Some(drawn + TICK)),
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}
