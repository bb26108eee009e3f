//! The PHP side: the files of `examples/php`, as a user has them, and PHP to run them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::daemon::Daemon;

const FILES: [(&str, &str); 3] = [
    (
        "install.php",
        include_str!("../../../../../examples/php/install.php"),
    ),
    (
        "recover.php",
        include_str!("../../../../../examples/php/recover.php"),
    ),
    (
        "worker.php",
        include_str!("../../../../../examples/php/worker.php"),
    ),
];

/// Scripts in a folder of the demo.
pub(super) struct Scripts {
    folder: PathBuf,
    php: PathBuf,
    settings: Option<PathBuf>,
    socket: PathBuf,
}

impl Scripts {
    /// Writes them, and makes sure that PHP has the extension.
    pub(super) fn prepare(daemon: &Daemon, php: PathBuf, extension: Option<&Path>) -> Result<Self> {
        let folder = daemon.folder().join("php");
        fs::create_dir(&folder)?;
        for (name, text) in FILES {
            fs::write(folder.join(name), text)?;
        }
        let settings = match extension {
            None => None,
            Some(extension) => Some(write_settings(&folder, extension)?),
        };
        let scripts = Self {
            folder,
            php,
            settings,
            socket: daemon.socket(),
        };
        let loaded = scripts.run(&["-r", "echo phpversion('win32service');"])?;
        ensure!(
            !loaded.is_empty(),
            "{} has no extension win32service; name it with --extension",
            scripts.php.display()
        );
        Ok(scripts)
    }

    /// Installs a script as a service, with `recovery_enabled` or without.
    pub(super) fn install(&self, service: &str, enabled: bool, script: &str) -> Result<()> {
        let install = self.folder.join("install.php");
        let enabled = if enabled { "on" } else { "off" };
        let said = self.run(&[&install.to_string_lossy(), service, enabled, script])?;
        ensure!(said.contains("is installed"), "install.php: {said}");
        Ok(())
    }

    /// What `recover.php` has written.
    pub(super) fn recovery_log(&self) -> Result<String> {
        fs::read_to_string(self.folder.join("recovery.log"))
            .context("the recovery command has written nothing")
    }

    /// Runs PHP; what it prints.
    fn run(&self, words: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.php);
        if let Some(settings) = &self.settings {
            // Only this file: another one may name another win32service.
            command.arg("-c").arg(settings).env("PHP_INI_SCAN_DIR", "");
        }
        let output = command
            .args(words)
            .env("RELANCE_SOCKET", &self.socket)
            .output()
            .with_context(|| format!("{} cannot be run", self.php.display()))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(
            output.status.success(),
            "PHP ended with {}: {said}{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(said)
    }
}

fn write_settings(folder: &Path, extension: &Path) -> Result<PathBuf> {
    let extension = std::path::absolute(extension)?;
    ensure!(
        extension.exists(),
        "there is no file {}",
        extension.display()
    );
    let settings = folder.join("php.ini");
    let text = format!(
        "extension=\"{}\"\ndisplay_errors=stderr\nhtml_errors=0\nlog_errors=0\n",
        extension.display()
    );
    fs::write(&settings, text)?;
    Ok(settings)
}
