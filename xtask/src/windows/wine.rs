//! A Windows of our own: Wine with its files in `target/windows/prefix`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// Rust's standard library takes random numbers from this library, which Wine 8 does not have. It is
/// made of nothing but the way to the function that has them.
const RANDOM: &str =
    "LIBRARY bcryptprimitives.dll\nEXPORTS\nProcessPrng = advapi32.SystemFunction036\n";

/// See the module. Its services end when it goes.
pub(super) struct Wine {
    prefix: PathBuf,
}

impl Wine {
    /// Sets it up, if it is not there, and starts it.
    pub(super) fn new(root: &Path) -> Result<Self> {
        let prefix = root.join("target/windows/prefix");
        let wine = Self { prefix };
        let system = wine.prefix.join("drive_c/windows/system32");
        if !system.join("services.exe").exists() {
            fs::create_dir_all(&wine.prefix)?;
            // It asks for nothing and shows nothing.
            let overrides = ("WINEDLLOVERRIDES", "mscoree,mshtml=");
            let made = wine
                .silent("wineboot")
                .arg("--init")
                .env(overrides.0, overrides.1)
                .status();
            ensure!(
                made.context("running wineboot")?.success(),
                "Wine cannot be set up"
            );
        }
        let random = system.join("bcryptprimitives.dll");
        if !random.exists() {
            make_random(root, &random)?;
        }
        // A session that stays until it is told to end: services outlive the programs that start them.
        // Its answer is that one runs already, where one does.
        wine.silent("wineserver")
            .arg("--persistent")
            .status()
            .context("running wineserver")?;
        // The first program brings Windows' own services up, which keep what it has for an output: a
        // pipe of ours would never end.
        wine.silent("wine")
            .args(["cmd", "/c", "exit"])
            .status()
            .context("running wine")?;
        Ok(wine)
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        for (name, value) in self.environment() {
            command.env(name, value);
        }
        command.stdin(Stdio::null());
        command
    }

    fn silent(&self, program: &str) -> Command {
        let mut command = self.command(program);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn environment(&self) -> [(&'static str, String); 2] {
        [
            ("WINEPREFIX", self.prefix.display().to_string()),
            // Wine tells of what it lacks; what matters shows in what the programs say.
            ("WINEDEBUG", "-all".to_owned()),
        ]
    }

    /// What `cargo test` needs to run programs of Windows.
    pub(super) fn cargo_environment(&self) -> Vec<(&'static str, String)> {
        let mut environment = Vec::from(self.environment());
        environment.push((
            "CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER",
            "wine".to_owned(),
        ));
        environment
    }

    /// Runs a program, which must succeed.
    pub(super) fn run(&self, program: &Path, words: &[&str]) -> Result<()> {
        let status = self.command("wine").arg(program).args(words).status();
        let status = status.context("running wine")?;
        ensure!(status.success(), "{} failed: {status}", program.display());
        Ok(())
    }

    /// A script that runs a program with the arguments that it gets, for a test runner of this system.
    pub(super) fn wrapper(&self, program: &Path, script: &Path) -> Result<()> {
        use std::os::unix::fs::PermissionsExt;
        let mut text = "#!/bin/sh\n".to_owned();
        for (name, value) in self.environment() {
            text.push_str(&format!("export {name}='{value}'\n"));
        }
        text.push_str(&format!("exec wine '{}' \"$@\"\n", program.display()));
        fs::write(script, text)?;
        fs::set_permissions(script, fs::Permissions::from_mode(0o755))?;
        Ok(())
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        // Of this prefix only. One that has ended already may be ignored.
        let _ = self.silent("wineserver").arg("--kill").status();
    }
}

/// A path of this system as Windows' programs take it.
pub(super) fn path(path: &Path) -> String {
    format!("Z:{}", path.display()).replace('/', "\\")
}

fn make_random(root: &Path, library: &Path) -> Result<()> {
    let definition = root.join("target/windows/bcryptprimitives.def");
    fs::write(&definition, RANDOM)?;
    let status = Command::new("x86_64-w64-mingw32-gcc")
        .args(["-shared", "-nostdlib", "-Wl,--entry=0", "-o"])
        .args([library, &definition])
        .status()
        .context("running mingw's gcc")?;
    ensure!(status.success(), "bcryptprimitives.dll cannot be linked");
    Ok(())
}
