//! Events in plain words: what each means, and what to do. Our own texts, in both languages.

use relance_scm::event::{EventSource, readable};
use relance_scm::event_log::LogEntry;

use crate::lang::Lang;

/// What happened, in the viewer's language where there is a sentence of ours, else as the log has it.
pub(crate) fn sentence(entry: &LogEntry, lang: Lang) -> String {
    let ours = entry.source != EventSource::Application && lang == Lang::Fr;
    match french(entry.event_id).filter(|_| ours) {
        Some(template) => fill(template, &readable(entry.event_id, &entry.parameters)),
        None => entry.text(),
    }
}

fn fill(template: &str, parameters: &[String]) -> String {
    let mut text = String::new();
    let mut characters = template.chars();
    while let Some(character) = characters.next() {
        if character != '%' {
            text.push(character);
            continue;
        }
        let index = characters.next().and_then(|digit| digit.to_digit(10));
        let parameter = index
            .and_then(|index| usize::try_from(index).ok()?.checked_sub(1))
            .and_then(|index| parameters.get(index));
        text.push_str(
            parameter
                .map_or("?", String::as_str)
                .trim_start_matches("%%"),
        );
    }
    text
}

/// The sentences whose parameters need no translation.
fn french(id: u32) -> Option<&'static str> {
    french_own(id)
        .or_else(|| french_of_starts(id))
        .or_else(|| french_of_windows(id))
}

fn french_own(id: u32) -> Option<&'static str> {
    Some(match id {
        1001 => {
            "%1 s’est terminé avec le code %2, qui demande un redémarrage. Il redémarre ; ce n’est pas un échec."
        }
        1002 => "%1 a été terminé de force parce que quelqu’un l’a demandé. Ce n’est pas un échec.",
        1003 => "%1 ne s’est pas terminé dans les %2 suivant la demande d’arrêt et a été tué.",
        1004 => "Le processus de %1 tournait encore %2 après avoir annoncé son arrêt et a été tué.",
        1005 => "%1 tournait encore au retour du gestionnaire ; le processus %2 a été repris.",
        1006 => {
            "Le processus %2 semble appartenir à %1 mais n’a pas pu être repris ; il a été laissé tel quel."
        }
        1007 => {
            "%1 s’est terminé. Son code de sortie est inconnu, car le gestionnaire qui l’avait démarré n’était plus là."
        }
        1008 => {
            "Un mot de passe a été donné pour le compte de %1. Ce gestionnaire n’en a pas besoin et ne l’a pas gardé."
        }
        1009 => "Une action de récupération en attente de %1 a été annulée.",
        1010 => "%1 a été supprimé.",
        1011 => {
            "%1 s’est arrêté normalement bien que son script se soit terminé par une erreur (%2) ; rien n’est donc récupéré."
        }
        1021 => {
            "%1 ne s’est pas terminé dans les %2 après que le gestionnaire, qui s’arrête, lui a dit de s’arrêter, et a été tué. Ce n’est pas un échec."
        }
        1022 => {
            "%1 ne s’était pas connecté quand le gestionnaire s’est arrêté ; on ne pouvait donc pas lui demander de s’arrêter, et il a été tué. Ce n’est pas un échec."
        }
        1101 => "Le gestionnaire de services a démarré. Les compteurs d’échecs commencent à zéro.",
        1102 => {
            "Le moteur du gestionnaire s’est terminé et a été redémarré. Aucun service n’a été dérangé."
        }
        1105 => "Le gestionnaire de services s’arrête et arrête les services.",
        1109 => {
            "Le gestionnaire de services s’est terminé sans arrêter ses services et a été redémarré. Il continue avec ceux qui tournent."
        }
        1110 => {
            "Le moteur du gestionnaire ne répondait plus depuis %1 secondes et a été remplacé. Aucun service n’a été dérangé."
        }
        1131 => "Il n’y a pas de console web : %1. Le gestionnaire tourne sans elle et réessaie.",
        1132 => "La console web fonctionne de nouveau.",
        1133 => {
            "Une connexion à la console web a été refusée, la dernière depuis %1. Connexions refusées depuis l’entrée précédente : %2."
        }
        _ => return None,
    })
}

/// Those about starts, and what exit statuses ask for.
fn french_of_starts(id: u32) -> Option<&'static str> {
    Some(match id {
        1031 => {
            "%1 s’est terminé avec le code %2, qui demande un redémarrage, plus souvent que sa limite ne le permet. C’est un échec."
        }
        1032 => {
            "%1 s’est terminé avec le code %2, après lequel il reste arrêté. Aucune action ne suit."
        }
        _ => return None,
    })
}

fn french_of_windows(id: u32) -> Option<&'static str> {
    Some(match id {
        7000 => "%1 n’a pas pu démarrer : erreur %2.",
        7001 => "%1 n’a pas démarré, car %2, dont il a besoin, n’a pas démarré : erreur %3.",
        7002 => "%1 n’a pas démarré, car aucun service du groupe %2, dont il a besoin, ne tourne.",
        7003 => "%1 n’a pas démarré, car %2, dont il a besoin, n’existe pas.",
        7009 => "%2 ne s’est pas connecté au gestionnaire dans les %1.",
        7011 => "%2 n’a pas répondu à une commande dans les %1.",
        7022 => {
            "%1 se bloque au démarrage. Il est laissé tel quel ; les services suivants démarrent."
        }
        7023 => "%1 s’est arrêté avec une erreur : %2.",
        7024 => "%1 s’est arrêté avec un code d’erreur propre : %2.",
        7031 => "%1 a échoué de façon inattendue. Échecs jusqu’ici : %2. Prochaine action dans %3.",
        7032 => "L’action après l’échec inattendu de %3 n’a pas pu être exécutée : erreur %4.",
        7034 => "%1 a échoué de façon inattendue. Échecs jusqu’ici : %2. Aucune action ne suit.",
        7035 => "La commande %2 a été envoyée à %1.",
        7039 => "%1 a été démarré comme processus %2, mais le processus %3 s’est connecté.",
        7043 => "%1 ne s’est pas arrêté à temps après l’annonce de l’arrêt du système.",
        _ => return None,
    })
}

/// What an event means, and what to do; `None` for one of a newer manager or of a service itself.
pub(crate) fn explain(id: u32, lang: Lang) -> Option<(&'static str, &'static str)> {
    let (means, to_do) = texts(id)?;
    Some((lang.t(means.0, means.1), lang.t(to_do.0, to_do.1)))
}

/// English and French.
type Pair = (&'static str, &'static str);

const NOTHING: Pair = (
    "Nothing. This entry is for the record.",
    "Rien. Cette entrée est là pour mémoire.",
);
const READ_OUTPUT: Pair = (
    "Read the service's output around this moment; the reason is usually the last thing it printed.",
    "Lisez la sortie du service autour de cet instant ; la raison est en général la dernière chose qu’il a imprimée.",
);

#[rustfmt::skip]
fn texts(id: u32) -> Option<(Pair, Pair)> {
    Some(match id {
        1001 => (("The program asked for a new start with its exit status. It is planned recycling, not a failure.", "Le programme a demandé un redémarrage par son code de sortie. C’est un recyclage prévu, pas un échec."), NOTHING),
        1002 => (("Somebody ended the service's processes without waiting for it.", "Quelqu’un a terminé les processus du service sans l’attendre."), ("If it had to be done because the service hung, find out at which step: its output may say.", "Si c’était nécessaire parce que le service se bloquait, cherchez à quelle étape : sa sortie peut le dire.")),
        1003 => (("The program ignored the request to stop for its whole grace, and its process tree was killed.", "Le programme a ignoré la demande d’arrêt pendant tout son délai, et son arbre de processus a été tué."), ("Give it more time (General, beyond Windows), or make it end when the stop signal arrives.", "Accordez-lui plus de temps (Général, au-delà de Windows), ou faites-le se terminer à l’arrivée du signal.")),
        1004 => (("The service had said that it stopped, and its process went on.", "Le service avait annoncé son arrêt, et son processus continuait."), ("Let the program end soon after its last report; what it still has to do belongs before it.", "Faites finir le programme peu après son dernier rapport ; ce qu’il lui reste à faire doit venir avant.")),
        1005 => (("The manager itself had ended, and found this service still at work.", "Le gestionnaire lui-même s’était terminé et a retrouvé ce service au travail."), ("Find out why the manager ended; the service was not disturbed.", "Cherchez pourquoi le gestionnaire s’était terminé ; le service n’a pas été dérangé.")),
        1006 => (("A process looks like this service's, but is not certain enough to be taken over.", "Un processus ressemble à celui de ce service, sans que ce soit assez sûr pour le reprendre."), ("Look at the process; end it if it is a leftover, then start the service.", "Examinez le processus ; terminez-le s’il s’agit d’un reste, puis démarrez le service.")),
        1007 => (("Only the manager that starts a process is told how it ends, and that one had been killed.", "Seul le gestionnaire qui démarre un processus apprend comment il se termine, et celui-là avait été tué."), READ_OUTPUT),
        1008 => (("Accounts on this system need no password to run a service.", "Les comptes de ce système n’ont pas besoin de mot de passe pour exécuter un service."), ("Leave the password out.", "N’indiquez pas de mot de passe.")),
        1009 => (("Somebody cancelled what was queued after a failure. Windows cannot do this.", "Quelqu’un a annulé ce qui suivait un échec. Windows ne le peut pas."), ("Start the service by hand when it is ready.", "Démarrez le service à la main quand il est prêt.")),
        1010 => (("The service's configuration is gone; its events stay.", "La configuration du service a disparu ; ses événements restent."), NOTHING),
        1011 => (("The script ended with an error, and the service still reported a clean stop, so nothing is recovered.", "Le script s’est terminé par une erreur, et le service a pourtant annoncé un arrêt normal ; rien n’est donc récupéré."), ("Mend the error; with win32service.errors_are_failures=1 such an end counts as a failure.", "Réparez l’erreur ; avec win32service.errors_are_failures=1, une telle fin compte comme échec.")),
        1021 => (("The manager stopped, and the service did not end in the time that all services get.", "Le gestionnaire s’est arrêté, et le service ne s’est pas terminé dans le temps accordé à tous."), ("Make it stop faster, take PRESHUTDOWN, or raise wait_to_kill_ms in the manager's settings.", "Faites-le s’arrêter plus vite, acceptez PRESHUTDOWN, ou augmentez wait_to_kill_ms dans les réglages du gestionnaire.")),
        1022 => (("The service had not called the dispatcher yet, so no control could reach it.", "Le service n’avait pas encore appelé le répartiteur ; aucune commande ne pouvait l’atteindre."), NOTHING),
        1031 => (("The program asked for a new start again and again within the period of its limit.", "Le programme a demandé des redémarrages à répétition pendant la période de sa limite."), READ_OUTPUT),
        1032 => (("The program said with its exit status that a new start would not help.", "Le programme a dit par son code de sortie qu’un redémarrage n’aiderait pas."), ("Mend what its output names, then start it.", "Réparez ce que sa sortie indique, puis démarrez-le.")),
        1101 => (("A boot in the sense of the manager: counters are zero, automatic services start.", "Un démarrage au sens du gestionnaire : compteurs à zéro, services automatiques démarrés."), NOTHING),
        1102 => (("The manager's engine ended and was replaced. Services run under the guardian and noticed nothing.", "Le moteur du gestionnaire s’est terminé et a été remplacé. Les services, sous le gardien, n’ont rien remarqué."), ("If nobody upgraded or killed it, look at the manager's diagnostics.", "Si personne ne l’a mis à jour ni tué, consultez les diagnostics du gestionnaire.")),
        1103 => (("The disk is full or cannot be written. Recovery goes on from memory.", "Le disque est plein ou illisible. La récupération continue en mémoire."), ("Make room on the disk that holds the manager's state.", "Faites de la place sur le disque qui contient l’état du gestionnaire.")),
        1104 => (("There is room on the disk again.", "Il y a de nouveau de la place sur le disque."), NOTHING),
        1105 => (("The manager was asked to end, and stops all services first.", "On a demandé au gestionnaire de finir ; il arrête d’abord tous les services."), NOTHING),
        1106 => (("A file of the manager's database was missing, damaged or not its own.", "Un fichier de la base du gestionnaire manquait, était abîmé ou n’était pas le sien."), ("Find out who touched the state folder; relance doctor says how things stand now.", "Cherchez qui a touché au dossier d’état ; relance doctor dit où en sont les choses.")),
        1107 => (("The manager lost its database while it ran, and wrote it again. Services and their counters are all there.", "Le gestionnaire a perdu sa base pendant qu’il tournait, et l’a réécrite. Services et compteurs sont tous là."), ("Find out who touched the state folder; files that were put aside may be removed.", "Cherchez qui a touché au dossier d’état ; les fichiers mis de côté peuvent être supprimés.")),
        1108 => (("The database's row for this service cannot be read, so the service is not managed until the row is repaired.", "Ce que la base contient de ce service n’a pas de sens ; il n’est pas géré tant que ce n’est pas réparé."), ("Bring a backup back, or mend the value while the daemon is stopped.", "Rétablissez une sauvegarde, ou réparez la valeur pendant que le démon est arrêté.")),
        1109 => (("The manager was killed or crashed. Services ran on meanwhile; another manager has taken them over.", "Le gestionnaire a été tué ou a planté. Les services ont continué ; un autre gestionnaire les a repris."), ("If nobody upgraded or killed it, look at the system's journal: want of memory is the usual reason.", "Si personne ne l’a mis à jour ni tué, consultez le journal du système : le manque de mémoire est la raison habituelle.")),
        1110 => (("The engine was stopped or hung: it left clients without an answer.", "Le moteur était arrêté ou bloqué : il laissait les clients sans réponse."), ("If nobody stopped it on purpose, report it with the daemon's messages; engine_answer_ms sets how long it may take.", "Si personne ne l’a arrêté exprès, signalez-le avec les messages du démon ; engine_answer_ms fixe le délai.")),
        1131 => (("The console could not be started, or its port could not be opened. Services are not concerned.", "La console n’a pas pu démarrer, ou son port n’a pas pu être ouvert. Les services ne sont pas concernés."), ("Do what the sentence says; the manager tries again by itself.", "Faites ce que dit la phrase ; le gestionnaire réessaie de lui-même.")),
        1132 => (("The console has run for some seconds without trouble.", "La console tourne depuis quelques secondes sans problème."), NOTHING),
        1133 => (("Somebody used a link that was used before, is too old, or never was.", "Quelqu’un a utilisé un lien déjà utilisé, trop ancien ou inexistant."), ("If it was not you with an old link, ask who uses that address.", "Si ce n’était pas vous avec un ancien lien, demandez qui utilise cette adresse.")),
        7000 => (("The service was to be started and did not run. A failed start does not count as a failure: no recovery action follows.", "Le service devait démarrer et n’a pas tourné. Un démarrage manqué n’est pas un échec : aucune action ne suit."), ("Check the command line, the account and the working directory; the error in the sentence says which.", "Vérifiez la ligne de commande, le compte et le dossier de travail ; l’erreur de la phrase dit lequel.")),
        7001 | 7002 => (("Something this service needs did not start, so it was not started either.", "Quelque chose dont ce service a besoin n’a pas démarré ; lui non plus."), ("Look at the events of what it needs.", "Regardez les événements de ce dont il a besoin.")),
        7003 => (("The service names one that it needs and that does not exist.", "Le service en nomme un dont il a besoin et qui n’existe pas."), ("Create it, or remove the name on the Dependencies tab.", "Créez-le, ou enlevez le nom sur l’onglet Dépendances.")),
        7009 => (("The process was started and did not speak to the manager in time. A program that is no service never does.", "Le processus a démarré sans parler à temps au gestionnaire. Un programme qui n’est pas un service ne le fait jamais."), ("If it is an ordinary program, create it with the kind program. Else read its output.", "S’il s’agit d’un programme ordinaire, créez-le avec la sorte programme. Sinon lisez sa sortie.")),
        7011 => (("The service took a control and did not answer. It is left alone.", "Le service a reçu une commande sans répondre. Il est laissé tel quel."), ("A service should answer at once and work afterwards. If it hangs, end it by force.", "Un service doit répondre aussitôt et travailler ensuite. S’il se bloque, terminez-le de force.")),
        7012 | 7016 => (("The service sent the manager something that it does not understand.", "Le service a dit au gestionnaire quelque chose d’insensé."), ("This is a defect of the program; tell its authors.", "C’est un défaut du programme ; dites-le à ses auteurs.")),
        7017 => (("Services depend on each other in a circle, so none can be first.", "Des services dépendent les uns des autres en cercle ; aucun ne peut être le premier."), ("Remove one of the dependencies.", "Enlevez une des dépendances.")),
        7019 | 7020 => (("The order of the groups and the dependencies contradict each other. What the service needs is started with it, before its group's turn.", "L’ordre des groupes et les dépendances se contredisent. Ce dont le service a besoin est démarré avec lui, avant le tour de son groupe."), ("Move the service to a later group, or remove the dependency.", "Déplacez le service dans un groupe ultérieur, ou enlevez la dépendance.")),
        7022 => (("The service says for too long that it is starting. It is left alone.", "Le service dit trop longtemps qu’il démarre. Il est laissé tel quel."), READ_OUTPUT),
        7023 | 7024 => (("The service stopped and gave an error code as the reason. Whether that is a failure depends on its recovery settings.", "Le service s’est arrêté en donnant un code d’erreur. Que ce soit un échec dépend de ses réglages de récupération."), READ_OUTPUT),
        7031 => (("The service's process ended without a word, or it stopped with an error that counts. A recovery action was queued.", "Le processus du service s’est terminé sans prévenir, ou il s’est arrêté avec une erreur qui compte. Une action de récupération a été mise en attente."), READ_OUTPUT),
        7032 => (("A recovery action came due and could not be carried out. If the error is 1056, the service was running already, which is harmless.", "Une action de récupération était due et n’a pas pu être exécutée. Si l’erreur est 1056, le service tournait déjà : c’est sans gravité."), ("For any other error, mend what it names and start the service by hand: it is not tried again.", "Pour toute autre erreur, réparez ce qu’elle nomme et démarrez le service à la main : il n’y a pas d’autre essai.")),
        7034 => (("The service failed, and its settings say that nothing follows. It stays down.", "Le service a échoué, et ses réglages disent que rien ne suit. Il reste arrêté."), ("Start it by hand; if it should come back by itself, set an action on the Recovery tab.", "Démarrez-le à la main ; s’il doit revenir seul, définissez une action sur l’onglet Récupération.")),
        7035 | 7036 | 7042 => (("Part of the ordinary life of a service.", "Un moment ordinaire de la vie d’un service."), NOTHING),
        7038 | 7041 => (("The account the service should run under could not be used.", "Le compte sous lequel le service doit tourner n’a pas pu être utilisé."), ("Check the account on the Log On tab.", "Vérifiez le compte sur l’onglet Connexion.")),
        7039 => (("A wrapper started the real program, which is fine.", "Une enveloppe a démarré le vrai programme, ce qui est normal."), NOTHING),
        7040 => (("Somebody changed when this service starts.", "Quelqu’un a changé le moment où ce service démarre."), ("If it was not you, look at who signed in.", "Si ce n’était pas vous, regardez qui s’est connecté.")),
        7043 => (("At a shutdown the service needed longer than it was given.", "Lors d’un arrêt du système, le service a eu besoin de plus de temps qu’accordé."), ("Raise its time after PRESHUTDOWN, or make it stop faster.", "Augmentez son délai après PRESHUTDOWN, ou faites-le s’arrêter plus vite.")),
        7045 => (("A service was created.", "Un service a été créé."), ("If it was not you, look at who signed in.", "Si ce n’était pas vous, regardez qui s’est connecté.")),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use relance_scm::event::render;

    use super::*;

    /// Ids for which the log has a sentence.
    fn known() -> impl Iterator<Item = u32> {
        (1000..1200).chain(7000..7100).filter(|id| {
            let text = render(EventSource::ServiceControlManager, *id, &[]);
            !text.is_empty()
        })
    }

    #[test]
    fn every_event_with_a_sentence_is_explained() {
        assert!(known().count() > 30);
        for id in known() {
            assert!(explain(id, Lang::En).is_some(), "{id}");
            assert_ne!(explain(id, Lang::En), explain(id, Lang::Fr), "{id}");
        }
    }

    #[test]
    fn parameters_are_put_in() {
        let parameters = ["a", "%%1056"].map(String::from);
        assert_eq!(fill("%1: %2 %3", &parameters), "a: 1056 ?");
    }
}
