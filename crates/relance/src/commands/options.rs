//! Options about the configuration of a service, shared by `create` and `config`.

use clap::Args;
use relance_wire::api::{ChangeConfigRequest, ExtensionsChangeBody, RecoveryChangeBody};

use crate::cli::Failure;
use crate::text::duration;

/// Everything but the name and the command.
#[derive(Debug, Default, Args)]
pub(crate) struct ConfigOptions {
    /// The name for people
    #[arg(long, value_name = "NAME")]
    display_name: Option<String>,
    /// For people; "" deletes it
    #[arg(long)]
    description: Option<String>,
    /// When it is started: auto, demand or disabled
    #[arg(long, value_name = "TYPE")]
    start: Option<String>,
    /// Start it some time after the other automatic ones
    #[arg(long, value_name = "YES|NO", num_args = 0..=1, default_missing_value = "yes", value_parser = yes_or_no)]
    delayed: Option<bool>,
    /// A service that must run first, or +GROUP; may be repeated; "" clears
    #[arg(long = "depend", value_name = "NAME")]
    dependencies: Vec<String>,
    /// Load order group; "" leaves it
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
    /// The account it runs under
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// What a failed start at boot means: ignore, normal, severe or critical
    #[arg(long, value_name = "LEVEL")]
    error_control: Option<String>,
    /// A variable of its environment, NAME=VALUE; may be repeated; replaces the list; "" clears
    #[arg(long = "env", value_name = "NAME=VALUE")]
    environment: Vec<String>,
    /// idle, below-normal, normal, above-normal, high or realtime
    #[arg(long, value_name = "CLASS")]
    priority: Option<String>,
    /// Who may do what, as SDDL; "" goes back to the default
    #[arg(long, value_name = "SDDL")]
    security: Option<String>,
    /// Windows' type bits: 16, 272
    #[arg(long, value_name = "NUMBER")]
    service_type: Option<u32>,
    /// How long a shutdown waits after PRESHUTDOWN
    #[arg(long, value_name = "TIME")]
    preshutdown_timeout: Option<String>,
    /// Extension: the folder in which it starts
    #[arg(long, value_name = "FOLDER")]
    working_directory: Option<String>,
    /// Extension: where its output goes, file or null
    #[arg(long, value_name = "WHERE")]
    output: Option<String>,
    /// Extension: the signal that asks a program to stop
    #[arg(long, value_name = "SIGNAL")]
    stop_signal: Option<String>,
    /// Extension: how long a program may take then
    #[arg(long, value_name = "TIME")]
    stop_grace: Option<String>,
    /// Extension: exit statuses with which a program asks to be started again at once, not counted;
    /// for instance 0,75; "" clears
    #[arg(long, value_name = "CODES")]
    restart_on_exit: Option<String>,
    /// Extension: processors it may run on, like 0-3,6; "" for all
    #[arg(long, value_name = "LIST")]
    affinity: Option<String>,
}

/// What follows a failure, in `sc`'s notation.
#[derive(Debug, Default, Args)]
pub(crate) struct FailureOptions {
    /// First/second/... failure: restart/60000/run/5000/none/0, delays in milliseconds; "" clears
    #[arg(long, value_name = "LIST")]
    pub(crate) actions: Option<String>,
    /// Seconds without a failure until they are counted anew, or INFINITE
    #[arg(long, value_name = "SECONDS")]
    pub(crate) reset: Option<String>,
    /// The command of `run`; %1% becomes the number of failures
    #[arg(long, value_name = "LINE")]
    pub(crate) command: Option<String>,
    /// Broadcast before `reboot`
    #[arg(long, value_name = "TEXT")]
    pub(crate) reboot_message: Option<String>,
    /// A stop with an error code is a failure too
    #[arg(long, value_name = "YES|NO", num_args = 0..=1, default_missing_value = "yes", value_parser = yes_or_no)]
    pub(crate) on_error_stop: Option<bool>,
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" | "true" | "on" | "1" => Ok(true),
        "no" | "false" | "off" | "0" => Ok(false),
        _ => Err("write yes or no".to_owned()),
    }
}

/// A list of which a single empty word means none.
fn list(words: &[String]) -> Option<Vec<String>> {
    match words {
        [] => None,
        [only] if only.is_empty() => Some(Vec::new()),
        words => Some(words.to_vec()),
    }
}

impl ConfigOptions {
    /// The options as a change.
    pub(crate) fn change(&self) -> Result<ChangeConfigRequest, Failure> {
        let preshutdown = self
            .preshutdown_timeout
            .as_deref()
            .map(millis)
            .transpose()?;
        let extensions = ExtensionsChangeBody {
            working_directory: self.working_directory.clone(),
            output: self.output.clone(),
            stop_signal: self.stop_signal.clone(),
            stop_grace_ms: self.stop_grace.as_deref().map(millis).transpose()?,
            restart_on_exit: self.restart_on_exit.as_deref().map(codes).transpose()?,
            affinity: self.affinity.clone(),
        };
        Ok(ChangeConfigRequest {
            display_name: self.display_name.clone(),
            service_type: self.service_type,
            start_type: self.start.clone(),
            delayed_auto_start: self.delayed,
            error_control: self.error_control.clone(),
            load_order_group: self.group.clone(),
            dependencies: list(&self.dependencies),
            account_name: self.account.clone(),
            description: self.description.clone(),
            environment: list(&self.environment),
            priority: self
                .priority
                .clone()
                .map(|class| Some(class).filter(|c| !c.is_empty())),
            preshutdown_timeout_ms: preshutdown.map(Some),
            security: self
                .security
                .clone()
                .map(|sddl| Some(sddl).filter(|s| !s.is_empty())),
            extensions: (extensions != ExtensionsChangeBody::default()).then_some(extensions),
            ..ChangeConfigRequest::default()
        })
    }
}

impl FailureOptions {
    /// Whether nothing was given.
    pub(crate) fn is_empty(&self) -> bool {
        self.body() == RecoveryChangeBody::default()
    }

    /// The options as a change.
    pub(crate) fn body(&self) -> RecoveryChangeBody {
        use relance_wire::api::{ActionsBody, ResetPeriodBody};
        RecoveryChangeBody {
            actions: self.actions.clone().map(ActionsBody::Notation),
            reset_period_secs: self.reset.clone().map(ResetPeriodBody::Text),
            command: self.command.clone(),
            reboot_message: self.reboot_message.clone(),
            on_error_stop: self.on_error_stop,
        }
    }
}

fn millis(text: &str) -> Result<u64, Failure> {
    Ok(u64::try_from(duration(text)?.as_millis()).unwrap_or(u64::MAX))
}

fn codes(text: &str) -> Result<Vec<u8>, Failure> {
    text.split(',')
        .map(str::trim)
        .filter(|code| !code.is_empty())
        .map(|code| {
            code.parse::<u8>().map_err(|_| {
                crate::cli::usage(format!(
                    "{code:?} is no exit status; use numbers from 0 to 255"
                ))
            })
        })
        .collect()
}
