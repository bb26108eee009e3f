//! What crosses a socket, versioned apart from the working types of `relance-scm`.
//!
//! [`channel`] holds the frames between a service and the manager, [`api`] the JSON of the API;
//! with the feature `openapi`, `openapi` describes it.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod api;
pub mod channel;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod settings;
mod values;
