//! A message about one or several services, with one kind and one cause, for one target.

use relance_scm::RecoveryActionKind;
use relance_scm::duration;
use relance_scm::notice::NoticeKind;
use relance_texts::{Lang, Message as _, Text, notice};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use std::time::Duration;

use crate::fold::Notice;

/// How many services a message names; the others are counted.
pub const SERVICES_MAX: usize = 100;
/// Longest cause, in characters.
const CAUSE_LEN_MAX: usize = 1000;

/// A message as the queue keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The word of a [`NoticeKind`].
    pub kind: String,
    /// When the first of it happened, in milliseconds since 1970.
    pub at: i64,
    /// Why, in the language of the target.
    pub cause: Option<String>,
    /// About these.
    pub services: Vec<Subject>,
    /// And so many more.
    pub more: u64,
    /// Who asked for this test.
    pub tester: Option<String>,
}

/// A message on its way: the same id in every try.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// Its id.
    pub id: &'a str,
    /// What it says.
    pub message: &'a Message,
    /// The name of this machine.
    pub machine: &'a str,
}

/// A service that a message is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Its name.
    pub name: String,
    /// How often it has failed since it was well.
    pub failures: u32,
    /// What follows: `restart`, `run`, `reboot`; nothing if nothing does.
    pub next: Option<String>,
    /// After so many milliseconds.
    pub next_delay_ms: Option<u32>,
    /// How long it has been down.
    pub down_ms: Option<i64>,
}

impl Message {
    /// About one service.
    #[must_use]
    pub fn of(notice: &Notice, cause: Option<String>) -> Self {
        let cause = cause.map(|cause| cause.chars().take(CAUSE_LEN_MAX).collect());
        Self {
            kind: notice.kind.name().to_owned(),
            at: notice.at,
            cause,
            services: vec![Subject::of(notice)],
            more: 0,
            tester: None,
        }
    }

    /// A test of a target.
    #[must_use]
    pub fn test(at: i64, tester: &str) -> Self {
        Self {
            kind: NoticeKind::Test.name().to_owned(),
            at,
            cause: None,
            services: Vec::new(),
            more: 0,
            tester: Some(tester.to_owned()),
        }
    }

    /// The message of a recovery command.
    #[must_use]
    pub fn said(kind: NoticeKind, at: i64, service: Option<&str>, text: Option<String>) -> Self {
        let services = service.map(|name| Subject {
            name: name.to_owned(),
            ..Subject::nobody()
        });
        Self {
            kind: kind.name().to_owned(),
            at,
            cause: text,
            services: services.into_iter().collect(),
            more: 0,
            tester: None,
        }
    }

    /// Whether it would only count some services of another message, and not name them.
    #[cfg(unix)]
    pub(crate) fn has_no_room_for(&self, other: &Self) -> bool {
        let is_known =
            |subject: &&Subject| self.services.iter().any(|own| own.name == subject.name);
        let new = other.services.iter().filter(|subject| !is_known(subject));
        self.services.len() + new.count() > SERVICES_MAX
    }

    /// Takes the services of another message in. One that is named already is not counted again.
    pub fn join(&mut self, other: Self) {
        for subject in other.services {
            let mut known = self.services.iter();
            match known.position(|known| known.name == subject.name) {
                Some(known) => self.services[known] = subject,
                None if self.services.len() < SERVICES_MAX => self.services.push(subject),
                None => self.more += 1,
            }
        }
        self.more += other.more;
    }

    /// What it is about.
    #[must_use]
    pub fn notice_kind(&self) -> NoticeKind {
        NoticeKind::from_name(&self.kind).unwrap_or(NoticeKind::Failure)
    }

    /// Whether something is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.notice_kind() == NoticeKind::Recovery
    }

    /// One line.
    #[must_use]
    pub fn title(&self, machine: &str, lang: Lang) -> String {
        let service = self.services.first().map_or("", |subject| &subject.name);
        let count = self.services.len().max(1) as u64 + self.more;
        let title: Text = match self.notice_kind() {
            NoticeKind::Failure => notice::Failure {
                count,
                service,
                machine,
            }
            .text(),
            NoticeKind::Recovery => notice::Recovery {
                count,
                service,
                machine,
            }
            .text(),
            NoticeKind::GiveUp => notice::GiveUp {
                count,
                service,
                machine,
            }
            .text(),
            NoticeKind::Flapping => notice::Flapping {
                count,
                service,
                machine,
            }
            .text(),
            NoticeKind::StillDown => notice::StillDown {
                count,
                service,
                machine,
            }
            .text(),
            NoticeKind::Recycling => notice::Recycling {
                count,
                service,
                machine,
            }
            .text(),
            NoticeKind::Test => {
                let caller = self.tester.as_deref().unwrap_or_default();
                notice::Test { caller, machine }.text()
            }
        };
        title.of(lang)
    }

    /// The lines below it.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let mut lines = Vec::new();
        if let Some(cause) = &self.cause {
            lines.push(lang.say(notice::Cause {
                cause: cause.as_str(),
            }));
        }
        match &*self.services {
            [one] => lines.extend(one.lines(self.notice_kind(), lang)),
            several => lines.extend(several.iter().map(|subject| format!("- {}", subject.name))),
        }
        if self.more > 0 {
            lines.push(lang.say(notice::More { count: self.more }));
        }
        lines.join("\n")
    }

    /// The document that programs read.
    #[must_use]
    pub fn document(&self, id: &str, machine: &str, lang: Lang) -> Json {
        json!({
            "id": id,
            "kind": self.kind,
            "over": self.is_over(),
            "at_ms": self.at,
            "machine": machine,
            "title": self.title(machine, lang),
            "text": self.text(lang),
            "cause": self.cause,
            "services": self.services,
            "more": self.more,
        })
    }
}

impl Subject {
    /// Of a test.
    pub(crate) fn nobody() -> Self {
        Self {
            name: String::new(),
            failures: 0,
            next: None,
            next_delay_ms: None,
            down_ms: None,
        }
    }

    fn of(notice: &Notice) -> Self {
        let delay = notice.next.map(|(_, delay)| delay);
        Self {
            name: notice.service.to_string(),
            failures: notice.failures,
            next: notice
                .next
                .and_then(|(kind, _)| word_of(kind))
                .map(str::to_owned),
            next_delay_ms: delay,
            down_ms: notice.down_ms,
        }
    }

    fn lines(&self, kind: NoticeKind, lang: Lang) -> Vec<String> {
        let service = self.name.as_str();
        let action = self.next.as_deref().and_then(action_named);
        match (kind, action) {
            (NoticeKind::GiveUp, _) => vec![lang.say(notice::StaysDown { service })],
            (NoticeKind::StillDown, _) => {
                let down = u64::try_from(self.down_ms.unwrap_or(0)).unwrap_or(0);
                let time = Duration::from_millis(down);
                vec![
                    lang.say(notice::DownFor { time }),
                    lang.say(notice::StaysDown { service }),
                ]
            }
            (_, Some(action)) => {
                let time = Duration::from_millis(self.next_delay_ms.unwrap_or(0).into());
                let count = self.failures;
                vec![lang.say(notice::NextFailure {
                    count,
                    time,
                    action,
                })]
            }
            _ => Vec::new(),
        }
    }
}

/// The word of an action, as in the list of actions.
fn word_of(kind: RecoveryActionKind) -> Option<&'static str> {
    match kind {
        RecoveryActionKind::None => None,
        RecoveryActionKind::Restart | RecoveryActionKind::OwnRestart => Some("restart"),
        RecoveryActionKind::Reboot => Some("reboot"),
        RecoveryActionKind::RunCommand => Some("run"),
    }
}

fn action_named(name: &str) -> Option<RecoveryActionKind> {
    let mut kinds = RecoveryActionKind::ALL.into_iter();
    kinds.find(|kind| word_of(*kind) == Some(name))
}

/// A time as the file of targets has it: `10s`, `5m`.
pub(crate) fn read_time(text: &str) -> Option<Duration> {
    duration::parse(text, duration::Bare::Seconds)
}
