//! Which modules of its own crate a file refers to, read from its text: paths that begin with `crate`
//! or `super`. The tests inside a file do not count.

use crate::tree::File;

/// A module by its names from the root of the crate on; empty for the root.
pub(super) type Module = Vec<String>;

/// The folder of the crate that a source file belongs to (`crates/php`), and its module.
pub(super) fn place(path: &str) -> Option<(&str, Module)> {
    let (package, inside) = path.strip_suffix(".rs")?.split_once("/src/")?;
    let mut module: Module = inside.split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|name| name == "mod") {
        module.pop();
    }
    if matches!(inside, "lib" | "main") {
        module.clear();
    }
    Some((package, module))
}

/// A path in the text, from the root of the crate on, and its line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) line: usize,
    pub(super) path: Vec<String>,
}

/// What the file refers to. A group in braces gives one path for each of its members.
pub(super) fn references(file: &File, module: &Module) -> Vec<Reference> {
    let mut found = Vec::new();
    let code = code(&file.text);
    for (at, _) in code.match_indices("::") {
        let before = code[..at].trim_end();
        let start = before.rfind(|c: char| !is_name(c)).map_or(0, |end| end + 1);
        let base = match &before[start..] {
            "crate" => Vec::new(),
            // The first of `super::super` is enough: it is followed from there.
            "super" if !before[..start].ends_with("::") => parent(module),
            _ => continue,
        };
        let line = code[..at].lines().count();
        for path in members(&code[at + 2..], base) {
            found.push(Reference { line, path });
        }
    }
    found
}

/// What a file takes from the modules inside it by `use`, as paths from the root of the crate on: others may
/// name it as if it were here. A name that is not a module of its own is for the caller to leave out.
pub(super) fn taken(file: &File, module: &Module) -> Vec<Module> {
    let code = code(&file.text);
    let uses = code.match_indices("use ").filter(|(at, _)| {
        let before = code[..*at].trim_end_matches(' ');
        before.is_empty() || before.ends_with(['\n', ')']) || before.ends_with("pub")
    });
    uses.flat_map(|(at, word)| members(&code[at + word.len()..], module.clone()))
        .collect()
}

/// The text without comments, and without the tests at its end; lines stay where they are.
pub(super) fn code(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let is_tests = |pair: &[&str]| pair[0] == "#[cfg(test)]" && pair[1].ends_with('{');
    let end = lines.windows(2).position(is_tests).unwrap_or(lines.len());
    let lines = lines[..end].iter().map(|line| {
        let comment = line.trim_start().starts_with("//");
        if comment {
            ""
        } else {
            line.split(" // ").next().unwrap_or_default()
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The paths that go on from `base`: one, or as many as the group in braces has members.
fn members(rest: &str, mut base: Module) -> Vec<Module> {
    let mut rest = rest.trim_start();
    loop {
        if let Some(group) = rest.strip_prefix('{') {
            let firsts = group_members(group);
            return firsts
                .into_iter()
                .flat_map(|member| members(member, base.clone()))
                .collect();
        }
        let end = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
        match &rest[..end] {
            "super" => drop(base.pop()),
            "" | "self" => return vec![base],
            name => base.push(name.to_owned()),
        }
        match rest[end..].strip_prefix("::") {
            Some(next) => rest = next.trim_start(),
            None => return vec![base],
        }
    }
}

/// The members of a group, from behind its brace on.
fn group_members(group: &str) -> Vec<&str> {
    let (mut members, mut depth, mut start) = (Vec::new(), 0_u32, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '}' | ',' if depth == 0 => {
                members.push(group[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
        if c == '}' && depth == 0 && start == at + 1 {
            break;
        }
    }
    members.retain(|member| !member.is_empty());
    members
}

fn parent(module: &Module) -> Module {
    module[..module.len().saturating_sub(1)].to_vec()
}

pub(super) fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(path: &str, text: &str) -> Vec<String> {
        let file = File {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        let (_, module) = place(path).unwrap();
        let found = references(&file, &module).into_iter();
        found.map(|reference| reference.path.join("::")).collect()
    }

    #[test]
    fn files_are_modules() {
        let module = |path| place(path).map(|(package, module)| (package, module.join("::")));
        assert_eq!(
            module("crates/a/src/b/c.rs"),
            Some(("crates/a", "b::c".into()))
        );
        assert_eq!(
            module("crates/a/src/lib.rs"),
            Some(("crates/a", String::new()))
        );
        assert_eq!(module("crates/a/tests/it/main.rs"), None);
    }

    #[test]
    fn paths_are_followed_from_the_root() {
        let path = "crates/a/src/b/c.rs";
        assert_eq!(paths(path, "use crate::d::E;"), ["d::E"]);
        assert_eq!(paths(path, "use super::e::F;"), ["b::e::F"]);
        assert_eq!(paths(path, "super::super::d::f()"), ["d::f"]);
        assert_eq!(
            paths(path, "$crate::d::E { super::g(); }"),
            ["d::E", "b::g"]
        );
        assert_eq!(
            paths(
                path,
                "use crate::{\n  d::{self, E},\n  f,\n};\nuse crate::h;"
            ),
            ["d", "d::E", "f", "h"]
        );
    }

    #[test]
    fn comments_and_tests_do_not_count() {
        let path = "crates/a/src/b.rs";
        assert_eq!(paths(path, "/// See crate::d\nf(); // crate::d").len(), 0);
        let tests = "#[cfg(test)]\nmod tests {\n    use crate::d;\n}";
        assert_eq!(paths(path, tests).len(), 0);
    }
}
