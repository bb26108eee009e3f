//! `relance.exe` over the real service control manager, or Wine's: `host` has the programs that
//! `relance host` keeps, `console` the web console, `doctor`
//! what is found to be wrong, `support` what they share.
#![cfg(windows)]
#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod console;
mod doctor;
mod host;
mod support;
