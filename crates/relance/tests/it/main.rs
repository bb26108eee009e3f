//! The daemon with real processes, and the command line.
#![cfg(unix)]
#![allow(
    clippy::print_stderr,
    reason = "a test says what it measured, and what it could not run"
)]

mod absence;
mod access;
mod answered;
mod apply;
mod authors;
mod budgets;
mod cgroups;
mod clients;
mod comparisons;
mod completion;
mod compliance;
mod console;
mod console_attacks;
mod console_french;
mod container;
mod contradictions;
mod doctor;
mod event_stream;
mod exits;
mod export;
mod failures;
mod french;
mod french_commands;
mod french_help;
mod french_texts;
mod giving_up;
mod group_limits;
mod import;
mod import_behaviour;
mod instances;
mod invariants;
mod kills;
mod laravel;
mod log_files;
mod mcp;
mod nonsense;
mod notices;
mod old_backup;
mod orders;
mod output;
mod output_problems;
mod output_streams;
mod overview;
mod place;
mod policies;
mod policy_tests;
mod probes;
mod process_rights;
mod process_settings;
mod processors;
mod prometheus;
mod recovery;
mod recycling;
mod restarts;
mod sc;
mod scarce;
mod schedules;
mod selection;
mod servers;
mod shutdown;
mod signs;
mod site;
mod starts;
mod stop_commands;
mod stops;
mod store;
mod support;
mod symfony;
mod upgrade;
mod watchdog;
mod wrapped;
