//! NSSM: what `reg export` writes of its services, and scripts of `nssm install` and `nssm set`. A service of
//! Windows without NSSM is read too.

mod registry;
mod script;

use std::time::Duration;

use relance_texts::import;

use crate::command::{of_program, split};
use crate::draft::{Origin, ServiceDraft, service_name};
use crate::recovery::{Before, LONGEST, written};
use crate::report::{FileReport, Lines};
use crate::work::{Converter, Input, Place, Work};

/// A value of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Data {
    Text(String),
    Number(u64),
    List(Vec<String>),
    Bytes(Vec<u8>),
}

/// A value with the place it has: `""`, `Parameters`, `AppExit`…
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) service: String,
    pub(super) place: String,
    pub(super) name: String,
    pub(super) data: Data,
    pub(super) lines: Lines,
}

impl Data {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::List(texts) => texts.join(" "),
            Self::Bytes(_) => String::new(),
        }
    }

    fn number(&self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
            Self::List(_) | Self::Bytes(_) => None,
        }
    }

    fn texts(&self) -> Vec<String> {
        match self {
            Self::List(texts) => texts.clone(),
            other => vec![other.text()],
        }
    }
}

pub(super) fn convert(inputs: &[&Input], work: &mut Work<'_>) {
    for input in inputs {
        let file = work.open(input);
        let is_export = input.text.contains("[HKEY")
            || input.text.starts_with("REGEDIT")
            || input.text.starts_with("Windows Registry");
        let items = if is_export {
            registry::read(&input.text, work.report(file))
        } else {
            script::read(&input.text, work.report(file))
        };
        let mut names: Vec<String> = Vec::new();
        for item in &items {
            if !names
                .iter()
                .any(|name| name.eq_ignore_ascii_case(&item.service))
            {
                names.push(item.service.clone());
            }
        }
        for name in names {
            let items: Vec<&Item> = items
                .iter()
                .filter(|item| item.service.eq_ignore_ascii_case(&name))
                .collect();
            service(&name, &items, file, work);
        }
    }
}

struct Service<'a, 'w, 'f> {
    items: &'a [&'a Item],
    file: usize,
    draft: ServiceDraft,
    work: &'w mut Work<'f>,
}

fn service(name: &str, items: &[&Item], file: usize, work: &mut Work<'_>) {
    let mut service = Service {
        items,
        file,
        draft: ServiceDraft::new(service_name(name)),
        work,
    };
    if !service.command() {
        for item in items {
            service.lost(*item, import::NO_COMMAND);
        }
        return;
    }
    for item in items {
        service.item(item);
    }
    service.grace();
    service.recovery();
    let draft = service.draft;
    work.drafts.push(draft);
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
    fn find(&self, name: &str) -> Option<&Item> {
        self.items
            .iter()
            .rev()
            .find(|item| item.name.eq_ignore_ascii_case(name))
            .copied()
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.find(name)?.data.number()
    }

    fn command(&mut self) -> bool {
        let application = self.find("Application").or(self.find("ImagePath"));
        let Some(item) = application
            .cloned()
            .filter(|item| !item.data.text().trim().is_empty())
        else {
            return false;
        };
        let origin = Some(self.origin(&item));
        let text = item.data.text();
        if item.name.eq_ignore_ascii_case("ImagePath") {
            self.draft.set("command_line", text.clone(), origin);
        } else {
            let parameters = self
                .find("AppParameters")
                .map(|item| item.data.text())
                .unwrap_or_default();
            let line = of_program(&text, &parameters);
            self.draft.set("command_line", line, origin);
        }
        self.kept(&item, "command_line");
        self.windows_path(&item, &text);
        true
    }

    fn windows_path(&mut self, item: &Item, text: &str) {
        if self.work.is_path_elsewhere(text) {
            self.changed(item, "command_line", import::PATH_OF_WINDOWS);
        }
    }

    fn item(&mut self, item: &Item) {
        let text = item.data.text();
        let number = item.data.number();
        if item.place.eq_ignore_ascii_case("AppExit") {
            return self.kept(item, "recovery.actions");
        }
        if item.place.to_ascii_lowercase().starts_with("appevents") {
            return self.lost(item, import::HOOKS_OF_NSSM);
        }
        match item.name.to_ascii_lowercase().as_str() {
            "application" => {}
            "imagepath" if self.find("Application").is_some() => self.kept(item, "command_line"),
            "imagepath" => {}
            "appparameters" => self.kept(item, "command_line"),
            "appdirectory" => self.folder(item, &text),
            "displayname" => self.keep(item, "display_name", text),
            "description" => self.keep(item, "description", text),
            "type" => self.kept(item, "kind"),
            "start" => self.start(item),
            "delayedautostart" | "delayedautostartup" => {
                self.keep(item, "delayed_auto_start", number == Some(1));
            }
            "errorcontrol" => {
                let words = ["ignore", "normal", "severe", "critical"];
                let word = number.and_then(|at| words.get(usize::try_from(at).ok()?));
                self.keep(item, "error_control", *word.unwrap_or(&"normal"));
            }
            "objectname" => self.account(item, &text),
            "dependonservice" => self.depends_on(item),
            "dependongroup" => self.lost(item, import::NO_GROUPS_ELSEWHERE),
            "failureactions" | "failureactionsonnoncrashfailures" => self.failure_actions(item),
            "failurecommand" | "rebootmessage" => self.kept(item, "recovery.command"),
            "appenvironmentextra" | "appenvironment" | "environment" => self.environment(item),
            "appexit" => self.kept(item, "recovery.actions"),
            "appthrottle" | "apprestartdelay" => {
                self.changed(item, "recovery.actions", import::THROTTLE);
            }
            "appstopmethodskip"
            | "appstopmethodconsole"
            | "appstopmethodwindow"
            | "appstopmethodthreads" => {
                self.changed(item, "extensions.stop_grace_ms", import::STOP_METHODS);
            }
            "appkillprocesstree" | "appkillconsoleprocess" => {
                self.changed(item, "", import::WHOLE_TREE);
            }
            "apppriority" => self.priority(item),
            "appaffinity" => self.affinity(item, &text),
            "appstdout" => self.output(item, text),
            "appstderr" => self.errors(item, text),
            "approtatebytes" => match number {
                Some(bytes) if bytes > 0 => {
                    self.keep(item, "extensions.log_max_size", bytes.to_string());
                }
                _ => self.kept(item, "extensions.log_max_size"),
            },
            "approtateseconds" => match number {
                Some(seconds) if seconds > 0 && seconds < 4_000_000 => {
                    self.keep(item, "extensions.log_max_age_ms", format!("{seconds}s"));
                }
                _ => self.kept(item, "extensions.log_max_age_ms"),
            },
            "approtatefiles" => {
                self.keep(item, "extensions.log_rotate_at_start", number == Some(1));
            }
            "approtateonline" => self.kept(item, "extensions.log_max_size"),
            "apptimestamplog" => self.keep(item, "extensions.log_timestamps", number == Some(1)),
            "appnoconsole" | "appstdin" | "apprunasguid" | "wow64" | "tag" | "security"
            | "servicesidtype" | "launchprotected" | "requiredprivileges" | "triggerinfo" => {
                self.lost(item, import::OF_WINDOWS);
            }
            name if name.starts_with("appstd")
                || name.starts_with("approtate")
                || name.starts_with("appredirect") =>
            {
                self.lost(item, import::NO_SUCH_SETTING);
            }
            "group" => self.keep(item, "load_order_group", text),
            _ => self.lost(
                item,
                import::UnknownKey {
                    key: item.name.as_str(),
                },
            ),
        }
    }

    fn output(&mut self, item: &Item, path: String) {
        let becomes = self.work.output_file(&path);
        self.log_of_wrapper(item, "extensions.stdout_file", path, becomes);
    }

    fn errors(&mut self, item: &Item, path: String) {
        let output = self.find("AppStdout").map(|item| item.data.text());
        let becomes = self.work.errors_file(&path, output.as_deref());
        self.log_of_wrapper(item, "extensions.stderr_file", path, becomes);
    }

    fn depends_on(&mut self, item: &Item) {
        let origin = Some(self.origin(item));
        for name in item
            .data
            .texts()
            .into_iter()
            .filter(|name| !name.is_empty())
        {
            self.draft.dependencies.push((name, origin));
        }
        self.kept(item, "dependencies");
    }

    fn environment(&mut self, item: &Item) {
        let origin = Some(self.origin(item));
        for variable in item.data.texts() {
            if variable.contains('=') {
                self.draft.add("environment", variable, origin);
            }
        }
        self.kept(item, "environment");
        if item.name.eq_ignore_ascii_case("AppEnvironment") {
            self.changed(item, "environment", import::ENVIRONMENT_ADDED);
        }
    }

    fn folder(&mut self, item: &Item, text: &str) {
        if self.work.is_path_elsewhere(text) {
            return self.lost(item, import::FOLDER_OF_WINDOWS);
        }
        self.keep(item, "extensions.working_directory", text);
    }

    fn start(&mut self, item: &Item) {
        let text = item.data.text().to_ascii_uppercase();
        let (start, delayed) = match (item.data.number(), text.as_str()) {
            (Some(0..=2), _) | (_, "SERVICE_AUTO_START") => ("auto", false),
            (_, "SERVICE_DELAYED_AUTO_START") => ("auto", true),
            (Some(4), _) | (_, "SERVICE_DISABLED") => ("disabled", false),
            _ => ("demand", false),
        };
        self.keep(item, "start_type", start);
        if delayed {
            self.keep(item, "delayed_auto_start", true);
        }
    }

    fn account(&mut self, item: &Item, text: &str) {
        if text.eq_ignore_ascii_case("LocalSystem") || text.is_empty() {
            return self.kept(item, "account_name");
        }
        self.keep(item, "account_name", text);
        let note = self.work.note_of_account();
        self.changed(item, "account_name", note);
    }

    fn priority(&mut self, item: &Item) {
        let text = item.data.text().to_ascii_uppercase();
        let class = match (item.data.number(), text.as_str()) {
            (Some(0x40), _) | (_, "IDLE_PRIORITY_CLASS") => "idle",
            (Some(0x4000), _) | (_, "BELOW_NORMAL_PRIORITY_CLASS") => "below-normal",
            (Some(0x8000), _) | (_, "ABOVE_NORMAL_PRIORITY_CLASS") => "above-normal",
            (Some(0x80), _) | (_, "HIGH_PRIORITY_CLASS") => "high",
            (Some(0x100), _) | (_, "REALTIME_PRIORITY_CLASS") => "realtime",
            _ => "normal",
        };
        self.keep(item, "priority", class);
    }

    fn affinity(&mut self, item: &Item, text: &str) {
        if text.eq_ignore_ascii_case("all") || text.is_empty() {
            return self.kept(item, "extensions.affinity");
        }
        self.keep(item, "extensions.affinity", text);
    }

    /// How an end of the program is answered: `Restart`, `Ignore`, `Exit` or `Suicide`.
    fn exit_action(&self, code: &str) -> Option<String> {
        let of_code = |item: &&&Item| {
            let is_here = item.place.eq_ignore_ascii_case("AppExit");
            is_here
                && (item.name.eq_ignore_ascii_case(code)
                    || code == "Default" && (item.name.is_empty() || item.name == "@"))
        };
        let found = self.items.iter().find(of_code)?;
        Some(found.data.text().to_ascii_lowercase())
    }

    fn is_nssm(&self) -> bool {
        self.find("Application").is_some()
    }

    fn failure_actions(&mut self, item: &Item) {
        let restarts = self.is_nssm()
            && self.exit_action("Default").as_deref().unwrap_or("restart") == "restart";
        if restarts {
            self.changed(item, "recovery.actions", import::ACTIONS_OF_NSSM);
        } else {
            self.kept(item, "recovery.actions");
        }
    }

    /// How long NSSM waits after each of its ways to ask a program to stop.
    fn grace(&mut self) {
        let skip = self.number("AppStopMethodSkip").unwrap_or(0);
        let ways = [
            ("AppStopMethodConsole", 1),
            ("AppStopMethodWindow", 2),
            ("AppStopMethodThreads", 4),
        ];
        let wanted = ways.into_iter().filter(|(_, bit)| skip & bit == 0);
        let total: u64 = wanted
            .map(|(name, _)| self.number(name).unwrap_or(1500).min(1_000_000_000))
            .sum();
        if self.is_nssm() {
            let grace = Duration::from_millis(total.clamp(1000, 4_000_000_000));
            self.draft
                .set("extensions.stop_grace_ms", written(grace), None);
        }
    }

    fn recovery(&mut self) {
        let item = self
            .items
            .iter()
            .find(|item| item.place.eq_ignore_ascii_case("AppExit"))
            .copied();
        let origin = item.map(|item| self.origin(item));
        let default = self
            .exit_action("Default")
            .unwrap_or_else(|| "restart".to_owned());
        if !self.is_nssm() || default != "restart" {
            return self.windows_recovery();
        }
        let time = |millis: u64| Duration::from_millis(millis).min(LONGEST);
        let least = time(self.number("AppRestartDelay").unwrap_or(0));
        let throttle = time(self.number("AppThrottle").unwrap_or(1500));
        // It waits twice as long each time, up to 256 s.
        let delay = |at: usize| Duration::from_secs(1 << (at + 1).min(8)).max(least);
        self.draft.before = Some(Before::forever(
            |at| if at == 0 { least } else { delay(at - 1) },
        ));
        let mut delays = vec![least];
        delays.extend((0..8).map(delay));
        let reset = delays[delays.len() - 1] + throttle;
        self.draft.set_actions(&delays, false, reset, origin);
        self.exits(least, origin);
    }

    /// Statuses with an answer of their own.
    fn exits(&mut self, least: Duration, origin: Option<Origin>) {
        let mut finals = Vec::new();
        let mut again = vec![0_u8];
        for item in self
            .items
            .iter()
            .filter(|item| item.place.eq_ignore_ascii_case("AppExit"))
        {
            let action = item.data.text().to_ascii_lowercase();
            if let Ok(code) = item.name.parse::<u8>()
                && action != "restart"
            {
                finals.push(code);
                again.retain(|known| *known != code);
            }
        }
        let list = |codes: &[u8]| {
            codes
                .iter()
                .map(u8::to_string)
                .collect::<Vec<_>>()
                .join(",")
        };
        if !again.is_empty() {
            self.draft
                .set("extensions.restart_on_exit", list(&again), origin);
            self.draft.set(
                "extensions.restart_on_exit_delay_ms",
                written(least.max(Duration::from_secs(1))),
                origin,
            );
        }
        if !finals.is_empty() {
            self.draft
                .set("extensions.no_restart_on_exit", list(&finals), origin);
        }
    }

    /// The recovery of Windows itself, which is ours.
    fn windows_recovery(&mut self) {
        let flag = self.number("FailureActionsOnNonCrashFailures");
        let Some(item) = self.find("FailureActions").cloned() else {
            self.draft.before = Some(Before::never());
            return;
        };
        let origin = Some(self.origin(&item));
        let Data::Bytes(bytes) = &item.data else {
            return;
        };
        let word = |at: usize| {
            let four = bytes.get(at * 4..at * 4 + 4)?;
            Some(u32::from_le_bytes(four.try_into().ok()?))
        };
        let count = word(3).unwrap_or(0).min(64) as usize;
        let kinds = ["none", "restart", "reboot", "run", "own_restart"];
        let mut actions = Vec::new();
        for at in 0..count {
            let (Some(kind), Some(delay)) = (word(5 + at * 2), word(6 + at * 2)) else {
                break;
            };
            let kind = kinds.get(kind as usize).unwrap_or(&"none");
            actions.push(format!("{kind}/{delay}"));
        }
        if !actions.is_empty() {
            self.draft
                .set("recovery.actions", actions.join("/"), origin);
            let reset = match word(0) {
                Some(u32::MAX) => "INFINITE".to_owned(),
                seconds => format!("{}s", seconds.unwrap_or(0)),
            };
            self.draft.set("recovery.reset_period_secs", reset, origin);
        }
        if let Some(command) = self
            .find("FailureCommand")
            .map(|item| item.data.text())
            .filter(|text| !text.is_empty())
        {
            self.draft.set("recovery.command", command, origin);
        }
        self.draft
            .set("recovery.on_error_stop", flag == Some(1), origin);
    }
}

/// Words of a command of Windows; a quote that is not closed ends with the line.
pub(super) fn words(text: &str) -> Vec<String> {
    // Backslashes belong to paths here.
    split(&text.replace('\\', "\\\\"))
        .unwrap_or_else(|| text.split_whitespace().map(str::to_owned).collect())
}
