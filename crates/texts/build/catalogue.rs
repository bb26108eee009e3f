//! Reads the files of both languages and checks them against each other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, io};

use fluent_syntax::ast::{Entry, Pattern};
use fluent_syntax::parser;

use crate::pattern::{self, Compiled};
use crate::typography;

/// The languages, each a folder.
pub(crate) const LANGUAGES: [&str; 2] = ["en", "fr"];

/// A message: its id (`why-stopped`; that of an attribute is `event-7031.means`), and what it is in each
/// language.
pub(crate) struct Message {
    pub(crate) id: String,
    /// The file it stands in, without `.ftl`.
    pub(crate) area: String,
    /// The names of its parameters, sorted.
    pub(crate) parameters: Vec<String>,
    /// For each language.
    pub(crate) patterns: [String; 2],
}

/// All messages, sorted by id.
pub(crate) struct Catalogue {
    pub(crate) areas: Vec<String>,
    pub(crate) messages: Vec<Message>,
}

struct Found {
    area: String,
    compiled: Compiled,
}

impl Catalogue {
    /// Reads the folder with the languages; what is wrong comes beside it.
    pub(crate) fn read(folder: &Path) -> io::Result<(Self, Vec<String>)> {
        let mut problems = Vec::new();
        let mut files = Vec::new();
        for language in LANGUAGES {
            let mut texts = BTreeMap::new();
            for entry in fs::read_dir(folder.join(language))? {
                let path = entry?.path();
                let area = path.file_stem().unwrap_or_default();
                texts.insert(
                    area.to_string_lossy().into_owned(),
                    fs::read_to_string(&path)?,
                );
            }
            files.push(texts);
        }
        let [english, french] =
            [0, 1].map(|at| read_language(LANGUAGES[at], &files[at], &mut problems));
        let catalogue = Self::join(english, french, &mut problems);
        Ok((catalogue, problems))
    }

    fn join(
        english: BTreeMap<String, Found>,
        mut french: BTreeMap<String, Found>,
        problems: &mut Vec<String>,
    ) -> Self {
        let mut messages = Vec::new();
        for (id, ours) in english {
            let place = format!("{}.ftl", ours.area);
            let Some(theirs) = french.remove(&id) else {
                problems.push(format!(
                    "fr/{place} lacks {id}; translate it from en/{place}"
                ));
                continue;
            };
            if ours.area != theirs.area {
                let there = &theirs.area;
                problems.push(format!(
                    "{id} stands in en/{place} and fr/{there}.ftl; use one name"
                ));
            }
            if ours.compiled.parameters != theirs.compiled.parameters {
                problems.push(format!(
                    "{id} takes {:?} in en/{place} and {:?} in fr/{place}; use the same parameters",
                    ours.compiled.parameters, theirs.compiled.parameters
                ));
            }
            messages.push(Message {
                patterns: [
                    ours.compiled.write(&ours.compiled.parameters),
                    typography::french(&theirs.compiled.write(&ours.compiled.parameters)),
                ],
                parameters: ours.compiled.parameters.iter().cloned().collect(),
                id,
                area: ours.area,
            });
        }
        for (id, theirs) in french {
            let area = theirs.area;
            problems.push(format!(
                "en/{area}.ftl lacks {id}, which fr/{area}.ftl has; remove it there"
            ));
        }
        let areas: BTreeSet<String> = messages
            .iter()
            .map(|message| message.area.clone())
            .collect();
        Self {
            areas: areas.into_iter().collect(),
            messages,
        }
    }
}

fn read_language(
    language: &str,
    files: &BTreeMap<String, String>,
    problems: &mut Vec<String>,
) -> BTreeMap<String, Found> {
    let mut found = BTreeMap::new();
    for (area, text) in files {
        let place = format!("{language}/{area}.ftl");
        let resource = parser::parse(text.as_str()).unwrap_or_else(|(resource, errors)| {
            problems.extend(errors.iter().map(|error| format!("{place}: {error}")));
            resource
        });
        for entry in &resource.body {
            match entry {
                Entry::Message(message) => {
                    let name = message.id.name;
                    let mut add = |id: String, pattern: &Pattern<&str>| {
                        if !id.starts_with(&format!("{area}-")) {
                            problems.push(format!("{place}: {id} must begin with {area}-"));
                        }
                        let compiled = pattern::compile(pattern)
                            .map_err(|problem| problems.push(format!("{place}: {id}: {problem}")))
                            .unwrap_or_default();
                        let area = area.clone();
                        if found.insert(id.clone(), Found { area, compiled }).is_some() {
                            problems.push(format!("{place}: {id} stands there twice"));
                        }
                    };
                    if let Some(pattern) = &message.value {
                        add(name.to_owned(), pattern);
                    }
                    for attribute in &message.attributes {
                        add(format!("{name}.{}", attribute.id.name), &attribute.value);
                    }
                }
                Entry::Term(term) => {
                    let name = term.id.name;
                    problems.push(format!(
                        "{place}: -{name}: write the words out; terms are not used here"
                    ));
                }
                Entry::Junk { content } => {
                    let line = content.lines().next().unwrap_or_default();
                    problems.push(format!("{place}: cannot be read at {line:?}"));
                }
                Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
            }
        }
    }
    found
}
