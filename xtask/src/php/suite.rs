//! Builds the extension and runs the phpt tests with PHP's own runner.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::Php;
use super::stage::Stage;
use crate::apt;
use crate::cargo;

/// Builds the extension, and the manager for the tests that need one; the file that PHP loads.
pub(super) fn build(root: &Path) -> Result<PathBuf> {
    cargo::run(
        root,
        &["build", "--package", "relance-php", "--package", "relance"],
    )?;
    let built = root.join("target/debug/libwin32service.so");
    let extension = root.join("target/php/win32service.so");
    fs::create_dir_all(root.join("target/php"))?;
    // Not over the old file: a PHP that still runs has it mapped.
    let fresh = extension.with_extension("new");
    fs::copy(&built, &fresh).with_context(|| format!("copying {}", built.display()))?;
    fs::rename(&fresh, &extension)?;
    Ok(extension)
}

/// Runs all tests, or those whose paths (relative to `php/tests`) are given.
pub(crate) fn run(
    root: &Path,
    php: &Php,
    extension: &Path,
    valgrind: bool,
    tests: &[&str],
) -> Result<()> {
    ensure!(php.binary.exists(), "{} is missing", php.binary.display());
    eprintln!("PHP {} ({})", php.name, php.binary.display());
    let stage = Stage::new(root, php, extension)?;
    let (folder, extension) = (&stage.tests, &stage.extension);

    let mut command = runner(php, extension, valgrind)?;
    if tests.is_empty() {
        command.arg(folder);
    } else {
        for test in tests.iter().map(|test| folder.join(test)) {
            // The runner passes over it, and all is well.
            ensure!(test.exists(), "there is no {}", test.display());
            command.arg(test);
        }
    }
    let output = command
        .env("TEST_PHP_EXECUTABLE", &stage.php)
        .env("RELANCE_PHP_EXTENSION", extension)
        .env("NO_INTERACTION", "1")
        .env("RELANCE_BINARY", root.join("target/debug/relance"))
        .env_remove("RELANCE_CHANNEL")
        .env_remove("RELANCE_RUN")
        .current_dir(folder)
        .output()
        .context("running run-tests.php")?;
    let report = without_progress(&String::from_utf8_lossy(&output.stdout));
    if output.status.success() {
        summary(&report).for_each(|line| eprintln!("  {line}"));
        stage.tidy()?;
        return check_skipped(&report, valgrind);
    }
    bail!(
        "tests failed on PHP {}; what they printed lies in {}\n{report}{}",
        php.name,
        folder.display(),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// `run-tests.php` with its options, but without the tests.
fn runner(php: &Php, extension: &Path, valgrind: bool) -> Result<Command> {
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let mut command = Command::new(php.runner.as_ref().unwrap_or(&php.binary));
    command
        .arg("-n")
        .arg(&php.run_tests)
        .args([
            "-n",
            "-q",
            "--no-color",
            "--show-diff",
            &format!("-j{jobs}"),
        ])
        .args(["-g", "FAIL,BORK,LEAK,WARN,XLEAK,SKIP"])
        .arg("-d")
        .arg(format!("extension={}", extension.display()));
    if valgrind {
        apt::require_file("/usr/bin/valgrind", &["valgrind"])?;
        // The code that PCRE compiles at run time is nothing valgrind can follow.
        command.args(["-m", "-d", "pcre.jit=0"]);
        command.env(
            "VALGRIND_OPTS",
            // The daemon makes processes in a way that valgrind cannot follow, and is not its subject.
            "--leak-check=full --show-leak-kinds=definite --trace-children-skip=*/setpriv,*/relance",
        );
    }
    Ok(command)
}

/// The runner overwrites its lines about progress; what stays on the screen is kept.
fn without_progress(output: &str) -> String {
    output
        .lines()
        .map(|line| {
            line.rsplit('\r')
                .find(|part| !part.trim().is_empty())
                .unwrap_or_default()
        })
        .filter(|line| !line.starts_with("TEST "))
        .fold(String::new(), |text, line| text + line.trim_end() + "\n")
}

/// A test may be skipped because it is about another PHP (or, under valgrind, cannot be told from a
/// leak); everything else that is missing has to be installed.
fn check_skipped(report: &str, valgrind: bool) -> Result<()> {
    let accepted = |line: &str| {
        line.contains("reason: needs PHP ")
            || line.contains("reason: the real service manager is on Windows")
            || (valgrind && line.contains("reason: valgrind "))
    };
    let (named, silent): (Vec<&str>, Vec<&str>) = report
        .lines()
        .filter(|line| line.starts_with("SKIP "))
        .partition(|line| accepted(line));
    for line in named {
        eprintln!("  {line}");
    }
    ensure!(
        silent.is_empty(),
        "tests were skipped that should run:\n{}",
        silent.join("\n")
    );
    Ok(())
}

/// The lines that count the tests.
fn summary(report: &str) -> impl Iterator<Item = &str> {
    report
        .lines()
        .filter(|line| line.starts_with("Tests ") || line.starts_with("Number of tests"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tests_of_another_php_are_skipped() {
        let newer = "SKIP clone with [/a.phpt] reason: needs PHP 8.5\n";
        let missing = "SKIP fork [/b.phpt] reason: needs pcntl\n";
        let leaks = "SKIP fatal [/c.phpt] reason: valgrind takes it for a leak\n";
        assert!(check_skipped(newer, false).is_ok());
        assert!(check_skipped(missing, false).is_err());
        assert!(check_skipped(leaks, false).is_err());
        assert!(check_skipped(leaks, true).is_ok());
    }
}
