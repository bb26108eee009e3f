//! What the tests of the other crates share. Nothing here is shipped.
//!
//! [`compliance`] reads the scenarios of `compliance/` and plays them against any subject;
//! [`simulation`] runs the production engine over a simulated machine, on Linux.

#![allow(clippy::missing_panics_doc, reason = "a test that fails panics")]

pub mod compliance;
#[cfg(unix)]
pub mod simulation;
