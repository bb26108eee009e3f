//! What the programs are made of, in CycloneDX: every package that cargo links, with its licence.

use std::fs;

use anyhow::Result;
use serde_json::{Value, json};

use super::Dist;

pub(super) fn make(dist: &Dist, packages: &[Value]) -> Result<()> {
    let text = serde_json::to_string_pretty(&bill(&dist.version, packages))?;
    fs::write(
        dist.out.join(format!("relance-{}.cdx.json", dist.version)),
        text,
    )?;
    Ok(())
}

fn bill(version: &str, packages: &[Value]) -> Value {
    let foreign = packages
        .iter()
        .filter(|package| !package["source"].is_null());
    let components: Vec<Value> = foreign.map(component).collect();
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "name": "relance", "version": version},
        },
        "components": components,
    })
}

fn component(package: &Value) -> Value {
    let text = |key: &str| package[key].as_str().unwrap_or_default();
    let (name, version) = (text("name"), text("version"));
    json!({
        "type": "library",
        "name": name,
        "version": version,
        "purl": format!("pkg:cargo/{name}@{version}"),
        "licenses": [{"expression": text("license")}],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_packages_are_no_components() {
        let registry =
            json!({"name": "a", "version": "1.0.0", "license": "MIT", "source": "registry"});
        let own = json!({"name": "relance-scm", "version": "0.1.0", "source": null});
        let bill = bill("0.1.0", &[registry, own]);
        let components = bill["components"].as_array().unwrap();
        assert_eq!(components.len(), 1);
        assert_eq!(components[0]["purl"], "pkg:cargo/a@1.0.0");
    }
}
