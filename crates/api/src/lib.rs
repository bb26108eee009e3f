//! The HTTP API of a service manager: JSON under `/v1`, on a Unix socket.
//!
//! Knows managers only through the trait [`ServiceManager`]. [`serve`] takes connections; `routes`
//! says which paths there are and leads to `services`, `events`, `stream`, `output`, `simulate`,
//! `sign_in` (with the store in `sessions`) and `attach`; `reply` turns results and errors into
//! answers.
//!
//! [`ServiceManager`]: relance_scm::ServiceManager

#![forbid(unsafe_code)]

mod attach;
mod events;
mod output;
mod reply;
mod routes;
mod server;
mod services;
mod sessions;
mod sign_in;
mod simulate;
mod stream;

pub use server::{Identify, serve};
pub use sessions::Sessions;
pub use simulate::reply as simulation_reply;
