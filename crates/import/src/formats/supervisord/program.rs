//! One program of supervisord, key by key.

use std::collections::HashMap;

use relance_texts::import;

use super::Placed;
use super::expand::{Expanded, Expansion};
use crate::draft::{Origin, ServiceDraft, service_name};
use crate::formats::wrapper::{has_references, reference, words, wrapped};
use crate::recovery::{bounded, written};
use crate::report::{FileReport, Lines};
use crate::syntax::ini::{Entry, Section};
use crate::work::{Converter, Place, Work};

/// What all programs of a file get from `[supervisord]`.
const OF_ALL: [&str; 4] = ["environment", "user", "umask", "directory"];

/// A program that is being converted.
pub(super) struct Program<'a, 'w, 'f> {
    pub(super) file: usize,
    pub(super) section: &'a Section,
    pub(super) expansion: Expansion<'a>,
    pub(super) draft: ServiceDraft,
    pub(super) work: &'w mut Work<'f>,
    /// What a shell does before the program.
    pub(super) before: Vec<String>,
}

pub(super) fn convert(
    name: &str,
    placed: &Placed,
    global: Option<&Placed>,
    group: Option<&str>,
    work: &mut Work<'_>,
) {
    let section = &placed.section;
    let origin = Some(Origin {
        file: placed.file,
        lines: Lines::one(section.line),
    });
    let count = count(section, placed, work);
    let full_name = match group {
        Some(group) if group != name => format!("{group}:{name}"),
        _ => name.to_owned(),
    };
    let mut draft = ServiceDraft::new(service_name(&full_name));
    let first = number(section.get("numprocs_start")).unwrap_or(0);
    if count > 1 {
        draft.name.push('@');
        draft.instances = u32::try_from(count.min(1000)).ok();
    }
    draft.set("start_type", "auto", origin);
    work.report(placed.file)
        .kept(Lines::one(section.line), "name");
    let expansion = Expansion {
        program: name,
        group: group.unwrap_or(name),
        here: &placed.here,
        number: (count <= 1).then_some(first),
        count,
        files: work.files,
        own: HashMap::new(),
    };
    let mut program = Program {
        file: placed.file,
        section,
        expansion,
        draft,
        work,
        before: Vec::new(),
    };
    if let Some(global) = global {
        program.of_all(global);
    }
    // Other keys may refer to its variables.
    if let Some(entry) = section.get("environment") {
        program.environment(entry);
    }
    for entry in &section.entries {
        program.entry(entry, count, first);
    }
    program.finish();
}

/// The lines of `[supervisord]` itself; those that programs inherit are kept with them.
pub(super) fn global_lines(placed: &Placed, work: &mut Work<'_>) {
    let report = work.report(placed.file);
    report.changed(
        Lines::one(placed.section.line),
        "",
        import::MANAGER_SETTINGS,
    );
    for entry in &placed.section.entries {
        match entry.key.as_str() {
            key if OF_ALL.contains(&key) => report.kept(entry.lines, key),
            "nodaemon" => report.kept(entry.lines, "relance daemon"),
            "logfile" | "logfile_maxbytes" | "logfile_backups" | "loglevel" | "pidfile"
            | "childlogdir" | "minfds" | "minprocs" | "nocleanup" | "strip_ansi" | "identifier"
            | "silent" | "http_port" | "http_username" | "http_password" => {
                report.lost(entry.lines, import::MANAGER_SETTING);
            }
            "redirect_stderr" | "stopsignal" | "autorestart" | "autostart" | "command"
            | "startsecs" | "startretries" | "stopwaitsecs" | "priority" | "numprocs"
            | "stdout_logfile" | "stderr_logfile" | "exitcodes" => {
                report.lost(entry.lines, import::KEY_OF_PROGRAMS);
            }
            key => report.lost(entry.lines, import::UnknownKey { key }),
        }
    }
}

fn number(entry: Option<&Entry>) -> Option<u64> {
    entry?.value.trim().parse().ok()
}

fn count(section: &Section, placed: &Placed, work: &mut Work<'_>) -> u64 {
    let Some(entry) = section.get("numprocs") else {
        return 1;
    };
    let expansion = Expansion {
        program: "",
        group: "",
        here: &placed.here,
        number: None,
        count: 1,
        files: work.files,
        own: HashMap::new(),
    };
    let expanded = expansion.expand(&entry.value);
    match expanded.text.trim().parse::<u64>() {
        Ok(0) | Err(_) => {
            let value = entry.value.as_str();
            work.report(placed.file).changed(
                entry.lines,
                "instances",
                import::NumberUnknown { value },
            );
            1
        }
        Ok(count) if count > 1000 => {
            work.report(placed.file)
                .changed(entry.lines, "instances", import::TOO_MANY);
            1000
        }
        Ok(count) => {
            work.report(placed.file).kept(entry.lines, "instances");
            count
        }
    }
}

impl Converter for Program<'_, '_, '_> {
    fn origin(&self, place: impl Place) -> Origin {
        place.origin(self.file)
    }

    fn parts(&mut self) -> (&mut ServiceDraft, &mut [FileReport]) {
        (&mut self.draft, &mut self.work.reports)
    }
}

impl<'a> Program<'a, '_, '_> {
    /// What it inherits.
    fn of_all(&mut self, global: &'a Placed) {
        let own = (self.file, self.expansion.here);
        (self.file, self.expansion.here) = (global.file, &global.here);
        if let Some(entry) = global.section.get("environment") {
            self.environment(entry);
        }
        for entry in &global.section.entries {
            if OF_ALL.contains(&entry.key.as_str()) {
                self.entry(entry, 1, 0);
            }
        }
        (self.file, self.expansion.here) = own;
    }

    /// Fills in, and says where something cannot be.
    pub(super) fn expand(&mut self, entry: &Entry, key: &str) -> Expanded {
        let expanded = self.expansion.expand(&entry.value);
        for name in &expanded.unknown {
            let origin = Some(self.origin(entry.lines));
            self.draft
                .add("extensions.pass_environment", name.clone(), origin);
            let name = name.as_str();
            self.changed(entry.lines, key, import::VariableOfManager { name });
        }
        for value in &expanded.left {
            let value = value.as_str();
            self.changed(entry.lines, key, import::Placeholder { value });
        }
        if expanded.has_number && self.expansion.number.is_none() {
            self.changed(entry.lines, key, import::NUMBERS_FROM_ONE);
        }
        expanded
    }

    fn entry(&mut self, entry: &Entry, count: u64, first: u64) {
        let lines = entry.lines;
        let value = entry.value.trim();
        match entry.key.as_str() {
            "command" => self.command(entry),
            "process_name" if value == "%(program_name)s" => {
                self.kept(lines, "name");
            }
            "process_name" => self.changed(lines, "name", import::NAME_OF_PROCESS),
            "numprocs" => {}
            "numprocs_start" if count > 1 && first != 1 => {
                self.changed(lines, "instances", import::NUMBERS_FROM_ONE);
            }
            "numprocs_start" => self.kept(lines, "instances"),
            "directory" => self.directory(entry),
            "user" => match self.whole(entry) {
                Some(account) => self.keep(lines, "account_name", account),
                None => self.lost(lines, import::Placeholder { value }),
            },
            "umask" => self.keep(lines, "extensions.umask", value),
            "autostart" => {
                let start = if is_true(value) { "auto" } else { "demand" };
                self.keep(lines, "start_type", start);
            }
            "priority" => match value.parse::<i64>() {
                Ok(number) if number >= 0 => {
                    self.keep(lines, "load_order_group", format!("priority-{number:04}"));
                    self.changed(lines, "load_order_group", import::PRIORITY);
                }
                _ => self.lost(lines, import::NotANumber { value }),
            },
            "startsecs" => self.seconds(entry, "extensions.ready_after_ms"),
            "startretries" if self.restarts() || value == "0" => {
                self.kept(lines, "recovery.actions");
            }
            "startretries" => self.changed(lines, "recovery.actions", import::RETRIES),
            "autorestart" if !self.restarts() => {
                self.kept(lines, "recovery.actions");
            }
            "autorestart" if self.has_start_phase() => {
                self.changed(lines, "recovery.actions", import::AUTORESTART);
            }
            "autorestart" => self.changed(lines, "recovery.actions", import::RESTARTS_SLOWER),
            "exitcodes" => self.kept(lines, "extensions.no_restart_on_exit"),
            "stopsignal" => self.keep(
                lines,
                "extensions.stop_signal",
                value.to_ascii_uppercase().trim_start_matches("SIG"),
            ),
            "stopwaitsecs" => self.seconds(entry, "extensions.stop_grace_ms"),
            "stopasgroup" if is_true(value) => {
                self.changed(lines, "extensions.stop_signal", import::STOP_AS_GROUP);
            }
            "stopasgroup" | "killasgroup" => self.changed(lines, "", import::WHOLE_TREE),
            // It was read before.
            "environment" => {}
            "redirect_stderr" if is_true(value) => {
                self.kept(lines, "extensions.output");
            }
            "redirect_stderr" => self.keep(lines, "extensions.stderr", "file"),
            "stdout_logfile" | "stderr_logfile" => self.log_file(entry),
            "stdout_logfile_maxbytes" | "stderr_logfile_maxbytes" => self.log_size(entry),
            "stdout_logfile_backups" | "stderr_logfile_backups" => {
                self.keep(lines, "extensions.log_files", value);
            }
            "stdout_syslog" | "stderr_syslog" if is_true(value) => {
                self.keep(lines, "extensions.output_copy", "syslog");
            }
            "stdout_syslog"
            | "stderr_syslog"
            | "stdout_events_enabled"
            | "stderr_events_enabled"
            | "stdout_capture_maxbytes"
            | "stderr_capture_maxbytes" => self.lost(lines, import::EVENTS_OF_OUTPUT),
            "serverurl" => self.lost(lines, import::CONTROL_SOCKET),
            "socket" | "socket_owner" | "socket_mode" | "socket_backlog" => {
                self.lost(lines, import::FCGI_SOCKET);
            }
            "dependent_startup" if is_true(value) => {
                self.keep(lines, "start_type", "auto");
                self.changed(lines, "start_type", import::STARTED_IN_ORDER);
            }
            "dependent_startup_wait_for" => self.waits_for(entry),
            key => self.lost(lines, import::UnknownKey { key }),
        }
    }

    fn seconds(&mut self, entry: &Entry, key: &str) {
        let value = entry.value.trim();
        match value.parse() {
            Ok(seconds) => self.keep(entry.lines, key, written(bounded(seconds))),
            Err(_) => self.lost(entry.lines, import::NotANumber { value }),
        }
    }

    /// Whether it is started again after some ends at least.
    pub(super) fn restarts(&self) -> bool {
        let value = self
            .section
            .get("autorestart")
            .map(|entry| entry.value.to_ascii_lowercase());
        !matches!(value.as_deref(), Some("false" | "no" | "off" | "0"))
    }

    /// Whether an end soon after the start is a failed start.
    pub(super) fn has_start_phase(&self) -> bool {
        self.section
            .get("startsecs")
            .is_none_or(|entry| entry.value.trim() != "0")
    }

    fn command(&mut self, entry: &Entry) {
        let text = self.expand(entry, "command_line").text;
        let text = text.replace('\n', " ");
        match words(&text) {
            Some(words) if !words.is_empty() => {
                let origin = Some(self.origin(entry.lines));
                // Wrapped at the end, when all that comes before it is known.
                self.draft
                    .set("command_line", crate::draft::Given::List(words), origin);
                self.kept(entry.lines, "command_line");
            }
            _ => self.lost(entry.lines, import::NOT_A_COMMAND),
        }
    }

    /// A shell changes to the folder if its name is known only at the start.
    fn directory(&mut self, entry: &Entry) {
        let text = self.expand(entry, "extensions.working_directory").text;
        if !has_references(&text) {
            return self.keep(entry.lines, "extensions.working_directory", text);
        }
        let folder = crate::formats::wrapper::for_shell(&text);
        self.before.push(format!("cd {folder} || exit"));
        self.changed(entry.lines, "command_line", import::SHELL_FILLS_IN);
    }

    /// A value with everything filled in; `None` if something is not known.
    pub(super) fn whole(&self, entry: &Entry) -> Option<String> {
        let expanded = self.expansion.expand(entry.value.trim());
        let is_whole = expanded.unknown.is_empty() && expanded.left.is_empty();
        is_whole.then_some(expanded.text)
    }

    fn environment(&mut self, entry: &Entry) {
        let mut text = entry.value.as_str();
        text = text.trim_end_matches([',', ' ', '\n']);
        let lines = entry.lines;
        let mut known = HashMap::new();
        for (name, value) in variables(text) {
            let inner = Entry {
                key: entry.key.clone(),
                value,
                lines,
            };
            let value = self.expand(&inner, "environment").text;
            let origin = Some(self.origin(lines));
            if value == reference(&name) {
                continue;
            }
            if has_references(&value) {
                let text = crate::formats::wrapper::for_shell(&value);
                self.before.push(format!("export {name}={text}"));
                self.changed(lines, "command_line", import::SHELL_FILLS_IN);
            } else {
                self.draft
                    .add("environment", format!("{name}={value}"), origin);
                self.kept(lines, "environment");
                if inner.value.contains('$') {
                    self.changed(lines, "environment", import::DOLLAR_STAYS);
                }
                known.insert(name, value);
            }
        }
        self.expansion.own.extend(known);
    }

    fn waits_for(&mut self, entry: &Entry) {
        for word in entry.value.split_whitespace() {
            let (name, state) = word.split_once(':').unwrap_or((word, "running"));
            let origin = Some(self.origin(entry.lines));
            self.draft.dependencies.push((name.to_owned(), origin));
            if state.eq_ignore_ascii_case("running") {
                self.kept(entry.lines, "dependencies");
            } else {
                self.changed(
                    entry.lines,
                    "dependencies",
                    import::WaitsForState { name, state },
                );
            }
        }
    }

    fn finish(mut self) {
        let command = self.section.get("command");
        let Some(words) = self.draft.take_list("command_line") else {
            let at = command.map_or(Lines::one(self.section.line), |entry| entry.lines);
            self.lost(at, import::NO_COMMAND);
            return;
        };
        let at = command.map(|entry| entry.lines);
        let origin = at.map(|lines| self.origin(lines));
        if let (Some(lines), true) = (at, words.iter().any(|word| has_references(word))) {
            self.changed(lines, "command_line", import::SHELL_FILLS_IN);
        }
        let words = wrapped(&self.before, &words);
        self.draft.set_command(&words, origin);
        self.keep_apart();
        self.recovery();
        self.work.drafts.push(self.draft);
    }
}

pub(super) fn is_true(value: &str) -> bool {
    matches!(
        value.to_ascii_lowercase().as_str(),
        "true" | "yes" | "on" | "1"
    )
}

/// `A="x, y",B='z',C=w`: names and values without their quotes.
fn variables(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut quote = None;
    let mut part = String::new();
    let mut parts = Vec::new();
    for c in text.chars() {
        match quote {
            None if matches!(c, '"' | '\'') => quote = Some(c),
            Some(open) if open == c => quote = None,
            _ => {}
        }
        if quote.is_none() && matches!(c, ',' | '\n') {
            parts.push(std::mem::take(&mut part));
        } else {
            part.push(c);
        }
    }
    parts.push(part);
    for part in parts {
        if let Some((name, value)) = part.split_once('=') {
            let value = value.trim();
            let unquoted = ['"', '\'']
                .into_iter()
                .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
            found.push((name.trim().to_owned(), unquoted.unwrap_or(value).to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_has_quotes_and_commas() {
        let found = variables("A=\"x, y\",B='$Z',C=/a:/b,\n D=1");
        let found: Vec<_> = found
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(found, ["A=x, y", "B=$Z", "C=/a:/b", "D=1"]);
    }
}
