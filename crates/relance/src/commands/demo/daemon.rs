//! A manager for the demo alone: this same program, in a new folder that is removed at the end.

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use relance_engine::linux::{Interrupts, take_interrupts};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

/// How long the daemon may take until it serves.
const READY_PATIENCE: Duration = Duration::from_secs(20);

/// A running daemon. When it is dropped, its services are stopped and its folder is removed.
pub(super) struct Daemon {
    folder: PathBuf,
    child: Child,
}

impl Daemon {
    /// Starts it, and waits until it says that it serves.
    pub(super) fn start() -> Result<Self> {
        let interrupts = take_interrupts().context("signals cannot be taken")?;
        let folder = make_folder()?;
        let notify = folder.join("notify.sock");
        let listener = UnixDatagram::bind(&notify).context("no socket can be made")?;
        listener.set_read_timeout(Some(READY_PATIENCE))?;
        let log = File::create(folder.join("daemon.log")).context("no file can be made")?;
        let settings = folder.join("relance.toml");
        fs::write(&settings, "").context("no file can be written")?;
        let program = std::env::current_exe().context("this program cannot be found again")?;
        let child = Command::new(program)
            .arg("daemon")
            .arg("--config")
            .arg(&settings)
            .arg("--state")
            .arg(folder.join("state"))
            .arg("--logs")
            .arg(folder.join("logs"))
            .arg("--socket")
            .arg(folder.join("relance.sock"))
            .env("NOTIFY_SOCKET", &notify)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("the daemon cannot be started")?;
        let daemon = Self { folder, child };
        daemon.end_on(interrupts);
        daemon.wait_until_ready(&listener)?;
        Ok(daemon)
    }

    /// Ctrl-C leaves nothing behind, either.
    #[allow(clippy::exit, reason = "a thread ends the demo for the others")]
    fn end_on(&self, interrupts: Interrupts) {
        let (pid, folder) = (Pid::from_child(&self.child), self.folder.clone());
        thread::spawn(move || {
            interrupts.wait();
            // It may have ended by itself: the terminal told it, too.
            let _ = kill_process(pid, Signal::TERM);
            let _ = waitpid(Some(pid), WaitOptions::empty());
            let _ = fs::remove_dir_all(folder);
            std::process::exit(130);
        });
    }

    fn wait_until_ready(&self, listener: &UnixDatagram) -> Result<()> {
        let mut message = [0; 256];
        loop {
            let received = listener.recv(&mut message).with_context(|| {
                let said = fs::read_to_string(self.folder.join("daemon.log"));
                format!("the daemon does not serve: {}", said.unwrap_or_default())
            })?;
            let text = String::from_utf8_lossy(&message[..received]);
            if text.lines().any(|line| line == "READY=1") {
                return Ok(());
            }
        }
    }

    /// For files of the demo.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where clients reach it.
    pub(super) fn socket(&self) -> PathBuf {
        self.folder.join("relance.sock")
    }

    /// Stops it in good order, with all services.
    pub(super) fn stop(mut self) -> Result<()> {
        let status = self.end().context("the daemon cannot be stopped")?;
        let Some(status) = status else {
            bail!("the daemon had ended before");
        };
        ensure!(status.success(), "the daemon ended with {status}");
        Ok(())
    }

    /// Its exit status, unless it had ended already.
    fn end(&mut self) -> std::io::Result<Option<std::process::ExitStatus>> {
        if self.child.try_wait()?.is_some() {
            return Ok(None);
        }
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        self.child.wait().map(Some)
    }
}

/// A new folder with an unpredictable name, for this user alone.
fn make_folder() -> Result<PathBuf> {
    let mut random = [0; 8];
    rustix::rand::getrandom(&mut random, rustix::rand::GetRandomFlags::empty())
        .context("the system has no random numbers")?;
    let name = format!("relance-demo-{:016x}", u64::from_ne_bytes(random));
    let folder = std::env::temp_dir().join(name);
    DirBuilder::new()
        .mode(0o700)
        .create(&folder)
        .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    Ok(folder)
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // While a failure is being handled, another one is not reported.
        let _ = self.end();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
