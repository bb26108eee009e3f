//! YAML by the events of `saphyr-parser`: anchors and merge keys are resolved, with a bound.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use relance_texts::{Words, import};

use super::node::{Entry, Node, Value};
use super::{DEPTH_MAX, SyntaxError, not_in_format};
use crate::report::Lines;

/// How many values a document may have, those of aliases counted each time.
const NODES_MAX: usize = 400_000;

/// Reads the first document.
pub(crate) fn parse(text: &str) -> Result<Node, SyntaxError> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| SyntaxError {
            line: error.marker().line(),
            problem: not_in_format("YAML", error.info()),
        })?;
        if builder.take(event, span)? {
            break;
        }
    }
    Ok(builder.root.unwrap_or(Node {
        lines: Lines::one(1),
        value: Value::Null,
    }))
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    count: usize,
    root: Option<Node>,
}

struct Open {
    first: usize,
    anchor: usize,
    is_map: bool,
    items: Vec<Node>,
}

impl Builder {
    /// Whether the document is at its end.
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<bool, SyntaxError> {
        let line = span.start.line();
        let error = |problem: Words| SyntaxError {
            line,
            problem: problem.into(),
        };
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let lines = Lines {
                    first: line,
                    last: last_line(&span),
                };
                let node = Node {
                    lines,
                    value: scalar(&text, style),
                };
                self.push(node, anchor).map_err(&error)?;
            }
            Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _)
                if self.open.len() >= DEPTH_MAX =>
            {
                let _ = anchor;
                return Err(error(import::NESTED_TOO_DEEPLY));
            }
            Event::SequenceStart(anchor, _) => self.open(line, anchor, false),
            Event::MappingStart(anchor, _) => self.open(line, anchor, true),
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    let anchor = open.anchor;
                    self.push(open.close(), anchor).map_err(&error)?;
                }
            }
            Event::Alias(anchor) => {
                let mut node = self
                    .anchors
                    .get(&anchor)
                    .cloned()
                    .ok_or_else(|| error(import::ALIAS_OF_NOTHING))?;
                self.count += size(&node);
                node.lines = Lines::one(line);
                self.push(node, 0).map_err(error)?;
            }
            Event::DocumentEnd => return Ok(true),
            _ => {}
        }
        Ok(false)
    }

    fn open(&mut self, first: usize, anchor: usize, is_map: bool) {
        self.open.push(Open {
            first,
            anchor,
            is_map,
            items: Vec::new(),
        });
    }

    fn push(&mut self, node: Node, anchor: usize) -> Result<(), Words> {
        self.count += 1;
        if self.count > NODES_MAX {
            return Err(import::TOO_MANY_VALUES);
        }
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
            self.count += size(&node);
        }
        match self.open.last_mut() {
            Some(open) => open.items.push(node),
            None => self.root = Some(node),
        }
        Ok(())
    }
}

impl Open {
    fn close(self) -> Node {
        let last = self.items.iter().map(|item| item.lines.last).max();
        let lines = Lines {
            first: self.first,
            last: last.unwrap_or(self.first).max(self.first),
        };
        if !self.is_map {
            return Node {
                lines,
                value: Value::List(self.items),
            };
        }
        let mut entries: Vec<Entry> = Vec::new();
        let mut merged: Vec<Entry> = Vec::new();
        let mut items = self.items.into_iter();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            let line = key.lines.first;
            let key = key.text().unwrap_or_default();
            if key == "<<" {
                let maps: Vec<Node> = match value.value {
                    Value::List(items) => items,
                    _ => vec![value],
                };
                let inherited = maps.iter().flat_map(Node::entries).cloned();
                merged.extend(inherited.map(|entry| at_line(entry, line)));
            } else {
                entries.push(Entry { key, line, value });
            }
        }
        for entry in merged {
            if !entries.iter().any(|known| known.key == entry.key) {
                entries.push(entry);
            }
        }
        Node {
            lines,
            value: Value::Map(entries),
        }
    }
}

/// What a merge key brings stands where it is merged.
fn at_line(mut entry: Entry, line: usize) -> Entry {
    entry.line = line;
    entry.value.lines = Lines::one(line);
    entry
}

fn size(node: &Node) -> usize {
    match &node.value {
        Value::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Map(entries) => {
            1 + entries
                .iter()
                .map(|entry| 1 + size(&entry.value))
                .sum::<usize>()
        }
        _ => 1,
    }
}

fn last_line(span: &Span) -> usize {
    // The end of a block is the beginning of the line after it.
    let is_after = span.end.col() == 0 && span.end.line() > span.start.line();
    span.end.line() - usize::from(is_after)
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::Text(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if text.parse::<f64>().is_ok()
            && text.starts_with(|c: char| c.is_ascii_digit() || c == '-') =>
        {
            Value::Number(text.to_owned())
        }
        _ => Value::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_with_its_lines_and_merges() {
        let text =
            "x: &x\n  a: 1\n  b: [p, 'q']\ny:\n  <<: *x\n  a: |\n    two\n    lines\nz: end\n";
        let node = parse(text).expect("a document");
        let y = node.get("y").expect("y");
        assert_eq!(
            y.get("a").and_then(Node::text).as_deref(),
            Some("two\nlines\n")
        );
        assert_eq!(y.get("b").expect("b").texts(), ["p", "q"]);
        assert_eq!(node.get("z").expect("z").lines, Lines::one(9));
        let a = &y.entries()[0];
        assert_eq!((a.line, a.lines().last), (6, 8), "{a:?}");
    }

    #[test]
    fn aliases_of_aliases_have_a_bound() {
        let mut text = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n".to_owned();
        for at in 1..12 {
            let below = at - 1;
            let list = vec![format!("*a{below}"); 10].join(",");
            text.push_str(&format!("a{at}: &a{at} [{list}]\n"));
        }
        assert!(parse(&text).is_err());
        assert!(parse(&"- ".repeat(2000)).is_err());
    }
}
