//! A thin binding to the Zend engine: the few dozen functions and the structures that the extension
//! needs, declared by hand. All `unsafe` of the crate is here.
//!
//! One file serves every PHP from 8.1 on, thread-safe or not, debug build or not: [`module`] asks the
//! PHP that loads it what it is, `versions` says how that version lays things out, `symbols` looks
//! its functions up. Outside this folder nobody sees a raw pointer.
//!
//! The rule that everything obeys: a call into the engine may leave by `longjmp`, so no Rust value
//! with a destructor is live across one. [`function`] keeps the order parse, copy, work, build;
//! `outbox` holds results meanwhile. No call that may leave is wrapped in `catch_unwind` either,
//! because Rust only promises that plain frames may be jumped over.
//!
//! Nothing of the product is known here, and `cargo xtask tidy` checks it: the user of the binding
//! implements [`module::Extension`] with its functions, classes, constants and settings.
//!
//! Read [`function`] first, then [`outcome`].

pub(crate) mod callback;
pub(crate) mod class;
pub(crate) mod constant;
pub(crate) mod errors;
pub(crate) mod facts;
pub(crate) mod fields;
pub(crate) mod function;
pub(crate) mod info;
pub(crate) mod ini;
pub(crate) mod log;
pub(crate) mod module;
pub(crate) mod object;
pub(crate) mod outcome;
pub(crate) mod signature;

mod abi;
mod arguments;
mod deliver;
mod engine;
mod outbox;
mod symbols;
mod versions;
