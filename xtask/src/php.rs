//! The PHP extension against real PHPs: `cargo xtask php` and `cargo xtask php-matrix`.
//!
//! `distribution` is the PHP of this system, `archive` fetches others from the archives of Debian and
//! Ubuntu without installing them, `source` builds one with everything that finds defects switched
//! on, and one for musl; `suite` builds the extension and runs PHP's own `run-tests.php`. What is fetched or built lies
//! in `target/tools` and is made once.

mod archive;
pub(crate) mod distribution;
mod documents;
mod source;
mod stage;
pub(crate) mod suite;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::linux;

/// A PHP to test with.
pub(crate) struct Php {
    /// For people and for folders: `8.4`.
    pub(crate) name: String,
    pub(crate) binary: PathBuf,
    /// PHP's test runner, of the same version where there is one.
    pub(crate) run_tests: PathBuf,
    /// The PHP that runs the test runner, where `binary` cannot.
    pub(crate) runner: Option<PathBuf>,
    /// Whether it takes extensions for musl.
    pub(crate) musl: bool,
}

/// `cargo xtask php [--on PHP] [--extension FILE] [--valgrind] [TEST...]`: the suite on the PHP of this
/// system, or on another of the matrix; with the extension as it is built here, or with a file of a
/// release.
pub(crate) fn php(root: &Path, words: &[&str]) -> Result<()> {
    let (on, words) = option("--on", words)?;
    let (file, words) = option("--extension", words)?;
    let (valgrind, tests) = match words {
        ["--valgrind", tests @ ..] => (true, tests),
        tests => (false, tests),
    };
    let php = named(root, on)?;
    let built = extension_for(root, &php)?;
    let extension = match file {
        None => built,
        Some(file) => Path::new(file)
            .canonicalize()
            .with_context(|| format!("--extension {file}"))?,
    };
    suite::run(root, &php, &extension, valgrind, tests)
}

/// Builds the extension as a PHP takes it, and the manager for its tests.
fn extension_for(root: &Path, php: &Php) -> Result<PathBuf> {
    let built = suite::build(root)?;
    if php.musl {
        return linux::extension_for_musl(root);
    }
    Ok(built)
}

/// Takes an option with its value from the beginning of a command line.
fn option<'a, 'b>(name: &str, words: &'b [&'a str]) -> Result<(Option<&'a str>, &'b [&'a str])> {
    match words {
        [word] if *word == name => bail!("{name} takes a value"),
        [word, value, rest @ ..] if *word == name => Ok((Some(value), rest)),
        words => Ok((None, words)),
    }
}

/// The PHP with this name, fetched or built if it is not there; `None`: that of this system.
fn named(root: &Path, name: Option<&str>) -> Result<Php> {
    match name {
        None => distribution::php(),
        Some(name) => match source::VARIANTS.iter().find(|variant| variant.name == name) {
            Some(variant) => source::php(root, variant),
            None => archive::php(root, archive::known(name)?),
        },
    }
}

/// PHP and the extension, to run programs with.
pub(crate) struct Installation {
    pub(crate) binary: PathBuf,
    pub(crate) extension: PathBuf,
}

/// Builds the extension and finds a PHP.
pub(crate) fn installation(root: &Path, on: Option<&str>) -> Result<Installation> {
    let php = named(root, on)?;
    Ok(Installation {
        extension: extension_for(root, &php)?,
        binary: php.binary,
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
    let (archives, variants) = match words {
        [] => (&archive::ARCHIVES[..1], &source::VARIANTS[..1]),
        ["--all"] => (&archive::ARCHIVES[..], &source::VARIANTS[..]),
        other => bail!("unknown arguments {other:?}; there is only --all"),
    };
    let mut phps = vec![distribution::php()?];
    for known in archives {
        phps.push(archive::php(root, known)?);
    }
    for variant in variants {
        phps.push(source::php(root, variant)?);
    }
    let mut failed = Vec::new();
    for php in &phps {
        let extension = extension_for(root, php)?;
        if let Err(error) = suite::run(root, php, &extension, false, &[]) {
            failed.push(format!("{error:#}"));
        }
    }
    if !failed.is_empty() {
        bail!("{}", failed.join("\n"));
    }
    Ok(())
}
