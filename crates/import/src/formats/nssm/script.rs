//! Scripts of `nssm install NAME PROGRAM` and `nssm set NAME KEY VALUE`, as people write and `nssm dump` prints
//! them. Branches are not followed: every command that stands there is read.

use std::collections::HashMap;

use relance_texts::import;

use super::{Data, Item, words};
use crate::report::{FileReport, Lines};

pub(super) fn read(text: &str, report: &mut FileReport) -> Vec<Item> {
    let mut variables: HashMap<String, String> = HashMap::new();
    let mut items = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let lines = Lines::one(at + 1);
        let content = line.trim().trim_start_matches('@');
        let lower = content.to_ascii_lowercase();
        let first = lower.split_whitespace().next().unwrap_or_default();
        if content.is_empty()
            || content.starts_with("::")
            || ["rem", "echo", "pause", "#", ")", "("].contains(&first)
        {
            report.silent(lines);
            continue;
        }
        if first == "set" {
            let (name, value) = content[3..]
                .trim()
                .trim_matches('"')
                .split_once('=')
                .unwrap_or_default();
            variables.insert(name.trim().to_ascii_lowercase(), fill_in(value, &variables));
            report.kept(lines, "");
            continue;
        }
        let filled = fill_in(content, &variables);
        let all = words(&filled);
        let program = all.iter().position(|word| {
            let name = word
                .rsplit(['\\', '/'])
                .next()
                .unwrap_or(word)
                .to_ascii_lowercase();
            // PowerShell keeps its path in a variable.
            let name = name.trim_matches(['$', '{', '}', '"']);
            matches!(
                name,
                "nssm" | "nssm.exe" | "nssm64.exe" | "nssmpath" | "nssmexe"
            )
        });
        let Some(at) = program else {
            report.lost(lines, import::NOT_OF_NSSM);
            continue;
        };
        command(&all[at + 1..], lines, &mut items, report);
    }
    items
}

fn command(words: &[String], lines: Lines, items: &mut Vec<Item>, report: &mut FileReport) {
    let mut add = |service: &str, place: &str, name: &str, data: Data| {
        items.push(Item {
            service: service.to_owned(),
            place: place.to_owned(),
            name: name.to_owned(),
            data,
            lines,
        });
    };
    match words {
        [verb, service, program, rest @ ..] if verb == "install" => {
            add(service, "", "Application", Data::Text(program.clone()));
            if !rest.is_empty() {
                add(service, "", "AppParameters", Data::Text(rest.join(" ")));
            }
        }
        [verb, service, key, code, action]
            if verb == "set" && key.eq_ignore_ascii_case("AppExit") =>
        {
            add(service, "AppExit", code, Data::Text(action.clone()));
        }
        [verb, service, key, rest @ ..] if verb == "set" => {
            let data = match rest {
                [one] => match one.parse() {
                    Ok(number) => Data::Number(number),
                    Err(_) => Data::Text(one.clone()),
                },
                several
                    if key.to_ascii_lowercase().starts_with("appenvironment")
                        || key.eq_ignore_ascii_case("DependOnService") =>
                {
                    Data::List(several.to_vec())
                }
                several => Data::Text(several.join(" ")),
            };
            add(service, "", key, data);
        }
        [verb, ..] if ["start", "restart", "stop", "remove", "status"].contains(&verb.as_str()) => {
            report.lost(lines, import::COMMAND_OF_SCRIPT);
        }
        _ => report.lost(lines, import::NOT_UNDERSTOOD),
    }
}

/// `%NAME%` of variables that the script has set.
fn fill_in(text: &str, variables: &HashMap<String, String>) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        filled.push_str(&rest[..at]);
        let inside = &rest[at + 1..];
        let value = inside
            .find('%')
            .and_then(|end| Some((variables.get(&inside[..end].to_ascii_lowercase())?, end)));
        match value {
            Some((value, end)) => {
                filled.push_str(value);
                rest = &inside[end + 1..];
            }
            None => {
                filled.push('%');
                rest = inside;
            }
        }
        // A text that grows while variables are filled in is bounded.
        if filled.len() > 100_000 {
            break;
        }
    }
    filled.push_str(rest);
    filled
}
