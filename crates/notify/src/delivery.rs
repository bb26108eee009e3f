//! Delivers what waits: each target on a thread of its own while something waits for it, in order, one message at a time.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use relance_scm::manager::NoticeReport;
use relance_scm::notice::NoticeKind;

use crate::carriers::{self, Failed};
use crate::message::Letter;
use crate::shared::{Fatal, Shared, now};
use crate::store::{Next, Waiting};
use crate::targets::Target;

/// The longest wait: the clock on the wall may be set meanwhile.
const WAIT_MAX_MS: i64 = 60_000;

/// Gives each target for which something waits a thread.
pub(crate) fn begin(shared: &Arc<Shared>) -> Result<(), Fatal> {
    let mut state = shared.lock();
    for name in state.store.awaited()? {
        let is_known = state.targets.targets.contains_key(&name);
        if is_known && state.busy.insert(name.clone()) {
            spawn(shared, name)?;
        }
    }
    Ok(())
}

fn spawn(shared: &Arc<Shared>, name: Box<str>) -> io::Result<()> {
    let shared = Arc::clone(shared);
    let thread = thread::Builder::new()
        .name(format!("to {name}"))
        .spawn(move || {
            if let Err(error) = deliver(&shared, &name) {
                // The queue cannot be used: the next process tries again.
                say_and_end(&error);
            }
        });
    thread.map(drop)
}

#[allow(
    clippy::print_stderr,
    reason = "the messages of the daemon are its standard error"
)]
fn say_and_end(error: &rusqlite::Error) -> ! {
    eprintln!("relance: the queue of notices cannot be used: {error}");
    std::process::abort();
}

/// Tells one target until nothing waits for it.
fn deliver(shared: &Shared, name: &str) -> rusqlite::Result<()> {
    loop {
        let mut state = shared.lock();
        let target = state.targets.targets.get(name).cloned();
        let next = match &target {
            Some(_) => state.store.next(name, now())?,
            None => Next::Nothing,
        };
        let (target, waiting) = match (target, next) {
            (Some(target), Next::Now(waiting)) => (target, waiting),
            (Some(_), Next::At(at)) => {
                let pause = (at - now()).clamp(1, WAIT_MAX_MS);
                let pause = Duration::from_millis(u64::try_from(pause).unwrap_or(1));
                drop(shared.news.wait_timeout(state, pause));
                continue;
            }
            _ => {
                state.busy.remove(name);
                drop(state);
                return say_dropped(shared, name);
            }
        };
        state.store.claim(waiting.number)?;
        drop(state);
        let letter = Letter {
            id: &waiting.id,
            message: &waiting.message,
            machine: &shared.machine,
        };
        let account = shared.account(&target, letter.message);
        let told = account.and_then(|account| carriers::tell(&target, letter, account.as_ref()));
        take_note(shared, &target, &waiting, told)?;
        say_dropped(shared, name)?;
    }
}

/// Puts the result of a try on record. The event log gets one entry when a target cannot be
/// reached, and one when it can again.
fn take_note(
    shared: &Shared,
    target: &Target,
    waiting: &Waiting,
    told: Result<(), Failed>,
) -> rusqlite::Result<()> {
    let name = target.name.to_string();
    let is_test = waiting.message.notice_kind() == NoticeKind::Test;
    let failed = match told {
        Ok(()) => {
            let was_away = shared.lock().store.told(&name, waiting.number, now())?;
            if was_away && shared.report(NoticeReport::Reachable(name.clone())).is_ok() {
                shared.lock().store.set_told(&name, false)?;
            }
            if is_test {
                let _ = shared.report(NoticeReport::Tested(name, None));
            }
            return Ok(());
        }
        Err(failed) => failed,
    };
    if is_test || !failed.again {
        let state = shared.lock();
        state
            .store
            .drop_message(waiting.number, &failed.problem, now())?;
        if is_test {
            // The problem that a dropped message has.
            state.store.forget(waiting.number)?;
            drop(state);
            let _ = shared.report(NoticeReport::Tested(name, Some(failed.problem)));
        }
        return Ok(());
    }
    let pause = (&*failed.problem, failed.after);
    let is_told = shared
        .lock()
        .store
        .failed(&name, waiting.number, pause, now())?;
    let report = NoticeReport::Unreachable(name.clone(), failed.problem);
    if !is_told && shared.report(report).is_ok() {
        shared.lock().store.set_told(&name, true)?;
    }
    Ok(())
}

/// Puts on record that messages were dropped, if some were.
fn say_dropped(shared: &Shared, name: &str) -> rusqlite::Result<()> {
    let dropped = shared.lock().store.take_dropped(name)?;
    if dropped > 0 {
        let _ = shared.report(NoticeReport::Dropped(name.to_owned(), dropped));
    }
    Ok(())
}
