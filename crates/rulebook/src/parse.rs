//! Reads one page of the rulebook.

use std::fmt;

use crate::Rule;

/// Where a page is not in the form that `lib.rs` describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Line, counted from 1.
    pub line: usize,
    /// What is wrong and what is expected.
    pub what: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// The rules of a page, in its order.
///
/// # Errors
/// The first place that is not in the expected form.
pub fn parse(page: &str) -> Result<Vec<Rule<'_>>, Mistake> {
    let mut rules = Vec::new();
    let mut current: Option<Rule<'_>> = None;
    for (index, line) in page.lines().enumerate() {
        let mistake = |what: String| Mistake {
            line: index + 1,
            what,
        };
        if line.starts_with("# ") || line.starts_with("## ") {
            rules.extend(current.take());
        } else if let Some(heading) = line.strip_prefix("### ") {
            rules.extend(current.take());
            let rule = begin(heading)
                .ok_or_else(|| mistake(format!("expected `### ID: Title`, found {line:?}")))?;
            current = Some(rule);
        } else if let Some(rule) = &mut current {
            add(rule, line).map_err(mistake)?;
        }
    }
    rules.extend(current);
    Ok(rules)
}

fn begin(heading: &str) -> Option<Rule<'_>> {
    let (id, title) = heading.split_once(": ")?;
    is_id(id).then(|| Rule {
        id,
        title,
        ..Rule::default()
    })
}

/// Whether a text is the id of a rule: a letter, a number, perhaps a point and a case. The rule need not exist.
#[must_use]
pub fn is_id(id: &str) -> bool {
    let mut characters = id.chars();
    let letter = characters.next().is_some_and(|c| c.is_ascii_uppercase());
    let numbers = characters.as_str().split('.');
    letter
        && numbers.clone().count() <= 2
        && numbers
            .into_iter()
            .all(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

fn add<'a>(rule: &mut Rule<'a>, line: &'a str) -> Result<(), String> {
    if let Some(example) = line.strip_prefix("Example: ") {
        rule.example = Some(example);
    } else if let Some(fact) = line.strip_prefix("- ") {
        let (name, value) = fact
            .split_once(": ")
            .ok_or_else(|| format!("expected `- NAME: VALUE`, found {line:?}"))?;
        match name {
            "Kind" => rule.kind = value,
            "Source" => rule.sources = Some(value),
            "Not on Linux" => rule.not_on_linux = Some(value),
            "Not tested" => rule.not_tested = Some(value),
            "Code" => rule.code = Some(value),
            "Tests" => rule.tests = Some(value),
            _ => return Err(format!("a rule has no {name:?}")),
        }
    } else if !line.is_empty() {
        if !rule.text.is_empty() {
            // Lines of a table stay lines.
            let is_row = |line: &str| line.starts_with('|');
            let is_apart = is_row(line) || rule.text.lines().last().is_some_and(is_row);
            rule.text.push(if is_apart { '\n' } else { ' ' });
        }
        rule.text.push_str(line);
    }
    Ok(())
}
