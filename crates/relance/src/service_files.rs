//! Files that describe services, for `relance apply` and `relance daemon --apply`: TOML with one
//! `[[service]]` each, JSON as `relance config --json` prints it, and folders of these.

mod templates;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Error, Result, bail};
use relance_scm::config::Secret;
use relance_scm::manager::NewService;
use relance_scm::settings::RETRY_FAILED_STARTS;
use relance_scm::{ScmError, ServiceConfig};
use relance_texts::command;
use relance_wire::api::ConfigBody;
use serde::Deserialize;
use serde::de::Error as _;
use serde_json::Value as Json;

use templates::{Counts, several, without_counts};

const PROGRAM: &str = "program";
/// Key of a service's `recovery`.
const ON_ERROR_STOP: &str = "on_error_stop";
const EXTENSIONS: &str = "extensions";

/// A file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    service: Vec<ConfigBody>,
}

/// All services that these files describe; of a folder, those of its `.toml`
/// and `.json` files in the order of their names.
///
/// # Errors
/// The first file that cannot be read or is not valid, and a service that is described twice.
pub(crate) fn read(
    paths: &[PathBuf],
    text_of: impl Fn(&Path) -> Result<String>,
) -> Result<Vec<NewService>> {
    let mut services: Vec<NewService> = Vec::new();
    for path in files(paths)? {
        let is_wrong = || format!("{} is not valid", path.display());
        let bodies = parse(&path, &text_of(&path)?).with_context(is_wrong)?;
        for body in bodies {
            let service = new_service(&body).with_context(is_wrong)?;
            let name = &service.config.service_name;
            if services
                .iter()
                .any(|known| known.config.service_name == *name)
            {
                bail!(
                    "{}: {name} is described twice; drop one of the two",
                    is_wrong()
                );
            }
            services.push(service);
        }
    }
    Ok(services)
}

fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let entries = fs::read_dir(path).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
        let entries = entries.with_context(|| format!("{} cannot be read", path.display()))?;
        let is_meant = |file: &PathBuf| {
            let ending = file.extension().and_then(|ending| ending.to_str());
            matches!(ending, Some("toml" | "json")) && file.is_file()
        };
        let mut found: Vec<PathBuf> = entries
            .iter()
            .map(fs::DirEntry::path)
            .filter(is_meant)
            .collect();
        found.sort();
        files.append(&mut found);
    }
    Ok(files)
}

/// The text of a file; `-` is the standard input.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

fn parse(path: &Path, text: &str) -> Result<Vec<ConfigBody>> {
    let is_json = path.extension().is_some_and(|ending| ending == "json")
        || (path == Path::new("-") && text.trim_start().starts_with(['{']));
    if is_json {
        parse_json(text)
    } else {
        Ok(parse_toml(text)?)
    }
}

/// What a TOML file says of each service; a template with `instances` is so many.
pub(crate) fn parse_toml(text: &str) -> Result<Vec<ConfigBody>, toml::de::Error> {
    let counts = toml::from_str::<Counts>(text)?.service;
    let text = &without_counts(text, &counts)?;
    let mut services = toml::from_str::<File>(text)?.service;
    let given: toml::Table = toml::from_str(text)?;
    let given = given.get("service").and_then(toml::Value::as_array);
    for (service, given) in services.iter_mut().zip(given.into_iter().flatten()) {
        if given.get("kind").is_none() {
            PROGRAM.clone_into(&mut service.kind);
        }
        let recovery = given.get("recovery");
        let errors = recovery.is_some_and(|recovery| recovery.get(ON_ERROR_STOP).is_some());
        let extensions = given.get(EXTENSIONS);
        let starts =
            extensions.is_some_and(|given| given.get(RETRY_FAILED_STARTS.setting().key).is_some());
        default_of_programs(service, Said { errors, starts });
    }
    let mut expanded = Vec::new();
    for (service, count) in services.into_iter().zip(&counts) {
        match &count.instances {
            Some(count) => expanded
                .extend(several(&service, *count.get_ref()).map_err(toml::de::Error::custom)?),
            None => expanded.push(service),
        }
    }
    Ok(expanded)
}

/// What a file says of a program that has another default here than by Windows' law.
#[derive(Clone, Copy)]
struct Said {
    /// Whether error statuses are failures.
    errors: bool,
    /// Whether failed starts are.
    starts: bool,
}

/// As with `relance create`: an error status is all that a program says, so it is a failure unless the file
/// says otherwise, and so is a start that fails (X14). What `relance config --json` prints always says both.
fn default_of_programs(service: &mut ConfigBody, said: Said) {
    if service.kind != PROGRAM {
        return;
    }
    if !said.errors {
        service.recovery.on_error_stop = true;
    }
    if !said.starts && cfg!(unix) {
        let key = RETRY_FAILED_STARTS.setting().key.to_owned();
        service.extensions.0.insert(key, true.into());
    }
}

/// One service, a list of them, or `{"service": [...]}` as in TOML.
fn parse_json(text: &str) -> Result<Vec<ConfigBody>> {
    let list = match serde_json::from_str(text)? {
        Json::Array(list) => list,
        Json::Object(mut object) => match object.remove("service") {
            Some(Json::Array(list)) if object.is_empty() => list,
            None => vec![Json::Object(object)],
            Some(_) => bail!("expected one service, a list of services, or {{\"service\": [...]}}"),
        },
        _ => bail!("expected one service, a list of services, or {{\"service\": [...]}}"),
    };
    let mut bodies = Vec::new();
    for mut service in list {
        let mut count = None;
        let said = Said {
            errors: !service["recovery"][ON_ERROR_STOP].is_null(),
            starts: !service[EXTENSIONS][RETRY_FAILED_STARTS.setting().key].is_null(),
        };
        if let Some(service) = service.as_object_mut() {
            service.entry("kind").or_insert_with(|| PROGRAM.into());
            count = service.remove("instances");
        }
        let mut body = serde_json::from_value(service)?;
        default_of_programs(&mut body, said);
        match count {
            Some(count) => {
                let count = serde_json::from_value(count).context("instances")?;
                bodies.extend(several(&body, count).map_err(Error::msg)?);
            }
            None => bodies.push(body),
        }
    }
    Ok(bodies)
}

/// Errors name the service they are about.
pub(crate) fn new_service(body: &ConfigBody) -> Result<NewService, ScmError> {
    let config = ServiceConfig::try_from(body).map_err(|error| {
        let problem = error.to_sentence();
        let name = &*body.name;
        ScmError::new(error.code(), command::OfFile { name, problem })
    })?;
    Ok(NewService {
        config,
        password: Secret::new(body.password.clone().unwrap_or_default()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_called_a_service_is_a_program() {
        let text = "[[service]]\nname = 'a'\ncommand_line = '/a'\n\
                    [[service]]\nname = 'b'\ncommand_line = '/b'\nkind = 'service'\n";
        let services = parse_toml(text).unwrap();
        let kinds: Vec<_> = services.iter().map(|body| body.kind.as_str()).collect();
        assert_eq!(kinds, ["program", "service"]);
        let error = parse_toml("[[service]]\nnam = 'a'\n").unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
    }

    #[test]
    fn x52_a_template_is_so_many_services() {
        let text = "[[service]]\nname = 'w@'\ninstances = 3 # so many\ncommand_line = '/w %i'\n\
                    [[service]]\nname = 'b'\ncommand_line = '/b'\n";
        let services = parse_toml(text).unwrap();
        let names: Vec<_> = services.iter().map(|body| body.name.as_str()).collect();
        assert_eq!(names, ["w@1", "w@2", "w@3", "b"]);
        let refused = |text: &str, expected: &str| {
            let error = parse_toml(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        let service = "[[service]]\ncommand_line = '/w'\n";
        refused(&format!("{service}name = 'w'\ninstances = 3\n"), "w@");
        refused(
            &format!("{service}name = 'w@'\ninstances = 0\n"),
            "1 to 1000",
        );
        refused(
            &format!("{service}name = 'w@'\ninstances = 'x'\n"),
            "line 4",
        );
        refused(
            "service = [{name = 'w@', instances = 2}]",
            "a line of its own",
        );
        let error =
            parse_toml(&format!("{service}name = 'w@'\ninstances = 2\nnam = 1\n")).unwrap_err();
        assert!(error.to_string().contains("line 5"), "{error}");
        let error = parse_toml("[[service]]\nnam = 'a'\n").unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
    }

    #[test]
    fn errors_of_programs_are_failures_unless_the_file_says_otherwise() {
        let service = "[[service]]\nname = 'a'\ncommand_line = '/a'\n";
        let flag = |text: &str| parse_toml(text).unwrap()[0].recovery.on_error_stop;
        assert!(flag(service));
        assert!(!flag(&format!(
            "{service}recovery = {{ on_error_stop = false }}\n"
        )));
        assert!(!flag(&format!("{service}kind = 'service'\n")));
        let json = |text: &str| parse_json(text).unwrap()[0].recovery.on_error_stop;
        assert!(json(r#"{"name": "a", "command_line": "/a"}"#));
        let exported = parse_toml(&format!(
            "{service}recovery = {{ on_error_stop = false }}\n"
        ));
        let exported = serde_json::to_string(&exported.unwrap()[0]).unwrap();
        assert!(!json(&exported), "what was exported stays as it is");
    }

    #[test]
    #[cfg(unix)]
    fn x14_failed_starts_of_programs_are_failures_unless_the_file_says_otherwise() {
        let is_retried = |body: &ConfigBody| {
            let config = new_service(body).unwrap().config;
            config.extensions.get(RETRY_FAILED_STARTS)
        };
        let service = "[[service]]\nname = 'a'\ncommand_line = '/a'\n";
        let of_toml = |more: &str| is_retried(&parse_toml(&format!("{service}{more}")).unwrap()[0]);
        assert!(of_toml(""));
        assert!(of_toml("extensions = { umask = '027' }\n"));
        assert!(!of_toml("extensions = { retry_failed_starts = false }\n"));
        assert!(!of_toml("kind = 'service'\n"));
        let of_json = |text: &str| is_retried(&parse_json(text).unwrap()[0]);
        assert!(of_json(r#"{"name": "a", "command_line": "/a"}"#));
        let exported = parse_toml(&format!(
            "{service}extensions = {{ retry_failed_starts = false }}\n"
        ));
        let exported = serde_json::to_string(&exported.unwrap()[0]).unwrap();
        assert!(!of_json(&exported), "what was exported stays as it is");
    }

    #[test]
    fn json_is_one_service_or_several() {
        let a = r#"{"name": "a", "command_line": "/a"}"#;
        let kinds = |text: &str| -> Vec<String> {
            let bodies = parse_json(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            bodies.into_iter().map(|body| body.kind).collect()
        };
        assert_eq!(kinds(a), ["program"]);
        assert_eq!(kinds(&format!("[{a}, {a}]")).len(), 2);
        assert_eq!(kinds(&format!(r#"{{"service": [{a}]}}"#)).len(), 1);
        let template = r#"{"name": "w@", "command_line": "/w", "instances": 2}"#;
        assert_eq!(kinds(template).len(), 2);
        for wrong in ["1", r#"{"service": 1}"#, r#"[{"nam": "a"}]"#] {
            assert!(parse_json(wrong).is_err(), "{wrong}");
        }
    }
}
