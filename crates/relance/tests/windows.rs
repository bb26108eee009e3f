//! `relance.exe` over the real service control manager, or Wine's: programs that `relance host` keeps.
#![cfg(windows)]
#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::process::{Command, Output};
use std::time::{Duration, Instant};

use relance_windows::host::output_path;

const RELANCE: &str = env!("CARGO_BIN_EXE_relance");
const CMD: &str = r"C:\windows\system32\cmd.exe";

/// A service; gone when the test is.
struct Service(String);

impl Service {
    /// A program. Wine does not know the flag for stops with errors, so it is not set.
    fn program(test: &str, options: &[&str], command: &[&str]) -> Self {
        let service = Self(format!("relance-host-{test}-{}", std::process::id()));
        let words = [&["--on-error-stop", "no"], options, &["--"], command].concat();
        service.done("create", &words);
        service
    }

    fn run(&self, command: &str, words: &[&str]) -> Output {
        let mut all = vec![command, &self.0];
        all.extend(words);
        Command::new(RELANCE).args(all).output().unwrap()
    }

    /// Runs a command that must succeed; what it prints.
    fn done(&self, command: &str, words: &[&str]) -> String {
        let output = self.run(command, words);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace('\r', "");
        assert!(
            output.status.success(),
            "{command}: {}",
            text(&output.stderr)
        );
        text(&output.stdout)
    }

    fn wait_until_stopped(&self) -> serde_json::Value {
        self.done("wait", &["--state", "stopped"]);
        self.status()
    }

    fn status(&self) -> serde_json::Value {
        serde_json::from_str(&self.done("status", &["--json"])).unwrap()
    }

    fn exit_codes(&self) -> (u64, u64) {
        let status = self.wait_until_stopped();
        let number = |name: &str| status["status"][name].as_u64().unwrap_or_default();
        (
            number("win32_exit_code"),
            number("service_specific_exit_code"),
        )
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.run("stop", &[]);
        let _ = self.run("delete", &[]);
        let _ = std::fs::remove_file(output_path(&self.0));
    }
}

#[test]
fn the_exit_code_is_the_service_specific_code() {
    let service = Service::program(
        "exit",
        &["--env", "GREETING=hello"],
        &[CMD, "/c", "echo %GREETING%& exit 3"],
    );
    let _ = service.run("start", &[]);
    assert_eq!(service.exit_codes(), (1066, 3));
    assert_eq!(
        service.done("logs", &[]),
        "hello\n",
        "the environment, and the output"
    );
}

#[test]
fn a_program_that_ends_well_is_a_clean_stop() {
    let service = Service::program("clean", &[], &[CMD, "/c", "exit 0"]);
    let _ = service.run("start", &[]);
    assert_eq!(service.exit_codes(), (0, 0));
}

#[test]
fn a_program_that_is_not_there_says_so() {
    let service = Service::program("missing", &[], &[r"C:\no-such-program.exe"]);
    let _ = service.run("start", &[]);
    assert_eq!(service.exit_codes().0, 2);
}

#[test]
fn a_program_and_what_it_started_end_with_a_stop() {
    // The grandchild holds the pipe of the output open, so the host only ends when it has.
    let command = [CMD, "/c", RELANCE, "events", "--follow"];
    let service = Service::program("tree", &["--stop-grace", "2s"], &command);
    service.done("start", &[]);
    assert_eq!(service.status()["status"]["state"], "RUNNING");
    let begin = Instant::now();
    service.done("stop", &[]);
    assert_eq!(service.exit_codes(), (0, 0));
    assert!(
        begin.elapsed() < Duration::from_secs(30),
        "{:?}",
        begin.elapsed()
    );
}

#[test]
fn recycling_starts_the_program_again() {
    let folder = std::env::temp_dir().join(format!("relance-recycle-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mark = folder.join("mark");
    let script = format!(
        "if exist {0} (exit 4) else (echo x>{0}& exit 75)",
        mark.display()
    );
    let service = Service::program(
        "recycle",
        &["--restart-on-exit", "75"],
        &[CMD, "/c", &script],
    );
    let _ = service.run("start", &[]);
    assert_eq!(
        service.exit_codes(),
        (1066, 4),
        "the second run has found the mark"
    );
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn errors_name_the_code_of_windows() {
    let service = Service("relance-host-unknown".into());
    let output = service.run("status", &[]);
    assert_eq!(output.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&output.stderr).contains("1060"));
}

#[test]
fn what_the_manager_does_not_know_leaves_no_half_service() {
    // Wine answers 124 to the flag; a real Windows takes it.
    let service = Service(format!("relance-host-flag-{}", std::process::id()));
    let created = service.run("create", &["--on-error-stop", "--", CMD]);
    let exists = service.run("status", &[]).status.success();
    assert_eq!(created.status.success(), exists);
}

#[test]
fn host_outside_the_manager_says_who_starts_it() {
    let service = Service("relance-host-nobody".into());
    let output = service.run("host", &[]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        text.contains("1063") && text.contains("relance start"),
        "{text}"
    );
}
