//! JSON, and what people write in its place: literals of JavaScript with comments, commas at the end,
//! keys and texts in other quotes, and `module.exports =` in front. Nothing is computed: what has to be
//! is an error.

use relance_texts::{Words, import};

use super::node::{Entry, Node, Value};
use super::{DEPTH_MAX, SyntaxError};
use crate::report::Lines;

/// Reads one value.
pub(crate) fn parse(text: &str) -> Result<Node, SyntaxError> {
    let mut reader = Reader {
        rest: text,
        line: 1,
    };
    reader.skip_prologue()?;
    let node = reader.value(0)?;
    reader.skip_blank()?;
    reader.take(";");
    reader.skip_blank()?;
    if !reader.rest.is_empty() {
        return Err(reader.error(import::MORE_THAN_ONE_VALUE));
    }
    Ok(node)
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl Reader<'_> {
    fn error(&self, problem: Words) -> SyntaxError {
        SyntaxError {
            line: self.line,
            problem: problem.into(),
        }
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        if c == '\n' {
            self.line += 1;
        }
        Some(c)
    }

    fn take(&mut self, word: &str) -> bool {
        match self.rest.strip_prefix(word) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn skip_prologue(&mut self) -> Result<(), SyntaxError> {
        loop {
            self.skip_blank()?;
            let known = [
                "\u{feff}",
                "'use strict'",
                "\"use strict\"",
                ";",
                "module.exports",
                "exports",
                "export default",
                "=",
            ];
            if !known.into_iter().any(|word| self.take(word)) {
                return Ok(());
            }
        }
    }

    fn skip_blank(&mut self) -> Result<(), SyntaxError> {
        loop {
            if self.rest.starts_with("//") {
                let end = self.rest.find('\n').unwrap_or(self.rest.len());
                self.rest = &self.rest[end..];
            } else if self.rest.starts_with("/*") {
                let end = self
                    .rest
                    .find("*/")
                    .ok_or_else(|| self.error(import::COMMENT_WITHOUT_END))?;
                self.line += self.rest[..end].matches('\n').count();
                self.rest = &self.rest[end + 2..];
            } else if self.rest.starts_with(char::is_whitespace) {
                self.next();
            } else {
                return Ok(());
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, SyntaxError> {
        if depth > DEPTH_MAX {
            return Err(self.error(import::NESTED_TOO_DEEPLY));
        }
        self.skip_blank()?;
        let first = self.line;
        let value = match self.rest.chars().next() {
            Some('{') => self.map(depth)?,
            Some('[') => self.list(depth)?,
            Some('"' | '\'' | '`') => Value::Text(self.quoted()?),
            Some(c) if c.is_ascii_digit() || matches!(c, '-' | '+' | '.') => self.number()?,
            Some(c) if is_name(c) => self.word()?,
            _ => return Err(self.error(import::EXPECTED_VALUE)),
        };
        let lines = Lines {
            first,
            last: self.line,
        };
        Ok(Node { lines, value })
    }

    fn map(&mut self, depth: usize) -> Result<Value, SyntaxError> {
        self.next();
        let mut entries = Vec::new();
        loop {
            self.skip_blank()?;
            if self.take("}") {
                return Ok(Value::Map(entries));
            }
            let line = self.line;
            let key = match self.rest.chars().next() {
                Some('"' | '\'') => self.quoted()?,
                Some(c) if is_name(c) || c.is_ascii_digit() => self.name(),
                _ => return Err(self.error(import::EXPECTED_KEY)),
            };
            self.skip_blank()?;
            if !self.take(":") {
                return Err(self.error(import::EXPECTED_COLON));
            }
            let value = self.value(depth + 1)?;
            entries.push(Entry { key, line, value });
            self.separator('}')?;
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, SyntaxError> {
        self.next();
        let mut items = Vec::new();
        loop {
            self.skip_blank()?;
            if self.take("]") {
                return Ok(Value::List(items));
            }
            items.push(self.value(depth + 1)?);
            self.separator(']')?;
        }
    }

    fn separator(&mut self, end: char) -> Result<(), SyntaxError> {
        self.skip_blank()?;
        if self.take(",") || self.rest.starts_with(end) {
            return Ok(());
        }
        Err(self.error(import::EXPECTED_COMMA))
    }

    fn name(&mut self) -> String {
        let is_part = |c: char| is_name(c) || c.is_ascii_digit();
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        name.to_owned()
    }

    fn word(&mut self) -> Result<Value, SyntaxError> {
        match self.name().as_str() {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            "null" | "undefined" => Ok(Value::Null),
            _ => Err(self.error(import::VALUE_IS_COMPUTED)),
        }
    }

    fn number(&mut self) -> Result<Value, SyntaxError> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.' | '_');
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let text = self.rest[..end].replace('_', "");
        if text.parse::<f64>().is_err() {
            return Err(self.error(import::EXPECTED_NUMBER));
        }
        self.rest = &self.rest[end..];
        Ok(Value::Number(text))
    }

    fn quoted(&mut self) -> Result<String, SyntaxError> {
        let quote = self.next().unwrap_or('"');
        let mut text = String::new();
        loop {
            match self.next() {
                Some(c) if c == quote => return Ok(text),
                Some('\\') => self.escape(&mut text)?,
                Some('$') if quote == '`' && self.rest.starts_with('{') => {
                    return Err(self.error(import::VALUE_IS_COMPUTED));
                }
                Some('\n') if quote != '`' => return Err(self.error(import::TEXT_WITHOUT_END)),
                Some(c) => text.push(c),
                None => return Err(self.error(import::TEXT_WITHOUT_END)),
            }
        }
    }

    fn escape(&mut self, text: &mut String) -> Result<(), SyntaxError> {
        match self.next() {
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('r') => text.push('\r'),
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{c}'),
            Some('\n') => {}
            Some('u') => {
                let unit = self.unit()?;
                let mut units = vec![unit];
                if (0xD800..0xDC00).contains(&unit) && self.take("\\u") {
                    units.push(self.unit()?);
                }
                text.push_str(&String::from_utf16_lossy(&units));
            }
            Some(c) => text.push(c),
            None => return Err(self.error(import::TEXT_WITHOUT_END)),
        }
        Ok(())
    }

    fn unit(&mut self) -> Result<u16, SyntaxError> {
        let digits = self.rest.get(..4).unwrap_or_default();
        let unit =
            u16::from_str_radix(digits, 16).map_err(|_| self.error(import::EXPECTED_ESCAPE))?;
        self.rest = &self.rest[4..];
        Ok(unit)
    }
}

fn is_name(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '_' | '$')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_and_what_people_write_for_it() {
        let text = "// start\nmodule.exports = {\n  apps: [{ name: 'a', /* b */ n: 1_000,\n  t: `x`, },],\n};\n";
        let node = parse(text).expect("a literal");
        let app = &node.get("apps").expect("apps").items()[0];
        assert_eq!(app.get("name").and_then(Node::text).as_deref(), Some("a"));
        assert_eq!(app.get("n").and_then(Node::count), Some(1000));
        let key = app
            .entries()
            .iter()
            .find(|entry| entry.key == "t")
            .expect("t");
        assert_eq!(key.line, 4);
        let text = parse(r#""\ud83d\ude00\\""#).expect("a text").text();
        assert_eq!(text.as_deref(), Some("😀\\"));
    }

    #[test]
    fn what_is_computed_is_refused_with_its_line() {
        for text in [
            "{\na: require('x')}",
            "{\na: 'x' + y}",
            "{\na: `${x}`}",
            "{\na: () => 1}",
        ] {
            assert_eq!(parse(text).expect_err(text).line, 2, "{text}");
        }
        assert!(parse(&"[".repeat(1000)).is_err());
    }
}
