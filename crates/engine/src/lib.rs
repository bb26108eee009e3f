//! The embedded service control manager for Linux.

mod access;
mod ceilings;
pub mod command;
pub mod database;
pub mod engine;
mod event_log;
pub mod handle;
pub mod identity;
mod info;
pub mod linux;
mod liveness;
mod names;
mod output;
mod output_losses;
mod policies;
pub mod processes;
pub mod publisher;
mod queue;
mod restraint;
pub mod sight;
mod signs;
pub mod storage;
mod unavailable;
pub mod zones;
