//! Which files belong together: those that are named, those of folders, and those that files include.
//!
//! A file is taken once. Where another of the files includes it, it is taken there, with the variables of that one, and
//! not by itself ([ADR 129](../../../../docs/adr/0129-a-file-is-taken-once.md)).

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use relance_scm::ScmError;
use relance_texts::apply;
use wildmatch::WildMatch;

use super::problem::Source;
use super::variables::Variables;
use super::{INCLUDES_DEEP_MAX, Reading, is_meant, listed, shown};

/// A file that a person names, or that a folder which they name holds.
pub(super) struct Root {
    path: PathBuf,
    identity: PathBuf,
    /// It is read once: it may be a pipe.
    text: Result<String, ScmError>,
}

/// A file that is being read.
pub(super) struct Open {
    identity: PathBuf,
    shown: String,
}

/// The files that were taken.
#[derive(Default)]
pub(super) struct Taken(HashMap<PathBuf, One>);

/// A file that was taken.
struct One {
    /// What says that it is read: `main.toml:1:11`.
    place: String,
    /// What it was read with.
    variables: Variables,
    text: String,
    includes: Vec<PathBuf>,
}

impl Taken {
    fn has(&self, identity: &Path) -> bool {
        self.0.contains_key(identity)
    }

    /// The file, or one that it includes, names a variable that had another value when it was taken.
    fn differs(&self, identity: &Path, variables: &Variables) -> Option<String> {
        let names = variables.differing(&self.0.get(identity)?.variables);
        let mut next = vec![identity];
        let mut known = HashSet::new();
        while let Some(identity) = next.pop() {
            let Some(file) = self.0.get(identity).filter(|_| known.insert(identity)) else {
                continue;
            };
            let used = names
                .iter()
                .find(|name| file.text.contains(&format!("${{{name}}}")));
            if let Some(name) = used {
                return Some(name.clone());
            }
            next.extend(file.includes.iter().map(PathBuf::as_path));
        }
        None
    }
}

impl Reading<'_> {
    /// The files that these paths name, each once.
    pub(super) fn roots(&mut self, paths: &[PathBuf]) -> Vec<Root> {
        let mut roots: Vec<Root> = Vec::new();
        let mut known = HashSet::new();
        for path in paths {
            // A file that a person names may be a pipe; a file in a folder may not.
            let (files, read) = if path.is_dir() {
                let files = listed(path, is_meant).unwrap_or_else(|error| {
                    self.problems.push(error.to_sentence());
                    Vec::new()
                });
                (files, self.disk.read_regular)
            } else {
                (vec![path.clone()], self.disk.read)
            };
            for path in files {
                let identity = identity(&path);
                if known.insert(identity.clone()) {
                    roots.push(Root {
                        text: read(&path),
                        path,
                        identity,
                    });
                }
            }
        }
        roots
    }

    /// Takes the files, those that others of them include with these. `set` are the variables of the command line.
    pub(super) fn take(&mut self, roots: &[Root], set: &[(String, String)]) {
        let included = if roots.len() > 1 {
            self.included(roots, set)
        } else {
            HashSet::new()
        };
        let variables = Variables::of(set);
        let is_included = |root: &&Root| included.contains(&root.identity);
        for root in roots.iter().filter(|root| !is_included(root)) {
            self.root(root, variables.clone());
        }
        // Files of a circle are included by one another.
        for root in roots.iter().filter(is_included) {
            if !self.taken.has(&root.identity) {
                self.root(root, variables.clone());
            }
        }
    }

    /// What these files include.
    fn included(&self, roots: &[Root], set: &[(String, String)]) -> HashSet<PathBuf> {
        let mut included = HashSet::new();
        for root in roots {
            let is_asked = |text: &String| text.contains("include");
            if !root.text.as_ref().is_ok_and(is_asked) {
                continue;
            }
            let mut alone = Reading::new(set, self.disk);
            alone.root(root, Variables::of(set));
            let others = alone.taken.0.into_keys();
            included.extend(others.filter(|identity| *identity != root.identity));
        }
        included
    }

    fn root(&mut self, root: &Root, variables: Variables) {
        match &root.text {
            Ok(text) => self.one(&root.path, text, shown(&root.path), variables),
            Err(error) => self.problems.push(error.to_sentence()),
        }
    }

    /// Takes a file that nothing has taken yet.
    fn one(&mut self, path: &Path, text: &str, place: String, variables: Variables) {
        let file = One {
            place,
            variables: variables.clone(),
            text: text.to_owned(),
            includes: Vec::new(),
        };
        self.taken.0.insert(identity(path), file);
        self.text(path, text, variables);
    }

    /// Takes what a file includes: a file, a folder, or all that match a pattern.
    pub(super) fn include(
        &mut self,
        path: &Path,
        source: &Source,
        at: usize,
        text: &str,
        known: &Variables,
    ) {
        let place = source.place(at);
        let text = known.expand(text).unwrap_or_else(|| text.to_owned());
        let files = match meant(path, &text) {
            Ok(files) => files,
            Err(error) => return self.problems.add(&place, error.to_sentence()),
        };
        let (shown, identity) = (shown(path), identity(path));
        self.open.push(Open { identity, shown });
        for file in files {
            // Each hidden text is kept once.
            let mut variables = known.clone();
            variables.secrets.clear();
            self.included_file(&file, &place, variables);
        }
        self.open.pop();
    }

    fn included_file(&mut self, file: &Path, place: &str, variables: Variables) {
        let (path, identity) = (shown(file), identity(file));
        if let Some(open) = self.open.last()
            && let Some(outer) = self.taken.0.get_mut(&open.identity)
        {
            outer.includes.push(identity.clone());
        }
        if let Some(first) = self.open.iter().position(|open| open.identity == identity) {
            let circle = self.open[first..].iter().map(|open| &*open.shown);
            let chain = circle.chain([&*path]).collect::<Vec<_>>().join(" -> ");
            return self.problems.add(place, apply::IncludesItself { chain });
        }
        if self.open.len() > INCLUDES_DEEP_MAX {
            let most = INCLUDES_DEEP_MAX;
            let too_deep = apply::IncludesTooDeep { path, most };
            return self.problems.add(place, too_deep);
        }
        if let Some(known) = self.taken.0.get(&identity) {
            if let Some(name) = self.taken.differs(&identity, &variables) {
                let first = known.place.as_str();
                let differs = apply::IncludedDifferently { path, first, name };
                self.problems.add(place, differs);
            }
            return;
        }
        match (self.disk.read_regular)(file) {
            Ok(text) => self.one(file, &text, place.to_owned(), variables),
            Err(error) => self.problems.add(place, error.to_sentence()),
        }
    }
}

/// The files that an `include` of this file means.
fn meant(path: &Path, text: &str) -> Result<Vec<PathBuf>, ScmError> {
    let target = path.parent().unwrap_or(Path::new("")).join(text);
    let name = |file: &Path| {
        file.file_name()
            .map(|name| name.to_string_lossy().into_owned())
    };
    let pattern = name(&target).filter(|name| name.contains(['*', '?']));
    let mut files = match (pattern, target.parent()) {
        (Some(pattern), Some(folder)) => {
            let matcher = WildMatch::new(&pattern);
            let folder = if folder.as_os_str().is_empty() {
                Path::new(".")
            } else {
                folder
            };
            listed(folder, |file| {
                name(file).is_some_and(|name| matcher.matches(&name))
            })?
        }
        _ if target.is_dir() => listed(&target, is_meant)?,
        _ => return Ok(vec![target]),
    };
    // A pattern and a folder mean the others.
    let own = identity(path);
    files.retain(|file| identity(file) != own);
    Ok(files)
}

fn identity(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

#[cfg(all(test, unix))]
mod tests;
