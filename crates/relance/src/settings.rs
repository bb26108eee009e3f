//! The daemon's settings: `relance.toml`, and options of the command line over it.
//!
//! As root the daemon is the system's (`/etc/relance/relance.toml`, `/var/lib/relance`, ...), else
//! the user's own (the XDG folders).

use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use relance_engine::engine::Settings as EngineSettings;
use relance_engine::linux::daemon::EngineSetup;
use relance_engine::linux::place;
use relance_engine::linux::{LogSettings, RebootCommand, Sink};
use relance_engine::storage::Retention;
use relance_policy::ShutdownLimits;
use relance_policy::budget::MachineBudgets;
use relance_scm::budget::{BudgetLimit, QuietHours};
use relance_scm::event_log::Timestamp;
use relance_scm::manager::ToApply;
use relance_scm::system::Told;
use relance_scm::{ScmError, Win32Error};
use relance_texts::{apply, file, quoted, shown};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::console_address::ConsoleAddress;
use crate::service_files::{self, Disk};

/// Default: how long calls of services wait for a manager that is away.
const CLIENT_WAIT: Duration = Duration::from_secs(10);

/// Default: how long the engine may leave its guardian without an answer. Shorter than clients wait.
const ENGINE_ANSWER: Duration = Duration::from_secs(20);

/// The content of `relance.toml`, all of it optional.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct File {
    /// Folder of the database.
    pub(crate) state_folder: Option<PathBuf>,
    /// Folder of the services' output.
    pub(crate) log_folder: Option<PathBuf>,
    /// Path of the socket.
    pub(crate) socket: Option<PathBuf>,
    /// Members of this group administer, besides root and the daemon's own user.
    pub(crate) admin_group: Option<String>,
    /// Whether a recovery action may reboot the machine (R46).
    pub(crate) allow_reboot: bool,
    /// How it is rebooted.
    pub(crate) reboot_command: Option<String>,
    /// How long entries of the event log are kept.
    pub(crate) events_keep_days: Option<u32>,
    /// How large the database may grow.
    pub(crate) events_keep_mib: Option<u64>,
    /// A file of output longer than this is rotated.
    pub(crate) log_max_mib: Option<u64>,
    /// Rotated files kept for each service.
    pub(crate) log_files: Option<u32>,
    /// Where the output of services goes besides, if they do not say.
    pub(crate) output_copy: OutputCopy,
    /// Where the web console listens; none runs if left out.
    pub(crate) console: Option<String>,
    /// Names under which browsers may ask for the console, besides addresses and localhost.
    pub(crate) console_names: Vec<String>,
    /// The account that the web console runs as, instead of the one that is chosen by default.
    pub(crate) console_account: Option<String>,
    /// How many services have series of their own in `/metrics`; 0 for none.
    pub(crate) metrics_services: Option<usize>,
    /// The order of the load order groups at boot (D8); other groups follow by name.
    pub(crate) load_order_groups: Vec<Box<str>>,
    /// Whether services get control groups.
    pub(crate) cgroups: Cgroups,
    /// How long a shutdown waits after PRESHUTDOWN (S47).
    pub(crate) preshutdown_timeout_ms: Option<u64>,
    /// How long a shutdown waits after STOP (S45).
    pub(crate) wait_to_kill_ms: Option<u64>,
    /// How long what services call waits for a manager that is away.
    pub(crate) client_wait_ms: Option<u64>,
    /// How long the engine may leave its guardian without an answer.
    pub(crate) engine_answer_ms: Option<u64>,
    /// Hours in which no recovery action of any service begins (X96).
    #[serde(deserialize_with = "checked::<QuietHours, _>")]
    pub(crate) recovery_quiet_hours: Option<String>,
    /// How many restarts may follow failures of all services in which time (X98).
    #[serde(deserialize_with = "checked::<BudgetLimit, _>")]
    pub(crate) recovery_restarts: Option<String>,
    /// How many reboots may (X99).
    #[serde(deserialize_with = "checked::<BudgetLimit, _>")]
    pub(crate) recovery_reboots: Option<String>,
    /// Variables of the daemon's own environment that every service gets (X31).
    pub(crate) pass_environment: Vec<String>,
    /// The file that says who is told what happens to services.
    pub(crate) notify: Option<PathBuf>,
    /// Files and folders of services that are created or changed at boot.
    pub(crate) apply: Vec<PathBuf>,
}

/// Where the output of services goes besides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OutputCopy {
    /// Nowhere.
    #[default]
    None,
    /// The daemon's standard output, each line with the name of the service in front.
    Stdout,
    /// systemd's journal.
    Journal,
    /// The system's log.
    Syslog,
}

impl OutputCopy {
    fn sink(self) -> Option<Sink> {
        match self {
            Self::None => None,
            Self::Stdout => Some(Sink::Stdout),
            Self::Journal => Some(Sink::Journal),
            Self::Syslog => Some(Sink::Syslog),
        }
    }
}

/// Whether services get control groups.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Cgroups {
    /// Wherever the daemon can make them.
    #[default]
    Auto,
    /// Never.
    Off,
}

/// Everything the daemon needs, resolved.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) state_folder: PathBuf,
    pub(crate) log_folder: PathBuf,
    pub(crate) socket: PathBuf,
    pub(crate) admin_gid: Option<u32>,
    pub(crate) manual_clock: bool,
    /// When the wall clock begins, if it is moved with a manual one, in milliseconds since 1970.
    #[serde(default)]
    pub(crate) clock_begins: Option<i64>,
    pub(crate) console: Option<ConsoleAddress>,
    pub(crate) cgroups: Cgroups,
    /// The file of targets; a guardian of an earlier version knows none.
    #[serde(default)]
    pub(crate) notify: Option<PathBuf>,
    /// The id of the state folder, once the guardian has read it; a guardian of version 0.1 knows none.
    #[serde(default)]
    pub(crate) identity: String,
    file: File,
}

/// Options of the command line that come before the file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overrides {
    pub(crate) config: Option<PathBuf>,
    pub(crate) state_folder: Option<PathBuf>,
    pub(crate) log_folder: Option<PathBuf>,
    pub(crate) socket: Option<PathBuf>,
    pub(crate) allow_reboot: bool,
    pub(crate) manual_clock: bool,
    pub(crate) clock_begins: Option<i64>,
    pub(crate) console: Option<String>,
    pub(crate) cgroups: Option<Cgroups>,
    pub(crate) pass_environment: Vec<String>,
    pub(crate) apply: Vec<PathBuf>,
    pub(crate) output_copy: Option<OutputCopy>,
    pub(crate) notify: Option<PathBuf>,
}

/// Default places.
struct Places {
    config: PathBuf,
    state: PathBuf,
    log: PathBuf,
    socket: PathBuf,
}

impl Settings {
    /// Reads the file and puts the options over it.
    pub(crate) fn load(overrides: Overrides) -> Result<Self, ScmError> {
        let places = places()?;
        let beside = overrides.config.as_ref().unwrap_or(&places.config);
        let beside = beside.with_file_name(relance_notify::FILE_NAME);
        let mut file = match overrides.config {
            Some(path) => {
                let path = absolute(path)?;
                read(&path)?.ok_or_else(|| {
                    let path = shown(path.display());
                    ScmError::new(Win32Error::FILE_NOT_FOUND, file::NoSettings { path })
                })?
            }
            None => read(&places.config)?.unwrap_or_default(),
        };
        file.allow_reboot |= overrides.allow_reboot;
        file.pass_environment.extend(overrides.pass_environment);
        file.apply.extend(overrides.apply);
        file.apply = file
            .apply
            .into_iter()
            .map(absolute)
            .collect::<Result<_, _>>()?;
        file.output_copy = overrides.output_copy.unwrap_or(file.output_copy);
        let admin_gid = file.admin_group.as_deref().map(group_id).transpose()?;
        let console = overrides.console.as_ref().or(file.console.as_ref());
        let console = console
            .map(|text| ConsoleAddress::parse(text, file.console_names.clone()))
            .transpose()?;
        if console
            .as_ref()
            .is_some_and(|address| address.socket.port() == 0)
        {
            let code = Win32Error::INVALID_PARAMETER;
            return Err(ScmError::new(code, file::CONSOLE_PORT));
        }
        let choose = |option: Option<PathBuf>, file: &Option<PathBuf>, place: PathBuf| {
            absolute(option.or_else(|| file.clone()).unwrap_or(place))
        };
        Ok(Self {
            state_folder: choose(overrides.state_folder, &file.state_folder, places.state)?,
            log_folder: choose(overrides.log_folder, &file.log_folder, places.log)?,
            socket: choose(overrides.socket, &file.socket, places.socket)?,
            admin_gid,
            manual_clock: overrides.manual_clock,
            clock_begins: overrides.clock_begins,
            console,
            notify: Some(choose(overrides.notify, &file.notify, beside)?),
            cgroups: overrides.cgroups.unwrap_or(file.cgroups),
            identity: String::new(),
            file,
        })
    }

    /// Whether a recovery action may reboot the machine (R46).
    pub(crate) fn allows_reboot(&self) -> bool {
        self.file.allow_reboot
    }

    /// The account that the settings name for the console.
    pub(crate) fn console_account(&self) -> Option<&str> {
        self.file.console_account.as_deref()
    }

    /// How many services have metrics of their own.
    pub(crate) fn metrics_services(&self) -> usize {
        let wanted = self.file.metrics_services;
        wanted.unwrap_or(relance_console::METRICS_SERVICES)
    }

    /// How long the engine may leave its guardian without an answer; zero: for ever.
    pub(crate) fn engine_patience(&self) -> Duration {
        let wanted = self.file.engine_answer_ms;
        wanted.map_or(ENGINE_ANSWER, Duration::from_millis)
    }

    /// The files of the notifier.
    pub(crate) fn notices(&self) -> PathBuf {
        self.state_folder.join("notices.db")
    }

    /// The database file.
    pub(crate) fn database(&self) -> PathBuf {
        self.state_folder.join("relance.db")
    }

    /// The settings that the engine gets.
    pub(crate) fn engine_setup(&self) -> EngineSetup {
        let file = &self.file;
        let mib = |mib: u64| mib.saturating_mul(1 << 20);
        let millis = |ms: Option<u64>, default: Duration| ms.map_or(default, Duration::from_millis);
        let retention = Retention::default();
        let limits = ShutdownLimits::default();
        let reboot = file
            .reboot_command
            .clone()
            .unwrap_or_else(|| "/sbin/reboot".to_owned());
        EngineSetup {
            database: self.database(),
            identity: self.identity.clone(),
            socket: self.socket.clone(),
            client_wait: millis(file.client_wait_ms, CLIENT_WAIT),
            pass_environment: file.pass_environment.clone(),
            output: LogSettings {
                folder: self.log_folder.clone(),
                bytes_max: mib(file.log_max_mib.unwrap_or(10)),
                files_max: file.log_files.unwrap_or(3),
                copy: file.output_copy.sink(),
            },
            retention: Retention {
                age_ms: file
                    .events_keep_days
                    .map_or(retention.age_ms, |days| i64::from(days) * 24 * 3600 * 1000),
                bytes: file.events_keep_mib.map_or(retention.bytes, mib),
            },
            reboot: RebootCommand(file.allow_reboot.then_some(reboot)),
            settings: EngineSettings {
                load_order_groups: file.load_order_groups.clone(),
                services_come_first: false,
                budgets: MachineBudgets {
                    quiet_hours: read_setting(file.recovery_quiet_hours.as_ref()),
                    restarts: read_setting(file.recovery_restarts.as_ref()),
                    reboots: read_setting(file.recovery_reboots.as_ref()),
                },
                shutdown: ShutdownLimits {
                    preshutdown: millis(file.preshutdown_timeout_ms, limits.preshutdown),
                    wait_to_kill: millis(file.wait_to_kill_ms, limits.wait_to_kill),
                },
            },
            services: ToApply::default(),
            notices: None,
            manual_clock: self.manual_clock,
            clock_begins: self.clock_begins.map(Timestamp),
        }
    }

    /// The services of files that are created or changed at boot, and their policies.
    ///
    /// # Errors
    /// A file that cannot be read or is not valid.
    pub(crate) fn services(&self) -> Result<ToApply, ScmError> {
        let trusted = |path: &Path| {
            place::read_settings(path)?
                .ok_or(ErrorKind::NotFound)
                .reading(path)
        };
        let disk = Disk {
            read: &trusted,
            read_regular: &trusted,
            ..Disk::OWN
        };
        let read = service_files::read(&self.file.apply, &[], &disk);
        Ok(read
            .map_err(service_files::Problems::error)?
            .into_to_apply())
    }
}

/// A setting with a notation of its own, checked where the file is read, so that an error names its line.
fn checked<'de, T, D>(from: D) -> Result<Option<String>, D::Error>
where
    T: FromStr<Err = ScmError>,
    D: Deserializer<'de>,
{
    let text = Option::<String>::deserialize(from)?;
    if let Some(text) = &text {
        text.parse::<T>().map_err(D::Error::custom)?;
    }
    Ok(text)
}

fn read_setting<T: FromStr>(text: Option<&String>) -> Option<T> {
    text.and_then(|text| text.parse().ok())
}

/// `None` if there is no such file.
fn read(path: &Path) -> Result<Option<File>, ScmError> {
    let Some(text) = place::read_settings(path)? else {
        return Ok(None);
    };
    let file = parse(&text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let place = service_files::place(path, &text, at);
        let problem = service_files::not_toml(&error);
        ScmError::new(Win32Error::INVALID_DATA, apply::At { place, problem })
    });
    file.map(Some)
}

/// The settings that a file holds.
pub(crate) fn parse(text: &str) -> Result<File, toml::de::Error> {
    toml::from_str(text)
}

fn absolute(path: PathBuf) -> Result<PathBuf, ScmError> {
    let shown = shown(path.display());
    std::path::absolute(&path).told(|reason| file::NotAPath {
        path: shown,
        reason,
    })
}

fn places() -> Result<Places, ScmError> {
    if rustix::process::getuid().is_root() {
        return Ok(Places {
            config: "/etc/relance/relance.toml".into(),
            state: "/var/lib/relance".into(),
            log: "/var/log/relance".into(),
            socket: "/run/relance/relance.sock".into(),
        });
    }
    let folder = |variable: &str, below_home: &str| {
        let set = env::var_os(variable)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from);
        set.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(below_home)))
    };
    let state = folder("XDG_STATE_HOME", ".local/state").map(|state| state.join("relance"));
    let config =
        folder("XDG_CONFIG_HOME", ".config").map(|config| config.join("relance/relance.toml"));
    let runtime = env::var_os("XDG_RUNTIME_DIR")
        .filter(|value| !value.is_empty())
        .map(PathBuf::from);
    let (Some(state), Some(config)) = (state, config) else {
        return Err(ScmError::new(Win32Error::INVALID_PARAMETER, file::NO_HOME));
    };
    let socket = match runtime {
        Some(runtime) => runtime.join("relance/relance.sock"),
        None => state.join("relance.sock"),
    };
    Ok(Places {
        config,
        log: state.join("log"),
        state,
        socket,
    })
}

fn group_id(name: &str) -> Result<u32, ScmError> {
    let path = Path::new("/etc/group");
    let groups = fs::read_to_string(path).reading(path)?;
    let entry = groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(name)).then(|| fields.nth(1)?.parse().ok())?
    });
    entry.ok_or_else(|| {
        let group = quoted(name);
        ScmError::new(Win32Error::NONE_MAPPED, file::NoGroup { group })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_groups_are_made_unless_the_settings_say_off() {
        let cgroups = |text| toml::from_str::<File>(text).map(|file| file.cgroups);
        assert_eq!(cgroups("").unwrap(), Cgroups::Auto);
        assert_eq!(cgroups("cgroups = \"auto\"").unwrap(), Cgroups::Auto);
        assert_eq!(cgroups("cgroups = \"off\"").unwrap(), Cgroups::Off);
        let error = cgroups("cgroups = \"no\"").unwrap_err().to_string();
        assert!(error.contains("`auto` or `off`"), "{error}");
    }
}
