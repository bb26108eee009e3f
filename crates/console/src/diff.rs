//! What a change of a configuration changes, and when that takes effect.

use maud::{Markup, html};
use relance_scm::ServiceConfig;
use relance_wire::api::{ActionsBody, ConfigBody, ResetPeriodBody};

use crate::lang::Lang;
use crate::time;

/// When a change takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// R6, C19.
    AtOnce,
    /// R18, R39: what is queued already stays as it is.
    NextFailure,
    /// C19.
    NextStart,
    /// S47.
    NextShutdown,
}

impl When {
    fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::AtOnce => lang.t("at once", "immédiatement"),
            Self::NextFailure => lang.t(
                "at the next failure; what is queued stays",
                "au prochain échec ; ce qui est en attente demeure",
            ),
            Self::NextStart => lang.t("at the next start", "au prochain démarrage"),
            Self::NextShutdown => lang.t("at the next shutdown", "au prochain arrêt du système"),
        }
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) label: &'static str,
    pub(crate) before: String,
    pub(crate) after: String,
    pub(crate) when: When,
}

/// All differences between two configurations of one service.
pub(crate) fn differences(
    before: &ServiceConfig,
    after: &ServiceConfig,
    lang: Lang,
) -> Vec<Difference> {
    let (old, new) = (texts(before, lang), texts(after, lang));
    old.into_iter()
        .zip(new)
        .filter(|((_, before, _), (_, after, _))| before != after)
        .map(|((label, before, when), (_, after, _))| Difference {
            label,
            before,
            after,
            when,
        })
        .collect()
}

/// A configuration as labelled texts, always the same ones in the same order.
fn texts(config: &ServiceConfig, lang: Lang) -> Vec<(&'static str, String, When)> {
    use When::{AtOnce, NextFailure, NextShutdown, NextStart};
    let body = ConfigBody::from(config);
    let recovery = &body.recovery;
    let extensions = &body.extensions;
    let yes = |set: bool| lang.t(["no", "yes"], ["non", "oui"])[usize::from(set)].to_owned();
    let number = |value: Option<u64>| value.map(time::duration).unwrap_or_default();
    let codes: Vec<String> = extensions
        .restart_on_exit
        .iter()
        .map(u8::to_string)
        .collect();
    vec![
        (
            lang.t("Display name", "Nom complet"),
            body.display_name.unwrap_or_default(),
            AtOnce,
        ),
        (
            lang.t("Description", "Description"),
            body.description,
            AtOnce,
        ),
        (
            lang.t("Command line", "Ligne de commande"),
            body.command_line,
            NextStart,
        ),
        (
            lang.t("Start type", "Type de démarrage"),
            lang.start_type(&body.start_type, body.delayed_auto_start)
                .to_owned(),
            AtOnce,
        ),
        (
            lang.t("Error control", "Contrôle d’erreur"),
            body.error_control,
            NextStart,
        ),
        (
            lang.t("Load order group", "Groupe de démarrage"),
            body.load_order_group,
            NextStart,
        ),
        (lang.t("Account", "Compte"), body.account_name, NextStart),
        (
            lang.t("Dependencies", "Dépendances"),
            body.dependencies.join("\n"),
            NextStart,
        ),
        (
            lang.t("Environment", "Environnement"),
            body.environment.join("\n"),
            NextStart,
        ),
        (
            lang.t("Priority", "Priorité"),
            body.priority.unwrap_or_default(),
            NextStart,
        ),
        (
            lang.t("Time after PRESHUTDOWN", "Délai après PRESHUTDOWN"),
            number(body.preshutdown_timeout_ms),
            NextShutdown,
        ),
        (
            lang.t("Security descriptor", "Descripteur de sécurité"),
            body.security.unwrap_or_default(),
            AtOnce,
        ),
        (
            lang.t("Recovery actions", "Actions de récupération"),
            actions(&recovery.actions),
            NextFailure,
        ),
        (
            lang.t("Reset period", "Période de remise à zéro"),
            period(&recovery.reset_period_secs),
            NextFailure,
        ),
        (
            lang.t("Recovery program", "Programme de récupération"),
            recovery.command.clone(),
            NextFailure,
        ),
        (
            lang.t("Reboot message", "Message de redémarrage"),
            recovery.reboot_message.clone(),
            NextFailure,
        ),
        (
            lang.t(
                "Actions for stops with errors",
                "Actions pour les arrêts avec erreur",
            ),
            yes(recovery.on_error_stop),
            AtOnce,
        ),
        (
            lang.t("Working directory", "Dossier de travail"),
            extensions.working_directory.clone().unwrap_or_default(),
            NextStart,
        ),
        (
            lang.t("Output", "Sortie"),
            extensions.output.clone(),
            NextStart,
        ),
        (
            lang.t("Processors", "Processeurs"),
            extensions.affinity.clone().unwrap_or_default(),
            NextStart,
        ),
        (
            lang.t("Stop signal", "Signal d’arrêt"),
            extensions.stop_signal.clone(),
            AtOnce,
        ),
        (
            lang.t("Grace after the signal", "Délai après le signal"),
            number(Some(extensions.stop_grace_ms)),
            AtOnce,
        ),
        (
            lang.t(
                "Exit statuses that ask for a new start",
                "Codes de sortie qui demandent un redémarrage",
            ),
            codes.join(", "),
            NextFailure,
        ),
    ]
}

/// `restart/60000/none/0`, as `sc` writes it.
pub(crate) fn actions(actions: &ActionsBody) -> String {
    match actions {
        ActionsBody::Notation(text) => text.clone(),
        ActionsBody::List(list) => {
            let words: Vec<String> = list
                .iter()
                .map(|action| format!("{}/{}", action.kind, action.delay_ms))
                .collect();
            words.join("/")
        }
    }
}

/// `86400` or `INFINITE`.
pub(crate) fn period(period: &ResetPeriodBody) -> String {
    match period {
        ResetPeriodBody::Seconds(seconds) => seconds.to_string(),
        ResetPeriodBody::Text(text) => text.clone(),
    }
}

/// As a table.
pub(crate) fn table(differences: &[Difference], lang: Lang) -> Markup {
    html! {
        @if differences.is_empty() {
            p.dim { (lang.t("Nothing is changed.", "Rien n’est modifié.")) }
        } @else {
            table.diff {
                thead { tr {
                    th scope="col" { (lang.t("What", "Quoi")) }
                    th scope="col" { (lang.t("Before → after", "Avant → après")) }
                    th scope="col" { (lang.t("Takes effect", "Prend effet")) }
                } }
                tbody {
                    @for difference in differences {
                        tr {
                            th scope="row" { (difference.label) }
                            td { (value("del", &difference.before)) " → " (value("ins", &difference.after)) }
                            td { (difference.when.text(lang)) }
                        }
                    }
                }
            }
        }
    }
}

fn value(element: &str, text: &str) -> Markup {
    let text = if text.is_empty() { "∅" } else { text };
    html! {
        @if element == "del" { del { bdi { (text) } } } @else { ins { bdi { (text) } } }
    }
}

#[cfg(test)]
mod tests {
    use relance_scm::ServiceName;

    use super::*;

    #[test]
    fn only_what_differs_is_named_with_its_time() {
        let before = ServiceConfig::new(ServiceName::new("a").unwrap(), "/a");
        let mut after = before.clone();
        assert_eq!(differences(&before, &after, Lang::En), []);
        after.command_line = "/b".into();
        after.failure_actions_on_non_crash_failures = true;
        let found = differences(&before, &after, Lang::En);
        let found: Vec<_> = found
            .iter()
            .map(|d| (d.label, d.after.as_str(), d.when))
            .collect();
        assert_eq!(
            found,
            [
                ("Command line", "/b", When::NextStart),
                ("Actions for stops with errors", "yes", When::AtOnce)
            ]
        );
    }
}
