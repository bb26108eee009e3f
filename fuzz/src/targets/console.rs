//! Requests of browsers, as far as the console decides on them itself.

use relance_console::fuzzing::{Taken, key_of, take};

/// Lines `Name: value`, an empty one, and a form.
pub(super) fn request(input: &[u8]) {
    let mut headers: Vec<(&[u8], &[u8])> = Vec::new();
    let mut rest = input;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let line = &rest[..end];
        rest = &rest[end + 1..];
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            break;
        };
        headers.push((&line[..colon], line[colon + 1..].trim_ascii()));
    }
    let Some(taken) = take(&headers, rest) else {
        return;
    };
    stays_here(&taken.back);
    changes_are_ours(&taken, &headers, rest);
    assert!([None, Some("light"), Some("dark")].contains(&taken.theme));
}

/// As a browser reads it: without the characters that it leaves out, it is a path of this server.
fn stays_here(back: &str) {
    let read: String = back
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
        .collect();
    let read = read.trim_start_matches(|c: char| c <= ' ');
    let mut letters = read.chars();
    assert_eq!(letters.next(), Some('/'), "{back:?}");
    assert!(!matches!(letters.next(), Some('/' | '\\')), "{back:?}");
}

/// A session's cookie alone changes nothing: the key of its own forms must come with it.
fn changes_are_ours(taken: &Taken, headers: &[(&[u8], &[u8])], form: &[u8]) {
    let has_token = headers.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case(b"authorization") && value.starts_with(b"Bearer ")
    });
    if !taken.may_change || has_token {
        return;
    }
    let session = taken.session.as_deref().expect("somebody");
    let key = key_of(session);
    let has_key = form.windows(key.len()).any(|part| part == key.as_bytes());
    // A key may also be written with escapes.
    assert!(has_key || form.contains(&b'%'), "changed without a key");
}
