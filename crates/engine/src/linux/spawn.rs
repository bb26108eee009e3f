//! Creates a process: `clone` as `vfork` does it, with nothing but system calls in the child, and with a
//! bound for the time that the guardian waits.
//!
//! The child shares the guardian's memory until `execve`, so it must not allocate, lock or unwind; a
//! stage that fails is written to the shared plan and reported by name. It shares the descriptor
//! table too and leaves it with one `close_range(CLOSE_RANGE_UNSHARE)` that copies only the lowest
//! descriptors: the cost of a start does not grow with the number of services.
//!
//! Its account can hold the child up before it executes anything: by a signal (SIGSTOP), by a lease on the program,
//! or by a file system of its own. [`patience`] says how long that is waited for.

mod calls;
mod clone;
mod patience;
mod rights;
mod spec;
mod strings;
mod texts;

use std::ffi::{c_char, c_int, c_void};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::ptr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use calls::{block_signals, check, default_signals, errno};
use clone::{Child, Stack, clone_here, clone_into};
use patience::{Gone, Patience};
pub(crate) use spec::{Ids, Limit, Rights, SERVICE_VARIABLE, SpawnError, SpawnSpec, SpawnStage};
use strings::Strings;
pub(crate) use texts::Texts;

/// Descriptors handed to a child besides 0, 1 and 2, as 3, 4, ...
const HANDED_MAX: usize = 2;
/// First descriptor of the staging area: the guardian keeps these free for the child's descriptors
/// while it is created.
const STAGE: RawFd = 3;
/// stdin, stdout, stderr and those handed.
const STAGED: usize = 3 + HANDED_MAX;
const STACK_LEN: usize = 64 * 1024;

/// Descriptors of the child.
pub(crate) struct ChildFds<'a> {
    pub(crate) stdin: BorrowedFd<'a>,
    pub(crate) stdout: BorrowedFd<'a>,
    pub(crate) stderr: BorrowedFd<'a>,
    /// Become 3, 4, ...
    pub(crate) handed: &'a [BorrowedFd<'a>],
}

impl<'a> ChildFds<'a> {
    /// Those of a child that neither reads nor prints: all are this one, of `/dev/null`.
    pub(crate) fn nowhere(null: BorrowedFd<'a>) -> Self {
        Self {
            stdin: null,
            stdout: null,
            stderr: null,
            handed: &[],
        }
    }
}

/// Where a process writes down that it exists, before it executes anything: its id, and when
/// (`CLOCK_BOOTTIME`, nanoseconds), as two numbers of eight bytes. So it is on record even if the
/// guardian is killed before `clone` returns.
#[derive(Clone, Copy)]
pub(crate) struct Witness {
    pub(crate) file: RawFd,
    pub(crate) at: i64,
}

/// Creates processes; one per guardian, because the staging descriptors and the stack are shared by
/// all children, one after the other.
pub(crate) struct Spawner {
    stack: Stack,
    inherited: Inherited,
    patience: Patience,
}

/// What the guardian changed about itself and children get back as it was.
#[derive(Clone, Copy)]
pub(crate) struct Inherited {
    /// Limit of open descriptors; `None`: not changed.
    pub(crate) nofile: Option<libc::rlimit>,
    /// Whether the guardian is protected from the out-of-memory killer; children are not.
    pub(crate) oom_protected: bool,
}

impl Spawner {
    /// Reserves the staging descriptors, 3 and up, and a stack. Nothing else may be open there.
    pub(crate) fn new(inherited: Inherited) -> io::Result<Self> {
        let above = STAGE + RawFd::try_from(STAGED).expect("a handful");
        let null = rustix::io::fcntl_dupfd_cloexec(std::fs::File::open("/dev/null")?, above)?;
        for offset in 0..STAGED {
            stage(null.as_raw_fd(), offset)?;
        }
        Ok(Self {
            stack: new_stack()?,
            inherited,
            patience: Patience::default(),
        })
    }

    /// Starts a process of the manager itself, which prints where this one does and reads nothing.
    pub(crate) fn spawn_part(
        &mut self,
        spec: &SpawnSpec,
        null: BorrowedFd<'_>,
        handed: &[BorrowedFd<'_>],
    ) -> Result<u32, SpawnError> {
        let (stdout, stderr) = (io::stdout(), io::stderr());
        let fds = ChildFds {
            stdin: null,
            stdout: stdout.as_fd(),
            stderr: stderr.as_fd(),
            handed,
        };
        self.spawn(spec, &fds, None, None)
    }

    /// Creates a process, in a control group if one is given, and returns its id once it executes the
    /// program.
    pub(crate) fn spawn(
        &mut self,
        spec: &SpawnSpec,
        fds: &ChildFds<'_>,
        group: Option<BorrowedFd<'_>>,
        witness: Option<Witness>,
    ) -> Result<u32, SpawnError> {
        self.spawn_beside(spec, fds, group, witness, || {})
    }

    /// The same. `beside` is done while the child is on its way to its program, on another processor if there is one.
    /// It calls the system through rustix only: libc's `errno` is the child's meanwhile. And it leaves descriptors
    /// below those that it opens as they are, since the child may still share them.
    pub(crate) fn spawn_beside(
        &mut self,
        spec: &SpawnSpec,
        fds: &ChildFds<'_>,
        group: Option<BorrowedFd<'_>>,
        witness: Option<Witness>,
        beside: impl FnOnce(),
    ) -> Result<u32, SpawnError> {
        let strings = Strings::new(spec)?;
        let rights = rights::Prepared::new(&spec.rights)?;
        stage_all(fds).map_err(|error| SpawnError::at(SpawnStage::Prepare, &error))?;
        let groups = spec.ids.as_ref().map_or(&[][..], |ids| &ids.groups);
        let mut plan = Plan {
            program: strings.program.as_ptr(),
            argv: strings.argv.as_ptr(),
            envp: strings.envp.as_ptr(),
            directory: strings.directory.as_ptr(),
            handed: fds.handed.len(),
            ready_fd: spec.ready_fd,
            ids: spec.ids.as_ref().map(|ids| (ids.uid, ids.gid)),
            groups: (groups.as_ptr(), groups.len()),
            nice: spec.nice,
            affinity: spec.affinity,
            umask: spec.umask.unwrap_or(0o022),
            limits: (spec.limits.as_ptr(), spec.limits.len()),
            rights: &raw const rights,
            witness,
            tie: tie(spec),
            inherited: self.inherited,
            failure: None,
        };
        let child = Child {
            main: child_main,
            argument: ptr::from_mut(&mut plan).cast(),
        };
        let wait = self.patience.of(spec);
        // SAFETY: `plan` and all it points to outlive the child's use of them, and `child_main` makes
        // system calls only.
        let (pid, gone) = unsafe { self.clone(child, group, wait, beside) }
            .map_err(|error| SpawnError::at(SpawnStage::Clone, &error))?;
        if gone != Gone::InTime {
            self.patience.was_lost(spec);
            return Err(SpawnError {
                stage: SpawnStage::Execute,
                errno: libc::ETIMEDOUT,
            });
        }
        if let Some(failure) = plan.failure {
            wait_for(pid);
            return Err(failure);
        }
        Ok(pid.cast_unsigned())
    }

    /// Gives this process the limit of open descriptors back that it came with.
    pub(crate) fn give_limit_back(&self) {
        if let Some(limit) = &self.inherited.nofile {
            // SAFETY: one structure in. Lowering a soft limit is never refused.
            unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, limit) };
        }
    }

    /// Creates a process in a control group that ends at once: whether that can be done here.
    pub(crate) fn try_group(&mut self, group: BorrowedFd<'_>) -> io::Result<()> {
        let child = Child {
            main: end_at_once,
            argument: ptr::null_mut(),
        };
        // SAFETY: the child touches nothing.
        let (pid, gone) = unsafe { self.clone(child, Some(group), patience::OF_PARTS, || {}) }?;
        if gone == Gone::InTime {
            wait_for(pid);
        }
        Ok(())
    }

    /// Creates a child, and waits until it executes something or has ended. One that does neither for so long is
    /// killed.
    ///
    /// # Safety
    /// The child makes system calls only, and its argument is valid until it executes or ends.
    unsafe fn clone(
        &mut self,
        child: Child,
        group: Option<BorrowedFd<'_>>,
        patience: Duration,
        beside: impl FnOnce(),
    ) -> io::Result<(libc::pid_t, Gone)> {
        let flags = libc::CLONE_VM | libc::CLONE_FILES | libc::CLONE_CHILD_CLEARTID;
        let stack = self.stack;
        let word = stack.word();
        word.store(1, Ordering::Relaxed);
        // SAFETY: the child runs on a stack of its own, top down, and shares memory with this thread, which does
        // nothing but `beside` and wait until the child has executed or ended. No other thread exists in a
        // guardian. The rest is the caller's promise.
        let pid = unsafe {
            match group {
                Some(group) => clone_into(group, flags, stack, child),
                None => clone_here(flags, stack, child),
            }
        }?;
        beside();
        let gone = patience::wait(word, pid, patience);
        if gone == Gone::Never {
            // It will end in the kernel, which writes to this word then: that memory is left to it.
            self.stack = new_stack()?;
        }
        Ok((pid, gone))
    }
}

/// The memory of a child until it executes.
fn new_stack() -> io::Result<Stack> {
    // SAFETY: a fresh private mapping; checked below.
    let bottom = unsafe {
        libc::mmap(
            ptr::null_mut(),
            STACK_LEN,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_STACK | libc::MAP_NORESERVE,
            -1,
            0,
        )
    };
    if bottom == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    Ok(Stack {
        bottom,
        len: STACK_LEN,
    })
}

/// Reaps a child that has ended before it executed anything, and is ours alone to reap.
fn wait_for(pid: libc::pid_t) {
    // SAFETY: numbers only.
    unsafe { libc::waitpid(pid, ptr::null_mut(), 0) };
}

fn stage_all(fds: &ChildFds<'_>) -> io::Result<()> {
    let standard = [fds.stdin, fds.stdout, fds.stderr];
    for (offset, fd) in standard.iter().chain(fds.handed).enumerate() {
        stage(fd.as_raw_fd(), offset)?;
    }
    Ok(())
}

/// Puts a descriptor into the staging area, closed on execution like every other.
fn stage(fd: RawFd, offset: usize) -> io::Result<()> {
    let target = STAGE + RawFd::try_from(offset).expect("a handful");
    // SAFETY: dup3 on numbers; the target is reserved for this.
    let result = unsafe { libc::dup3(fd, target, libc::O_CLOEXEC) };
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}

/// What the child reads, and the one thing it writes.
struct Plan {
    program: *const c_char,
    argv: *const *const c_char,
    envp: *const *const c_char,
    directory: *const c_char,
    handed: usize,
    ready_fd: Option<c_int>,
    ids: Option<(u32, u32)>,
    groups: (*const u32, usize),
    nice: Option<i32>,
    affinity: Option<u64>,
    umask: u32,
    limits: (*const Limit, usize),
    rights: *const rights::Prepared,
    witness: Option<Witness>,
    /// What the kernel sends it when this parent ends.
    tie: Option<(u32, c_int)>,
    inherited: Inherited,
    failure: Option<SpawnError>,
}

/// The child's whole life before the program.
extern "C" fn child_main(plan: *mut c_void) -> c_int {
    // SAFETY: `clone` was given a pointer to a Plan that outlives this function, and the parent
    // does not touch it meanwhile.
    let plan = unsafe { &mut *plan.cast::<Plan>() };
    if let Err(stage) = set_up(plan) {
        plan.failure = Some(SpawnError {
            stage,
            errno: errno(),
        });
    }
    127
}

/// The life of a child that is made to see whether it can be.
extern "C" fn end_at_once(_: *mut c_void) -> c_int {
    0
}

fn set_up(plan: &Plan) -> Result<(), SpawnStage> {
    // SAFETY: plain system calls on values of the plan. libc wrappers that do more than the call
    // (set*id, which signals all threads) are avoided through `syscall`.
    unsafe {
        block_signals();
        check(libc::syscall(libc::SYS_setsid), SpawnStage::Session)?;
        if let Some(witness) = plan.witness {
            // While the guardian's descriptors are there, its lock among them: anyone who can take that
            // lock finds this process on record.
            check(put_on_record(witness), SpawnStage::Record)?;
        }
        descriptors(plan).map_err(|()| SpawnStage::Descriptors)?;
        if let Some(limit) = &plan.inherited.nofile {
            check(
                libc::setrlimit(libc::RLIMIT_NOFILE, limit).into(),
                SpawnStage::Limits,
            )?;
        }
        let (limits, count) = plan.limits;
        for index in 0..count {
            check(set_limit(*limits.add(index)), SpawnStage::Limits)?;
        }
        let rights = &*plan.rights;
        rights.oom_score(plan.inherited.oom_protected)?;
        if let Some(nice) = plan.nice {
            let result = libc::syscall(libc::SYS_setpriority, libc::PRIO_PROCESS, 0, nice);
            check(result, SpawnStage::Priority)?;
        }
        rights.shares()?;
        if let Some(mask) = &plan.affinity {
            let mask: *const u64 = mask;
            let result = libc::syscall(libc::SYS_sched_setaffinity, 0, size_of::<u64>(), mask);
            check(result, SpawnStage::Affinity)?;
        }
        rights.view()?;
        rights.give_up()?;
        change_account(plan)?;
        rights.keep()?;
        libc::umask(plan.umask);
        check(
            libc::syscall(libc::SYS_chdir, plan.directory),
            SpawnStage::Directory,
        )?;
        default_signals();
        if let Some((guardian, signal)) = plan.tie {
            // Last: a change of the user would undo it.
            check(tie_to(guardian, signal), SpawnStage::Guardian)?;
        }
        libc::syscall(libc::SYS_execve, plan.program, plan.argv, plan.envp);
        Err(SpawnStage::Execute)
    }
}

/// Becomes the account of its service.
///
/// # Safety
/// Only in the child.
unsafe fn change_account(plan: &Plan) -> Result<(), SpawnStage> {
    let Some((uid, gid)) = plan.ids else {
        return Ok(());
    };
    let (groups, count) = plan.groups;
    // SAFETY: plain system calls; the groups are there.
    unsafe {
        check(
            libc::syscall(libc::SYS_setgroups, count, groups),
            SpawnStage::Groups,
        )?;
        check(
            libc::syscall(libc::SYS_setresgid, gid, gid, gid),
            SpawnStage::Group,
        )?;
        check(
            libc::syscall(libc::SYS_setresuid, uid, uid, uid),
            SpawnStage::User,
        )?;
        // From here on the account may send it signals, after which the kernel writes down its memory, and
        // that is the guardian's. `fs.suid_dumpable` would allow it.
        libc::syscall(libc::SYS_prctl, libc::PR_SET_DUMPABLE, 0, 0, 0, 0);
    }
    Ok(())
}

/// # Safety
/// Only in the child.
unsafe fn set_limit(limit: Limit) -> libc::c_long {
    let both = libc::rlimit {
        rlim_cur: limit.value,
        rlim_max: limit.hard.unwrap_or(limit.value),
    };
    // SAFETY: a system call on a value of this function.
    unsafe { libc::syscall(libc::SYS_setrlimit, limit.resource, &raw const both) }
}

/// See [`Witness`].
///
/// # Safety
/// Only in the child.
unsafe fn put_on_record(witness: Witness) -> libc::c_long {
    // SAFETY: plain system calls; a zeroed `timespec` is valid, and the kernel fills it.
    unsafe {
        let pid = libc::syscall(libc::SYS_getpid).cast_unsigned();
        let mut now: libc::timespec = std::mem::zeroed();
        libc::clock_gettime(libc::CLOCK_BOOTTIME, &raw mut now);
        let nanos = now.tv_sec.cast_unsigned() * 1_000_000_000 + now.tv_nsec.cast_unsigned();
        let mark = [pid.to_le(), nanos.to_le()];
        let written = libc::pwrite(witness.file, mark.as_ptr().cast(), 16, witness.at);
        if written == 16 { 0 } else { -1 }
    }
}

/// The daemon's own processes are killed with the guardian; others get a signal if they want one.
fn tie(spec: &SpawnSpec) -> Option<(u32, c_int)> {
    let signal = if spec.dies_with_guardian {
        Some(libc::SIGKILL)
    } else {
        spec.rights.parent_death_signal
    };
    Some((std::process::id(), signal?))
}

/// Has the kernel send this process a signal when its parent ends, unless that has happened already.
///
/// # Safety
/// Only in the child.
unsafe fn tie_to(parent: u32, signal: c_int) -> libc::c_long {
    // SAFETY: numbers only.
    unsafe {
        let result = libc::syscall(libc::SYS_prctl, libc::PR_SET_PDEATHSIG, signal);
        let is_orphan = libc::syscall(libc::SYS_getppid) != libc::c_long::from(parent);
        if is_orphan { -1 } else { result }
    }
}

/// Leaves the guardian's descriptor table with a copy of the staging area only, and puts what is
/// there in its place.
///
/// # Safety
/// Only in the child.
unsafe fn descriptors(plan: &Plan) -> Result<(), ()> {
    let ok = |result: libc::c_long| if result < 0 { Err(()) } else { Ok(()) };
    let staged = 3 + plan.handed;
    let first_unused = STAGE + c_int::try_from(staged).map_err(|_| ())?;
    // SAFETY: numbers only. After the first call the table is the child's own.
    unsafe {
        ok(libc::syscall(
            libc::SYS_close_range,
            first_unused,
            c_int::MAX,
            libc::CLOSE_RANGE_UNSHARE,
        ))?;
        // Upwards, so that nothing is overwritten before it has been moved: slot n + 3 goes to n.
        for target in 0..staged {
            let target = c_int::try_from(target).map_err(|_| ())?;
            ok(libc::dup3(STAGE + target, target, 0).into())?;
        }
        let first_left = c_int::try_from(staged).map_err(|_| ())?;
        ok(libc::syscall(
            libc::SYS_close_range,
            first_left,
            c_int::MAX,
            0,
        ))?;
        match plan.ready_fd {
            Some(target) if target != first_left - 1 => {
                ok(libc::dup3(first_left - 1, target, 0).into())?;
                ok(libc::close(first_left - 1).into())
            }
            _ => Ok(()),
        }
    }
}
