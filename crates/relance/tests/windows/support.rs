//! Services of a test's own, and the program.

use std::process::{Command, Output};

use relance_windows::host::output_path;

pub(crate) const RELANCE: &str = env!("CARGO_BIN_EXE_relance");
pub(crate) const CMD: &str = r"C:\windows\system32\cmd.exe";

/// Runs `relance` with these words.
///
/// Wine sometimes creates no process and says 1359, before anything of ours has run; Windows does not. It is asked again
/// then, a few times.
pub(crate) fn relance(words: &[&str]) -> Output {
    const INTERNAL_ERROR: i32 = 1359;
    for _ in 0..4 {
        let output = Command::new(RELANCE).args(words).output();
        match output {
            Err(error) if error.raw_os_error() == Some(INTERNAL_ERROR) => {}
            output => return output.unwrap(),
        }
    }
    panic!("no process can be created for {words:?}: {INTERNAL_ERROR}")
}

/// Runs `relance`, which must succeed; what it prints.
pub(crate) fn done(words: &[&str]) -> String {
    let output = relance(words);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace('\r', "");
    assert!(
        output.status.success(),
        "{words:?}: {}",
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// A service; gone when the test is.
pub(crate) struct Service(pub(crate) String);

impl Service {
    /// A program. Wine does not know the flag for stops with errors, so it is not set.
    pub(crate) fn program(test: &str, options: &[&str], command: &[&str]) -> Self {
        let service = Self(format!("relance-host-{test}-{}", std::process::id()));
        let words = [&["--on-error-stop", "no"], options, &["--"], command].concat();
        service.done("create", &words);
        service
    }

    /// A program whose failures `relance host` recovers from, so that the manager need not know that flag.
    pub(crate) fn recovering(test: &str, options: &[&str], command: &[&str]) -> Self {
        let service = Self(format!("relance-host-{test}-{}", std::process::id()));
        service.done("create", &[options, &["--"], command].concat());
        service
    }

    pub(crate) fn run(&self, command: &str, words: &[&str]) -> Output {
        relance(&[&[command, &self.0], words].concat())
    }

    /// Runs a command that must succeed; what it prints.
    pub(crate) fn done(&self, command: &str, words: &[&str]) -> String {
        done(&[&[command, &self.0], words].concat())
    }

    pub(crate) fn wait_until_stopped(&self) -> serde_json::Value {
        self.done("wait", &["--state", "stopped"]);
        self.status()
    }

    pub(crate) fn status(&self) -> serde_json::Value {
        serde_json::from_str(&self.done("status", &["--json"])).unwrap()
    }

    pub(crate) fn state(&self) -> String {
        let status = self.status();
        status["status"]["state"].as_str().unwrap().to_owned()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.run("stop", &[]);
        let _ = self.run("delete", &[]);
        let _ = std::fs::remove_file(output_path(&self.0));
    }
}
