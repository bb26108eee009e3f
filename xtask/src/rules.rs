//! `cargo xtask rules [--check]`: keeps the rulebook (`docs/rules`) and the sources together.
//!
//! It writes into each rule which code decides it and which tests show it, as the sources cite them.
//! `--check` (part of `ci`) writes nothing. Both fail for a cited id without a rule, for a rule without its
//! kind, and for one that applies on Linux and that no test cites.

mod cited;
mod page;
mod uses;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use relance_rulebook::{PAGES, Rule, parse};

use crate::tree;
use uses::Uses;

/// Where the pages are.
const FOLDER: &str = "docs/rules";

pub(crate) fn run(root: &Path, check: bool) -> Result<()> {
    let files = tree::files(root)?;
    let pages = read_pages(root)?;
    let uses = uses::find(&files);
    let mut rules = BTreeMap::new();
    for (name, text) in &pages {
        let parsed =
            parse(text).map_err(|mistake| anyhow::anyhow!("{FOLDER}/{name}.md: {mistake}"))?;
        rules.extend(parsed.into_iter().map(|rule| (rule.id.to_owned(), rule)));
    }
    let problems = Problems::find(&rules, &uses);
    let mut stale = Vec::new();
    for (name, text) in &pages {
        let filled = page::fill(text, &uses);
        if filled != *text {
            stale.push(format!("{FOLDER}/{name}.md"));
            if !check {
                fs::write(root.join(FOLDER).join(format!("{name}.md")), filled)?;
            }
        }
    }
    print_summary(&rules, &problems);
    let all: Vec<&str> = problems.all().map(String::as_str).collect();
    ensure!(all.is_empty(), "{} problems\n{}", all.len(), all.join("\n"));
    if check && !stale.is_empty() {
        bail!(
            "out of date: {}; run `cargo xtask rules` and commit the result",
            stale.join(", ")
        );
    }
    Ok(())
}

fn read_pages(root: &Path) -> Result<Vec<(&'static str, String)>> {
    PAGES
        .iter()
        .map(|page| {
            let path = root.join(FOLDER).join(format!("{}.md", page.name));
            let text =
                fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
            Ok((page.name, text))
        })
        .collect()
}

/// What is wrong between the rulebook and the sources, in sentences.
struct Problems {
    /// Rules that say nothing, or not where they come from.
    without_text: Vec<String>,
    /// Places that cite an id that no rule has.
    unknown: Vec<String>,
    /// Rules that apply on Linux and that no test shows.
    untested: Vec<String>,
}

impl Problems {
    fn find(rules: &BTreeMap<String, Rule<'_>>, uses: &BTreeMap<String, Uses>) -> Self {
        let unknown = uses
            .iter()
            .filter(|(id, _)| !rules.contains_key(*id))
            .flat_map(|(id, uses)| {
                let places = uses.places.iter();
                places.map(move |place| format!("{place}: there is no rule {id} in {FOLDER}"))
            });
        let untested = rules
            .values()
            .filter(|rule| rule.needs_a_test())
            .filter(|rule| uses.get(rule.id).is_none_or(|uses| uses.tests.is_empty()))
            .map(|rule| {
                format!(
                    "{} applies on Linux and no test cites it: {}",
                    rule.id, rule.title
                )
            });
        let without_text = rules.values().filter_map(|rule| {
            if rule.title.trim().is_empty() && rule.text.is_empty() {
                return Some(format!("{} says nothing", rule.id));
            }
            let has_kind = !rule.kind.is_empty();
            (!has_kind).then(|| format!("{} lacks its line \"- Kind:\"", rule.id))
        });
        Self {
            without_text: without_text.collect(),
            unknown: unknown.collect(),
            untested: untested.collect(),
        }
    }

    fn all(&self) -> impl Iterator<Item = &String> {
        let named = self.unknown.iter().chain(&self.without_text);
        named.chain(&self.untested)
    }
}

fn print_summary(rules: &BTreeMap<String, Rule<'_>>, problems: &Problems) {
    let count = |wanted: fn(&Rule<'_>) -> bool| rules.values().filter(|rule| wanted(rule)).count();
    println!("{} rules", rules.len());
    for (id, reason) in rules
        .values()
        .filter_map(|rule| Some((rule.id, rule.not_on_linux?)))
    {
        println!("  {id} does not apply on Linux: {reason}");
    }
    println!(
        "{} do not apply on Linux, {} cannot be tested",
        count(|rule| rule.not_on_linux.is_some()),
        count(|rule| rule.not_tested.is_some()),
    );
    println!(
        "{} rules without a text, {} cited ids without a rule, {} applicable rules without a test",
        problems.without_text.len(),
        problems.unknown.len(),
        problems.untested.len()
    );
}
