//! The embedded service control manager for Linux.

pub mod database;
pub mod event_log;
pub mod linux;
