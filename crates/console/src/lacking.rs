//! What the manager of Windows does not have, and why: pages say so where the thing would be, instead
//! of offering what would be refused. The embedded manager lacks none of it.

use crate::lang::Lang;

/// What not every manager has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feature {
    /// Ending a service by force.
    Terminate,
    /// Taking back what is queued after a failure.
    CancelRecovery,
    /// Another way to ask a program to stop.
    StopSignal,
    /// Folder, output and grace of a service that is not a program.
    ServiceExtensions,
    /// HTTP for strangers.
    Api,
    /// A log that has every change of state.
    EveryState,
    /// A service without a security descriptor of its own.
    DefaultSecurity,
}

/// Whether the manager tells of changed configurations as it does of changed states.
pub(crate) const IS_TOLD_OF_CONFIGURATION: bool = cfg!(unix);

/// Why there is none of it here; `None` where there is.
pub(crate) fn reason(feature: Feature, lang: Lang) -> Option<&'static str> {
    cfg!(windows).then(|| on_windows(feature, lang))
}

fn on_windows(feature: Feature, lang: Lang) -> &'static str {
    match feature {
        Feature::Terminate => lang.t(
            "Windows cannot end a service by force without calling it a failure; taskkill ends its process, and its recovery actions follow.",
            "Windows ne sait pas terminer un service de force sans y voir un échec ; taskkill termine son processus, et ses actions de récupération suivent.",
        ),
        Feature::CancelRecovery => lang.t(
            "Windows lets nobody cancel a pending recovery; disabling the service defeats a restart.",
            "Windows ne laisse personne annuler une récupération en attente ; désactiver le service empêche un redémarrage.",
        ),
        Feature::StopSignal => lang.t(
            "Windows has no signals: a program is asked to stop by Ctrl-Break and by closing its windows.",
            "Windows n’a pas de signaux : on demande à un programme de s’arrêter par Ctrl-Pause et en fermant ses fenêtres.",
        ),
        Feature::ServiceExtensions => lang.t(
            "This service speaks to Windows itself, so its folder, its output and its end are its own affair. Programs that relance host keeps have settings for them.",
            "Ce service parle lui-même à Windows : son dossier, sa sortie et sa fin ne regardent que lui. Les programmes tenus par relance host ont des réglages pour cela.",
        ),
        Feature::Api => lang.t(
            "Windows’ service manager has interfaces of its own, which relance, sc, PowerShell and PHP use; there is no HTTP interface beside them. Scripts with a token may read /metrics here.",
            "Le gestionnaire de services de Windows a ses propres interfaces, qu’utilisent relance, sc, PowerShell et PHP ; il n’y a pas d’interface HTTP à côté. Les scripts munis d’un jeton peuvent lire /metrics ici.",
        ),
        Feature::DefaultSecurity => lang.t(
            "The security descriptor of this service cannot be read, so it cannot be changed here; sc sdshow shows it.",
            "Le descripteur de sécurité de ce service ne peut pas être lu, ni donc modifié ici ; sc sdshow le montre.",
        ),
        Feature::EveryState => lang.t(
            "Windows logs every start and stop only where it is told to (by default on servers), so a time of which nothing is known may have been quiet.",
            "Windows ne journalise chaque démarrage et arrêt que si on le lui demande (par défaut sur les serveurs) : une période dont on ne sait rien a pu être calme.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_windows_lacks_something() {
        let there = reason(Feature::Terminate, Lang::En).is_none();
        assert_eq!(there, cfg!(unix));
    }
}
