//! The report of an import, for people and as JSON.

use std::path::Path;
use std::time::Duration;

use relance_import::{Comparison, Fate, FileReport, Import, Line};
use relance_texts::{Message, import};
use serde_json::{Value as Json, json};

use super::words;
use crate::lang::lang;
use crate::plain::plain;

/// How much of a line is shown.
const SHOWN: usize = 60;

pub(super) fn text(found: &Import, output: Option<&Path>) -> String {
    let mut text = String::new();
    for file in &found.files {
        text.push_str(&format!("{} ({})\n", plain(&file.path), file.kind.name()));
        for (at, line) in file
            .lines
            .iter()
            .enumerate()
            .filter(|(_, line)| line.fate != Fate::Silent)
        {
            text.push_str(&row(at + 1, line));
        }
        text.push_str(&format!("{}\n\n", total(std::slice::from_ref(file))));
    }
    if !found.comparisons.is_empty() {
        text.push_str(&format!("{}\n", words(import::AFTER_FAILURES)));
        for comparison in &found.comparisons {
            text.push_str(&compared(comparison));
        }
        text.push('\n');
    }
    for path in &found.skipped {
        let path = plain(&path.display().to_string());
        text.push_str(&format!("{}\n", import::Skipped { path }.text().of(lang())));
    }
    if found.files.len() > 1 {
        text.push_str(&format!("{}\n", total(&found.files)));
    }
    if let Some(path) = output.filter(|_| !found.services.is_empty()) {
        let path = plain(&path.display().to_string());
        text.push_str(&format!("{}\n", import::Next { path }.text().of(lang())));
    }
    text
}

fn row(number: usize, line: &Line) -> String {
    let shown: String = plain(line.text.trim()).chars().take(SHOWN).collect();
    let settings: Vec<&str> = line
        .settings
        .iter()
        .map(String::as_str)
        .filter(|key| !key.is_empty())
        .collect();
    let arrow = if settings.is_empty() {
        String::new()
    } else {
        format!("  -> {}", settings.join(", "))
    };
    let mut text = format!("{number:5}  {:<8} {shown}{arrow}\n", fate(line.fate));
    for note in &line.notes {
        text.push_str(&format!("                {}\n", plain(&note.of(lang()))));
    }
    text
}

fn fate(fate: Fate) -> &'static str {
    match fate {
        Fate::Silent => "",
        Fate::Kept => words(import::FATE_KEPT),
        Fate::Changed => words(import::FATE_CHANGED),
        Fate::Lost => words(import::FATE_LOST),
    }
}

fn total(files: &[FileReport]) -> String {
    let count = |fate| files.iter().map(|file| file.count(fate)).sum::<usize>();
    let total = import::Total {
        kept: count(Fate::Kept),
        changed: count(Fate::Changed),
        lost: count(Fate::Lost),
        silent: count(Fate::Silent),
    };
    total.text().of(lang())
}

fn compared(comparison: &Comparison) -> String {
    let name = plain(&comparison.service);
    if comparison.is_same() {
        return format!("  {name}: {}\n", words(import::SAME));
    }
    let mut text = format!("  {name}:\n");
    for (at, (before, now)) in comparison.rows.iter().enumerate() {
        let row = import::FailureRow {
            number: at + 1,
            before: after(*before),
            now: after(*now),
        };
        text.push_str(&format!("    {}\n", row.text().of(lang())));
    }
    text
}

fn after(delay: Option<Duration>) -> relance_texts::Text {
    match delay {
        Some(delay) => import::RestartAfter { delay }.text(),
        None => import::STAYS_STOPPED.text(),
    }
}

pub(super) fn json(found: &Import) -> Json {
    let lines = |file: &FileReport| -> Json {
        let line = |(at, line): (usize, &Line)| {
            json!({
                "line": at + 1,
                "text": line.text,
                "fate": line.fate.name(),
                "settings": line.settings.iter().filter(|key| !key.is_empty()).collect::<Vec<_>>(),
                "notes": line.notes.iter().map(|note| note.of(lang())).collect::<Vec<_>>(),
            })
        };
        file.lines.iter().enumerate().map(line).collect()
    };
    let counts = |file: &FileReport| -> Json {
        let pairs = Fate::ALL
            .into_iter()
            .map(|fate| (fate.name().to_owned(), file.count(fate).into()));
        Json::Object(pairs.collect())
    };
    let millis = |delay: Option<Duration>| {
        delay.map(|delay| u64::try_from(delay.as_millis()).unwrap_or(u64::MAX))
    };
    json!({
        "toml": found.toml,
        "services": found.services,
        "files": found.files.iter().map(|file| json!({
            "path": file.path,
            "kind": file.kind.name(),
            "counts": counts(file),
            "lines": lines(file),
        })).collect::<Vec<_>>(),
        "failures": found.comparisons.iter().map(|comparison| json!({
            "service": comparison.service,
            "same": comparison.is_same(),
            "restart_after_ms": comparison.rows.iter().map(|(before, now)| {
                json!({ "before": millis(*before), "now": millis(*now) })
            }).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "skipped": found.skipped,
    })
}
