//! pm2: ecosystem files in JSON, JavaScript and YAML, and what `pm2 save` has written.

mod command;
mod dump;
mod recovery;

use std::time::Duration;

use relance_texts::import;

use crate::Problem;
use crate::draft::{Origin, ServiceDraft, service_name};
use crate::recovery::written;
use crate::report::{FileReport, Lines};
use crate::syntax::node::{Entry, Node, Value};
use crate::syntax::{SyntaxError, literal, yaml};
use crate::work::{Converter, Input, Place, Work, syntax};

/// The default of pm2.
const KILL_TIMEOUT: Duration = Duration::from_millis(1600);
/// Keys about pm2, not about the program.
const OF_ITSELF: &[&str] = &[
    "filter_env",
    "append_env_to_name",
    "source_map_support",
    "disable_source_map_support",
    "vizion",
    "pmx",
    "automation",
    "pm2_env",
    "trace",
    "deep_monitoring",
    "port",
    "force",
    "log_type",
    "disable_logs",
    "post_update",
    "instance_id",
    "shutdown_with_message",
    "version",
    "status",
    "pm_id",
    "pm_uptime",
    "created_at",
    "unstable_restarts",
    "restart_time",
    "axm_actions",
    "axm_monitor",
    "axm_options",
    "axm_dynamic",
    "node_version",
    "unique_id",
    "versioning",
    "km_link",
    "exit_code",
    "prev_restart_delay",
    "pm_pid_path",
    "pid_file",
    "pid_path",
    "vizion_running",
    "windowsHide",
    "command",
    "NODE_APP_INSTANCE",
];
/// Variables of the shell that started pm2.
const OF_SHELL: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "PWD",
    "SHELL",
    "LOGNAME",
    "SHLVL",
    "OLDPWD",
    "TERM",
    "_",
    "LANG",
    "LS_COLORS",
    "MAIL",
];

pub(super) fn convert(inputs: &[&Input], work: &mut Work<'_>) -> Result<(), Problem> {
    for input in inputs {
        let file = work.open(input);
        let (root, is_computed) = root(input, work)?;
        if is_computed {
            computed(file, input, work);
        }
        let apps = match &root.value {
            Value::List(items) => items.as_slice(),
            Value::Map(_) => match root.get("apps") {
                Some(apps) if matches!(apps.value, Value::List(_)) => apps.items(),
                Some(app) => std::slice::from_ref(app),
                None => std::slice::from_ref(&root),
            },
            _ => &[],
        };
        for entry in root.entries() {
            match entry.key.as_str() {
                "apps" => work.report(file).kept(Lines::one(entry.line), "name"),
                "deploy" if !is_computed => {
                    work.report(file).lost(entry.lines(), import::NO_DEPLOY);
                }
                _ if std::ptr::eq(apps.as_ptr(), &raw const root) || is_computed => {}
                key => work
                    .report(file)
                    .lost(entry.lines(), import::UnknownKey { key }),
            }
        }
        if is_computed && apps.iter().all(|app| app.entries().is_empty()) {
            let whole = Lines {
                first: 1,
                last: input.text.lines().count().max(1),
            };
            work.report(file).lost(whole, import::NO_APPS);
        }
        for (at, app) in apps.iter().enumerate() {
            let alike = |other: &&Node| dump::is_same(app, other);
            let number = apps.iter().filter(alike).count();
            if apps[..at].iter().any(|other| dump::is_same(app, other)) {
                dump::instance(app, file, work);
            } else {
                App::new(app, input, file, is_computed, number, work).convert();
            }
        }
    }
    Ok(())
}

/// The value of a file, and whether it was computed, so that its lines are not those of the file.
fn root(input: &Input, work: &Work<'_>) -> Result<(Node, bool), Problem> {
    let ending = input
        .path
        .extension()
        .map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    if matches!(ending.as_deref(), Some("yml" | "yaml")) {
        return Ok((yaml::parse(&input.text).map_err(syntax(input))?, false));
    }
    match literal::parse(&input.text) {
        Ok(root) => Ok((root, false)),
        Err(_)
            if matches!(
                ending.as_deref(),
                Some("js" | "cjs" | "mjs" | "ts" | "cts" | "mts")
            ) =>
        {
            let text = work
                .files
                .evaluate(&input.path)
                .map_err(|problem| syntax(input)(SyntaxError { line: 1, problem }))?;
            Ok((literal::parse(&text).map_err(syntax(input))?, true))
        }
        Err(error) => Err(syntax(input)(error)),
    }
}

/// The lines of a file that node has read are code, not keys.
fn computed(file: usize, input: &Input, work: &mut Work<'_>) {
    for (at, line) in input.text.lines().enumerate() {
        if line.chars().any(char::is_alphanumeric) {
            let lines = Lines::one(at + 1);
            work.report(file).changed(lines, "", import::COMPUTED);
        }
    }
}

/// An app that is being converted.
struct App<'a, 'w, 'f> {
    app: &'a Node,
    input: &'a Input,
    file: usize,
    is_computed: bool,
    /// How many entries of a dump it stands for.
    number: usize,
    draft: ServiceDraft,
    work: &'w mut Work<'f>,
}

impl Converter for App<'_, '_, '_> {
    /// Without lines if the file was computed.
    fn origin(&self, place: impl Place) -> Origin {
        if self.is_computed {
            return Lines::NONE.origin(self.file);
        }
        place.origin(self.file)
    }

    fn parts(&mut self) -> (&mut ServiceDraft, &mut [FileReport]) {
        (&mut self.draft, &mut self.work.reports)
    }
}

impl<'a, 'w, 'f> App<'a, 'w, 'f> {
    fn new(
        app: &'a Node,
        input: &'a Input,
        file: usize,
        is_computed: bool,
        number: usize,
        work: &'w mut Work<'f>,
    ) -> Self {
        let text = |key: &str| app.get(key).and_then(Node::text);
        let script = text("script")
            .or_else(|| text("pm_exec_path"))
            .or_else(|| text("exec"));
        let name =
            text("name").unwrap_or_else(|| super::cron::name(script.as_deref().unwrap_or("app")));
        Self {
            app,
            input,
            file,
            is_computed,
            number,
            draft: ServiceDraft::new(service_name(&name)),
            work,
        }
    }

    fn text(&self, key: &str) -> Option<String> {
        self.app.get(key).and_then(Node::text)
    }

    fn time(&self, key: &str) -> Option<Duration> {
        time(&self.text(key)?)
    }

    fn convert(mut self) {
        let app = self.app;
        if !self.command() {
            self.lost(app.lines, import::NO_COMMAND);
            return;
        }
        self.draft.set("start_type", "auto", None);
        self.draft.set("extensions.stop_signal", "INT", None);
        self.draft
            .set("extensions.stop_grace_ms", written(KILL_TIMEOUT), None);
        for entry in app.entries() {
            self.entry(entry);
        }
        self.folder_of_file();
        self.instances();
        self.recovery();
        self.work.drafts.push(self.draft);
    }

    fn entry(&mut self, entry: &Entry) {
        let node = &entry.value;
        let text = node.text().unwrap_or_default();
        match entry.key.as_str() {
            "name" => self.kept(entry, "name"),
            "script" | "pm_exec_path" | "exec" | "args" | "interpreter" | "exec_interpreter"
            | "interpreter_args" | "node_args" => {
                self.kept(entry, "command_line");
                if self.work.is_path_elsewhere(&text) {
                    self.changed(entry, "command_line", import::PATH_OF_WINDOWS);
                }
            }
            "cwd" | "pm_cwd" => self.cwd(entry, &text),
            "env" => self.environment(entry),
            key if key.starts_with("env_") => self.lost(entry, import::OTHER_ENVIRONMENT),
            "instances" => self.kept(entry, "instances"),
            "exec_mode" if text.starts_with("cluster") => {
                self.changed(entry, "instances", import::CLUSTER);
            }
            "exec_mode" => self.kept(entry, "command_line"),
            "min_uptime" => self.changed(entry, "recovery.reset_period_secs", import::MIN_UPTIME),
            "autorestart" | "max_restarts" | "restart_delay" | "exp_backoff_restart_delay" => {
                self.kept(entry, "recovery.actions");
            }
            "stop_exit_codes" => self.kept(entry, "extensions.no_restart_on_exit"),
            "kill_timeout" => match self.time("kill_timeout") {
                Some(time) => self.keep(entry, "extensions.stop_grace_ms", written(time)),
                None => self.lost(entry, import::NotATime { value: text }),
            },
            "kill_signal" | "shutdown_signal" => self.keep(
                entry,
                "extensions.stop_signal",
                text.trim_start_matches("SIG"),
            ),
            "treekill" => self.changed(entry, "", import::WHOLE_TREE),
            "wait_ready" | "listen_timeout" => {
                self.changed(entry, "extensions.ready_after_ms", import::WAIT_READY);
            }
            "max_memory_restart" => self.memory(entry, &text),
            "cron_restart" | "cron" => self.cron_restart(entry, &text),
            "watch" if node.flag() == Some(false) => self.kept(entry, ""),
            "watch" | "ignore_watch" | "watch_options" | "watch_delay" => {
                self.lost(entry, import::NO_WATCH);
            }
            "error_file" | "out_file" | "log_file" | "pm_err_log_path" | "pm_out_log_path"
            | "output" | "error" | "log" => self.log_file(entry, text),
            "merge_logs" | "combine_logs" => {
                self.changed(entry, "extensions.output", import::LOG_OF_EACH);
            }
            "time" if node.flag() == Some(true) => {
                self.keep(entry, "extensions.log_timestamps", true);
            }
            "time" => self.kept(entry, "extensions.log_timestamps"),
            "log_date_format" => {
                self.keep(entry, "extensions.log_timestamps", true);
                self.changed(entry, "extensions.log_timestamps", import::ONE_FORM_OF_TIME);
            }
            "uid" | "user" | "username" => self.keep(entry, "account_name", text),
            "gid" => self.changed(entry, "account_name", import::GROUP_OF_ACCOUNT),
            "namespace" => self.changed(entry, "", import::NAMESPACE),
            "increment_var" | "instance_var" => {
                self.changed(entry, "instances", import::INSTANCE_VARIABLE);
            }
            // In a dump, what the shell had when pm2 was started stands among the settings.
            key if OF_ITSELF.contains(&key) || self.is_dump() => {
                self.lost(entry, import::OF_PM2_ITSELF);
            }
            key => self.lost(entry, import::UnknownKey { key }),
        }
    }

    fn log_file(&mut self, entry: &Entry, path: String) {
        let (goes_to, file) = match entry.key.as_str() {
            "error_file" | "pm_err_log_path" | "error" => {
                ("extensions.stderr", "extensions.stderr_file")
            }
            "out_file" | "pm_out_log_path" | "output" => {
                ("extensions.output", "extensions.stdout_file")
            }
            // Both, one after the other.
            _ => {
                return self.changed(entry, "extensions.output", import::LogElsewhere { path });
            }
        };
        match path.as_str() {
            "/dev/null" | "NULL" => self.keep(entry, goes_to, "null"),
            path if self.draft.text("extensions.stdout_file") == Some(path) => {
                self.kept(entry, "extensions.stdout_file");
            }
            path if path.starts_with('/') => self.keep(entry, file, path),
            _ => self.changed(entry, "extensions.output", import::LogElsewhere { path }),
        }
    }

    /// Whether it is what `pm2 save` has written.
    fn is_dump(&self) -> bool {
        self.app.get("pm_exec_path").is_some()
    }

    fn environment(&mut self, entry: &Entry) {
        let origin = Some(self.origin(entry));
        for variable in entry.value.entries() {
            let Some(value) = variable.value.text() else {
                self.lost(variable, import::NOT_A_TEXT);
                continue;
            };
            // A dump holds the whole environment of the shell that started pm2.
            let of_shell = self.is_dump() && OF_SHELL.contains(&variable.key.as_str());
            if of_shell || variable.key.starts_with("PM2_") || variable.key == "unique_id" {
                self.lost(variable, import::OF_PM2_ITSELF);
                continue;
            }
            self.draft
                .add("environment", format!("{}={value}", variable.key), origin);
            self.kept(variable, "environment");
        }
        self.kept(Lines::one(entry.line), "environment");
    }

    fn memory(&mut self, entry: &Entry, text: &str) {
        let size = text.trim().to_ascii_uppercase();
        let size = size.trim_end_matches('B');
        self.keep(entry, "extensions.recycle_above", size);
    }

    /// A restart once a day becomes `recycle_at`; for other times a service of its own restarts it. A program that
    /// may end gets a schedule that starts it.
    fn cron_restart(&mut self, entry: &Entry, text: &str) {
        let may_end = self.app.get("autorestart").and_then(Node::flag) == Some(false);
        match time_of_day(text) {
            // Given, but switched off.
            _ if matches!(text, "0" | "false" | "") => self.kept(entry, ""),
            _ if may_end => self.keep(entry, "extensions.schedule", text),
            Some(time) => self.keep(entry, "extensions.recycle_at", time),
            // pm2 takes seconds in front, too.
            None if text.split_whitespace().count() != 5 => {
                self.lost(entry, import::NOT_UNDERSTOOD);
            }
            None if !self.work.is_for_linux() => self.lost(entry, import::CRON_RESTART),
            None => {
                let origin = self.origin(entry);
                self.draft.restarted_at = Some((text.to_owned(), origin));
                self.changed(entry, "extensions.schedule", import::CRON_RESTART_BESIDE);
            }
        }
    }

    fn instances(&mut self) {
        if self.is_dump() {
            if self.number > 1 {
                self.draft.instances = u32::try_from(self.number.min(1000)).ok();
                self.draft.name.push('@');
            }
            return;
        }
        let Some(node) = self.app.get("instances") else {
            return;
        };
        let entry = self
            .app
            .entries()
            .iter()
            .rev()
            .find(|entry| entry.key == "instances");
        match node.count() {
            Some(1) => {}
            Some(count @ 2..) => {
                self.draft.instances = Some(count.min(1000));
                self.draft.name.push('@');
                if let Some(entry) = entry.filter(|_| count > 1000) {
                    self.changed(entry, "instances", import::TOO_MANY);
                }
            }
            _ => {
                if let Some(entry) = entry {
                    self.changed(entry, "instances", import::AS_MANY_AS_PROCESSORS);
                }
            }
        }
    }
}

/// `30 3 * * *` as `03:30`, and nothing else of cron.
fn time_of_day(text: &str) -> Option<String> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let [minute, hour, "*", "*", "*"] = fields.as_slice() else {
        return None;
    };
    let (minute, hour): (u8, u8) = (minute.parse().ok()?, hour.parse().ok()?);
    (minute < 60 && hour < 24).then(|| format!("{hour:02}:{minute:02}"))
}

/// A time of pm2: milliseconds, or with a unit: `10s`, `5m`, `1h`.
fn time(text: &str) -> Option<Duration> {
    let text = text.trim().trim_end_matches(',');
    // JavaScript writes 1e3, too.
    let number = text.contains(['e', 'E']).then(|| text.parse::<f64>().ok());
    let number = number.flatten().map(|number| number / 1000.0);
    let exponent = number.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    exponent
        .or_else(|| relance_scm::duration::parse(text, relance_scm::duration::Bare::Milliseconds))
        .filter(|time| *time < Duration::from_secs(4_000_000))
}

#[cfg(test)]
mod tests;
