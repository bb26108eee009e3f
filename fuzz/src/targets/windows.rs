//! Entries of Windows' event log, which programs of others have written.

// Belongs to a crate that is built for Windows.
#[path = "../../../crates/windows/src/event_xml.rs"]
mod event_xml;

/// What is not an entry is none; the state that an entry tells of is one of the seven.
pub(super) fn event_xml(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let Some(entry) = event_xml::parse(&text) else {
        return;
    };
    assert_eq!(event_xml::parse(&text).as_ref(), Some(&entry));
    assert!(entry.parameters.iter().map(String::len).sum::<usize>() <= text.len() * 3);
    if entry.data.is_empty() {
        assert_eq!(entry.state(), None);
    }
    let _ = (
        entry.record,
        entry.provider,
        entry.id,
        entry.level,
        entry.at,
    );
}
