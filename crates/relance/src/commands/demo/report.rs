//! The end of the demo: the event log, the delays, the verdict.

use relance_scm::event_log::EventFilter;

use super::play::{Play, Played};
use crate::commands::events;
use crate::table::{self, Cell, Column};

/// Prints the whole event log, as `relance events` does.
pub(super) fn event_log(play: &Play) -> Played {
    println!("\nThe event log (relance events)");
    let filter = EventFilter {
        limit: 1000,
        ..EventFilter::default()
    };
    let page = play
        .manager
        .ask(|scm, caller, reply| scm.find_events(caller, filter, reply))?;
    for entry in &page.entries {
        events::print(entry, false)?;
    }
    Ok(())
}

/// Prints the delays that were asked for beside those that were measured.
pub(super) fn delays(play: &Play) {
    println!("\nDelays");
    let rows: Vec<Vec<Cell>> = play
        .delays
        .iter()
        .map(|delay| {
            vec![
                delay.what.to_owned().into(),
                format!("{} ms", delay.asked_ms).into(),
                format!("{} ms", delay.measured_ms).into(),
            ]
        })
        .collect();
    let columns = [
        Column::new("WHAT"),
        Column::number("ASKED"),
        Column::number("MEASURED"),
    ];
    table::print(&columns, &rows);
}

/// Prints how many expectations held; whether all did.
pub(super) fn verdict(play: &Play) -> bool {
    let all = play.expectations.len();
    let broken: Vec<&str> = play
        .expectations
        .iter()
        .filter(|expectation| !expectation.held)
        .map(|expectation| &*expectation.text)
        .collect();
    println!("\n{} of {all} expectations held", all - broken.len());
    for text in &broken {
        println!("  NOT SO: {text}");
    }
    broken.is_empty()
}
