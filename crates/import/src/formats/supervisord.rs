//! supervisord: programs, groups, includes; event listeners cannot come along.

mod expand;
mod program;
mod recovery;

use std::path::{Path, PathBuf};

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
        tree(input, work, &mut read, &mut sections)?;
        trees.push((input.path.clone(), read, sections));
    }
    // A file that another one includes was read with that one.
    let included: Vec<PathBuf> = trees
        .iter()
        .flat_map(|(_, read, _)| read[1..].to_vec())
        .collect();
    for (path, _, sections) in trees {
        if !included.contains(&path) {
            one(sections, work);
        }
    }
    Ok(())
}

fn tree(
    input: &Input,
    work: &mut Work<'_>,
    seen: &mut Vec<PathBuf>,
    all: &mut Vec<Placed>,
) -> Result<(), Problem> {
    seen.push(input.path.clone());
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
        if section.name == "include" {
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
        let here_text = here.display().to_string();
        let mut found = Vec::new();
        for pattern in patterns.replace("%(here)s", &here_text).split_whitespace() {
            found.extend(glob(work.files, &here.join(pattern)));
        }
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
            tree(&input, work, seen, all)?;
        }
    }
    Ok(())
}

/// Files whose path matches, `*` and `?` in any part of it.
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
    found.retain(|path| files.read(path).is_ok());
    found
}

fn wildcard(pattern: &str, name: &str) -> bool {
    let Some(c) = pattern.chars().next() else {
        return name.is_empty();
    };
    let rest = &pattern[c.len_utf8()..];
    match c {
        '*' => {
            let mut ends = name.char_indices().map(|(at, _)| at).chain([name.len()]);
            ends.any(|at| wildcard(rest, &name[at..]))
        }
        _ => {
            let Some(first) = name.chars().next() else {
                return false;
            };
            (c == '?' || c == first) && wildcard(rest, &name[first.len_utf8()..])
        }
    }
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
    }
}
