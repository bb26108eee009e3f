//! Speak to a Relance service manager, or be one of its services.
//!
//! [`hosted`] is what a program links to be a service: it connects to the manager that started it,
//! reports its status and takes controls.

#![deny(missing_docs)]

pub mod hosted;
