//! A value of JSON, JavaScript or YAML with the lines that it stands in.

use crate::report::Lines;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) lines: Lines,
    pub(crate) value: Value,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// As it is written.
    Number(String),
    Text(String),
    List(Vec<Node>),
    /// In the order of the file.
    Map(Vec<Entry>),
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) line: usize,
    pub(crate) value: Node,
}

impl Entry {
    /// From the key to the end of the value.
    pub(crate) fn lines(&self) -> Lines {
        Lines {
            first: self.line,
            last: self.value.lines.last.max(self.line),
        }
    }
}

impl Node {
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        let mut entries = self.entries().iter().rev();
        entries
            .find(|entry| entry.key == key)
            .map(|entry| &entry.value)
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    pub(crate) fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// A text, a number or a truth value as text.
    pub(crate) fn text(&self) -> Option<String> {
        match &self.value {
            Value::Bool(set) => Some(set.to_string()),
            Value::Number(text) | Value::Text(text) => Some(text.clone()),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// A whole number, with a comma behind it as people leave one in YAML.
    pub(crate) fn count(&self) -> Option<u32> {
        self.text()?.trim().trim_end_matches(',').parse().ok()
    }

    pub(crate) fn flag(&self) -> Option<bool> {
        match self.text()?.trim() {
            "true" | "yes" | "on" | "1" => Some(true),
            "false" | "no" | "off" | "0" => Some(false),
            _ => None,
        }
    }

    /// Texts of a list, or of one text split by `split`.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.items().iter().filter_map(Node::text).collect()
    }
}
