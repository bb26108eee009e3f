//! The last lines of some output, for the entry about an end.

/// Last lines of output in an event, at most.
const TAIL_LINES: usize = 10;
/// Bytes of what is kept in memory.
pub(super) const RECENT_LEN: usize = 4096;

/// Keeps the last bytes of some output.
pub(super) fn keep_end(kept: &mut Vec<u8>, bytes: &[u8]) {
    kept.extend_from_slice(&bytes[bytes.len().saturating_sub(RECENT_LEN)..]);
    kept.drain(..kept.len().saturating_sub(RECENT_LEN));
}

/// The last lines of some output; the first one only if it is known to be whole.
pub(super) fn last_lines(bytes: &[u8], whole: bool) -> String {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_end();
    let text = match text.split_once('\n') {
        Some((_, rest)) if !whole => rest,
        _ => text,
    };
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
}
