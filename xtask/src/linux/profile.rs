//! Profile-guided optimization of the program: one build counts the calls of each function while the program does what
//! it does on a host, and the build for the release takes the counts. ADR 154 says what it is for.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::cargo;

/// Services of the host.
const SERVICES: usize = 100;
/// How often each of them is killed.
const KILLS: usize = 6;
/// Commands that people and their scripts type, without a name and with that of a service.
const ASKED: [&[&str]; 9] = [
    &["list"],
    &["list", "--json"],
    &["status"],
    &["events"],
    &["failures"],
    &["health"],
    &["doctor"],
    &["export"],
    &["why", "w1"],
];

/// Has `build` make a program that counts into a folder, runs it, and returns the file of counts for the compiler.
pub(super) fn collect(
    root: &Path,
    build: impl FnOnce(&Path) -> Result<PathBuf>,
) -> Result<PathBuf> {
    let folder = root.join("target/dist-build/counts");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let program = build(&folder)?;
    let merge = profdata()?;
    Host::new(program, &folder)?.live()?;
    let file = root.join("target/dist-build/relance.profdata");
    let mut command = Command::new(merge);
    command.arg("merge").arg("-o").arg(&file).arg(&folder);
    cargo::output(&mut command)?;
    Ok(file)
}

/// `llvm-profdata` of the compiler, a component of Rust.
fn profdata() -> Result<PathBuf> {
    let mut rustc = Command::new("rustc");
    let libraries = cargo::output(rustc.args(["--print", "target-libdir"]))?;
    let program = Path::new(libraries.trim())
        .with_file_name("bin")
        .join("llvm-profdata");
    if !program.exists() {
        let mut add = Command::new("rustup");
        add.args(["component", "add", "llvm-tools"]);
        cargo::output(&mut add).context(
            "llvm-profdata is missing: `rustup component add llvm-tools` brings it, with a network",
        )?;
    }
    ensure!(
        program.exists(),
        "{} is missing: is Rust installed by rustup?",
        program.display()
    );
    Ok(program)
}

/// A manager with its services, in a folder of its own.
struct Host {
    program: PathBuf,
    folder: PathBuf,
    /// Where commands leave their counts, together.
    counts: PathBuf,
    daemon: Child,
}

impl Host {
    fn new(program: PathBuf, counts: &Path) -> Result<Self> {
        let folder = counts.with_file_name("host");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("relance.toml"), "")?;
        let told = folder.join("notify");
        let ready = UnixDatagram::bind(&told)?;
        let mut daemon = Command::new(&program)
            .args(["daemon", "--config", "relance.toml", "--state", "state"])
            .args(["--logs", "logs", "--socket", "socket"])
            .env("NOTIFY_SOCKET", &told)
            .current_dir(&folder)
            .stderr(fs::File::create(folder.join("messages"))?)
            .spawn()
            .with_context(|| format!("starting {}", program.display()))?;
        // Looked at now and then: one that ends never says that it is ready.
        ready.set_read_timeout(Some(Duration::from_secs(1)))?;
        while ready.recv(&mut [0; 64]).is_err() {
            let ended = daemon.try_wait()?;
            ensure!(
                ended.is_none(),
                "the manager ended before it was ready: {}",
                fs::read_to_string(folder.join("messages"))?
            );
        }
        Ok(Self {
            program,
            folder,
            counts: counts.join("commands_%m.profraw"),
            daemon,
        })
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(["--socket", "socket"])
            .args(words)
            .env("LLVM_PROFILE_FILE", &self.counts)
            .current_dir(&self.folder);
        command
    }

    fn run(&self, words: &[&str]) -> Result<()> {
        // Their exit statuses do not matter: 1 means that a service has failed, which is intended here.
        let mut command = self.command(words);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.status().with_context(|| words.join(" "))?;
        Ok(())
    }

    /// What a host does all day, and its end.
    fn live(mut self) -> Result<()> {
        fs::write(self.folder.join("services.toml"), services())?;
        self.run(&["apply", "-f", "services.toml"])?;
        self.run(&["start", "--all"])?;
        let mut killed = 0;
        for _ in 0..KILLS {
            for number in 0..SERVICES {
                killed += usize::from(self.kill(&format!("w{number}"))?);
            }
            for words in ASKED {
                self.run(words)?;
            }
        }
        // Some may wait for their next run; a host on which nothing fails would be another one.
        ensure!(
            killed > SERVICES * KILLS / 2,
            "only {killed} processes of {SERVICES} services could be killed {KILLS} times"
        );
        for number in 0..SERVICES {
            let name = format!("w{number}");
            for verb in ["stop", "start", "restart"] {
                self.run(&[verb, &name])?;
            }
        }
        self.run(&["apply", "-f", "services.toml"])?;
        let mut kill = Command::new("kill");
        cargo::output(kill.args(["-TERM", &self.daemon.id().to_string()]))?;
        let ended = self.daemon.wait()?;
        ensure!(ended.success(), "the manager ended with {ended}");
        Ok(())
    }

    /// Kills the process of a service, if it runs, as failures do; whether it did.
    fn kill(&self, name: &str) -> Result<bool> {
        let service = cargo::output(&mut self.command(&["status", name, "--json"]))?;
        let service: Value = serde_json::from_str(&service)?;
        let id = service["status"]["process_id"].as_u64();
        let id = id.with_context(|| format!("status --json of {name} tells no process id"))?;
        let mut kill = Command::new("kill");
        let is_killed = id > 1 && kill.args(["-KILL", &id.to_string()]).status()?.success();
        self.run(&["status", name])?;
        Ok(is_killed)
    }
}

/// Programs that restart at once, and after a moment.
fn services() -> String {
    let mut text = String::new();
    for number in 0..SERVICES {
        let delay_ms = if number % 3 == 0 { 20 } else { 0 };
        text.push_str(&format!(
            r#"[[service]]
name = "w{number}"
command_line = "/bin/sleep 1000"
kind = "program"
start_type = "auto"
[service.recovery]
actions = [{{ kind = "restart", delay_ms = {delay_ms} }}]
on_error_stop = true
"#
        ));
    }
    text
}
