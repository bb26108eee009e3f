//! Units of systemd: services with their drop-ins, templates, and timers.

mod command;
mod exec;
mod keys;
mod limits;
mod recovery;
mod rights;
mod service;
mod span;
mod specifier;
mod timer;
mod unit_keys;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use relance_texts::import;

use crate::Problem;
use crate::draft::{self, Origin, ServiceDraft};
use crate::kind::Kind;
use crate::report::Lines;
use crate::syntax::ini::{self, Entry};
use crate::work::{Input, Work, read};

/// A key with the section and the file it stands in.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) file: usize,
    pub(super) section: String,
    pub(super) entry: Entry,
}

impl Key {
    pub(super) fn origin(&self) -> Origin {
        Origin {
            file: self.file,
            lines: self.entry.lines,
        }
    }
}

/// A unit with its drop-ins, in the order in which systemd reads them.
#[derive(Debug, Default)]
pub(super) struct Unit {
    pub(super) keys: Vec<Key>,
}

impl Unit {
    /// The file of the unit itself, which is read before its drop-ins.
    pub(super) fn file(&self) -> usize {
        self.keys.first().map_or(0, |key| key.file)
    }

    /// The last value of a key; an empty one takes the earlier ones back.
    pub(super) fn get(&self, name: &str) -> Option<&Key> {
        let last = self.keys.iter().rev().find(|key| key.entry.key == name)?;
        (!last.entry.value.is_empty()).then_some(last)
    }

    /// All values of a key since the last empty one.
    pub(super) fn all(&self, name: &str) -> Vec<&Key> {
        let of_name = || self.keys.iter().filter(|key| key.entry.key == name);
        let reset = of_name().rposition(|key| key.entry.value.is_empty());
        of_name().skip(reset.map_or(0, |at| at + 1)).collect()
    }

    /// Removes the values that a later empty value of their key resets. Dependencies cannot be reset that way.
    fn take_reset(&mut self) -> Vec<Key> {
        let is_emptied = |at: usize| {
            let key = &self.keys[at];
            let mut later = self.keys[at + 1..].iter();
            let is_same =
                |later: &Key| later.section == key.section && later.entry.key == key.entry.key;
            key.section != "Unit"
                && later.any(|later| is_same(later) && later.entry.value.is_empty())
        };
        let emptied: Vec<bool> = (0..self.keys.len()).map(is_emptied).collect();
        let mut at = 0;
        let taken = self.keys.extract_if(.., |_| {
            at += 1;
            emptied[at - 1]
        });
        taken.collect()
    }
}

trait LastIndex: Iterator + Sized {
    fn rposition(self, is_meant: impl Fn(Self::Item) -> bool) -> Option<usize> {
        self.enumerate()
            .filter_map(|(at, item)| is_meant(item).then_some(at))
            .last()
    }
}

impl<I: Iterator> LastIndex for I {}

pub(super) fn convert(inputs: &[&Input], work: &mut Work<'_>) -> Result<(), Problem> {
    let mut units: BTreeMap<String, Unit> = BTreeMap::new();
    // Units first, then their drop-ins.
    let (drop_ins, mains): (Vec<&Input>, Vec<&Input>) = inputs
        .iter()
        .copied()
        .partition(|input| drop_in_of(&input.path).is_some());
    for input in &mains {
        add(input, &unit_name(&input.path), work, &mut units);
    }
    for input in &mains {
        for extra in beside(input, inputs, work)? {
            add(&extra, &unit_name(&input.path), work, &mut units);
        }
    }
    for input in drop_ins {
        let unit = drop_in_of(&input.path).unwrap_or_default();
        add(input, &unit, work, &mut units);
    }
    instances_with_drop_ins(&mut units, work);
    for unit in units.values_mut() {
        for key in unit.take_reset() {
            work.report(key.file)
                .lost(key.entry.lines, import::SET_AGAIN);
        }
    }
    let is_timer = |name: &str| unit_kind(name) == "timer";
    for (name, unit) in units.iter().filter(|(name, _)| !is_timer(name)) {
        if unit_kind(name) == "service" {
            keys::convert(name, unit, &|name| units.contains_key(name), work);
        } else {
            for key in &unit.keys {
                work.report(key.file)
                    .lost(key.entry.lines, import::UNIT_OF_OTHER_KIND);
            }
        }
    }
    for (name, unit) in units.iter().filter(|(name, _)| is_timer(name)) {
        timer::convert(name, unit, work);
    }
    Ok(())
}

/// An instance with drop-ins of its own becomes its template with these drop-ins. It replaces the template, unless
/// the template says which instances there are.
fn instances_with_drop_ins(units: &mut BTreeMap<String, Unit>, work: &Work<'_>) {
    let has_program = |unit: &Unit| unit.keys.iter().any(|key| key.entry.key == "ExecStart");
    let mut stood_for = Vec::new();
    let of_instances = units.iter().filter_map(|(name, unit)| {
        let (prefix, instance) = name.strip_suffix(".service")?.split_once('@')?;
        let template = format!("{prefix}@.service");
        let keys = &units.get(&template)?.keys;
        if instance.is_empty() || has_program(unit) {
            return None;
        }
        stood_for.push(template);
        let keys = keys.iter().chain(&unit.keys).cloned().collect();
        Some((name.clone(), Unit { keys }))
    });
    let of_instances: Vec<(String, Unit)> = of_instances.collect();
    units.extend(of_instances);
    units.retain(|name, unit| {
        let says = !work.options.instances.is_empty() || unit.get("DefaultInstance").is_some();
        says || !stood_for.contains(name)
    });
}

fn unit_kind(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, kind)| kind)
}

/// The name of a unit from its file.
fn unit_name(path: &Path) -> String {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let known = [
        ".service", ".timer", ".socket", ".target", ".path", ".mount",
    ];
    if known.into_iter().any(|ending| name.ends_with(ending)) {
        return name;
    }
    let stem = name.trim_end_matches(".conf");
    format!("{stem}.service")
}

/// The unit that a drop-in belongs to, by the folder (`x.service.d`), or by such a word in its name.
fn drop_in_of(path: &Path) -> Option<String> {
    let mut parts = path
        .components()
        .rev()
        .map(|part| part.as_os_str().to_string_lossy());
    let name = parts.next()?;
    if !name.ends_with(".conf") {
        return None;
    }
    let folder = parts.next().unwrap_or_default();
    for part in [folder.as_ref(), name.as_ref()] {
        for kind in [".service", ".timer"] {
            if let Some(at) = part.find(&format!("{kind}.d")) {
                let unit = &part[..at + kind.len()];
                // A number in front is for the order of drop-ins and does not belong to the name.
                return Some(
                    unit.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-')
                        .to_owned(),
                );
            }
        }
    }
    None
}

/// Drop-ins beside a unit that was named alone.
fn beside(input: &Input, inputs: &[&Input], work: &mut Work<'_>) -> Result<Vec<Input>, Problem> {
    let folder = PathBuf::from(format!("{}.d", input.path.display()));
    let mut paths = work.files.list(&folder).unwrap_or_default();
    paths.sort();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "conf"));
    paths.retain(|path| !inputs.iter().any(|input| input.path == *path));
    let read = |path: PathBuf| {
        let text = read(&path, work.files)?;
        Ok(Input {
            path,
            text,
            kind: Kind::Systemd,
        })
    };
    paths.into_iter().take(100).map(read).collect()
}

fn add(input: &Input, unit: &str, work: &mut Work<'_>, units: &mut BTreeMap<String, Unit>) {
    let file = work.open(input);
    let sections = ini::systemd(&input.text, work.report(file));
    let unit = units.entry(unit.to_owned()).or_default();
    for section in sections {
        work.report(file).kept(Lines::one(section.line), "name");
        for entry in section.entries {
            unit.keys.push(Key {
                file,
                section: section.name.clone(),
                entry,
            });
        }
    }
}

/// Our name for a unit: its name without the ending.
pub(super) fn service_name(unit: &str) -> String {
    draft::service_name(unit.trim_end_matches(".service"))
}

/// The drafts that stand for a unit, which may be a template.
pub(super) fn drafts_of<'a>(
    drafts: &'a mut [ServiceDraft],
    unit: &str,
) -> impl Iterator<Item = &'a mut ServiceDraft> {
    let name = service_name(unit);
    drafts.iter_mut().filter(move |draft| {
        draft.name == name || name.ends_with('@') && draft.name.starts_with(&name)
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use crate::formats::tests::{Memory, imported};
    use crate::report::Fate;

    #[test]
    fn a_drop_in_takes_back_and_a_timer_belongs_to_its_service() {
        let files = Memory::default()
            .with(
                "/u/a.service",
                "[Service]\nExecStart=/bin/a\nEnvironment=A=1\nRestart=on-failure\nRestartSec=5\n",
            )
            .with(
                "/u/a.service.d/10.conf",
                "[Service]\nExecStart=\nExecStart=/bin/b $X\nEnvironment=A=2\n",
            )
            .with(
                "/u/a.timer",
                "[Timer]\nOnCalendar=minutely\nPersistent=true\n",
            );
        let found = imported(
            &[PathBuf::from("/u/a.service"), PathBuf::from("/u/a.timer")],
            &files,
        );
        assert!(
            found.toml.contains("set -f; exec /bin/b ${X}"),
            "{}",
            found.toml
        );
        assert!(
            found.toml.contains("A=2") && !found.toml.contains("A=1"),
            "{}",
            found.toml
        );
        assert!(found.toml.contains("restart/5s"), "{}", found.toml);
        let missed = "when_start_missed = \"run\"";
        assert!(found.toml.contains(missed), "{}", found.toml);
        assert_eq!(found.services, ["a"]);
        assert!(found.comparisons[0].is_same(), "{:?}", found.comparisons);
    }

    #[test]
    fn an_empty_value_in_a_drop_in_takes_back_what_was_set_before() {
        let files = Memory::default()
            .with(
                "/u/a.service",
                "[Unit]\nAfter=b.service\n[Service]\nExecStart=/bin/a\nEnvironment=A=1\nUser=u\nNice=5\n",
            )
            .with(
                "/u/a.service.d/10.conf",
                "[Unit]\nAfter=\n[Service]\nExecStart=\nExecStart=/bin/b\nEnvironment=\nNice=\n",
            );
        let found = imported(&[PathBuf::from("/u/a.service")], &files);
        let toml = &found.toml;
        assert!(toml.contains("/bin/b") && toml.contains("\"u\""), "{toml}");
        assert!(
            !toml.contains("A=1") && !toml.contains("priority"),
            "{toml}"
        );
        let lost: Vec<usize> = (1..=7)
            .filter(|line| found.files[0].lines[line - 1].fate == Fate::Lost)
            .collect();
        assert_eq!(lost, [2, 4, 5, 7], "b is not imported");
    }

    #[test]
    fn an_instance_with_drop_ins_is_its_template_with_them() {
        let files = Memory::default()
            .with(
                "/u/w@.service",
                "[Service]\nExecStart=/bin/w %i\nUser=%i\nNice=1\n",
            )
            .with(
                "/u/w@mail.service.d/a.conf",
                "[Service]\nNice=19\nKillSignal=SIGRTMIN+3\nCPUShares=2048\nMemoryMax=1.5G\n",
            );
        let paths = ["/u/w@.service", "/u/w@mail.service.d/a.conf"].map(PathBuf::from);
        let found = imported(&paths, &files);
        assert_eq!(found.services, ["w@mail"]);
        for part in [
            "/bin/w mail",
            "account_name = \"mail\"",
            "priority = \"idle\"",
            "stop_signal = \"37\"",
            "cpu_weight = \"200\"",
            "memory_max = \"1610612736\"",
        ] {
            assert!(found.toml.contains(part), "{part}: {}", found.toml);
        }
        let template = imported(&paths[..1], &files);
        assert!(
            template.toml.contains("account_name = \"1\""),
            "{}",
            template.toml
        );
    }

    #[test]
    fn limits_of_starts_and_steps_of_delays_are_kept() {
        let unit = "[Service]\nExecStart=/bin/a\nRestart=always\nSuccessExitStatus=143\nWatchdogSignal=SIGABRT\nRestartSteps=3\nRestartMaxDelaySec=800ms\n";
        let files = Memory::default().with("/u/w@.service", unit);
        let found = imported(&[PathBuf::from("/u/w@.service")], &files);
        for part in [
            "restart/100ms/restart/200ms/restart/400ms/restart/800ms",
            "\"0,143\"",
            "extensions.restart_limit = \"4\"",
            "extensions.restart_limit_period_ms = \"10s\"",
        ] {
            assert!(found.toml.contains(part), "{}", found.toml);
        }
        assert_eq!(found.services, ["w@1"]);
        assert!(found.comparisons[0].is_same(), "{:?}", found.comparisons);
        assert!(
            found.files[0]
                .lines
                .iter()
                .all(|line| line.fate != Fate::Lost)
        );
    }
}
