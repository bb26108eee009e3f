//! Options that people bring from other service managers: some are ours under another name, some ask for what is so
//! anyway, some are answered with what to type instead.

use std::ffi::OsString;

use relance_texts::{Message, Text, habit};

/// What becomes of such an option.
#[derive(Clone, Copy, Debug)]
enum Meaning {
    /// One of ours; its value stays as it is.
    Ours(&'static str),
    /// The same, with a value that is a number of seconds there.
    Seconds(&'static str),
    /// What it asks for is so anyway.
    AsItIs,
    /// The same, and its value goes with it.
    AsItIsWith,
    /// Its value is meant, as a word of its own.
    Value,
    /// Something else does it.
    Instead(&'static str),
}

use Meaning::{AsItIs, AsItIsWith, Instead, Ours, Seconds, Value};

/// An option of others with a command of ours.
struct Habit {
    commands: &'static [&'static str],
    options: &'static [&'static str],
    meaning: Meaning,
}

const fn habit(
    commands: &'static [&'static str],
    options: &'static [&'static str],
    meaning: Meaning,
) -> Habit {
    Habit {
        commands,
        options,
        meaning,
    }
}

/// Commands about services that are named.
const OF_SERVICES: &[&str] = &[
    "list",
    "status",
    "why",
    "start",
    "stop",
    "restart",
    "reload",
    "pause",
    "continue",
    "terminate",
    "enable",
    "disable",
    "delete",
    "logs",
    "events",
    "config",
    "edit",
    "is-active",
    "is-failed",
];
/// Those that wait.
const WAITING: &[&str] = &["start", "stop", "restart", "pause", "continue"];
const REPLY_IN_JSON: &str = "relance status NAME --json";
const CREATES: &str = "relance create NAME -- PROGRAM ARGUMENT…; relance import FILE";

const HABITS: &[Habit] = &[
    habit(
        OF_SERVICES,
        &[
            "--no-pager",
            "--no-legend",
            "--plain",
            "--system",
            "--no-ask-password",
        ],
        AsItIs,
    ),
    habit(OF_SERVICES, &["--user"], Instead("relance --socket PATH")),
    habit(
        OF_SERVICES,
        &["-H", "--host", "-M"],
        Instead("ssh HOST relance …"),
    ),
    habit(WAITING, &["--no-block"], Ours("--no-wait")),
    habit(WAITING, &["--wait"], AsItIs),
    habit(
        &["reload", "terminate", "enable", "disable"],
        &["--no-block"],
        AsItIs,
    ),
    // systemctl status, systemctl show
    habit(
        &["status", "list", "edit", "config"],
        &["-l", "--full"],
        AsItIs,
    ),
    habit(
        &["status"],
        &[
            "-p",
            "-P",
            "--property",
            "--value",
            "-o",
            "--output",
            "--format",
            "-f",
            "--show-types",
        ],
        Instead(REPLY_IN_JSON),
    ),
    habit(&["edit"], &["--force", "--runtime"], AsItIs),
    habit(&["edit"], &["--drop-in"], AsItIsWith),
    habit(&["edit"], &["--stdin"], Instead("relance apply --file -")),
    // tail, journalctl, pm2 logs, docker logs
    habit(
        &["logs"],
        &["--nostream", "-e", "--pager-end", "-x", "--catalog", "-a"],
        AsItIs,
    ),
    habit(&["logs"], &["--tail"], Ours("--lines")),
    habit(&["logs"], &["--err"], Ours("--stderr")),
    habit(&["logs"], &["--out"], Ours("--stdout")),
    habit(&["logs"], &["-F"], Ours("--follow")),
    habit(&["logs"], &["-u", "--unit"], Value),
    habit(&["logs"], &["-S"], Ours("--since")),
    habit(&["logs"], &["-U"], Ours("--until")),
    habit(&["logs"], &["-g"], Ours("--grep")),
    habit(
        &["logs"],
        &["-t", "--timestamps", "--timestamp"],
        Instead("relance config NAME --log-timestamps"),
    ),
    habit(
        &["logs"],
        &["-b", "--boot", "-p", "--priority"],
        Instead("relance logs NAME --since 1h --stderr"),
    ),
    habit(
        &["logs"],
        &["-r", "--reverse"],
        Instead("relance logs NAME | tac"),
    ),
    habit(
        &["logs"],
        &["-o", "--output", "--format"],
        Instead("relance logs NAME --json"),
    ),
    habit(&["events"], &["-u", "--unit"], Ours("--service")),
    habit(&["events"], &["-S"], Ours("--since")),
    habit(&["events"], &["-U"], Ours("--until")),
    habit(&["events"], &["-g", "--grep"], Ours("--text")),
    habit(&["events"], &["-p", "--priority"], Ours("--level")),
    habit(&["events"], &["--lines", "--tail"], Ours("--limit")),
    habit(
        &["events"],
        &["-e", "--pager-end", "-x", "--catalog", "-r", "-q"],
        AsItIs,
    ),
    habit(
        &["events"],
        &["-o", "--output"],
        Instead("relance events --json"),
    ),
    // systemctl list-units, ps, docker ps, pm2 list
    habit(
        &["list"],
        &["-a", "-A", "--all", "--no-trunc", "--long"],
        AsItIs,
    ),
    habit(&["list"], &["-t", "--type"], AsItIsWith),
    habit(
        &["list"],
        &["--running", "--active", "--stopped"],
        Instead("relance list --state running; relance list --state stopped"),
    ),
    habit(
        &["list"],
        &["-q", "--quiet", "--format", "-o", "--output"],
        Instead("relance list --json"),
    ),
    // top -b
    habit(
        &["top"],
        &[
            "-b", "-bn1", "-bn", "-n", "-n1", "-d1", "--batch", "-d", "--delay",
        ],
        Instead("relance list; relance list --watch"),
    ),
    habit(&["top"], &["-p", "-u"], Instead("relance top NAME")),
    // docker run
    habit(&["create", "config"], &["-e"], Ours("--env")),
    habit(&["create", "config"], &["-w"], Ours("--working-directory")),
    habit(&["create", "config"], &["-u"], Ours("--account")),
    // kill, docker stop, docker rm
    habit(
        &["terminate"],
        &["-9", "-KILL", "-SIGKILL", "-f", "--force", "/F", "-k"],
        AsItIs,
    ),
    habit(
        &["terminate"],
        &[
            "-s", "--signal", "-HUP", "-USR1", "-USR2", "-TERM", "-15", "-1",
        ],
        Instead("relance reload NAME; relance control NAME 200; relance stop NAME"),
    ),
    habit(
        &["control", "reload", "stop", "restart"],
        &[
            "-s", "--signal", "-HUP", "-SIGHUP", "-USR1", "-USR2", "-TERM", "-INT", "-QUIT",
        ],
        Instead(
            "relance reload NAME; relance control NAME 200; relance config NAME --reload-signal HUP",
        ),
    ),
    habit(
        &["stop", "restart"],
        &["-f", "--force", "-9"],
        Instead("relance terminate NAME; relance stop NAME --terminate-after 10s"),
    ),
    habit(&["stop"], &["-t", "--time"], Seconds("--terminate-after")),
    habit(
        &["delete"],
        &["-f", "--force"],
        Instead("relance terminate NAME; relance delete NAME"),
    ),
    habit(&["delete"], &["-y", "--yes"], AsItIs),
    habit(
        &["enable", "disable"],
        &["-f", "--force", "--no-reload"],
        AsItIs,
    ),
    habit(
        &["restart", "reload", "start"],
        &["--update-env"],
        Instead("relance config NAME --env NAME=VALUE; relance restart NAME"),
    ),
    habit(
        &["start"],
        &[
            "--name",
            "--interpreter",
            "--only",
            "--env",
            "--cron",
            "--watch",
            "-d",
            "--detach",
        ],
        Instead(CREATES),
    ),
    habit(
        &["start"],
        &["-i", "--instances"],
        Instead("relance scale NAME@ NUMBER"),
    ),
];

/// Several options in one word.
const CLUSTERS: &[(&str, &[&str])] = &[
    ("-fu", &["--follow", "-u"]),
    ("-xe", &["-x"]),
    ("-xeu", &["-u"]),
    ("-xu", &["-u"]),
    ("-eu", &["-u"]),
];

/// The words behind a command, `typed` by a person, with options of ours.
///
/// # Errors
/// What to type instead, for an option that has no other answer.
pub(super) fn translated(command: &str, typed: &[OsString]) -> Result<Vec<OsString>, Text> {
    let mut ours = Vec::new();
    let mut words = with_options(command, unfolded(command, typed)).into_iter();
    while let Some(word) = words.next() {
        if word == "--" {
            ours.push(word);
            break;
        }
        if let Some(lines) = as_lines(command, &word) {
            ours.extend(lines);
            continue;
        }
        let text = word.to_string_lossy().into_owned();
        let (option, given) = match text.split_once('=') {
            Some((option, value)) => (option, Some(OsString::from(value))),
            None => (&*text, None),
        };
        if command == "list" && option == "--state" {
            let value = given.or_else(|| words.next()).unwrap_or_default();
            ours.extend(state(&value));
            continue;
        }
        let Some(habit) = find(command, option) else {
            ours.push(word);
            continue;
        };
        let mut value = || given.clone().or_else(|| words.next());
        match habit.meaning {
            Ours(own) => {
                ours.push(own.into());
                ours.extend(given);
            }
            Seconds(own) => {
                ours.push(own.into());
                ours.extend(value().map(seconds));
            }
            AsItIs => {}
            AsItIsWith => {
                value();
            }
            Value => ours.extend(value()),
            Instead(instead) => {
                return Err(habit::Option {
                    option: relance_texts::shown(option),
                    command,
                    instead,
                }
                .text());
            }
        }
    }
    ours.extend(words);
    Ok(ours)
}

fn find(command: &str, option: &str) -> Option<&'static Habit> {
    HABITS
        .iter()
        .find(|habit| habit.commands.contains(&command) && habit.options.contains(&option))
}

fn unfolded(command: &str, typed: &[OsString]) -> Vec<OsString> {
    if !["logs", "events"].contains(&command) {
        return typed.to_vec();
    }
    let mut words = Vec::new();
    for word in typed {
        match CLUSTERS.iter().find(|(cluster, _)| word == *cluster) {
            Some((_, parts)) => words.extend(parts.iter().map(OsString::from)),
            None => words.push(word.clone()),
        }
    }
    words
}

/// Words behind a name that are options here, as such options.
fn with_options(command: &str, words: Vec<OsString>) -> Vec<OsString> {
    let mut ours = Vec::new();
    let (mut has_name, mut may_be_value) = (false, false);
    let mut words = words.into_iter();
    for word in words.by_ref() {
        let text = word.to_string_lossy();
        let is_name = !std::mem::replace(&mut may_be_value, text.starts_with('-')) && !may_be_value;
        match as_option(command, &text).filter(|_| is_name && has_name) {
            Some(option) => ours.extend(option),
            None => ours.push(word.clone()),
        }
        has_name |= is_name;
        if text == "--" {
            break;
        }
    }
    ours.extend(words);
    ours
}

/// `tail NAME stderr` of supervisorctl, and the state that is waited for.
fn as_option(command: &str, word: &str) -> Option<Vec<OsString>> {
    let words = match (command, word) {
        ("logs", "stderr") => vec!["--stderr"],
        ("logs", "stdout") => vec!["--stdout"],
        ("wait", "running" | "stopped" | "paused") => vec!["--state", word],
        _ => return None,
    };
    Some(words.into_iter().map(OsString::from).collect())
}

/// `tail -1000`, `tail -100f`, `tail -c`: how many lines, as a number.
fn as_lines(command: &str, word: &OsString) -> Option<Vec<OsString>> {
    let option = match command {
        "logs" | "status" => "--lines",
        "events" => "--limit",
        _ => return None,
    };
    let text = word.to_str()?.strip_prefix('-')?;
    let digits = text.trim_end_matches(['f', 'F']);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let follows = (digits.len() < text.len() && command != "status").then(|| "--follow".into());
    let lines = [option.into(), digits.into()].into_iter().chain(follows);
    is_number.then(|| lines.collect())
}

/// The states that systemd and docker have.
fn state(word: &OsString) -> Vec<OsString> {
    let ours = match &*word.to_string_lossy().to_ascii_lowercase() {
        "failed" | "errored" | "fatal" => return vec!["--failed".into()],
        "active" | "online" | "started" => "running",
        "inactive" | "dead" | "exited" => "stopped",
        "activating" | "deactivating" | "launching" => "pending",
        other => return vec!["--state".into(), other.into()],
    };
    vec!["--state".into(), ours.into()]
}

fn seconds(value: OsString) -> OsString {
    match value.to_str() {
        Some(text) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{text}s").into()
        }
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(line: &str) -> String {
        let mut words = line.split(' ').map(OsString::from);
        let command = words.next().expect("a command");
        let words: Vec<OsString> = words.collect();
        match translated(&command.to_string_lossy(), &words) {
            Ok(words) => {
                let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
                words.join(" ")
            }
            Err(text) => text.of(relance_texts::Lang::En),
        }
    }

    #[test]
    fn options_of_others_are_ours_or_say_what_to_type() {
        for (typed, wanted) in [
            ("logs -1000 a", "--lines 1000 a"),
            ("logs -100f a", "--lines 100 --follow a"),
            ("logs a --nostream --lines 20", "a --lines 20"),
            ("logs --tail=5 a", "--lines 5 a"),
            ("logs -xeu a", "a"),
            ("logs -fu a", "--follow a"),
            ("events -u a -p error", "--service a --level error"),
            ("start --no-block a", "--no-wait a"),
            ("status -n 20 a -l --no-pager", "-n 20 a"),
            ("status -50 a", "--lines 50 a"),
            ("edit --full a", "a"),
            ("list --type service --all", ""),
            ("list --state=active", "--state running"),
            ("list --state failed", "--failed"),
            ("list --state=running", "--state running"),
            ("stop -t 10 a", "--terminate-after 10s a"),
            ("start a -- -9 --no-pager", "a -- -9 --no-pager"),
            ("start --wait a", "a"),
            ("wait a stopped", "a --state stopped"),
            ("wait stopped", "stopped"),
            ("wait a --state stopped", "a --state stopped"),
            ("wait a b --state=stopped", "a b --state=stopped"),
            ("create a -e A=1 -- /bin/true", "a --env A=1 -- /bin/true"),
            ("logs a stderr -f", "a --stderr -f"),
            ("logs stderr", "stderr"),
        ] {
            assert_eq!(ours(typed), wanted, "{typed}");
        }
        for (typed, instead) in [
            ("status -p MainPID a", "relance status NAME --json"),
            ("status --property=MainPID a", "relance status NAME --json"),
            ("top -b -n 1", "relance list"),
            ("stop -9 a", "relance terminate NAME"),
            ("list --running", "--state running"),
            ("control -HUP a", "--reload-signal HUP"),
            ("stop --signal=TERM a", "--reload-signal HUP"),
            ("start app.js --name a", "relance create"),
        ] {
            assert!(ours(typed).contains(instead), "{typed}: {}", ours(typed));
        }
    }

    #[test]
    fn no_habit_hides_an_option() {
        let whole = crate::commands::whole();
        for habit in HABITS {
            for name in habit.commands {
                let command = whole.find_subcommand(name).expect(name);
                for option in command.get_arguments() {
                    let long = option.get_long().map(|long| format!("--{long}"));
                    let short = option.get_short().map(|short| format!("-{short}"));
                    for own in long.into_iter().chain(short) {
                        assert!(!habit.options.contains(&&*own), "{name} {own}");
                    }
                }
                if let Ours(own) | Seconds(own) = habit.meaning {
                    let own = own.trim_start_matches('-');
                    let mut longs = command.get_arguments().filter_map(clap::Arg::get_long);
                    assert!(longs.any(|long| long == own), "{name} {own}");
                }
            }
        }
    }
}
