//! Lines of cron: each becomes a service that a schedule starts.

use std::collections::BTreeMap;

use relance_texts::import;

use crate::command::{is_variable, of_shell};
use crate::draft::{Draft, Origin};
use crate::work::{Input, Work};

pub(super) fn convert(inputs: &[&Input], work: &mut Work<'_>) {
    for input in inputs {
        let file = work.open(input);
        let has_user = has_user_column(input);
        let mut variables: BTreeMap<String, (String, Origin)> = BTreeMap::new();
        for (lines, line) in work.statements(input, file) {
            let assignment = line
                .split_once('=')
                .filter(|(name, _)| is_variable(name.trim()));
            if let Some((name, value)) = assignment {
                let value = value.trim().trim_matches(['"', '\'']).to_owned();
                variable(
                    name.trim(),
                    value,
                    Origin { file, lines },
                    &mut variables,
                    work,
                );
                continue;
            }
            job(line, has_user, &variables, Origin { file, lines }, work);
        }
    }
}

fn variable(
    name: &str,
    value: String,
    origin: Origin,
    variables: &mut BTreeMap<String, (String, Origin)>,
    work: &mut Work<'_>,
) {
    let report = work.report(origin.file);
    match name {
        "MAILTO" | "MAILFROM" => report.lost(origin.lines, import::NO_MAIL),
        "SHELL" => report.lost(origin.lines, import::SHELL_OF_CRON),
        "RANDOM_DELAY" | "CRON_TZ" | "START_HOURS_RANGE" => {
            report.lost(origin.lines, import::NO_SUCH_SETTING);
        }
        _ => {
            report.kept(origin.lines, "environment");
            variables.insert(name.to_owned(), (value, origin));
        }
    }
}

/// Whether lines name the account before the command: in `/etc/crontab` and `cron.d`, and where the same plain
/// word that is not a program stands in that place.
fn has_user_column(input: &Input) -> bool {
    let path = input.path.display().to_string();
    if path.ends_with("/etc/crontab") || path.contains("cron.d/") {
        return true;
    }
    if path.contains("/spool/cron") {
        return false;
    }
    let users = input
        .text
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with(|c: char| c == '*' || c.is_ascii_digit()));
    let sixth: Vec<(&str, Option<&str>)> = users
        .filter_map(|line| {
            let mut fields = line.split_whitespace().skip(5);
            Some((fields.next()?, fields.next()))
        })
        .collect();
    let programs = [
        "bash", "sh", "php", "python", "python3", "perl", "ruby", "node", "cd", "curl", "wget",
        "test", "env", "nice", "flock", "echo", "find", "certbot",
    ];
    let is_user = |(word, next): &(&str, Option<&str>)| {
        let is_plain = word
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c));
        let has_program = next.is_some_and(|next| {
            next.starts_with(['/', '.', '[']) || programs.contains(&next) || next == "root"
        });
        is_plain && has_program && !programs.contains(word)
    };
    !sixth.is_empty() && sixth.iter().all(is_user)
}

fn job(
    line: &str,
    has_user: bool,
    variables: &BTreeMap<String, (String, Origin)>,
    origin: Origin,
    work: &mut Work<'_>,
) {
    let lines = origin.lines;
    let (times, rest) = times(line);
    let at_boot = times == "@reboot";
    let schedule = times.split_whitespace().collect::<Vec<_>>().join(" ");
    let (user, command) = match rest.split_once(char::is_whitespace) {
        Some((user, command)) if has_user => (Some(user), command.trim()),
        _ => (None, rest),
    };
    if !is_schedule(&schedule) || command.is_empty() {
        work.report(origin.file).lost(lines, import::NOT_UNDERSTOOD);
        return;
    }
    // Cron ends the command at a %, and gives the rest as input.
    let is_cut = command.replace("\\%", "").contains('%');
    let command = command.replace("\\%", "%");
    let mut draft = Draft::new(name(&command));
    draft.set_command(&of_shell(&command), Some(origin));
    if let Some(user) = user {
        draft.set("account_name", user, Some(origin));
    }
    for (name, (value, origin)) in variables {
        draft.add("environment", format!("{name}={value}"), Some(*origin));
    }
    draft.set(
        "start_type",
        if at_boot { "auto" } else { "demand" },
        Some(origin),
    );
    work.report(origin.file).kept(lines, "command_line");
    if is_cut {
        work.report(origin.file)
            .changed(lines, "command_line", import::PERCENT_IN_CRON);
    }
    if user.is_none() {
        work.report(origin.file)
            .changed(lines, "account_name", import::SET_ACCOUNT);
    }
    if at_boot {
        work.report(origin.file).kept(lines, "start_type");
    } else {
        draft.set("extensions.schedule", schedule, Some(origin));
        work.report(origin.file).kept(lines, "extensions.schedule");
    }
    work.drafts.push(draft);
}

/// Whether these may be the five fields, or a word for them like `@daily`.
fn is_schedule(text: &str) -> bool {
    let has_fields = text.split(' ').count() == 5;
    text.starts_with('@')
        || has_fields && text.starts_with(|c: char| c == '*' || c.is_ascii_digit())
}

/// The five fields, or a name for them, and what is behind.
fn times(line: &str) -> (&str, &str) {
    let count = if line.starts_with('@') { 1 } else { 5 };
    let mut end = 0;
    for _ in 0..count {
        let rest = &line[end..];
        let begin = rest.len() - rest.trim_start().len();
        let word = rest.trim_start();
        end += begin + word.find(char::is_whitespace).unwrap_or(word.len());
    }
    (line[..end].trim(), line[end..].trim())
}

/// A name from the command: of its script or program, and what that is told to do.
pub(super) fn name(command: &str) -> String {
    let passed_over = [
        "bash", "sh", "php", "python", "python3", "perl", "ruby", "node", "cd", "env", "exec",
        "nice", "&&", "cronic",
    ];
    let words = command.split(|c: char| c.is_whitespace() || ";|<>&()\"'".contains(c));
    let mut names = words
        .filter(|word| !word.is_empty() && !word.starts_with('-') && !word.contains('='))
        .map(|word| {
            let last = word.rsplit(['/', '\\']).next().unwrap_or(word);
            last.split('.').next().unwrap_or(last)
        });
    let is_own = |word: &&str| !word.is_empty() && !passed_over.contains(word);
    let first = names.by_ref().find(is_own).unwrap_or("job");
    // `artisan`, `console`: what they do says more.
    let name = match (first, names.next()) {
        ("artisan" | "console" | "manage" | "rake" | "wp", Some(what)) if !what.is_empty() => what,
        _ => first,
    };
    let clean: String = name
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || "_-".contains(c) {
                c
            } else {
                '-'
            }
        })
        .collect();
    let clean = clean.trim_matches('-').chars().take(60).collect::<String>();
    if clean.is_empty() {
        "job".to_owned()
    } else {
        clean
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_what_is_done() {
        assert_eq!(
            name("bash php bin/console sylius:remove-expired-carts"),
            "sylius-remove-expired-carts"
        );
        assert_eq!(
            name("/opt/x/cronic /opt/x/poller-wrapper.py 16"),
            "poller-wrapper"
        );
        assert_eq!(
            name("cd /srv && php artisan schedule:run >> /dev/null"),
            "srv"
        );
        assert_eq!(
            times("*/5  *  * * *   root /x y"),
            ("*/5  *  * * *", "root /x y")
        );
        assert_eq!(times("@reboot /x"), ("@reboot", "/x"));
    }
}
