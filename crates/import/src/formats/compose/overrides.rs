//! The file that docker compose reads after one of the usual name: `docker-compose.override.yml`.
//!
//! docker compose goes on reading both. What the second says of the life of a service is told, and not merged.

use std::path::{Path, PathBuf};

use relance_texts::import;

use super::BY_COMPOSE;
use crate::kind::Kind;
use crate::report::Lines;
use crate::syntax::node::Entry;
use crate::work::{Input, Work, read};

/// Names of files that have one.
const USUAL: [&str; 2] = ["docker-compose", "compose"];
/// Keys that decide here, not in docker compose.
const OF_LIFE: [&str; 8] = [
    "restart",
    "depends_on",
    "links",
    "stop_grace_period",
    "healthcheck",
    "deploy",
    "scale",
    "profiles",
];

/// Each file with the one that overrides it, if there is one.
pub(super) fn pairs(inputs: &[&Input], work: &Work<'_>) -> Vec<(Input, Option<Input>)> {
    let is_override = |input: &&&Input| {
        let mut others = inputs.iter();
        others.any(|main| beside(&main.path).contains(&input.path))
    };
    let mains = inputs.iter().filter(|input| !is_override(input));
    mains
        .map(|main| {
            let found = beside(&main.path).into_iter().find_map(|path| {
                let text = read(&path, work.files).ok()?;
                let kind = Kind::Compose;
                Some(Input { path, text, kind })
            });
            ((*main).clone(), found)
        })
        .collect()
}

/// Where such a file would be.
fn beside(path: &Path) -> Vec<PathBuf> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    if !USUAL.contains(&stem.as_ref()) {
        return Vec::new();
    }
    let names = ["yml", "yaml"].map(|ending| format!("{stem}.override.{ending}"));
    names.map(|name| path.with_file_name(name)).to_vec()
}

/// What becomes of the lines of a service that the other file has, too.
pub(super) fn account(entry: &Entry, main: &str, file: usize, work: &mut Work<'_>) {
    let report = work.report(file);
    report.kept(Lines::one(entry.line), BY_COMPOSE);
    for inner in entry.value.entries() {
        if OF_LIFE.contains(&inner.key.as_str()) {
            let path = main;
            report.lost(inner.lines(), import::Overridden { path });
        } else {
            report.kept(inner.lines(), BY_COMPOSE);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Fate;
    use crate::formats::tests::{Memory, imported};

    #[test]
    fn both_files_are_read_by_docker_compose() {
        let files = Memory::default()
            .with(
                "/c/compose.yml",
                "services:\n  web:\n    image: x\n    restart: always\n",
            )
            .with(
                "/c/compose.override.yml",
                "services:\n  web:\n    restart: 'no'\n    ports: [1:1]\n  mail:\n    image: y\n",
            );
        for paths in [
            vec!["/c/compose.yml"],
            vec!["/c/compose.override.yml", "/c/compose.yml"],
        ] {
            let paths: Vec<_> = paths.into_iter().map(Into::into).collect();
            let found = imported(&paths, &files);
            assert_eq!(found.services, ["web", "mail"]);
            let both = "--file /c/compose.yml --file /c/compose.override.yml run";
            assert_eq!(found.toml.matches(both).count(), 2, "{}", found.toml);
            let fates: Vec<Fate> = found.files[1].lines.iter().map(|line| line.fate).collect();
            assert_eq!(fates[2..4], [Fate::Lost, Fate::Kept]);
        }
    }

    #[test]
    fn a_policy_of_deploy_and_defaults_of_variables_decide() {
        let files = Memory::default().with_variable("N", "3").with(
            "/c/stack.yml",
            "services:\n  a:\n    deploy:\n      replicas: ${N:-2}\n      restart_policy:\n        \
             condition: on-failure\n        max_attempts: 2\n        delay: 5s\n  b:\n    restart: ${R:-always}\n  \
             c:\n    restart: ${R}\n  d:\n    restart: 'no'\n    deploy: {restart_policy: {condition: any}}\n",
        );
        let found = imported(&["/c/stack.yml".into()], &files);
        let part = |name: &str| {
            let text = found.toml.split(&format!("name = \"{name}\"")).nth(1);
            text.and_then(|text| text.split("[[service]]").next())
                .unwrap_or_default()
        };
        assert!(
            part("a@").contains("restart/100ms/restart/200ms/none/0"),
            "{}",
            part("a@")
        );
        assert!(part("a@").contains("instances = 3"));
        assert!(part("b").contains("restart_on_exit"), "{}", part("b"));
        assert!(!part("c").contains("recovery") && !part("d").contains("recovery"));
        let fates: Vec<Fate> = found.files[0].lines.iter().map(|line| line.fate).collect();
        assert_eq!(
            (fates[7], fates[9], fates[11]),
            (Fate::Lost, Fate::Changed, Fate::Lost)
        );
    }
}
