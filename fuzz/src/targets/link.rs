//! Frames between guardian and engine. Both are ours, and one may be of another version.

use relance_engine::linux::fuzzing;

/// What is a frame stays the same when it is written again.
pub(super) fn frames(input: &[u8]) {
    for again in [fuzzing::request, fuzzing::report] {
        if let Some(written) = again(input) {
            assert_eq!(again(written.as_bytes()), Some(written));
        }
    }
}

/// The bytes behind the first, cut into parts of that length: it does not matter how they arrive.
pub(super) fn stream(input: &[u8]) {
    let (cut, bytes) = input.split_first().unwrap_or((&0, &[]));
    let bytes = &bytes[..bytes.len().min(64 * 1024)];
    let whole = fuzzing::link(&[bytes]).expect("a pair of sockets");
    let parts: Vec<&[u8]> = bytes.chunks(usize::from(*cut) + 1).collect();
    let in_parts = fuzzing::link(&parts).expect("a pair of sockets");
    assert_eq!(in_parts, whole);
    assert_eq!(whole, model(bytes));
}

/// A length of four bytes before each frame.
fn model(mut bytes: &[u8]) -> (Vec<String>, bool) {
    let mut frames = Vec::new();
    while let Some((head, rest)) = bytes.split_first_chunk::<4>() {
        let length = u32::from_le_bytes(*head) as usize;
        if length > 8 << 20 {
            return (frames, false);
        }
        let Some(body) = rest.get(..length) else {
            break;
        };
        match fuzzing::request(body) {
            Some(frame) => frames.push(frame),
            None => return (frames, false),
        }
        bytes = &rest[length..];
    }
    (frames, true)
}
