//! Files that describe services, and policies that these use, for `relance apply` and `relance daemon --apply`: TOML with
//! one `[[service]]` each, JSON as `relance config --json` prints it, and folders of these.
//!
//! `node` reads the two languages, `definition` a service, `templates` its instances, `variables` what
//! `${NAME}` stands for, `includes` which files belong together; here is what a file says. Everything that is wrong
//! is named with file, line and column, all of it at once.

mod definition;
mod includes;
mod nearest;
mod node;
mod policies;
mod problem;
mod reader;
mod templates;
mod variables;
pub(crate) mod write;

use std::collections::{BTreeMap, HashMap};
use std::fs;
#[cfg(unix)]
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use relance_scm::manager::{NewService, ToApply};
use relance_scm::system::{Told, regular};
use relance_scm::{ScmError, Sentence, fold_case};
use relance_texts::{apply, file, quoted};

use crate::cli::CommandFailure;

use includes::{Open, Taken};
use node::{Entry, Node, Tree, Unreadable};
use problem::Source;
pub(crate) use reader::not_toml;
use variables::Variables;

pub(crate) use nearest::meant as meant_by;
pub(crate) use policies::DescribedPolicy;
pub(crate) use problem::Problems;

/// Largest file that is read: a service takes a few KiB, and /dev/zero has no end.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// How deep files may include each other.
const INCLUDES_DEEP_MAX: usize = 32;

/// Keys of a file.
const KEYS: [&str; 5] = ["service", "policies", "include", "variables", "$schema"];

/// A service that a file describes.
#[derive(Debug)]
pub(crate) struct Described {
    pub(crate) service: NewService,
    /// Whether `instances` says that it is there.
    pub(crate) is_instance: bool,
    /// Where: `services.toml:3:8`.
    pub(crate) place: String,
    /// The file.
    pub(crate) path: PathBuf,
}

/// What files say.
#[derive(Debug, Default)]
pub(crate) struct Descriptions {
    /// Each policy, in the order of the files.
    pub(crate) policies: Vec<DescribedPolicy>,
    /// Each service, in the order of the files.
    pub(crate) services: Vec<Described>,
    /// Texts of other files and of the environment, which are not shown.
    pub(crate) secrets: Vec<String>,
}

impl Descriptions {
    /// The templates whose instances the files name, each with these.
    pub(crate) fn templates(&self) -> Templates {
        let mut templates = Templates::new();
        for described in self.services.iter().filter(|found| found.is_instance) {
            if let Some((template, instance)) = described.service.config.service_name.instance() {
                let known = templates.entry(fold_case(template)).or_default();
                known.push(instance.to_owned());
            }
        }
        templates
    }

    /// The same without places.
    pub(crate) fn into_to_apply(self) -> ToApply {
        let policies = self.policies.into_iter();
        let services = self.services.into_iter();
        ToApply {
            policies: policies.map(|described| described.policy).collect(),
            services: services.map(|described| described.service).collect(),
        }
    }
}

/// Instances by the folded names of their templates.
pub(crate) type Templates = BTreeMap<String, Vec<String>>;

/// Where files and variables of the environment come from.
pub(crate) struct Disk<'a> {
    /// A file that a person names; it may be a pipe.
    pub(crate) read: &'a dyn Fn(&Path) -> Result<String, ScmError>,
    /// A file that a file names, or one of a folder. It must be a regular file, so that its author
    /// cannot make the reader wait.
    pub(crate) read_regular: &'a dyn Fn(&Path) -> Result<String, ScmError>,
    pub(crate) environment: &'a dyn Fn(&str) -> Option<String>,
}

impl Disk<'_> {
    /// Those of this process.
    pub(crate) const OWN: Disk<'static> = Disk {
        read: &read_text,
        read_regular: &read_regular,
        environment: &|name| std::env::var(name).ok(),
    };
}

/// All services that these files describe; of a folder, those of its `.toml`
/// and `.json` files in the order of their names. `set` are variables, each with its value.
///
/// # Errors
/// Everything that is wrong with them.
pub(crate) fn read(
    paths: &[PathBuf],
    set: &[(String, String)],
    disk: &Disk<'_>,
) -> Result<Descriptions, Problems> {
    let mut reading = Reading::new(set, disk);
    let roots = reading.roots(paths);
    reading.take(&roots, set);
    reading.refuse_doubles();
    policies::check(&reading.found, &mut reading.problems);
    reading.refuse_unused();
    if reading.problems.is_empty() {
        Ok(reading.found)
    } else {
        Err(reading.problems)
    }
}

/// What these files describe, for what only looks at it.
///
/// # Errors
/// All that is wrong with them has been printed; this is the exit status.
pub(crate) fn look_at(paths: &[PathBuf]) -> Result<ToApply, CommandFailure> {
    let found = read(paths, &[], &Disk::OWN).map_err(|problems| problems.report(false))?;
    Ok(found.into_to_apply())
}

/// The services of a text, for what includes nothing and has no variables.
#[cfg(unix)]
pub(crate) fn read_one(name: &str, text: &str) -> Result<Descriptions, Problems> {
    let only = |path: &Path| {
        let text = (path == Path::new(name)).then(|| text.to_owned());
        text.ok_or(ErrorKind::NotFound).reading(path)
    };
    let disk = Disk {
        read: &only,
        read_regular: &only,
        environment: &|_| None,
    };
    read(&[PathBuf::from(name)], &[], &disk)
}

/// The text of a file; `-` is the standard input.
pub(crate) fn read_text(path: &Path) -> Result<String, ScmError> {
    if path == Path::new("-") {
        let read = regular::bounded(std::io::stdin(), FILE_BYTES_MAX).and_then(regular::text);
        return read.told(|reason| file::InputNotRead { reason });
    }
    let read = fs::File::open(path).and_then(|file| regular::bounded(file, FILE_BYTES_MAX));
    read.and_then(regular::text).reading(path)
}

/// The text of a regular file. A pipe in its place is not waited for.
fn read_regular(path: &Path) -> Result<String, ScmError> {
    regular::read_text(path, FILE_BYTES_MAX).reading(path)
}

/// Where this byte of a file stands: `worker.test.toml:3:1`.
pub(crate) fn place(path: &Path, text: &str, at: usize) -> String {
    Source::new(shown(path), text.to_owned()).place(at)
}

/// The reading of files.
struct Reading<'a> {
    disk: &'a Disk<'a>,
    found: Descriptions,
    problems: Problems,
    /// The files that are being read, each included by the one before.
    open: Vec<Open>,
    /// Each file is taken once, so that no service is described in two ways.
    taken: Taken,
    /// The variables of the command line that no file has used yet.
    unused: Vec<String>,
}

/// A file that is being read.
pub(super) struct File<'a> {
    source: &'a Source,
    path: &'a Path,
    folder: &'a Path,
    disk: &'a Disk<'a>,
    variables: Variables,
    problems: &'a mut Problems,
}

impl File<'_> {
    fn problem(&mut self, at: usize, problem: impl Into<Sentence>) {
        self.problems.add(&self.source.place(at), problem);
    }

    fn place(&self, at: usize) -> String {
        self.source.place(at)
    }

    fn fetch(&mut self, entries: &[Entry]) -> Result<String, Sentence> {
        self.variables.fetch(entries, self.folder, self.disk)
    }
}

impl<'a> Reading<'a> {
    fn new(set: &[(String, String)], disk: &'a Disk<'a>) -> Self {
        Self {
            disk,
            found: Descriptions::default(),
            problems: Problems::default(),
            open: Vec::new(),
            taken: Taken::default(),
            unused: set.iter().map(|(name, _)| name.clone()).collect(),
        }
    }
}

impl Reading<'_> {
    /// What a text says that was read from this file.
    fn text(&mut self, path: &Path, text: &str, variables: Variables) {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let source = Source::new(shown(path), text.to_owned());
        self.unused
            .retain(|name| !source.text.contains(&format!("${{{name}}}")));
        match parse(path, &source.text) {
            Ok(node) => self.document(path, &source, node, variables),
            Err(Unreadable { at, why }) => {
                self.problems.add(&source.place(at), why);
            }
        }
    }

    fn document(&mut self, path: &Path, source: &Source, mut node: Node, variables: Variables) {
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut file = File {
            source,
            path,
            folder,
            disk: self.disk,
            variables,
            problems: &mut self.problems,
        };
        let is_file = KEYS.iter().any(|key| node.entry(key).is_some());
        if !is_file && node.entry("name").is_some() {
            // One service, as `relance config --json` prints it.
            node.value = Tree::List(vec![node.clone()]);
        }
        let includes = match &node.value {
            Tree::List(_) => {
                services(&node, &mut file, &mut self.found);
                Vec::new()
            }
            Tree::Table(entries) => read_table(entries, &mut file, &mut self.found),
            _ => {
                file.problem(node.at, apply::NOT_A_FILE);
                Vec::new()
            }
        };
        let variables = file.variables;
        self.found.secrets.extend(variables.secrets.iter().cloned());
        for (at, text) in includes {
            self.include(path, source, at, &text, &variables);
        }
    }

    /// A misspelt name on the command line would otherwise be ignored without a message.
    fn refuse_unused(&mut self) {
        if self.problems.is_empty() {
            for name in std::mem::take(&mut self.unused) {
                let name = quoted(&name);
                self.problems.push(apply::SetUnused { name }.into());
            }
        }
    }

    fn refuse_doubles(&mut self) {
        let mut known = HashMap::new();
        for described in &self.found.services {
            let name = &described.service.config.service_name;
            if let Some(first) = known.insert(name.key(), &described.place) {
                let (name, first) = (name.as_str(), first.as_str());
                self.problems
                    .add(&described.place, apply::Twice { name, first });
            }
        }
    }
}

/// What the table of a file says; what it includes, each with its place.
fn read_table(
    entries: &[Entry],
    file: &mut File<'_>,
    found: &mut Descriptions,
) -> Vec<(usize, String)> {
    let declared = entries.iter().find(|entry| entry.key == "variables");
    if let Some(entry) = declared {
        let mut variables = file.variables.clone();
        variables.declare(
            &entry.node,
            file.source,
            file.folder,
            file.disk,
            file.problems,
        );
        file.variables = variables;
    }
    let mut includes = Vec::new();
    for entry in entries {
        match &*entry.key {
            "service" => services(&entry.node, file, found),
            "policies" => policies::read(&entry.node, file, found),
            "include" => match texts(&entry.node) {
                Some(texts) => includes.extend(texts),
                None => file.problem(entry.node.at, apply::INCLUDE),
            },
            "variables" | "$schema" => {}
            key => {
                let problem: Sentence = match nearest::nearest(key, KEYS.into_iter()) {
                    Some(right) => apply::KeyNearly { key, right }.into(),
                    None => apply::FileKey { key }.into(),
                };
                file.problem(entry.at, problem);
            }
        }
    }
    includes
}

fn services(node: &Node, file: &mut File<'_>, found: &mut Descriptions) {
    let Tree::List(nodes) = &node.value else {
        return file.problem(node.at, apply::SERVICES);
    };
    for node in nodes {
        let mut node = node.clone();
        let variables = &file.variables;
        node.each_text(&|text| variables.expand(text));
        found.services.extend(definition::read(&node, file));
    }
}

/// A text, or several, each with its place.
fn texts(node: &Node) -> Option<Vec<(usize, String)>> {
    let text = |node: &Node| Some((node.at, node.text()?.to_owned()));
    match &node.value {
        Tree::Text(_) => text(node).map(|text| vec![text]),
        Tree::List(nodes) => nodes.iter().map(text).collect(),
        _ => None,
    }
}

fn is_meant(file: &Path) -> bool {
    let ending = file.extension().and_then(|ending| ending.to_str());
    matches!(ending, Some("toml" | "json"))
}

/// The files of a folder, in the order of their names.
fn listed(folder: &Path, is_wanted: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>, ScmError> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
    let entries = entries.reading(folder)?;
    let files = entries.iter().map(fs::DirEntry::path);
    let mut files: Vec<PathBuf> = files
        .filter(|file| file.is_file() && is_wanted(file))
        .collect();
    files.sort();
    Ok(files)
}

fn shown(path: &Path) -> String {
    if path == Path::new("-") {
        return "stdin".to_owned();
    }
    path.display().to_string()
}

fn parse(path: &Path, text: &str) -> Result<Node, Unreadable> {
    let is_json = match path.extension() {
        Some(ending) => ending == "json",
        None => text.trim_start().starts_with(['{']),
    };
    if is_json {
        return node::of_json(text);
    }
    let read = node::of_toml(text);
    let is_yaml = path
        .extension()
        .is_some_and(|ending| ending == "yml" || ending == "yaml");
    if is_yaml {
        return read.map_err(|error| Unreadable {
            why: apply::NOT_YAML.into(),
            ..error
        });
    }
    read
}

#[cfg(all(test, unix))]
mod tests;
