//! The run journal: a file in the state folder in which the guardian keeps what a successor must know
//! if it is killed. One slot of a fixed size for each run, each recovery command and each stop command.
//!
//! A slot is written before its program is executed, gets the process id from the process itself, and
//! the end before that is told; it is free again once the engine has put everything on record. Nothing
//! is flushed to the disk: what was written survives the death of every process in the kernel's page
//! cache, and a boot of the machine makes all of it void. A slot never crosses a page, so it is never
//! half written.
//!
//! What is read back is not trusted: the file names the boot, each slot has a check, and a process is
//! taken for a run only if it was created when the slot says (`adopted`).

pub(in super::super) mod fuzzing;

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use super::super::cgroup::Group;
use super::super::process::log;
use super::super::protocol::{ActionKey, Exit, RunKey};
use super::super::secret::Secret;
use super::super::spawn::Witness;

const FORMAT: u32 = 1;
const SLOT_LEN: usize = 128;
const SLOT_BYTES: u64 = SLOT_LEN as u64;
/// Slots by which the file grows.
const GROWTH: u32 = 128;
/// Longest secret: 128 bits in decimal.
const SECRET_MAX: usize = 40;

// Where the parts of a slot are. The first is written once, whole, with its check at its end.
const KIND: usize = 0;
const FLAGS: usize = 1;
const SECRET_LEN: usize = 2;
const STOP_SIGNAL: usize = 3;
const KEY: usize = 4;
const GROUP: usize = 12;
const BIRTH: usize = 16;
const SECRET: usize = 24;
const CHECK: usize = SECRET + SECRET_MAX;
/// Written by the process itself ([`Witness`]).
const MARK: usize = 72;
const MARK_TIME: usize = 80;
/// Written when it has ended.
const END: usize = 88;
const END_LEN: usize = 24;
/// Written when it is asked to stop: three bytes, see [`Asked`].
const ASKED: usize = END + END_LEN;

/// Its stop grace in milliseconds; 0 in files of older versions, and for services.
const GRACE: usize = ASKED + 4;

const FREE: u8 = 0;
const RUN: u8 = 1;
const COMMAND: u8 = 2;
const STOP_COMMAND: u8 = 3;

const HAS_CHANNEL: u8 = 1;
const HAS_OUTPUT: u8 = 2;
const HAS_GROUP: u8 = 4;

/// See the module.
pub(super) struct Journal {
    file: File,
    /// How many slots the file has.
    len: u32,
    free: Vec<u32>,
    /// Set while writing fails, so that it is said once.
    is_failing: bool,
}

/// The place of a run or command in the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Slot(u32);

/// What is known of a run before its process exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Intent {
    pub(super) run: RunKey,
    /// `CLOCK_BOOTTIME` in nanoseconds.
    pub(super) birth: u64,
    pub(super) secret: Secret,
    pub(super) channel: bool,
    pub(super) output: bool,
    pub(super) stop_signal: i32,
    /// See [`SpawnSpec::stop_grace_ms`](super::super::spawn::SpawnSpec).
    pub(super) stop_grace_ms: Option<u32>,
    pub(super) group: Option<Group>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub(super) exit: Exit,
    /// `CLOCK_BOOTTIME` in nanoseconds.
    pub(super) at_ns: u64,
    pub(super) memory_kills: u32,
    pub(super) left: u32,
}

/// How far the stop of a run has come. Files of older versions do not have it, which reads as `false`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// Somebody wants it to stop.
    pub(super) main: bool,
    /// What its main process has left behind was sent the stop signal.
    pub(super) rest: bool,
    /// Its stop command was run.
    pub(super) command: bool,
}

/// What a process has written about itself before it executed its program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) pid: u32,
    /// When it wrote this: it was created before. `CLOCK_BOOTTIME` in nanoseconds.
    pub(super) at_ns: u64,
}

/// What a guardian finds of those before it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Run {
        slot: Slot,
        intent: Intent,
        mark: Mark,
        end: Option<End>,
        asked: Asked,
    },
    Command {
        slot: Slot,
        action: ActionKey,
        pid: u32,
    },
    /// The command that stops a run; its end is not on record.
    StopCommand { slot: Slot, run: RunKey, mark: Mark },
}

impl Journal {
    /// Opens the file and reads what is in it, if it was written in this boot of the machine; else it
    /// begins again.
    ///
    /// # Errors
    /// When it cannot be opened or made.
    pub(super) fn open(path: &Path, boot: &str) -> io::Result<(Self, Vec<Entry>)> {
        let (journal, entries, problems) = Self::look(path, boot)?;
        for problem in problems {
            log(&problem);
        }
        Ok((journal, entries))
    }

    /// The same, with what is to be said about the file.
    fn look(path: &Path, boot: &str) -> io::Result<(Self, Vec<Entry>, Vec<String>)> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
            .open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::other("it is not a regular file"));
        }
        let mut bytes = vec![0; usize::try_from(file.metadata()?.len()).unwrap_or(0)];
        file.read_exact_at(&mut bytes, 0)?;
        let mut journal = Self {
            file,
            len: 0,
            free: Vec::new(),
            is_failing: false,
        };
        let mut problems = Vec::new();
        let entries = match look_at_head(&bytes, boot) {
            Ok(true) => journal.read(&bytes[SLOT_LEN..], &mut problems),
            Ok(false) => journal.begin(boot)?,
            Err(why) => {
                problems.push(format!(
                    "{} {why}; runs of a guardian before are taken from the service database alone",
                    path.display()
                ));
                journal.begin(boot)?
            }
        };
        Ok((journal, entries, problems))
    }

    fn begin(&mut self, boot: &str) -> io::Result<Vec<Entry>> {
        self.file.set_len(0)?;
        self.grow()?;
        self.file.write_all_at(&head(boot), 0)?;
        Ok(Vec::new())
    }

    fn read(&mut self, slots: &[u8], problems: &mut Vec<String>) -> Vec<Entry> {
        let mut entries = Vec::new();
        // What is behind the last whole slot is written over when the file grows.
        for bytes in slots.as_chunks::<SLOT_LEN>().0 {
            let slot = self.len;
            self.len += 1;
            match decode(Slot(slot), bytes) {
                Ok(Some(entry)) => entries.push(entry),
                Ok(None) => self.free.push(slot),
                Err(why) => {
                    problems.push(format!(
                        "slot {slot} of the run journal is passed over: {why}"
                    ));
                    self.free.push(slot);
                }
            }
        }
        entries
    }

    fn grow(&mut self) -> io::Result<()> {
        let zeros = [0; GROWTH as usize * SLOT_LEN];
        self.file.write_all_at(&zeros, position(self.len))?;
        self.free.extend((self.len..self.len + GROWTH).rev());
        self.len += GROWTH;
        Ok(())
    }

    /// Puts on record that a run is about to be executed. If that fails, the run is executed all the same: the
    /// record matters only if the guardian dies.
    pub(super) fn run(&mut self, intent: &Intent) -> Option<Slot> {
        self.take(&encode_run(intent))
    }

    /// The same for a recovery command.
    pub(super) fn command(&mut self, action: ActionKey) -> Option<Slot> {
        self.take(&encode_command(COMMAND, action.0, action.1))
    }

    /// The same for the command that stops a run.
    pub(super) fn stop_command(&mut self, run: RunKey) -> Option<Slot> {
        self.take(&encode_command(STOP_COMMAND, run.0, run.1))
    }

    fn take(&mut self, bytes: &[u8; SLOT_LEN]) -> Option<Slot> {
        if self.free.is_empty() {
            let grown = self.grow();
            self.note(grown);
        }
        let slot = self.free.pop()?;
        let written = self.file.write_all_at(bytes, position(slot));
        if self.note(written) {
            Some(Slot(slot))
        } else {
            self.free.push(slot);
            None
        }
    }

    /// Where a process that is about to be made puts itself on record.
    pub(super) fn witness(&self, slot: &Slot) -> Witness {
        let at = position(slot.0) + MARK as u64;
        Witness {
            file: self.file.as_raw_fd(),
            at: at.cast_signed(),
        }
    }

    /// Puts an end on record.
    pub(super) fn end(&mut self, slot: &Slot, end: End) {
        let written = self
            .file
            .write_all_at(&encode_end(end), position(slot.0) + END as u64);
        self.note(written);
    }

    /// Puts on record how far the stop of a run is.
    pub(super) fn asked(&mut self, slot: &Slot, asked: Asked) {
        let bytes = [asked.main, asked.rest, asked.command].map(u8::from);
        let written = self
            .file
            .write_all_at(&bytes, position(slot.0) + ASKED as u64);
        self.note(written);
    }

    /// Puts a run on record that was taken over from the database.
    pub(super) fn adopt(&mut self, intent: &Intent, mark: Mark) -> Option<Slot> {
        let mut bytes = encode_run(intent);
        bytes[MARK..MARK + 4].copy_from_slice(&mark.pid.to_le_bytes());
        bytes[MARK_TIME..END].copy_from_slice(&mark.at_ns.to_le_bytes());
        self.take(&bytes)
    }

    /// It is on record elsewhere by now, or nothing was executed.
    pub(super) fn free(&mut self, slot: Slot) {
        let written = self.file.write_all_at(&[FREE], position(slot.0));
        self.note(written);
        self.free.push(slot.0);
    }

    /// Whether something was written.
    fn note(&mut self, written: io::Result<()>) -> bool {
        let is_failing = written.is_err();
        if let Err(error) = written
            && !self.is_failing
        {
            log(&format!(
                "the run journal cannot be written ({error}); until it can, what ends around the death \
                 of this process may not be counted"
            ));
        }
        self.is_failing = is_failing;
        !is_failing
    }
}

fn position(slot: u32) -> u64 {
    (u64::from(slot) + 1) * SLOT_BYTES
}

/// The first bytes of the file, to be read by people too.
fn head(boot: &str) -> [u8; SLOT_LEN] {
    let text = format!("relance run journal, format {FORMAT}, boot {boot}\n");
    let mut bytes = [0; SLOT_LEN];
    let len = text.len().min(SLOT_LEN);
    bytes[..len].copy_from_slice(&text.as_bytes()[..len]);
    bytes
}

/// Whether the file is of this boot; why it cannot be read at all.
fn look_at_head(bytes: &[u8], boot: &str) -> Result<bool, String> {
    if bytes.is_empty() {
        return Ok(false);
    }
    let (begin, end) = bytes.split_at(SLOT_LEN.min(bytes.len()));
    if begin == head(boot) {
        return Ok(!end.is_empty());
    }
    let text = String::from_utf8_lossy(begin);
    let rest = text.strip_prefix("relance run journal, format ");
    let format = rest
        .and_then(|rest| rest.split_once(','))
        .map(|rest| rest.0);
    match format.map(str::parse::<u32>) {
        Some(Ok(FORMAT)) => Ok(false),
        Some(Ok(other)) => Err(format!("has the format {other} of another version")),
        _ => Err("is not a run journal".to_owned()),
    }
}

fn encode_run(intent: &Intent) -> [u8; SLOT_LEN] {
    let mut bytes = [0; SLOT_LEN];
    bytes[KIND] = RUN;
    let flags = [
        (intent.channel, HAS_CHANNEL),
        (intent.output, HAS_OUTPUT),
        (intent.group.is_some(), HAS_GROUP),
    ];
    bytes[FLAGS] = flags
        .iter()
        .filter(|(has, _)| *has)
        .map(|(_, flag)| flag)
        .sum();
    put_key(&mut bytes, intent.run.0, intent.run.1);
    let group = intent.group.map_or(0, |group| group.0);
    bytes[GROUP..BIRTH].copy_from_slice(&group.to_le_bytes());
    bytes[BIRTH..SECRET].copy_from_slice(&intent.birth.to_le_bytes());
    let secret = intent.secret.to_string();
    bytes[SECRET..SECRET + secret.len()].copy_from_slice(secret.as_bytes());
    bytes[SECRET_LEN] = u8::try_from(secret.len()).unwrap_or(0);
    bytes[STOP_SIGNAL] = u8::try_from(intent.stop_signal).unwrap_or(0);
    let grace = intent.stop_grace_ms.map_or(0, |grace| grace.max(1));
    bytes[GRACE..GRACE + 4].copy_from_slice(&grace.to_le_bytes());
    checked(bytes)
}

fn encode_command(kind: u8, service: u32, number: u32) -> [u8; SLOT_LEN] {
    let mut bytes = [0; SLOT_LEN];
    bytes[KIND] = kind;
    put_key(&mut bytes, service, number);
    checked(bytes)
}

fn put_key(bytes: &mut [u8; SLOT_LEN], service: u32, number: u32) {
    bytes[KEY..KEY + 4].copy_from_slice(&service.to_le_bytes());
    bytes[KEY + 4..GROUP].copy_from_slice(&number.to_le_bytes());
}

fn checked(mut bytes: [u8; SLOT_LEN]) -> [u8; SLOT_LEN] {
    let check = check(&bytes).to_le_bytes();
    bytes[CHECK..MARK].copy_from_slice(&check);
    bytes
}

/// FNV-1a: it only has to tell garbage from a slot.
fn check(bytes: &[u8; SLOT_LEN]) -> u64 {
    bytes[..CHECK]
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
        })
}

fn encode_end(end: End) -> [u8; END_LEN] {
    let (kind, value): (u8, i32) = match end.exit {
        Exit::Status(status) => (1, status),
        Exit::Signal(signal) => (2, signal),
        Exit::Unknown => (3, 0),
    };
    let mut bytes = [0; END_LEN];
    bytes[0] = kind;
    bytes[4..8].copy_from_slice(&value.to_le_bytes());
    bytes[8..16].copy_from_slice(&end.at_ns.to_le_bytes());
    bytes[16..20].copy_from_slice(&end.memory_kills.to_le_bytes());
    bytes[20..24].copy_from_slice(&end.left.to_le_bytes());
    bytes
}

/// What a slot says; nothing if it is free, or if nothing was executed.
fn decode(slot: Slot, bytes: &[u8; SLOT_LEN]) -> Result<Option<Entry>, &'static str> {
    if bytes[KIND] == FREE {
        return Ok(None);
    }
    if u64_at(bytes, CHECK) != check(bytes) {
        return Err("its check does not fit");
    }
    let mark = Mark {
        pid: u32_at(bytes, MARK),
        at_ns: u64_at(bytes, MARK_TIME),
    };
    if mark.pid == 0 {
        return Ok(None);
    }
    let (service, number) = (u32_at(bytes, KEY), u32_at(bytes, KEY + 4));
    if service == 0 {
        return Err("it names no service");
    }
    match bytes[KIND] {
        RUN => Ok(Some(Entry::Run {
            slot,
            intent: decode_intent(RunKey(service, number), bytes)?,
            mark,
            end: decode_end(bytes)?,
            asked: decode_asked(bytes),
        })),
        COMMAND => Ok(Some(Entry::Command {
            slot,
            action: ActionKey(service, number),
            pid: mark.pid,
        })),
        STOP_COMMAND => Ok(Some(Entry::StopCommand {
            slot,
            run: RunKey(service, number),
            mark,
        })),
        _ => Err("it is neither a run nor a command"),
    }
}

fn decode_intent(run: RunKey, bytes: &[u8; SLOT_LEN]) -> Result<Intent, &'static str> {
    let has = |flag: u8| bytes[FLAGS] & flag != 0;
    let secret = bytes[SECRET..CHECK].get(..bytes[SECRET_LEN].into());
    let secret = secret.and_then(|secret| std::str::from_utf8(secret).ok());
    Ok(Intent {
        run,
        birth: u64_at(bytes, BIRTH),
        secret: secret.ok_or("its secret is not text")?.into(),
        channel: has(HAS_CHANNEL),
        output: has(HAS_OUTPUT),
        stop_signal: bytes[STOP_SIGNAL].into(),
        stop_grace_ms: Some(u32_at(bytes, GRACE)).filter(|grace| *grace > 0),
        group: has(HAS_GROUP).then(|| Group(u32_at(bytes, GROUP))),
    })
}

fn decode_end(bytes: &[u8; SLOT_LEN]) -> Result<Option<End>, &'static str> {
    let value = u32_at(bytes, END + 4).cast_signed();
    let exit = match bytes[END] {
        0 => return Ok(None),
        1 => Exit::Status(value),
        2 => Exit::Signal(value),
        3 => Exit::Unknown,
        _ => return Err("its end is not valid"),
    };
    Ok(Some(End {
        exit,
        at_ns: u64_at(bytes, END + 8),
        memory_kills: u32_at(bytes, END + 16),
        left: u32_at(bytes, END + 20),
    }))
}

fn decode_asked(bytes: &[u8; SLOT_LEN]) -> Asked {
    let [main, rest, command] = [0, 1, 2].map(|offset| bytes[ASKED + offset] != 0);
    Asked {
        main,
        rest,
        command,
    }
}

fn u32_at(bytes: &[u8; SLOT_LEN], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

fn u64_at(bytes: &[u8; SLOT_LEN], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

#[cfg(test)]
mod tests;
