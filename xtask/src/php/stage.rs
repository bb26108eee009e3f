//! Where the suite runs. Some tests run PHP as other users, who must be able to read PHP, the extension and
//! the tests. They cannot enter a clone below `/root`, for example; then copies in a temporary folder are used.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::Php;
use crate::apt;

/// What the suite runs with.
pub(super) struct Stage {
    /// The tests; what the runner writes beside them is not in the tree.
    pub(super) tests: PathBuf,
    pub(super) php: PathBuf,
    pub(super) extension: PathBuf,
    /// Removed when the tests have passed.
    temporary: Option<PathBuf>,
}

impl Stage {
    pub(super) fn new(root: &Path, php: &Php, extension: &Path) -> Result<Self> {
        let folder = root.join("target/php");
        fs::create_dir_all(&folder)?;
        // A PHP that needs another one as its runner is one for Windows, where tests do not change users.
        if php.runner.is_some() || is_open_to_all(&folder)? {
            let tests = folder.join(format!("tests-{}", php.name));
            copy_fresh(&root.join("php/tests"), &tests)?;
            return Ok(Self {
                tests,
                php: php.binary.clone(),
                extension: extension.to_owned(),
                temporary: None,
            });
        }
        Self::elsewhere(root, php, extension)
    }

    fn elsewhere(root: &Path, php: &Php, extension: &Path) -> Result<Self> {
        let folder = format!("relance-php-{}-{}", php.name, std::process::id());
        let folder = std::env::temp_dir().join(folder);
        fs::create_dir(&folder).with_context(|| format!("creating {}", folder.display()))?;
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755))?;
        eprintln!(
            "other users cannot enter {}: the tests run in {}",
            root.display(),
            folder.display()
        );
        let stage = Self {
            tests: folder.join("tests"),
            php: within_reach(root, &php.binary, &folder)?,
            extension: folder.join("win32service.so"),
            temporary: Some(folder),
        };
        copy(&root.join("php/tests"), &stage.tests)?;
        fs::copy(extension, &stage.extension)?;
        Ok(stage)
    }

    /// The tests have passed: nothing of them is looked at any more.
    pub(super) fn tidy(&self) -> Result<()> {
        match &self.temporary {
            Some(folder) => Ok(fs::remove_dir_all(folder)?),
            None => Ok(()),
        }
    }
}

/// A PHP that was fetched lies in a folder of its own, `bin/php` in it, a script that names that folder.
fn within_reach(root: &Path, php: &Path, stage: &Path) -> Result<PathBuf> {
    if !php.starts_with(root) {
        return Ok(php.to_owned());
    }
    let folder = php.parent().and_then(Path::parent);
    let folder = folder.context("PHP lies in a folder's bin")?;
    let copied = stage.join("php");
    apt::run(Command::new("cp").arg("-a").args([folder, &copied]))?;
    let there = copied.join("bin/php");
    if let Ok(script) = fs::read_to_string(&there) {
        let [from, to] = [folder, &copied].map(|path| path.display().to_string());
        fs::write(&there, script.replace(&from, &to))?;
    }
    Ok(there)
}

/// Whether every user may enter a folder.
fn is_open_to_all(folder: &Path) -> Result<bool> {
    for folder in folder.ancestors() {
        let mode = fs::metadata(folder)?.permissions().mode();
        if mode & 0o001 == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Copies a folder in place of what is there.
fn copy_fresh(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    copy(from, to)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("reading {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
