//! Lines of cron: each becomes a service that a schedule starts.

use std::collections::BTreeMap;

use relance_texts::import;

use crate::command::{is_for_shell, is_variable, of_shell, sh_quoted};
use crate::draft::{Origin, ServiceDraft};
use crate::work::{Input, Work};

pub(super) fn convert(inputs: &[&Input], work: &mut Work<'_>) {
    for input in inputs {
        let file = work.open(input);
        let has_user = has_user_column(input);
        let mut around = Around::default();
        for (lines, line) in work.statements(input, file) {
            let assignment = line
                .split_once('=')
                .filter(|(name, _)| is_variable(name.trim()));
            if let Some((name, value)) = assignment {
                let value = unquoted(value.trim()).to_owned();
                variable(
                    name.trim(),
                    value,
                    Origin { file, lines },
                    &mut around,
                    work,
                );
                continue;
            }
            job(line, has_user, &around, Origin { file, lines }, work);
        }
    }
}

/// The value without quotes around the whole of it.
fn unquoted(value: &str) -> &str {
    let quotes = ['"', '\''].into_iter();
    let mut inner = quotes.filter_map(|quote| {
        let inner = value.strip_prefix(quote)?.strip_suffix(quote)?;
        (!inner.contains(quote)).then_some(inner)
    });
    inner.next().unwrap_or(value)
}

/// What lines above a job say for it.
#[derive(Default)]
struct Around {
    variables: BTreeMap<String, (String, Origin)>,
    /// `SHELL`, for commands that need one.
    shell: Option<String>,
    /// `CRON_TZ`: the zone of the times.
    zone: String,
}

fn variable(name: &str, value: String, origin: Origin, around: &mut Around, work: &mut Work<'_>) {
    let report = work.report(origin.file);
    match name {
        "MAILTO" | "MAILFROM" => report.lost(origin.lines, import::NO_MAIL),
        "SHELL" => {
            report.kept(origin.lines, "command_line");
            around.shell = Some(value).filter(|shell| shell.starts_with('/'));
        }
        "CRON_TZ" => {
            report.kept(origin.lines, "extensions.schedule");
            around.zone = value;
        }
        "RANDOM_DELAY" | "START_HOURS_RANGE" => {
            report.lost(origin.lines, import::NO_SUCH_SETTING);
        }
        _ => {
            report.kept(origin.lines, "environment");
            around.variables.insert(name.to_owned(), (value, origin));
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

fn job(line: &str, has_user: bool, around: &Around, origin: Origin, work: &mut Work<'_>) {
    let lines = origin.lines;
    // A dash in front keeps some crons from logging it.
    let (times, rest) = times(line.strip_prefix('-').unwrap_or(line));
    let at_boot = times == "@reboot";
    let schedule = match times {
        "@annually" => "@yearly".to_owned(),
        times => times.split_whitespace().collect::<Vec<_>>().join(" "),
    };
    let (user, command) = match rest.split_once(char::is_whitespace) {
        Some((user, command)) if has_user => (Some(user), command.trim()),
        // A line with an account and nothing to run.
        None if has_user => (None, ""),
        _ => (None, rest),
    };
    if !is_schedule(&schedule) || !is_command(command) {
        work.report(origin.file).lost(lines, import::NOT_UNDERSTOOD);
        return;
    }
    let (command, input) = parted(command);
    let mut draft = ServiceDraft::new(name(&command));
    let is_cut = !input.is_empty();
    let command = with_input(command, &input);
    let mut words = of_shell(&command);
    if let Some(shell) = around.shell.as_ref().filter(|_| is_for_shell(&command)) {
        words[0].clone_from(shell);
    }
    draft.set_command(&words, Some(origin));
    if let Some(user) = user {
        // A group may stand behind it.
        let user = user.split(':').next().unwrap_or(user);
        draft.set("account_name", user, Some(origin));
    }
    for (name, (value, origin)) in &around.variables {
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
        let schedule = format!("{schedule} {}", around.zone);
        draft.set("extensions.schedule", schedule.trim(), Some(origin));
        work.report(origin.file).kept(lines, "extensions.schedule");
    }
    work.drafts.push(draft);
}

/// The command, and the lines of its input: cron ends it at a %, and each further one is the end of a line.
fn parted(text: &str) -> (String, Vec<String>) {
    let text = text.replace("\\%", "\u{1}");
    let mut parts = text.split('%').map(|part| part.replace('\u{1}', "%"));
    let command = parts.next().unwrap_or_default();
    (command.trim().to_owned(), parts.collect())
}

/// The command with its input, for a shell.
fn with_input(command: String, input: &[String]) -> String {
    if input.is_empty() {
        return command;
    }
    let lines: Vec<String> = input.iter().map(|line| sh_quoted(line)).collect();
    format!("printf '%s\\n' {} | {{ {command}\n}}", lines.join(" "))
}

/// Whether these may be the five fields, or a word for them like `@daily`.
fn is_schedule(text: &str) -> bool {
    const WORDS: [&str; 8] = [
        "@reboot",
        "@yearly",
        "@annually",
        "@monthly",
        "@weekly",
        "@daily",
        "@midnight",
        "@hourly",
    ];
    let has_fields = text.split(' ').count() == 5;
    let is_field = |c: char| c.is_ascii_alphanumeric() || " */,-~#".contains(c);
    WORDS.contains(&text)
        || has_fields
            && text.starts_with(|c: char| c == '*' || c.is_ascii_digit())
            && text.chars().all(is_field)
}

/// Whether something is run: in lines of anacron, and in those of crons with a year, a number comes first.
fn is_command(text: &str) -> bool {
    let first = text.split_whitespace().next();
    first.is_some_and(|word| word.parse::<u64>().is_err())
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

    #[test]
    fn a_job_has_the_shell_the_zone_and_the_input_of_its_cron() {
        let text = "SHELL=/bin/bash\nCRON_TZ=Europe/Berlin\n-5 4 * * sun root /bin/cat%a b%c\\%\nCRON_TZ=\n\
                    @daily root:adm [[ -f /x ]] && /y $(date +\\%F)\n1 2 * * * root /bin/z\n";
        let files = crate::formats::tests::Memory::default().with("/etc/cron.d/a", text);
        let toml = crate::formats::tests::imported(&["/etc/cron.d/a".into()], &files).toml;
        for part in [
            "name = \"cat\"",
            "schedule = \"5 4 * * sun Europe/Berlin\"",
            "schedule = \"@daily\"",
            "date +%F",
            "name = \"z\"",
        ] {
            assert!(toml.contains(part), "{part}: {toml}");
        }
        assert_eq!(toml.matches("/bin/bash").count(), 2, "{toml}");
        let (command, input) = parted("cat%a b%c\\%");
        let script = with_input(command, &input);
        assert_eq!(script, "printf '%s\\n' 'a b' c% | { cat\n}");
        assert!(is_schedule("0 0 1,15 jan-mar mon#2") && !is_schedule("1 5 cron.daily nice x"));
        assert!(is_schedule("@hourly") && !is_schedule("@every"));
        let whole = ["\"/a b\"", "'x'", "\"/a b\":/c", "\"", ""].map(unquoted);
        assert_eq!(whole, ["/a b", "x", "\"/a b\":/c", "\"", ""]);
        assert!(is_command("/bin/a 1") && !is_command("45 cron.monthly x") && !is_command(""));
        assert_eq!(parted("date +\\%F"), ("date +%F".to_owned(), vec![]));
    }
}
