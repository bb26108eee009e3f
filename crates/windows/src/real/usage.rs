//! What a process uses.

use windows_sys::Win32::Foundation::{CloseHandle, FILETIME, HANDLE};
use windows_sys::Win32::System::ProcessStatus::{K32GetProcessMemoryInfo, PROCESS_MEMORY_COUNTERS};
use windows_sys::Win32::System::Threading::{
    GetProcessTimes, OpenProcess, PROCESS_QUERY_LIMITED_INFORMATION,
};

use super::{check, last_error};
use crate::api::{ProcessUsage, Result};

/// `FILETIME` counts tenths of a microsecond.
const PER_MILLISECOND: u64 = 10_000;

/// An open process; closed when it goes.
struct Process(HANDLE);

impl Drop for Process {
    fn drop(&mut self) {
        // SAFETY: opened here, closed once.
        unsafe { CloseHandle(self.0) };
    }
}

pub(super) fn of_process(process_id: u32) -> Result<ProcessUsage> {
    // SAFETY: has no preconditions.
    let process = unsafe { OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, process_id) };
    if process.is_null() {
        return Err(last_error());
    }
    let process = Process(process);
    let (mut created, mut ended) = (FILETIME::default(), FILETIME::default());
    let (mut system, mut user) = (FILETIME::default(), FILETIME::default());
    // SAFETY: the process is open; the places for the times are there.
    check(unsafe {
        GetProcessTimes(
            process.0,
            &raw mut created,
            &raw mut ended,
            &raw mut system,
            &raw mut user,
        )
    })?;
    let mut memory = PROCESS_MEMORY_COUNTERS::default();
    let size = u32::try_from(size_of::<PROCESS_MEMORY_COUNTERS>()).expect("72 bytes");
    // SAFETY: the process is open; the place for the counters has the size that is said.
    check(unsafe { K32GetProcessMemoryInfo(process.0, &raw mut memory, size) })?;
    Ok(ProcessUsage {
        cpu_ms: (ticks(system) + ticks(user)) / PER_MILLISECOND,
        memory_bytes: memory.WorkingSetSize as u64,
    })
}

fn ticks(time: FILETIME) -> u64 {
    u64::from(time.dwHighDateTime) << 32 | u64::from(time.dwLowDateTime)
}
