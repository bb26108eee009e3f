//! Policy as its users see it: through `step` and the simulator only.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod budgets;
mod ceilings;
mod compliance;
mod controls;
mod delays;
mod dependencies;
mod exhaustive;
mod exits;
mod explain;
mod model;
mod notices;
mod order;
mod programs;
mod random;
mod readiness;
mod recovery;
mod replaced;
mod restarts;
mod restored;
mod rules;
mod schedules;
mod scripts;
mod shutdown;
mod standing;
mod starts;
mod stop_commands;
mod superseded;
mod support;
mod told;
mod watchdog;
