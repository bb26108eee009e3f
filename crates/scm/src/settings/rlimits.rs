//! The rows of the limits of `setrlimit`; `extensions` names them in the table.

use relance_texts::setting;

use super::{Setting, Subject, ValueType, Words, linux_at_once};
use crate::config::LimitUnit;

/// The row of a limit of `setrlimit`.
const fn limit(
    key: &'static str,
    option: &'static str,
    unit: LimitUnit,
    label: Words,
    about: Words,
) -> Setting {
    Setting {
        subject: Subject::Limits,
        key,
        option,
        value: ValueType::Limit(unit),
        label,
        about,
        ..linux_at_once(setting::WINDOWS_NO_LIMITS)
    }
}

pub(super) const LIMIT_NOFILE: Setting = limit(
    "limit_nofile",
    "limit-nofile",
    LimitUnit::Count,
    Words {
        en: "Open files",
        fr: "Fichiers ouverts",
    },
    Words {
        en: "How many files and sockets the process may have open; the limit of the daemon if not set",
        fr: "Combien de fichiers et de sockets le processus peut ouvrir ; la limite du démon par défaut",
    },
);

pub(super) const LIMIT_NPROC: Setting = limit(
    "limit_nproc",
    "limit-nproc",
    LimitUnit::Count,
    Words {
        en: "Processes of the account",
        fr: "Processus du compte",
    },
    Words {
        en: "How many processes its account may have",
        fr: "Combien de processus son compte peut avoir",
    },
);

pub(super) const LIMIT_CORE: Setting = limit(
    "limit_core",
    "limit-core",
    LimitUnit::Bytes,
    Words {
        en: "Core file",
        fr: "Fichier core",
    },
    Words {
        en: "How large the core file of a crash may be; 0 for none",
        fr: "La taille du fichier d’un plantage ; 0 pour aucun",
    },
);

pub(super) const LIMIT_FSIZE: Setting = limit(
    "limit_fsize",
    "limit-fsize",
    LimitUnit::Bytes,
    Words {
        en: "File size",
        fr: "Taille des fichiers",
    },
    Words {
        en: "How large the files that the process writes may become",
        fr: "La taille que peuvent atteindre les fichiers écrits par le processus",
    },
);

pub(super) const LIMIT_AS: Setting = limit(
    "limit_as",
    "limit-as",
    LimitUnit::Bytes,
    Words {
        en: "Address space",
        fr: "Espace d’adressage",
    },
    Words {
        en: "How much memory the process may map, shared libraries included",
        fr: "La mémoire que le processus peut projeter, bibliothèques comprises",
    },
);

pub(super) const LIMIT_DATA: Setting = limit(
    "limit_data",
    "limit-data",
    LimitUnit::Bytes,
    Words {
        en: "Data",
        fr: "Données",
    },
    Words {
        en: "How much memory the process may have for its data",
        fr: "La mémoire que le processus peut avoir pour ses données",
    },
);

pub(super) const LIMIT_STACK: Setting = limit(
    "limit_stack",
    "limit-stack",
    LimitUnit::Bytes,
    Words {
        en: "Stack",
        fr: "Pile",
    },
    Words {
        en: "How large the stack of the process may become",
        fr: "La taille que peut atteindre la pile du processus",
    },
);

pub(super) const LIMIT_MEMLOCK: Setting = limit(
    "limit_memlock",
    "limit-memlock",
    LimitUnit::Bytes,
    Words {
        en: "Locked memory",
        fr: "Mémoire verrouillée",
    },
    Words {
        en: "How much memory the process may keep from being swapped",
        fr: "La mémoire que le processus peut garder hors de l’échange",
    },
);

pub(super) const LIMIT_CPU: Setting = limit(
    "limit_cpu",
    "limit-cpu",
    LimitUnit::Seconds,
    Words {
        en: "Processor time",
        fr: "Temps processeur",
    },
    Words {
        en: "How much processor time the process may use before it gets SIGXCPU",
        fr: "Le temps processeur que le processus peut utiliser avant SIGXCPU",
    },
);

pub(super) const LIMIT_NICE: Setting = limit(
    "limit_nice",
    "limit-nice",
    LimitUnit::Count,
    Words {
        en: "Nice limit",
        fr: "Limite de nice",
    },
    Words {
        en: "How far the process may raise its own priority: 20 minus the lowest nice value",
        fr: "Jusqu’où le processus peut élever sa priorité : 20 moins la plus petite valeur nice",
    },
);

pub(super) const LIMIT_RTPRIO: Setting = limit(
    "limit_rtprio",
    "limit-rtprio",
    LimitUnit::Count,
    Words {
        en: "Real-time priority",
        fr: "Priorité temps réel",
    },
    Words {
        en: "The highest real-time priority that the process may give itself",
        fr: "La plus haute priorité temps réel que le processus peut se donner",
    },
);

pub(super) const LIMIT_RTTIME: Setting = limit(
    "limit_rttime",
    "limit-rttime",
    LimitUnit::Microseconds,
    Words {
        en: "Real-time run",
        fr: "Durée temps réel",
    },
    Words {
        en: "How long the process may run with real-time priority without a pause",
        fr: "Combien de temps le processus peut tourner en temps réel sans pause",
    },
);

pub(super) const LIMIT_SIGPENDING: Setting = limit(
    "limit_sigpending",
    "limit-sigpending",
    LimitUnit::Count,
    Words {
        en: "Pending signals",
        fr: "Signaux en attente",
    },
    Words {
        en: "How many signals may wait for its account",
        fr: "Combien de signaux peuvent attendre pour son compte",
    },
);

pub(super) const LIMIT_MSGQUEUE: Setting = limit(
    "limit_msgqueue",
    "limit-msgqueue",
    LimitUnit::Bytes,
    Words {
        en: "Message queues",
        fr: "Files de messages",
    },
    Words {
        en: "How much its account may have in POSIX message queues",
        fr: "La place des files de messages POSIX de son compte",
    },
);
