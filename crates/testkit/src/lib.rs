//! What the tests of the other crates share. Nothing here is shipped.
//!
//! [`compliance`] reads the scenarios of `compliance/` and plays them against any subject;
//! [`simulation`] runs the production engine over a simulated machine.

#![allow(clippy::missing_panics_doc, reason = "a test that fails panics")]

pub mod compliance;
pub mod simulation;
