//! The PHP of this system: the version of its `php-cli`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::Php;
use crate::apt;

/// The PHP of this system with its test runner; installed if it is not there.
pub(crate) fn php() -> Result<Php> {
    if find()?.is_none() {
        apt::install(&["php-cli", "php-dev"])?;
    }
    find()?.context("php-cli and php-dev are installed, but php or its run-tests.php is not found")
}

fn find() -> Result<Option<Php>> {
    let (Some(version), Some(api)) = (
        output("php", &["-n", "-r", "echo PHP_VERSION;"])?,
        output("php-config", &["--phpapi"])?,
    ) else {
        return Ok(None);
    };
    let run_tests = PathBuf::from(format!("/usr/lib/php/{api}/build/run-tests.php"));
    if !run_tests.exists() {
        return Ok(None);
    }
    let binary = output("php", &["-n", "-r", "echo PHP_BINARY;"])?.unwrap_or_default();
    ensure!(Path::new(&binary).exists(), "php does not know where it is");
    Ok(Some(Php {
        name: version,
        binary: binary.into(),
        run_tests,
        runner: None,
        musl: false,
    }))
}

/// What a program prints; `None` if there is no such program.
fn output(program: &str, arguments: &[&str]) -> Result<Option<String>> {
    let output = match Command::new(program).args(arguments).output() {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("running {program}")),
    };
    ensure!(
        output.status.success(),
        "{program} failed: {}",
        output.status
    );
    Ok(Some(String::from_utf8(output.stdout)?.trim().to_owned()))
}
