//! Heartbeats to a manager that watches over this process (X40), as `sd_notify(3)` sends them.
//!
//! They go to a socket of their own and not over the control channel, where everything is on record before
//! it is forgotten. One that cannot be sent is lost: the next one says the same.

use std::env;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Tells a process where to send.
const SOCKET_VARIABLE: &str = "NOTIFY_SOCKET";
/// Tells a process how long it may go without a heartbeat, in microseconds.
const TIME_VARIABLE: &str = "WATCHDOG_USEC";
/// The part of the watchdog time within which a second heartbeat is not sent.
const PART: u32 = 10;

/// How long this process may go without a heartbeat; `None` if nobody waits for one.
#[must_use]
pub fn heartbeat_time() -> Option<Duration> {
    env::var_os(SOCKET_VARIABLE)?;
    let micros = env::var(TIME_VARIABLE).ok()?.parse().ok()?;
    Some(Duration::from_micros(micros)).filter(|time| !time.is_zero())
}

/// Says that this process lives and gets on with its work. `false` if nobody waits for a heartbeat.
///
/// It may be called as often as is convenient: one that follows another too soon is not sent.
pub fn heartbeat() -> bool {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    static LAST: AtomicU64 = AtomicU64::new(0);
    let Some(time) = heartbeat_time() else {
        return false;
    };
    let since_began = BEGAN.get_or_init(Instant::now).elapsed();
    let now = u64::try_from(since_began.as_micros()).unwrap_or(u64::MAX);
    let pause = u64::try_from((time / PART).as_micros()).unwrap_or(u64::MAX);
    let last = LAST.load(Ordering::Relaxed);
    if last == 0 || now.saturating_sub(last) >= pause {
        if send(b"WATCHDOG=1").is_none() {
            return false;
        }
        LAST.store(now.max(1), Ordering::Relaxed);
    }
    true
}

/// Says that so many more jobs are done (X58). `false` if nobody waits for it.
///
/// A number that cannot be sent, because the manager is busy or away, is added to the next one.
pub fn jobs_done(count: u64) -> bool {
    static UNSAID: AtomicU64 = AtomicU64::new(0);
    let count = count.saturating_add(UNSAID.swap(0, Ordering::Relaxed));
    if count == 0 {
        return env::var_os(SOCKET_VARIABLE).is_some();
    }
    match send(format!("X_RELANCE_JOBS={count}").as_bytes()) {
        Some(true) => true,
        Some(false) => {
            UNSAID.fetch_add(count, Ordering::Relaxed);
            true
        }
        None => false,
    }
}

/// Whether it was sent. A full queue holds enough heartbeats, so this never waits for room.
fn send(message: &[u8]) -> Option<bool> {
    let socket = UnixDatagram::unbound().ok()?;
    socket.set_nonblocking(true).ok()?;
    let name = env::var_os(SOCKET_VARIABLE)?;
    let address = match name.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name),
        None => SocketAddr::from_pathname(&name),
    };
    Some(socket.send_to_addr(message, &address.ok()?).is_ok())
}
