//! Reading the output of services: parts of it, and live.

mod mark;

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::task::{Context, Poll, Waker};

use relance_policy::RunId;
use relance_scm::manager::{FollowOutput, OutputPart, OutputRange, OutputStream};
use relance_scm::{Sentence, ServiceId};

use crate::linux::{OutputFile, open_output};
use crate::output_losses::OutputLoss;
use crate::publisher::{Change, Listener};

pub(crate) use mark::Mark;

/// Most bytes of output in one part.
const PART_LEN_MAX: u64 = 1 << 20;

/// The same of output that is followed: many follow at a time, and each part is kept until its reader takes it.
const FOLLOWED_LEN_MAX: u64 = 64 * 1024;

/// Who waits for output of which service. The log thread wakes them, and reports output that is lost.
#[derive(Default)]
pub(crate) struct OutputSignals {
    waiting: Mutex<HashMap<ServiceId, Vec<Waker>>>,
    /// How often each run has printed, for the runs that have a probe for silence.
    moves: Mutex<HashMap<RunId, Weak<AtomicU64>>>,
    /// Receives reports of lost output, once it is set.
    told: OnceLock<Box<Told>>,
    /// Why the output of services is not kept as configured (X26).
    problems: Mutex<BTreeMap<ServiceId, Sentence>>,
    /// Where the output begins of the run that was started last; not of one that an engine before this one started.
    begins: Mutex<BTreeMap<(ServiceId, OutputStream), (u32, Mark)>>,
}

type Told = dyn Fn(ServiceId, OutputLoss) + Send + Sync;

impl OutputSignals {
    fn lock(&self) -> MutexGuard<'_, HashMap<ServiceId, Vec<Waker>>> {
        lock(&self.waiting)
    }

    /// A service has printed something.
    pub(crate) fn grown(&self, service: ServiceId) {
        let waiting = self.lock().remove(&service);
        waiting.into_iter().flatten().for_each(Waker::wake);
    }

    /// Counts from now on how often this run prints, for as long as the count is kept.
    pub(crate) fn moves(&self, run: RunId) -> Arc<AtomicU64> {
        let mut counted = self.moves.lock().unwrap_or_else(PoisonError::into_inner);
        counted.retain(|_, moves| moves.strong_count() > 0);
        let moves = Arc::default();
        counted.insert(run, Arc::downgrade(&moves));
        moves
    }

    /// A run has printed something, to any destination.
    pub(crate) fn printed(&self, run: RunId) {
        let counted = self.moves.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(moves) = counted.get(&run).and_then(Weak::upgrade) {
            moves.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// From now on losses are told to this.
    pub(crate) fn tell_losses(&self, told: impl Fn(ServiceId, OutputLoss) + Send + Sync + 'static) {
        // There is one engine in a process.
        let _ = self.told.set(Box::new(told));
    }

    /// Tells of a loss.
    pub(crate) fn tell(&self, service: ServiceId, loss: OutputLoss) {
        if let Some(told) = self.told.get() {
            told(service, loss);
        }
    }

    /// Notes what is wrong with the output of a service now.
    pub(crate) fn note_problem(&self, service: ServiceId, problem: Option<Sentence>) {
        {
            let mut problems = lock(&self.problems);
            match problem {
                Some(problem) => problems.insert(service, problem),
                None => problems.remove(&service),
            };
        }
        self.tell(service, OutputLoss::Noted);
    }

    /// What is wrong with the output of a service.
    pub(crate) fn problem(&self, service: ServiceId) -> Option<Sentence> {
        lock(&self.problems).get(&service).cloned()
    }

    /// A run begins, and what it prints comes here.
    pub(crate) fn begun(&self, run: RunId, stream: OutputStream, mark: Mark) {
        lock(&self.begins).insert((run.service, stream), (run.number, mark));
    }

    /// Where the output of a run begins, if it was started last.
    pub(crate) fn begin_of(&self, run: RunId, stream: OutputStream) -> Option<Mark> {
        let begins = lock(&self.begins);
        let (number, mark) = begins.get(&(run.service, stream))?;
        (*number == run.number).then_some(*mark)
    }

    fn wait(&self, service: ServiceId, waker: &Waker) {
        let mut waiting = self.lock();
        let wakers = waiting.entry(service).or_default();
        if !wakers.iter().any(|known| known.will_wake(waker)) {
            wakers.push(waker.clone());
        }
    }
}

/// A thread that panicked has not left a value half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The service is gone, and with it what is known of its output.
impl Listener for OutputSignals {
    fn committed(&self, changes: &[Change]) {
        for change in changes {
            if let Change::Removed(record) = change {
                lock(&self.problems).remove(&record.id);
                let mut begins = lock(&self.begins);
                for stream in OutputStream::ALL {
                    begins.remove(&(record.id, stream));
                }
            }
        }
    }
}

/// A part of the output in a file; `begin` is where that of the run begins whose lines are wanted, if that is known.
pub(crate) fn read_part(
    file: &OutputFile,
    range: OutputRange,
    begin: Option<Mark>,
) -> io::Result<OutputPart> {
    let mut file = open_output(&file.to_read()?)?;
    let about = file.metadata()?;
    let length = about.len();
    let from = match range {
        // A file that was rotated is shorter than the position: it is read from its beginning.
        OutputRange::From(position) if position <= length => position,
        OutputRange::From(_) => 0,
        OutputRange::LastLines(_) => length.saturating_sub(PART_LEN_MAX),
        OutputRange::LastLinesOfRun(..) => {
            let begin = begin.map(|mark| mark.within((about.dev(), about.ino()), length));
            let begin = begin.unwrap_or(length);
            begin.max(length.saturating_sub(PART_LEN_MAX))
        }
    };
    let mut bytes = read_from(&mut file, from, PART_LEN_MAX)?;
    let end = from + bytes.len() as u64;
    if let OutputRange::LastLines(lines) | OutputRange::LastLinesOfRun(_, lines) = range {
        bytes = last_lines(&bytes, lines as usize).to_vec();
    }
    Ok(OutputPart { bytes, end })
}

fn read_from(file: &mut File, from: u64, len_max: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(len_max).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn last_lines(bytes: &[u8], lines: usize) -> &[u8] {
    let body = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let ends = body
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, byte)| **byte == b'\n');
    match lines.checked_sub(1) {
        None => &[],
        Some(before) => ends
            .map(|(at, _)| at + 1)
            .nth(before)
            .map_or(bytes, |at| &bytes[at..]),
    }
}

/// Yields output as it is printed.
pub(crate) struct Follower {
    pub(crate) service: ServiceId,
    pub(crate) output: OutputFile,
    pub(crate) position: u64,
    pub(crate) signals: Arc<OutputSignals>,
    pub(crate) file: Option<File>,
}

impl Follower {
    /// What the file holds beyond the position. One that was rotated is read to its end first.
    fn read(&mut self) -> io::Result<Option<OutputPart>> {
        loop {
            if self.file.is_none() {
                match self.output.to_read().and_then(|place| open_output(&place)) {
                    Ok(file) => self.file = Some(file),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                    Err(error) => return Err(error),
                }
            }
            let Some(file) = &mut self.file else {
                return Ok(None);
            };
            // One that was truncated goes on at its beginning.
            if file.metadata()?.len() < self.position {
                self.position = 0;
            }
            let bytes = read_from(file, self.position, FOLLOWED_LEN_MAX)?;
            if !bytes.is_empty() {
                self.position += bytes.len() as u64;
                return Ok(Some(OutputPart {
                    bytes,
                    end: self.position,
                }));
            }
            let replaced = std::fs::symlink_metadata(self.output.path())
                .is_ok_and(|now| file.metadata().is_ok_and(|own| own.ino() != now.ino()));
            if !replaced {
                return Ok(None);
            }
            self.file = None;
            self.position = 0;
        }
    }
}

impl FollowOutput for Follower {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<OutputPart>> {
        // The waker is registered before the look, so that output printed between the two is not
        // missed.
        self.signals.wait(self.service, context.waker());
        match self.read() {
            Ok(Some(part)) => Poll::Ready(Some(part)),
            Ok(None) => Poll::Pending,
            Err(_) => Poll::Ready(None),
        }
    }
}

impl Drop for Follower {
    /// Its own waker is removed; other followers look, and wait again.
    fn drop(&mut self) {
        self.signals.grown(self.service);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use relance_scm::{ServiceConfig, ServiceName};

    use super::*;

    #[test]
    fn the_last_lines_of_an_output() {
        assert_eq!(last_lines(b"a\nb\nc\n", 2), b"b\nc\n");
        assert_eq!(last_lines(b"a\nb\nc", 1), b"c");
        assert_eq!(last_lines(b"a\nb\n", 5), b"a\nb\n");
        assert_eq!(last_lines(b"a\n", 0), b"");
        assert_eq!(last_lines(b"", 3), b"");
    }

    #[test]
    fn what_is_followed_comes_in_small_parts() {
        let folder = tempfile::tempdir().unwrap();
        let config = ServiceConfig::new(ServiceName::new("a").unwrap(), "");
        let printed = b"abc".repeat(50_000);
        fs::write(folder.path().join("a.log"), &printed).unwrap();
        let mut follower = Follower {
            service: ServiceId(1),
            output: OutputFile::of(folder.path(), &config, OutputStream::Output),
            position: 0,
            signals: Arc::default(),
            file: None,
        };
        let mut seen = Vec::new();
        while let Poll::Ready(Some(part)) =
            follower.poll_next(&mut Context::from_waker(Waker::noop()))
        {
            assert!(part.bytes.len() as u64 <= FOLLOWED_LEN_MAX);
            seen.extend(part.bytes);
        }
        assert_eq!(seen, printed);
    }

    #[test]
    fn a_follower_sees_everything_across_a_rotation() {
        let folder = std::env::temp_dir().join(format!("relance-follow-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("a.log");
        let signals = Arc::new(OutputSignals::default());
        let config = ServiceConfig::new(ServiceName::new("a").unwrap(), "");
        let mut follower = Follower {
            service: ServiceId(1),
            output: OutputFile::of(&folder, &config, OutputStream::Output),
            position: 0,
            signals: Arc::clone(&signals),
            file: None,
        };
        let mut poll = || {
            let Poll::Ready(part) = follower.poll_next(&mut Context::from_waker(Waker::noop()))
            else {
                return None;
            };
            Some(String::from_utf8(part.unwrap().bytes).unwrap())
        };
        assert_eq!(poll(), None, "nothing printed yet");
        assert_eq!(signals.lock().len(), 1);
        let mut file = File::create(&path).unwrap();
        file.write_all(b"one").unwrap();
        assert_eq!(poll().as_deref(), Some("one"));
        assert_eq!(poll(), None);
        file.write_all(b"two").unwrap();
        fs::rename(&path, folder.join("a.log.1")).unwrap();
        fs::write(&path, b"three").unwrap();
        assert_eq!(poll().as_deref(), Some("two"));
        assert_eq!(poll().as_deref(), Some("three"));
        fs::write(&path, "4").unwrap();
        assert_eq!(poll().as_deref(), Some("4"), "it was truncated");
        drop(follower);
        assert!(signals.lock().is_empty(), "nobody waits any more");
        fs::remove_dir_all(&folder).unwrap();
    }
}
