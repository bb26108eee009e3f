//! Runs a program: the message as JSON on its standard input, a time limit, and the meaning of its
//! exit status.

use std::io::{self, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use relance_scm::status::ProcessExit;
use relance_scm::system::reason;
use relance_texts::target;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Gid, Pid, PidfdFlags, Signal, Uid, kill_process_group, pidfd_open};
use rustix::thread::{set_thread_gid, set_thread_groups, set_thread_uid};

use super::Failed;
use crate::message::Letter;
use crate::targets::{RunAs, Target};

/// Runs the program, as the manager's own user if no account is given, in a process group that is killed when the time
/// is over.
pub(super) fn tell(
    words: &[Box<str>],
    told: &Target,
    letter: Letter<'_>,
    account: Option<&RunAs>,
) -> Result<(), Failed> {
    let text = letter
        .message
        .document(letter.id, letter.machine, told.lang)
        .to_string();
    let (program, arguments) = words
        .split_first()
        .ok_or_else(|| Failed::never(target::NO_PROGRAM))?;
    let mut command = Command::new(&**program);
    command
        .args(arguments.iter().map(|word| &**word))
        .env_clear()
        .envs(std::env::vars().filter(|(name, _)| matches!(&**name, "PATH" | "HOME" | "TZ")))
        .env("RELANCE_NOTICE", &letter.message.kind)
        .env("RELANCE_NOTICE_ID", letter.id)
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let started = match account {
        Some(account) => spawn_as(command.env("HOME", &account.home), account),
        None => command.spawn(),
    };
    let mut child = started.map_err(|error| not_run(program, &error))?;
    // The program may not read its input, so this does not wait for that.
    let stdin = child.stdin.take();
    let writer = thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(text.as_bytes())));
    let ended = wait(&mut child, told.timeout);
    kill_rest(&child);
    let status = match ended {
        Ok(true) => child.wait(),
        Ok(false) => {
            let _ = child.wait();
            let _ = writer.join();
            let (program, time) = (&**program, told.timeout);
            return Err(Failed::later(target::ProgramSlow { program, time }));
        }
        Err(error) => Err(error),
    };
    let _ = writer.join();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => {
            let (program, status) = (&**program, ended_by(status));
            Err(Failed::later(target::ProgramFailed { program, status }))
        }
        Err(error) => Err(not_run(program, &error)),
    }
}

/// Rights are those of a thread, so one of its own gives them up and starts the program. This process keeps its own, to
/// end the program in time.
fn spawn_as(command: &mut Command, account: &RunAs) -> io::Result<Child> {
    let started = thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let groups: Vec<Gid> = account.groups.iter().copied().map(Gid::from_raw).collect();
            set_thread_groups(&groups)?;
            set_thread_gid(Gid::from_raw(account.gid))?;
            set_thread_uid(Uid::from_raw(account.uid))?;
            command.spawn()
        });
        thread.join()
    });
    started.unwrap_or_else(|_| Err(io::Error::other("the thread that starts it has ended")))
}

fn not_run(program: &str, error: &io::Error) -> Failed {
    let reason = reason(error);
    Failed::later(target::Program { program, reason })
}

fn ended_by(status: ExitStatus) -> ProcessExit {
    match (status.code(), status.signal()) {
        (Some(code), _) => ProcessExit::Exited(code),
        (None, Some(signal)) => ProcessExit::Signaled(signal),
        (None, None) => ProcessExit::Unknown,
    }
}

/// Whether it ended in time. It is not reaped yet, so its number cannot belong to anybody else.
fn wait(child: &mut Child, time: Duration) -> io::Result<bool> {
    let pidfd = pidfd_open(pid_of(child)?, PidfdFlags::empty())?;
    let until = Instant::now() + time;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let pause = Timespec::try_from(left).map_err(io::Error::other)?;
        match poll(&mut [PollFd::new(&pidfd, PollFlags::IN)], Some(&pause)) {
            Ok(ready) => return Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// What it left behind, itself included.
fn kill_rest(child: &Child) {
    if let Ok(pid) = pid_of(child) {
        let _ = kill_process_group(pid, Signal::KILL);
    }
}

fn pid_of(child: &Child) -> io::Result<Pid> {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    pid.ok_or_else(|| io::Error::other("the process has no number"))
}
