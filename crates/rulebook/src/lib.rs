//! The rulebook: what the service manager and the PHP extension have to do, rule by rule.
//!
//! The text is `docs/rules/*.md`, which people read and which is compiled in here. [`parse()`] reads one
//! page; [`find`] looks a rule up by its id. `cargo xtask rules` fills in which code decides a rule
//! and which tests show it, and checks that every id that the sources cite exists.
//!
//! A rule on a page:
//!
//! ```text
//! ### R12: The counter goes back to 0 after a quiet reset period
//!
//! One or two plain sentences.
//!
//! Example: where it surprises.
//!
//! - Kind: Windows, documented
//! - Source: [where it can be checked](<https://...>)
//! - Not on Linux: the reason, for rules that do not apply there
//! - Not tested: the reason, for rules that no test can show
//! - Code: filled in by `cargo xtask rules`
//! - Tests: filled in by `cargo xtask rules`
//! ```

mod parse;

pub use parse::{Mistake, is_id, parse};

/// A page of the rulebook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// File name in `docs/rules`, without `.md`.
    pub name: &'static str,
    /// The whole page, Markdown.
    pub text: &'static str,
}

macro_rules! pages {
    ($($name:literal,)+) => {
        /// All pages, in the order in which people should read them.
        pub const PAGES: &[Page] = &[$(Page {
            name: $name,
            text: include_str!(concat!("../../../docs/rules/", $name, ".md")),
        }),+];
    };
}

pages![
    "recovery",
    "states",
    "configuration",
    "events",
    "access",
    "start-order",
    "relance",
    "limits",
    "liveness",
    "schedules",
    "beyond",
    "vectors",
    "php-cases",
    "php-defects",
];

/// A rule, as its page has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule<'a> {
    /// `R12`, `R8.5`: never used for another rule.
    pub id: &'a str,
    /// What it says, in a few words.
    pub title: &'a str,
    /// What it says, in one or two sentences; empty when the title says it all. The rows of a table are lines of their own.
    pub text: String,
    /// An example, where the rule surprises.
    pub example: Option<&'a str>,
    /// Where the behaviour comes from: Windows (documented, observed, or unclear and then our
    /// choice), win32service, or Relance.
    pub kind: &'a str,
    /// Where it can be checked, Markdown links.
    pub sources: Option<&'a str>,
    /// Why it does not apply on Linux, if it does not.
    pub not_on_linux: Option<&'a str>,
    /// Why no test shows it, if none can.
    pub not_tested: Option<&'a str>,
    /// The code that decides it, Markdown links.
    pub code: Option<&'a str>,
    /// The tests that show it, Markdown.
    pub tests: Option<&'a str>,
}

impl Rule<'_> {
    /// Whether a test has to show it: it applies on Linux, and can be tested.
    #[must_use]
    pub const fn needs_a_test(&self) -> bool {
        self.not_on_linux.is_none() && self.not_tested.is_none()
    }

    /// The anchor of the rule on its page, as Markdown viewers make it from the heading.
    #[must_use]
    pub fn anchor(&self) -> String {
        let heading = format!("{}: {}", self.id, self.title);
        heading
            .to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect()
    }
}

/// The rule with this id, in any case, and its page.
#[must_use]
pub fn find(id: &str) -> Option<(Page, Rule<'static>)> {
    rules().find(|(_, rule)| rule.id.eq_ignore_ascii_case(id))
}

/// All rules, page after page.
pub fn rules() -> impl Iterator<Item = (Page, Rule<'static>)> {
    let parsed = PAGES.iter().map(|page| (page, parse(page.text)));
    parsed.flat_map(|(page, rules)| {
        let rules = rules.unwrap_or_default().into_iter();
        rules.map(|rule| (*page, rule))
    })
}

/// The ids of the rules whose text has this number in it: of an entry of the event log, or an error code. Numbers below
/// 100 stand for too many other things.
#[must_use]
pub fn speaking_of(number: u32) -> Vec<&'static str> {
    if number < 100 {
        return Vec::new();
    }
    let number = number.to_string();
    let has = |text: &str| {
        text.split(|c: char| !c.is_ascii_digit())
            .any(|word| word == number)
    };
    rules()
        .filter(|(_, rule)| has(&rule.text) || has(rule.title))
        .map(|(_, rule)| rule.id)
        .collect()
}

/// The links of a line of Markdown, `[name](<url>)`: what each is called, and where it leads.
pub fn links(line: &str) -> impl Iterator<Item = (&str, &str)> {
    line.split('[').skip(1).filter_map(|part| {
        let (name, rest) = part.split_once("](<")?;
        let (url, _) = rest.split_once(">)")?;
        Some((name, url))
    })
}

#[cfg(test)]
mod tests;
