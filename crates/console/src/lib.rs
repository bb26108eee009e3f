//! The web console of a service manager.
//!
//! A process of its own. Every request goes to the manager in the name of the person who is signed in: on
//! Linux over the socket, without rights of its own; on Windows to the real manager, which does not know
//! sessions, so `session_manager` decides what a session may do. Pages are made here; one script keeps them
//! live, one style sheet dresses them, both are part of the program.
//!
//! `server` has the routes and the rules that every answer keeps; it calls the pages, and no page uses it.
//! `app` is what they share. `listen` takes connections, `seats` and `gate` bound how many there are and what
//! they ask of the manager, `confine` is what the process gives up before. `viewer` is who asks, `sign_in` how
//! they came in, `likes` their language and colours. `document` and `layout` are the frame around a page,
//! `reply` is an answer, an error page too; `replay` says what recorded failures would have been on a changed policy. `hub` holds what a viewer may see, kept up to date by one watch;
//! `services` is the table, `service` the pages of one service (`tab` names them), `create` a new one, `log`
//! the events, `history` the time lines, `rules` the rulebook, `metrics` and `api_page` are for operations. `lang` holds the two
//! languages, `lacking` what Windows' manager does not have.

#![forbid(unsafe_code)]

mod api_page;
mod app;
mod assets;
mod chart;
#[cfg(unix)]
mod confine;
mod contradictions;
mod control;
mod counts;
mod create;
mod deep_link;
mod diff;
mod document;
mod exemplar;
mod form;
mod form_key;
#[doc(hidden)]
pub mod fuzzing;
mod gate;
mod history;
mod hub;
mod instances;
mod lacking;
mod lang;
mod layout;
mod likes;
mod listen;
mod log;
mod manager;
mod merge;
mod metrics;
mod output_lines;
mod output_paint;
mod overview;
mod policies;
mod policy_links;
mod policy_words;
mod replay;
mod reply;
mod row;
mod rules;
mod said;
mod scale;
mod script;
mod seats;
mod server;
mod service;
mod services;
#[cfg(windows)]
mod session_manager;
mod sign_in;
mod stream;
mod tab;
mod table;
#[cfg(test)]
mod testing;
mod time;
mod typed;
mod viewer;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub use confine::{confine, has_landlock};
pub use server::{METRICS_SERVICES, Setup, serve};
#[cfg(unix)]
pub use server::{SETUP_VARIABLE, handed_over_setup};
#[cfg(windows)]
pub use windows::{publish_address, sessions};
