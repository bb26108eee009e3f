//! The settings that Windows has too. They are fields of [`ServiceConfig`](crate::ServiceConfig); a
//! row says how people name, set and see them.

use super::{NEUTRAL, Section, Setting, TakesEffect, Typed, Value, ValueType, Words};

const RECOVERY: Setting = Setting {
    section: Section::Recovery,
    takes_effect: TakesEffect::NextFailure,
    ..NEUTRAL
};

const PRIORITIES: &[&str] = &[
    "idle",
    "below-normal",
    "normal",
    "above-normal",
    "high",
    "realtime",
];

/// All settings that Windows has too but the name, the kind and the password, in the order in which
/// people are shown them.
pub static WINDOWS: &[Setting] = &[
    Setting {
        key: "display_name",
        option: "display-name",
        label: Words {
            en: "Display name",
            fr: "Nom complet",
        },
        about: Words {
            en: "The name for people; the service name if not set",
            fr: "Le nom que l’on voit ; par défaut, celui du service",
        },
        takes_effect: TakesEffect::AtOnce,
        ..NEUTRAL
    },
    Setting {
        key: "description",
        option: "description",
        value: ValueType::Lines,
        label: Words {
            en: "Description",
            fr: "Description",
        },
        about: Words {
            en: "What the service is, for people",
            fr: "Ce que fait le service, en quelques mots",
        },
        takes_effect: TakesEffect::AtOnce,
        ..NEUTRAL
    },
    Setting {
        key: "command_line",
        option: "command-line",
        label: Words {
            en: "Command line",
            fr: "Ligne de commande",
        },
        about: Words {
            en: "Program and arguments in one string; words with spaces in double quotes",
            fr: "Programme et arguments ; les mots avec espaces entre guillemets doubles",
        },
        ..NEUTRAL
    },
    Setting {
        key: "start_type",
        option: "start",
        value: ValueType::Choice(&["auto", "demand", "disabled"]),
        default: || "demand".into_value(),
        label: Words {
            en: "Start type",
            fr: "Type de démarrage",
        },
        about: Words {
            en: "When it is started: auto (at boot), demand (when somebody asks) or disabled (never)",
            fr: "Quand il démarre : auto (au démarrage), demand (à la demande) ou disabled (jamais)",
        },
        takes_effect: TakesEffect::AtOnce,
        ..NEUTRAL
    },
    Setting {
        key: "delayed_auto_start",
        option: "delayed",
        value: ValueType::Flag,
        default: || Value::Flag(false),
        label: Words {
            en: "Delayed start",
            fr: "Démarrage différé",
        },
        about: Words {
            en: "Start it some time after the other automatic services",
            fr: "Démarrer quelque temps après les autres services automatiques",
        },
        takes_effect: TakesEffect::AtOnce,
        ..NEUTRAL
    },
    Setting {
        key: "error_control",
        option: "error-control",
        value: ValueType::Choice(&["ignore", "normal", "severe", "critical"]),
        default: || "ignore".into_value(),
        label: Words {
            en: "Error control",
            fr: "Contrôle d’erreur",
        },
        about: Words {
            en: "What a failed start at boot means",
            fr: "Ce que signifie un échec au démarrage du système",
        },
        ..NEUTRAL
    },
    Setting {
        key: "load_order_group",
        option: "group",
        label: Words {
            en: "Load order group",
            fr: "Groupe de démarrage",
        },
        about: Words {
            en: "The load order group that it belongs to",
            fr: "Le groupe de démarrage auquel il appartient",
        },
        ..NEUTRAL
    },
    Setting {
        key: "account_name",
        option: "account",
        default: || Value::Text("LocalSystem".into()),
        label: Words {
            en: "Account",
            fr: "Compte",
        },
        about: Words {
            en: "The account it runs under",
            fr: "Le compte sous lequel il tourne",
        },
        ..NEUTRAL
    },
    Setting {
        key: "dependencies",
        option: "depend",
        value: ValueType::List,
        default: || Value::List(Box::default()),
        label: Words {
            en: "Dependencies",
            fr: "Dépendances",
        },
        about: Words {
            en: "A service that must run first, or a group as +GROUP",
            fr: "Un service qui doit tourner avant, ou un groupe écrit +GROUPE",
        },
        ..NEUTRAL
    },
    Setting {
        key: "environment",
        option: "env",
        value: ValueType::List,
        default: || Value::List(Box::default()),
        label: Words {
            en: "Environment",
            fr: "Environnement",
        },
        about: Words {
            en: "A variable of its environment, NAME=VALUE",
            fr: "Une variable de son environnement, NOM=VALEUR",
        },
        ..NEUTRAL
    },
    Setting {
        key: "priority",
        option: "priority",
        value: ValueType::OptionalChoice(PRIORITIES),
        label: Words {
            en: "Priority",
            fr: "Priorité",
        },
        about: Words {
            en: "The priority class of its process: idle, below-normal, normal, above-normal, high or \
                 realtime",
            fr: "La classe de priorité de son processus : idle, below-normal, normal, above-normal, \
                 high ou realtime",
        },
        ..NEUTRAL
    },
    Setting {
        key: "preshutdown_timeout_ms",
        option: "preshutdown-timeout",
        value: ValueType::OptionalDuration,
        label: Words {
            en: "Time after PRESHUTDOWN",
            fr: "Délai après PRESHUTDOWN",
        },
        about: Words {
            en: "How long a shutdown waits for it after PRESHUTDOWN; the manager’s own setting if not \
                 set",
            fr: "Combien de temps un arrêt l’attend après PRESHUTDOWN ; le réglage du gestionnaire par \
                 défaut",
        },
        takes_effect: TakesEffect::NextShutdown,
        ..NEUTRAL
    },
    Setting {
        key: "security",
        option: "security",
        value: ValueType::Sddl,
        label: Words {
            en: "Security descriptor",
            fr: "Descripteur de sécurité",
        },
        about: Words {
            en: "Who may do what, as SDDL",
            fr: "Qui peut faire quoi, en SDDL",
        },
        takes_effect: TakesEffect::AtOnce,
        ..NEUTRAL
    },
    Setting {
        key: "service_type",
        option: "service-type",
        value: ValueType::Number(0, u32::MAX as u64),
        default: || Value::Number(16),
        label: Words {
            en: "Type",
            fr: "Type",
        },
        about: Words {
            en: "Windows’ type bits: 16, or 272 for an interactive service",
            fr: "Les bits de type de Windows : 16, ou 272 pour un service interactif",
        },
        ..NEUTRAL
    },
    Setting {
        key: "actions",
        option: "actions",
        value: ValueType::Actions,
        label: Words {
            en: "Recovery actions",
            fr: "Actions de récupération",
        },
        about: Words {
            en: "What follows the first, second and later failures, with a delay for each: \
                 restart/60s/run/5s/none/0; numbers alone are milliseconds",
            fr: "Ce qui suit le premier, le deuxième échec et les suivants, avec un délai chacun : \
                 restart/60s/run/5s/none/0 ; un nombre seul est en millisecondes",
        },
        ..RECOVERY
    },
    Setting {
        key: "reset_period_secs",
        option: "reset",
        value: ValueType::ResetPeriod,
        default: || Value::Text("0".into()),
        label: Words {
            en: "Reset period",
            fr: "Période de remise à zéro",
        },
        about: Words {
            en: "How long without a failure until the counter starts at zero again, or INFINITE; a \
                 number alone is seconds; a day for a first list that comes without it",
            fr: "Combien de temps sans échec avant que le compteur reparte de zéro, ou INFINITE ; un \
                 nombre seul est en secondes ; un jour pour une première liste donnée sans elle",
        },
        ..RECOVERY
    },
    Setting {
        key: "command",
        option: "command",
        label: Words {
            en: "Recovery program",
            fr: "Programme de récupération",
        },
        about: Words {
            en: "The command line of the action run; %1% becomes the number of failures",
            fr: "La ligne de commande de l’action run ; %1% devient le nombre d’échecs",
        },
        ..RECOVERY
    },
    Setting {
        key: "reboot_message",
        option: "reboot-message",
        label: Words {
            en: "Reboot message",
            fr: "Message de redémarrage",
        },
        about: Words {
            en: "What the users of the machine are told before the action reboot",
            fr: "Ce que lisent les utilisateurs de la machine avant l’action reboot",
        },
        ..RECOVERY
    },
    Setting {
        key: "on_error_stop",
        option: "on-error-stop",
        value: ValueType::Flag,
        default: || Value::Flag(false),
        label: Words {
            en: "Actions for stops with errors",
            fr: "Actions pour les arrêts avec erreur",
        },
        about: Words {
            en: "A stop with an error code is a failure too; create and apply set it for programs",
            fr: "Un arrêt avec un code d’erreur est aussi un échec ; create et apply l’activent pour les programmes",
        },
        takes_effect: TakesEffect::AtOnce,
        ..RECOVERY
    },
];
