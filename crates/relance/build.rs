//! On Windows, puts the sentences of our entries in the event log into the program, where the Event
//! Viewer looks for them.

use std::env;

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "windows") {
        let object = relance_windows::object_file::for_build_script()?;
        println!("cargo::rustc-link-arg-bins={}", object.display());
    }
    Ok(())
}
