//! The manager's end of a control channel.
//!
//! What arrives is peeked at and taken off only when it is on record, so that the next engine reads it again if
//! this one dies before. A service cannot make this side wait: the channel is closed on a line that is too long
//! or not a frame, and when the service does not read.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use relance_wire::channel::{FRAME_LEN_MAX, ManagerFrame, ServiceFrame, decode, encode};
use rustix::net::{RecvFlags, SendFlags, Shutdown, recv, send, shutdown};

/// How far one look reaches: more than a socket holds by default.
pub(crate) const PEEK_LEN: usize = 256 * 1024;
/// What may wait for a service that does not read.
const OUTGOING_MAX: usize = 256 * 1024;

/// One channel.
pub(crate) struct Channel {
    socket: OwnedFd,
    /// Bytes of the stream that have been read as frames ...
    read: u64,
    /// ... and bytes that have been taken off.
    taken: u64,
    /// The last look was cut short by the buffer.
    more: bool,
    outgoing: Vec<u8>,
    broken: bool,
}

/// What a look at a channel has found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// A frame, and the position behind it.
    Frame(ServiceFrame, u64),
    /// What came is not a frame. The channel is closed; told once.
    Broken,
}

impl Channel {
    pub(crate) fn new(socket: OwnedFd) -> Self {
        Self::at(socket, 0)
    }

    /// A channel that takes the place of another. Positions go on behind those of the other, so that
    /// what was seen there and is on record only now takes nothing off here.
    pub(crate) fn after(socket: OwnedFd, other: Option<&Self>) -> Self {
        Self::at(socket, other.map_or(0, |other| other.read))
    }

    fn at(socket: OwnedFd, position: u64) -> Self {
        Self {
            socket,
            read: position,
            taken: position,
            more: false,
            outgoing: Vec::new(),
            broken: false,
        }
    }

    /// Looks at what has arrived since the last look. `buffer` has [`PEEK_LEN`] bytes.
    pub(crate) fn look(&mut self, buffer: &mut [u8]) -> Vec<Seen> {
        let mut seen = Vec::new();
        if self.broken {
            return seen;
        }
        let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
        let Ok((length, _)) = recv(&self.socket, &mut *buffer, flags) else {
            return seen;
        };
        self.more = length == buffer.len();
        let known = usize::try_from(self.read - self.taken).unwrap_or(usize::MAX);
        let mut rest = buffer[..length].get(known..).unwrap_or_default();
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            // A line this long is refused, even if it arrives in parts.
            let frame = Some(&rest[..end]).filter(|line| line.len() < FRAME_LEN_MAX);
            let Some(Ok(frame)) = frame.map(decode) else {
                return self.close(seen);
            };
            self.read += end as u64 + 1;
            seen.push(Seen::Frame(frame, self.read));
            rest = &rest[end + 1..];
        }
        if rest.len() >= FRAME_LEN_MAX {
            return self.close(seen);
        }
        seen
    }

    fn close(&mut self, mut seen: Vec<Seen>) -> Vec<Seen> {
        self.break_off();
        seen.push(Seen::Broken);
        seen
    }

    fn break_off(&mut self) {
        self.broken = true;
        self.outgoing = Vec::new();
        // The service sees the end of the channel; it may attach again.
        let _ = shutdown(&self.socket, Shutdown::Both);
    }

    /// Takes off what is on record. `true` if another look may now find more.
    pub(crate) fn take_off(&mut self, position: u64, buffer: &mut [u8]) -> bool {
        while self.taken < position {
            let wanted = usize::try_from(position - self.taken).unwrap_or(usize::MAX);
            let wanted = wanted.min(buffer.len());
            match recv(&self.socket, &mut buffer[..wanted], RecvFlags::DONTWAIT) {
                Ok((length, _)) if length > 0 => self.taken += length as u64,
                Ok(_) | Err(_) => return false,
            }
        }
        self.more
    }

    /// Sends a frame, or queues it until there is room.
    pub(crate) fn send(&mut self, frame: &ManagerFrame) {
        if self.broken {
            return;
        }
        self.outgoing.extend(encode(frame));
        self.flush();
    }

    /// Sends what waits.
    pub(crate) fn flush(&mut self) {
        let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
        while !self.outgoing.is_empty() {
            match send(&self.socket, &self.outgoing, flags) {
                Ok(sent) => {
                    self.outgoing.drain(..sent);
                }
                Err(error) => {
                    let waits = io::Error::from(error).kind() == io::ErrorKind::WouldBlock;
                    if !waits || self.outgoing.len() > OUTGOING_MAX {
                        self.outgoing = Vec::new();
                    }
                    return;
                }
            }
        }
    }
}

impl AsFd for Channel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::net::UnixStream;

    use relance_wire::channel::{ControlAnswer, ControlRequest};

    use super::*;

    fn pair() -> (Channel, UnixStream, Vec<u8>) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        (Channel::new(ours.into()), theirs, vec![0; PEEK_LEN])
    }

    fn answer(id: u32) -> Vec<u8> {
        encode(&ServiceFrame::Answer(ControlAnswer { id, code: 0 }))
    }

    fn ids(seen: &[Seen]) -> Vec<u32> {
        let ids = seen.iter().map(|seen| match seen {
            Seen::Frame(ServiceFrame::Answer(answer), _) => answer.id,
            other => panic!("{other:?}"),
        });
        ids.collect()
    }

    #[test]
    fn frames_are_seen_once_and_stay_until_they_are_taken_off() {
        let (mut channel, mut service, mut buffer) = pair();
        service.write_all(&answer(1)).unwrap();
        service.write_all(&answer(2)[..5]).unwrap();
        let seen = channel.look(&mut buffer);
        assert_eq!(ids(&seen), [1]);
        assert_eq!(channel.look(&mut buffer), []);
        service.write_all(&answer(2)[5..]).unwrap();
        assert_eq!(ids(&channel.look(&mut buffer)), [2]);
        // Another engine sees all of it again, because nothing was taken off.
        let mut successor = Channel::new(channel.socket.try_clone().unwrap());
        assert_eq!(ids(&successor.look(&mut buffer)), [1, 2]);
        let Seen::Frame(_, position) = seen[0] else {
            panic!()
        };
        channel.take_off(position, &mut buffer);
        let mut successor = Channel::new(channel.socket.try_clone().unwrap());
        assert_eq!(ids(&successor.look(&mut buffer)), [2]);
        assert_eq!(
            channel.look(&mut buffer),
            [],
            "and this one has not forgotten"
        );
    }

    #[test]
    fn what_is_taken_off_a_channel_that_was_replaced_is_not_taken_off_the_new_one() {
        let (mut before, mut service, mut buffer) = pair();
        service.write_all(&answer(1)).unwrap();
        let seen = before.look(&mut buffer);
        let Seen::Frame(_, position) = seen[0] else {
            panic!()
        };
        let (ours, mut service) = UnixStream::pair().unwrap();
        let mut channel = Channel::after(ours.into(), Some(&before));
        service.write_all(&answer(2)).unwrap();
        channel.take_off(position, &mut buffer);
        let seen = channel.look(&mut buffer);
        assert_eq!(ids(&seen), [2]);
        let Seen::Frame(_, position) = seen[0] else {
            panic!()
        };
        channel.take_off(position, &mut buffer);
        assert_eq!(channel.taken, channel.read);
    }

    #[test]
    fn rubbish_closes_the_channel_after_what_came_before() {
        let (mut channel, mut service, mut buffer) = pair();
        service.write_all(&answer(1)).unwrap();
        service.write_all(b"rubbish\n").unwrap();
        let seen = channel.look(&mut buffer);
        assert_eq!(ids(&seen[..1]), [1]);
        assert_eq!(seen[1], Seen::Broken);
        assert_eq!(channel.look(&mut buffer), []);
        assert!(service.write_all(b"x").is_err());
    }

    #[test]
    fn a_line_without_an_end_closes_the_channel() {
        let (mut channel, mut service, mut buffer) = pair();
        service.set_nonblocking(true).unwrap();
        let line = vec![b'x'; 10 * 1024 * 1024];
        let _ = service.write_all(&line);
        assert_eq!(channel.look(&mut buffer), [Seen::Broken]);
    }

    #[test]
    fn a_line_that_is_too_long_is_refused_even_if_it_arrives_whole() {
        let text = |length: usize| {
            let mut line = br#"{"cause":{"kind":"fatal_error","text":""#.to_vec();
            line.resize(length - 4, b'x');
            line.extend(b"\"}}\n");
            line
        };
        for (length, is_refused) in [(FRAME_LEN_MAX, false), (FRAME_LEN_MAX + 1, true)] {
            let (mut channel, mut service, mut buffer) = pair();
            service.write_all(&text(length)).unwrap();
            let seen = channel.look(&mut buffer);
            assert_eq!(seen == [Seen::Broken], is_refused, "{length}");
        }
    }

    #[test]
    fn a_service_that_does_not_read_costs_no_more_than_a_bounded_queue() {
        let (mut channel, _service, _) = pair();
        let control = ManagerFrame::Control(ControlRequest { id: 1, code: 200 });
        for _ in 0..100_000 {
            channel.send(&control);
            assert!(channel.outgoing.len() <= OUTGOING_MAX + 100);
        }
    }
}
