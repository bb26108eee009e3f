//! Runs the code that reads input from outside on arbitrary bytes.
//!
//! A target is a plain function of bytes that panics when a promise is broken: not only when the code
//! under test panics, but when a text does not survive printing and reading, when two ways to the same
//! answer differ, when what was refused has changed something, or when a small input takes much memory.
//!
//! [`TARGETS`] lists them; `targets` holds them by what they are about. `corpus` reads the inputs of the
//! tree, `mutate` makes others of them by a seed, [`replay`] runs both on any toolchain, without
//! libFuzzer. The files of `fuzz_targets` are the same functions for `cargo fuzz`.

mod corpus;
mod memory;
mod mutate;
mod nobody;
pub mod replay;
mod targets;

pub use targets::{TARGETS, Target};

/// Runs a target on an input, as `cargo fuzz` does.
///
/// # Panics
/// When the input breaks a promise; that is the point.
pub fn run(name: &str, input: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    target.expect("a target of the table").run(input);
}

/// The whole of a file of `fuzz_targets`.
#[macro_export]
macro_rules! target {
    ($name:literal) => {
        libfuzzer_sys::fuzz_target!(|input: &[u8]| $crate::run($name, input));
    };
}
