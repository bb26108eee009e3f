//! The board of standing orders: memory that engine and guardian share, with a place for each order. The side that
//! takes the ticket off its place owns the order: the guardian carries it out, the engine recalls it. So a recall
//! never waits, and no order is carried out after its recall.
//!
//! An engine never uses a ticket twice, so a ticket that the guardian still knows is invalid once its place has
//! another order.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{
    FallocateFlags, MemfdFlags, SealFlags, fallocate, fcntl_add_seals, fcntl_get_seals, fstat,
    memfd_create,
};

/// Places of a board. Services beyond these are restarted without an order.
pub(super) const PLACES: u32 = 4096;
const LEN: usize = PLACES as usize * size_of::<AtomicU64>();
/// No ticket is on the place.
const FREE: u64 = 0;
/// With these seals neither side can shrink the memory under the other one.
const SEALS: SealFlags = SealFlags::SEAL
    .union(SealFlags::SHRINK)
    .union(SealFlags::GROW);

/// See the module.
pub(super) struct Board {
    places: NonNull<AtomicU64>,
}

// SAFETY: the mapping belongs to this value, is unmapped with it only, and is used through atomics.
unsafe impl Send for Board {}

impl Board {
    /// A new board, and the descriptor of its memory for the other side.
    pub(super) fn create() -> io::Result<(Self, OwnedFd)> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let memory = memfd_create("relance-orders", flags)?;
        // All of it is allocated from now on: no access can fail because memory runs out.
        fallocate(&memory, FallocateFlags::empty(), 0, LEN as u64)?;
        fcntl_add_seals(&memory, SEALS)?;
        Ok((Self::open(&memory)?, memory))
    }

    /// The board of the other side.
    pub(super) fn open(memory: &OwnedFd) -> io::Result<Self> {
        let is_whole = u64::try_from(fstat(memory)?.st_size).is_ok_and(|len| len >= LEN as u64);
        if !is_whole || !fcntl_get_seals(memory)?.contains(SEALS) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        // SAFETY: a new shared mapping of a file that is long enough and cannot become shorter; checked below.
        let bottom = unsafe {
            libc::mmap(
                ptr::null_mut(),
                LEN,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                memory.as_fd().as_raw_fd(),
                0,
            )
        };
        if bottom == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let places = NonNull::new(bottom.cast()).ok_or(io::ErrorKind::InvalidData)?;
        Ok(Self { places })
    }

    fn place(&self, place: u32) -> Option<&AtomicU64> {
        // SAFETY: within the mapping, which lives as long as this value and is aligned to a page. Both sides use it
        // as atomics only.
        (place < PLACES).then(|| unsafe { self.places.add(place as usize).as_ref() })
    }

    /// Puts a ticket on a place.
    pub(super) fn put(&self, place: u32, ticket: u64) {
        if let Some(place) = self.place(place) {
            place.store(ticket, Ordering::Release);
        }
    }

    /// Takes the ticket off its place. `false`: it is not there any more.
    pub(super) fn take(&self, place: u32, ticket: u64) -> bool {
        let taken = self
            .place(place)
            .map(|place| place.compare_exchange(ticket, FREE, Ordering::AcqRel, Ordering::Acquire));
        ticket != FREE && taken.is_some_and(|taken| taken.is_ok())
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        // SAFETY: the mapping that `open` has made, of this length.
        unsafe { libc::munmap(self.places.as_ptr().cast(), LEN) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x111_a_ticket_is_taken_once_by_one_of_the_two() {
        let (engine, memory) = Board::create().unwrap();
        let mut guardian = Board::open(&memory).unwrap();
        drop(memory);
        for ticket in 1..1000_u64 {
            engine.put(7, ticket);
            let other = std::thread::spawn(move || (guardian.take(7, ticket), guardian));
            let recalled = engine.take(7, ticket);
            let taken;
            (taken, guardian) = other.join().unwrap();
            assert_ne!(recalled, taken);
            assert!(!guardian.take(7, ticket) && !engine.take(7, ticket));
        }
    }

    #[test]
    fn x111_an_old_ticket_takes_no_other_order() {
        let (engine, memory) = Board::create().unwrap();
        let guardian = Board::open(&memory).unwrap();
        engine.put(0, 1);
        assert!(engine.take(0, 1));
        engine.put(0, 2);
        assert!(!guardian.take(0, 1));
        assert!(!guardian.take(PLACES, 2), "no such place");
        assert!(!guardian.take(1, FREE), "no ticket");
        assert!(guardian.take(0, 2));
    }

    #[test]
    fn x111_memory_that_could_be_taken_away_is_no_board() {
        let memory = memfd_create("short", MemfdFlags::ALLOW_SEALING).unwrap();
        assert!(Board::open(&memory).is_err(), "empty");
        fallocate(&memory, FallocateFlags::empty(), 0, LEN as u64).unwrap();
        assert!(Board::open(&memory).is_err(), "not sealed");
        fcntl_add_seals(&memory, SEALS).unwrap();
        assert!(Board::open(&memory).is_ok());
        assert!(rustix::fs::ftruncate(&memory, 0).is_err());
    }
}
