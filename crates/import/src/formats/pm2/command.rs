//! What an app of pm2 runs, and in which folder.

use relance_texts::import;

use super::App;
use crate::command::{is_of_windows, split};
use crate::report::Lines;
use crate::syntax::node::{Entry, Value};
use crate::work::Converter;

impl App<'_, '_, '_> {
    /// What runs the script: as it is said, or by its ending.
    fn interpreter(&self, script: &str) -> Option<String> {
        let said = self
            .text("exec_interpreter")
            .or_else(|| self.text("interpreter"));
        if let Some(said) = said {
            return (!matches!(said.as_str(), "none" | "")).then_some(said);
        }
        let (_, ending) = script.rsplit_once('.')?;
        let program = match ending.to_ascii_lowercase().as_str() {
            "js" | "cjs" | "mjs" | "ts" => "node",
            "py" => "python3",
            "php" => "php",
            "rb" => "ruby",
            "sh" => "bash",
            "pl" => "perl",
            _ => return None,
        };
        Some(program.to_owned())
    }

    /// Sets the command line; `false` if the app names no script.
    pub(super) fn command(&mut self) -> bool {
        let script = ["script", "pm_exec_path", "exec"]
            .into_iter()
            .find_map(|key| self.text(key));
        let Some(script) = script.filter(|script| !script.trim().is_empty()) else {
            return false;
        };
        let words_of = |key: &str| -> Vec<String> {
            match self.app.get(key) {
                Some(node) if matches!(node.value, Value::List(_)) => node.texts(),
                Some(node) => node
                    .text()
                    .and_then(|text| split(&text))
                    .unwrap_or_default(),
                None => Vec::new(),
            }
        };
        let interpreter = self.interpreter(&script);
        let mut words: Vec<String> = interpreter.iter().cloned().collect();
        if interpreter.is_some() {
            words.extend(words_of("interpreter_args"));
            words.extend(words_of("node_args"));
            words.push(script);
        } else {
            // pm2 gives a script with blanks to a shell.
            words.extend(split(&script).unwrap_or_else(|| vec![script]));
        }
        words.extend(words_of("args"));
        let words: Vec<String> = words.iter().map(|word| self.draft.literal(word)).collect();
        let entry = self
            .app
            .entries()
            .iter()
            .find(|entry| ["script", "pm_exec_path", "exec"].contains(&entry.key.as_str()));
        let origin = entry.map(|entry| self.origin(entry));
        self.draft.set_command(&words, origin);
        true
    }

    /// The folder that the app names; a relative one begins at its file.
    pub(super) fn cwd(&mut self, entry: &Entry, text: &str) {
        let is_whole = text.starts_with('/') || is_of_windows(text);
        let folder = self
            .input
            .path
            .parent()
            .filter(|folder| folder.is_absolute());
        match folder {
            _ if self.work.is_path_elsewhere(text) => self.lost(entry, import::FOLDER_OF_WINDOWS),
            _ if is_whole => self.keep(entry, "extensions.working_directory", text),
            Some(folder) => {
                let path = folder.join(text.trim_start_matches("./"));
                self.keep(
                    entry,
                    "extensions.working_directory",
                    path.display().to_string(),
                );
            }
            None => self.lost(entry, import::SET_FOLDER),
        }
    }

    /// An app that names no folder runs in the folder of its file.
    pub(super) fn folder_of_file(&mut self) {
        let is_said = ["cwd", "pm_cwd"]
            .into_iter()
            .any(|key| self.app.get(key).is_some());
        let folder = self
            .input
            .path
            .parent()
            .filter(|folder| folder.is_absolute());
        let (Some(folder), false) = (folder, is_said) else {
            return;
        };
        let path = folder.display().to_string();
        let lines = self.app.lines;
        let entry = self
            .app
            .entries()
            .iter()
            .find(|entry| entry.key == "script");
        let at = entry.map_or(Lines::one(lines.first), Entry::lines);
        self.keep(at, "extensions.working_directory", path);
        self.changed(at, "extensions.working_directory", import::FOLDER_OF_FILE);
    }
}
