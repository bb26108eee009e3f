//! What a service control manager decides, as a pure function.
//!
//! [`step()`] takes the record of one service, the time and an input (a request or a fact), and gives the next
//! record and a list of actions. There is no I/O, no clock and no randomness in here, and a step never fails:
//! an input that does not fit the record gets an answer too. The engine carries the actions out
//! and brings their outcome back as facts.
//!
//! Reading order: [`record`] (the state and its laws), [`input`] and [`action`] (the two alphabets),
//! `step` (which hands each input to one of `start`, `control`, `report`, `exit`, `stopping`, `recovery`,
//! `pending`, `restart`, `dependency` and `shutdown`), `readiness` (how a start comes to RUNNING),
//! `ending` (what the end of a run means), `recycle` (ends that ask for another
//! start, or for none), `failure` (the counter, rules R11 to R25), [`delays`] (how long a restart waits),
//! `rules` (which rule decides a failure), [`budget`] (whether an action may begin yet).
//! Each works on a `draft`: the unfinished step. [`simulate`] plays a policy against a
//! script in virtual time; [`explain`] says in words what a record means; [`order`] plans the starts at
//! boot; [`trap`] finds settings that are seldom meant.

#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![deny(clippy::wildcard_enum_match_arm)]

pub mod action;
pub mod budget;
pub mod delays;
pub mod explain;
pub mod input;
pub mod order;
pub mod record;
pub mod simulate;
pub mod time;
pub mod trap;

mod asked;
mod ceiling;
mod control;
mod dependency;
mod draft;
mod ending;
mod exit;
mod failure;
mod held;
mod notices;
mod pending;
mod readiness;
mod recovery;
mod recycle;
mod report;
mod restart;
mod rules;
mod schedule;
mod shutdown;
mod standing;
mod start;
mod step;
mod stop_command;
mod stopping;

pub use action::{Action, Answer, DenyReason, Step};
pub use input::{Input, SpawnFailure};
pub use notices::Notice;
pub use record::{
    ActionId, Asked, ControlId, End, EndReason, NeededDown, PendingAction, RestartWanted, Run,
    RunId, RunPhase, Scheduled, ServiceId, ServiceRecord, ShutdownLimits, StartCause, StopCause,
    Timer, Tries,
};
pub use schedule::is_missed;
pub use standing::StandingOrder;
pub use step::{step, step_for};
pub use time::Time;
