//! Notices of changes, on a thread of their own: of the manager and its services, and of entries of the
//! System log.
//!
//! `requests` lets Windows call back (`NotifyServiceStatusChange`). A manager that takes no such
//! requests (of an old Windows far away, or Wine's) is asked again and again by `poll`, as Microsoft's
//! own samples do (S41).

mod poll;
mod requests;

use std::ptr::null;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use relance_scm::Win32Error;
use windows_sys::Win32::Foundation::{CloseHandle, HANDLE, WAIT_OBJECT_0};
use windows_sys::Win32::System::Threading::{
    CreateEventW, INFINITE, SetEvent, WaitForMultipleObjectsEx,
};

use super::event_log::{self, EventHandle};
use super::{last_error, services};
use crate::api::{Notice, RawHandle, Result, Sink, Watching, manager_rights};
use poll::Poller;
use requests::Requests;

/// The condition for entries of the service control manager.
const SCM_ENTRIES: &str = "*[System[Provider[@Name='Service Control Manager']]]";

/// An event that can be waited for; closed when it goes.
struct Event(HANDLE);

// SAFETY: an event is made to be set by one thread and waited for by another.
unsafe impl Send for Event {}
// SAFETY: as above.
unsafe impl Sync for Event {}

impl Event {
    fn new(manual_reset: bool) -> Result<Self> {
        // SAFETY: no security of its own, not set, no name.
        let event = unsafe { CreateEventW(null(), i32::from(manual_reset), 0, null()) };
        if event.is_null() {
            Err(last_error())
        } else {
            Ok(Self(event))
        }
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        // SAFETY: made here, closed once.
        unsafe { CloseHandle(self.0) };
    }
}

/// The thread; told to end and waited for when it goes.
struct Watch {
    stop: Arc<Event>,
    thread: Option<JoinHandle<()>>,
}

impl Watching for Watch {}

impl Drop for Watch {
    fn drop(&mut self) {
        // SAFETY: the event lives as long as this value.
        unsafe { SetEvent(self.stop.0) };
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

pub(super) fn watch(machine: &str, sink: Sink) -> Result<Box<dyn Watching>> {
    // Opened here, so that a manager that cannot be reached is refused at once.
    drop(open_manager(machine)?);
    let stop = Arc::new(Event::new(true)?);
    let for_thread = Arc::clone(&stop);
    let machine = machine.to_owned();
    let (ready, begun) = sync_channel(1);
    let thread = thread::Builder::new()
        .name("relance-watch".into())
        .spawn(move || {
            let log = LogSubscription::new(&machine);
            let source = Source::begin(&machine);
            // What happens from the return of this function on is noticed.
            let _ = ready.send(());
            run(source, log.as_ref(), &for_thread, sink);
        })
        .map_err(|_| Win32Error::SERVICE_NO_THREAD)?;
    let _ = begun.recv();
    Ok(Box::new(Watch {
        stop,
        thread: Some(thread),
    }))
}

/// How changes are noticed.
enum Source {
    Requests(Requests),
    Poll(Poller),
}

impl Source {
    fn begin(machine: &str) -> Self {
        match Requests::begin(machine) {
            Ok(requests) => Self::Requests(requests),
            Err(_) => Self::Poll(Poller::begin(machine)),
        }
    }

    fn patience(&self) -> u32 {
        match self {
            Self::Requests(_) => INFINITE,
            Self::Poll(_) => millis(poll::PAUSE),
        }
    }

    fn look(&mut self, sink: &mut Sink) {
        match self {
            Self::Requests(requests) => requests.look(sink),
            Self::Poll(poller) => poller.look(sink),
        }
    }
}

fn millis(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(INFINITE)
}

/// Waits, so that Windows can call this thread back, and tells what was noticed.
fn run(mut source: Source, log: Option<&LogSubscription>, stop: &Event, mut sink: Sink) {
    let mut handles = vec![stop.0];
    handles.extend(log.map(|log| log.signal.0));
    let count = u32::try_from(handles.len()).expect("two");
    let patience = source.patience();
    loop {
        // SAFETY: both events live as long as the loop.
        let outcome = unsafe { WaitForMultipleObjectsEx(count, handles.as_ptr(), 0, patience, 1) };
        if outcome == WAIT_OBJECT_0 {
            return;
        }
        if let Some(log) = log {
            log.drain(&mut sink);
        }
        source.look(&mut sink);
    }
}

/// A handle of the manager or of a service; closed when it goes.
struct Handle(RawHandle);

impl Drop for Handle {
    fn drop(&mut self) {
        services::close(self.0);
    }
}

fn open_manager(machine: &str) -> Result<Handle> {
    let rights = manager_rights::CONNECT | manager_rights::ENUMERATE_SERVICE;
    services::open_manager(machine, rights).map(Handle)
}

/// New entries about services in the System log of this machine.
struct LogSubscription {
    found: EventHandle,
    signal: Event,
}

impl LogSubscription {
    /// `None` where entries of the log cannot be followed: the states of services can be even so.
    fn new(machine: &str) -> Option<Self> {
        if !machine.is_empty() {
            return None;
        }
        let signal = Event::new(false).ok()?;
        let found = event_log::subscribe("System", SCM_ENTRIES, signal.0).ok()?;
        Some(Self { found, signal })
    }

    fn drain(&self, sink: &mut Sink) {
        while let Ok(Some(event)) = event_log::next(&self.found) {
            if let Ok(xml) = event_log::render(&event) {
                sink(Notice::Logged(xml));
            }
        }
    }
}
