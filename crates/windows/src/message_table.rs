//! The message table: our sentences for our own entries of the log, as the resource in which the
//! Event Viewer looks them up (`MESSAGE_RESOURCE_DATA`).
//!
//! Windows finds a sentence by the whole 32-bit identifier, so the severity is part of it: an entry
//! is reported under [`event_identifier`].

use relance_scm::event::{EventLevel, template};
use relance_texts::Lang;

/// Our entries.
const OURS: std::ops::RangeInclusive<u32> = 1000..=1999;
/// Entries of Windows' manager that a host writes about its program, where it decides what follows failures (X123): the
/// same numbers and words under our name.
const OF_HOSTS: [u32; 6] = [7000, 7023, 7024, 7031, 7032, 7034];
/// `MESSAGE_RESOURCE_UNICODE`
const UNICODE: u16 = 1;

/// The identifier under which an entry of that level is reported: severity in the top bits.
#[must_use]
pub fn event_identifier(level: EventLevel, id: u32) -> u32 {
    let severity = match level {
        EventLevel::Information => 1,
        EventLevel::Warning => 2,
        EventLevel::Error => 3,
    };
    severity << 30 | id
}

/// All our sentences, by identifier. A sentence stands there under each severity, because an id
/// alone does not say how bad it is.
fn sentences() -> Vec<(u32, String)> {
    let levels = [
        EventLevel::Information,
        EventLevel::Warning,
        EventLevel::Error,
    ];
    levels
        .into_iter()
        .flat_map(|level| {
            OURS.chain(OF_HOSTS).map(move |id| {
                let text = template(id).map(|text| text.of(Lang::En));
                (event_identifier(level, id), text)
            })
        })
        .filter_map(|(identifier, text)| Some((identifier, text?)))
        .collect()
}

/// The resource.
#[must_use]
pub fn message_table() -> Vec<u8> {
    let sentences = sentences();
    let blocks: Vec<&[(u32, String)]> = sentences
        .chunk_by(|one, next| one.0 + 1 == next.0)
        .collect();
    let mut offset = 4 + 12 * blocks.len();
    let mut head = little(blocks.len());
    let mut entries = Vec::new();
    for block in blocks {
        let (first, last) = (block[0].0, block[block.len() - 1].0);
        head.extend(first.to_le_bytes());
        head.extend(last.to_le_bytes());
        head.extend(little(offset));
        for (_, text) in block {
            let entry = entry(text);
            offset += entry.len();
            entries.extend(entry);
        }
    }
    head.extend(entries);
    head
}

/// `MESSAGE_RESOURCE_ENTRY`: length, kind, the text with its line end and a zero, a multiple of four.
fn entry(text: &str) -> Vec<u8> {
    let mut units: Vec<u16> = text.encode_utf16().chain([13, 10, 0]).collect();
    if units.len() % 2 == 1 {
        units.push(0);
    }
    let length = u16::try_from(4 + 2 * units.len()).expect("a sentence is short");
    let mut entry = Vec::from(length.to_le_bytes());
    entry.extend(UNICODE.to_le_bytes());
    entry.extend(units.into_iter().flat_map(u16::to_le_bytes));
    entry
}

fn little(number: usize) -> Vec<u8> {
    u32::try_from(number)
        .expect("a table of some kilobytes")
        .to_le_bytes()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(table: &[u8], at: usize) -> u32 {
        u32::from_le_bytes(table[at..at + 4].try_into().unwrap())
    }

    /// As `FormatMessage` looks a sentence up.
    fn find(table: &[u8], identifier: u32) -> Option<String> {
        let blocks = word(table, 0) as usize;
        let block = (0..blocks)
            .map(|i| 4 + 12 * i)
            .find(|at| (word(table, *at)..=word(table, at + 4)).contains(&identifier))?;
        let mut at = word(table, block + 8) as usize;
        for _ in word(table, block)..identifier {
            at += usize::from(u16::from_le_bytes([table[at], table[at + 1]]));
        }
        let length = usize::from(u16::from_le_bytes([table[at], table[at + 1]]));
        let units: Vec<u16> = table[at + 4..at + length]
            .chunks(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        let text = String::from_utf16(&units).unwrap();
        Some(text.trim_end_matches('\0').trim_end().to_owned())
    }

    #[test]
    fn every_sentence_is_found_by_its_identifier() {
        let table = message_table();
        for (identifier, text) in sentences() {
            assert_eq!(
                find(&table, identifier).as_deref(),
                Some(&*text),
                "{identifier:#x}"
            );
        }
        assert!(find(&table, event_identifier(EventLevel::Warning, 1002)).is_some());
        assert_eq!(find(&table, 1002), None, "without a severity");
    }

    #[test]
    fn windows_own_entries_are_not_ours_to_explain_but_those_of_hosts() {
        let found = |id| find(&message_table(), event_identifier(EventLevel::Error, id));
        assert_eq!(found(7036), None);
        assert!(found(7031).is_some());
    }
}
