//! The PHP extension against real PHPs: `cargo xtask php` and `cargo xtask php-matrix`.
//!
//! `distribution` is the PHP of this system, `archive` fetches others from the archives of Debian and
//! Ubuntu without installing them, `source` builds one with everything that finds defects switched
//! on; `suite` builds the extension and runs PHP's own `run-tests.php`. What is fetched or built lies
//! in `target/tools` and is made once.

pub(crate) mod apt;
mod archive;
pub(crate) mod distribution;
mod documents;
mod source;
pub(crate) mod suite;

pub(crate) use apt::install;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

/// A PHP to test with.
pub(crate) struct Php {
    /// For people and for folders: `8.4`.
    pub(crate) name: String,
    pub(crate) binary: PathBuf,
    /// PHP's test runner, of the same version where there is one.
    pub(crate) run_tests: PathBuf,
    /// The PHP that runs the test runner, where `binary` cannot.
    pub(crate) runner: Option<PathBuf>,
}

/// `cargo xtask php [--on PHP] [--valgrind] [TEST...]`: the suite on the PHP of this system, or on
/// another of the matrix.
pub(crate) fn php(root: &Path, words: &[&str]) -> Result<()> {
    let (on, words) = match words {
        ["--on", name, rest @ ..] => (Some(*name), rest),
        rest => (None, rest),
    };
    let (valgrind, tests) = match words {
        ["--valgrind", tests @ ..] => (true, tests),
        tests => (false, tests),
    };
    let php = named(root, on)?;
    let extension = suite::build(root)?;
    suite::run(root, &php, &extension, valgrind, tests)
}

/// The PHP with this name, fetched or built if it is not there; `None`: that of this system.
fn named(root: &Path, name: Option<&str>) -> Result<Php> {
    match name {
        None => distribution::php(),
        Some(source::NAME) => source::php(root),
        Some(version) => archive::php(root, archive::known(version)?),
    }
}

/// PHP and the extension, to run programs with.
pub(crate) struct Installation {
    pub(crate) binary: PathBuf,
    pub(crate) extension: PathBuf,
}

/// Builds the extension and finds a PHP.
pub(crate) fn installation(root: &Path, on: Option<&str>) -> Result<Installation> {
    Ok(Installation {
        binary: named(root, on)?.binary,
        extension: suite::build(root)?,
    })
}

/// `cargo xtask php-docs [--check]`: the stubs for IDEs and the table of compatibility.
pub(crate) fn documents(root: &Path, words: &[&str]) -> Result<()> {
    let check = match words {
        [] => false,
        ["--check"] => true,
        other => bail!("unknown arguments {other:?}; there is only --check"),
    };
    documents::write(root, &distribution::php()?.binary, check)
}

/// `cargo xtask php-matrix [--all]`: the suite on three PHPs, or on one of every version.
pub(crate) fn matrix(root: &Path, words: &[&str]) -> Result<()> {
    let archives = match words {
        [] => &archive::ARCHIVES[..1],
        ["--all"] => &archive::ARCHIVES[..],
        other => bail!("unknown arguments {other:?}; there is only --all"),
    };
    let mut phps = vec![distribution::php()?];
    for known in archives {
        phps.push(archive::php(root, known)?);
    }
    phps.push(source::php(root)?);
    let extension = suite::build(root)?;
    let mut failed = Vec::new();
    for php in &phps {
        if let Err(error) = suite::run(root, php, &extension, false, &[]) {
            failed.push(format!("{error:#}"));
        }
    }
    if !failed.is_empty() {
        bail!("{}", failed.join("\n"));
    }
    Ok(())
}
