//! The notifier: one thread that reads the event log, and one for each target for which something waits.
//!
//! Everything that must not be lost is in the queue. So it may be killed at any moment, and the next one
//! continues. It is an ordinary client of the manager, which never waits for it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use relance_scm::ServiceManager;
use relance_scm::manager::{NoticeReport, Watch, Watched, WatchedChange, next_change_until};
use rustix::fs::FlockOperation;
use serde::{Deserialize, Serialize};

use crate::delivery;
use crate::fold::EVENTS;
use crate::following;
use crate::shared::{Fatal, FindAccount, Shared, now};
use crate::store::Store;
use crate::targets;

/// The settings that the guardian hands over.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Setup {
    /// The manager's socket.
    pub socket: PathBuf,
    /// The file of targets.
    pub file: PathBuf,
    /// The queue.
    pub store: PathBuf,
}

/// How often the file of targets is looked at, if nothing happens.
const LOOK: Duration = Duration::from_secs(5);
/// Entries that come within this time are taken together.
const MORE: Duration = Duration::from_millis(100);
/// The nice value of its process: restarts come first.
const NICE: i32 = 10;
/// The pause before a manager that is away is looked for again.
const AWAY: Duration = Duration::from_millis(200);

/// Sends notices until the file of targets is gone.
///
/// # Errors
/// When the queue cannot be used.
pub fn run(
    setup: &Setup,
    manager: Arc<dyn ServiceManager>,
    find_account: FindAccount,
) -> Result<(), Fatal> {
    // It works without it, too.
    let _ = rustix::process::setpriority_process(None, NICE);
    let _alone = stay_alone(&setup.store)?;
    let shared = Arc::new(Shared::new(
        manager,
        find_account,
        Store::open(&setup.store)?,
    ));
    let mut file = File {
        path: &setup.file,
        seen: None,
    };
    loop {
        // From now on, so that nothing is missed between what is read first and what comes then.
        let Ok(mut watch) = shared.manager.watch(&shared.caller, None) else {
            if !file.read(&shared)? {
                return Ok(());
            }
            delivery::begin(&shared)?;
            // With or without a change, the file is checked again.
            drop(shared.news.wait_timeout(shared.lock(), AWAY));
            continue;
        };
        if !follow(&shared, &mut file, &mut *watch)? {
            return Ok(());
        }
    }
}

/// Follows one engine. Whether there is still something to do.
fn follow(shared: &Arc<Shared>, file: &mut File<'_>, watch: &mut dyn Watch) -> Result<bool, Fatal> {
    let (mut woken, mut due) = (Woken::Entry, None);
    loop {
        if !file.read(shared)? {
            return Ok(false);
        }
        let is_due = due.is_some_and(|due| due <= now());
        if is_due || woken == Woken::Entry {
            due = match following::catch_up(shared) {
                Ok(due) => due,
                // The engine has ended; another one comes.
                Err(following::Stop::Manager) => return Ok(true),
                Err(following::Stop::Queue(error)) => return Err(error.into()),
            };
        }
        delivery::begin(shared)?;
        let left = due.map(|due| Duration::from_millis(u64::try_from(due - now()).unwrap_or(0)));
        let until = Instant::now() + left.unwrap_or(LOOK).min(LOOK);
        woken = wait_for_entry(watch, until);
        // One look at the log for many entries: a service that ends as soon as it is started writes hundreds a second.
        let is_over = woken == Woken::Entry && !let_more_come(watch);
        if is_over || woken == Woken::End {
            return Ok(true);
        }
    }
}

/// Why it goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Woken {
    /// There may be an entry that means something.
    Entry,
    /// It has waited long enough.
    Time,
    /// The engine has ended.
    End,
}

/// Takes what comes in a moment. `false`: the engine has ended.
fn let_more_come(watch: &mut dyn Watch) -> bool {
    let until = Instant::now() + MORE;
    loop {
        match next_change_until(watch, until) {
            Some(Some(_)) => {}
            Some(None) => return false,
            None => return true,
        }
    }
}

/// Waits for an entry that means something, or until this moment.
fn wait_for_entry(watch: &mut dyn Watch, until: Instant) -> Woken {
    loop {
        match next_change_until(watch, until) {
            Some(Some(Watched::Change(_, WatchedChange::Logged(entry)))) => {
                if EVENTS.contains(&entry.event_id) {
                    return Woken::Entry;
                }
            }
            Some(Some(Watched::Change(..))) => {}
            Some(Some(Watched::Gap(_))) => return Woken::Entry,
            None => return Woken::Time,
            Some(None) => return Woken::End,
        }
    }
}

/// The file of targets, as it was read last.
struct File<'a> {
    path: &'a Path,
    seen: Option<(u64, Option<SystemTime>, u64)>,
}

impl File<'_> {
    /// Reads it again if it has changed. `false`: there is none any more.
    fn read(&mut self, shared: &Shared) -> Result<bool, Fatal> {
        use std::os::unix::fs::MetadataExt;
        let Ok(about) = std::fs::metadata(self.path) else {
            return Ok(false);
        };
        let stamp = Some((about.ino(), about.modified().ok(), about.len()));
        if self.seen == stamp {
            return Ok(true);
        }
        self.seen = stamp;
        match targets::load(self.path) {
            Ok(read) => {
                let infos: Vec<_> = read.targets.values().map(|target| target.info()).collect();
                let mut state = shared.lock();
                state.store.set_targets(&infos)?;
                state.targets = Arc::new(read);
                shared.news.notify_all();
            }
            Err(problem) => {
                let problem = problem.to_string();
                let is_new = shared.lock().store.set_problem(&problem)?;
                if is_new {
                    let _ = shared.report(NoticeReport::Unusable(problem));
                }
            }
        }
        Ok(true)
    }
}

/// Waits until no other process has this queue: that of a guardian that was killed may end only now.
fn stay_alone(store: &Path) -> std::io::Result<std::fs::File> {
    let lock = std::fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(store.with_extension("lock"))?;
    rustix::fs::flock(&lock, FlockOperation::LockExclusive)?;
    Ok(lock)
}
