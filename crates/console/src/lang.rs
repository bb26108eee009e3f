//! English and French. Both texts stand beside each other where they are used, so that neither can be
//! forgotten.

use relance_scm::settings::Words;
use relance_scm::{RecoveryActionKind, Sentence, ServiceState};
use relance_texts::{Message, word};

/// The language of a viewer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Lang {
    #[default]
    En,
    Fr,
}

impl Lang {
    /// From a cookie, else from `Accept-Language`: the first of the two that is named.
    pub(crate) fn choose(cookie: Option<&str>, accepted: Option<&str>) -> Self {
        let known = |tag: &str| match tag.trim().get(..2)?.to_ascii_lowercase().as_str() {
            "fr" => Some(Self::Fr),
            "en" => Some(Self::En),
            _ => None,
        };
        cookie
            .and_then(known)
            .or_else(|| accepted?.split(',').find_map(known))
            .unwrap_or_default()
    }

    /// The tag of the language.
    pub(crate) fn tag(self) -> &'static str {
        self.t("en", "fr")
    }

    /// One of the two.
    pub(crate) fn t<T>(self, en: T, fr: T) -> T {
        match self {
            Self::En => en,
            Self::Fr => fr,
        }
    }

    /// A sentence of the catalogue, or one from elsewhere.
    pub(crate) fn say(self, sentence: &Sentence) -> String {
        sentence.of(self.of_texts())
    }

    fn of_texts(self) -> relance_texts::Lang {
        self.t(relance_texts::Lang::En, relance_texts::Lang::Fr)
    }

    /// The words of a setting.
    pub(crate) fn of(self, words: Words) -> &'static str {
        self.t(words.en, words.fr)
    }

    /// A state in words.
    pub(crate) fn state(self, state: ServiceState) -> &'static str {
        match state {
            ServiceState::Stopped => self.t("Stopped", "Arrêté"),
            ServiceState::StartPending => self.t("Starting", "Démarrage"),
            ServiceState::StopPending => self.t("Stopping", "Arrêt en cours"),
            ServiceState::Running => self.t("Running", "En cours"),
            ServiceState::ContinuePending => self.t("Continuing", "Reprise"),
            ServiceState::PausePending => self.t("Pausing", "Mise en pause"),
            ServiceState::Paused => self.t("Paused", "En pause"),
        }
    }

    /// A recovery action in words.
    pub(crate) fn action(self, kind: RecoveryActionKind) -> &'static str {
        match kind {
            RecoveryActionKind::None => self.t("Take no action", "Ne rien faire"),
            RecoveryActionKind::Restart => self.t("Restart the service", "Redémarrer le service"),
            RecoveryActionKind::Reboot => self.t("Reboot the computer", "Redémarrer l’ordinateur"),
            RecoveryActionKind::RunCommand => self.t("Run a program", "Exécuter un programme"),
            RecoveryActionKind::OwnRestart => self.t(
                "Restart in its own process",
                "Redémarrer dans son propre processus",
            ),
        }
    }

    /// The word behind a number of failures.
    pub(crate) fn failures(self, count: usize) -> &'static str {
        match (self, count) {
            (Self::En, 1) => "failure",
            (Self::En, _) => "failures",
            (Self::Fr, 0 | 1) => "échec",
            (Self::Fr, _) => "échecs",
        }
    }

    /// The words behind the number of the failure counter.
    pub(crate) fn failures_counted(self, count: u32) -> &'static str {
        match (self, count) {
            (Self::En, 1) => "failure counted",
            (Self::En, _) => "failures counted",
            (Self::Fr, 0 | 1) => "échec compté",
            (Self::Fr, _) => "échecs comptés",
        }
    }

    /// A start type in words.
    pub(crate) fn start_type(self, name: &str, delayed: bool) -> &'static str {
        match (name, delayed) {
            ("auto", true) => self.t("Automatic (delayed)", "Automatique (différé)"),
            ("auto", false) => self.t("Automatic", "Automatique"),
            ("disabled", _) => self.t("Disabled", "Désactivé"),
            _ => self.t("Manual", "Manuel"),
        }
    }

    /// `1st`, `2nd`; `1re`, `2e`.
    pub(crate) fn ordinal(self, number: u32) -> String {
        match (self, number) {
            (Self::En, _) => word::Ordinal { number }.text().of(self.of_texts()),
            (Self::Fr, 1) => "1re".to_owned(),
            (Self::Fr, _) => format!("{number}e"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_comes_before_what_the_browser_likes() {
        let choose = Lang::choose;
        assert_eq!(choose(Some("fr"), Some("en")), Lang::Fr);
        assert_eq!(choose(None, Some("de, fr-CA;q=0.8, en;q=0.5")), Lang::Fr);
        assert_eq!(choose(Some("xx"), None), Lang::En);
        assert_eq!(choose(None, Some("é")), Lang::En);
    }
}
