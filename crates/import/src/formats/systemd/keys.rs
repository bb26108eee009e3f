//! A service unit, key by key.

use std::time::Duration;

use relance_texts::import;

use super::limits::signal;
use super::service::Service;
use super::span::{self, Span};
use super::specifier::Names;
use super::{Key, Unit, recovery, service_name};
use crate::draft::{self, ServiceDraft};
use crate::recovery::written;
use crate::work::{Converter, Work};

/// What a program cannot have here.
const NO_SETTING: &[&str] = &[
    "GuessMainPID",
    "Slice",
    "SyslogFacility",
    "SyslogLevel",
    "SyslogLevelPrefix",
    "LogLevelMax",
    "TTYPath",
    "TTYReset",
    "StandardInput",
    "IgnoreSIGPIPE",
    "KeyringMode",
    "Sockets",
    "NonBlocking",
    "FileDescriptorStoreMax",
    "BusName",
    "USBFunctionDescriptors",
    "FinalKillSignal",
    "SendSIGHUP",
    "RestartKillSignal",
    "LogRateLimitIntervalSec",
    "LogRateLimitBurst",
    "LogNamespace",
    "LogExtraFields",
    "Personality",
    "TimeoutAbortSec",
    "TimeoutStartFailureMode",
    "TimeoutStopFailureMode",
    "RootDirectoryStartOnly",
    "ExitType",
    "CPUAccounting",
    "MemoryAccounting",
    "IOAccounting",
    "TasksAccounting",
    "IPAccounting",
    "MemoryLow",
    "MemoryMin",
    "UnsetEnvironment",
    "LoadCredential",
    "SetCredential",
];

/// `is_unit`: whether a unit of this name is among the files, so an instance that has drop-ins of its own.
pub(super) fn convert(
    name: &str,
    unit: &Unit,
    is_unit: &dyn Fn(&str) -> bool,
    work: &mut Work<'_>,
) {
    let base = service_name(name);
    if !unit.keys.iter().any(|key| key.entry.key == "ExecStart") {
        for key in &unit.keys {
            work.report(key.file)
                .lost(key.entry.lines, import::DropInAlone { unit: name });
        }
        return;
    }
    let is_template = base.ends_with('@');
    let instances = if is_template {
        instances_of(name, unit, is_unit, work)
    } else {
        vec![base]
    };
    for instance in instances {
        let user = unit.get("User").map_or("", |key| key.entry.value.as_str());
        let mut service = Service {
            unit,
            names: Names {
                unit: name,
                is_instance: is_template,
                user,
            },
            draft: ServiceDraft::new(instance),
            work: &mut *work,
            before: Vec::new(),
        };
        service.all_keys();
        service.command();
        recovery::convert(&mut service);
        let draft = service.draft;
        if draft.has("command_line") {
            work.drafts.push(draft);
        }
    }
    if is_template && work.options.instances.is_empty() && unit.get("DefaultInstance").is_none() {
        let of_command = unit.keys.iter().find(|key| key.entry.key == "ExecStart");
        if let Some(key) = of_command {
            work.report(key.file)
                .changed(key.entry.lines, "name", import::WHICH_INSTANCES);
        }
    }
}

/// The services that a template stands for, without those that are units of their own.
fn instances_of(
    name: &str,
    unit: &Unit,
    is_unit: &dyn Fn(&str) -> bool,
    work: &Work<'_>,
) -> Vec<String> {
    let chosen = work.options.instances.clone();
    let default = unit
        .get("DefaultInstance")
        .map(|key| key.entry.value.clone());
    let list = match (chosen.is_empty(), default) {
        (false, _) => chosen,
        (true, Some(one)) => vec![one],
        (true, None) => vec!["1".to_owned()],
    };
    let (base, stem) = (service_name(name), name.trim_end_matches(".service"));
    list.into_iter()
        .filter(|instance| !is_unit(&format!("{stem}{instance}.service")))
        .map(|instance| format!("{base}{}", draft::service_name(&instance)))
        .collect()
}

impl Service<'_, '_, '_> {
    fn all_keys(&mut self) {
        let unit = self.unit;
        for key in &unit.keys {
            if key.entry.value.is_empty()
                && !matches!(
                    key.entry.key.as_str(),
                    "CapabilityBoundingSet" | "AmbientCapabilities"
                )
            {
                self.kept(key, "");
                continue;
            }
            match key.section.as_str() {
                "Service" => self.of_service(key),
                "Unit" => self.of_unit(key),
                "Install" => self.of_install(key),
                section if section.starts_with("X-") => self.kept(key, ""),
                _ => self.lost(key, import::NOT_UNDERSTOOD),
            }
        }
        self.draft.set(
            "start_type",
            if self.is_wanted() { "auto" } else { "demand" },
            None,
        );
    }

    fn is_wanted(&self) -> bool {
        self.unit.get("WantedBy").is_some() || self.unit.get("RequiredBy").is_some()
    }

    /// Commands, account and environment.
    fn of_service(&mut self, key: &Key) {
        let value = key.entry.value.as_str();
        match key.entry.key.as_str() {
            "Type" => self.kind(key),
            "ExecStart" => self.kept(key, "command_line"),
            "ExecStartPre" | "ExecCondition" => self.before(key),
            "ExecStartPost" => self.lost(key, import::NO_EXEC_START_POST),
            "ExecStop" => self.stop_command(key),
            "ExecStopPost" => self.lost(key, import::NO_EXEC_STOP_POST),
            "ExecReload" => self.reload(key),
            "User" => self.user(key),
            "Group" => self.group(key),
            "DynamicUser" => self.lost(key, import::DYNAMIC_USER),
            "SupplementaryGroups" => {
                for group in value.split_whitespace() {
                    self.draft
                        .add("extensions.supplementary_groups", group, Some(key.origin()));
                }
                self.kept(key, "extensions.supplementary_groups");
            }
            "WorkingDirectory" => self.working_directory(key),
            "RootDirectory" => self.keep(key, "extensions.root_directory", value),
            "Environment" => self.environment(key),
            "EnvironmentFile" => {
                let path = self.filled(key, "extensions.environment_files", value);
                self.draft
                    .add("extensions.environment_files", path, Some(key.origin()));
                self.kept(key, "extensions.environment_files");
                if !self.unit.all("Environment").is_empty() {
                    self.changed(key, "extensions.environment_files", import::FILES_LOSE);
                }
            }
            "PassEnvironment" => {
                for name in value.split_whitespace() {
                    self.draft
                        .add("extensions.pass_environment", name, Some(key.origin()));
                }
                self.kept(key, "extensions.pass_environment");
            }
            _ => self.of_rights(key),
        }
    }

    fn user(&mut self, key: &Key) {
        let value = key.entry.value.as_str();
        let text = self.filled(key, "account_name", value);
        let account = self.of_this_instance(&text);
        if account.contains('%') {
            return self.lost(key, import::Placeholder { value });
        }
        self.keep(key, "account_name", account);
    }

    fn group(&mut self, key: &Key) {
        let value = &key.entry.value;
        let user = self.unit.get("User");
        if user.is_some_and(|user| user.entry.value == *value) {
            return self.kept(key, "account_name");
        }
        let setting = "extensions.supplementary_groups";
        self.draft.add(setting, value, Some(key.origin()));
        self.changed(key, setting, import::GROUP_OF_ACCOUNT);
    }

    /// What its process may do.
    fn of_rights(&mut self, key: &Key) {
        let value = key.entry.value.as_str();
        match key.entry.key.as_str() {
            "UMask" => self.keep(key, "extensions.umask", value),
            "Nice" => self.nice(key),
            "OOMScoreAdjust" => self.keep(key, "extensions.oom_score_adjust", value),
            "OOMPolicy" => self.keep(key, "extensions.oom_group", value == "kill"),
            "CPUAffinity" => self.keep(
                key,
                "extensions.affinity",
                value.split_whitespace().collect::<Vec<_>>().join(","),
            ),
            "CPUSchedulingPolicy" => self.keep(key, "extensions.scheduling", value),
            "IOSchedulingClass" | "IOSchedulingPriority" => self.io(key),
            "NoNewPrivileges" => self.flag(key, "extensions.no_new_privileges"),
            "PrivateTmp" => self.flag(key, "extensions.private_tmp"),
            "ReadOnlyPaths" | "ReadOnlyDirectories" => {
                for path in value.split_whitespace() {
                    self.draft.add(
                        "extensions.read_only_paths",
                        path.trim_start_matches('+'),
                        Some(key.origin()),
                    );
                }
                self.kept(key, "extensions.read_only_paths");
            }
            "ProtectSystem" => self.protect_system(key),
            "CapabilityBoundingSet" | "AmbientCapabilities" => self.capabilities(key),
            _ => self.of_life(key),
        }
    }

    /// Its stops, times, restarts and output.
    fn of_life(&mut self, key: &Key) {
        let value = key.entry.value.as_str();
        match key.entry.key.as_str() {
            "KillSignal" => self.keep(key, "extensions.stop_signal", signal(value)),
            "KillMode" if value == "control-group" => self.changed(key, "", import::WHOLE_TREE),
            "KillMode" if value == "mixed" => self.kept(key, "extensions.stop_signal"),
            "KillMode" => self.changed(key, "", import::KILL_MODE),
            "SendSIGKILL" if is_true(value) => self.kept(key, "extensions.stop_grace_ms"),
            "SendSIGKILL" => self.changed(key, "extensions.stop_grace_ms", import::ALWAYS_KILLED),
            "TimeoutStopSec" => self.time_to_stop(key),
            "TimeoutStartSec" => self.time_to_start(key),
            "TimeoutSec" => {
                self.time_to_stop(key);
                self.time_to_start(key);
            }
            "WatchdogSec" => self.time(key, "extensions.watchdog_ms"),
            "RuntimeMaxSec" | "RuntimeRandomizedExtraSec" => self.time_to_run(key),
            "WatchdogSignal" => self.keep(
                key,
                "extensions.watchdog_signal",
                value.trim_start_matches("SIG"),
            ),
            "NotifyAccess" => self.changed(key, "extensions.ready", import::NOTIFY_ACCESS),
            "StandardOutput" | "StandardError" => self.output(key),
            "StandardInput" if value == "null" => self.kept(key, ""),
            "SyslogIdentifier" => self.changed(key, "extensions.output_copy", import::NAME_IN_LOG),
            "Restart"
            | "RestartSec"
            | "SuccessExitStatus"
            | "RestartPreventExitStatus"
            | "RestartForceExitStatus"
            | "RestartSteps"
            | "RestartMaxDelaySec" => recovery::line(self, key),
            "StartLimitIntervalSec" | "StartLimitInterval" | "StartLimitBurst" => {
                recovery::limit_line(self, key);
            }
            _ => self.of_rest(key),
        }
    }

    /// Limits of its group, folders, and what is not known.
    fn of_rest(&mut self, key: &Key) {
        match key.entry.key.as_str() {
            "PIDFile" => self.lost(key, import::PID_FILE),
            "MemoryMax" | "MemoryLimit" => self.limit(key, "extensions.memory_max"),
            "MemoryHigh" => self.limit(key, "extensions.memory_high"),
            "MemorySwapMax" => self.limit(key, "extensions.swap_max"),
            // The defaults of these shares were 1024 and 500; that of weights is 100.
            "CPUShares" => self.weight(key, "extensions.cpu_weight", 1024),
            "BlockIOWeight" => self.weight(key, "extensions.io_weight", 500),
            "TasksMax" => self.limit(key, "extensions.tasks_max"),
            "CPUQuota" => self.limit(key, "extensions.cpu_quota"),
            "CPUWeight" => self.limit(key, "extensions.cpu_weight"),
            "IOWeight" => self.limit(key, "extensions.io_weight"),
            "RuntimeDirectory"
            | "StateDirectory"
            | "CacheDirectory"
            | "LogsDirectory"
            | "ConfigurationDirectory" => {
                self.folders(key);
            }
            "RuntimeDirectoryMode"
            | "StateDirectoryMode"
            | "CacheDirectoryMode"
            | "LogsDirectoryMode"
            | "ConfigurationDirectoryMode"
            | "RuntimeDirectoryPreserve" => self.lost(key, import::FOLDERS),
            "RemainAfterExit" => self.lost(key, import::REMAIN_AFTER_EXIT),
            "PermissionsStartOnly" => {
                self.changed(key, "command_line", import::BEFORE_IS_UNPRIVILEGED);
            }
            "Delegate" => self.lost(key, import::DELEGATE),
            name if NO_SETTING.contains(&name) => self.lost(key, import::NO_SUCH_SETTING),
            name if name.starts_with("Limit") => self.rlimit(key),
            name if is_sandbox(name) => self.sandbox(key),
            name => self.lost(key, import::UnknownKey { key: name }),
        }
    }

    fn flag(&mut self, key: &Key, setting: &str) {
        let value = is_true(&key.entry.value);
        self.keep(key, setting, value);
    }

    fn time(&mut self, key: &Key, setting: &str) {
        match span::parse(&key.entry.value) {
            Some(Span::For(time)) if !time.is_zero() => self.keep(key, setting, written(time)),
            // 0 and infinity: no limit, as with us.
            Some(_) => {
                self.draft.unset(setting);
                self.kept(key, setting);
            }
            None => self.lost(
                key,
                import::NotATime {
                    value: key.entry.value.as_str(),
                },
            ),
        }
    }

    /// systemd ends such a run as a failure; here it is recycled. A service that is not started again, or that runs
    /// once, has no such limit.
    fn time_to_run(&mut self, key: &Key) {
        let value = |name| self.unit.get(name).map(|key| key.entry.value.as_str());
        let is_started_again = !matches!(value("Restart"), None | Some("no" | "on-success"));
        if !is_started_again || value("Type") == Some("oneshot") {
            return self.lost(key, import::NO_RUNTIME_MAX);
        }
        let setting = match key.entry.key.as_str() {
            "RuntimeMaxSec" => "extensions.recycle_after_ms",
            _ => "extensions.recycle_jitter_ms",
        };
        self.time(key, setting);
        if self.draft.has(setting) {
            self.changed(key, setting, import::RUNTIME_MAX);
        }
    }

    fn time_to_start(&mut self, key: &Key) {
        self.time(key, "extensions.start_deadline_ms");
    }

    fn time_to_stop(&mut self, key: &Key) {
        match span::parse(&key.entry.value) {
            Some(Span::For(time)) if !time.is_zero() => {
                self.keep(key, "extensions.stop_grace_ms", written(time));
            }
            Some(_) => {
                self.keep(
                    key,
                    "extensions.stop_grace_ms",
                    written(Duration::from_secs(86_400)),
                );
                self.changed(key, "extensions.stop_grace_ms", import::GRACE_HAS_AN_END);
            }
            None => self.lost(
                key,
                import::NotATime {
                    value: key.entry.value.as_str(),
                },
            ),
        }
    }

    fn output(&mut self, key: &Key) {
        let value = key.entry.value.as_str();
        let is_of_errors = key.entry.key == "StandardError";
        let other = if is_of_errors {
            self.unit.get("StandardOutput")
        } else {
            None
        };
        let output = other.map_or("journal", |key| key.entry.value.as_str());
        if is_of_errors && (value == "inherit" || value == output) {
            return self.kept(key, "extensions.output");
        }
        let (goes_to, copy, file) = if is_of_errors {
            let stderr = "extensions.stderr";
            (stderr, stderr, "extensions.stderr_file")
        } else {
            let (output, copy) = ("extensions.output", "extensions.output_copy");
            (output, copy, "extensions.stdout_file")
        };
        match value {
            "inherit" => self.kept(key, goes_to),
            "journal" | "journal+console" => self.keep(key, copy, "journal"),
            "syslog" | "syslog+console" | "kmsg" => self.keep(key, copy, "syslog"),
            "null" => self.keep(key, goes_to, "null"),
            _ => match value.split_once(':') {
                Some((how @ ("file" | "append" | "truncate"), path)) => {
                    let path = self.filled(key, file, path);
                    self.keep(key, file, path);
                    if how == "truncate" {
                        self.keep(key, "extensions.log_rotate_at_start", "yes");
                        self.changed(key, "extensions.log_rotate_at_start", import::LOG_RESET);
                    }
                }
                _ => self.lost(key, import::NO_SUCH_SETTING),
            },
        }
    }

    fn sandbox(&mut self, key: &Key) {
        let value = key.entry.value.as_str();
        if matches!(value, "false" | "no" | "off" | "0" | "any") {
            return self.kept(key, "");
        }
        self.lost(key, import::NO_SANDBOX);
    }

    fn folders(&mut self, key: &Key) {
        let base = match key.entry.key.as_str() {
            "RuntimeDirectory" => "/run",
            "StateDirectory" => "/var/lib",
            "CacheDirectory" => "/var/cache",
            "LogsDirectory" => "/var/log",
            _ => "/etc",
        };
        let folders: Vec<String> = key
            .entry
            .value
            .split_whitespace()
            .map(|name| format!("{base}/{name}"))
            .collect();
        let folders = self.filled(key, "", &folders.join(" "));
        self.lost(key, import::MakeFolders { folders });
    }
}

pub(super) fn is_true(value: &str) -> bool {
    matches!(
        value.to_ascii_lowercase().as_str(),
        "true" | "yes" | "on" | "1"
    )
}

fn is_sandbox(name: &str) -> bool {
    const BEGINS: [&str; 9] = [
        "Protect",
        "Private",
        "Restrict",
        "SystemCall",
        "Lock",
        "IPAddress",
        "Device",
        "Bind",
        "Mount",
    ];
    const NAMES: [&str; 24] = [
        "ProcSubset",
        "RemoveIPC",
        "MemoryDenyWriteExecute",
        "ReadWritePaths",
        "ReadWriteDirectories",
        "InaccessiblePaths",
        "InaccessibleDirectories",
        "TemporaryFileSystem",
        "NoExecPaths",
        "ExecPaths",
        "SecureBits",
        "AppArmorProfile",
        "SELinuxContext",
        "SmackProcessLabel",
        "RootImage",
        "NetworkNamespacePath",
        "SocketBindAllow",
        "SocketBindDeny",
        "AllowedCPUs",
        "AllowedMemoryNodes",
        "NUMAPolicy",
        "NUMAMask",
        "CoredumpFilter",
        "CoredumpReceive",
    ];
    BEGINS.iter().any(|begin| name.starts_with(begin)) || NAMES.contains(&name)
}
