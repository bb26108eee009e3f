//! What a viewer may see, kept up to date by one watch however many pages are open.
//!
//! A hub lives as long as pages use it, and a little longer. It opens the stream, takes a snapshot, follows
//! what is newer, and begins again when there is a gap or the manager was restarted.

use std::collections::{BTreeMap, HashMap};
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use relance_client::ServiceManager;
use relance_scm::event_log::LogEntry;
use relance_scm::manager::{
    Enumeration, ServiceInfo, UnreadableService, Usage, Watch, Watched, WatchedChange, wait,
};
use relance_scm::{Caller, ScmError, ServiceId, ServiceName, Win32Error};
use relance_texts::{error, shown};
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::lacking;
use crate::manager::{Place, blocking, open};

/// Sessions that may have pages open at a time: each keeps a connection to the manager.
const HUBS_MAX: usize = 30;
/// Those among them that only administrators get.
const RESERVE: usize = 6;
/// How long a hub lives that nobody uses.
const IDLE: Duration = Duration::from_secs(60);
/// Longest pause before the manager is tried again.
const PAUSE_MAX: Duration = Duration::from_secs(2);
/// How often the use of processor and memory is asked for, while a page shows it.
const SAMPLE_EVERY: Duration = Duration::from_secs(3);
/// How often everything is read again where the manager does not report changed configurations.
const REFRESH_EVERY: Duration = Duration::from_secs(30);
/// How long a page waits for the hub to hear of what was changed before it.
const CATCH_UP_MAX: Duration = Duration::from_secs(2);
/// Log entries a slow page may be behind; then it is told of a gap.
const LOG_BEHIND_MAX: usize = 1024;

/// Processor and memory of a service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Load {
    /// Share of one processor since the last sample, per cent; `None` at the first.
    pub(crate) cpu: Option<f64>,
    pub(crate) memory_bytes: u64,
    cpu_ms: u64,
    at: Instant,
}

/// What is known at one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    /// By their folded names.
    pub(crate) services: BTreeMap<String, Arc<ServiceInfo>>,
    pub(crate) loads: HashMap<ServiceId, Load>,
    /// Services that the manager could not load, for administrators (X27).
    pub(crate) unreadable: Vec<UnreadableService>,
    /// Whether the manager answers.
    pub(crate) connected: bool,
    /// The session has ended: there will be no more.
    pub(crate) ended: bool,
}

impl State {
    /// The service of this name.
    pub(crate) fn find(&self, name: &ServiceName) -> Option<&Arc<ServiceInfo>> {
        self.services.get(&name.key())
    }
}

struct Shared {
    state: Mutex<State>,
    /// Counts changes of the state.
    changes: watch::Sender<u64>,
    log: broadcast::Sender<Arc<LogEntry>>,
    /// The generation up to which everything is known.
    seen: watch::Sender<u64>,
    /// The rows that open pages show.
    shown: Mutex<HashMap<u64, Vec<ServiceId>>>,
    shown_changed: tokio::sync::Notify,
}

/// See the module.
pub(crate) struct Hub {
    shared: Arc<Shared>,
    tasks: [JoinHandle<()>; 2],
}

impl Drop for Hub {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Hub {
    async fn start(target: Place, token: Option<Arc<str>>) -> Result<Self, ScmError> {
        let shared = Arc::new(Shared::new());
        let first = begin(&target, token.as_ref(), &shared).await?;
        let follow = follow(target.clone(), token.clone(), Arc::clone(&shared), first);
        let sample = sample(target, token, Arc::clone(&shared));
        Ok(Self {
            tasks: [tokio::spawn(follow), tokio::spawn(sample)],
            shared,
        })
    }

    /// What is known now.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.shared.lock())
    }

    /// The service of this name, as the viewer may see it.
    ///
    /// # Errors
    /// 1060.
    pub(crate) fn find(&self, name: &ServiceName) -> Result<Arc<ServiceInfo>, ScmError> {
        let found = self.read(|state| state.find(name).cloned());
        found.ok_or_else(|| {
            ScmError::new(
                Win32Error::SERVICE_DOES_NOT_EXIST,
                error::NoSuchService { name: shown(name) },
            )
        })
    }

    /// Takes over what was asked for just now.
    pub(crate) fn learn(&self, info: ServiceInfo) -> Arc<ServiceInfo> {
        let key = info.config.service_name.key();
        let known = self.read(|state| state.services.get(&key).cloned());
        if let Some(known) = known.filter(|known| **known == info) {
            return known;
        }
        self.shared
            .apply(WatchedChange::Service(Box::new(info.clone())));
        Arc::new(info)
    }

    /// Waits until everything up to a generation is known, two seconds at most: a page that is later
    /// than this shows what is known, and its stream brings the rest.
    pub(crate) async fn reach(&self, generation: u64) {
        let _ = tokio::time::timeout(CATCH_UP_MAX, self.shared.reach(generation)).await;
    }

    /// Counts changes, to wait for.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.shared.changes.subscribe()
    }

    /// New entries of the event log.
    pub(crate) fn log(&self) -> broadcast::Receiver<Arc<LogEntry>> {
        self.shared.log.subscribe()
    }

    /// A page shows these services: their use of processor and memory is wanted. An empty list ends
    /// it.
    pub(crate) fn show(&self, page: u64, services: Vec<ServiceId>) {
        let mut shown = self
            .shared
            .shown
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let fresh = if services.is_empty() {
            shown.remove(&page);
            false
        } else {
            shown.insert(page, services.clone()) != Some(services)
        };
        drop(shown);
        if fresh {
            self.shared.shown_changed.notify_one();
        }
    }
}

impl Shared {
    fn new() -> Self {
        Self {
            state: Mutex::default(),
            changes: watch::channel(0).0,
            log: broadcast::channel(LOG_BEHIND_MAX).0,
            seen: watch::channel(0).0,
            shown: Mutex::default(),
            shown_changed: tokio::sync::Notify::new(),
        }
    }

    async fn reach(&self, generation: u64) {
        let mut seen = self.seen.subscribe();
        // The sender lives as long as this does.
        let _ = seen.wait_for(|seen| *seen >= generation).await;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.changes.send_modify(|count| *count += 1);
    }

    fn replace(&self, all: Enumeration) {
        self.change(|state| {
            let mut before = std::mem::take(&mut state.services);
            let services = all.services.into_iter().map(|info| {
                let key = info.config.service_name.key();
                // Unchanged values keep their identity, so that comparisons are cheap.
                let same = before.remove(&key).filter(|known| **known == info);
                (key, same.unwrap_or_else(|| Arc::new(info)))
            });
            state.services = services.collect();
            state.unreadable = all.unreadable;
            state.connected = true;
        });
    }

    fn apply(&self, change: WatchedChange) {
        match change {
            WatchedChange::Service(info) => self.change(|state| {
                let key = info.config.service_name.key();
                state.services.insert(key, Arc::new(*info));
            }),
            WatchedChange::Removed(name) => self.change(|state| {
                state.services.remove(&name.key());
            }),
            WatchedChange::Logged(entry) => {
                // Nobody may be listening.
                let _ = self.log.send(entry);
            }
            WatchedChange::Hidden => {}
        }
    }
}

/// A watch, and the generation of the snapshot that was taken when it was open: what is not newer is in
/// that already. Not every manager can go on from a snapshot; that of Windows does not count changes.
struct Following {
    watch: Box<dyn Watch>,
    seen: u64,
}

/// Opens a watch, and takes a snapshot.
async fn begin(
    target: &Place,
    token: Option<&Arc<str>>,
    shared: &Shared,
) -> Result<Following, ScmError> {
    let target = target.clone();
    let token = token.cloned();
    let (all, watch) = blocking(move || {
        let manager = open(&target, token.as_deref())?;
        let caller = Caller::system();
        let watch = manager.watch(&caller, None)?;
        let all = wait(|reply| manager.enumerate(&caller, reply))?;
        Ok((all, watch))
    })
    .await?;
    let seen = all.generation;
    shared.replace(all);
    shared.seen.send_replace(seen);
    Ok(Following { watch, seen })
}

async fn follow(
    target: Place,
    token: Option<Arc<str>>,
    shared: Arc<Shared>,
    mut following: Following,
) {
    loop {
        let refresh_at = Instant::now() + REFRESH_EVERY;
        while let Some(watched) = next(&mut *following.watch, refresh_at).await {
            match watched {
                Watched::Change(generation, _) if generation <= following.seen => {}
                Watched::Change(generation, change) => {
                    shared.apply(change);
                    shared.seen.send_replace(generation);
                }
                Watched::Gap(_) => break,
            }
        }
        let mut pause = Duration::ZERO;
        following = loop {
            match begin(&target, token.as_ref(), &shared).await {
                Ok(begun) => break begun,
                Err(error) if error.code() == Win32Error::LOGON_FAILURE => {
                    return shared.change(|state| {
                        *state = State {
                            ended: true,
                            ..State::default()
                        };
                    });
                }
                Err(_) => {
                    shared.change(|state| state.connected = false);
                    pause = (pause * 2).clamp(Duration::from_millis(50), PAUSE_MAX);
                    tokio::time::sleep(pause).await;
                }
            }
        };
    }
}

/// The next change; `None` when there is none, or it is time to read everything again: Windows tells
/// nobody that a configuration has changed.
async fn next(watch: &mut dyn Watch, refresh_at: Instant) -> Option<Watched> {
    let change = poll_fn(|task| watch.poll_next(task));
    if lacking::IS_TOLD_OF_CONFIGURATION {
        return change.await;
    }
    tokio::time::timeout_at(refresh_at, change)
        .await
        .ok()
        .flatten()
}

/// Asks for the use of processor and memory while pages show it.
async fn sample(target: Place, token: Option<Arc<str>>, shared: Arc<Shared>) {
    loop {
        let ids = {
            let shown = shared.shown.lock().unwrap_or_else(PoisonError::into_inner);
            let mut ids: Vec<ServiceId> = shown.values().flatten().copied().collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        if ids.is_empty() {
            shared.shown_changed.notified().await;
            continue;
        }
        let (target, token) = (target.clone(), token.clone());
        let asked = blocking(move || {
            let manager = open(&target, token.as_deref())?;
            wait(|reply| manager.query_usage(&Caller::system(), Some(ids), reply))
        });
        // A manager that is gone is noticed by the watch.
        if let Ok(usage) = asked.await {
            shared.change(|state| state.loads = loads(&state.loads, &usage));
        }
        // A page that is new gets its figures at once.
        let changed = shared.shown_changed.notified();
        let _ = tokio::time::timeout(SAMPLE_EVERY, changed).await;
    }
}

#[allow(
    clippy::cast_precision_loss,
    reason = "per cent of a few seconds need no more than a float has"
)]
fn loads(before: &HashMap<ServiceId, Load>, usage: &[Usage]) -> HashMap<ServiceId, Load> {
    let at = Instant::now();
    let load = |usage: &Usage| {
        let cpu = before.get(&usage.service).and_then(|load| {
            let passed = at.duration_since(load.at).as_secs_f64() * 1000.0;
            // A new run begins at zero.
            let used = usage.cpu_ms.checked_sub(load.cpu_ms)?;
            (passed > 0.0).then(|| used as f64 * 100.0 / passed)
        });
        let load = Load {
            cpu,
            memory_bytes: usage.memory_bytes,
            cpu_ms: usage.cpu_ms,
            at,
        };
        (usage.service, load)
    };
    usage.iter().map(load).collect()
}

/// A hub, and when it was last asked for.
type Used = (Arc<Hub>, Instant);

/// Makes room for one more: a hub that no page uses goes, the longest unused first.
///
/// # Errors
/// 1816 when all are in use.
fn make_room(
    hubs: &mut HashMap<Option<Arc<str>>, Used>,
    is_administrator: bool,
) -> Result<(), ScmError> {
    let reserve = if is_administrator { 0 } else { RESERVE };
    while hubs.len() >= HUBS_MAX - reserve {
        let unused = hubs
            .iter()
            .filter(|(_, (hub, _))| Arc::strong_count(hub) == 1);
        let oldest = unused.min_by_key(|(_, (_, used))| *used);
        let Some(key) = oldest.map(|(key, _)| key.clone()) else {
            return Err(ScmError::new(
                Win32Error::NOT_ENOUGH_QUOTA,
                error::TOO_MANY_PAGES,
            ));
        };
        hubs.remove(&key);
    }
    Ok(())
}

/// The hubs in use, one for each session.
#[derive(Default)]
pub(crate) struct Hubs(tokio::sync::Mutex<HashMap<Option<Arc<str>>, Used>>);

impl Hubs {
    /// The hub of a session (of the console itself with `None`), started if there is none.
    pub(crate) async fn of(
        self: &Arc<Self>,
        target: &Place,
        token: Option<&Arc<str>>,
        is_administrator: bool,
    ) -> Result<Arc<Hub>, ScmError> {
        let mut hubs = self.0.lock().await;
        let key = token.cloned();
        if let Some((hub, used)) = hubs.get_mut(&key)
            && !hub.read(|state| state.ended)
        {
            *used = Instant::now();
            return Ok(Arc::clone(hub));
        }
        make_room(&mut hubs, is_administrator)?;
        let hub = Arc::new(Hub::start(target.clone(), key.clone()).await?);
        if hubs.is_empty() {
            tokio::spawn(Arc::clone(self).sweep());
        }
        hubs.insert(key, (Arc::clone(&hub), Instant::now()));
        Ok(hub)
    }

    /// Drops hubs that nobody uses; ends when there is none left.
    async fn sweep(self: Arc<Self>) {
        loop {
            tokio::time::sleep(IDLE).await;
            let mut hubs = self.0.lock().await;
            hubs.retain(|_, (hub, used)| Arc::strong_count(hub) > 1 || used.elapsed() < IDLE);
            if hubs.is_empty() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[test]
    fn a_page_waits_for_the_generation_of_the_last_change() {
        let shared = Shared::new();
        let mut waiting = pin!(shared.reach(7));
        let mut poll = || {
            waiting
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
        };
        assert_eq!(poll(), Poll::Pending);
        shared.seen.send_replace(6);
        assert_eq!(poll(), Poll::Pending);
        shared.seen.send_replace(7);
        assert_eq!(poll(), Poll::Ready(()));
    }
}
