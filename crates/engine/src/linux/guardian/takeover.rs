//! What a guardian takes over from one that was killed: the journal's runs and commands, and, where
//! there is no journal (it was lost, or the guardian before kept none), what the service database
//! names.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use rustix::event::epoll;

use super::super::clock;
use super::super::place;
use super::super::process::{is_gone, log};
use super::super::protocol::{ActionKey, Exit, GuardianReport, RecordedRun, RunKey, token};
use super::super::secret::Secret;
use super::super::signals::is_child;
use super::adopted::{Adopted, Look, TICK_NS};
use super::hand_over::HandedOver;
use super::journal::{End, Entry, Intent, Journal, Mark, Slot};
use super::{EXIT_CANNOT_START, Guardian, Run, TOKEN_ADOPTED};

/// How long after its process was asked for a run of the database may have been created.
const BIRTH_TOLERANCE_NS: u64 = 2_000_000_000;
/// How long the parent of a process that has ended may take to notice, before its end is unknown.
const PATIENCE_NS: u64 = 1_000_000_000;

impl Guardian {
    /// Opens the journal and takes over what is in it. Without a journal the daemon works all the same.
    /// So may be what this process was handed over.
    pub(super) fn inherit(&mut self, mut handed_over: Option<HandedOver>) {
        if let Some(handed_over) = &mut handed_over {
            self.is_handed_over = true;
            self.begin_handed_over(handed_over);
        }
        self.handed_over = handed_over;
        let path = self.setup.journal.clone();
        let boot = self.handed_boot().map_or_else(boot, Ok);
        let opened = boot.and_then(|boot| {
            let opened = Journal::open(&path, &boot);
            self.boot = boot;
            opened
        });
        match opened {
            Ok((journal, entries)) => {
                // All are looked at before anything is done about one.
                let found = entries.into_iter().map(|entry| self.find(entry));
                let found: Vec<Found> = match found.collect() {
                    Ok(found) => found,
                    Err(cannot) => return self.refuse_blind(&cannot),
                };
                let living = found.iter().find_map(|found| found.adopted.as_ref());
                if let Some(adopted) = living.filter(|_| self.setup.is_copy) {
                    return self.refuse_copy(adopted.pid);
                }
                self.journal = Some(journal);
                let (stop_commands, others): (Vec<_>, Vec<_>) =
                    found.into_iter().partition(Found::is_stop_command);
                for found in stop_commands.into_iter().chain(others) {
                    self.inherit_entry(found);
                }
            }
            // It may name services that run.
            Err(error) if is_short(&error) => {
                let what = format!("services run: {} cannot be read", path.display());
                self.refuse_blind(&CannotTell { what, error });
            }
            Err(error) => log(&format!(
                "there is no run journal ({}: {error}), so what ends around the death of this process \
                 may not be counted",
                path.display()
            )),
        }
    }

    /// Looks whether the process of an entry is there.
    fn find(&self, entry: Entry) -> Result<Found, CannotTell> {
        let adopted = match &entry {
            Entry::Run {
                intent,
                mark,
                end: None,
                ..
            } => self.look(mark.pid, process_of(intent, *mark))?,
            Entry::StopCommand { mark, .. } => {
                self.look(mark.pid, Adopted::open(mark.pid, &(0..=mark.at_ns)))?
            }
            _ => None,
        };
        Ok(Found { entry, adopted })
    }

    /// A process that is there, with its control group.
    fn look(
        &self,
        pid: u32,
        process: io::Result<Option<Adopted>>,
    ) -> Result<Option<Adopted>, CannotTell> {
        let cannot = |error| CannotTell::of(pid, error);
        let mut process = process.map_err(cannot)?;
        if let Some(adopted) = &mut process {
            adopted.group = self.group_of(pid).map_err(cannot)?;
        }
        Ok(process)
    }

    /// A run that may still be there is neither given up nor started a second time.
    fn refuse_blind(&mut self, CannotTell { what, error }: &CannotTell) {
        log(&format!(
            "it cannot be told whether {what}: {error}; nothing was changed, and services run on; raise what is short (open \
             files: LimitNOFILE in the unit, fs.file-max; memory) and start the daemon again"
        ));
        self.ended = Some(EXIT_CANNOT_START);
    }

    /// The processes of another daemon are neither taken over nor started a second time.
    fn refuse_copy(&mut self, pid: u32) {
        log(&format!(
            "{} is a copy of a state folder whose services run (process {pid}), or was moved to another \
             disk while they ran; stop these services where they were started, or end their processes, \
             and start this daemon again",
            self.state_folder().display()
        ));
        self.ended = Some(EXIT_CANNOT_START);
    }

    /// Clients are served from this folder now, so every process that it names is ours.
    pub(super) fn settle(&mut self) {
        self.setup.is_copy = false;
        if let Err(error) = place::settle(self.state_folder()) {
            log(&format!(
                "it cannot be written down which folder {} is: {error}",
                self.state_folder().display()
            ));
        }
    }

    fn state_folder(&self) -> &Path {
        self.setup.journal.parent().unwrap_or(Path::new("/"))
    }

    fn inherit_entry(&mut self, found: Found) {
        let Found { entry, adopted } = found;
        match entry {
            Entry::Command { slot, action, pid } => {
                self.commands.insert(action, (Ok(pid), Some(slot)));
            }
            Entry::StopCommand { slot, run, .. } => self.inherit_stop_command(run, slot, adopted),
            Entry::Run {
                slot,
                intent,
                mark,
                end,
                asked,
            } => {
                let is_over = adopted.is_none() && !asked.main;
                let key = self.take_over(intent, mark.pid, Some(slot), end, adopted);
                if is_over {
                    self.end_leftovers(&self.runs[&key]);
                }
                self.go_on_with_stop(key, asked);
                self.note_unseen_end(key);
            }
        }
    }

    /// A run of an earlier guardian that has ended meanwhile; how is unknown.
    fn note_unseen_end(&mut self, key: RunKey) {
        let run = &self.runs[&key];
        let is_there = run.adopted.is_some() || run.is_child;
        if run.end.is_none() && !is_there && run.rest.is_none() {
            self.run_ended(key, Exit::Unknown);
        }
    }

    /// Puts a run of an earlier guardian into the table.
    fn take_over(
        &mut self,
        intent: Intent,
        pid: u32,
        slot: Option<Slot>,
        end: Option<End>,
        adopted: Option<Adopted>,
    ) -> RunKey {
        let key = intent.run;
        let mut group = intent.group;
        // Where the program was exchanged in its process.
        let is_child = adopted.is_some() && is_child(pid);
        if let Some(adopted) = &adopted {
            group = adopted
                .group
                .as_deref()
                .and_then(|folder| self.group_at(folder));
        }
        let adopted = adopted.filter(|_| !is_child);
        if is_child {
            self.by_pid.insert(pid, key);
        }
        if let Some(adopted) = &adopted {
            let data = epoll::EventData::new_u64(token(key.into()) | TOKEN_ADOPTED);
            // At the end, and again when the parent has taken notice of it.
            let flags = epoll::EventFlags::IN | epoll::EventFlags::ET;
            if let Err(error) = epoll::add(&self.epoll, adopted, data, flags) {
                let error = error.into();
                self.refuse_blind(&CannotTell::of(pid, error));
            }
        }
        let run = Run {
            group: group.filter(|group| self.has_group(*group)),
            left: end.map_or(0, |end| end.left),
            end: end.map(Box::new),
            slot,
            adopted: adopted.map(Box::new),
            is_child,
            stop_command: self.inherited_stop_command(key),
            ..Run::begun(pid, intent)
        };
        self.note_run(key);
        self.runs.insert(key, Box::new(run));
        self.take_handed_over(key);
        key
    }

    /// Takes over what the database names and the journal did not, then ends what outlived its run
    /// while no guardian was there.
    pub(super) fn adopt(&mut self, recorded: Vec<RecordedRun>) {
        let is_new = |recorded: &RecordedRun| !self.runs.contains_key(&recorded.run);
        let found = recorded.into_iter().filter(is_new).map(|recorded| {
            let adopted = self.look(recorded.pid, recorded.process())?;
            Ok((recorded, adopted))
        });
        let found: Vec<(RecordedRun, Option<Adopted>)> = match found.collect() {
            Ok(found) => found,
            Err(cannot) => return self.refuse_blind(&cannot),
        };
        let living = found.iter().find_map(|(_, adopted)| adopted.as_ref());
        if let Some(adopted) = living.filter(|_| self.setup.is_copy) {
            return self.refuse_copy(adopted.pid);
        }
        for (recorded, adopted) in found {
            let run = recorded.run;
            // The same may be named twice.
            if !self.runs.contains_key(&run) {
                self.adopt_recorded(&recorded, adopted);
                let (known, fds) = self.known(run);
                self.tell(&GuardianReport::Run(known), fds);
            }
        }
        let started: BTreeSet<_> = self.runs.values().filter_map(|run| run.group).collect();
        if let Some(tree) = &mut self.groups {
            tree.keep(&started);
        }
        self.tell_streams();
        self.tell(&GuardianReport::TableEnd, vec![]);
        // What nobody has asked for is closed.
        self.handed_over = None;
    }

    fn adopt_recorded(&mut self, recorded: &RecordedRun, adopted: Option<Adopted>) {
        let &RecordedRun { run, pid, birth } = recorded;
        // In its environment, which it may have changed or hidden: then it cannot attach again.
        let secret = match adopted.as_ref().map(|_| secret_of(pid, run)).transpose() {
            Ok(secret) => secret.flatten().unwrap_or_default(),
            Err(error) => return self.refuse_blind(&CannotTell::of(pid, error)),
        };
        let intent = Intent {
            run,
            birth,
            secret,
            channel: false,
            output: false,
            stop_signal: libc::SIGTERM,
            stop_grace_ms: None,
            group: None,
        };
        let mark = Mark {
            pid,
            at_ns: recorded.created_until(),
        };
        let journal = self.journal.as_mut();
        let slot = journal.and_then(|journal| journal.adopt(&intent, mark));
        let is_over = adopted.is_none();
        let key = self.take_over(intent, pid, slot, None, adopted);
        if is_over {
            self.end_leftovers(&self.runs[&key]);
        }
        self.note_unseen_end(key);
    }

    /// Something happened to a process that was taken over.
    pub(super) fn adopted_event(&mut self, key: RunKey) {
        let Some(run) = self.runs.get(&key) else {
            return;
        };
        let Some(adopted) = &run.adopted else { return };
        if !run.asked.main {
            adopted.kill_process_group();
        }
        match adopted.look() {
            Look::Ended(exit) => self.adopted_ended(key, exit),
            Look::NotYet => {
                let until = clock::boottime_ns() + PATIENCE_NS;
                self.unreaped.entry(key).or_insert(until);
            }
        }
    }

    /// Stops waiting for parents that do not reap their children.
    pub(super) fn give_up_on_parents(&mut self) {
        let now = clock::boottime_ns();
        let over = self.unreaped.iter().filter(|(_, until)| **until <= now);
        for key in over.map(|(key, _)| *key).collect::<Vec<_>>() {
            self.adopted_ended(key, Exit::Unknown);
        }
    }

    fn adopted_ended(&mut self, key: RunKey, exit: Exit) {
        self.unreaped.remove(&key);
        if !self.runs[&key].asked.main {
            self.end_leftovers(&self.runs[&key]);
        }
        self.run_ended(key, exit);
        if let Some(run) = self.runs.get_mut(&key) {
            run.adopted = None;
        }
    }

    /// The whole of a command is on record.
    pub(super) fn forget_command(&mut self, action: ActionKey) {
        if let Some((_, slot)) = self.commands.remove(&action) {
            self.free(slot);
        }
    }

    pub(super) fn free(&mut self, slot: Option<Slot>) {
        if let (Some(journal), Some(slot)) = (&mut self.journal, slot) {
            journal.free(slot);
        }
    }

    /// The daemon ends in good order: nothing is left to take over.
    pub(super) fn close_journal(&mut self) {
        if self.journal.take().is_some() {
            let _ = fs::remove_file(&self.setup.journal);
        }
    }
}

/// An entry of the journal, and the process of its run if that is there.
struct Found {
    entry: Entry,
    adopted: Option<Adopted>,
}

impl Found {
    fn is_stop_command(&self) -> bool {
        matches!(self.entry, Entry::StopCommand { .. })
    }
}

/// Whether something is lacking that others use, so that nothing is known of what could not be opened.
fn is_short(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::EMFILE | libc::ENFILE | libc::ENOMEM)
    )
}

/// It is not known whether a process is there.
struct CannotTell {
    what: String,
    error: io::Error,
}

impl CannotTell {
    fn of(pid: u32, error: io::Error) -> Self {
        let what = format!("process {pid}, which a daemon before this one has started, is there");
        Self { what, error }
    }
}

impl RecordedRun {
    /// Whether its process exists.
    ///
    /// # Errors
    /// When that cannot be told.
    pub(in super::super) fn is_there(&self) -> io::Result<bool> {
        Ok(self.process()?.is_some())
    }

    /// Its process, if it exists.
    fn process(&self) -> io::Result<Option<Adopted>> {
        let created = self.birth.saturating_sub(TICK_NS)..=self.created_until();
        Adopted::open(self.pid, &created)
    }

    fn created_until(&self) -> u64 {
        self.birth.saturating_add(BIRTH_TOLERANCE_NS)
    }
}

fn process_of(intent: &Intent, mark: Mark) -> io::Result<Option<Adopted>> {
    let created = intent.birth.saturating_sub(TICK_NS)..=mark.at_ns;
    Adopted::open(mark.pid, &created)
}

/// The boot of the machine; for the init of a container one that was never before, because its
/// predecessor's processes are gone with their namespace.
fn boot() -> io::Result<String> {
    let boot = clock::boot_id()?;
    Ok(match std::process::id() {
        1 => format!("{boot} container {}", clock::boottime_ns()),
        _ => boot,
    })
}

/// What a process has in its environment as the secret of this run; `None` also for one that is gone or hides it.
///
/// # Errors
/// When it cannot be read for another reason, which says nothing about the process.
pub(super) fn secret_of(pid: u32, run: RunKey) -> io::Result<Option<Secret>> {
    let environment = match fs::read(format!("/proc/{pid}/environ")) {
        Ok(environment) => environment,
        Err(error) if is_gone(&error) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Ok(None),
        Err(error) => return Err(error),
    };
    let prefix = format!(
        "{}={}.{}:",
        relance_wire::channel::RUN_VARIABLE,
        run.0,
        run.1
    );
    let mut entries = environment.split(|byte| *byte == 0);
    let secret = entries.find_map(|entry| entry.strip_prefix(prefix.as_bytes()));
    let secret = secret.and_then(|secret| std::str::from_utf8(secret).ok());
    Ok(secret.map(Secret::from))
}
