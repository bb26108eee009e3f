//! What a file says, each value with the place where it stands: of TOML, and of JSON.
//!
//! Knows nothing of services; `definition` reads those.

use relance_texts::{Sentence, file};
use serde_json::{Map, Number, Value as Json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::reader::not_toml;

/// A value of a file.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Where it begins, in bytes.
    pub(super) at: usize,
    pub(super) value: Tree,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(super) enum Tree {
    Null,
    Flag(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key of a table.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    /// Where the key stands.
    pub(super) at: usize,
    pub(super) node: Node,
}

/// Why a text cannot be read: the place, and the message of the parser.
#[derive(Debug)]
pub(super) struct Unreadable {
    pub(super) at: usize,
    pub(super) why: Sentence,
}

impl Node {
    /// The value without its places.
    pub(super) fn json(&self) -> Json {
        match &self.value {
            Tree::Null => Json::Null,
            Tree::Flag(set) => (*set).into(),
            Tree::Number(number) => number.clone().into(),
            Tree::Text(text) => text.clone().into(),
            Tree::List(nodes) => nodes.iter().map(Self::json).collect(),
            Tree::Table(entries) => {
                let entries = entries.iter();
                let pairs = entries.map(|entry| (entry.key.clone(), entry.node.json()));
                Json::Object(pairs.collect::<Map<_, _>>())
            }
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Tree::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn table(&self) -> Option<&[Entry]> {
        match &self.value {
            Tree::Table(entries) => Some(entries),
            _ => None,
        }
    }

    /// The entry of a table with this key.
    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        self.table()?.iter().find(|entry| entry.key == key)
    }

    /// Changes each text in it.
    pub(super) fn each_text(&mut self, change: &impl Fn(&str) -> Option<String>) {
        match &mut self.value {
            Tree::Text(text) => {
                if let Some(changed) = change(text) {
                    *text = changed;
                }
            }
            Tree::List(nodes) => nodes.iter_mut().for_each(|node| node.each_text(change)),
            Tree::Table(entries) => {
                for entry in entries {
                    entry.node.each_text(change);
                }
            }
            Tree::Null | Tree::Flag(_) | Tree::Number(_) => {}
        }
    }
}

/// Reads TOML.
pub(super) fn of_toml(text: &str) -> Result<Node, Unreadable> {
    let table = DeTable::parse(text).map_err(|error| Unreadable {
        at: error.span().map_or(0, |span| span.start),
        why: not_toml(&error),
    })?;
    let at = table.span().start;
    Ok(Node {
        at,
        value: of_table(table.get_ref()),
    })
}

fn of_table(table: &DeTable<'_>) -> Tree {
    let entries = table.iter().map(|(key, value)| Entry {
        key: key.get_ref().to_string(),
        at: key.span().start,
        node: of_value(value),
    });
    let mut entries: Vec<Entry> = entries.collect();
    entries.sort_by_key(|entry| entry.at);
    Tree::Table(entries)
}

fn of_value(value: &Spanned<DeValue<'_>>) -> Node {
    let tree = match value.get_ref() {
        DeValue::String(text) => Tree::Text(text.to_string()),
        DeValue::Integer(number) => {
            let read = i64::from_str_radix(number.as_str(), number.radix());
            read.map_or_else(
                |_| Tree::Text(number.to_string()),
                |read| Tree::Number(read.into()),
            )
        }
        DeValue::Float(number) => {
            let read = number.as_str().parse().ok().and_then(Number::from_f64);
            read.map_or_else(|| Tree::Text(number.to_string()), Tree::Number)
        }
        DeValue::Boolean(set) => Tree::Flag(*set),
        DeValue::Datetime(moment) => Tree::Text(moment.to_string()),
        DeValue::Array(values) => Tree::List(values.iter().map(of_value).collect()),
        DeValue::Table(table) => of_table(table),
    };
    Node {
        at: value.span().start,
        value: tree,
    }
}

/// Reads JSON.
pub(super) fn of_json(text: &str) -> Result<Node, Unreadable> {
    // serde checks the text; then it is walked through to find the places.
    serde_json::from_str::<Json>(text).map_err(|error| {
        let why = error.to_string();
        // The place is said by us.
        let problem = Sentence::foreign(why.split(" at line ").next().unwrap_or_default());
        let format = "JSON";
        Unreadable {
            at: offset(text, error.line(), error.column()),
            why: file::NotInFormat { format, problem }.into(),
        }
    })?;
    Ok(Walk { text, at: 0 }.node())
}

/// The place of a line and column, both from 1 on.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let lines = text.split_inclusive('\n').take(line.saturating_sub(1));
    let before: usize = lines.map(str::len).sum();
    (before + column.saturating_sub(1)).min(text.len())
}

/// Goes through a text that is known to be JSON.
struct Walk<'a> {
    text: &'a str,
    at: usize,
}

impl Walk<'_> {
    fn node(&mut self) -> Node {
        let first = self.next();
        let at = self.at;
        let value = match first {
            b'{' => self.entries(),
            b'[' => self.items(),
            b'"' => Tree::Text(self.string()),
            _ => self.word(),
        };
        Node { at, value }
    }

    /// The next byte that is not a blank; stays before it.
    fn next(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        bytes.get(self.at).copied().unwrap_or_default()
    }

    fn entries(&mut self) -> Tree {
        let mut entries: Vec<Entry> = Vec::new();
        self.at += 1;
        while self.next() == b'"' {
            let at = self.at;
            let key = self.string();
            self.next();
            self.at += 1;
            let node = self.node();
            entries.push(Entry { key, at, node });
            self.separator();
        }
        self.at += 1;
        Tree::Table(entries)
    }

    fn items(&mut self) -> Tree {
        let mut nodes = Vec::new();
        self.at += 1;
        while !matches!(self.next(), b']' | 0) {
            nodes.push(self.node());
            self.separator();
        }
        self.at += 1;
        Tree::List(nodes)
    }

    fn separator(&mut self) {
        if self.next() == b',' {
            self.at += 1;
        }
    }

    fn string(&mut self) -> String {
        let bytes = self.text.as_bytes();
        let start = self.at;
        self.at += 1;
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        let quoted = self.text.get(start..self.at).unwrap_or_default();
        serde_json::from_str(quoted).unwrap_or_default()
    }

    fn word(&mut self) -> Tree {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let end = rest.find(|c: char| c.is_ascii_whitespace() || ",]}".contains(c));
        let word = &rest[..end.unwrap_or(rest.len())];
        self.at += word.len();
        match word {
            "true" => Tree::Flag(true),
            "false" => Tree::Flag(false),
            _ => serde_json::from_str(word).map_or(Tree::Null, Tree::Number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_read_with_the_places_of_its_values() {
        let text =
            "{ \"a\": [1, {\"b\\\"c\": null}],\n  \"d\": \"x\\u00e9\", \"e\": -2.5 , \"f\":{}}";
        let node = of_json(text).expect("JSON");
        assert_eq!(node.json(), serde_json::from_str::<Json>(text).unwrap());
        let at = |key: &str| node.entry(key).map(|entry| (entry.at, entry.node.at));
        assert_eq!(at("a"), Some((2, 7)));
        assert_eq!(at("d"), Some((30, 35)));
        let error = of_json("{\n  \"a\": tru }").expect_err("no JSON");
        assert!(
            error.at >= 9 && !error.why.of(relance_texts::Lang::En).contains(" at line"),
            "{} {}",
            error.at,
            error.why
        );
    }

    #[test]
    fn toml_is_read_with_the_places_of_its_values() {
        let text = "[[service]]\nname = 'a'\nrecovery.actions = 'x'\nn = 0x10\n";
        let node = of_toml(text).expect("TOML");
        let Tree::List(services) = &node.entry("service").expect("a key").node.value else {
            panic!("a list");
        };
        let at = |key: &str| services[0].entry(key).map(|entry| entry.at);
        assert_eq!(at("name"), Some(12));
        assert_eq!(
            services[0].entry("n").map(|n| n.node.json()),
            Some(16.into())
        );
        let recovery = &services[0].entry("recovery").expect("a key").node;
        assert_eq!(recovery.entry("actions").map(|entry| entry.at), Some(32));
    }
}
