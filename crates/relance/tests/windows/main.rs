//! `relance.exe` over the real service control manager, or Wine's: `host` has the programs that
//! `relance host` keeps, `console` the web console, `support` what they share.
#![cfg(windows)]
#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod console;
mod host;
mod support;
