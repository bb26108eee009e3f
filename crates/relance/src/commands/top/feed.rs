//! The threads of `relance top`: changes from the watch stream, output of the chosen service, the keyboard, and
//! requests. Each tells what it hears as [`News`]; the program does not wait for them at its end.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use ratatui::crossterm::event;
use relance_scm::control::Control;
use relance_scm::event_log::{EventFilter, Timestamp};
use relance_scm::manager::{
    FollowOutput, OutputRange, OutputStream, Watched, WatchedChange, next_change,
};
use relance_scm::{ServiceId, ServiceName};
use relance_texts::top;

use super::news::{Act, News, Wish};
use super::strip;
use crate::cli::{CommandFailure, Manager};
use crate::lang::{lang, say};
use crate::text::now;

/// Lines of output that are shown of a service at first.
const LINES: u32 = 200;
/// Entries of the log that are shown of a service at first.
const ENTRIES: u32 = 100;
/// Entries that time lines are made of at first.
const PAST: u32 = 20_000;
/// A manager that is away is asked again so often.
const AGAIN: Duration = Duration::from_secs(1);

/// The way to the threads.
pub(super) struct Feed {
    manager: Arc<Manager>,
    news: Sender<News>,
    /// The service whose output is followed, and the thread that does it.
    wanted: Arc<Mutex<Option<(ServiceName, ServiceId)>>>,
    follower: Thread,
}

impl Feed {
    pub(super) fn begin(manager: Arc<Manager>) -> Result<(Self, Receiver<News>), CommandFailure> {
        let (sender, receiver) = channel();
        let first = manager.ask(|scm, caller, reply| scm.enumerate(caller, reply))?;
        let generation = first.generation;
        // The receiver is below.
        let _ = sender.send(News::All(first.services));
        let (watched, news) = (Arc::clone(&manager), sender.clone());
        thread::spawn(move || watch(&watched, generation, &news));
        let news = sender.clone();
        thread::spawn(move || {
            while let Ok(input) = event::read() {
                if news.send(News::Input(input)).is_err() {
                    return;
                }
            }
        });
        let wanted = Arc::new(Mutex::new(None));
        let (followed, list, news) = (Arc::clone(&manager), Arc::clone(&wanted), sender.clone());
        let follower = thread::spawn(move || follow(&followed, &list, &news));
        let feed = Self {
            manager,
            news: sender,
            wanted,
            follower: follower.thread().clone(),
        };
        Ok((feed, receiver))
    }

    /// Ends when a signal says so.
    #[cfg(unix)]
    pub(super) fn end_at(&self, interrupts: relance_engine::linux::Interrupts) {
        let news = self.news.clone();
        thread::spawn(move || {
            interrupts.wait();
            // The receiver may be gone already.
            let _ = news.send(News::End);
        });
    }

    /// From now on the output of this service is sent, and once its latest entries.
    pub(super) fn follow(&self, chosen: Option<(ServiceName, ServiceId)>) {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        if *wanted != chosen {
            *wanted = chosen;
            self.follower.unpark();
        }
    }

    pub(super) fn ask_usage(&self, ids: Vec<ServiceId>) {
        if !ids.is_empty() {
            self.request(move |manager| {
                let used =
                    manager.ask(|scm, caller, reply| scm.query_usage(caller, Some(ids), reply));
                // Another manager may not know.
                used.ok().map(News::Usage)
            });
        }
    }

    /// Asks the manager for what was wished.
    pub(super) fn carry_out(&self, wish: Wish) {
        match wish {
            Wish::Quit => {}
            Wish::Why(name) => self.request(move |manager| {
                let said = manager.ask(|scm, caller, reply| scm.explain(caller, &name, reply));
                Some(match said {
                    Ok(sentences) => {
                        let lines = sentences.iter().map(|sentence| sentence.of(lang()));
                        News::Why(name, lines.collect::<Vec<_>>().join("\n"))
                    }
                    Err(failure) => News::Said(failure.sentence(lang())),
                })
            }),
            Wish::Do(act, names) => {
                for name in names {
                    self.request(move |manager| {
                        let said = match act_on(manager, act, &name) {
                            Ok(()) => say(top::Asked {
                                act: act.word(),
                                name: name.as_str(),
                            }),
                            Err(failure) => {
                                let problem = failure.sentence(lang());
                                say(top::Refused {
                                    name: name.as_str(),
                                    problem,
                                })
                            }
                        };
                        Some(News::Said(said))
                    });
                }
            }
        }
    }

    fn request(&self, ask: impl FnOnce(&Manager) -> Option<News> + Send + 'static) {
        let (manager, news) = (Arc::clone(&self.manager), self.news.clone());
        thread::spawn(move || {
            if let Some(said) = ask(&manager) {
                // The table may be closed by now.
                let _ = news.send(said);
            }
        });
    }
}

fn act_on(manager: &Manager, act: Act, name: &ServiceName) -> Result<(), CommandFailure> {
    match act {
        Act::Start => {
            manager.ask(|scm, caller, reply| scm.start_service(caller, name, Vec::new(), reply))
        }
        Act::Restart => {
            manager.ask(|scm, caller, reply| scm.restart_service(caller, name, false, reply))
        }
        Act::Force => manager.ask(|scm, caller, reply| scm.terminate_service(caller, name, reply)),
        Act::Stop => manager
            .ask(|scm, caller, reply| scm.control_service(caller, name, Control::Stop, reply))
            .map(drop),
    }
}

/// Tells every change; begins again with all services when some were missed or the manager was away.
fn watch(manager: &Manager, mut generation: u64, news: &Sender<News>) {
    loop {
        // Later entries come from the stream, which begins before this.
        if let Some(past) = past(manager)
            && news.send(past).is_err()
        {
            return;
        }
        let (scm, caller) = manager.get();
        if let Ok(mut watch) = scm.watch(caller, Some(generation)) {
            while let Some(watched) = next_change(&mut *watch) {
                let said = match watched {
                    Watched::Gap(_) => break,
                    Watched::Change(_, WatchedChange::Service(info)) => News::Service(info),
                    Watched::Change(_, WatchedChange::Removed(name)) => News::Removed(name),
                    Watched::Change(_, WatchedChange::Logged(entry)) => News::Logged(entry),
                    Watched::Change(_, WatchedChange::Hidden) => continue,
                };
                if news.send(said).is_err() {
                    return;
                }
            }
        }
        let said = match manager.ask(|scm, caller, reply| scm.enumerate(caller, reply)) {
            Ok(all) => {
                generation = all.generation;
                News::All(all.services)
            }
            Err(failure) => {
                thread::park_timeout(AGAIN);
                News::Away(failure.sentence(lang()))
            }
        };
        if news.send(said).is_err() {
            return;
        }
    }
}

/// What the log says of the time that time lines show.
fn past(manager: &Manager) -> Option<News> {
    let filter = EventFilter {
        event_ids: strip::event_ids(),
        since: Some(Timestamp(now().0 - strip::SPAN_MS)),
        limit: PAST,
        ..EventFilter::default()
    };
    let page = manager.ask(|scm, caller, reply| scm.find_events(caller, filter, reply));
    page.ok().map(|page| News::Past(page.entries))
}

/// Follows the output of the selected service. Sleeps until there is output, or another one is selected.
fn follow(
    manager: &Manager,
    wanted: &Mutex<Option<(ServiceName, ServiceId)>>,
    news: &Sender<News>,
) {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut current: Option<(ServiceName, ServiceId)> = None;
    let mut output: Option<Box<dyn FollowOutput>> = None;
    loop {
        let now = wanted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if now != current {
            output = now
                .as_ref()
                .and_then(|(name, id)| open(manager, name, *id, news));
            current = now;
        }
        let (Some(follow), Some((name, _))) = (&mut output, &current) else {
            thread::park();
            continue;
        };
        match follow.poll_next(&mut context) {
            Poll::Ready(Some(part)) => {
                if news.send(News::Output(name.clone(), part.bytes)).is_err() {
                    return;
                }
            }
            Poll::Ready(None) => output = None,
            Poll::Pending => thread::park(),
        }
    }
}

/// The last lines and entries of a service, and its output from there on.
fn open(
    manager: &Manager,
    name: &ServiceName,
    id: ServiceId,
    news: &Sender<News>,
) -> Option<Box<dyn FollowOutput>> {
    let filter = EventFilter {
        service: Some(id),
        limit: ENTRIES,
        ..EventFilter::default()
    };
    let page = manager.ask(|scm, caller, reply| scm.find_events(caller, filter, reply));
    if let Ok(page) = page {
        // A table that is closed is noticed at the next output.
        let _ = news.send(News::Entries(name.clone(), page.entries));
    }
    let last = OutputRange::LastLines(LINES);
    let part = manager
        .ask(|scm, caller, reply| scm.read_output(caller, name, OutputStream::Output, last, reply));
    let part = part.unwrap_or_default();
    let _ = news.send(News::Output(name.clone(), part.bytes));
    let (scm, caller) = manager.get();
    scm.follow_output(caller, name, OutputStream::Output, part.end)
        .ok()
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
