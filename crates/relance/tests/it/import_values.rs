//! Whatever `relance import` writes, `relance apply` takes: services with random keys of each kind of file, each key
//! with an odd value.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use relance_import::{Fate, Files, Import, Kind, Options, Problem, import};
use relance_scm::Sentence;
use relance_testkit::daemon::Daemon;
use serde_json::{Map, Value as Json, json};

use crate::support::relance;

/// What people write, and what they write by mistake: times, sizes, numbers, words, paths, quotes.
#[rustfmt::skip]
const VALUES: &[&str] = &[
    "", "0", "1", "-1", "007", "2.5", "1e3", "10", "75", "300", "65536", "4294967295", "4294967296", "99999999999999999999",
    "0s", "0ms", "1ms", "500us", "250ms", "1s", "1.5s", "90s", "5m", "5min", "1m30s", "1h", "1.5h", "2 weeks", "50d", "100y",
    "infinity", "10 sec", "0 sec", "5 hours", "soon",
    "0B", "1", "512M", "1.5G", "10KB", "64k", "1024T", "100%", "0%", "150%",
    "yes", "no", "true", "false", "on", "null", "none", "always", "any", "on-failure", "on-failure:0", "on-failure:99",
    "unless-stopped", "on-abnormal", "unexpected", "Restart", "Exit", "Ignore", "notify", "forking", "oneshot", "simple",
    "journal", "append:/var/log/x.log", "file:x", "syslog", "NONE", "AUTO", "/dev/stdout", "/dev/fd/1",
    "0-3", "3-0", "0,2", "9999", "All", "15", "64", "65", "TERM", "SIGTERM", "SIGRTMIN+3", "WINCH", "FOO", "0,2,256", "1 2 SIGKILL",
    "018", "022", "7777", "-20", "20", "-1000", "high", "IDLE_PRIORITY_CLASS", "BelowNormal",
    "*/5 * * * *", "0 3 * * *", "61 * * * *", "0 0 31 2 *", "@reboot", "hourly", "Mon..Fri 02:30", "*-*-* 25:00", "*:0/15",
    "/", "/srv/a b", "srv/a", "~/a", "/a/../b", "C:\\a b\\c.exe", "\\\\host\\x", "%BASE%\\x", "/x; rm", "/x | y", "/x && y", "a 'b", "a \"b",
    "$HOME/x", "${A}", "${A:-5}", "${A?b}", "%i", "%%i", "%(ENV_A)s", "%(x)s", "%n %h %%", "%", "\\", "A=1", "A=1,B=2", "A=\"b c\"", "A", "=", "A=%i",
    "é ü", "x\u{1F600}", "a b", "a,b", "a/b", "a@b", "w", "b@", "*", "#", ";", "a;b", "[]", "{}", "[1", "a: b", "- a", "<b>", "&", "\"", "'", "\u{7}",
];

/// The keys of each kind of file; those of other sections stand behind the name of theirs.
#[rustfmt::skip]
const KEYS: &[(Kind, &[&str])] = &[
    (Kind::Supervisord, &[
        "command", "process_name", "numprocs", "numprocs_start", "directory", "umask", "autostart", "priority", "startsecs",
        "startretries", "autorestart", "exitcodes", "stopsignal", "stopwaitsecs", "stopasgroup", "killasgroup", "environment",
        "redirect_stderr", "stdout_logfile", "stderr_logfile", "stdout_logfile_maxbytes", "stderr_logfile_maxbytes",
        "stdout_logfile_backups", "stderr_logfile_backups", "stdout_syslog", "stdout_capture_maxbytes", "serverurl",
        "dependent_startup", "dependent_startup_wait_for",
    ]),
    (Kind::Systemd, &[
        "Type", "ExecStart", "ExecStartPre", "ExecStartPost", "ExecStop", "ExecStopPost", "ExecReload", "WorkingDirectory",
        "RootDirectory", "Environment", "EnvironmentFile", "PassEnvironment", "UMask", "Nice", "OOMScoreAdjust", "OOMPolicy",
        "CPUAffinity", "CPUSchedulingPolicy", "NoNewPrivileges", "PrivateTmp", "ReadOnlyPaths", "ProtectSystem",
        "CapabilityBoundingSet", "AmbientCapabilities", "KillSignal", "KillMode", "SendSIGKILL", "TimeoutStopSec",
        "TimeoutStartSec", "TimeoutSec", "WatchdogSec", "WatchdogSignal", "NotifyAccess", "StandardOutput", "StandardError",
        "Restart", "RestartSec", "RestartSteps", "RestartMaxDelaySec", "StartLimitIntervalSec", "StartLimitBurst",
        "SuccessExitStatus", "RestartPreventExitStatus", "RestartForceExitStatus", "MemoryMax", "MemoryHigh", "MemorySwapMax",
        "MemoryLimit", "CPUShares", "BlockIOWeight", "TasksMax", "CPUQuota", "CPUWeight", "IOWeight", "RuntimeDirectory",
        "StateDirectory", "RuntimeMaxSec", "LimitNOFILE", "LimitCPU", "LimitCORE", "RemainAfterExit", "PIDFile",
        "Unit Description", "Unit Requires", "Unit After", "Unit BindsTo", "Unit OnFailure", "Unit StartLimitAction",
        "Install WantedBy", "Install Alias", "Timer OnCalendar", "Timer OnUnitActiveSec", "Timer OnBootSec",
        "Timer Persistent", "Timer RandomizedDelaySec",
    ]),
    (Kind::Pm2, &[
        "script", "args", "interpreter", "node_args", "cwd", "env", "instances", "exec_mode", "min_uptime", "autorestart",
        "max_restarts", "restart_delay", "exp_backoff_restart_delay", "stop_exit_codes", "kill_timeout", "kill_signal",
        "treekill", "wait_ready", "listen_timeout", "max_memory_restart", "cron_restart", "watch", "out_file", "error_file",
        "log_file", "merge_logs", "time", "namespace",
    ]),
    (Kind::Nssm, &[
        "AppDirectory", "AppParameters", "AppEnvironmentExtra", "AppEnvironment", "AppExit", "AppThrottle", "AppRestartDelay",
        "AppStopMethodSkip", "AppStopMethodConsole", "AppStopMethodWindow", "AppStopMethodThreads", "AppKillProcessTree",
        "AppPriority", "AppAffinity", "AppStdout", "AppStderr", "AppRotateBytes", "AppRotateSeconds", "AppRotateFiles",
        "AppRotateOnline", "AppTimestampLog", "AppNoConsole", "Start", "Type", "DisplayName", "Description",
        "DependOnService", "DependOnGroup", "DelayedAutoStart", "ErrorControl",
    ]),
    (Kind::Winsw, &[
        "name", "description", "arguments", "argument", "workingdirectory", "priority", "stoptimeout", "startmode",
        "delayedAutoStart", "depend", "env", "onfailure", "resetfailure", "log", "logmode", "logpath", "stopexecutable",
        "stoparguments", "prestart", "download", "preshutdowntimeout", "beeponshutdown", "outfiledisabled", "sizeThreshold",
        "keepFiles",
    ]),
    (Kind::Servy, &[
        "DisplayName", "Description", "Parameters", "StartupDirectory", "StartupType", "Priority", "CpuAffinity", "StdoutPath",
        "StderrPath", "StartTimeout", "StopTimeout", "EnableSizeRotation", "RotationSize", "EnableDateRotation",
        "DateRotationType", "MaxRotations", "EnableHealthMonitoring", "HeartbeatInterval", "MaxFailedChecks", "RecoveryAction",
        "MaxRestartAttempts", "RecoveryOnCleanExit", "FailureProgramPath", "FailureProgramParameters", "EnvironmentVariables",
        "ServiceDependencies", "RunAsLocalSystem", "PreLaunchExecutablePath",
    ]),
    (Kind::Procfile, &["web", "worker", "release", "a_b", "é"]),
    (Kind::Cron, &["", "SHELL", "PATH", "MAILTO", "CRON_TZ", "A"]),
    (Kind::Compose, &[
        "image", "command", "restart", "depends_on", "links", "stop_grace_period", "stop_signal", "container_name", "logging",
        "profiles", "scale", "environment", "extends", "healthcheck test", "healthcheck interval", "healthcheck timeout",
        "healthcheck start_period", "healthcheck retries", "healthcheck disable", "healthcheck start_interval",
        "deploy replicas", "deploy restart_policy",
    ]),
];

/// A key with its value, and whether the value is quoted where the notation knows both.
type Pair = (&'static str, String, bool);

/// Some keys of a kind, each with a value.
fn pairs(keys: &'static [&'static str]) -> impl Strategy<Value = Vec<Pair>> {
    let value = prop_oneof![
        20 => select(VALUES).prop_map(str::to_owned),
        3 => (any::<u64>(), select(&["", "s", "ms", "m", "h", "d", "K", "M", "%"][..]))
            .prop_map(|(number, unit)| format!("{}{unit}", number >> (number % 64))),
        2 => (select(VALUES), select(VALUES)).prop_map(|(one, two)| format!("{one} {two}")),
        1 => Just("x".repeat(40_000)),
    ];
    prop::collection::vec((select(keys), value, any::<bool>()), 1..7)
}

/// Files in memory.
#[derive(Debug, Default)]
struct Memory(BTreeMap<PathBuf, String>);

impl Memory {
    fn with(mut self, path: &str, text: String) -> Self {
        self.0.insert(path.into(), text);
        self
    }
}

impl Files for Memory {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let text = self.0.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(text.clone().into_bytes())
    }

    fn list(&self, _: &Path) -> io::Result<Vec<PathBuf>> {
        Err(io::ErrorKind::NotADirectory.into())
    }

    fn variable(&self, name: &str) -> Option<String> {
        (name == "A").then(|| "a b".to_owned())
    }

    fn evaluate(&self, _: &Path) -> Result<String, Sentence> {
        Err(Sentence::foreign("no node"))
    }
}

/// Lines `KEY=VALUE` below a section.
fn section(name: &str, pairs: &[Pair]) -> String {
    let mut text = format!("[{name}]\n");
    for (key, value, _) in pairs {
        text.push_str(&format!("{key}={value}\n"));
    }
    text
}

/// The pairs whose keys begin with this word, without it.
fn below<'a>(word: &str, pairs: &'a [Pair]) -> Vec<Pair> {
    let inside = |(key, value, quoted): &'a Pair| {
        let key = key.strip_prefix(word)?.strip_prefix(' ')?;
        Some((key, value.clone(), *quoted))
    };
    pairs.iter().filter_map(inside).collect()
}

fn plain(pairs: &[Pair]) -> Vec<Pair> {
    let is_plain = |(key, _, _): &&Pair| !key.contains(' ');
    pairs.iter().filter(is_plain).cloned().collect()
}

fn units(name: &str, pairs: &[Pair]) -> Memory {
    let own: Vec<Pair> = plain(pairs);
    let unit = format!(
        "{}{}ExecStart=/bin/x y\n{}",
        section("Unit", &below("Unit", pairs)),
        section("Service", &own),
        section("Install", &below("Install", pairs)),
    );
    let timer = below("Timer", pairs);
    let files = Memory::default().with(&format!("/u/{name}.service"), unit);
    if timer.is_empty() {
        return files;
    }
    files.with(&format!("/u/{name}.timer"), section("Timer", &timer))
}

/// A value of JSON: as it stands if it can be read as one, else as a text.
fn json_of(value: &str, quoted: bool) -> Json {
    let read = serde_json::from_str(value).ok().filter(|_| !quoted);
    read.unwrap_or_else(|| value.into())
}

fn object(pairs: &[Pair]) -> Map<String, Json> {
    let of = |(key, value, quoted): &Pair| ((*key).to_owned(), json_of(value, *quoted));
    pairs.iter().map(of).collect()
}

fn pm2(name: &str, pairs: &[Pair]) -> String {
    let mut app = object(pairs);
    app.insert("name".into(), name.into());
    app.entry("script").or_insert_with(|| "/srv/x".into());
    json!({ "apps": [app] }).to_string()
}

fn nssm(name: &str, pairs: &[Pair]) -> String {
    let mut text = format!("nssm install {name} C:\\x\\y.exe\n");
    for (key, value, quoted) in pairs {
        let value = if *quoted {
            format!("\"{value}\"")
        } else {
            value.clone()
        };
        let default = if *key == "AppExit" { "Default " } else { "" };
        text.push_str(&format!("nssm set {name} {key} {default}{value}\n"));
    }
    text
}

/// The same as an export of the registry.
fn registry(name: &str, pairs: &[Pair]) -> String {
    let root = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services";
    let mut text = format!(
        "Windows Registry Editor Version 5.00\n\n[{root}\\{name}\\Parameters]\n\"Application\"=\"C:\\\\x.exe\"\n"
    );
    for (key, value, quoted) in pairs {
        let number = value.parse::<u32>().ok().filter(|_| !quoted);
        let value = match number {
            Some(number) => format!("dword:{number:08x}"),
            None => format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
        };
        text.push_str(&format!("\"{key}\"={value}\n"));
    }
    text
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('"', "&quot;").replace('\u{7}', "")
}

fn winsw(name: &str, pairs: &[Pair]) -> String {
    let mut text = format!("<service><id>{name}</id><executable>/bin/x</executable>\n");
    for (key, value, quoted) in pairs {
        let value = escaped(value);
        let element = match (*key, quoted) {
            ("onfailure", true) => format!("<onfailure action=\"restart\" delay=\"{value}\"/>"),
            ("onfailure", false) => format!("<onfailure action=\"{value}\"/>"),
            ("env", _) => format!("<env name=\"A\" value=\"{value}\"/>"),
            ("log", _) => format!("<log mode=\"{value}\"/>"),
            ("sizeThreshold" | "keepFiles", _) => {
                format!("<log mode=\"roll-by-size\"><{key}>{value}</{key}></log>")
            }
            _ => format!("<{key}>{value}</{key}>"),
        };
        text.push_str(&element);
        text.push('\n');
    }
    text + "</service>"
}

fn servy(name: &str, pairs: &[Pair]) -> String {
    let mut service = object(pairs);
    service.insert("Name".into(), name.into());
    service.insert("ExecutablePath".into(), "/bin/x".into());
    Json::Object(service).to_string()
}

fn yaml_of(value: &str, quoted: bool) -> String {
    if quoted {
        return Json::from(value).to_string();
    }
    value.to_owned()
}

fn compose(name: &str, pairs: &[Pair]) -> String {
    let mut text = format!("services:\n  {name}:\n    build: .\n");
    for (key, value, quoted) in plain(pairs) {
        text.push_str(&format!("    {key}: {}\n", yaml_of(&value, quoted)));
    }
    for word in ["healthcheck", "deploy"] {
        let inside = below(word, pairs);
        if inside.is_empty() {
            continue;
        }
        text.push_str(&format!("    {word}:\n"));
        if word == "healthcheck" && !inside.iter().any(|(key, _, _)| *key == "test") {
            text.push_str("      test: /bin/true\n");
        }
        for (key, value, quoted) in inside {
            let value = yaml_of(&value, quoted);
            let line = match key {
                "restart_policy" => {
                    format!("{key}: {{condition: on-failure, max_attempts: {value}}}")
                }
                _ => format!("{key}: {value}"),
            };
            text.push_str(&format!("      {line}\n"));
        }
    }
    text
}

/// The files of a service of this name.
fn files(kind: Kind, name: &str, pairs: &[Pair]) -> Memory {
    let one = |text: String| Memory::default().with("/u/file", text);
    match kind {
        Kind::Supervisord => one(format!(
            "[program:{name}]\ncommand=/bin/x y\n{}",
            section("ignored", pairs).trim_start_matches("[ignored]\n")
        )),
        Kind::Systemd => units(name, pairs),
        Kind::Pm2 => one(pm2(name, pairs)),
        Kind::Nssm if pairs.len().is_multiple_of(2) => one(registry(name, pairs)),
        Kind::Nssm => one(nssm(name, pairs)),
        Kind::Winsw => one(winsw(name, pairs)),
        Kind::Servy => one(servy(name, pairs)),
        Kind::Procfile => {
            let lines = pairs.iter();
            let lines = lines.map(|(key, value, _)| format!("{name}_{key}: {value}"));
            one(lines.collect::<Vec<_>>().join("\n"))
        }
        Kind::Cron => one(pairs
            .iter()
            .map(|(key, value, quoted)| match (*key, quoted) {
                ("", true) => format!("{value} /bin/x-{name}\n"),
                ("", false) => format!("* * * * * /bin/x-{name} {value}\n"),
                (key, _) => format!("{key}={value}\n"),
            })
            .collect()),
        Kind::Compose => one(compose(name, pairs)),
    }
}

/// What is imported of it; `None` if it is not a file of its kind.
fn imported(kind: Kind, name: &str, pairs: &[Pair]) -> Option<Import> {
    let files = files(kind, name, pairs);
    let options = Options {
        kind: Some(kind),
        ..Options::default()
    };
    let paths: Vec<PathBuf> = files.0.keys().cloned().collect();
    match import(&paths, &files, &options) {
        Ok(found) => Some(found),
        Err(Problem::Syntax(..)) => None,
        Err(other) => panic!("{other:?} of {files:?}"),
    }
}

/// Every line is accounted for, and the files for `apply` say the same to it.
fn check(kind: Kind, pairs: &[Pair]) -> Result<(), TestCaseError> {
    let Some(found) = imported(kind, "w", pairs) else {
        return Ok(());
    };
    for line in found.files.iter().flat_map(|file| &file.lines) {
        let is_told = match line.fate {
            Fate::Silent => true,
            Fate::Kept => !line.settings.is_empty(),
            Fate::Changed | Fate::Lost => !line.notes.is_empty(),
        };
        prop_assert!(is_told, "{line:?}");
    }
    let read = relance::fuzzing::apply_file(&found.toml);
    prop_assert!(read.is_ok(), "{:?}\n{}", read.err(), found.toml);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]
    #[test]
    fn whatever_is_imported_can_be_read_by_apply(
        (kind, pairs) in select(KEYS).prop_flat_map(|(kind, keys)| (Just(kind), pairs(keys)))
    ) {
        check(kind, &pairs)?;
    }
}

/// What the manager alone can refuse: names that are taken, circles, what is too much in all.
#[test]
fn whatever_is_imported_is_taken_by_the_manager() {
    let daemon = Daemon::start(relance());
    let mut runner = TestRunner::deterministic();
    for (kind, keys) in KEYS {
        let (mut text, mut count) = (String::new(), 0);
        for number in 0..60 {
            let tree = pairs(keys).new_tree(&mut runner).expect("a value");
            if let Some(found) = imported(*kind, &format!("s{number}"), &tree.current()) {
                text.push_str(&found.toml);
                count += usize::from(!found.services.is_empty());
            }
        }
        assert!(
            count > 15,
            "{kind:?}: {count} of 60 are files of their kind"
        );
        let file = daemon.folder().join("services.toml");
        fs::write(&file, &text).expect("written");
        let file = file.to_str().expect("a path");
        let tried = daemon.relance(&["apply", "--dry-run", "--file", file]);
        assert_eq!(tried.status.code(), Some(6), "{kind:?}: {tried:?}");
    }
}
