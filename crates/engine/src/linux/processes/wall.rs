//! Writes a message to all terminals of the machine (R45).

use std::io::Write;
use std::process::{Command, Stdio};

/// Every system with terminals has `wall`; without it there is no terminal to write to.
pub(super) fn say(message: &str) {
    let message = message.to_owned();
    std::thread::spawn(move || {
        // On standard input, because an argument could name a file or be an option.
        let mut wall = Command::new("wall");
        let Ok(mut child) = wall.stdin(Stdio::piped()).spawn() else {
            return;
        };
        if let Some(mut input) = child.stdin.take() {
            let _ = input.write_all(message.as_bytes());
        }
        let _ = child.wait();
    });
}
