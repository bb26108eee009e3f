//! Frames of the control channel: a service sends them, and a program that pretends to be its manager.

use relance_engine::linux::fuzzing;
use relance_scm::cause::END_CAUSE_LEN_MAX;
use relance_wire::channel::{FRAME_LEN_MAX, ManagerFrame, ServiceFrame, Status, decode, encode};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Each line: what is a frame survives being written, and is one line then.
pub(super) fn frames(input: &[u8]) {
    for line in input.split(|byte| *byte == b'\n') {
        again::<ManagerFrame>(line);
        match again::<ServiceFrame>(line) {
            Some(ServiceFrame::Status(status)) => reported(status),
            Some(ServiceFrame::Cause(cause)) => {
                assert!(cause.cause().text.len() <= END_CAUSE_LEN_MAX);
            }
            _ => {}
        }
    }
}

fn again<T>(line: &[u8]) -> Option<T>
where
    T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let frame = decode::<T>(line).ok()?;
    let written = encode(&frame);
    let (end, body) = written.split_last().expect("a line");
    assert!(*end == b'\n' && !body.contains(&b'\n'), "not one line");
    let read: T = decode(body).expect("our own frame");
    assert_eq!(read, frame);
    Some(frame)
}

/// A report that is possible stays the same; an impossible one is refused and goes no further.
fn reported(status: Status) {
    let raw = status.report();
    assert_eq!(Status::new(status.number, raw), status);
    if let Ok(report) = raw.check() {
        let checked = relance_scm::status::RawStatusReport::from(report).check();
        assert_eq!(checked, Ok(report));
    }
}

/// The lines behind the first byte, cut into parts of about that length: it does not matter how they arrive,
/// nor when they are on record.
pub(super) fn stream(input: &[u8]) {
    let (cut, lines) = input.split_first().unwrap_or((&0, &[]));
    // More than the socket holds, or in more parts, would make the sender wait.
    let lines = &lines[..lines.len().min(64 * 1024)];
    let length = (usize::from(*cut) + 1).max(lines.len() / 64 + 1);
    let parts: Vec<&[u8]> = lines.chunks(length).collect();
    let expected = model(lines);
    for takes_off in [false, true] {
        let seen = fuzzing::channel(&parts, takes_off).expect("a pair of sockets");
        assert_eq!(seen, expected);
    }
}

/// What a reader sees who has all lines at once.
fn model(lines: &[u8]) -> (Vec<(ServiceFrame, u64)>, bool) {
    let mut frames = Vec::new();
    let mut position = 0;
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        let Some(body) = line.strip_suffix(b"\n") else {
            return (frames, line.len() >= FRAME_LEN_MAX);
        };
        if line.len() > FRAME_LEN_MAX {
            return (frames, true);
        }
        let Ok(frame) = decode(body) else {
            return (frames, true);
        };
        position += line.len() as u64;
        frames.push((frame, position));
    }
    (frames, false)
}
