//! The words of pages: those that belong to values, and sentences with markup inside.

use maud::{Markup, html};
use relance_scm::budget::Budget;
use relance_scm::{RecoveryActionKind, ServiceState};
pub(crate) use relance_texts::Lang;
use relance_texts::{Message, Words, console};

/// A state in words.
pub(crate) fn state(state: ServiceState) -> Words {
    match state {
        ServiceState::Stopped => console::STATE_STOPPED,
        ServiceState::StartPending => console::STATE_START_PENDING,
        ServiceState::StopPending => console::STATE_STOP_PENDING,
        ServiceState::Running => console::STATE_RUNNING,
        ServiceState::ContinuePending => console::STATE_CONTINUE_PENDING,
        ServiceState::PausePending => console::STATE_PAUSE_PENDING,
        ServiceState::Paused => console::STATE_PAUSED,
    }
}

/// A recovery action in words.
pub(crate) fn action(kind: RecoveryActionKind) -> Words {
    match kind {
        RecoveryActionKind::None => console::ACTION_NONE,
        RecoveryActionKind::Restart => console::ACTION_RESTART,
        RecoveryActionKind::Reboot => console::ACTION_REBOOT,
        RecoveryActionKind::RunCommand => console::ACTION_RUN,
        RecoveryActionKind::OwnRestart => console::ACTION_OWN_RESTART,
    }
}

/// What an action waits for, in words (X95).
pub(crate) fn budget(budget: Budget) -> Words {
    match budget {
        Budget::QuietHours => console::WAITS_QUIET_HOURS,
        Budget::RecoveryQuietHours => console::WAITS_QUIET_HOURS_OF_ALL,
        Budget::RestartGroup => console::WAITS_FOR_ITS_GROUP,
        Budget::RecoveryRestarts => console::WAITS_FOR_A_RESTART,
        Budget::RecoveryReboots => console::WAITS_FOR_A_REBOOT,
    }
}

/// A start type in words.
pub(crate) fn start_type(name: &str, delayed: bool) -> Words {
    match (name, delayed) {
        ("auto", true) => console::START_AUTO_DELAYED,
        ("auto", false) => console::START_AUTO,
        ("disabled", _) => console::START_DISABLED,
        _ => console::START_DEMAND,
    }
}

/// A number with so many digits behind its point, which is a comma in French.
pub(crate) fn decimal(number: f64, digits: usize, lang: Lang) -> String {
    let english = format!("{number:.digits$}");
    match lang {
        Lang::En => english,
        Lang::Fr => english.replace('.', ","),
    }
}

/// What stands for the first, second, … piece of markup in the message given to [`rich`]. If a text
/// has these characters itself, markup appears in the wrong place; that does no harm.
pub(crate) const SLOTS: [&str; 2] = ["\u{E000}", "\u{E001}"];

/// A sentence with markup inside.
pub(crate) fn rich(message: impl Message, lang: Lang, markup: &[Markup]) -> Markup {
    filled(&message.text().of(lang), markup)
}

/// A sentence that was said with [`SLOTS`], with what stands there.
pub(crate) fn filled(text: &str, markup: &[Markup]) -> Markup {
    let slot = |c: char| SLOTS.iter().position(|slot| slot.starts_with(c));
    html! {
        @for part in text.split_inclusive(|c| slot(c).is_some()) {
            @let at = part.chars().next_back().and_then(slot);
            (part.trim_end_matches(|c| slot(c).is_some()))
            @if let Some(markup) = at.and_then(|at| markup.get(at)) { (markup) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_stands_where_the_language_wants_it() {
        let name = html! { bdi { "<a>" } };
        let warning = |lang| {
            rich(
                console::CreateNoSuch { name: SLOTS[0] },
                lang,
                std::slice::from_ref(&name),
            )
            .into_string()
        };
        assert_eq!(
            warning(Lang::En),
            "There is no service <bdi>&lt;a&gt;</bdi> yet; this one cannot start before there is."
        );
        assert!(
            warning(Lang::Fr).starts_with("Le service <bdi>&lt;a&gt;</bdi> n’existe pas encore")
        );
        let raw = rich(console::CreateNoSuch { name: "<b>" }, Lang::En, &[]).into_string();
        assert!(raw.contains("&lt;b&gt;"), "{raw}");
    }
}
