//! Locks of the daemon: files in which the holder has written its process id.
//!
//! A lock outlives a guardian that was killed for a moment: a process that it was about to execute
//! still has its descriptors, until it has put itself into the run journal. And `kill -9` returns before the
//! process has ended. Anyone who starts the next daemon must not be told that there is another one.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::process::read_text;

/// How long the processes of a guardian that was killed may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Flags of the kernel: the process is ending, and a signal is ending it.
const PF_EXITING: u32 = 0x4;
const PF_SIGNALED: u32 = 0x400;

/// Takes the lock of a file. The program ends if it cannot: a thread may be left that waits for it.
///
/// # Errors
/// The process id of the holder, as it stands in the file.
pub(crate) fn take(file: &mut File) -> Result<(), String> {
    if flock(&*file, FlockOperation::NonBlockingLockExclusive).is_ok() {
        return Ok(());
    }
    let held_by = holder(file);
    if is_alive(&held_by) || wait_for(file, PATIENCE).is_err() {
        return Err(holder(file));
    }
    Ok(())
}

/// Takes the lock as soon as it is free.
fn wait_for(file: &File, patience: Duration) -> io::Result<()> {
    // The lock belongs to what both descriptors stand for.
    let same = file.try_clone()?;
    let (took, taken) = channel();
    let waiting = thread::spawn(move || {
        let locked = loop {
            match flock(&same, FlockOperation::LockExclusive) {
                Err(Errno::INTR) => {}
                locked => break locked,
            }
        };
        drop(same);
        let _ = took.send(locked);
    });
    let locked = taken.recv_timeout(patience);
    let locked = locked.map_err(|_| io::ErrorKind::TimedOut)?;
    // A guardian has no other thread than its own.
    let _ = waiting.join();
    Ok(locked?)
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.rewind().and_then(|()| file.read_to_string(&mut text));
    read.map_or_else(|_| String::new(), |_| text.trim().to_owned())
}

/// Whether a process runs. A killed process does not, even if it has not finished ending or its
/// parent has not reaped it.
fn is_alive(pid: &str) -> bool {
    // Without a number the path would be `/proc/stat`, or missing.
    if pid.is_empty() {
        return false;
    }
    let of = |file: &str| read_text(format!("/proc/{pid}/{file}")).ok();
    // In this order: a signal that is no longer pending has left its mark in the other file by then.
    let is_killed = of("status").is_some_and(|status| waits_for_its_end(&status));
    !is_killed && of("stat").is_some_and(|stat| runs(&stat))
}

/// Whether `/proc/PID/status` tells of a signal that nothing can keep off.
fn waits_for_its_end(status: &str) -> bool {
    let pending = status.lines().filter_map(|line| {
        let (key, mask) = line.split_once(':')?;
        let is_pending = matches!(key, "SigPnd" | "ShdPnd");
        is_pending.then(|| u64::from_str_radix(mask.trim(), 16).ok())?
    });
    let kill = 1 << (libc::SIGKILL - 1);
    pending.fold(0, |all, mask| all | mask) & kill != 0
}

/// Whether `/proc/PID/stat` is that of a process that has not begun to end.
fn runs(stat: &str) -> bool {
    let Some((_, fields)) = stat.rsplit_once(") ") else {
        return false;
    };
    let mut fields = fields.split(' ');
    let state = fields.next();
    let flags: Option<u32> = fields.nth(5).and_then(|flags| flags.parse().ok());
    !matches!(state, Some("Z" | "X")) && flags.unwrap_or_default() & (PF_EXITING | PF_SIGNALED) == 0
}

#[cfg(test)]
mod tests {
    use std::fs::{self, OpenOptions};
    use std::io::Write;
    use std::path::Path;
    use std::process::Command;

    use super::*;

    fn open(path: &Path) -> File {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        options.open(path).unwrap()
    }

    #[test]
    fn a_holder_that_was_killed_is_waited_for_and_one_that_runs_is_named() {
        let path = std::env::temp_dir().join(format!("relance-lock-{}", std::process::id()));
        let mut held = open(&path);
        take(&mut held).unwrap();
        let own = std::process::id().to_string();
        writeln!(held, "{own}").unwrap();
        assert_eq!(take(&mut open(&path)), Err(own));
        assert!(wait_for(&open(&path), Duration::ZERO).is_err());
        // Its holder has ended, and something of it has the descriptor.
        let mut ended = Command::new("true").spawn().unwrap();
        let pid = ended.id();
        ended.wait().unwrap();
        held.rewind().unwrap();
        held.set_len(0).unwrap();
        writeln!(held, "{pid}").unwrap();
        let (took, taken) = channel();
        let mut next = open(&path);
        let waiting = std::thread::spawn(move || took.send(take(&mut next)).unwrap());
        flock(&held, FlockOperation::Unlock).unwrap();
        assert_eq!(taken.recv().unwrap(), Ok(()));
        waiting.join().unwrap();
        fs::remove_file(&path).unwrap();
    }

    #[test]
    fn a_process_that_was_killed_and_has_not_ended_holds_nothing() {
        let pending =
            |own, shared| format!("State:\tR\nSigPnd:\t{own}\nShdPnd:\t{shared}\nSigBlk:\t0\n");
        let none = "0000000000000000";
        assert!(waits_for_its_end(&pending("0000000000000100", none)));
        assert!(waits_for_its_end(&pending(none, "0000000000000100")));
        assert!(!waits_for_its_end(&pending("0000000000004000", none)));
        let stat = |flags: u32| format!("7 (a) b) R 1 7 7 0 -1 {flags} 1 0 0 0\n");
        assert!(runs(&stat(0x0040_0000)));
        assert!(!runs(&stat(0x0040_0004)) && !runs(&stat(0x0040_0400)));
        let mut child = Command::new("sleep").arg("1000").spawn().unwrap();
        let pid = child.id().to_string();
        assert!(is_alive(&pid));
        // However far its end has come.
        child.kill().unwrap();
        assert!(!is_alive(&pid));
        child.wait().unwrap();
    }

    #[test]
    fn a_zombie_holds_nothing() {
        let mut child = Command::new("true").spawn().unwrap();
        let pid = child.id().to_string();
        let id = rustix::process::Pid::from_child(&child);
        let options =
            rustix::process::WaitIdOptions::EXITED | rustix::process::WaitIdOptions::NOWAIT;
        rustix::process::waitid(rustix::process::WaitId::Pid(id), options).unwrap();
        assert!(!is_alive(&pid));
        child.wait().unwrap();
        assert!(!is_alive(&pid) && !is_alive("") && !is_alive("nobody"));
        assert!(is_alive(&std::process::id().to_string()));
    }
}
