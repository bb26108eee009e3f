//! The command of a unit, and what is about it: its kind, commands around it, its folder and variables.

use relance_texts::import;

use super::Key;
use super::exec::{self, Exec};
use super::service::Service;
use crate::formats::wrapper::{has_references, wrapped};
use crate::work::Converter;

impl Service<'_, '_, '_> {
    pub(super) fn kind(&mut self, key: &Key) {
        match key.entry.value.as_str() {
            "simple" | "exec" => self.kept(key, "command_line"),
            "notify" | "notify-reload" => {
                self.keep(key, "extensions.ready", "notify");
            }
            "oneshot" => self.changed(key, "command_line", import::ONESHOT),
            "forking" => self.forking(key),
            "idle" => self.changed(key, "command_line", import::IDLE),
            _ => self.lost(key, import::DBUS),
        }
    }

    pub(super) fn forking(&mut self, key: &Key) {
        self.lost(key, import::FORKING);
    }

    /// Commands before the program.
    pub(super) fn before(&mut self, key: &Key) {
        let text = self.filled(key, "command_line", &key.entry.value);
        for exec in exec::parse(&text) {
            let command = shell_text(&exec);
            let end = if exec.may_fail {
                format!("{command} || :")
            } else {
                format!("{command} || exit")
            };
            self.before.push(end);
            if exec.is_privileged {
                self.changed(key, "command_line", import::BEFORE_IS_UNPRIVILEGED);
            }
        }
        self.changed(key, "command_line", import::BEFORE_IN_SHELL);
    }

    /// The first command becomes ours; `$MAINPID` is in its environment.
    pub(super) fn stop_command(&mut self, key: &Key) {
        let setting = "extensions.stop_command";
        if self.draft.has(setting) {
            return self.lost(key, import::ONE_STOP_COMMAND);
        }
        let text = self.filled(key, setting, &key.entry.value);
        let Some(exec) = exec::parse(&text).into_iter().next() else {
            return self.lost(key, import::NOT_A_COMMAND);
        };
        let line = relance_scm::command_line::join(&wrapped(&[], &exec.words));
        self.keep(key, setting, line);
    }

    /// `kill -HUP $MAINPID` is a signal of ours; other commands are not.
    pub(super) fn reload(&mut self, key: &Key) {
        let words: Vec<&str> = key
            .entry
            .value
            .trim_start_matches('-')
            .split_whitespace()
            .collect();
        let is_kill = words
            .first()
            .is_some_and(|program| program.ends_with("kill"));
        let signal = match words.as_slice() {
            [_, "-s", signal, "$MAINPID" | "${MAINPID}"] => Some(*signal),
            [_, signal, "$MAINPID" | "${MAINPID}"] => signal.strip_prefix('-'),
            _ => None,
        };
        match signal {
            Some(signal) if is_kill => {
                self.keep(
                    key,
                    "extensions.reload_signal",
                    signal.trim_start_matches("SIG"),
                );
            }
            _ => self.lost(key, import::RELOAD_IS_A_SIGNAL),
        }
    }

    pub(super) fn command(&mut self) {
        let keys = self.unit.all("ExecStart");
        let Some(last) = keys.last().copied() else {
            return;
        };
        let mut commands: Vec<Exec> = Vec::new();
        for key in &keys {
            let text = self.filled(key, "command_line", &key.entry.value);
            commands.extend(exec::parse(&text));
        }
        let Some(main) = commands.pop() else {
            return self.lost(last, import::NOT_A_COMMAND);
        };
        // A oneshot may have several; all but the last come before it.
        let mut before = std::mem::take(&mut self.before);
        for exec in &commands {
            let end = if exec.may_fail { " || :" } else { " || exit" };
            before.push(format!("{}{end}", shell_text(exec)));
        }
        if main.words.iter().any(|word| has_references(word)) {
            self.changed(last, "command_line", import::SHELL_FILLS_IN);
        }
        if main.is_privileged && self.draft.has("account_name") {
            self.changed(last, "command_line", import::BEFORE_IS_UNPRIVILEGED);
        }
        if main.may_fail {
            self.changed(last, "command_line", import::FAILURE_COUNTS);
        }
        let words = wrapped(&before, &main.words);
        self.draft.set_command(&words, Some(last.origin()));
    }

    pub(super) fn environment(&mut self, key: &Key) {
        let text = self.filled(key, "environment", &key.entry.value);
        for (word, _) in exec::words(&text) {
            if word.contains('=') {
                self.draft.add("environment", word, Some(key.origin()));
            }
        }
        self.kept(key, "environment");
    }

    pub(super) fn working_directory(&mut self, key: &Key) {
        let value = self.filled(key, "extensions.working_directory", &key.entry.value);
        let path = value.trim_start_matches('-');
        if path == "~" {
            return self.lost(key, import::HOME_OF_ACCOUNT);
        }
        self.keep(key, "extensions.working_directory", path);
        if path != value {
            self.changed(
                key,
                "extensions.working_directory",
                import::FOLDER_MUST_EXIST,
            );
        }
    }
}

/// A command as a shell reads it.
fn shell_text(exec: &Exec) -> String {
    let words: Vec<String> = exec
        .words
        .iter()
        .map(|word| crate::formats::wrapper::for_shell(word))
        .collect();
    words.join(" ")
}
