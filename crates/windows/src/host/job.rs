//! A job: the process tree of a program.

use std::ptr::null;

use relance_scm::Win32Error;
use windows_sys::Win32::Foundation::{CloseHandle, HANDLE};
use windows_sys::Win32::System::JobObjects::{
    AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
    JOBOBJECT_BASIC_PROCESS_ID_LIST, JOBOBJECT_EXTENDED_LIMIT_INFORMATION,
    JobObjectBasicProcessIdList, JobObjectExtendedLimitInformation, QueryInformationJobObject,
    SetInformationJobObject, TerminateJobObject,
};

use crate::api::Result;
use crate::real::buffer::Buffer;
use crate::real::{check, last_error};

/// Ends all its processes when it goes, in each way that this process can end.
#[derive(Debug)]
pub(super) struct Job(HANDLE);

// SAFETY: a job is a kernel object; its calls may come from any thread.
unsafe impl Send for Job {}
// SAFETY: as above.
unsafe impl Sync for Job {}

impl Job {
    pub(super) fn new() -> Result<Self> {
        // SAFETY: no security of its own, no name.
        let job = unsafe { CreateJobObjectW(null(), null()) };
        if job.is_null() {
            return Err(last_error());
        }
        let job = Self(job);
        let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
        limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
        let size = u32::try_from(size_of_val(&limits)).expect("some bytes");
        // SAFETY: the structure is the one of this class, of the size that is said.
        check(unsafe {
            SetInformationJobObject(
                job.0,
                JobObjectExtendedLimitInformation,
                (&raw const limits).cast(),
                size,
            )
        })?;
        Ok(job)
    }

    /// Takes a process in; what it starts from now on is in the job too.
    pub(super) fn assign(&self, process: HANDLE) -> Result<()> {
        // SAFETY: both handles are open.
        check(unsafe { AssignProcessToJobObject(self.0, process) })
    }

    /// The processes that are in it now; at most a thousand are named.
    pub(super) fn processes(&self) -> Vec<u32> {
        let mut buffer = Buffer::new(8 * 1024);
        let size = buffer.size();
        // SAFETY: the buffer has the size that is said.
        let answer = unsafe {
            QueryInformationJobObject(
                self.0,
                JobObjectBasicProcessIdList,
                buffer.pointer(),
                size,
                std::ptr::null_mut(),
            )
        };
        match check(answer) {
            Ok(()) | Err(Win32Error::MORE_DATA) => {}
            Err(_) => return Vec::new(),
        }
        let list: *const JOBOBJECT_BASIC_PROCESS_ID_LIST = buffer.pointer();
        // SAFETY: the call wrote so many numbers behind the head of the structure.
        unsafe {
            let count = (*list).NumberOfProcessIdsInList as usize;
            let first = (&raw const (*list).ProcessIdList).cast::<usize>();
            (0..count)
                .filter_map(|i| u32::try_from(*first.add(i)).ok())
                .collect()
        }
    }

    /// Ends all its processes.
    pub(super) fn terminate(&self) {
        // SAFETY: the handle is open. A job whose processes are gone refuses nothing that matters.
        unsafe { TerminateJobObject(self.0, 1) };
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        // SAFETY: made here, closed once.
        unsafe { CloseHandle(self.0) };
    }
}
