//! The link between guardian and engine: JSON frames with a length before them, over a Unix stream
//! socket, and file descriptors that travel with a frame.
//!
//! Never blocks: what cannot be sent yet waits in a queue, what has arrived in part waits for the
//! rest. The other side is our own program, so a frame that is not valid is fatal to the link.

use std::collections::VecDeque;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::rc::Rc;

use rustix::event::epoll;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use serde::{Serialize, de::DeserializeOwned};

/// Descriptors that travel with one frame.
pub(crate) const FDS_MAX: usize = 5;
/// Longest frame: a command line and an environment are below this.
const FRAME_LEN_MAX: usize = 8 * 1024 * 1024;
const READ_LEN: usize = 16 * 1024;
/// More room than this is given back when all that arrived has been taken.
const KEPT_LEN_MAX: usize = 4 * READ_LEN;

/// One end of the link.
pub(crate) struct Link {
    socket: OwnedFd,
    outgoing: VecDeque<Outgoing>,
    incoming: Vec<u8>,
    /// How much of `incoming` has been taken already.
    taken: usize,
    received_fds: VecDeque<OwnedFd>,
    read_buffer: Box<[u8]>,
    /// Whether room is waited for.
    watches_room: bool,
}

/// What a read has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filled {
    /// Something, and there may be more.
    More,
    /// Nothing for now.
    Nothing,
    /// The other side is gone.
    End,
}

struct Outgoing {
    bytes: Vec<u8>,
    sent: usize,
    /// Shared, because the guardian keeps its descriptors.
    fds: Vec<Rc<OwnedFd>>,
}

impl Link {
    pub(crate) fn new(socket: OwnedFd) -> io::Result<Self> {
        rustix::io::ioctl_fionbio(&socket, true)?;
        Ok(Self {
            socket,
            outgoing: VecDeque::new(),
            incoming: Vec::new(),
            taken: 0,
            received_fds: VecDeque::new(),
            read_buffer: vec![0; READ_LEN].into_boxed_slice(),
            watches_room: false,
        })
    }

    /// Makes an epoll, which waits for `always`, also wait for room while there is something to
    /// send. At other times it must not: there is room whenever the other side has read, so the
    /// epoll would wake up for nothing.
    pub(crate) fn watch_room(
        &mut self,
        epoll: &OwnedFd,
        token: u64,
        always: epoll::EventFlags,
    ) -> io::Result<()> {
        let wanted = !self.outgoing.is_empty();
        if wanted != self.watches_room {
            let room = if wanted {
                epoll::EventFlags::OUT
            } else {
                epoll::EventFlags::empty()
            };
            let data = epoll::EventData::new_u64(token);
            epoll::modify(epoll, &self.socket, data, always | room)?;
            self.watches_room = wanted;
        }
        Ok(())
    }

    /// Sends a frame, or queues it.
    ///
    /// # Errors
    /// `FileTooLarge` for a frame that the other side would not take, which leaves the link as it was;
    /// anything else is the end of the link.
    pub(crate) fn send<T: Serialize>(
        &mut self,
        frame: &T,
        fds: Vec<Rc<OwnedFd>>,
    ) -> io::Result<()> {
        debug_assert!(fds.len() <= FDS_MAX);
        let mut bytes = vec![0; 4];
        serde_json::to_writer(&mut bytes, frame)?;
        if bytes.len() - 4 > FRAME_LEN_MAX {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let length = u32::try_from(bytes.len() - 4).map_err(|_| io::ErrorKind::InvalidInput)?;
        bytes[..4].copy_from_slice(&length.to_le_bytes());
        self.outgoing.push_back(Outgoing {
            bytes,
            sent: 0,
            fds,
        });
        self.flush()
    }

    /// Sends what waits, as far as there is room.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        while let Some(first) = self.outgoing.front_mut() {
            match send_some(self.socket.as_fd(), first) {
                Ok(()) if first.sent == first.bytes.len() => {
                    self.outgoing.pop_front();
                }
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads all that has arrived. `false` when the other side is gone.
    pub(crate) fn fill(&mut self) -> io::Result<bool> {
        loop {
            match self.fill_some()? {
                Filled::More => {}
                Filled::Nothing => return Ok(true),
                Filled::End => return Ok(false),
            }
        }
    }

    /// Reads some of what has arrived. A short read is not a sign of the end: the kernel stops before a
    /// frame with descriptors. Between two reads [`next`](Self::next) takes what is whole, so that a
    /// crowd of frames needs no more memory than one.
    pub(crate) fn fill_some(&mut self) -> io::Result<Filled> {
        loop {
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FDS_MAX))];
            let mut ancillary = RecvAncillaryBuffer::new(&mut space);
            let mut buffers = [IoSliceMut::new(&mut self.read_buffer)];
            let flags = RecvFlags::CMSG_CLOEXEC;
            let received = match recvmsg(&self.socket, &mut buffers, &mut ancillary, flags) {
                Ok(received) => received.bytes,
                Err(rustix::io::Errno::AGAIN) => return Ok(Filled::Nothing),
                Err(rustix::io::Errno::INTR) => continue,
                Err(rustix::io::Errno::CONNRESET) => return Ok(Filled::End),
                Err(error) => return Err(error.into()),
            };
            for message in ancillary.drain() {
                if let RecvAncillaryMessage::ScmRights(fds) = message {
                    self.received_fds.extend(fds);
                }
            }
            if received == 0 {
                return Ok(Filled::End);
            }
            self.incoming
                .extend_from_slice(&self.read_buffer[..received]);
            return Ok(Filled::More);
        }
    }

    /// The next whole frame.
    pub(crate) fn next<T: DeserializeOwned>(&mut self) -> io::Result<Option<T>> {
        let rest = &self.incoming[self.taken..];
        let Some((head, body)) = rest.split_first_chunk::<4>() else {
            return Ok(self.nothing_yet());
        };
        let length = u32::from_le_bytes(*head) as usize;
        if length > FRAME_LEN_MAX {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a frame is too long",
            ));
        }
        let Some(body) = body.get(..length) else {
            return Ok(self.nothing_yet());
        };
        let frame = serde_json::from_slice(body)?;
        self.taken += 4 + length;
        Ok(Some(frame))
    }

    fn nothing_yet<T>(&mut self) -> Option<T> {
        self.incoming.drain(..self.taken);
        self.taken = 0;
        if self.incoming.is_empty() && self.incoming.capacity() > KEPT_LEN_MAX {
            self.incoming = Vec::new();
        }
        None
    }

    /// The descriptor that came with the frame just taken.
    pub(crate) fn take_fd(&mut self) -> Option<OwnedFd> {
        self.received_fds.pop_front()
    }
}

impl AsFd for Link {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// Descriptors go with the first byte of their frame.
fn send_some(socket: BorrowedFd<'_>, frame: &mut Outgoing) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FDS_MAX))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let fds: Vec<BorrowedFd<'_>> = frame.fds.iter().map(|fd| fd.as_fd()).collect();
    if frame.sent == 0 && !fds.is_empty() {
        let fits = ancillary.push(SendAncillaryMessage::ScmRights(&fds));
        debug_assert!(fits, "space for FDS_MAX");
    }
    let bytes = [IoSlice::new(&frame.bytes[frame.sent..])];
    let sent = sendmsg(socket, &bytes, &mut ancillary, SendFlags::NOSIGNAL)?;
    frame.sent += sent;
    Ok(())
}

#[cfg(test)]
mod tests {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

    use super::*;

    fn pair() -> (Link, Link) {
        let flags = SocketFlags::CLOEXEC;
        let (a, b) = socketpair(AddressFamily::UNIX, SocketType::STREAM, flags, None).unwrap();
        (Link::new(a).unwrap(), Link::new(b).unwrap())
    }

    #[test]
    fn frames_arrive_in_order_with_their_descriptors() {
        let (mut a, mut b) = pair();
        let null = Rc::new(OwnedFd::from(std::fs::File::open("/dev/null").unwrap()));
        a.send(&"none", vec![]).unwrap();
        a.send(&"one", vec![Rc::clone(&null)]).unwrap();
        a.send(&"two", vec![]).unwrap();
        a.send(&"three", vec![Rc::clone(&null), null]).unwrap();
        assert!(b.fill().unwrap());
        for (text, fds) in [("none", 0), ("one", 1), ("two", 0), ("three", 2)] {
            assert_eq!(b.next::<String>().unwrap().as_deref(), Some(text));
            for _ in 0..fds {
                assert!(b.take_fd().is_some());
            }
        }
        assert_eq!(b.next::<String>().unwrap(), None);
        assert!(b.take_fd().is_none());
    }

    #[test]
    fn what_does_not_fit_waits() {
        let (mut a, mut b) = pair();
        let long = "x".repeat(1_000_000);
        for _ in 0..3 {
            a.send(&long, vec![]).unwrap();
        }
        assert!(!a.outgoing.is_empty());
        let mut got = 0;
        while got < 3 {
            assert!(b.fill().unwrap());
            while let Some(text) = b.next::<String>().unwrap() {
                assert_eq!(text.len(), long.len());
                got += 1;
            }
            a.flush().unwrap();
        }
        assert!(a.outgoing.is_empty());
    }

    #[test]
    fn a_frame_that_is_too_long_is_refused_and_the_link_goes_on() {
        let (mut a, mut b) = pair();
        // Longer as JSON than it is.
        let long = "\u{1}".repeat(FRAME_LEN_MAX / 4);
        let refused = a.send(&long, vec![]).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::FileTooLarge);
        a.send(&"short", vec![]).unwrap();
        assert!(b.fill().unwrap());
        assert_eq!(b.next::<String>().unwrap().as_deref(), Some("short"));
    }

    #[test]
    fn a_link_whose_other_end_is_gone_says_so() {
        let (mut a, b) = pair();
        drop(b);
        assert!(!a.fill().unwrap());
        assert!(a.send(&"x", vec![]).is_err());
    }
}
