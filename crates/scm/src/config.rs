//! The configuration of a service: what is stored, its legal values, and how a change is applied
//! (the rules C of `docs/rules`).
//!
//! Checks here look at one service only. The engine checks whether a name is free and whether a dependency
//! would close a circle. `change` holds partial changes, `extensions` the settings that Windows does not have,
//! `affinity` sets of processors, `capabilities` sets of those, `limit` those of `setrlimit`, `passed` names of
//! variables, `values` the small enumerations.

mod affinity;
mod backoff;
mod capabilities;
mod change;
mod control_signals;
mod extensions;
mod limit;
mod limits;
mod passed;
mod policy_name;
mod probe;
mod readiness;
mod rules;
mod values;

use std::sync::Arc;
use std::time::Duration;

use relance_texts::{Sentence, Value, error, quoted};

use crate::command_line;
use crate::error::ScmError;
use crate::failure_actions::{FailureActions, RecoveryActionKind};
use crate::name::{ServiceName, check_display_name};
use crate::security::SecurityDescriptor;
use crate::settings::{
    Applies, ENVIRONMENT_FILES, FAILURE_RULES, Key, OUTPUT, PASS_ENVIRONMENT, PROBE,
    READ_ONLY_PATHS, READY, RESET_AFTER_RUN, RESTART_GROUP, STDERR_TOGETHER, Value as SettingValue,
    stderr_of,
};
use crate::win32::Win32Error;

pub use affinity::Affinity;
pub use backoff::Backoff;
pub use capabilities::Capabilities;
pub use change::ConfigChange;
pub use control_signals::ControlSignals;
pub use extensions::{Extensions, ExtensionsChange};
pub use limit::{Limit, LimitUnit};
use limits::GROUP_LEN_MAX;
pub use limits::{
    ENVIRONMENT_LEN_MAX, START_ARGUMENTS_LEN_MAX, START_ARGUMENTS_MAX, VARIABLE_LEN_MAX,
    check_start_arguments,
};
pub use passed::matches_variable;
pub use policy_name::{NO_POLICY, PolicyName};
pub use probe::{Address, Probe};
pub use readiness::Readiness;
pub use rules::{Cause, RULES_MAX, Rule, Rules, class_fits};
pub use values::{
    AccountName, Dependency, EnvironmentVariable, ErrorControl, OutputMode, PriorityClass, Secret,
    ServiceType, StartType,
};

/// Longest command line, in characters (C5).
pub const COMMAND_LINE_LEN_MAX: usize = 32_767;
/// Longest description, in characters (C5).
pub const DESCRIPTION_LEN_MAX: usize = 8192;
/// Longest list of dependencies, in bytes as Windows stores it (C5).
pub const DEPENDENCIES_LEN_MAX: usize = 4096;

/// Whether a service speaks to the manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum ServiceKind {
    /// Speaks to the manager: connects within 30 s, reports its states, answers controls.
    Service,
    /// Any program: running once started; stopped by a signal; its exit status is its report. An
    /// extension of the embedded manager.
    Program,
}

impl ServiceKind {
    /// `service` or `program`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Program => "program",
        }
    }
}

/// Everything that is configured for one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceConfig {
    /// Its name (C1).
    pub service_name: ServiceName,
    /// The name for people; equal to the service name unless given (C2).
    pub display_name: Box<str>,
    /// Whether it speaks to the manager.
    pub kind: ServiceKind,
    /// Windows' type bits (C13).
    pub service_type: ServiceType,
    /// When it is started (C14).
    pub start_type: StartType,
    /// Started some time after the other automatic ones (C16).
    pub delayed_auto_start: bool,
    /// What a failed start at boot means (C15).
    pub error_control: ErrorControl,
    /// Program and arguments in one string (C6, C8).
    pub command_line: Box<str>,
    /// Load order group; empty: none (C18).
    pub load_order_group: Box<str>,
    /// Services and groups that must run first (D1).
    pub dependencies: Box<[Dependency]>,
    /// The account the process runs under (C10).
    pub account_name: AccountName,
    /// For people; empty: none.
    pub description: Box<str>,
    /// Recovery settings.
    pub failure_actions: FailureActions,
    /// Whether a stop with an error code is a failure too (R3).
    pub failure_actions_on_non_crash_failures: bool,
    /// Added to the environment of the process (C12), in the order in which it was given.
    pub environment: Box<[EnvironmentVariable]>,
    /// Priority class of the process; `None`: not set.
    pub priority: Option<PriorityClass>,
    /// How long a shutdown waits for the service after PRESHUTDOWN (S47); `None`: the daemon's
    /// setting.
    pub preshutdown_timeout: Option<Duration>,
    /// Who may do what with it; `None`: the default (A18), which is not stored.
    pub security: Option<Box<SecurityDescriptor>>,
    /// Settings that Windows does not have.
    pub extensions: Extensions,
}

/// Shown instead of a value of the environment that the reader may not see.
const HIDDEN: &str = "***";

impl ServiceConfig {
    /// Whether it has rules by cause (X84).
    #[must_use]
    pub fn has_rules(&self) -> bool {
        let mut given = self.extensions.given();
        given.any(|(setting, _)| setting.key == FAILURE_RULES.setting().key)
    }

    /// Whether anything can follow a failure. Without actions Windows counts no error stops (R5) and resets no counter
    /// (R16); rules are actions.
    #[must_use]
    pub fn has_actions(&self) -> bool {
        !self.failure_actions.actions.is_empty() || self.has_rules()
    }

    /// Whether an action of this kind can follow a failure: it is in Windows' list, or in that of a rule (X84).
    #[must_use]
    pub fn has_action(&self, kind: impl Fn(RecoveryActionKind) -> bool) -> bool {
        let rules = self.extensions.get(FAILURE_RULES);
        let of_rules = rules.0.iter().flat_map(|rule| &rule.actions);
        let mut actions = self.failure_actions.actions.iter().chain(of_rules);
        actions.any(|action| kind(action.kind))
    }

    /// The configuration for those who may not change it: the values of its environment are hidden
    /// (A28).
    ///
    /// # Panics
    /// Never: the names of variables are legal already.
    #[must_use]
    pub fn without_secrets(mut self: Arc<Self>) -> Arc<Self> {
        if !self.environment.is_empty() {
            for variable in &mut Arc::make_mut(&mut self).environment {
                *variable =
                    EnvironmentVariable::new(variable.name(), HIDDEN).expect("its name is legal");
            }
        }
        self
    }

    /// A service with Windows' defaults: own process, started on demand, as LocalSystem, without
    /// recovery actions.
    #[must_use]
    pub fn new(service_name: ServiceName, command_line: impl Into<String>) -> Self {
        Self {
            display_name: service_name.as_str().into(),
            service_name,
            kind: ServiceKind::Service,
            service_type: ServiceType::OWN_PROCESS,
            start_type: StartType::Demand,
            delayed_auto_start: false,
            error_control: ErrorControl::Ignore,
            command_line: command_line.into().into_boxed_str(),
            load_order_group: "".into(),
            dependencies: Box::default(),
            account_name: AccountName::local_system(),
            description: "".into(),
            failure_actions: FailureActions::default(),
            failure_actions_on_non_crash_failures: false,
            environment: Box::default(),
            priority: None,
            preshutdown_timeout: None,
            security: None,
            extensions: Extensions::default(),
        }
    }

    /// Checks everything that needs no other service. All problems come back together, under the
    /// code of the first.
    ///
    /// # Errors
    /// 123 for a bad display name, 87 for everything else (C5, C11, C13, C14, C16, C18).
    pub fn check(&self) -> Result<(), ScmError> {
        self.check_beyond(&Extensions::default())
    }

    /// The same for a configuration that takes the place of another one: bounds that a later version has
    /// narrowed apply only to values that change.
    ///
    /// # Errors
    /// As for [`check`](Self::check).
    pub fn check_after(&self, before: &Self) -> Result<(), ScmError> {
        self.check_beyond(&before.extensions)
    }

    fn check_beyond(&self, known: &Extensions) -> Result<(), ScmError> {
        let mut problems = self.problems();
        self.check_times(known, &mut problems);
        if self.extensions.get(FAILURE_RULES) != known.get(FAILURE_RULES) {
            self.check_rules(&mut problems);
        }
        if self.extensions.get(RESTART_GROUP) != known.get(RESTART_GROUP) {
            self.check_restart_group(&mut problems);
        }
        for setting in [READ_ONLY_PATHS, ENVIRONMENT_FILES] {
            if self.extensions.get(setting) != known.get(setting) {
                self.check_paths(setting, &mut problems);
            }
        }
        one_error(problems)
    }

    /// The same for a stored configuration: a value that was accepted once is not refused when it is read.
    ///
    /// # Errors
    /// As for [`check`](Self::check).
    pub fn check_stored(&self) -> Result<(), ScmError> {
        one_error(self.problems())
    }

    fn problems(&self) -> Vec<ScmError> {
        let mut problems = Vec::new();
        if let Err(error) = check_display_name(&self.display_name) {
            problems.push(error);
        }
        self.check_command_line(&mut problems);
        self.check_start(&mut problems);
        self.check_texts(&mut problems);
        self.check_preshutdown_timeout(&mut problems);
        problems.extend(limits::problems(self));
        self.check_extensions(&mut problems);
        problems
    }

    fn check_command_line(&self, problems: &mut Vec<ScmError>) {
        let length = self.command_line.chars().count();
        if length > COMMAND_LINE_LEN_MAX {
            problems.push(invalid(error::CommandLineLength {
                length,
                most: COMMAND_LINE_LEN_MAX,
            }));
        }
        if command_line::split(&self.command_line)
            .first()
            .is_none_or(String::is_empty)
        {
            problems.push(invalid(error::COMMAND_LINE_EMPTY));
        }
    }

    fn check_start(&self, problems: &mut Vec<ScmError>) {
        if matches!(self.start_type, StartType::Boot | StartType::System) {
            problems.push(invalid(error::START_TYPE_OF_DRIVERS));
        }
        if self.delayed_auto_start && self.start_type != StartType::Auto {
            problems.push(invalid(error::DELAYED_NEEDS_AUTO));
        }
        if self.delayed_auto_start && !self.load_order_group.is_empty() {
            problems.push(invalid(error::DELAYED_IN_GROUP));
        }
        if self.service_type.is_interactive() && !self.account_name.is_local_system() {
            problems.push(invalid(error::INTERACTIVE_ACCOUNT));
        }
    }

    fn check_texts(&self, problems: &mut Vec<ScmError>) {
        let length = self.description.chars().count();
        if length > DESCRIPTION_LEN_MAX {
            problems.push(invalid(error::DescriptionLength {
                length,
                most: DESCRIPTION_LEN_MAX,
            }));
        }
        let stored: usize = self
            .dependencies
            .iter()
            .map(|d| (d.to_string().encode_utf16().count() + 1) * 2)
            .sum();
        if stored + 2 > DEPENDENCIES_LEN_MAX {
            problems.push(invalid(error::DependenciesLength {
                length: stored,
                most: DEPENDENCIES_LEN_MAX,
            }));
        }
        let texts = [
            (error::WHAT_COMMAND_LINE, &self.command_line),
            (error::WHAT_GROUP, &self.load_order_group),
            (error::WHAT_DESCRIPTION, &self.description),
        ];
        for (what, _) in texts.into_iter().filter(|(_, text)| text.contains('\0')) {
            problems.push(invalid(error::NullCharacter { what }));
        }
    }

    /// Windows counts it in 32 bits (S47), and the database cannot hold every duration.
    fn check_preshutdown_timeout(&self, problems: &mut Vec<ScmError>) {
        let longest = Duration::from_millis(u32::MAX.into());
        if self
            .preshutdown_timeout
            .is_some_and(|timeout| timeout > longest)
        {
            problems.push(invalid(error::PreshutdownLength { most: u32::MAX }));
        }
    }

    fn check_extensions(&self, problems: &mut Vec<ScmError>) {
        let passed = self.extensions.get(PASS_ENVIRONMENT);
        problems.extend(passed.iter().filter_map(|text| passed::problem(text)));
        self.check_output(problems);
        if self.kind == ServiceKind::Program {
            return;
        }
        for (setting, _) in self.extensions.given() {
            if let Applies::ProgramsOnly(reason) = setting.applies {
                problems.push(invalid(reason));
            }
        }
    }

    fn check_times(&self, known: &Extensions, problems: &mut Vec<ScmError>) {
        let given = self.extensions.given();
        for (setting, value) in given.filter(|(setting, value)| known.value(setting) != **value) {
            let SettingValue::Duration(time) = value else {
                continue;
            };
            let (key, time) = (setting.key, *time);
            if time > setting.longest {
                let most = setting.longest;
                problems.push(invalid(error::TimeTooLong {
                    setting: key,
                    time,
                    most,
                }));
            } else if setting.is_too_short(time) {
                let least = setting.shortest;
                problems.push(invalid(error::TimeTooShort {
                    setting: key,
                    time,
                    least,
                }));
            }
        }
    }

    /// X83: a service that gave up stays down, so a rule for that which only restarts would do nothing.
    fn check_rules(&self, problems: &mut Vec<ScmError>) {
        let rules = self.extensions.get(FAILURE_RULES);
        let useless = rules.0.iter().filter(|rule| {
            let only_restarts = rule.actions.iter().all(|action| action.kind.restarts());
            rule.causes.contains(&Cause::GaveUp) && only_restarts
        });
        problems.extend(useless.map(|rule| {
            let rule = quoted(rule.to_string());
            invalid(error::RuleGaveUp { rule })
        }));
    }

    /// X97: a name that services share.
    fn check_restart_group(&self, problems: &mut Vec<ScmError>) {
        let group = self.extensions.get(RESTART_GROUP).unwrap_or_default();
        let is_name = !group.trim().is_empty()
            && group.chars().count() <= GROUP_LEN_MAX
            && !group.chars().any(char::is_control);
        if !group.is_empty() && !is_name {
            let most = GROUP_LEN_MAX;
            problems.push(invalid(error::RestartGroup { most }));
        }
    }

    /// The run after which the failure counter starts again (X82), if there is one.
    #[must_use]
    pub fn reset_after_run(&self) -> Option<Duration> {
        let time = self.extensions.get(RESET_AFTER_RUN);
        time.filter(|time| !time.is_zero())
    }

    /// X10, X51: each from the root on, with - before it if it may be missing.
    fn check_paths(&self, setting: Key<Box<[Box<str>]>>, problems: &mut Vec<ScmError>) {
        let paths = self.extensions.get(setting);
        let key = setting.setting().key;
        let paths = paths.iter().filter(|path| {
            let path = path.strip_prefix('-').unwrap_or(path);
            !path.starts_with('/')
        });
        problems.extend(paths.map(|path| {
            let text = quoted(&**path);
            invalid(error::PathOfList { setting: key, text })
        }));
    }

    /// Output that is thrown away is not read, so no sign can be found in it.
    fn check_output(&self, problems: &mut Vec<ScmError>) {
        let null = OutputMode::Null.name();
        let is_errors_read = ![null, STDERR_TOGETHER].contains(&stderr_of(&self.extensions));
        if self.extensions.get(OUTPUT) != null || is_errors_read {
            return;
        }
        let is_sign = matches!(self.extensions.get(READY), Some(Readiness::Output(_)));
        let is_probed = self.extensions.get(PROBE) == Some(Probe::Output);
        let setting = match (is_sign, is_probed) {
            (true, _) => READY.setting().key,
            (false, true) => PROBE.setting().key,
            (false, false) => return,
        };
        problems.push(invalid(error::OutputIsThrownAway { setting }));
    }
}

fn invalid(sentence: impl Into<Sentence>) -> ScmError {
    ScmError::new(Win32Error::INVALID_PARAMETER, sentence)
}

/// Several problems as one error: the first code, all sentences.
fn one_error(problems: Vec<ScmError>) -> Result<(), ScmError> {
    let Some(first) = problems.first() else {
        return Ok(());
    };
    if problems.len() == 1 {
        return Err(first.clone());
    }
    let problems = Value::Sentences(problems.iter().map(ScmError::to_sentence).collect());
    Err(ScmError::new(first.code(), error::Several { problems }))
}

#[cfg(test)]
mod tests;
