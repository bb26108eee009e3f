//! The compiled catalogue as files: texts that are searched by offsets, so that they need no memory until
//! they are read, and the Rust items that name the messages.

use std::fmt::Write;

use crate::catalogue::{Catalogue, Message};

/// Names and contents.
pub(crate) fn files(catalogue: &Catalogue) -> Vec<(&'static str, String)> {
    let messages = &catalogue.messages;
    let blob = |of: &dyn Fn(&Message) -> String| joined(messages, of);
    let (ids, ids_at) = blob(&|message| message.id.clone());
    let (parameters, parameters_at) = blob(&|message| message.parameters.join(" "));
    let (english, english_at) = blob(&|message| message.patterns[0].clone());
    let (french, french_at) = blob(&|message| message.patterns[1].clone());
    vec![
        ("ids.txt", ids),
        ("ids.rs", ids_at),
        ("parameters.txt", parameters),
        ("parameters.rs", parameters_at),
        ("en.txt", english),
        ("en.rs", english_at),
        ("fr.txt", french),
        ("fr.rs", french_at),
        ("messages.rs", items(catalogue)),
    ]
}

/// All texts in a row, and where each begins and the last ends.
fn joined(messages: &[Message], of: &dyn Fn(&Message) -> String) -> (String, String) {
    let mut all = String::new();
    let mut offsets = String::from("[0");
    for message in messages {
        all.push_str(&of(message));
        let _ = write!(offsets, ", {}", with_separators(all.len()));
    }
    offsets.push(']');
    (all, offsets)
}

/// A number as Rust is written: `100_019`.
fn with_separators(number: usize) -> String {
    match number {
        0..10_000 => number.to_string(),
        _ => format!("{}_{:03}", number / 1000, number % 1000),
    }
}

/// A module for each file, with an item for each message; attributes are looked up by their id alone.
fn items(catalogue: &Catalogue) -> String {
    let mut rust = String::new();
    for area in &catalogue.areas {
        let _ = writeln!(
            rust,
            "/// The messages of `{area}.ftl`.\npub mod {} {{",
            area.replace('-', "_")
        );
        for (index, message) in catalogue.messages.iter().enumerate() {
            if message.area == *area && !message.id.contains('.') {
                item(&mut rust, index, message);
            }
        }
        rust.push_str("}\n");
    }
    rust
}

fn item(rust: &mut String, index: usize, message: &Message) {
    let words: Vec<&str> = message
        .id
        .split('-')
        .skip(message.area.split('-').count())
        .collect();
    // Families that are looked up by number have no item.
    if words[0].starts_with(|c: char| c.is_ascii_digit()) {
        return;
    }
    // A bracket would begin a link.
    let about = documentation(message).replace('[', "\\[");
    let _ = writeln!(rust, "#[doc = {about:?}]");
    if message.parameters.is_empty() {
        let name = words.join("_").to_uppercase();
        let _ = writeln!(
            rust,
            "pub const {name}: crate::Words = crate::Words::at({index});"
        );
        return;
    }
    let name: String = words.iter().map(|word| capital(word)).collect();
    let kinds: Vec<String> = (0..message.parameters.len())
        .map(|at| format!("P{at}"))
        .collect();
    let kinds = kinds.join(", ");
    let _ = writeln!(
        rust,
        "#[derive(Clone, Debug)]\npub struct {name}<{kinds}> {{"
    );
    for (at, parameter) in message.parameters.iter().enumerate() {
        let _ = writeln!(
            rust,
            "#[doc = \"`${parameter}`\"] pub {}: P{at},",
            field(parameter)
        );
    }
    let bounds: Vec<String> = (0..message.parameters.len())
        .map(|at| format!("P{at}: Into<crate::Value>"))
        .collect();
    let values: Vec<String> = message
        .parameters
        .iter()
        .map(|parameter| format!("self.{}.into()", field(parameter)))
        .collect();
    let _ = writeln!(
        rust,
        "}}\nimpl<{}> crate::Message for {name}<{kinds}> {{ fn text(self) -> crate::Text {{ \
         crate::Text::new({index}, vec![{}]) }} }}",
        bounds.join(", "),
        values.join(", ")
    );
}

/// The English text, with the names of its parameters.
fn documentation(message: &Message) -> String {
    let mut text = message.patterns[0].clone();
    for (place, parameter) in (b'0'..).zip(&message.parameters) {
        text = text.replace(
            &format!("\u{1}{}", char::from(place)),
            &format!("`{parameter}`"),
        );
    }
    text.replace(|c: char| c.is_control(), " ")
}

fn field(parameter: &str) -> String {
    parameter.replace('-', "_")
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}
