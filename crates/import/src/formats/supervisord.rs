//! supervisord: programs, groups, includes; event listeners cannot come along.

mod expand;
mod logs;
mod program;
mod recovery;

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};

use relance_scm::Win32Error;
use relance_scm::system;
use relance_texts::import;

use crate::kind::Kind;
use crate::report::Lines;
use crate::syntax::ini::{self, Section};
use crate::work::{Input, Work, read};
use crate::{Files, Problem};

/// A section, and the file it stands in.
pub(super) struct Placed {
    pub(super) file: usize,
    pub(super) here: PathBuf,
    pub(super) section: Section,
}

pub(super) fn convert(inputs: &[&Input], work: &mut Work<'_>) -> Result<(), Problem> {
    let mut trees: Vec<(PathBuf, Vec<PathBuf>, Vec<Placed>)> = Vec::new();
    for input in inputs {
        let mut read = Vec::new();
        let mut sections = Vec::new();
        tree(input, true, work, &mut read, &mut sections)?;
        trees.push((input.path.clone(), read, sections));
    }
    // A file that another one includes was read with that one. Those that include one another are read with the first.
    let included: HashSet<PathBuf> = trees
        .iter()
        .flat_map(|(_, read, _)| read[1..].to_vec())
        .collect();
    let (inner, outer): (Vec<_>, Vec<_>) = trees
        .into_iter()
        .partition(|(path, _, _)| included.contains(&plain(path)));
    // A file of several of them belongs to the first.
    let mut taken = HashSet::new();
    for (_, _, mut sections) in outer.into_iter().chain(inner) {
        sections.retain(|placed| !taken.contains(&placed.file));
        taken.extend(sections.iter().map(|placed| placed.file));
        one(sections, work);
    }
    Ok(())
}

/// Reads a file with those that it includes. One that is included includes nothing more, as for supervisord.
fn tree(
    input: &Input,
    is_main: bool,
    work: &mut Work<'_>,
    seen: &mut Vec<PathBuf>,
    all: &mut Vec<Placed>,
) -> Result<(), Problem> {
    seen.push(plain(&input.path));
    let known = work
        .reports
        .iter()
        .position(|report| report.path == input.path.display().to_string());
    let file = match known {
        Some(file) => file,
        None => work.open(input),
    };
    let here = input.path.parent().unwrap_or(Path::new("")).to_owned();
    let sections = ini::supervisord(&input.text, work.report(file));
    let mut includes = Vec::new();
    for section in sections {
        if section.name == "include" && !is_main {
            let report = work.report(file);
            report.lost(Lines::one(section.line), import::INCLUDE_OF_INCLUDED);
            for entry in &section.entries {
                report.lost(entry.lines, import::INCLUDE_OF_INCLUDED);
            }
        } else if section.name == "include" {
            for entry in &section.entries {
                includes.push((entry.value.clone(), entry.lines));
            }
            work.report(file).kept(Lines::one(section.line), "include");
        }
        all.push(Placed {
            file,
            here: here.clone(),
            section,
        });
    }
    for (patterns, lines) in includes {
        let found = included(&patterns, lines, &here, file, work);
        if found.is_empty() {
            work.report(file).lost(lines, import::INCLUDES_NOTHING);
            continue;
        }
        work.report(file).kept(lines, "include");
        for path in found {
            if seen.len() > 500 || seen.contains(&path) {
                continue;
            }
            let text = read(&path, work.files)?;
            let input = Input {
                path,
                text,
                kind: Kind::Supervisord,
            };
            tree(&input, false, work, seen, all)?;
        }
    }
    Ok(())
}

/// The files that match, with what is filled in for `%(here)s` and variables.
fn included(
    patterns: &str,
    lines: Lines,
    here: &Path,
    file: usize,
    work: &mut Work<'_>,
) -> Vec<PathBuf> {
    let expansion = expand::Expansion {
        program: "",
        group: "",
        here,
        number: Some(0),
        count: 1,
        files: work.files,
        own: HashMap::new(),
    };
    let patterns = expansion.expand(patterns);
    for name in &patterns.unknown {
        let name = name.as_str();
        work.report(file)
            .lost(lines, import::VariableOfInclude { name });
    }
    let patterns = patterns.text.split_whitespace();
    patterns
        .flat_map(|pattern| glob(work.files, &plain(&here.join(pattern))))
        .collect()
}

/// A path without `.` and `..`, so that a file has one.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(plain.components().next_back(), Some(Component::Normal(_))) =>
            {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

/// Files whose path matches, `*`, `?` and `[abc]` in any part of it.
fn glob(files: &dyn Files, pattern: &Path) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::new()];
    for part in pattern.components() {
        let part = part.as_os_str().to_string_lossy();
        if part.contains(['*', '?', '[']) {
            let entries = found
                .iter()
                .flat_map(|folder| files.list(folder).unwrap_or_default());
            let matches = |path: &PathBuf| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                wildcard(&part, &name)
            };
            found = entries.filter(matches).take(500).collect();
            found.sort();
        } else {
            found = found.iter().map(|folder| folder.join(&*part)).collect();
        }
    }
    // A file that may not be read is reported when it is read.
    found.retain(|path| match files.read(path) {
        Ok(_) => true,
        Err(error) => system::code(&error) == Win32Error::ACCESS_DENIED,
    });
    found
}

/// Whether a name matches. If the rest does not match, the last star takes one character more; stars before it stay
/// as they are, so that no pattern takes long.
fn wildcard(pattern: &str, name: &str) -> bool {
    let (mut pattern, mut name) = (pattern, name);
    let mut last_star: Option<(&str, &str)> = None;
    loop {
        if let Some(rest) = pattern.strip_prefix('*') {
            last_star = Some((rest, name));
            pattern = rest;
            continue;
        }
        let matched = match one_character(pattern, name) {
            Some(rests) => Some(rests),
            None if pattern.is_empty() && name.is_empty() => return true,
            None => None,
        };
        if let Some(rests) = matched {
            (pattern, name) = rests;
            continue;
        }
        let Some((behind, from)) = last_star else {
            return false;
        };
        let Some(first) = from.chars().next() else {
            return false;
        };
        name = &from[first.len_utf8()..];
        pattern = behind;
        last_star = Some((behind, name));
    }
}

/// The rest of pattern and name if the first character of the name matches.
fn one_character<'p, 'n>(pattern: &'p str, name: &'n str) -> Option<(&'p str, &'n str)> {
    let (c, first) = (pattern.chars().next()?, name.chars().next()?);
    let name = &name[first.len_utf8()..];
    let class = pattern.strip_prefix('[').and_then(|rest| {
        // A bracket that comes first is one of the characters.
        let end = rest.char_indices().skip(1).find(|(_, c)| *c == ']')?.0;
        Some((&rest[..end], &rest[end + 1..]))
    });
    match class {
        Some((class, rest)) => in_class(class, first).then_some((rest, name)),
        None => (c == '?' || c == first).then(|| (&pattern[c.len_utf8()..], name)),
    }
}

/// Whether a character is one of `abc`, `0-9`, or none of `!abc`.
fn in_class(class: &str, c: char) -> bool {
    let (class, is_other) = match class.strip_prefix('!') {
        Some(rest) => (rest, true),
        None => (class, false),
    };
    let class: Vec<char> = class.chars().collect();
    let is_in = (0..class.len()).any(|at| match class[at..] {
        [from, '-', to, ..] => (from..=to).contains(&c),
        [one, ..] => one == c,
        [] => false,
    });
    is_in != is_other
}

/// The configuration of one supervisord.
fn one(sections: Vec<Placed>, work: &mut Work<'_>) {
    let global = sections
        .iter()
        .find(|placed| placed.section.name == "supervisord");
    let groups: Vec<(String, Vec<String>)> = sections.iter().filter_map(group).collect();
    for placed in &sections {
        let name = placed.section.name.as_str();
        let (kind, rest) = name.split_once(':').unwrap_or((name, ""));
        match kind {
            "program" | "fcgi-program" => {
                let group = groups
                    .iter()
                    .find(|(_, members)| members.iter().any(|member| member == rest));
                let group = group.map(|(name, _)| name.as_str());
                program::convert(rest, placed, global, group, work);
            }
            "group" => group_lines(placed, work),
            "supervisord" => program::global_lines(placed, work),
            "include" => {}
            "eventlistener" => listener(placed, work),
            "supervisorctl" | "unix_http_server" | "inet_http_server" | "rpcinterface"
            | "ctlplugin" => {
                all_lost(placed, work, import::CONTROL_SOCKET);
            }
            _ => all_lost(placed, work, import::NOT_UNDERSTOOD),
        }
    }
}

fn group(placed: &Placed) -> Option<(String, Vec<String>)> {
    let name = placed.section.name.strip_prefix("group:")?;
    let members = &placed.section.get("programs")?.value;
    let members = members
        .split([',', '\n'])
        .map(|name| name.trim().to_owned());
    Some((name.to_owned(), members.collect()))
}

fn group_lines(placed: &Placed, work: &mut Work<'_>) {
    let report = work.report(placed.file);
    report.changed(Lines::one(placed.section.line), "name", import::GROUP);
    for entry in &placed.section.entries {
        match entry.key.as_str() {
            "programs" => report.changed(entry.lines, "name", import::GROUP),
            "priority" => report.lost(entry.lines, import::PRIORITY_OF_GROUP),
            key => report.lost(entry.lines, import::UnknownKey { key }),
        }
    }
}

fn all_lost(placed: &Placed, work: &mut Work<'_>, why: relance_texts::Words) {
    let report = work.report(placed.file);
    report.lost(Lines::one(placed.section.line), why);
    for entry in &placed.section.entries {
        report.lost(entry.lines, why);
    }
}

fn listener(placed: &Placed, work: &mut Work<'_>) {
    let events = placed
        .section
        .get("events")
        .map(|entry| entry.value.as_str());
    let why = match events {
        Some(events) if events.contains("PROCESS_STATE_FATAL") => import::LISTENER_OF_FATAL,
        Some(events) if events.contains("TICK") => import::LISTENER_OF_TICKS,
        _ => import::LISTENER,
    };
    all_lost(placed, work, why);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fate;
    use crate::formats::tests::{Memory, imported};

    #[test]
    fn includes_groups_and_numbers_make_services() {
        let files = Memory::default()
            .with("/e/s.conf", "[include]\nfiles = conf.d/*.ini\n[group:g]\nprograms=a\n[supervisord]\nenvironment=L=C\n")
            .with("/e/conf.d/a.ini", "[program:a]\ncommand=/a %(process_num)02d %(ENV_Q)s\nnumprocs=2\n")
            .with("/e/conf.d/b.ini", "[program:b]\ncommand=/b\nautorestart=false\nstartretries=0\n");
        let found = imported(&[PathBuf::from("/e/s.conf")], &files);
        assert_eq!(found.services, ["g:a@", "b"]);
        assert!(
            found.toml.contains("exec /a %i ${Q}") && found.toml.contains("instances = 2"),
            "{}",
            found.toml
        );
        assert_eq!(found.toml.matches("L=C").count(), 2);
        assert_eq!(found.files.len(), 3);
    }

    #[test]
    fn wildcards_match_names() {
        assert!(wildcard("*.conf", "a.conf") && !wildcard("*.conf", "a.ini"));
        assert!(wildcard("?-*", "1-") && wildcard("é*", "éa"));
        assert!(wildcard("[0-9]*.ini", "1a.ini") && !wildcard("[!a]", "a") && wildcard("[", "["));
        assert!(wildcard("*", "") && wildcard("a*b*c", "aXbYbZc") && !wildcard("a", ""));
        let long = "a".repeat(200);
        assert!(
            !wildcard(&format!("{}b", "*a".repeat(100)), &long),
            "and soon"
        );
    }

    #[test]
    fn files_that_include_each_other_are_read_once() {
        let files = Memory::default()
            .with("/e/s.conf", "[include]\nfiles = conf.d/*.ini\n")
            .with(
                "/e/conf.d/a.ini",
                "[include]\nfiles = ../conf.d/b.ini ./../s.conf\n[program:a]\ncommand=/a\n",
            )
            .with(
                "/e/conf.d/b.ini",
                "[include]\nfiles = ../conf.d/a.ini\n[program:b]\ncommand=/b\n",
            );
        let found = imported(&[PathBuf::from("/e/s.conf")], &files);
        assert_eq!(found.files.len(), 3);
        assert_eq!(found.services.len(), 2, "{:?}", found.services);
        let fates = |file: usize| -> Vec<_> {
            let lines = found.files[file].lines.iter();
            lines.map(|line| line.fate).take(2).collect()
        };
        assert_eq!(fates(0), [Fate::Kept, Fate::Kept]);
        assert_eq!(
            fates(1),
            [Fate::Lost, Fate::Lost],
            "supervisord reads no includes there"
        );
        let found = imported(&["/e/conf.d".into()], &files);
        let names = |found: &crate::Import| {
            let mut names = found.services.clone();
            names.sort();
            names
        };
        assert_eq!(
            names(&found),
            ["a", "b"],
            "a circle of a folder is read once"
        );
        let two = "[include]\nfiles=d/*.conf\n";
        let shared = Memory::default()
            .with("/s/1.conf", two)
            .with("/s/2.conf", two)
            .with("/s/d/a.conf", "[program:a]\ncommand=/a\n");
        let found = imported(&["/s/1.conf".into(), "/s/2.conf".into()], &shared);
        assert_eq!(names(&found), ["a"]);
        let chain = Memory::default()
            .with(
                "/c/1.conf",
                "[include]\nfiles=2.conf\n[program:a]\ncommand=/a\n",
            )
            .with(
                "/c/2.conf",
                "[include]\nfiles=3.conf\n[program:b]\ncommand=/b\n",
            )
            .with("/c/3.conf", "[program:c]\ncommand=/c\n");
        let found = imported(&["/c".into()], &chain);
        assert_eq!(
            names(&found),
            ["a", "b", "c"],
            "what nobody reads there stands alone"
        );
        let beside = files.with(
            "/e/own.conf",
            "[include]\nfiles = *.conf\n[program:c]\ncommand=/c\n",
        );
        let found = imported(&[PathBuf::from("/e/./own.conf")], &beside);
        assert_eq!(
            found.services,
            ["c"],
            "a file that includes itself is read once"
        );
    }
}
