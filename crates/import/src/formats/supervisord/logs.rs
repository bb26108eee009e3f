//! Where the output of a program goes.

use relance_texts::import;

use super::program::{Program, is_true};
use crate::draft::ServiceDraft;
use crate::syntax::ini::Entry;
use crate::work::Converter;

impl Program<'_, '_, '_> {
    pub(super) fn log_file(&mut self, entry: &Entry) {
        let lines = entry.lines;
        let is_of_errors = entry.key.starts_with("stderr");
        let (goes_to, file) = if is_of_errors {
            ("extensions.stderr", "extensions.stderr_file")
        } else {
            ("extensions.output", "extensions.stdout_file")
        };
        if is_of_errors && self.is_redirected() {
            return self.kept(lines, "extensions.output");
        }
        let Some(path) = self.whole(entry) else {
            let value = entry.value.trim();
            return self.lost(lines, import::Placeholder { value });
        };
        let word = path.to_ascii_lowercase();
        match word.as_str() {
            "auto" | "" if is_of_errors => self.keep(lines, goes_to, "file"),
            "auto" | "" => self.kept(lines, goes_to),
            "none" | "off" | "/dev/null" => self.keep(lines, goes_to, "null"),
            "syslog" => self.keep(lines, "extensions.output_copy", "syslog"),
            "/dev/stdout" | "/dev/stderr" | "/dev/fd/1" | "/dev/fd/2" | "/proc/1/fd/1"
            | "/proc/1/fd/2" | "/proc/self/fd/1" | "/proc/self/fd/2" => {
                self.keep(lines, "extensions.output_copy", "stdout");
            }
            _ if path.starts_with('/') => {
                if is_of_errors {
                    // An earlier line may have put it apart already.
                    self.draft.unset(goes_to);
                }
                let path = self.expand(entry, file).text;
                self.keep(lines, file, path.trim());
            }
            _ => self.changed(lines, "extensions.output", import::LogElsewhere { path }),
        }
    }

    fn is_redirected(&self) -> bool {
        let entry = self.section.get("redirect_stderr");
        entry.is_some_and(|entry| is_true(&entry.value))
    }

    /// supervisord keeps standard error apart by default. So does the service if the output has a place of its own;
    /// if no place is given at all, one log file shows both in the order in which they came.
    pub(super) fn keep_apart(&mut self) {
        let has_place = |draft: &ServiceDraft| {
            draft.has("extensions.stdout_file") || draft.text("extensions.output") == Some("null")
        };
        let is_said =
            self.draft.has("extensions.stderr") || self.draft.has("extensions.stderr_file");
        if has_place(&self.draft) && !is_said && !self.is_redirected() {
            self.draft.set("extensions.stderr", "file", None);
        }
        if self.draft.has("extensions.stderr_file") {
            self.draft.unset("extensions.stderr");
        }
    }

    pub(super) fn log_size(&mut self, entry: &Entry) {
        let key = entry.key.trim_end_matches("_maxbytes");
        let path = self.section.get(key).map_or("", |entry| entry.value.trim());
        let size = size(&entry.value);
        if size.trim_start_matches('0').is_empty() {
            if path.starts_with("/dev/") || path.starts_with("/proc/") {
                self.kept(entry.lines, "extensions.output_copy");
            } else {
                self.changed(entry.lines, "", import::LOG_ALWAYS_ROTATES);
            }
            return;
        }
        self.keep(entry.lines, "extensions.log_max_size", size);
    }
}

/// A size of supervisord as ours: `50MB`.
fn size(text: &str) -> String {
    text.trim()
        .to_ascii_uppercase()
        .trim_end_matches('B')
        .to_owned()
}
