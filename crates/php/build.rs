//! Links the extension so that it is never unloaded: the reader thread of a service runs its code,
//! and so do the destructors of Rust's thread-locals, after PHP has closed its handle.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
