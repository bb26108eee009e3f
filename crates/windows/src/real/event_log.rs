//! The event log: queries and subscriptions that give XML, and entries of our own.

use std::ptr::{null, null_mut};

use relance_scm::Win32Error;
use windows_sys::Win32::Foundation::{HANDLE, SetLastError};
use windows_sys::Win32::System::EventLog::{
    DeregisterEventSource, EVT_HANDLE, EVT_RPC_LOGIN, EvtClose, EvtNext, EvtOpenSession, EvtQuery,
    EvtQueryChannelPath, EvtQueryReverseDirection, EvtRender, EvtRenderEventXml, EvtRpcLogin,
    EvtSubscribe, EvtSubscribeToFutureEvents, RegisterEventSourceW, ReportEventW,
};

use super::buffer::sized;
use super::text::{text, wide};
use super::{check, last_error};
use crate::api::{EventQuery, Report, Result};

/// A handle of the event log; closed when it goes.
pub(super) struct EventHandle(EVT_HANDLE);

impl Drop for EventHandle {
    fn drop(&mut self) {
        // SAFETY: opened here, closed once.
        unsafe { EvtClose(self.0) };
    }
}

fn opened(handle: EVT_HANDLE) -> Result<EventHandle> {
    if handle == 0 {
        Err(last_error())
    } else {
        Ok(EventHandle(handle))
    }
}

/// The log of another machine; `None` for this one.
fn session(machine: &str) -> Result<Option<EventHandle>> {
    if machine.is_empty() {
        return Ok(None);
    }
    let server = wide(machine.trim_start_matches('\\'));
    let login = EVT_RPC_LOGIN {
        Server: server.as_ptr().cast_mut(),
        ..EVT_RPC_LOGIN::default()
    };
    // SAFETY: the structure is the one that the kind of login asks for; its text ends with a zero.
    let session = unsafe { EvtOpenSession(EvtRpcLogin, (&raw const login).cast(), 0, 0) };
    opened(session).map(Some)
}

pub(super) fn query(machine: &str, query: &EventQuery<'_>) -> Result<Vec<String>> {
    let session = session(machine)?;
    let channel = wide(query.channel);
    let xpath = wide(query.xpath);
    // SAFETY: the texts end with a zero.
    let found = opened(unsafe {
        SetLastError(0);
        EvtQuery(
            session.as_ref().map_or(0, |session| session.0),
            channel.as_ptr(),
            xpath.as_ptr(),
            EvtQueryChannelPath | EvtQueryReverseDirection,
        )
    });
    let found = match found {
        // Wine has no log, and says neither a result nor an error.
        Err(Win32Error::SUCCESS) => return Ok(Vec::new()),
        found => found?,
    };
    let mut entries = Vec::new();
    while entries.len() < query.limit {
        let Some(event) = next(&found)? else { break };
        entries.push(render(&event)?);
    }
    Ok(entries)
}

/// The next entry that is there; `None` when there is none (now).
pub(super) fn next(found: &EventHandle) -> Result<Option<EventHandle>> {
    let mut event: EVT_HANDLE = 0;
    let mut returned = 0;
    // SAFETY: the place for one handle and for the number are there.
    let answer = check(unsafe { EvtNext(found.0, 1, &raw mut event, 0, 0, &raw mut returned) });
    match answer {
        Ok(()) if returned == 1 => Ok(Some(EventHandle(event))),
        Ok(()) | Err(Win32Error::NO_MORE_ITEMS | Win32Error::TIMEOUT) => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) fn render(event: &EventHandle) -> Result<String> {
    let mut buffer = sized(8192, |buffer, needed| {
        let mut properties = 0;
        let size = buffer.size();
        // SAFETY: the buffer has the size that is said; the places for numbers are there.
        check(unsafe {
            EvtRender(
                0,
                event.0,
                EvtRenderEventXml,
                size,
                buffer.pointer(),
                needed,
                &raw mut properties,
            )
        })
    })?;
    // SAFETY: the call wrote a text that ends with a zero.
    Ok(unsafe { text(buffer.pointer()) })
}

/// New entries of a channel: `signal` is set when there are some.
pub(super) fn subscribe(channel: &str, xpath: &str, signal: HANDLE) -> Result<EventHandle> {
    let channel = wide(channel);
    let xpath = wide(xpath);
    // SAFETY: the texts end with a zero; the event lives as long as the subscription.
    opened(unsafe {
        EvtSubscribe(
            0,
            signal,
            channel.as_ptr(),
            xpath.as_ptr(),
            0,
            null(),
            None,
            EvtSubscribeToFutureEvents,
        )
    })
}

pub(crate) fn report(report: &Report<'_>) -> Result<()> {
    let source = wide(report.source);
    let texts: Vec<Vec<u16>> = report.parameters.iter().map(|text| wide(text)).collect();
    let pointers: Vec<*const u16> = texts.iter().map(Vec::as_ptr).collect();
    let count = u16::try_from(pointers.len()).map_err(|_| Win32Error::INVALID_PARAMETER)?;
    // SAFETY: the name ends with a zero; so many texts that end with a zero; no other data, nobody's
    // identity. The source is closed once.
    unsafe {
        let log = RegisterEventSourceW(null(), source.as_ptr());
        if log.is_null() {
            return Err(last_error());
        }
        let answer = check(ReportEventW(
            log,
            report.kind,
            0,
            report.id,
            null_mut(),
            count,
            0,
            pointers.as_ptr(),
            null(),
        ));
        DeregisterEventSource(log);
        answer
    }
}
