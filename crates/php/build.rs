//! Links the extension so that it is never unloaded: the reader thread of a service runs its code,
//! and so do the destructors of Rust's thread-locals, after PHP has closed its handle. (On Windows it
//! pins itself.) On Windows, the sentences of our entries in the event log are put into it.

use std::env;

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    match env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("linux") => println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete"),
        Ok("windows") => {
            let object = relance_windows::object_file::for_build_script()?;
            println!("cargo::rustc-cdylib-link-arg={}", object.display());
        }
        _ => {}
    }
    Ok(())
}
