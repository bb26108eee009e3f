//! "Show me how to script this": the same change as a `relance` command, as `sc` commands and as PHP.

use maud::{Markup, html};
use relance_scm::config::StartType;
use relance_scm::settings::{Section, Setting, Subject, ValueType};
use relance_scm::{RecoveryActionKind, ResetPeriod, ServiceConfig, ServiceKind};
use relance_texts::console;
use relance_wire::api::{ConfigBody, ResetPeriodBody};
use relance_wire::settings::texts;

use crate::diff::{actions, period};
use crate::lang::Lang;

/// The same change in three languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Script {
    pub(crate) relance: String,
    pub(crate) sc: String,
    pub(crate) php: String,
}

/// A word for a POSIX shell.
fn shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// A word for `cmd` and Windows' rules of quoting.
fn windows(word: &str) -> String {
    let quoted = relance_scm::command_line::join(&[word]);
    if quoted.starts_with('"') {
        quoted
    } else {
        format!("\"{quoted}\"")
    }
}

/// A string of PHP.
fn php(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}

/// How a service like this one is created.
pub(crate) fn create(config: &ServiceConfig) -> Script {
    let name = config.service_name.as_str();
    let empty = ServiceConfig {
        kind: config.kind,
        // What `relance create` sets for programs.
        failure_actions_on_non_crash_failures: config.kind == ServiceKind::Program,
        display_name: name.into(),
        ..ServiceConfig::new(config.service_name.clone(), config.command_line.to_string())
    };
    let options = options(&empty, config);
    let mut relance = format!("relance create {}", shell(name));
    if config.kind == ServiceKind::Service {
        relance.push_str(" --kind service");
    }
    for (option, value) in options {
        relance.push_str(&format!(" --{} {}", option.option, shell(&value)));
    }
    relance.push_str(&format!(" --command-line {}", shell(&config.command_line)));
    let windows_default = ServiceConfig::new(config.service_name.clone(), "");
    let mut sc = format!(
        "sc create {} binPath= {}",
        windows(name),
        windows(&config.command_line)
    );
    sc.push_str(&sc_settings(&windows_default, config));
    let php = format!(
        "win32_create_service([\n    'service' => {},\n{}]);",
        php(name),
        php_details(
            &ServiceConfig::new(config.service_name.clone(), ""),
            config,
            true
        )
    );
    Script {
        relance,
        sc: sc + &sc_more(name, &windows_default, config),
        php,
    }
}

/// How a service is changed from one configuration to another.
pub(crate) fn change(before: &ServiceConfig, after: &ServiceConfig) -> Script {
    let name = after.service_name.as_str();
    let mut failure = String::new();
    let mut rest = String::new();
    if before.command_line != after.command_line {
        rest.push_str(&format!(" --command-line {}", shell(&after.command_line)));
    }
    for (option, value) in options(before, after) {
        let word = format!(" --{} {}", option.option, shell(&value));
        if option.section == Section::Recovery || option.subject == Subject::Recovery {
            failure.push_str(&word);
        } else {
            rest.push_str(&word);
        }
    }
    let mut relance = Vec::new();
    if !rest.is_empty() {
        relance.push(format!("relance config {}{rest}", shell(name)));
    }
    if !failure.is_empty() {
        relance.push(format!("relance failure {}{failure}", shell(name)));
    }
    let mut sc = String::new();
    let mut settings = sc_settings(before, after);
    if before.command_line != after.command_line {
        settings.insert_str(0, &format!(" binPath= {}", windows(&after.command_line)));
    }
    if !settings.is_empty() {
        sc = format!("sc config {}{settings}", windows(name));
    }
    sc.push_str(&sc_more(name, before, after));
    let details = php_details(before, after, false);
    Script {
        relance: relance.join("\n"),
        sc: sc.trim_start().to_owned(),
        php: if details.is_empty() {
            String::new()
        } else {
            format!("win32_update_service_config({}, [\n{details}]);", php(name))
        },
    }
}

/// The options of `relance` that differ, with their values.
fn options(before: &ServiceConfig, after: &ServiceConfig) -> Vec<(&'static Setting, String)> {
    let differ = texts(before)
        .zip(texts(after))
        .filter(|(old, new)| old.1 != new.1 && old.0.key != "command_line");
    differ
        .flat_map(|(_, (setting, text))| match setting.value {
            ValueType::List | ValueType::Rules | ValueType::Notify if !text.is_empty() => text
                .lines()
                .map(|line| (setting, line.to_owned()))
                .collect(),
            _ => vec![(setting, text)],
        })
        .collect()
}

fn dependencies(config: &ServiceConfig) -> Vec<String> {
    config
        .dependencies
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// The settings of `sc create` and `sc config` that differ.
fn sc_settings(before: &ServiceConfig, after: &ServiceConfig) -> String {
    let mut settings = String::new();
    let mut set = |name: &str, value: &str| settings.push_str(&format!(" {name}= {value}"));
    if before.start_type != after.start_type
        || before.delayed_auto_start != after.delayed_auto_start
    {
        let word = match (after.start_type, after.delayed_auto_start) {
            (StartType::Auto, true) => "delayed-auto",
            (start, _) => start.name(),
        };
        set("start", word);
    }
    if before.error_control != after.error_control {
        set("error", after.error_control.name());
    }
    if before.load_order_group != after.load_order_group {
        set("group", &windows(&after.load_order_group));
    }
    if before.dependencies != after.dependencies {
        set("depend", &windows(&dependencies(after).join("/")));
    }
    if before.account_name != after.account_name {
        set("obj", &windows(after.account_name.as_str()));
    }
    if before.display_name != after.display_name
        && *after.display_name != *after.service_name.as_str()
    {
        set("DisplayName", &windows(&after.display_name));
    }
    settings
}

/// What `sc` has commands of their own for.
fn sc_more(name: &str, before: &ServiceConfig, after: &ServiceConfig) -> String {
    let name = windows(name);
    let mut lines = String::new();
    let mut line = |text: String| lines.push_str(&format!("\n{text}"));
    if before.description != after.description {
        line(format!(
            "sc description {name} {}",
            windows(&after.description)
        ));
    }
    if before.failure_actions != after.failure_actions {
        let body = ConfigBody::from(after).recovery;
        let mut text = format!(
            "sc failure {name} reset= {} actions= {}",
            period(
                body.reset_period_secs
                    .as_ref()
                    .unwrap_or(&ResetPeriodBody::default())
            ),
            windows(&actions(&body.actions))
        );
        if before.failure_actions.command != after.failure_actions.command {
            text.push_str(&format!(" command= {}", windows(&body.command)));
        }
        if before.failure_actions.reboot_message != after.failure_actions.reboot_message {
            text.push_str(&format!(" reboot= {}", windows(&body.reboot_message)));
        }
        line(text);
    }
    if before.failure_actions_on_non_crash_failures != after.failure_actions_on_non_crash_failures {
        let flag = u8::from(after.failure_actions_on_non_crash_failures);
        line(format!("sc failureflag {name} {flag}"));
    }
    if before.security != after.security
        && let Some(security) = &after.security
    {
        line(format!(
            "sc sdset {name} {}",
            windows(&security.to_string())
        ));
    }
    lines
}

/// The entries of PHP's array that differ. With `all` also the command line, which a creation needs.
fn php_details(before: &ServiceConfig, after: &ServiceConfig, all: bool) -> String {
    let mut lines = String::new();
    let mut set = |key: &str, value: String| lines.push_str(&format!("    '{key}' => {value},\n"));
    if all || before.command_line != after.command_line {
        let words = relance_scm::command_line::split(&after.command_line);
        let (path, params) = words.split_first().map_or_else(
            || (String::new(), String::new()),
            |(path, rest)| (path.clone(), relance_scm::command_line::join(rest)),
        );
        set("path", php(&path));
        set("params", php(&params));
    }
    if before.display_name != after.display_name {
        set("display", php(&after.display_name));
    }
    if before.description != after.description {
        set("description", php(&after.description));
    }
    // PHP's own default is auto, so a creation always says it.
    if all || before.start_type != after.start_type {
        let constant = match after.start_type {
            StartType::Auto => "WIN32_SERVICE_AUTO_START",
            StartType::Disabled => "WIN32_SERVICE_DISABLED",
            _ => "WIN32_SERVICE_DEMAND_START",
        };
        set("start_type", constant.to_owned());
    }
    if before.delayed_auto_start != after.delayed_auto_start {
        set("delayed_start", after.delayed_auto_start.to_string());
    }
    if before.account_name != after.account_name {
        set("user", php(after.account_name.as_str()));
    }
    if before.dependencies != after.dependencies {
        let names: Vec<String> = dependencies(after).iter().map(|name| php(name)).collect();
        set("dependencies", format!("[{}]", names.join(", ")));
    }
    if all || before.failure_actions != after.failure_actions {
        php_recovery(after, &mut set);
    }
    if before.failure_actions_on_non_crash_failures != after.failure_actions_on_non_crash_failures {
        set(
            "recovery_enabled",
            after.failure_actions_on_non_crash_failures.to_string(),
        );
    }
    lines
}

/// PHP has three actions and one delay for all; what does not fit is said in a comment.
fn php_recovery(config: &ServiceConfig, set: &mut impl FnMut(&str, String)) {
    let settings = &config.failure_actions;
    if settings.actions.is_empty() {
        return;
    }
    let delay = settings
        .actions
        .first()
        .map_or(0, |action| action.delay_ms());
    for number in 1..=3 {
        let action = settings.action_for(number);
        let constant = match action.map(|action| action.kind) {
            None | Some(RecoveryActionKind::None) => "WIN32_SC_ACTION_NONE",
            Some(RecoveryActionKind::Restart | RecoveryActionKind::OwnRestart) => {
                "WIN32_SC_ACTION_RESTART"
            }
            Some(RecoveryActionKind::Reboot) => "WIN32_SC_ACTION_REBOOT",
            Some(RecoveryActionKind::RunCommand) => "WIN32_SC_ACTION_RUN_COMMAND",
        };
        set(&format!("recovery_action_{number}"), constant.to_owned());
    }
    let fits = settings.actions.len() <= 3
        && settings
            .actions
            .iter()
            .all(|action| action.delay_ms() == delay);
    let note = if fits {
        ""
    } else {
        " /* PHP has three actions with one delay; use relance or sc for the whole list */"
    };
    set("recovery_delay", format!("{delay}{note}"));
    let seconds = match settings.reset_period {
        ResetPeriod::Seconds(seconds) => seconds,
        ResetPeriod::Infinite => u32::MAX,
    };
    set("recovery_reset_period", seconds.to_string());
    if !settings.command.is_empty() {
        set("recovery_command", php(&settings.command));
    }
    if !settings.reboot_message.is_empty() {
        set("recovery_reboot_msg", php(&settings.reboot_message));
    }
}

/// The three of them, folded away.
pub(crate) fn show(script: &Script, lang: Lang) -> Markup {
    let parts = [
        ("relance", &script.relance),
        ("sc (Windows)", &script.sc),
        ("PHP", &script.php),
    ];
    html! {
        details.script {
            summary { (console::SHOW_ME_HOW_TO.of(lang)) }
            @for (title, text) in parts {
                h3 { (title) }
                @if text.is_empty() { p.dim { (console::NOTHING_TO_DO_OR.of(lang)) } }
                @else { pre.command tabindex="0" aria-label=(title) { (text) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use relance_scm::ServiceName;

    use super::*;

    fn config() -> ServiceConfig {
        ServiceConfig::new(ServiceName::new("my worker").unwrap(), "/bin/php w.php")
    }

    #[test]
    fn a_change_of_recovery_in_three_languages() {
        let before = config();
        let mut after = before.clone();
        after.failure_actions.actions = "restart/5000/none/0"
            .parse::<relance_scm::failure_actions::ActionList>()
            .unwrap()
            .0
            .into();
        after.failure_actions.reset_period = ResetPeriod::Seconds(60);
        let script = change(&before, &after);
        assert_eq!(
            script.relance,
            "relance failure 'my worker' --actions restart/5s/none/0 --reset 1m"
        );
        assert_eq!(
            script.sc,
            "sc failure \"my worker\" reset= 60 actions= \"restart/5000/none/0\""
        );
        assert!(
            script
                .php
                .contains("'recovery_action_1' => WIN32_SC_ACTION_RESTART")
        );
        assert!(script.php.contains("use relance or sc"), "delays differ");
    }

    #[test]
    fn words_of_people_do_not_end_the_command() {
        let mut after = config();
        after.description = "a'b\"; rm -rf / #".into();
        let script = change(&config(), &after);
        assert_eq!(
            script.relance,
            r#"relance config 'my worker' --description 'a'\''b"; rm -rf / #'"#
        );
        assert!(script.php.contains(r#"'a\'b"; rm -rf / #'"#));
    }

    #[test]
    fn nothing_changed_is_nothing_to_do() {
        assert_eq!(change(&config(), &config()), Script::default());
    }
}
