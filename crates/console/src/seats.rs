//! Who is connected, and who has to leave when there is no room.
//!
//! A connection is a stranger's until a request on it shows a session that lasts, and then a guest's.
//! Strangers have fewer seats, and the oldest of them leaves when another one comes: somebody who opens
//! thousands of connections and says nothing pushes only others like it out. A guest leaves for guests
//! only, of the same session first.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// How many connections there may be at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Of strangers.
    strangers: usize,
    /// Of strangers at one address. Fewer than all, so that another address finds room.
    of_an_address: usize,
    /// Of guests.
    guests: usize,
    /// Of one session; every stream of a page is one.
    of_a_session: usize,
}

impl Limits {
    /// The limits for a process that may have this many files open. The manager's connections need
    /// some, and those that are told to leave take a moment.
    pub(crate) fn within(files: u64) -> Self {
        let share = |most: usize, of_files: u64| {
            let part = usize::try_from(files / of_files).unwrap_or(most);
            part.clamp(1, most)
        };
        Self {
            strangers: share(256, 8),
            of_an_address: share(192, 10),
            guests: share(512, 4),
            of_a_session: share(32, 16),
        }
    }
}

/// All connections.
#[derive(Debug)]
pub(crate) struct Seats {
    limits: Limits,
    taken: Mutex<Taken>,
}

/// The oldest first.
#[derive(Debug, Default)]
struct Taken {
    last: u64,
    by_number: BTreeMap<u64, Occupant>,
}

#[derive(Debug)]
struct Occupant {
    address: IpAddr,
    /// The session of a guest.
    session: Option<Box<str>>,
    leave: Arc<Notify>,
}

/// One connection's place; given back when its last clone is dropped.
#[derive(Clone, Debug)]
pub(crate) struct Seat(Arc<Place>);

#[derive(Debug)]
struct Place {
    seats: Arc<Seats>,
    number: u64,
    address: IpAddr,
    leave: Arc<Notify>,
}

impl Seats {
    pub(crate) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            taken: Mutex::default(),
        })
    }

    /// A seat for a connection from this address. There always is one.
    pub(crate) fn take(self: &Arc<Self>, address: IpAddr) -> Seat {
        let whole = network(address);
        let mut taken = self.lock();
        taken.make_room(self.limits.of_an_address - 1, |other| {
            other.session.is_none() && other.address == whole
        });
        taken.make_room(self.limits.strangers - 1, |other| other.session.is_none());
        taken.last += 1;
        let number = taken.last;
        let leave = Arc::new(Notify::new());
        let occupant = Occupant {
            address: whole,
            session: None,
            leave: Arc::clone(&leave),
        };
        taken.by_number.insert(number, occupant);
        Seat(Arc::new(Place {
            seats: Arc::clone(self),
            number,
            address,
            leave,
        }))
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    /// Has the oldest of those leave, until there are only so many.
    fn make_room(&mut self, most: usize, is_one: impl Fn(&Occupant) -> bool) {
        let those = self.by_number.iter().filter(|(_, other)| is_one(other));
        let numbers: Vec<u64> = those.map(|(number, _)| *number).collect();
        for number in &numbers[..numbers.len().saturating_sub(most)] {
            if let Some(other) = self.by_number.remove(number) {
                other.leave.notify_one();
            }
        }
    }
}

impl Seat {
    /// Where the connection comes from.
    pub(crate) fn address(&self) -> IpAddr {
        self.0.address
    }

    /// From now on the connection belongs to a guest.
    pub(crate) fn welcome(&self, session: &str) {
        let Place { seats, number, .. } = &*self.0;
        let mut taken = seats.lock();
        let Some(occupant) = taken.by_number.get_mut(number) else {
            return;
        };
        if occupant.session.as_deref() == Some(session) {
            return;
        }
        occupant.session = Some(session.into());
        taken.make_room(seats.limits.of_a_session, |other| {
            other.session.as_deref() == Some(session)
        });
        taken.make_room(seats.limits.guests, |other| other.session.is_some());
    }

    /// Waits until it has to be given up.
    pub(crate) async fn lost(&self) {
        self.0.leave.notified().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.seats.lock().by_number.remove(&self.number);
    }
}

/// The address, or of a newer one the network that one customer gets.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => address.into(),
            None => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    fn seats() -> Arc<Seats> {
        Seats::new(Limits {
            strangers: 4,
            of_an_address: 3,
            guests: 4,
            of_a_session: 2,
        })
    }

    fn address(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    fn is_lost(seat: &Seat) -> bool {
        let lost = pin!(seat.lost());
        lost.poll(&mut Context::from_waker(Waker::noop()))
            .is_ready()
    }

    #[test]
    fn strangers_push_out_the_oldest_stranger_and_no_guest() {
        let seats = seats();
        let guest = seats.take(address(1));
        guest.welcome("a");
        let silent: Vec<Seat> = (0..3).map(|_| seats.take(address(1))).collect();
        assert!(!is_lost(&silent[0]), "there is room");
        let next = seats.take(address(1));
        assert!(is_lost(&silent[0]) && !is_lost(&silent[1]));
        for _ in 0..1000 {
            seats.take(address(1));
        }
        assert!(!is_lost(&next), "who left by itself makes room too");
        let many: Vec<Seat> = (0..1000).map(|_| seats.take(address(1))).collect();
        assert!(is_lost(&next) && many[..997].iter().all(is_lost));
        assert!(!many[997..].iter().any(is_lost));
        assert!(!is_lost(&guest));
    }

    #[test]
    fn another_address_finds_room() {
        let seats = seats();
        let first = seats.take(address(2));
        let many: Vec<Seat> = (0..100).map(|_| seats.take(address(1))).collect();
        assert!(!is_lost(&first));
        assert_eq!(many.iter().filter(|seat| is_lost(seat)).count(), 97);
    }

    #[test]
    fn a_session_has_its_part_and_pushes_out_its_own() {
        let seats = seats();
        let other = seats.take(address(1));
        other.welcome("b");
        let own: Vec<Seat> = (0..5)
            .map(|_| {
                let seat = seats.take(address(1));
                seat.welcome("a");
                seat
            })
            .collect();
        assert!(own[..3].iter().all(is_lost));
        assert!(!own[3..].iter().any(is_lost) && !is_lost(&other));
    }

    #[test]
    fn limits_fit_the_files_that_may_be_open() {
        for files in [64, 256, 1024, 4096, u64::MAX] {
            let Limits {
                strangers, guests, ..
            } = Limits::within(files);
            assert!(((strangers + guests) as u64) < files / 2);
        }
        let Limits { strangers, .. } = Limits::within(4096);
        assert_eq!(strangers, 256);
    }

    #[test]
    fn a_network_counts_as_one_address() {
        let network = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(network("2001:db8::1"), network("2001:db8::2"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
