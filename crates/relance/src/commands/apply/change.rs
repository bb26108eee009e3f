//! What becomes of a service or a policy of a file, and the settings of it that change.

use relance_scm::ServiceConfig;
use relance_texts::apply;
use relance_wire::settings::texts;

use super::hiding;
use crate::lang::{lang, say};

/// What becomes of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Create,
    Change,
    Keep,
    Delete,
}

impl Act {
    /// Whether something of the files is brought to the manager.
    pub(crate) fn brings(self) -> bool {
        matches!(self, Self::Create | Self::Change)
    }

    /// As JSON has it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Create => "created",
            Self::Change => "changed",
            Self::Keep => "unchanged",
            Self::Delete => "deleted",
        }
    }
}

/// A setting that changes.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) key: &'static str,
    label: &'static str,
    pub(crate) before: String,
    pub(crate) after: String,
}

impl Change {
    /// `Stop grace: 10s → 30s`.
    pub(crate) fn said(&self) -> String {
        let shown = |text: &str| match text {
            "" => say(apply::NOTHING),
            text => text.replace('\n', ", "),
        };
        let (label, before, after) = (self.label, shown(&self.before), shown(&self.after));
        say(apply::Change {
            label,
            before,
            after,
        })
    }
}

/// The settings that differ, without the texts that are not shown.
pub(crate) fn changes(old: &ServiceConfig, new: &ServiceConfig, secrets: &[String]) -> Vec<Change> {
    let kind = (old.kind != new.kind).then(|| Change {
        key: "kind",
        label: apply::KIND.of(lang()),
        before: old.kind.name().to_owned(),
        after: new.kind.name().to_owned(),
    });
    let pairs = texts(old).zip(texts(new));
    let changed = pairs.filter(|((_, before), (_, after))| before != after);
    let changed = changed.map(|((setting, before), (_, after))| {
        // What is the same in both lists says nothing.
        let (before, after) = without_common(&before, &after);
        let before = hiding::dropped(setting.key, &before, &after, apply::HIDDEN.of(lang()));
        let (before, after) = hiding::hide(&before, &after, secrets, apply::HIDDEN.of(lang()));
        Change {
            key: setting.key,
            label: setting.label.of(lang()),
            before,
            after,
        }
    });
    kind.into_iter().chain(changed).collect()
}

/// Of texts of several lines, those that the other has not.
fn without_common(before: &str, after: &str) -> (String, String) {
    if !before.contains('\n') && !after.contains('\n') {
        return (before.to_owned(), after.to_owned());
    }
    let only = |one: &str, other: &str| {
        let lines = one
            .lines()
            .filter(|line| !other.lines().any(|known| known == *line));
        lines.collect::<Vec<_>>().join("\n")
    };
    match (only(before, after), only(after, before)) {
        // Another order.
        (a, b) if a.is_empty() && b.is_empty() => (before.to_owned(), after.to_owned()),
        differing => differing,
    }
}
