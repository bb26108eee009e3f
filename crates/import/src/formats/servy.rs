//! Servy: an export in XML or JSON with the same keys.

use std::time::Duration;

use relance_texts::import;

use super::winsw;
use crate::Problem;
use crate::command::of_program;
use crate::draft::{Origin, ServiceDraft, service_name};
use crate::recovery::{Before, LIMIT_MAX, delays};
use crate::report::{FileReport, Lines};
use crate::syntax::literal;
use crate::work::{Converter, Input, Place, Work, syntax};

/// A key with its text.
#[derive(Clone, Debug)]
struct Item {
    key: String,
    text: String,
    lines: Lines,
}

pub(super) fn convert(inputs: &[&Input], work: &mut Work<'_>) -> Result<(), Problem> {
    for input in inputs {
        let file = work.open(input);
        for items in services(input, file, work)? {
            let find = |name: &str| {
                items
                    .iter()
                    .find(|item| item.key.eq_ignore_ascii_case(name))
                    .map(|item| item.text.clone())
            };
            let name = find("Name").unwrap_or_default();
            Service {
                draft: ServiceDraft::new(service_name(&name)),
                items: &items,
                file,
                work: &mut *work,
            }
            .convert();
        }
    }
    Ok(())
}

fn services(input: &Input, file: usize, work: &mut Work<'_>) -> Result<Vec<Vec<Item>>, Problem> {
    if !input.text.trim_start().starts_with('<') {
        let root = literal::parse(&input.text).map_err(syntax(input))?;
        let list = if root.items().is_empty() {
            std::slice::from_ref(&root)
        } else {
            root.items()
        };
        let report = work.report(file);
        let items = |node: &crate::syntax::node::Node| {
            let mut items = Vec::new();
            for entry in node.entries() {
                // Servy's own files hold nothing that is nested.
                if !entry.value.items().is_empty() || !entry.value.entries().is_empty() {
                    report.lost(entry.lines(), import::UnknownKey { key: &entry.key });
                    continue;
                }
                items.push(Item {
                    key: entry.key.clone(),
                    text: entry.value.text().unwrap_or_default(),
                    lines: entry.lines(),
                });
            }
            items
        };
        return Ok(list.iter().map(items).collect());
    }
    let document = winsw::parse(input)?;
    winsw::silent_parts(&document, file, work);
    let roots = document
        .root()
        .descendants()
        .filter(|node| node.has_tag_name("ServiceDto"));
    let mut all = Vec::new();
    for root in roots {
        work.report(file)
            .kept(winsw::lines(&document, root), "name");
        let children = root.children().filter(roxmltree::Node::is_element);
        let items = children.map(|node| Item {
            key: node.tag_name().name().to_owned(),
            text: node.text().unwrap_or_default().trim().to_owned(),
            lines: winsw::lines(&document, node),
        });
        all.push(items.collect());
    }
    Ok(all)
}

struct Service<'a, 'w, 'f> {
    items: &'a [Item],
    file: usize,
    draft: ServiceDraft,
    work: &'w mut Work<'f>,
}

impl Place for &Item {
    fn origin(self, file: usize) -> Origin {
        self.lines.origin(file)
    }
}

impl Converter for Service<'_, '_, '_> {
    fn origin(&self, place: impl Place) -> Origin {
        place.origin(self.file)
    }

    fn parts(&mut self) -> (&mut ServiceDraft, &mut [FileReport]) {
        (&mut self.draft, &mut self.work.reports)
    }
}

impl Service<'_, '_, '_> {
    fn item_of(&self, name: &str) -> Option<&Item> {
        let mut items = self.items.iter();
        items.find(|item| item.key.eq_ignore_ascii_case(name))
    }

    fn find(&self, name: &str) -> Option<&str> {
        Some(self.item_of(name)?.text.as_str())
    }

    fn origin_of(&self, name: &str) -> Option<Origin> {
        Some(self.origin(self.item_of(name)?))
    }

    fn flag(&self, name: &str) -> bool {
        self.find(name)
            .is_some_and(|text| text.eq_ignore_ascii_case("true") || text == "1")
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.find(name)?.parse().ok()
    }

    fn convert(mut self) {
        let executable = self.find("ExecutablePath").unwrap_or_default().to_owned();
        if executable.is_empty() || self.draft.name.is_empty() {
            for item in self.items {
                self.lost(item, import::NO_COMMAND);
            }
            return;
        }
        let origin = self.origin_of("ExecutablePath");
        let parameters = self.find("Parameters").unwrap_or_default();
        let line = of_program(&executable, parameters);
        self.draft.set("command_line", line, origin);
        for item in self.items {
            self.item(item);
        }
        self.recovery();
        self.work.drafts.push(self.draft);
    }

    fn item(&mut self, item: &Item) {
        let text = item.text.as_str();
        if text.is_empty() {
            return self.kept(item, "");
        }
        match item.key.as_str() {
            "Name" => self.kept(item, "name"),
            "DisplayName" => self.keep(item, "display_name", text),
            "Description" => self.keep(item, "description", text),
            "ExecutablePath" => {
                self.kept(item, "command_line");
                if self.work.is_path_elsewhere(text) {
                    self.changed(item, "command_line", import::PATH_OF_WINDOWS);
                }
            }
            "Parameters" => self.kept(item, "command_line"),
            "StartupDirectory" if self.work.is_path_elsewhere(text) => {
                self.lost(item, import::FOLDER_OF_WINDOWS);
            }
            "StartupDirectory" => self.keep(item, "extensions.working_directory", text),
            "StartupType" => self.start(item),
            "Priority" => self.keep(item, "priority", priority(text)),
            "CpuAffinity" => self.keep(item, "extensions.affinity", text),
            "StdoutPath" => {
                let becomes = self.work.output_file(text);
                self.log_of_wrapper(item, "extensions.stdout_file", text.to_owned(), becomes);
            }
            "StderrPath" => {
                let becomes = self.work.errors_file(text, self.find("StdoutPath"));
                self.log_of_wrapper(item, "extensions.stderr_file", text.to_owned(), becomes);
            }
            "StartTimeout" => self.keep(item, "extensions.start_deadline_ms", format!("{text}s")),
            "StopTimeout" => self.keep(item, "extensions.stop_grace_ms", format!("{text}s")),
            "EnableSizeRotation" | "EnableRotation" => self.kept(item, "extensions.log_max_size"),
            "RotationSize" if self.flag("EnableSizeRotation") || self.flag("EnableRotation") => {
                self.keep(item, "extensions.log_max_size", format!("{text}M"));
            }
            "RotationSize" => self.kept(item, ""),
            "EnableDateRotation" => self.kept(item, "extensions.log_max_age_ms"),
            "DateRotationType" if self.flag("EnableDateRotation") => {
                let age = match text {
                    "1" => "7d",
                    "2" => "30d",
                    _ => "1d",
                };
                self.keep(item, "extensions.log_max_age_ms", age);
                self.changed(item, "extensions.log_max_age_ms", import::LOG_BY_DAY);
            }
            "DateRotationType" | "UseLocalTimeForRotation" => self.kept(item, ""),
            "MaxRotations" if text == "0" => {
                self.changed(item, "extensions.log_files", import::LOG_FILES_HAVE_AN_END);
            }
            "MaxRotations" => self.keep(item, "extensions.log_files", text),
            "EnableHealthMonitoring" | "HeartbeatInterval" | "MaxFailedChecks" => {
                self.changed(item, "recovery.actions", import::SEEN_AT_ONCE);
            }
            "RecoveryAction" | "MaxRestartAttempts" => {
                self.changed(item, "recovery.actions", import::ATTEMPTS_OF_SERVY);
            }
            "RecoveryOnCleanExit" => self.kept(item, "extensions.restart_on_exit"),
            "HeartbeatUrl" | "HeartbeatUrlTimeoutSeconds" | "EnableHeartbeatUrlFlags" => {
                self.lost(item, import::NO_HEARTBEAT_URL);
            }
            "FailureProgramPath" | "FailureProgramParameters" => {
                self.changed(item, "recovery.command", import::FAILURE_PROGRAM);
            }
            "FailureProgramStartupDirectory" => self.lost(item, import::FOLDER_OF_COMMAND),
            "EnvironmentVariables" => self.environment(item),
            "ServiceDependencies" => self.depends_on(item),
            "RunAsLocalSystem" => self.kept(item, "account_name"),
            "UserAccount" => {
                self.keep(item, "account_name", text);
                let note = self.work.note_of_account();
                self.changed(item, "account_name", note);
            }
            "Password" => self.lost(item, import::PASSWORD_NEEDED),
            "EnableConsoleUI"
            | "EnableDebugLogs"
            | "Id"
            | "Pid"
            | "ActiveStdoutPath"
            | "ActiveStderrPath"
            | "PreviousStopTimeout" => {
                self.kept(item, "");
            }
            key if ["PreLaunch", "PostLaunch", "PreStop", "PostStop"]
                .iter()
                .any(|begin| key.starts_with(begin)) =>
            {
                self.lost(item, import::HOOKS_OF_NSSM);
            }
            key => {
                let key = key.to_owned();
                self.lost(item, import::UnknownKey { key });
            }
        }
    }

    fn start(&mut self, item: &Item) {
        let (start, delayed) = match item.text.as_str() {
            "2" | "Automatic" => ("auto", false),
            "4" | "Disabled" => ("disabled", false),
            "5" | "AutomaticDelayedStart" => ("auto", true),
            _ => ("demand", false),
        };
        self.keep(item, "start_type", start);
        if delayed {
            self.keep(item, "delayed_auto_start", true);
        }
    }

    fn environment(&mut self, item: &Item) {
        let origin = Some(self.origin(item));
        for variable in variables(&item.text) {
            self.draft.add("environment", variable, origin);
        }
        self.kept(item, "environment");
    }

    fn depends_on(&mut self, item: &Item) {
        let origin = Some(self.origin(item));
        let names = item.text.split([';', '\n', ',']).map(str::trim);
        for name in names.filter(|name| !name.is_empty()) {
            self.draft.dependencies.push((name.to_owned(), origin));
        }
        self.kept(item, "dependencies");
    }

    fn recovery(&mut self) {
        let action = self.find("RecoveryAction").unwrap_or("0").to_owned();
        let origin = self.origin_of("RecoveryAction");
        if !self.flag("EnableHealthMonitoring") || matches!(action.as_str(), "0" | "None") {
            self.draft.before = Some(Before::never());
            return;
        }
        let attempts = self.number("MaxRestartAttempts").unwrap_or(3).max(1);
        let attempts = usize::try_from(attempts).unwrap_or(usize::MAX);
        let interval = self.number("HeartbeatInterval").unwrap_or(30).min(86_400);
        let checks = self.number("MaxFailedChecks").unwrap_or(3).min(1000);
        let seen_after = Duration::from_secs(interval * checks);
        self.draft.before = Some(Before::limited(attempts, |_| seen_after));
        if matches!(action.as_str(), "3" | "RestartComputer") {
            self.draft.set("recovery.actions", "reboot/1m", origin);
            self.draft.set("recovery.reset_period_secs", "1h", origin);
            return;
        }
        let delays = delays(attempts, |_| Duration::from_secs(1));
        self.draft
            .set_actions(&delays, true, Duration::from_secs(600), origin);
        if let Some(program) = self
            .find("FailureProgramPath")
            .filter(|text| !text.is_empty())
        {
            let parameters = self.find("FailureProgramParameters").unwrap_or_default();
            let command = of_program(program, parameters);
            let actions = self.draft.text("recovery.actions").unwrap_or_default();
            let with_command = actions.replace("/none/0", "/run/0/none/0");
            let is_last = with_command != actions;
            let place = self.origin_of("FailureProgramPath");
            if is_last {
                self.draft.set("recovery.actions", with_command, origin);
                self.draft.set("recovery.command", command, place);
            } else if let Some(Origin { file, lines }) = place {
                let report = self.work.report(file);
                report.lost(lines, import::FAILURE_PROGRAM_NOT_RUN);
            }
        }
        if let Some(Origin { file, lines }) = self.origin_of("MaxRestartAttempts")
            && attempts > LIMIT_MAX
        {
            let report = self.work.report(file);
            report.changed(lines, "recovery.actions", import::NO_END_OF_RESTARTS);
        }
        if self.flag("RecoveryOnCleanExit") {
            let origin = self.origin_of("RecoveryOnCleanExit");
            self.draft.set("extensions.restart_on_exit", "0", origin);
            self.draft
                .set("extensions.restart_on_exit_delay_ms", "1s", origin);
        }
    }
}

fn priority(text: &str) -> &'static str {
    match text {
        "0" | "Idle" => "idle",
        "1" | "BelowNormal" => "below-normal",
        "3" | "AboveNormal" => "above-normal",
        "4" | "High" => "high",
        "5" | "RealTime" => "realtime",
        _ => "normal",
    }
}

/// `NAME=VALUE;NAME=VALUE`, or one a line; a backslash takes its meaning from a semicolon, an equals sign or another
/// one.
fn variables(text: &str) -> Vec<String> {
    let mut variables = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = (c == '\\').then(|| chars.next_if(|next| ";=\\".contains(*next)));
        match (c, escaped.flatten(), variables.last_mut()) {
            (';' | '\n', None, _) => variables.push(String::new()),
            (_, escaped, Some(variable)) => variable.push(escaped.unwrap_or(c)),
            _ => {}
        }
    }
    let trimmed = variables.iter().map(|variable| variable.trim().to_owned());
    trimmed.filter(|text| text.contains('=')).collect()
}

#[cfg(test)]
mod tests {
    use super::variables;

    #[test]
    fn variables_may_hold_what_parts_them() {
        let text = r"A=1; B=2\\;C=x\;y\=z;D=C:\d;;F";
        let read = ["A=1", r"B=2\", "C=x;y=z", r"D=C:\d"];
        assert_eq!(variables(text), read);
        assert_eq!(variables("A=1\nB=2;"), ["A=1", "B=2"]);
    }
}
