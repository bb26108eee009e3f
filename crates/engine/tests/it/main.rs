//! The engine over a simulated machine (level 3 of the style guide), and the compliance scenarios.

mod budgets;
mod ceilings;
mod compliance;
mod dependencies;
mod lifetime;
mod orders;
mod policies;
mod schedules;
mod signs;
mod simulation;
mod support;
mod watchdog;
