//! On Windows, puts the sentences of our entries in the event log into the program, where the Event
//! Viewer looks for them.

use std::path::Path;
use std::{env, fs};

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "windows") {
        let folder = env::var_os("OUT_DIR").ok_or(std::io::ErrorKind::NotFound)?;
        let object = Path::new(&folder).join("messages.o");
        let table = relance_windows::message_table::message_table();
        fs::write(&object, relance_windows::object_file::with_message_table(&table))?;
        println!("cargo::rustc-link-arg-bins={}", object.display());
    }
    Ok(())
}
