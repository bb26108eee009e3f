//! What the programs are made of, in CycloneDX: every package that cargo links into one of them (or
//! that wrote code for it: macros), with its licence.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::Dist;
use crate::cargo;
use crate::linux::architecture::Libc;
use crate::windows::TARGET;

/// What is in a release.
const PROGRAMS: [&str; 2] = ["relance", "relance-php"];

pub(super) fn make(dist: &Dist) -> Result<()> {
    let linux = dist.architecture.target(Libc::Musl);
    let metadata = cargo::metadata_for(dist.root, &[&linux, TARGET])?;
    let bill = bill(&dist.version, &metadata)?;
    let file = format!("relance-{}.cdx.json", dist.version);
    fs::write(dist.out.join(file), serde_json::to_string_pretty(&bill)?)?;
    Ok(())
}

fn bill(version: &str, metadata: &Value) -> Result<Value> {
    let packages: BTreeMap<&str, &Value> = list(metadata, "packages")?
        .iter()
        .filter_map(|package| Some((package["id"].as_str()?, package)))
        .collect();
    let links = links(metadata)?;
    let programs = packages
        .iter()
        .filter(|(_, package)| PROGRAMS.iter().any(|name| package["name"] == *name));
    let linked = reachable(&links, programs.map(|(id, _)| *id).collect());
    let foreign = |id: &&str| !packages[*id]["source"].is_null();
    let components: Vec<Value> = linked
        .iter()
        .filter(|id| foreign(id))
        .map(|id| component(packages[*id]))
        .collect();
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "name": "relance", "version": version},
        },
        "components": components,
    }))
}

fn list<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    value[key]
        .as_array()
        .with_context(|| format!("cargo metadata has no {key}"))
}

/// What each package links: its ordinary dependencies.
fn links(metadata: &Value) -> Result<BTreeMap<&str, Vec<&str>>> {
    let nodes = list(&metadata["resolve"], "nodes")?;
    let mut links = BTreeMap::new();
    for node in nodes {
        let linked = list(node, "deps")?.iter().filter(|dependency| {
            let kinds = dependency["dep_kinds"].as_array().into_iter().flatten();
            kinds.into_iter().any(|kind| kind["kind"].is_null())
        });
        let linked = linked.filter_map(|dependency| dependency["pkg"].as_str());
        links.insert(
            node["id"].as_str().context("a package without id")?,
            linked.collect(),
        );
    }
    Ok(links)
}

/// Everything that is linked into one of these.
fn reachable<'a>(links: &BTreeMap<&'a str, Vec<&'a str>>, from: Vec<&'a str>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open = from;
    while let Some(id) = open.pop() {
        if found.insert(id) {
            open.extend(links.get(id).into_iter().flatten());
        }
    }
    found
}

fn component(package: &Value) -> Value {
    let text = |key: &str| package[key].as_str().unwrap_or_default();
    let (name, version) = (text("name"), text("version"));
    let purl = format!("pkg:cargo/{name}@{version}");
    json!({
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        // Old packages write a slash.
        "licenses": [{"expression": text("license").replace('/', " OR ")}],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, licence: &str, source: Value) -> Value {
        json!({"id": name, "name": name, "version": "1.0.0", "license": licence, "source": source})
    }

    #[test]
    fn what_is_linked_is_listed_and_nothing_else() {
        let registry = || json!("registry");
        let metadata = json!({
            "packages": [
                package("relance", "MIT", Value::Null),
                package("relance-scm", "MIT", Value::Null),
                package("linked", "MIT/Apache-2.0", registry()),
                package("for-tests", "MIT", registry()),
                package("for-xtask", "MIT", registry()),
            ],
            "resolve": {"nodes": [
                {"id": "relance", "deps": [
                    {"pkg": "relance-scm", "dep_kinds": [{"kind": null}]},
                    {"pkg": "for-tests", "dep_kinds": [{"kind": "dev"}]},
                ]},
                {"id": "relance-scm", "deps": [
                    {"pkg": "linked", "dep_kinds": [{"kind": "build"}, {"kind": null}]},
                ]},
            ]},
        });
        let bill = bill("0.1.0", &metadata).unwrap();
        let components = bill["components"].as_array().unwrap();
        assert_eq!(components.len(), 1, "{components:?}");
        assert_eq!(components[0]["purl"], "pkg:cargo/linked@1.0.0");
        assert_eq!(
            components[0]["licenses"][0]["expression"],
            "MIT OR Apache-2.0"
        );
    }
}
