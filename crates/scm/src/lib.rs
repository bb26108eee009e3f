//! The vocabulary of the service control manager, spelled as Windows spells it.
//!
//! Plain data with checked constructors: names, states, controls, configuration, failure actions,
//! access rights, Win32 codes and their texts, the events of the log, and the [`ServiceManager`]
//! trait that the embedded manager, the client of its socket and the real SCM all implement.
//! Nothing here decides anything (that is `relance-policy`) and nothing does I/O.
//!
//! Rule ids in the documentation (`C1`, `R21`, `S10`, `A24`, ...) are those of the
//! rulebook, `docs/rules`.
//!
//! Read [`state`] and [`failure_actions`] first, then [`config`].

#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod budget;
pub mod cause;
pub mod ceiling;
pub mod command_line;
pub mod config;
pub mod contradictions;
pub mod control;
pub mod controllers;
pub mod duration;
pub mod env_file;
pub mod error;
pub mod event;
pub mod event_log;
pub mod failure_actions;
pub mod instance;
pub mod manager;
pub mod name;
pub mod notice;
pub mod recovery_policy;
pub mod rights;
pub mod run;
pub mod scaling;
pub mod security;
pub mod settings;
pub mod signal;
pub mod stamp;
pub mod state;
pub mod status;
pub mod system;
pub mod win32;
mod words;

pub use cause::{EndCause, EndCauseKind, WENT_INTO_BACKGROUND};
pub use config::PolicyName;
pub use config::{ConfigChange, ServiceConfig, ServiceKind};
pub use control::{Control, ControlsAccepted, UserControl};
pub use error::{ErrorClass, ScmError};
pub use failure_actions::{FailureActions, RecoveryAction, RecoveryActionKind, ResetPeriod};
pub use manager::{Caller, Reply, ServiceManager};
pub use name::{ServiceName, fold_case};
pub use recovery_policy::{PolicyChange, RecoveryPolicy};
pub use relance_texts::Sentence;
pub use rights::AccessRights;
pub use run::{RunId, ServiceId};
pub use state::ServiceState;
pub use status::{ExitCode, ServiceStatus, StatusReport};
pub use win32::Win32Error;
