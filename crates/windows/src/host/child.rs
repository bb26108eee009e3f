//! A hosted program: how it is started, asked to stop, waited for and ended.

use std::ffi::OsString;
use std::io::{self, Read};
use std::os::windows::io::{AsRawHandle, RawHandle};
use std::os::windows::process::CommandExt;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Mutex;

use relance_scm::config::PriorityClass;
use relance_scm::{Win32Error, command_line};
use windows_sys::Win32::System::Threading::{
    CREATE_NEW_PROCESS_GROUP, CREATE_SUSPENDED, OpenThread, ResumeThread, SetProcessAffinityMask,
    THREAD_SUSPEND_RESUME,
};

use super::console;
use super::job::Job;
use crate::real::check;

/// What to start, and how.
#[derive(Clone, Debug, Default)]
pub struct Launch {
    /// Program and arguments in one string.
    pub command_line: String,
    /// Folder in which it starts; `None`: the host's.
    pub working_directory: Option<String>,
    /// Added to its environment: names and values.
    pub environment: Vec<(String, String)>,
    /// Its priority class; `None`: the host's.
    pub priority: Option<PriorityClass>,
    /// The processors that it may run on, one bit each; `None`: all.
    pub affinity: Option<u64>,
    /// Throw its output away.
    pub discard_output: bool,
}

/// Runs a command that is not waited for, and outlives the caller (R41).
///
/// # Errors
/// The code of Windows, for a program that is not there (2) and the like.
pub fn run_command(command_line: &str) -> Result<(), Win32Error> {
    let words = command_line::split(command_line);
    let program = words.first().ok_or(Win32Error::INVALID_PARAMETER)?;
    let mut command = Command::new(program);
    command.raw_arg(arguments(command_line));
    command.stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().map_err(|error| code(&error))?;
    Ok(())
}

/// A program that was started.
#[derive(Debug)]
pub struct Child {
    process: Mutex<std::process::Child>,
    process_id: u32,
    job: Job,
}

impl Child {
    /// Starts a program, and gives what it prints (both its outputs, as they come).
    ///
    /// # Errors
    /// The code of Windows, for the program that is not there (2), no program (193) and the like.
    pub fn start(
        launch: &Launch,
    ) -> Result<(Self, Option<impl Read + Send + 'static>), Win32Error> {
        console::share();
        let job = Job::new()?;
        let words = command_line::split(&launch.command_line);
        let program = words.first().ok_or(Win32Error::INVALID_PARAMETER)?;
        let mut command = Command::new(program);
        command.raw_arg(arguments(&launch.command_line));
        if let Some(folder) = &launch.working_directory {
            command.current_dir(folder);
        }
        command.envs(launch.environment.iter().map(|(name, value)| (name, value)));
        let priority = launch.priority.map_or(0, PriorityClass::to_raw);
        command.creation_flags(CREATE_NEW_PROCESS_GROUP | CREATE_SUSPENDED | priority);
        command.stdin(Stdio::null());
        let output = if launch.discard_output {
            command.stdout(Stdio::null()).stderr(Stdio::null());
            None
        } else {
            let (reader, writer) = io::pipe().map_err(|error| code(&error))?;
            command.stdout(writer.try_clone().map_err(|error| code(&error))?);
            command.stderr(writer);
            Some(reader)
        };
        let process = command.spawn().map_err(|error| code(&error))?;
        let process_id = process.id();
        let child = Self {
            process: Mutex::new(process),
            process_id,
            job,
        };
        child.prepare(launch)?;
        Ok((child, output))
    }

    /// While it does not run yet: into the job, so that nothing it starts escapes.
    fn prepare(&self, launch: &Launch) -> Result<(), Win32Error> {
        let process = self.lock();
        let handle = process.as_raw_handle();
        let prepared = self
            .job
            .assign(handle)
            .and_then(|()| match launch.affinity {
                Some(mask) => set_affinity(handle, mask),
                None => Ok(()),
            });
        drop(process);
        let started = prepared.and_then(|()| resume(self.process_id));
        if started.is_err() {
            let _ = self.lock().kill();
        }
        started
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, std::process::Child> {
        self.process
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Its number.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.process_id
    }

    /// Waits until it ends; its exit code. What it started may still run.
    ///
    /// # Errors
    /// When it cannot be waited for, which Windows gives no reason for.
    pub fn wait(&self) -> Result<u32, Win32Error> {
        use windows_sys::Win32::Foundation::WAIT_OBJECT_0;
        use windows_sys::Win32::System::Threading::{INFINITE, WaitForSingleObject};
        // Without the lock: somebody may ask it to stop meanwhile.
        let handle = self.lock().as_raw_handle();
        // SAFETY: the handle is open as long as this value lives.
        if unsafe { WaitForSingleObject(handle, INFINITE) } != WAIT_OBJECT_0 {
            return Err(crate::real::last_error());
        }
        let status: ExitStatus = self.lock().wait().map_err(|error| code(&error))?;
        Ok(status.code().unwrap_or_default().cast_unsigned())
    }

    /// Asks it and everything it started to stop.
    pub fn ask_to_stop(&self) {
        console::send_break(self.process_id);
        self.close_windows();
    }

    /// Asks its windows to close: a part of [`ask_to_stop`](Self::ask_to_stop), and to be done again for
    /// those that open later.
    pub fn close_windows(&self) {
        console::close_windows(&self.job.processes());
    }

    /// Ends it and everything it started.
    pub fn terminate(&self) {
        self.job.terminate();
    }
}

fn set_affinity(process: RawHandle, mask: u64) -> Result<(), Win32Error> {
    let mask = usize::try_from(mask).map_err(|_| Win32Error::INVALID_PARAMETER)?;
    // SAFETY: the handle is open.
    check(unsafe { SetProcessAffinityMask(process, mask) })
}

/// Everything behind the program's name, untouched: the program splits it as it likes.
fn arguments(line: &str) -> OsString {
    let line = line.trim_start();
    let mut in_quotes = false;
    let end = line.find(|c| {
        in_quotes ^= c == '"';
        !in_quotes && c == ' '
    });
    end.map_or("", |end| line[end..].trim_start()).into()
}

/// Lets the first thread of a process run, which is its only one still.
fn resume(process_id: u32) -> Result<(), Win32Error> {
    use windows_sys::Win32::Foundation::{CloseHandle, INVALID_HANDLE_VALUE};
    use windows_sys::Win32::System::Diagnostics::ToolHelp::{
        CreateToolhelp32Snapshot, TH32CS_SNAPTHREAD, THREADENTRY32, Thread32First, Thread32Next,
    };
    let size = u32::try_from(size_of::<THREADENTRY32>()).expect("28 bytes");
    let mut entry = THREADENTRY32 {
        dwSize: size,
        ..THREADENTRY32::default()
    };
    // SAFETY: the structure says its size; every handle is checked and closed once.
    unsafe {
        let snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
        if snapshot == INVALID_HANDLE_VALUE {
            return Err(crate::real::last_error());
        }
        let mut more = Thread32First(snapshot, &raw mut entry);
        while more != 0 && entry.th32OwnerProcessID != process_id {
            more = Thread32Next(snapshot, &raw mut entry);
        }
        CloseHandle(snapshot);
        if more == 0 {
            return Err(Win32Error::NOT_FOUND);
        }
        let thread = OpenThread(THREAD_SUSPEND_RESUME, 0, entry.th32ThreadID);
        if thread.is_null() {
            return Err(crate::real::last_error());
        }
        let resumed = ResumeThread(thread);
        CloseHandle(thread);
        if resumed == u32::MAX {
            return Err(crate::real::last_error());
        }
    }
    Ok(())
}

fn code(error: &io::Error) -> Win32Error {
    error
        .raw_os_error()
        .map_or(Win32Error::INTERNAL_ERROR, |code| {
            Win32Error::from_raw(code.cast_unsigned())
        })
}
