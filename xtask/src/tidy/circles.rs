//! Circles of modules: A uses B, which uses A, over however many between. They cannot be read, tested or
//! moved one by one.
//!
//! A module and those inside it are one subject and may use one another; what counts is how the modules
//! that lie beside each other do. Uses are read off the text (`modules`), tests left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};

use super::modules::{self, Module};
use crate::tree::File;

/// A circle that is there for a reason, which stands in `ARCHITECTURE.md` in these words.
struct Accepted {
    package: &'static str,
    /// The module that they lie in; empty for the root of the crate.
    inside: &'static str,
    members: &'static [&'static str],
    reason: &'static str,
}

const ACCEPTED: &[Accepted] = &[
    Accepted {
        package: "crates/engine",
        inside: "",
        members: &["handle", "linux", "output"],
        reason: "the handle asks `linux` for paths and usage, and shares a clock with its driver",
    },
    Accepted {
        package: "crates/php",
        inside: "zend",
        members: &[
            "class", "deliver", "function", "object", "outbox", "outcome",
        ],
        reason: "values, objects, classes and functions of PHP are made of one another",
    },
    Accepted {
        package: "crates/scm",
        inside: "",
        members: &["config", "settings"],
        reason: "the table of settings names the types of the configuration, which is checked by the table",
    },
];

pub(super) fn check(root: &Path, files: &[File]) -> Result<Vec<String>> {
    let architecture =
        std::fs::read_to_string(root.join("ARCHITECTURE.md")).context("reading ARCHITECTURE.md")?;
    let unexplained = ACCEPTED
        .iter()
        .filter(|accepted| !architecture.contains(accepted.reason))
        .map(|accepted| {
            format!(
                "ARCHITECTURE.md: the circle of {:?} is not explained: {}",
                accepted.members, accepted.reason
            )
        });
    let circles = circles(files)
        .into_iter()
        .filter(|circle| !is_accepted(circle));
    Ok(unexplained
        .chain(circles.map(|circle| circle.describe()))
        .collect())
}

/// Modules beside each other that use one another.
struct Circle {
    package: String,
    inside: Module,
    members: BTreeSet<String>,
}

impl Circle {
    fn describe(&self) -> String {
        let members: Vec<_> = self.members.iter().map(String::as_str).collect();
        format!(
            "{}: in {}, {} use one another in a circle; move what they share to a module of its own, or say in xtask/src/tidy/circles.rs why they do",
            self.package,
            if self.inside.is_empty() {
                "its root".to_owned()
            } else {
                self.inside.join("::")
            },
            members.join(", "),
        )
    }
}

/// Whether it is a circle of the list, or a part of one.
fn is_accepted(circle: &Circle) -> bool {
    ACCEPTED.iter().any(|accepted| {
        let known = |member: &String| accepted.members.contains(&member.as_str());
        accepted.package == circle.package
            && accepted.inside == circle.inside.join("::")
            && circle.members.iter().all(known)
    })
}

/// For each module that has others inside: which of these uses which.
type Uses = BTreeMap<(String, Module), BTreeMap<String, BTreeSet<String>>>;

/// The modules that there are, each with its package.
type Known<'f> = BTreeSet<(&'f str, &'f [String])>;

fn circles(files: &[File]) -> Vec<Circle> {
    let mut circles = Vec::new();
    for ((package, inside), uses) in uses(files) {
        let mut left: BTreeSet<&String> = uses.keys().collect();
        while let Some(first) = left.pop_first() {
            let from_first = reached(&uses, first);
            let back = |member: &&String| reached(&uses, member).contains(first);
            let members: BTreeSet<String> = from_first.iter().filter(back).cloned().collect();
            left.retain(|member| !members.contains(*member));
            if members.len() > 1 {
                let (package, inside) = (package.clone(), inside.clone());
                circles.push(Circle {
                    package,
                    inside,
                    members,
                });
            }
        }
    }
    circles
}

/// What a module uses, directly or not.
fn reached(uses: &BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut next = vec![from];
    while let Some(module) = next.pop() {
        for used in uses.get(module).into_iter().flatten() {
            if reached.insert(used.clone()) {
                next.push(used);
            }
        }
    }
    reached
}

fn uses(files: &[File]) -> Uses {
    let is_test = |path: &str| path.ends_with("tests.rs") || path.contains("/tests/");
    let placed: Vec<(&File, &str, Module)> = files
        .iter()
        .filter(|file| !is_test(&file.path))
        .filter_map(|file| {
            modules::place(&file.path).map(|(package, module)| (file, package, module))
        })
        .collect();
    let known: Known<'_> = placed
        .iter()
        .map(|(_, package, module)| (*package, module.as_slice()))
        .collect();
    let taken = taken(&placed, &known);
    let taken: BTreeMap<(&str, &[String], &str), &Module> = taken
        .iter()
        .map(|(package, module, name, path)| ((*package, *module, name.as_str()), path))
        .collect();
    let mut uses = Uses::new();
    for (file, package, module) in &placed {
        for reference in modules::references(file, module) {
            let mut used = module_of(&known, package, &reference.path);
            // What a parent has taken from a module inside it is of that module.
            if let Some(name) = reference.path.get(used.len()) {
                let from = taken.get(&(*package, used, name.as_str()));
                used = from.map_or(used, |path| module_of(&known, package, path));
            }
            let common = used.iter().zip(module).take_while(|(a, b)| a == b).count();
            if let (Some(user), Some(used)) = (module.get(common), used.get(common)) {
                let beside = uses.entry(((*package).to_owned(), module[..common].to_vec()));
                beside
                    .or_default()
                    .entry(user.clone())
                    .or_default()
                    .insert(used.clone());
            }
        }
    }
    uses
}

/// The module that a path leads into.
fn module_of<'p>(known: &Known<'_>, package: &str, path: &'p [String]) -> &'p [String] {
    let mut used = path;
    while !used.is_empty() && !known.contains(&(package, used)) {
        used = &used[..used.len() - 1];
    }
    used
}

/// The names that modules have taken from those inside them: package, module, name, and the path that it
/// stands for.
fn taken<'f>(
    placed: &'f [(&File, &'f str, Module)],
    known: &Known<'f>,
) -> Vec<(&'f str, &'f [String], String, Module)> {
    let mut taken = Vec::new();
    for (file, package, module) in placed {
        for path in modules::taken(file, module) {
            let from = module_of(known, package, &path).len();
            if let (true, Some(name)) = (from > module.len(), path.get(from).cloned()) {
                taken.push((*package, module.as_slice(), name, path));
            }
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<File> = files
            .iter()
            .map(|(path, text)| File {
                path: format!("crates/a/src/{path}.rs"),
                text: (*text).to_owned(),
            })
            .collect();
        let circles = circles(&files).into_iter();
        circles
            .map(|circle| circle.members.into_iter().collect::<Vec<_>>().join(" "))
            .collect()
    }

    #[test]
    fn circles_of_modules_beside_each_other_are_found() {
        assert!(found(&[("b", "use crate::c::C;"), ("c", "")]).is_empty());
        assert_eq!(
            found(&[
                ("b", "use crate::c::C;"),
                ("c", "use super::d;"),
                ("d", "crate::b::f()")
            ]),
            ["b c d"]
        );
        assert_eq!(
            found(&[
                ("b", ""),
                ("b/x", "use crate::c::C;"),
                ("c", "use crate::b::x;")
            ]),
            ["b c"]
        );
    }

    #[test]
    fn what_a_parent_hands_on_is_of_the_module_that_it_is_from() {
        let files = [
            ("b", "mod x;\nmod y;\npub(crate) use x::{Other, X};"),
            ("b/x", "use super::y::Y;"),
            ("b/y", "use super::X;"),
        ];
        assert_eq!(found(&files), ["x y"]);
    }

    #[test]
    fn a_module_and_what_is_in_it_are_one_subject() {
        let files = [("b", "use crate::b::x::X;"), ("b/x", "use super::B;")];
        assert!(found(&files).is_empty());
    }
}
