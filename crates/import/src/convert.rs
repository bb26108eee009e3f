//! The import as a whole: finds the files, has each converted, checks what came out, and writes it.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use relance_texts::import;

use crate::circles;
use crate::draft::{Origin, ServiceDraft};
use crate::formats;
use crate::kind::{Kind, is_meant};
use crate::recovery::{Before, Comparison};
use crate::report::FileReport;
use crate::work::{Input, Work, read};
use crate::{Files, Import, Options, Problem};

/// How many files are read.
const FILES_MAX: usize = 2000;
/// Folders that are not looked into: they hold files of other programs.
const OF_OTHERS: [&str; 2] = ["node_modules", ".git"];
/// How deep folders are looked into.
const FOLDERS_MAX: usize = 4;

/// Reads the configurations of other managers.
///
/// # Errors
/// A file that was named cannot be read, or is of none of the kinds.
pub fn import(paths: &[PathBuf], files: &dyn Files, options: &Options) -> Result<Import, Problem> {
    let (inputs, skipped) = gather(paths, files, options)?;
    let mut work = Work {
        files,
        options,
        reports: Vec::new(),
        drafts: Vec::new(),
    };
    let kinds: Vec<Kind> = Kind::ALL
        .into_iter()
        .filter(|kind| inputs.iter().any(|input| input.kind == *kind))
        .collect();
    for kind in kinds {
        let of_kind: Vec<&Input> = inputs.iter().filter(|input| input.kind == kind).collect();
        formats::convert(kind, &of_kind, &mut work)?;
    }
    Ok(finish(work, skipped))
}

fn gather(
    paths: &[PathBuf],
    files: &dyn Files,
    options: &Options,
) -> Result<(Vec<Input>, Vec<PathBuf>), Problem> {
    let mut inputs: Vec<Input> = Vec::new();
    let mut skipped = Vec::new();
    for path in paths {
        let mut found = Vec::new();
        let is_folder = walk(path, files, 0, &mut found);
        if !is_folder {
            let text = read(path, files)?;
            let kind = options.kind.or_else(|| Kind::of(path, &text));
            let kind = kind.ok_or_else(|| Problem::UnknownKind(path.clone()))?;
            inputs.push(Input {
                path: path.clone(),
                text,
                kind,
            });
            continue;
        }
        let before = inputs.len();
        for path in found {
            let Ok(text) = read(&path, files) else {
                skipped.push(path);
                continue;
            };
            let kind = options.kind.or_else(|| Kind::of(&path, &text));
            match kind.filter(|kind| is_meant(*kind, &path, &text)) {
                Some(kind) => inputs.push(Input { path, text, kind }),
                None => skipped.push(path),
            }
        }
        if inputs.len() == before {
            return Err(Problem::Empty(path.clone()));
        }
    }
    let mut known = HashSet::new();
    inputs.retain(|input| known.insert(input.path.clone()));
    Ok((inputs, skipped))
}

/// The files of a folder and of those in it, in the order of their names; `false` if it is not a folder.
fn walk(path: &Path, files: &dyn Files, depth: usize, found: &mut Vec<PathBuf>) -> bool {
    let Ok(mut entries) = files.list(path) else {
        return false;
    };
    entries.sort();
    for entry in entries {
        if found.len() >= FILES_MAX {
            break;
        }
        if entry
            .file_name()
            .is_some_and(|name| OF_OTHERS.iter().any(|other| name == *other))
        {
            continue;
        }
        if depth >= FOLDERS_MAX || !walk(&entry, files, depth + 1, found) {
            found.push(entry);
        }
    }
    true
}

fn finish(mut work: Work<'_>, skipped: Vec<PathBuf>) -> Import {
    let mut drafts = std::mem::take(&mut work.drafts);
    name_once(&mut drafts, &mut work.reports);
    show_once(&mut drafts, &mut work.reports);
    depend_on_instances(&mut drafts);
    keep_known_dependencies(&mut drafts, &mut work.reports);
    if let Some(prefix) = &work.options.prefix {
        beside(&mut drafts, prefix);
    }
    add_restarters(&mut drafts);
    drafts.retain_mut(|draft| check(draft, &mut work));
    // A dependency on a service that was refused is left out.
    keep_known_dependencies(&mut drafts, &mut work.reports);
    circles::open(&mut drafts, &mut work.reports);
    for report in &mut work.reports {
        let kind = report.kind;
        report.close(|line| formats::is_comment(kind, line));
    }
    let mut played = HashMap::new();
    let comparisons = drafts
        .iter()
        .filter_map(|draft| compare(draft, &mut played))
        .collect();
    Import {
        toml: file(&drafts, &work.reports),
        services: drafts.into_iter().map(|draft| draft.name).collect(),
        files: work.reports,
        comparisons,
        skipped,
    }
}

/// The file for `apply`; says what it was made from.
fn file(drafts: &[ServiceDraft], reports: &[FileReport]) -> String {
    let path = |report: &FileReport| report.path.replace(char::is_control, "?");
    let mut text = String::new();
    for report in reports {
        text.push_str(&format!("# {}: {}\n", report.kind.name(), path(report)));
    }
    for draft in drafts {
        text.push('\n');
        text.push_str(&draft.toml());
    }
    text
}

/// Takes out what would be refused; `false` if nothing is left.
fn check(draft: &mut ServiceDraft, work: &mut Work<'_>) -> bool {
    let (refused, is_whole) = match draft.take_out_refused(work.options.system) {
        Ok(refused) => (refused, true),
        Err(error) => (vec![(draft.origin(), error)], false),
    };
    for (origin, error) in refused {
        if let Some(Origin { file, lines }) = origin {
            let why = import::Refused {
                why: error.to_sentence(),
            };
            // A line may say several settings, of which others are kept.
            match draft.kept_of(file, lines).filter(|_| is_whole) {
                Some(setting) => work.reports[file].changed(lines, setting, why),
                None => work.reports[file].lost(lines, why),
            }
        }
    }
    is_whole
}

/// The comparisons that were made, by what was done before and what decides now.
type Played = HashMap<(Before, String), Comparison>;

fn compare(draft: &ServiceDraft, played: &mut Played) -> Option<Comparison> {
    let before = draft.before.as_ref()?;
    let key = (before.clone(), draft.behaviour());
    if let Some(same) = played.get(&key) {
        return Some(Comparison {
            service: draft.name.clone(),
            rows: same.rows.clone(),
        });
    }
    // Failures come right after each start: nothing has been up for long.
    let mut at_once = draft.clone();
    at_once.unset("extensions.ready_after_ms");
    let config = at_once.config().ok()?;
    let comparison = Comparison::of(draft.name.clone(), before, &config);
    played.insert(key, comparison.clone());
    Some(comparison)
}

/// Two names that differ only in case are the same; a second service of a name gets a number.
fn name_once(drafts: &mut [ServiceDraft], reports: &mut [FileReport]) {
    let mut known = HashSet::new();
    for draft in drafts {
        // It will be refused.
        if draft.name.is_empty() {
            continue;
        }
        let template = draft.name.strip_suffix('@').map(str::to_owned);
        let base = template.clone().unwrap_or_else(|| draft.name.clone());
        let mut number = 1;
        while !known.insert(relance_scm::fold_case(&draft.name)) {
            number += 1;
            draft.name = match template {
                Some(_) => format!("{base}-{number}@"),
                None => format!("{base}-{number}"),
            };
        }
        if let (2.., Some(Origin { file, lines })) = (number, draft.origin()) {
            let name = draft.name.as_str();
            reports[file].changed(lines, "name", import::NameTaken { name });
        }
    }
}

/// A display name is that of no other service, and no other's name.
fn show_once(drafts: &mut [ServiceDraft], reports: &mut [FileReport]) {
    let mut known: HashMap<String, usize> = HashMap::new();
    for (at, draft) in drafts.iter().enumerate() {
        let names = draft.names().into_iter();
        known.extend(names.map(|name| (relance_scm::fold_case(&name), at)));
    }
    for (at, draft) in drafts.iter_mut().enumerate() {
        let Some(shown) = draft.text("display_name").map(str::to_owned) else {
            continue;
        };
        let first = known.entry(relance_scm::fold_case(&shown)).or_insert(at);
        if *first == at {
            continue;
        }
        let origin = draft.origin_of("display_name");
        draft.unset("display_name");
        if let Some(Origin { file, lines }) = origin {
            let name = shown.as_str();
            reports[file].lost(lines, import::DisplayNameTaken { name });
        }
    }
}

/// What needs a service that became several needs all of them; each is needed once.
fn depend_on_instances(drafts: &mut [ServiceDraft]) {
    let templates = drafts.iter().filter(|draft| draft.instances.is_some());
    let templates: HashMap<String, Vec<String>> = templates
        .map(|draft| {
            let base = draft.name.trim_end_matches('@');
            (relance_scm::fold_case(base), draft.names())
        })
        .collect();
    for draft in drafts {
        let needed = std::mem::take(&mut draft.dependencies).into_iter();
        let needed = needed.flat_map(|(name, origin)| {
            let instances = templates.get(&relance_scm::fold_case(&name)).cloned();
            let names = instances.unwrap_or_else(|| vec![name]);
            names.into_iter().map(move |name| (name, origin))
        });
        let mut known = HashSet::new();
        draft.dependencies = needed
            .filter(|(name, _)| known.insert(relance_scm::fold_case(name)))
            .collect();
    }
}

fn keep_known_dependencies(drafts: &mut [ServiceDraft], reports: &mut [FileReport]) {
    let names: Vec<String> = drafts.iter().flat_map(ServiceDraft::names).collect();
    let is_known = |name: &str| {
        names
            .iter()
            .any(|known| relance_scm::fold_case(known) == relance_scm::fold_case(name))
    };
    for draft in drafts {
        draft.dependencies.retain(|(name, origin)| {
            let known = is_known(name);
            if let (false, Some(origin)) = (known, origin) {
                reports[origin.file].lost(
                    origin.lines,
                    import::DependencyElsewhere {
                        name: name.as_str(),
                    },
                );
            }
            known
        });
    }
}

/// Adds the services that restart others at certain times, each after the one that it restarts.
fn add_restarters(drafts: &mut Vec<ServiceDraft>) {
    let mut names: HashSet<String> = drafts
        .iter()
        .map(|draft| relance_scm::fold_case(&draft.name))
        .collect();
    *drafts = std::mem::take(drafts)
        .into_iter()
        .flat_map(|draft| {
            let restarter = draft.restarter(|name| names.contains(&relance_scm::fold_case(name)));
            names.extend(
                restarter
                    .iter()
                    .map(|draft| relance_scm::fold_case(&draft.name)),
            );
            [Some(draft), restarter]
        })
        .flatten()
        .collect();
}

/// Gives the services other names, and leaves their start to people: they are tried beside the old manager.
fn beside(drafts: &mut [ServiceDraft], prefix: &str) {
    for draft in drafts {
        draft.name.insert_str(0, prefix);
        for (name, _) in &mut draft.dependencies {
            name.insert_str(0, prefix);
        }
        // The old manager writes to these files.
        draft.unset("extensions.stdout_file");
        if draft.has("extensions.stderr_file") {
            draft.unset("extensions.stderr_file");
            draft.set("extensions.stderr", "file", None);
        }
        // The old manager still starts and restarts by the clock.
        draft.unset("extensions.schedule");
        draft.restarted_at = None;
        draft.unset("delayed_auto_start");
        draft.unset("display_name");
        draft.set("start_type", "demand", None);
    }
}

#[cfg(test)]
mod tests {
    use crate::Fate;
    use crate::formats::tests::{Memory, imported};

    #[test]
    fn display_names_are_those_of_one_service_each() {
        let service = |id: &str, name: &str| {
            format!(
                "<service><id>{id}</id>\n<name>{name}</name>\n<executable>/x</executable></service>"
            )
        };
        let files = Memory::default()
            .with("/w/1.xml", &service("a", "Shop"))
            .with("/w/2.xml", &service("b", "SHOP"))
            .with("/w/3.xml", &service("c", "A"))
            .with("/w/4.xml", &service("d", "D"));
        let paths = ["1", "2", "3", "4"].map(|name| format!("/w/{name}.xml").into());
        let found = imported(&paths, &files);
        assert_eq!(
            found.toml.matches("display_name").count(),
            2,
            "{}",
            found.toml
        );
        let fate = |file: usize| found.files[file].lines[1].fate;
        assert_eq!(
            [fate(0), fate(1), fate(2), fate(3)],
            [Fate::Kept, Fate::Lost, Fate::Lost, Fate::Kept]
        );
    }
}
