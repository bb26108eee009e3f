//! The HTTP API of a service manager: JSON under `/v1`, on a Unix socket.
//!
//! Knows managers only through the trait [`ServiceManager`]. [`serve`] takes connections; `routes` says which
//! paths there are and leads, with the `context` of each request, to `services`, `controls`, `access`, `events`, `stream`,
//! `output`, `simulate`, `sign_in` and `attach`; `reply` turns results and errors into answers. `limits` says how
//! much each caller may use at a time, `work` runs long requests beside the thread that answers, `aside` makes
//! streams there, and `panics` keeps a fault in one request from ending the engine.
//!
//! Windows has no such socket: there only the translation of simulations is built.
//!
//! [`ServiceManager`]: relance_scm::ServiceManager

#![forbid(unsafe_code)]

#[cfg(unix)]
mod access;
#[cfg(unix)]
mod aside;
#[cfg(unix)]
mod attach;
#[cfg(unix)]
mod context;
#[cfg(unix)]
mod controls;
#[cfg(unix)]
mod events;
#[cfg(unix)]
#[doc(hidden)]
pub mod fuzzing;
#[cfg(unix)]
mod limits;
#[cfg(unix)]
mod lines;
#[cfg(unix)]
mod notices;
#[cfg(unix)]
mod output;
#[cfg(unix)]
pub mod panics;
#[cfg(unix)]
mod policies;
#[cfg(unix)]
mod refusals;
#[cfg(unix)]
mod reply;
#[cfg(unix)]
mod routes;
#[cfg(unix)]
mod scale;
#[cfg(unix)]
mod server;
#[cfg(unix)]
mod services;
#[cfg(unix)]
mod sign_in;
#[cfg(unix)]
mod simulate;
mod simulation;
#[cfg(unix)]
mod stream;
#[cfg(test)]
#[cfg(unix)]
mod tests;
#[cfg(unix)]
mod work;

#[cfg(unix)]
pub use server::{Identify, serve};
pub use simulation::reply as simulation_reply;
