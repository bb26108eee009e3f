//! An export of the registry: keys in brackets, values of several types, lines that go on after a backslash.

use relance_texts::import;

use super::{Data, Item};
use crate::report::{FileReport, Lines};

/// The values of services.
pub(super) fn read(text: &str, report: &mut FileReport) -> Vec<Item> {
    let mut items = Vec::new();
    let mut place: Option<(String, String)> = None;
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let number = at + 1;
        let line = line.trim();
        if line.is_empty()
            || line.starts_with(';')
            || line.starts_with("Windows Registry")
            || line.starts_with("REGEDIT")
        {
            report.silent(Lines::one(number));
            continue;
        }
        if line.starts_with("[-") {
            // A key that goes away, and what stands below it.
            report.lost(Lines::one(number), import::DELETES_KEY);
            place = None;
            continue;
        }
        if let Some(key) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            place = of_key(key);
            if place.is_some() {
                report.kept(Lines::one(number), "name");
            }
            continue;
        }
        let mut joined = line.to_owned();
        let mut last = number;
        while joined.ends_with('\\') {
            joined.pop();
            let Some((at, next)) = lines.next() else {
                break;
            };
            last = at + 1;
            joined.push_str(next.trim());
        }
        let Some((service, place)) = &place else {
            continue;
        };
        if let Some((name, data)) = value(&joined) {
            items.push(Item {
                service: service.clone(),
                place: place.clone(),
                name,
                data,
                lines: Lines {
                    first: number,
                    last,
                },
            });
        }
    }
    items
}

/// The service of a key, and what is below it: the last part of that, `Parameters` without the rest.
fn of_key(key: &str) -> Option<(String, String)> {
    let lower = key.to_ascii_lowercase();
    let at = lower.find("\\services\\")? + "\\services\\".len();
    let mut parts = key[at..].split('\\');
    let service = parts.next()?.to_owned();
    let place: Vec<&str> = parts
        .filter(|part| !part.eq_ignore_ascii_case("Parameters"))
        .collect();
    Some((service, place.join("\\")))
}

fn value(line: &str) -> Option<(String, Data)> {
    let (name, rest) = if let Some(rest) = line.strip_prefix("@=") {
        ("@".to_owned(), rest)
    } else {
        let (name, rest) = quoted(line)?;
        (name, rest.trim_start().strip_prefix('=')?)
    };
    Some((name, data(rest.trim())?))
}

fn data(text: &str) -> Option<Data> {
    if text.starts_with('"') {
        return Some(Data::Text(quoted(text)?.0));
    }
    if let Some(hex) = text.strip_prefix("dword:") {
        return u64::from_str_radix(hex.trim(), 16).ok().map(Data::Number);
    }
    let (kind, bytes) = text.split_once(':')?;
    let bytes = bytes
        .split(',')
        .map(str::trim)
        .filter(|byte| !byte.is_empty());
    let bytes = bytes.map(|byte| u8::from_str_radix(byte, 16).ok());
    let bytes = bytes.collect::<Option<Vec<u8>>>()?;
    match kind {
        "hex(1)" | "hex(2)" => Some(Data::Text(utf_16(&bytes).trim_end_matches('\0').to_owned())),
        "hex(7)" => {
            let text = utf_16(&bytes);
            Some(Data::List(
                text.split('\0')
                    .filter(|part| !part.is_empty())
                    .map(str::to_owned)
                    .collect(),
            ))
        }
        "hex(b)" => {
            let eight: [u8; 8] = bytes.try_into().ok()?;
            Some(Data::Number(u64::from_le_bytes(eight)))
        }
        _ if kind.starts_with("hex") => Some(Data::Bytes(bytes)),
        _ => None,
    }
}

fn utf_16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    String::from_utf16_lossy(&units)
}

/// A text in quotes with its escapes, and what is behind it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let inside = text.strip_prefix('"')?;
    let mut value = String::new();
    let mut chars = inside.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, &inside[at + 1..])),
            '\\' => value.push(chars.next()?.1),
            c => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_types() {
        assert_eq!(
            value(r#""A"="C:\\x \"y\"""#),
            Some(("A".into(), Data::Text("C:\\x \"y\"".into())))
        );
        assert_eq!(
            value("\"S\"=dword:0000000a"),
            Some(("S".into(), Data::Number(10)))
        );
        assert_eq!(
            value("@=\"Restart\""),
            Some(("@".into(), Data::Text("Restart".into())))
        );
        let list = value("\"L\"=hex(7):41,00,00,00,42,00,43,00,00,00,00,00");
        assert_eq!(
            list,
            Some(("L".into(), Data::List(vec!["A".into(), "BC".into()])))
        );
        assert_eq!(
            value("\"B\"=hex:01,02"),
            Some(("B".into(), Data::Bytes(vec![1, 2])))
        );
        assert_eq!(value("\"B\"=hex:01,0x,02"), None);
    }
}
