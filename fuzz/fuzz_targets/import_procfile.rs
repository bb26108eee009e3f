//! See `relance_fuzz::TARGETS`.

#![no_main]

relance_fuzz::target!("import_procfile");
