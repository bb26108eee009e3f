//! Ways in for the fuzz targets of `fuzz/`: what services and the guardian send.

use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use relance_wire::channel::ServiceFrame;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::channel::{Channel, PEEK_LEN, Seen};
use super::link::Link;
use super::protocol::{GuardianReport, GuardianRequest};

/// What the manager sees of a channel on which these parts arrive one after the other: the frames with
/// the positions behind them, and whether it was broken off. With `takes_off` everything is on record at
/// once.
///
/// # Errors
/// When the system has no socket for it.
pub fn channel(parts: &[&[u8]], takes_off: bool) -> io::Result<(Vec<(ServiceFrame, u64)>, bool)> {
    let (ours, mut theirs) = UnixStream::pair()?;
    let mut channel = Channel::new(ours.into());
    let mut buffer = vec![0; PEEK_LEN];
    let (mut frames, mut is_broken) = (Vec::new(), false);
    for part in parts {
        // Fails once the channel is broken off.
        let _ = theirs.write_all(part);
        for seen in channel.look(&mut buffer) {
            match seen {
                Seen::Frame(frame, position) => frames.push((frame, position)),
                Seen::Broken => {
                    assert!(!is_broken, "told twice");
                    is_broken = true;
                }
            }
        }
        if takes_off && let Some((_, position)) = frames.last() {
            channel.take_off(*position, &mut buffer);
        }
    }
    Ok((frames, is_broken))
}

/// What one end of a link reads when these parts arrive: the requests, written again, and whether all were
/// valid.
///
/// # Errors
/// When the system has no socket for it.
pub fn link(parts: &[&[u8]]) -> io::Result<(Vec<String>, bool)> {
    let (ours, mut theirs) = UnixStream::pair()?;
    let mut link = Link::new(ours.into())?;
    let mut frames = Vec::new();
    for part in parts {
        theirs.write_all(part)?;
        link.fill()?;
        loop {
            match link.next::<GuardianRequest>() {
                Ok(Some(frame)) => frames.push(written(&frame)),
                Ok(None) => break,
                Err(_) => return Ok((frames, false)),
            }
        }
    }
    Ok((frames, true))
}

/// A request of the engine, read and written again. `None` for bytes that are not one.
#[must_use]
pub fn request(text: &[u8]) -> Option<String> {
    again::<GuardianRequest>(text)
}

/// A report of the guardian, read and written again. `None` for bytes that are not one.
#[must_use]
pub fn report(text: &[u8]) -> Option<String> {
    again::<GuardianReport>(text)
}

fn again<T: Serialize + DeserializeOwned>(text: &[u8]) -> Option<String> {
    serde_json::from_slice::<T>(text).ok().as_ref().map(written)
}

fn written(frame: &impl Serialize) -> String {
    serde_json::to_string(frame).expect("frames are plain structures")
}

/// What a guardian finds in a run journal, in words; see `guardian/journal.rs`.
///
/// # Errors
/// When the file cannot hold a journal.
pub fn journal(path: &Path, boot: &str, records: u32) -> io::Result<Vec<String>> {
    super::guardian::journal::fuzzing::read(path, boot, records)
}

/// What a message of systemd's protocol says: the text of its status, and how much of it is for policy.
#[must_use]
pub fn sign(bytes: &[u8]) -> (Option<std::sync::Arc<str>>, usize) {
    let message = super::notify::Message::read(bytes);
    (message.status, message.notices.len())
}
