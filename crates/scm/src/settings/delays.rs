//! The rows of the settings about what follows failures (X80 to X84): delays, limits, and rules by cause;
//! `extensions` names them in the table.

use std::time::Duration;

use relance_texts::setting;

use super::{
    EXTENSION, LONGEST_DELAY, Setting, Subject, System, TakesEffect, Value, ValueType, Words,
};

/// What settings about recovery have in common.
pub(super) const AFTER_A_FAILURE: Setting = Setting {
    subject: Subject::Recovery,
    system: System::Hosted(setting::WINDOWS_NO_DELAYS),
    takes_effect: TakesEffect::NextFailure,
    longest: LONGEST_DELAY,
    ..EXTENSION
};

pub(super) const FAILURE_RULES: Setting = Setting {
    key: "failure_rules",
    option: "on",
    value: ValueType::Rules,
    default: || Value::List(Box::default()),
    label: Words {
        en: "Rules by cause",
        fr: "Règles par cause",
    },
    about: Words {
        en: "What follows failures with a cause, like exit:75=restart/0 or memory-limit,signal:SEGV=restart/1s/none/0; \
             the first rule with the cause decides, and the actions where there is none",
        fr: "Ce qui suit les échecs d’une cause, comme exit:75=restart/0 ou memory-limit,signal:SEGV=restart/1s/none/0 ; \
             la première règle qui a la cause décide, et les actions s’il n’y en a pas",
    },
    ..AFTER_A_FAILURE
};

pub(super) const BACKOFF: Setting = Setting {
    key: "backoff",
    option: "backoff",
    value: ValueType::Backoff,
    label: Words {
        en: "Back-off",
        fr: "Délais croissants",
    },
    about: Words {
        en: "How the last delay of the actions grows while it is repeated: exponential (each time twice as long), \
             exponential/1.5, linear or linear/10s",
        fr: "Comment le dernier délai des actions croît tant qu’il se répète : exponential (deux fois plus long à \
             chaque fois), exponential/1.5, linear ou linear/10s",
    },
    ..AFTER_A_FAILURE
};

pub(super) const BACKOFF_MAX: Setting = Setting {
    key: "backoff_max_ms",
    option: "backoff-max",
    value: ValueType::Duration,
    default: || Value::Duration(Duration::from_secs(300)),
    label: Words {
        en: "Longest back-off",
        fr: "Délai croissant maximal",
    },
    about: Words {
        en: "The longest delay that a back-off grows to",
        fr: "Le plus long délai qu’atteignent les délais croissants",
    },
    ..AFTER_A_FAILURE
};

pub(super) const RESTART_JITTER: Setting = Setting {
    key: "restart_jitter_ms",
    option: "restart-jitter",
    value: ValueType::Duration,
    default: || Value::Duration(Duration::ZERO),
    label: Words {
        en: "Jitter of restarts",
        fr: "Étalement des redémarrages",
    },
    about: Words {
        en: "Up to this much is added to the delay of a restart; how much differs by service and failure",
        fr: "Une partie de ce temps, différente pour chaque service et chaque échec, s’ajoute au délai d’un redémarrage",
    },
    ..AFTER_A_FAILURE
};

pub(super) const RESET_AFTER_RUN: Setting = Setting {
    key: "reset_after_run_ms",
    option: "reset-after-run",
    value: ValueType::OptionalDuration,
    label: Words {
        en: "Reset after a run of",
        fr: "Remise à zéro après une exécution de",
    },
    about: Words {
        en: "The failure counter starts at zero again after a run that lasted this long, instead of \
             after the reset period",
        fr: "Le compteur d’échecs repart de zéro après une exécution qui a duré ce temps, au lieu d’après la période \
             de remise à zéro",
    },
    ..AFTER_A_FAILURE
};

pub(super) const RESTART_LIMIT: Setting = Setting {
    key: "restart_limit",
    option: "restart-limit",
    value: ValueType::Number(1, 100),
    label: Words {
        en: "Limit of restarts",
        fr: "Limite de redémarrages",
    },
    about: Words {
        en: "How many restarts may follow failures within the period; after one more failure it \
             stays down until somebody starts it",
        fr: "Tant de redémarrages peuvent suivre des échecs pendant la période ; après un échec de plus il abandonne, et \
             reste arrêté jusqu’à ce qu’on le démarre",
    },
    ..AFTER_A_FAILURE
};

pub(super) const RESTART_LIMIT_PERIOD: Setting = Setting {
    key: "restart_limit_period_ms",
    option: "restart-limit-period",
    value: ValueType::Duration,
    default: || Value::Duration(Duration::from_secs(600)),
    label: Words {
        en: "Period of the limit of restarts",
        fr: "Période de la limite de redémarrages",
    },
    about: Words {
        en: "The time in which restarts after failures are counted; 0: no limit",
        fr: "Le temps pendant lequel on compte les redémarrages après des échecs ; 0 : sans limite",
    },
    ..AFTER_A_FAILURE
};
