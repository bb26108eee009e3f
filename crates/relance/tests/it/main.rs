//! The daemon with real processes, and the command line.

mod compliance;
mod kills;
mod nonsense;
mod recovery;
mod support;
