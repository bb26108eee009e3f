//! `NotifyServiceStatusChange`, for the manager and each of its services.
//!
//! Windows calls back on the thread that asked, while it waits; each request is made again after it was
//! answered. The memory handed over stays where it is until the handle is closed and what Windows
//! had queued before that has been called.
//!
//! An open handle keeps a deleted service alive (C31), so it is closed as soon as the deletion is told.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::ptr::{from_ref, null_mut};

use relance_scm::Win32Error;
use windows_sys::Win32::Foundation::LocalFree;
use windows_sys::Win32::System::Services::{
    NotifyServiceStatusChangeW, SERVICE_NOTIFY_2W, SERVICE_NOTIFY_CREATED,
    SERVICE_NOTIFY_DELETE_PENDING, SERVICE_NOTIFY_DELETED, SERVICE_NOTIFY_STATUS_CHANGE,
    SERVICE_QUERY_STATUS,
};
use windows_sys::Win32::System::Threading::SleepEx;

use super::{Handle, open_manager};
use crate::api::{Notice, Result, Sink};
use crate::real::check_code;
use crate::real::services::{self, raw};
use crate::real::text::list;

const OF_MANAGER: u32 = SERVICE_NOTIFY_CREATED | SERVICE_NOTIFY_DELETED;
/// The seven states (S52), and the deletion.
const OF_SERVICE: u32 = 0x7F | SERVICE_NOTIFY_DELETE_PENDING;

/// All requests of a watch.
pub(super) struct Requests {
    machine: String,
    manager: Box<NotifyRequest>,
    services: BTreeMap<String, Box<NotifyRequest>>,
    /// Requests whose handle is closed, but whose answer may be queued still.
    #[allow(
        clippy::vec_box,
        reason = "Windows writes to where a request lies until its answer was called"
    )]
    retired: Vec<Box<NotifyRequest>>,
}

impl Requests {
    /// Asks for everything.
    ///
    /// # Errors
    /// When the manager, or one of its services, takes no such requests.
    pub(super) fn begin(machine: &str) -> Result<Self> {
        let mut requests = Self {
            machine: machine.to_owned(),
            manager: NotifyRequest::new(open_manager(machine)?, OF_MANAGER)?,
            services: BTreeMap::new(),
            retired: Vec::new(),
        };
        let manager = open_manager(machine)?;
        for service in services::enumerate(manager.0)? {
            match requests.add(&manager, service.name) {
                Err(Win32Error::SERVICE_DOES_NOT_EXIST | Win32Error::SERVICE_MARKED_FOR_DELETE) => {
                }
                // One that the caller may not see (A25).
                Err(Win32Error::ACCESS_DENIED) => {}
                added => added?,
            }
        }
        Ok(requests)
    }

    fn add(&mut self, manager: &Handle, name: String) -> Result<()> {
        let service = services::open_service(manager.0, &name, SERVICE_QUERY_STATUS)?;
        let request = NotifyRequest::new(Handle(service), OF_SERVICE)?;
        if let Some(before) = self.services.insert(name, request) {
            self.retire(before);
        }
        Ok(())
    }

    fn retire(&mut self, mut request: Box<NotifyRequest>) {
        request.handle = None;
        self.retired.push(request);
    }

    fn remove(&mut self, name: &str) {
        if let Some(request) = self.services.remove(name) {
            self.retire(request);
        }
    }

    /// Tells what was called back since the last look.
    pub(super) fn look(&mut self, sink: &mut Sink) {
        // SAFETY: has no preconditions. Calls everything that is queued.
        unsafe { SleepEx(0, 1) };
        self.retired.clear();
        if self.manager.fired.get() {
            self.look_at_manager(sink);
        }
        let fired = self
            .services
            .iter()
            .filter(|(_, request)| request.fired.get());
        let fired: Vec<String> = fired.map(|(name, _)| name.clone()).collect();
        for name in fired {
            self.look_at_service(&name);
            sink(Notice::Changed(name));
        }
    }

    fn look_at_manager(&mut self, sink: &mut Sink) {
        let names = self.manager.take_names();
        if self.manager.arm().is_err()
            && let Ok(request) = open_manager(&self.machine)
                .and_then(|manager| NotifyRequest::new(manager, OF_MANAGER))
        {
            // Windows thinks that we lag (1294): it goes on with a new handle.
            let before = std::mem::replace(&mut self.manager, request);
            self.retire(before);
        }
        for name in names {
            // The name of a new service begins with a slash (S52).
            if let Some(created) = name.strip_prefix('/') {
                self.add_again(created);
                sink(Notice::Changed(created.to_owned()));
            } else {
                self.remove(&name);
                sink(Notice::Deleted(name));
            }
        }
    }

    /// Asks again, before the change is told, so that nothing falls between.
    fn look_at_service(&mut self, name: &str) {
        let Some(request) = self.services.get_mut(name) else {
            return;
        };
        let deleted = request.notify.dwNotificationTriggered & SERVICE_NOTIFY_DELETE_PENDING != 0;
        if deleted || request.arm().is_err() {
            self.remove(name);
            if !deleted {
                self.add_again(name);
            }
        }
    }

    /// A service that is gone, or marked for deletion, meanwhile is left out.
    fn add_again(&mut self, name: &str) {
        if let Ok(manager) = open_manager(&self.machine) {
            let _ = self.add(&manager, name.to_owned());
        }
    }
}

/// A request, at a place that does not move.
struct NotifyRequest {
    /// `None` once it is closed.
    handle: Option<Handle>,
    mask: u32,
    fired: Cell<bool>,
    notify: SERVICE_NOTIFY_2W,
}

impl NotifyRequest {
    fn new(handle: Handle, mask: u32) -> Result<Box<Self>> {
        let mut request = Box::new(Self {
            handle: Some(handle),
            mask,
            fired: Cell::new(false),
            notify: SERVICE_NOTIFY_2W {
                dwVersion: SERVICE_NOTIFY_STATUS_CHANGE,
                pfnNotifyCallback: Some(called_back),
                ..SERVICE_NOTIFY_2W::default()
            },
        });
        request.notify.pContext = from_ref(&request.fired).cast_mut().cast();
        request.arm()?;
        Ok(request)
    }

    fn arm(&mut self) -> Result<()> {
        let handle = self.handle.as_ref().ok_or(Win32Error::INVALID_HANDLE)?;
        self.fired.set(false);
        // SAFETY: the structure stays where it is until the handle is closed, which happens on the
        // thread that is called back, and not while it waits.
        check_code(unsafe {
            NotifyServiceStatusChangeW(raw(handle.0), self.mask, &raw const self.notify)
        })
    }

    /// The names that came with a notice of the manager.
    fn take_names(&mut self) -> Vec<String> {
        let names = std::mem::replace(&mut self.notify.pszServiceNames, null_mut());
        if names.is_null() {
            return Vec::new();
        }
        // SAFETY: Windows made a list of texts for us to free.
        unsafe {
            let texts = list(names);
            LocalFree(names.cast());
            texts
        }
    }
}

unsafe extern "system" fn called_back(parameter: *const c_void) {
    // SAFETY: Windows hands back the structure that it was given, on the thread that gave it.
    unsafe {
        let notify: &SERVICE_NOTIFY_2W = &*parameter.cast();
        (*notify.pContext.cast::<Cell<bool>>()).set(true);
    }
}
