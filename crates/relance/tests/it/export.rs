//! What is exported: applied again it changes nothing, the schema takes it, and an editor changes it.

use std::fs;
use std::path::Path;
use std::process::Output;

use relance_testkit::daemon::Daemon;
use serde_json::Value as Json;

use crate::support::{done, relance};

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

const SERVICES: &str = include_str!("export/services.toml");

/// A daemon with services of many settings.
fn daemon(folder: &Path) -> Daemon {
    let daemon = Daemon::start(relance());
    let path = folder.join("services.toml");
    fs::write(&path, SERVICES).expect("written");
    done(&daemon.relance(&["apply", "-f", path.to_str().expect("a path")]));
    daemon
}

#[test]
fn export_then_apply_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let daemon = daemon(folder.path());
    let path = folder.path().join("exported.toml");
    let path = path.to_str().expect("a path");
    done(&daemon.relance(&["export", "-o", path]));
    let exported = fs::read_to_string(path).expect("written");
    assert!(exported.starts_with("#:schema https://"), "{exported}");
    assert!(
        exported.contains("name = \"w@\"\ninstances = 3"),
        "{exported}"
    );
    let planned = daemon.relance(&["apply", "-f", path, "--dry-run", "--diff", "--prune", "*"]);
    assert_eq!(planned.status.code(), Some(0), "{}", text(&planned));
    let json = folder.path().join("exported.json");
    let json = json.to_str().expect("a path");
    done(&daemon.relance(&["export", "w@", "--json", "-o", json]));
    let planned = daemon.relance(&["apply", "-f", json, "--dry-run"]);
    assert_eq!(planned.status.code(), Some(0), "{}", text(&planned));
    assert!(text(&planned).contains("3 unchanged"), "{}", text(&planned));
    let again = daemon.relance(&["export", "-o", path]);
    assert!(!again.status.success(), "a file that is there stays");
}

#[test]
fn the_schema_takes_the_files_of_the_documents_and_what_is_exported() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |path: &str| fs::read_to_string(root.join(path)).expect(path);
    let schema: Json = serde_json::from_str(&read("docs/services.schema.json")).expect("JSON");
    let mut files = vec![SERVICES.to_owned()];
    for page in ["docs/config-as-code.md", "docs/container.md"] {
        let page = read(page);
        let blocks = page.split("```toml\n").skip(1);
        files.extend(
            blocks
                .filter_map(|block| block.split("```").next())
                .map(ToOwned::to_owned),
        );
    }
    let folder = tempfile::tempdir().expect("a folder");
    files.push(text(&daemon(folder.path()).relance(&["export"])));
    assert!(files.len() >= 5);
    for file in files {
        let value: Json = toml::from_str(&file).unwrap_or_else(|error| panic!("{error}\n{file}"));
        let problem = wrong(&schema, &schema, &value, "");
        assert_eq!(problem, None, "{file}");
    }
    for refused in [
        "x = 1",
        "[[service]]\nname = 'a'",
        "[[service]]\nname = 'a'\ncommand = ['b']\nstart_type = 'boot'",
        "[[service]]\nname = 'a'\ncommand = ['b']\nextensions.stop_grace = 1",
        "[[service]]\nname = 'a'\ncommand = 'b'",
    ] {
        let value: Json = toml::from_str(refused).expect("TOML");
        assert!(wrong(&schema, &schema, &value, "").is_some(), "{refused}");
    }
}

/// Where a value is not what a schema says, of the keywords that ours uses.
fn wrong(root: &Json, schema: &Json, value: &Json, at: &str) -> Option<String> {
    let check = |schema: &Json| wrong(root, schema, value, at);
    let fails = |what: &str| Some(format!("{at}: {what}"));
    for (keyword, rule) in schema.as_object()? {
        let list = || rule.as_array().into_iter().flatten();
        let problem = match keyword.as_str() {
            "$ref" => {
                let pointer = rule.as_str()?.trim_start_matches('#');
                wrong(
                    root,
                    root.pointer(pointer).expect("a definition"),
                    value,
                    at,
                )
            }
            "anyOf" if list().all(|schema| check(schema).is_some()) => fails("anyOf"),
            "oneOf" if list().filter(|schema| check(schema).is_none()).count() != 1 => {
                fails("oneOf")
            }
            "enum" if !list().any(|word| word == value) => fails("enum"),
            "type" if !is_of(rule, value) => fails("type"),
            "minimum" if value.as_i64() < rule.as_i64() && value.is_i64() => fails("minimum"),
            "maximum" if value.as_u64() > rule.as_u64() => fails("maximum"),
            "required" => {
                let mut keys = list().filter_map(Json::as_str);
                let missing = keys.find(|key| value.get(key).is_none());
                missing.and_then(fails)
            }
            "items" => {
                let mut items = value.as_array().into_iter().flatten();
                items.find_map(|item| wrong(root, rule, item, at))
            }
            "properties" | "additionalProperties" => {
                let known = &schema["properties"];
                let mut entries = value.as_object().into_iter().flatten();
                entries.find_map(|(key, value)| {
                    let at = format!("{at}.{key}");
                    match known.get(key) {
                        Some(schema) if keyword == "properties" => wrong(root, schema, value, &at),
                        None if rule == &Json::Bool(false) => Some(format!("{at}: unknown")),
                        None if keyword == "additionalProperties" => wrong(root, rule, value, &at),
                        _ => None,
                    }
                })
            }
            _ => None,
        };
        if problem.is_some() {
            return problem;
        }
    }
    None
}

fn is_of(types: &Json, value: &Json) -> bool {
    let is = |word: &Json| match word.as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        other => panic!("{other:?}"),
    };
    types
        .as_array()
        .map_or_else(|| is(types), |types| types.iter().any(is))
}

/// Runs `relance edit` with an editor that is this shell command, its file in `$1`.
fn edit(daemon: &Daemon, folder: &Path, script: &str, words: &[&str]) -> Output {
    let editor = folder.join("editor");
    fs::write(&editor, script).expect("written");
    let mut command = daemon.client(&[&["edit"], words].concat());
    command
        .env("VISUAL", format!("/bin/sh {}", editor.display()))
        .env("TMPDIR", folder);
    command
        .stdin(std::process::Stdio::null())
        .output()
        .expect("it runs")
}

fn kept(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).expect("a folder").flatten();
    let names = files.map(|file| file.file_name().to_string_lossy().into_owned());
    names
        .filter(|name| name.starts_with("relance-edit-"))
        .collect()
}

#[test]
fn a_service_that_is_deleted_when_it_stops_is_not_exported() {
    let daemon = Daemon::start(relance());
    for service in ["goes", "stays"] {
        done(&daemon.relance(&["create", service, "--", "/bin/sleep", "1000"]));
        done(&daemon.relance(&["start", service]));
    }
    done(&daemon.relance(&["delete", "goes"]));
    let exported = text(&daemon.relance(&["export"]));
    assert!(
        exported.contains("\"stays\"") && !exported.contains("\"goes\""),
        "{exported}"
    );
}

#[test]
fn an_editor_changes_a_service_and_what_is_refused_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let daemon = daemon(folder);
    let nothing = edit(&daemon, folder, "grep -q '^# The signal' \"$1\"", &["a"]);
    done(&nothing);
    assert!(
        text(&nothing).contains("nothing was changed"),
        "{}",
        text(&nothing)
    );
    let sed =
        "sed -i 's/^# extensions.stop_grace_ms = .*/extensions.stop_grace_ms = \"77s\"/' \"$1\"";
    let changed = edit(&daemon, folder, sed, &["w@"]);
    done(&changed);
    assert!(
        text(&changed).contains("Stop grace: 10s → 1m17s"),
        "{}",
        text(&changed)
    );
    assert!(text(&daemon.relance(&["config", "w@3"])).contains("1m17s"));
    assert_eq!(kept(folder), [""; 0]);

    let refused = edit(&daemon, folder, "echo 'nonsense = 1' >> \"$1\"", &["a"]);
    assert!(!refused.status.success());
    let shown = text(&refused);
    assert!(
        shown.contains("there is no setting nonsense") && shown.contains("relance apply -f"),
        "{shown}"
    );
    assert_eq!(kept(folder).len(), 1);
    let meanwhile = format!(
        "RELANCE_SOCKET={} {} config a --description other; sed -i 's/^start_type.*/start_type = \"demand\"/' \"$1\"",
        daemon.socket().display(),
        relance().display()
    );
    let conflict = edit(&daemon, folder, &meanwhile, &["a"]);
    assert!(
        text(&conflict).contains("somebody changed a meanwhile"),
        "{}",
        text(&conflict)
    );
    let renamed = edit(
        &daemon,
        folder,
        "sed -i 's/^name.*/name = \"b\"/' \"$1\"",
        &["a"],
    );
    assert!(
        text(&renamed).contains("describes b instead of a"),
        "{}",
        text(&renamed)
    );
}

#[test]
fn comments_of_a_file_survive_an_edit() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let daemon = daemon(folder);
    let of_services = folder.join("conf.d");
    fs::create_dir(&of_services).expect("made");
    let file = of_services.join("services.toml");
    fs::write(&file, SERVICES).expect("written");
    let words = ["a", "--file", of_services.to_str().expect("a path")];
    let edited = edit(
        &daemon,
        folder,
        "sed -i 's/restart.5s/restart\\/9s/' \"$1\"",
        &words,
    );
    done(&edited);
    assert!(text(&edited).contains("9s"), "{}", text(&edited));
    let after = fs::read_to_string(&file).expect("there");
    assert_eq!(after, SERVICES.replace("restart/5s", "restart/9s"));
    assert!(after.contains("# why it waits"), "{after}");
    let failed = edit(&daemon, folder, "exit 3", &words);
    assert!(!failed.status.success());
    assert_eq!(kept(folder), [""; 0], "nothing was written");
    let refused = edit(&daemon, folder, "echo 'x' >> \"$1\"", &words);
    assert!(!refused.status.success());
    assert_eq!(
        fs::read_to_string(&file).expect("there"),
        after,
        "the file is as it was"
    );
    let meanwhile = format!(
        "echo '# mine' >> {}; sed -i 's/restart.9s/restart\\/8s/' \"$1\"",
        file.display()
    );
    let conflict = text(&edit(&daemon, folder, &meanwhile, &words));
    assert!(conflict.contains("somebody changed "), "{conflict}");
    assert_eq!(
        fs::read_to_string(&file).expect("there"),
        format!("{after}# mine\n")
    );
}
