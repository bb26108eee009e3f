//! The file of targets: who gets notices, how, and of which kinds. Its secrets are in it or in files that it
//! names, which others may not read; no command line, log or answer has them.

mod authority;
mod file;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use relance_scm::config::{Extensions, Secret};
use relance_scm::manager::TargetInfo;
use relance_scm::notice::{NoticeKind, Notify};
use relance_scm::settings::{NOTIFY, NOTIFY_DOWN_AFTER};
use relance_texts::Lang;

use crate::fold::Times;

pub use authority::Authority;
pub use file::{Privacy, Problem, load, parse};

/// Most targets of a file: each that is told has a thread of its own.
pub const TARGETS_MAX: usize = 32;

/// What the file says.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    /// By their names.
    pub targets: BTreeMap<Box<str>, Arc<Target>>,
    /// When what is told.
    pub times: Times,
    /// How messages are gathered and kept.
    pub keeping: Keeping,
}

/// How messages are gathered and kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeping {
    /// How long a message waits for others like it.
    pub gather: Duration,
    /// The shortest time between two messages about the same.
    pub repeat: Duration,
    /// How long a message is tried.
    pub keep: Duration,
}

impl Default for Keeping {
    fn default() -> Self {
        Self {
            gather: Duration::from_secs(5),
            repeat: Duration::from_secs(60),
            keep: Duration::from_secs(24 * 3600),
        }
    }
}

/// Somebody who is told.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its name.
    pub name: Box<str>,
    /// How it is reached.
    pub carrier: Carrier,
    /// The kinds of notices that it gets, unless a service says otherwise.
    pub notices: Box<[NoticeKind]>,
    /// Patterns of the services whose notices it gets, unless these name other targets.
    pub services: Box<[Box<str>]>,
    /// How long a try may take.
    pub timeout: Duration,
    /// In which language.
    pub lang: Lang,
}

/// How a target is reached.
#[derive(Clone, Debug)]
pub enum Carrier {
    /// A program, with the message as JSON on its standard input.
    Command(Hook),
    /// A request over HTTP.
    Web(Box<WebHook>),
    /// Mail over SMTP.
    Mail(Box<Mail>),
    /// systemd's journal.
    Journal,
}

/// A program that is told.
#[derive(Clone, Debug)]
pub struct Hook {
    /// Its whole path, and its arguments.
    pub words: Box<[Box<str>]>,
    /// Under which account it runs.
    pub account: HookAccount,
}

/// Under which account a program runs that is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HookAccount {
    /// That of the manager.
    #[default]
    Manager,
    /// That of the service that it is told of.
    Service,
}

/// What a process of an account is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunAs {
    /// Its user.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
    /// All its groups.
    pub groups: Vec<u32>,
    /// Its folder.
    pub home: String,
}

/// A request over HTTP.
#[derive(Clone, Debug)]
pub struct WebHook {
    /// What is sent.
    pub template: Template,
    /// Where to. Addresses of chats are secrets.
    pub url: Secret,
    /// The key of the signature, or of the pager's service.
    pub secret: Option<Secret>,
    /// What the header `Authorization` says after `Bearer`.
    pub token: Option<Secret>,
    /// The authority of its certificate; by default those that the machine trusts.
    pub authority: Option<Authority>,
}

/// The format of a web-hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// The message as a JSON document.
    Plain,
    /// Slack, Mattermost and compatible chats.
    Slack,
    /// Microsoft Teams.
    Teams,
    /// Discord.
    Discord,
    /// ntfy.
    Ntfy,
    /// PagerDuty's events.
    PagerDuty,
    /// Prometheus' Alertmanager.
    Alertmanager,
}

impl Template {
    /// All of them, with their keys in the file.
    pub const ALL: [(&'static str, Self); 7] = [
        ("webhook", Self::Plain),
        ("slack", Self::Slack),
        ("teams", Self::Teams),
        ("discord", Self::Discord),
        ("ntfy", Self::Ntfy),
        ("pagerduty", Self::PagerDuty),
        ("alertmanager", Self::Alertmanager),
    ];

    /// Its key in the file.
    #[must_use]
    pub fn name(self) -> &'static str {
        let mut all = Self::ALL.into_iter();
        all.find(|(_, template)| *template == self)
            .map_or("", |(name, _)| name)
    }
}

/// Mail over SMTP.
#[derive(Clone, Debug)]
pub struct Mail {
    /// From whom.
    pub from: Box<str>,
    /// To whom.
    pub to: Box<[Box<str>]>,
    /// Host of the server.
    pub host: Box<str>,
    /// Its port.
    pub port: u16,
    /// How the connection is kept secret.
    pub security: Security,
    /// The user and password, if the server needs them.
    pub user: Option<Box<str>>,
    /// With which password.
    pub password: Secret,
    /// The authority of its certificate; by default those that the machine trusts.
    pub authority: Option<Authority>,
}

/// How a connection to a mail server is kept secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the beginning (`smtps://`).
    Tls,
    /// TLS is asked for, and must be given (`smtp://`).
    StartTls,
    /// Not at all; only to this machine.
    None,
}

impl Target {
    /// Whether several services may be told of in one message.
    #[must_use]
    pub fn gathers(&self) -> bool {
        let ends_by_key =
            matches!(&self.carrier, Carrier::Web(hook) if hook.template == Template::PagerDuty);
        !ends_by_key && !self.runs_as_service()
    }

    /// Whether each service must be named, however many there are: an alert a service.
    #[cfg(unix)]
    pub(crate) fn names_all(&self) -> bool {
        matches!(&self.carrier, Carrier::Web(hook) if hook.template == Template::Alertmanager)
    }

    /// Whether it is a program that runs as the service that it is told of.
    #[must_use]
    pub fn runs_as_service(&self) -> bool {
        matches!(&self.carrier, Carrier::Command(hook) if hook.account == HookAccount::Service)
    }

    /// What may be shown of it.
    #[must_use]
    pub fn info(&self) -> TargetInfo {
        let (carrier, place) = match &self.carrier {
            Carrier::Command(hook) => ("command", hook.words[0].to_string()),
            Carrier::Web(hook) => (hook.template.name(), host_of(hook.url.reveal())),
            Carrier::Mail(mail) => ("mail", mail.to.join(", ")),
            Carrier::Journal => ("journal", String::new()),
        };
        TargetInfo {
            name: self.name.to_string(),
            carrier: carrier.to_owned(),
            place,
            notices: self.notices.iter().map(ToString::to_string).collect(),
            services: self.services.iter().map(ToString::to_string).collect(),
            ..TargetInfo::default()
        }
    }

    fn covers(&self, service: &str) -> bool {
        self.services.iter().any(|pattern| {
            let pattern = pattern.to_ascii_lowercase();
            wildmatch::WildMatch::new(&pattern).matches(&service.to_ascii_lowercase())
        })
    }
}

/// The host of an address, which is not a secret.
pub(crate) fn host_of(url: &str) -> String {
    let uri: Result<ureq::http::Uri, _> = url.parse();
    uri.ok()
        .and_then(|uri| uri.host().map(str::to_owned))
        .unwrap_or_default()
}

impl Targets {
    /// The targets of a notice about a service with these settings: those that it names, else those of the file.
    pub fn of(&self, service: &str, settings: &Extensions, kind: NoticeKind) -> Vec<&Arc<Target>> {
        let chosen: Notify = settings.get(NOTIFY);
        if chosen.0.is_empty() {
            let targets = self.targets.values();
            return targets
                .filter(|target| target.covers(service) && target.notices.contains(&kind))
                .collect();
        }
        let named = chosen.0.iter().filter_map(|choice| {
            let target = self.targets.get(choice.target.as_deref()?)?;
            let kinds = if choice.kinds.is_empty() {
                &target.notices
            } else {
                &choice.kinds
            };
            kinds.contains(&kind).then_some(target)
        });
        named.collect()
    }

    /// When a service with these settings is still down, if it says so itself.
    #[must_use]
    pub fn down_after(settings: &Extensions) -> Option<Duration> {
        settings.get(NOTIFY_DOWN_AFTER)
    }
}
