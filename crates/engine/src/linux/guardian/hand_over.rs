//! The guardian exchanges its program: it executes the one that lies in its place now, in the same process
//! (ADR 132). So services stay its children and no end is lost, and in a container process 1 lives on.
//!
//! Asked for by a signal ([`UPGRADE`]). Engine, console and notifier end first. The next program takes the runs over
//! from the journal, as after the death of a guardian (`takeover`), and finds in a file in memory, named in its
//! environment, what the journal cannot hold: descriptors that stay open, and what the init of a container would
//! otherwise discard as data of an earlier boot. Later versions only add fields; a missing field has the same
//! effect as after a kill.
//!
//! Whether the next program understands this is asked before the signal (`relance daemon --takes-over`). If it
//! cannot be executed, this one goes on.

use std::collections::BTreeMap;
use std::ffi::{CString, OsString};
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStringExt;
use std::ptr;
use std::rc::Rc;

use relance_scm::manager::OutputStream;
use rustix::fs::{MemfdFlags, memfd_create};
use rustix::io::{FdFlags, fcntl_dupfd_cloexec, fcntl_setfd};
use serde::{Deserialize, Serialize};

use super::super::kept::Kept;
use super::super::process::{close_all_but, kill, log, raise_nofile_limit, read_text};
use super::super::protocol::{RunKey, StreamKey};
use super::super::signals::UPGRADE;
use super::Guardian;
use super::adopted::send_signal;

/// The hand-over that this program gives and takes.
pub const VERSION: u32 = 1;
/// Names the file in memory to the next program, as `VERSION:DESCRIPTOR`.
pub const VARIABLE: &str = "RELANCE_HAND_OVER";
/// Descriptors that are handed over lie above those that a guardian needs at certain numbers.
const ABOVE: RawFd = 64;

/// What is in the file. Descriptors are numbers that the next program has open.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Table {
    /// Of the journal: that of a container's init is its own.
    boot: String,
    locks: Vec<RawFd>,
    listener: Option<RawFd>,
    runs: Vec<HandedRun>,
    streams: Vec<HandedStream>,
    /// Whether an engine has put the boot on record.
    has_begun: bool,
    last_runs: BTreeMap<u32, u32>,
}

/// A run, beside what the journal says of it.
#[derive(Debug, Serialize, Deserialize)]
struct HandedRun {
    run: RunKey,
    #[serde(default)]
    channel: Option<RawFd>,
    #[serde(default)]
    notify: Option<RawFd>,
    #[serde(default)]
    ready: Option<RawFd>,
    #[serde(default)]
    service: Option<String>,
    #[serde(default)]
    needs: Vec<String>,
}

/// A stream that has no name in the file system.
#[derive(Debug, Serialize, Deserialize)]
struct HandedStream {
    run: RunKey,
    #[serde(default)]
    errors: bool,
    reader: RawFd,
}

/// What a program that runs in place of another one was handed over.
#[derive(Debug)]
pub(super) struct HandedOver {
    table: Table,
    descriptors: BTreeMap<RawFd, OwnedFd>,
}

impl HandedOver {
    /// What the environment names, and nothing else is open from 3 on. `None`: it has not been
    /// another program before.
    pub(super) fn take() -> io::Result<Option<Self>> {
        let Some(table) = handed_table() else {
            return Ok(None);
        };
        let table = match table {
            Ok(table) => table,
            Err(error) => {
                log(&format!(
                    "{VARIABLE} is set, and nothing was handed over: {error}"
                ));
                return Ok(None);
            }
        };
        let mut open = table.descriptors();
        open.sort_unstable();
        close_all_but(&open)?;
        let mut descriptors = BTreeMap::new();
        for number in open {
            // SAFETY: a number that was handed over for this, once; if it is not open, it is refused below.
            let fd = unsafe { BorrowedFd::borrow_raw(number) };
            if fcntl_setfd(fd, FdFlags::CLOEXEC).is_ok() {
                // SAFETY: it is open, and nothing in this process has it yet.
                descriptors.insert(number, unsafe { OwnedFd::from_raw_fd(number) });
            }
        }
        Ok(Some(Self { table, descriptors }))
    }

    pub(super) fn kept(&mut self) -> Kept {
        let locks = std::mem::take(&mut self.table.locks).into_iter();
        let locks = locks.filter_map(|lock| self.descriptors.remove(&lock));
        let locks = locks.collect();
        let listener = self.table.listener.take();
        let listener = listener.and_then(|listener| self.descriptors.remove(&listener));
        Kept::new(locks, listener)
    }
}

/// Whether the guardian with this process id knows how to exchange its program.
#[must_use]
pub fn can_be_exchanged(guardian: u32) -> bool {
    let status = read_text(format!("/proc/{guardian}/status"));
    let blocked = status.ok().and_then(|status| {
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("SigBlk:"))?;
        u64::from_str_radix(line.trim(), 16).ok()
    });
    blocked.is_some_and(|blocked| blocked & 1 << (UPGRADE - 1) != 0)
}

/// Asks a guardian to exchange its program.
///
/// # Errors
/// When it is gone, or may not be sent a signal.
pub fn ask_to_exchange(guardian: BorrowedFd<'_>) -> io::Result<()> {
    if send_signal(guardian, UPGRADE) {
        return Ok(());
    }
    Err(io::Error::last_os_error())
}

impl Table {
    fn descriptors(&self) -> Vec<RawFd> {
        let runs = self
            .runs
            .iter()
            .flat_map(|run| [run.channel, run.notify, run.ready]);
        let single = self.locks.iter().copied().map(Some).chain([self.listener]);
        let streams = self.streams.iter().map(|stream| Some(stream.reader));
        // Those of a guardian itself are never handed over.
        let all = single.chain(runs).chain(streams).flatten();
        let mut all: Vec<_> = all.filter(|number| *number >= ABOVE).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// The file that the environment names.
fn handed_table() -> Option<io::Result<Table>> {
    let text = std::env::var(VARIABLE).ok()?;
    let (version, number) = text.split_once(':')?;
    if version != VERSION.to_string() {
        return Some(Err(io::Error::other(format!("it is of version {version}"))));
    }
    let number: RawFd = number.parse().ok().filter(|number| *number >= ABOVE)?;
    // SAFETY: handed over for this, and closed once it is read.
    let mut file = unsafe { File::from_raw_fd(number) };
    let mut bytes = Vec::new();
    let read = file.rewind().and_then(|()| file.read_to_end(&mut bytes));
    Some(read.and_then(|_| Ok(serde_json::from_slice(&bytes)?)))
}

impl Guardian {
    /// Somebody wants the program that lies in its place now to go on in this process.
    pub(super) fn upgrade(&mut self) {
        if self.shutdown.is_asked() || self.is_upgrading {
            return;
        }
        self.is_upgrading = true;
        self.drop_engine("the program is exchanged");
        for part in [self.console_pid(), self.notifier_pid()]
            .into_iter()
            .flatten()
        {
            kill(part, libc::SIGKILL);
        }
        for run in self.runs.keys().copied().collect::<Vec<_>>() {
            self.end_probe(run);
        }
    }

    /// In each turn of the loop: once nothing of this program runs beside it, the next one does.
    pub(super) fn go_on_with_upgrade(&mut self) {
        let parts = [self.console_pid(), self.notifier_pid()];
        let is_alone = self.engine.is_none() && parts.iter().all(Option::is_none);
        if !self.is_upgrading || !is_alone {
            return;
        }
        if !self.shutdown.is_asked() {
            let error = self.execute_next();
            log(&format!(
                "the program cannot be exchanged, and goes on as it is: {error}"
            ));
        }
        self.is_upgrading = false;
    }

    /// Returns only if it cannot be done, and then nothing has changed.
    fn execute_next(&mut self) -> io::Error {
        let mut copies = Vec::new();
        let table = match self.table(&mut copies) {
            Ok(table) => table,
            Err(error) => return error,
        };
        let program = self.setup.engine[0].clone();
        let next = match Next::new(&program, &table) {
            Ok(next) => next,
            Err(error) => return error,
        };
        self.spawner.give_limit_back();
        let error = next.execute();
        // As this program had it; where it is refused, it has fewer.
        let _ = raise_nofile_limit();
        error
    }

    /// What the next program has to know, with copies of the descriptors that stay open over the execution.
    fn table(&self, copies: &mut Vec<OwnedFd>) -> io::Result<Table> {
        let mut copy = |fd: BorrowedFd<'_>| -> io::Result<RawFd> {
            let copy = stays_open(fd)?;
            let number = copy.as_raw_fd();
            copies.push(copy);
            Ok(number)
        };
        let mut some = |fd: &Option<Rc<OwnedFd>>| {
            let fd = fd.as_ref().map(|fd| copy(fd.as_fd()));
            fd.transpose()
        };
        let mut runs = Vec::new();
        for (run, known) in &self.runs {
            runs.push(HandedRun {
                run: *run,
                channel: some(&known.channel)?,
                notify: some(&known.notify)?,
                ready: some(&known.ready)?,
                service: known.service.as_deref().map(ToOwned::to_owned),
                needs: known.needs.clone(),
            });
        }
        let mut streams = Vec::new();
        for (StreamKey(run, stream), reader) in self.streams.without_names() {
            streams.push(HandedStream {
                run,
                errors: stream == OutputStream::Errors,
                reader: copy(reader.as_fd())?,
            });
        }
        let [state, socket] = &self.setup.locks;
        Ok(Table {
            boot: self.boot.clone(),
            locks: vec![copy(state.as_fd())?, copy(socket.as_fd())?],
            listener: Some(copy(self.setup.listener.as_fd())?),
            runs,
            streams,
            has_begun: self.has_begun,
            last_runs: self.last_runs.clone(),
        })
    }

    /// What was handed over beside the runs, which are taken one by one.
    pub(super) fn begin_handed_over(&mut self, handed: &mut HandedOver) {
        for stream in std::mem::take(&mut handed.table.streams) {
            let kind = if stream.errors {
                OutputStream::Errors
            } else {
                OutputStream::Output
            };
            if let Some(reader) = handed.descriptors.remove(&stream.reader) {
                self.streams
                    .insert(StreamKey(stream.run, kind), reader, false);
            }
        }
        self.has_begun = handed.table.has_begun || !handed.table.runs.is_empty();
        for (service, number) in std::mem::take(&mut handed.table.last_runs) {
            self.note_run(RunKey(service, number));
        }
    }

    /// What was handed over of a run that was taken over.
    pub(super) fn take_handed_over(&mut self, key: RunKey) {
        let (Some(handed), Some(run)) = (&mut self.handed_over, self.runs.get_mut(&key)) else {
            return;
        };
        let HandedOver { table, descriptors } = handed;
        let mut take = |number: Option<RawFd>| descriptors.remove(&number?).map(Rc::new);
        if let Some(handed) = table.runs.iter_mut().find(|handed| handed.run == key) {
            run.channel = take(handed.channel);
            run.notify = take(handed.notify);
            run.ready = take(handed.ready);
            run.service = handed.service.take().map(Into::into);
            run.needs = std::mem::take(&mut handed.needs);
        }
    }

    /// The boot that the journal is of, if this process has begun as another program.
    pub(super) fn handed_boot(&self) -> Option<String> {
        let boot = &self.handed_over.as_ref()?.table.boot;
        (!boot.is_empty()).then(|| boot.clone())
    }
}

/// Another descriptor of the same, that an execution does not close.
fn stays_open(fd: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    let copy = fcntl_dupfd_cloexec(fd, ABOVE)?;
    fcntl_setfd(&copy, FdFlags::empty())?;
    Ok(copy)
}

/// The next program: what it is executed with.
struct Next {
    program: CString,
    arguments: Vec<CString>,
    environment: Vec<CString>,
    /// The file of what is handed over.
    _file: OwnedFd,
}

impl Next {
    fn new(program: &str, table: &Table) -> io::Result<Self> {
        let mut file = File::from(memfd_create("relance-hand-over", MemfdFlags::CLOEXEC)?);
        file.write_all(&serde_json::to_vec(table)?)?;
        let file = stays_open(file.as_fd())?;
        let own = std::env::vars_os().filter(|(name, _)| name != VARIABLE);
        let own = own.map(|(name, value)| [name, value].join("=".as_ref()));
        let handed = OsString::from(format!("{VARIABLE}={VERSION}:{}", file.as_raw_fd()));
        let environment: Result<_, _> = own.chain([handed]).map(c_string).collect();
        let arguments: Result<_, _> = std::env::args_os().map(c_string).collect();
        Ok(Self {
            program: CString::new(program)?,
            arguments: arguments?,
            environment: environment?,
            _file: file,
        })
    }

    /// Returns only if it cannot be executed.
    fn execute(&self) -> io::Error {
        let pointers = |strings: &[CString]| {
            let pointers = strings.iter().map(|string| string.as_ptr());
            pointers.chain([ptr::null()]).collect::<Vec<_>>()
        };
        let (arguments, environment) = (pointers(&self.arguments), pointers(&self.environment));
        // SAFETY: lists of strings that end with null, as `execve` wants them, and that live until it returns.
        // Signals stay blocked, so those that come meanwhile wait for the next program.
        unsafe {
            libc::execve(
                self.program.as_ptr(),
                arguments.as_ptr(),
                environment.as_ptr(),
            );
        }
        io::Error::last_os_error()
    }
}

fn c_string(text: OsString) -> io::Result<CString> {
    Ok(CString::new(text.into_vec())?)
}
