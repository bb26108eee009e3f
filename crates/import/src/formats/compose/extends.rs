//! `extends` of docker-compose: a service with the keys of another one, of the same file or of another.

use std::path::{Path, PathBuf};

use crate::syntax::node::{Entry, Node, Value};
use crate::syntax::yaml;
use crate::work::{Input, Work, read};

/// So many services extend one another at most.
const DEPTH_MAX: usize = 16;
/// Keys that are not inherited.
const OWN: [&str; 3] = ["depends_on", "links", "extends"];

/// A service with what it has inherited.
pub(super) struct Extended {
    pub(super) entry: Entry,
    /// The service that it extends and that does not exist.
    pub(super) problem: Option<String>,
}

/// What a service extends.
pub(super) struct Base {
    pub(super) service: String,
    file: Option<String>,
}

impl Base {
    /// `extends: base`, or `extends: {service: base, file: common.yml}`.
    pub(super) fn of(node: &Node) -> Self {
        let text = |key: &str| node.get(key).and_then(Node::text);
        Self {
            service: node.text().or_else(|| text("service")).unwrap_or_default(),
            file: text("file"),
        }
    }
}

/// A service with the keys that it has by `extends`; each stands in the line of `extends`.
pub(super) fn resolved(
    entry: &Entry,
    services: &[Entry],
    input: &Input,
    work: &Work<'_>,
) -> Extended {
    let mut entry = entry.clone();
    let problem = inherit(&mut entry, services, &input.path, work, 0).err();
    Extended { entry, problem }
}

/// Adds what is inherited; the name of a service that is not there as the error.
fn inherit(
    entry: &mut Entry,
    services: &[Entry],
    path: &Path,
    work: &Work<'_>,
    depth: usize,
) -> Result<(), String> {
    let Some(extends) = entry.value.get("extends") else {
        return Ok(());
    };
    let (base, line) = (Base::of(extends), extends.lines.first);
    let gone = || base.service.clone();
    if depth >= DEPTH_MAX {
        return Err(gone());
    }
    let mut found = match &base.file {
        None => named(services, &base.service).map(|entry| (entry, services.to_vec(), path.into())),
        Some(file) => of_file(&path.with_file_name("").join(file), &base.service, work),
    };
    let (base, services, path) = found.as_mut().ok_or_else(gone)?;
    inherit(base, services, path, work, depth + 1)?;
    let Value::Map(own) = &mut entry.value.value else {
        return Ok(());
    };
    for mut inherited in base.value.entries().iter().cloned() {
        let is_known = own.iter().any(|known| known.key == inherited.key);
        if !is_known && !OWN.contains(&inherited.key.as_str()) {
            inherited.line = line;
            at_line(&mut inherited.value, line);
            own.push(inherited);
        }
    }
    Ok(())
}

fn named(services: &[Entry], name: &str) -> Option<Entry> {
    services.iter().find(|entry| entry.key == name).cloned()
}

/// A service of another file, with all of that file.
fn of_file(path: &Path, name: &str, work: &Work<'_>) -> Option<(Entry, Vec<Entry>, PathBuf)> {
    let text = read(path, work.files).ok()?;
    let root = yaml::parse(&text).ok()?;
    let services = root.get("services")?.entries().to_vec();
    Some((named(&services, name)?, services, path.to_owned()))
}

fn at_line(node: &mut Node, line: usize) {
    node.lines = crate::report::Lines::one(line);
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| at_line(item, line)),
        Value::Map(entries) => {
            for entry in entries {
                entry.line = line;
                at_line(&mut entry.value, line);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::tests::{Memory, imported};

    #[test]
    fn a_service_has_the_keys_of_the_one_it_extends() {
        let files = Memory::default()
            .with("/c/common.yml", "services:\n  root:\n    restart: always\n    stop_grace_period: 5s\n")
            .with(
                "/c/docker-compose.yml",
                "services:\n  base:\n    extends: {file: common.yml, service: root}\n    stop_grace_period: 1m\n  \
                 web:\n    extends:\n      service: base\n    healthcheck:\n      test: curl -f http://localhost/\n      \
                 interval: 10s\n      retries: 5\n  loop:\n    extends: loop\n  gone:\n    extends: {service: nobody}\n",
            );
        let found = imported(&["/c/docker-compose.yml".into()], &files);
        let web = found.toml.split("name = \"web\"").nth(1).expect("web");
        let web = web.split("[[service]]").next().expect("a part");
        for part in [
            "stop_grace_ms = \"62s\"",
            "restart/",
            "probe_interval_ms = \"10s\"",
            "probe_failures = \"5\"",
            "probe_timeout_ms = \"30s\"",
            "exec --no-TTY web /bin/sh -c",
        ] {
            assert!(web.contains(part), "{part}: {web}");
        }
        let lost = found.files[0]
            .lines
            .iter()
            .filter(|line| line.fate == crate::Fate::Lost);
        assert_eq!(lost.count(), 2, "{:?}", found.files[0].lines);
    }
}
