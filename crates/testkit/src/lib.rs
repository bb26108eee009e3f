//! What the tests of the other crates share. Nothing here is shipped.
//!
//! [`compliance`] reads the scenarios of `compliance/` and plays them against any subject; [`simulation`] runs the
//! production engine over a simulated machine, on Linux; [`daemon`] runs the real one in a folder of the test's own,
//! with services that do what a test orders ([`puppet`]); [`faults`] kills it under load. [`sample`] is an event log
//! for measurements.

#![allow(clippy::missing_panics_doc, reason = "a test that fails panics")]

#[cfg(unix)]
pub mod cgroups;
pub mod compliance;
#[cfg(unix)]
pub mod daemon;
#[cfg(unix)]
pub mod faults;
#[cfg(unix)]
pub mod puppet;
#[cfg(unix)]
pub mod sample;
#[cfg(unix)]
pub mod simulation;
