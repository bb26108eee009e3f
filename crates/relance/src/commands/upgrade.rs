//! `relance upgrade`: exchanges the running manager for the program that lies in its place now, while
//! services run on.
//!
//! The manager executes the program that lies there, in its own process (ADR 132, 114). One whose version cannot
//! do that is killed, and another one takes its services over from the run journal (ADR 82): systemd starts that
//! of a unit; otherwise it is started here, with what the one before had: options, environment, folder and
//! outputs. Everything that could prevent this is checked first.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use clap::Parser;
use relance_engine::linux::guardian::{
    HAND_OVER_VARIABLE, HAND_OVER_VERSION, ask_to_exchange, can_be_exchanged,
};
use relance_scm::system::Told;
use relance_scm::{ScmError, ServiceName, Win32Error};
use relance_texts::{Sentence, Value, file, quoted, shown, upgrade};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use crate::cli::{CommandResult, Common, Manager, own_program};
use crate::lang::say;
use crate::plain::plain;

/// How long the next manager may take to answer.
const PATIENCE_MS: &str = "30000";
/// How long the manager may take to begin.
const BEGIN_MAX: Duration = Duration::from_secs(10);

/// Let the installed program take the place of the running manager; services run on
///
/// Install the new version first. If the new program does not run, or is older than the running
/// manager, nothing is changed. The manager keeps its process, also in a container and as a unit of
/// systemd, and is away for less than a second.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// End the manager, for another program to start it again (runit, supervisord, or systemd, so that a changed unit
    /// file takes effect)
    #[arg(long)]
    no_start: bool,
    #[command(flatten)]
    common: Common,
}

/// The running manager, as the next one has to be started.
struct Running {
    guardian: u32,
    pidfd: OwnedFd,
    engine: OwnedFd,
    program: PathBuf,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    folder: PathBuf,
    outputs: [Stdio; 2],
    /// A unit of systemd starts it again.
    is_unit: bool,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let common = &arguments.common;
    let manager = common.manager()?;
    let info = manager.ask(|scm, caller, reply| scm.query_manager(caller, reply))?;
    let before = processes(&manager)?;
    let running = Running::of_engine(info.pid)?;
    if running.guardian == 1 && arguments.no_start {
        return Err(refused(upgrade::STAYS_PROCESS_1).into());
    }
    let version = check(&running.program, &info.version)?;
    if can_be_exchanged(running.guardian) && !arguments.no_start {
        running.exchange(common)?;
    } else {
        running.replace(arguments.no_start)?;
        wait(common)?;
    }
    let after = processes(&common.manager()?)?;
    let same = before
        .iter()
        .filter(|(name, pid)| after.get(*name) == Some(*pid));
    let (same, all) = (same.count(), before.len());
    let version = plain(&version);
    println!("{}", say(upgrade::TakesOver { version, same, all }));
    let others = before
        .iter()
        .filter(|(name, pid)| after.get(*name) != Some(*pid));
    for (name, _) in others {
        let name = plain(name.as_str());
        println!("  {}", say(upgrade::Ended { name }));
    }
    Ok(())
}

/// The processes of the services that run.
fn processes(manager: &Manager) -> Result<BTreeMap<ServiceName, u32>, crate::cli::CommandFailure> {
    let all = manager.ask(|scm, caller, reply| scm.enumerate(caller, reply))?;
    let running = all
        .services
        .iter()
        .filter(|info| info.status.process_id != 0);
    Ok(running
        .map(|info| (info.config.service_name.clone(), info.status.process_id))
        .collect())
}

/// The reason why an upgrade is not possible.
fn refused(sentence: impl Into<Sentence>) -> ScmError {
    ScmError::new(Win32Error::NOT_SUPPORTED, sentence)
}

/// The part of a process that cannot be read.
fn denied(reason: Value) -> Sentence {
    upgrade::Denied { reason }.into()
}

impl Running {
    /// The manager whose engine is this process.
    fn of_engine(engine: u32) -> Result<Self, ScmError> {
        let guardian = parent(engine)?;
        let is_init = guardian == 1;
        if is_init && !can_be_exchanged(guardian) {
            return Err(refused(upgrade::PROCESS_1));
        }
        let pidfd = open(guardian)?;
        check_owner(guardian)?;
        let proc = PathBuf::from(format!("/proc/{guardian}"));
        let mut arguments = words(&proc.join("cmdline")).told(denied)?;
        if arguments.get(1).is_none_or(|word| word != "daemon") {
            let pid = guardian;
            return Err(refused(upgrade::NotADaemon { pid }));
        }
        let environment = words(&proc.join("environ")).told(denied)?;
        let output = |number: u32| {
            let file = OpenOptions::new()
                .append(true)
                .open(proc.join(format!("fd/{number}")));
            file.map_or_else(|_| Stdio::null(), Stdio::from)
        };
        let exe = fs::read_link(proc.join("exe")).told(denied)?;
        // The guardian starts its engines from there: the file in its place, not one that was moved away.
        let engines = words(&PathBuf::from(format!("/proc/{engine}/cmdline"))).told(denied)?;
        let named = engines.first().map(PathBuf::from);
        let program = named.filter(|path| path.is_absolute());
        Ok(Self {
            guardian,
            pidfd,
            engine: open(engine)?,
            program: program.unwrap_or_else(|| replaced(&exe)),
            arguments: arguments.split_off(1),
            // That of a manager whose program was exchanged before is about descriptors of its process.
            environment: environment
                .into_iter()
                .filter_map(variable)
                .filter(|(name, _)| name != HAND_OVER_VARIABLE)
                .collect(),
            folder: fs::read_link(proc.join("cwd")).told(denied)?,
            outputs: [output(1), output(2)],
            is_unit: !is_init && parent(guardian)? == 1 && is_unit(&proc),
        })
    }

    /// Has it execute the program, and waits until that serves clients.
    fn exchange(&self, common: &Common) -> Result<(), ScmError> {
        self.check_take_over()?;
        ask_to_exchange(self.pidfd.as_fd()).told(|reason| upgrade::NotExchanged { reason })?;
        let mut ended = [PollFd::new(&self.engine, PollFlags::IN)];
        let patience = Timespec::try_from(BEGIN_MAX).ok();
        let ended = poll(&mut ended, patience.as_ref());
        if ended.told(|reason| upgrade::NoEnd { reason })? == 0 {
            let code = Win32Error::SERVICE_REQUEST_TIMEOUT;
            return Err(ScmError::new(code, upgrade::NOT_BEGUN));
        }
        wait(common)?;
        if file_id(&PathBuf::from(format!("/proc/{}/exe", self.guardian))) != file_id(&self.program)
        {
            let program = shown(self.program.display());
            return Err(refused(upgrade::NotExecuted { program }));
        }
        Ok(())
    }

    /// Asks the program whether it can go on with the options and settings that the manager has.
    fn check_take_over(&self) -> Result<(), ScmError> {
        let version = HAND_OVER_VERSION.to_string();
        let asked = self.command().args(["--takes-over", &version]).output();
        let program = || shown(self.program.display());
        let asked = asked.told(|reason| {
            let path = program();
            let problem = file::NotExecuted { path, reason };
            upgrade::Stays { problem }
        })?;
        if asked.status.success() {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&asked.stderr);
        let first = text.lines().next().unwrap_or_default();
        let text = Sentence::foreign(first.trim_start_matches("error: ").to_owned());
        let program = program();
        Err(refused(upgrade::CannotTakeOver { program, text }))
    }

    /// The program, with all that the manager was started with.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(&self.folder)
            .stdin(Stdio::null());
        command
    }

    /// Ends it, and has another one started.
    fn replace(self, by_others: bool) -> Result<(), ScmError> {
        self.kill()?;
        if self.is_unit || by_others {
            return Ok(());
        }
        self.start_again()
    }

    /// Ends it at once, and waits for that. Its engine ends with it, but a moment later, and answers until then.
    fn kill(&self) -> Result<(), ScmError> {
        pidfd_send_signal(self.pidfd.as_fd(), Signal::KILL)
            .told(|reason| upgrade::NotKilled { reason })?;
        for process in [&self.pidfd, &self.engine] {
            let mut ended = [PollFd::new(process, PollFlags::IN)];
            poll(&mut ended, None).told(|reason| upgrade::NoEnd { reason })?;
        }
        Ok(())
    }

    fn start_again(self) -> Result<(), ScmError> {
        let mut command = self.command();
        let [out, err] = self.outputs;
        let started = command.stdout(out).stderr(err).process_group(0).spawn();
        let program = shown(self.program.display());
        started.told(|reason| upgrade::NotStarted { program, reason })?;
        Ok(())
    }
}

/// Holds on to one process, even if its number is used again.
fn open(process: u32) -> Result<OwnedFd, ScmError> {
    let pid = i32::try_from(process).ok().and_then(Pid::from_raw);
    let pid = pid.ok_or_else(|| refused(upgrade::NOT_FOUND))?;
    pidfd_open(pid, PidfdFlags::empty()).told(|_| upgrade::NOT_FOUND)
}

/// A manager's process is what answers on its socket says it is, and its program is executed here: so it has to be
/// one of this user's.
fn check_owner(process: u32) -> Result<(), ScmError> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).told(denied)?;
    let own = rustix::process::geteuid().as_raw().to_string();
    let users = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    let mut users = users.unwrap_or_default().split_whitespace();
    match users.find(|user| *user != own) {
        Some(owner) => Err(refused(upgrade::OtherUser { owner })),
        None => Ok(()),
    }
}

/// Which file is there.
fn file_id(path: &Path) -> Option<(u64, u64)> {
    let file = fs::metadata(path).ok()?;
    Some((file.dev(), file.ino()))
}

/// Whether the program can take over from a manager of this version; what it calls itself.
fn check(program: &Path, running: &str) -> Result<String, ScmError> {
    let path = || shown(program.display());
    let output = Command::new(program).arg("--version").output();
    let output = output.told(|reason| {
        let path = path();
        let problem = file::NotExecuted { path, reason };
        upgrade::Stays { problem }
    })?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let Some(version) = text
        .strip_prefix("relance ")
        .filter(|_| output.status.success())
    else {
        let (program, text) = (path(), quoted(text));
        let problem = upgrade::NoVersion { program, text };
        return Err(refused(upgrade::Stays { problem }));
    };
    if numbers(version) < numbers(running) {
        return Err(refused(upgrade::Older {
            program: path(),
            version,
            running,
        }));
    }
    Ok(text)
}

/// `1.12.0` as numbers, to compare.
fn numbers(version: &str) -> Vec<u64> {
    let core = version.split(['-', '+']).next().unwrap_or_default();
    core.split('.')
        .map(|part| part.parse().unwrap_or(0))
        .collect()
}

/// The file that lies where the program was: the kernel marks one that was replaced.
fn replaced(exe: &Path) -> PathBuf {
    let text = exe.to_string_lossy();
    text.strip_suffix(" (deleted)")
        .map_or_else(|| exe.to_owned(), PathBuf::from)
}

/// Waits until a manager answers: the client of a service would, for as long as its environment says.
fn wait(common: &Common) -> Result<(), ScmError> {
    let program = own_program()?;
    let mut list = Command::new(&program);
    if let Some(socket) = common.socket() {
        list.arg("--socket").arg(socket);
    }
    list.args(["list", "--json"])
        .env(relance_wire::channel::WAIT_VARIABLE, PATIENCE_MS)
        .stdout(Stdio::null())
        // Its error would stand, as JSON, above the one that says what to do.
        .stderr(Stdio::null());
    let status = list.status().told(|reason| {
        let path = shown(program.display());
        file::NotExecuted { path, reason }
    });
    if !status?.success() {
        let code = Win32Error::RPC_S_SERVER_UNAVAILABLE;
        return Err(ScmError::new(code, upgrade::NO_ANSWER));
    }
    Ok(())
}

fn parent(pid: u32) -> Result<u32, ScmError> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"));
    let text = text.told(|_| upgrade::NOT_FOUND)?;
    let parent = text.lines().find_map(|line| line.strip_prefix("PPid:"));
    let parent = parent.and_then(|parent| parent.trim().parse().ok());
    parent.ok_or_else(|| refused(upgrade::NOT_FOUND))
}

/// Whether systemd runs it as a unit of its own, and so starts it again.
fn is_unit(proc: &Path) -> bool {
    let init = fs::read_to_string("/proc/1/comm").unwrap_or_default();
    let group = fs::read_to_string(proc.join("cgroup")).unwrap_or_default();
    init.trim() == "systemd" && group.contains(".service")
}

/// The words of a file in `/proc` that end with a null character each.
fn words(file: &Path) -> std::io::Result<Vec<OsString>> {
    let bytes = fs::read(file)?;
    let words = bytes
        .split(|byte| *byte == 0)
        .map(|word| OsString::from_vec(word.to_vec()));
    let mut words: Vec<OsString> = words.collect();
    words.pop();
    Ok(words)
}

fn variable(text: OsString) -> Option<(OsString, OsString)> {
    let bytes = text.into_vec();
    let at = bytes.iter().position(|byte| *byte == b'=')?;
    let (name, value) = bytes.split_at(at);
    Some((
        OsString::from_vec(name.to_vec()),
        OsString::from_vec(value[1..].to_vec()),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_version_is_recognised() {
        for (older, newer) in [
            ("0.1.0", "0.2.0"),
            ("0.9.1", "0.10.0"),
            ("1.0.0-rc1", "1.0.1"),
        ] {
            assert!(numbers(older) < numbers(newer), "{older} {newer}");
        }
        assert_eq!(numbers("1.2.3+x"), numbers("1.2.3"));
    }

    #[test]
    fn a_program_that_was_replaced_lies_where_it_was() {
        let path = |text: &str| replaced(Path::new(text));
        assert_eq!(
            path("/usr/bin/relance (deleted)"),
            Path::new("/usr/bin/relance")
        );
        assert_eq!(path("/usr/bin/relance"), Path::new("/usr/bin/relance"));
    }
}
