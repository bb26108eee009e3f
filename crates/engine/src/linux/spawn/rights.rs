//! What a process may do, and what it sees of the machine: settings beyond its account.
//!
//! The child makes plain system calls only, as all of `spawn`; what they need is prepared before.

use std::ffi::{CStr, CString, NulError, c_char, c_long};
use std::ptr;

use super::calls::{check, errno, write_to};
use super::spec::{Rights, SpawnStage};

/// The same, ready for the child.
pub(super) struct Prepared {
    no_new_privileges: bool,
    capabilities: Option<u64>,
    oom_score_adjust: Option<Box<[u8]>>,
    io_priority: Option<i32>,
    scheduling: Option<i32>,
    private_tmp: bool,
    read_only: Box<[ReadOnly]>,
    root: Option<CString>,
}

struct ReadOnly {
    path: CString,
    may_be_missing: bool,
}

impl Prepared {
    /// # Errors
    /// A path with a NUL in it.
    pub(super) fn new(rights: &Rights) -> Result<Self, NulError> {
        let read_only = |path: &String| {
            Ok(ReadOnly {
                path: CString::new(path.strip_prefix('-').unwrap_or(path))?,
                may_be_missing: path.starts_with('-'),
            })
        };
        let root = rights.root.as_deref().map(CString::new);
        let score = rights.oom_score_adjust;
        Ok(Self {
            no_new_privileges: rights.no_new_privileges,
            capabilities: rights.capabilities,
            oom_score_adjust: score.map(|score| score.to_string().into_bytes().into()),
            io_priority: rights.io_priority,
            scheduling: rights.scheduling,
            private_tmp: rights.private_tmp,
            read_only: rights
                .read_only
                .iter()
                .map(read_only)
                .collect::<Result<_, _>>()?,
            root: root.transpose()?,
        })
    }
}

/// `IOPRIO_WHO_PROCESS` of `linux/ioprio.h`.
const IOPRIO_WHO_PROCESS: libc::c_int = 1;
/// Version 3 of the structures of `capset`.
const CAPABILITY_VERSION: u32 = 0x2008_0522;
/// Capabilities have numbers below this one; the kernel may know fewer.
const CAPABILITIES: libc::c_ulong = 64;

/// The sets of half of the capabilities, as `capset` takes them.
#[repr(C)]
struct CapabilitySets {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

/// What `mount_setattr` changes.
#[repr(C)]
struct MountAttributes {
    set: u64,
    clear: u64,
    propagation: u64,
    user_namespace: u64,
}

impl Prepared {
    /// The score by which the kernel chooses whom to kill; `protected`: the guardian has one that a child
    /// must not have.
    ///
    /// # Safety
    /// Only in the child.
    pub(super) unsafe fn oom_score(&self, protected: bool) -> Result<(), SpawnStage> {
        let score = match &self.oom_score_adjust {
            Some(score) => score,
            None if protected => &b"0"[..],
            None => return Ok(()),
        };
        // SAFETY: as for the function.
        let result = unsafe { write_to(c"/proc/self/oom_score_adj".as_ptr(), score) };
        check(result, SpawnStage::OomScore)
    }

    /// How the kernel shares processors and disks out to it.
    ///
    /// # Safety
    /// Only in the child.
    pub(super) unsafe fn shares(&self) -> Result<(), SpawnStage> {
        // SAFETY: numbers, and a structure of this function.
        unsafe {
            if let Some(policy) = self.scheduling {
                let parameter: libc::c_int = 0;
                let parameter = &raw const parameter;
                let result = libc::syscall(libc::SYS_sched_setscheduler, 0, policy, parameter);
                check(result, SpawnStage::Scheduling)?;
            }
            if let Some(priority) = self.io_priority {
                let result = libc::syscall(libc::SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, priority);
                check(result, SpawnStage::IoPriority)?;
            }
        }
        Ok(())
    }

    /// What it sees of the file system: mounts that only this process and its children have, then the
    /// root.
    ///
    /// # Safety
    /// Only in the child.
    pub(super) unsafe fn view(&self) -> Result<(), SpawnStage> {
        // SAFETY: as for the function; strings of `self`.
        unsafe {
            if self.private_tmp || !self.read_only.is_empty() {
                own_mounts().map_err(|()| SpawnStage::Mounts)?;
            }
            for (number, entry) in self.read_only.iter().enumerate() {
                let is_missing = |()| entry.may_be_missing && errno() == libc::ENOENT;
                let result = make_read_only(&entry.path);
                if let Err(failed) = result
                    && !is_missing(failed)
                {
                    let number = u8::try_from(number).unwrap_or(u8::MAX);
                    return Err(SpawnStage::ReadOnly(number));
                }
            }
            if self.private_tmp {
                own_tmp(c"/tmp").map_err(|()| SpawnStage::Mounts)?;
                own_tmp(c"/var/tmp").map_err(|()| SpawnStage::Mounts)?;
            }
            if let Some(root) = &self.root {
                check(
                    libc::syscall(libc::SYS_chroot, root.as_ptr()),
                    SpawnStage::Root,
                )?;
            }
        }
        Ok(())
    }

    /// Before the change of the user: what the process can never have again.
    ///
    /// # Safety
    /// Only in the child.
    pub(super) unsafe fn give_up(&self) -> Result<(), SpawnStage> {
        let Some(kept) = self.capabilities else {
            return Ok(());
        };
        // SAFETY: numbers only.
        unsafe {
            for number in 0..CAPABILITIES {
                if kept >> number & 1 == 0 {
                    let result =
                        libc::syscall(libc::SYS_prctl, libc::PR_CAPBSET_DROP, number, 0, 0, 0);
                    let is_unknown = result < 0 && errno() == libc::EINVAL;
                    check(
                        if is_unknown { 0 } else { result },
                        SpawnStage::Capabilities,
                    )?;
                }
            }
            let keep: libc::c_ulong = 1;
            let result = libc::syscall(libc::SYS_prctl, libc::PR_SET_KEEPCAPS, keep, 0, 0, 0);
            check(result, SpawnStage::Capabilities)
        }
    }

    /// After it: the capabilities that it keeps across the execution of its program.
    ///
    /// # Safety
    /// Only in the child.
    pub(super) unsafe fn keep(&self) -> Result<(), SpawnStage> {
        // SAFETY: numbers, and structures of this function.
        unsafe {
            if let Some(kept) = self.capabilities {
                set_capabilities(kept).map_err(|()| SpawnStage::Capabilities)?;
            }
            if self.no_new_privileges {
                let on: libc::c_ulong = 1;
                let result = libc::syscall(libc::SYS_prctl, libc::PR_SET_NO_NEW_PRIVS, on, 0, 0, 0);
                check(result, SpawnStage::Capabilities)?;
            }
        }
        Ok(())
    }
}

/// # Safety
/// Only in the child.
unsafe fn set_capabilities(kept: u64) -> Result<(), ()> {
    let header = [CAPABILITY_VERSION, 0];
    let half = |bits: u64| {
        let bits = u32::try_from(bits & u64::from(u32::MAX)).unwrap_or_default();
        CapabilitySets {
            effective: bits,
            permitted: bits,
            inheritable: bits,
        }
    };
    let sets = [half(kept), half(kept >> 32)];
    // SAFETY: the kernel reads both structures.
    unsafe {
        done(libc::syscall(
            libc::SYS_capset,
            header.as_ptr(),
            sets.as_ptr(),
        ))?;
        for number in (0..CAPABILITIES).filter(|number| kept >> number & 1 == 1) {
            let raise = libc::PR_CAP_AMBIENT_RAISE as libc::c_ulong;
            done(libc::syscall(
                libc::SYS_prctl,
                libc::PR_CAP_AMBIENT,
                raise,
                number,
                0,
                0,
            ))?;
        }
    }
    Ok(())
}

/// A view of the mounts of its own; mounts that the machine makes later still appear in it.
///
/// # Safety
/// Only in the child.
unsafe fn own_mounts() -> Result<(), ()> {
    // SAFETY: numbers and constant strings.
    unsafe {
        done(libc::syscall(libc::SYS_unshare, libc::CLONE_NEWNS))?;
        mount(
            c"none",
            c"/",
            ptr::null(),
            libc::MS_REC | libc::MS_SLAVE,
            ptr::null(),
        )
    }
}

/// # Safety
/// Only in the child.
unsafe fn own_tmp(path: &CStr) -> Result<(), ()> {
    let flags = libc::MS_NOSUID | libc::MS_NODEV;
    // SAFETY: constant strings.
    unsafe {
        mount(
            c"tmpfs",
            path,
            c"tmpfs".as_ptr(),
            flags,
            c"mode=1777".as_ptr(),
        )
    }
}

/// # Safety
/// Only in the child.
unsafe fn make_read_only(path: &CStr) -> Result<(), ()> {
    let change = MountAttributes {
        set: libc::MOUNT_ATTR_RDONLY,
        clear: 0,
        propagation: 0,
        user_namespace: 0,
    };
    // SAFETY: `path` is a C string, and the kernel reads the structure.
    unsafe {
        mount(
            path,
            path,
            ptr::null(),
            libc::MS_BIND | libc::MS_REC,
            ptr::null(),
        )?;
        done(libc::syscall(
            libc::SYS_mount_setattr,
            libc::AT_FDCWD,
            path.as_ptr(),
            libc::AT_RECURSIVE,
            &raw const change,
            size_of::<MountAttributes>(),
        ))
    }
}

/// # Safety
/// `kind` and `options` are C strings or null.
unsafe fn mount(
    source: &CStr,
    target: &CStr,
    kind: *const c_char,
    flags: libc::c_ulong,
    options: *const c_char,
) -> Result<(), ()> {
    // SAFETY: as for the function.
    done(unsafe {
        libc::syscall(
            libc::SYS_mount,
            source.as_ptr(),
            target.as_ptr(),
            kind,
            flags,
            options,
        )
    })
}

fn done(result: c_long) -> Result<(), ()> {
    if result < 0 { Err(()) } else { Ok(()) }
}
