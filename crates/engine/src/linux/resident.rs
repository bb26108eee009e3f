//! How much of the program's file guardian and engine have in memory.

use std::{ptr, slice};

/// Takes the program's code and constants out of this process's memory. What is needed from now on is mapped again from
/// the page cache, when it is needed; what only the start needed (a third of a megabyte of code, in pieces all over
/// the file, each of which brings the 64 KiB around it) no longer counts as memory of this process.
pub(crate) fn forget_start() {
    // SAFETY: the callback is one of ours, and takes no data.
    unsafe { libc::dl_iterate_phdr(Some(forget_file), ptr::null_mut()) };
}

/// Called for the program first, then for its libraries, which other processes have mapped anyway.
///
/// # Safety
/// As a callback of `dl_iterate_phdr` only.
unsafe extern "C" fn forget_file(
    info: *mut libc::dl_phdr_info,
    _size: usize,
    _data: *mut libc::c_void,
) -> libc::c_int {
    // SAFETY: the loader's description of the program, whose headers it has read.
    let (base, headers) = unsafe {
        let info = &*info;
        let headers = slice::from_raw_parts(info.dlpi_phdr, usize::from(info.dlpi_phnum));
        (info.dlpi_addr, headers)
    };
    let page = rustix::param::page_size() as u64;
    for header in headers {
        // What was ever writable has been changed by the loader, and is nowhere else.
        if header.p_type != libc::PT_LOAD || header.p_flags & libc::PF_W != 0 {
            continue;
        }
        let begin = (base + header.p_vaddr) & !(page - 1);
        let end = base + header.p_vaddr + header.p_memsz;
        // SAFETY: these pages have never been written, so they are the same when they are mapped again. An error
        // leaves them mapped.
        unsafe {
            libc::madvise(
                begin as *mut libc::c_void,
                usize::try_from(end - begin).unwrap_or(0),
                libc::MADV_DONTNEED,
            );
        }
    }
    // The program was enough.
    1
}

#[cfg(test)]
mod tests {
    use std::{env, fs};

    use super::*;

    /// How much of the program's code this process has mapped, in KiB.
    fn code_in_memory() -> u64 {
        let program = env::current_exe().expect("a program");
        let program = program.to_str().expect("text");
        let mappings = fs::read_to_string("/proc/self/smaps").expect("a process");
        let mut lines = mappings.lines();
        let mut sum = 0;
        while let Some(line) = lines.next() {
            if line.ends_with(program) && line.contains(" r-xp ") {
                let rss = lines.find_map(|line| line.strip_prefix("Rss:"));
                let rss = rss.and_then(|rss| rss.trim().strip_suffix(" kB"));
                sum += rss.and_then(|rss| rss.parse::<u64>().ok()).expect("KiB");
            }
        }
        sum
    }

    #[test]
    fn what_only_the_start_needed_is_let_go_and_the_rest_comes_back() {
        let before = code_in_memory();
        forget_start();
        // Other tests run on beside this one, and map what they need.
        let after = code_in_memory();
        assert!(after < before, "{after} KiB of {before}");
        assert!(after > 0, "this code");
    }
}
