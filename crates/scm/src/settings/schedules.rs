//! The rows of the settings about starts by the clock.

use relance_texts::setting;

use super::{Setting, Subject, Value, ValueType, Words, linux_at_once};

const TIMED: Setting = linux_at_once(setting::WINDOWS_NO_SCHEDULE);

pub(super) const SCHEDULE: Setting = Setting {
    subject: Subject::Start,
    key: "schedule",
    option: "schedule",
    value: ValueType::Schedule,
    label: Words {
        en: "Schedule",
        fr: "Horaire",
    },
    about: Words {
        en: "When it is started, like Mon..Fri 02:30, daily or 30 2 * * 1-5; a time zone may follow",
        fr: "Quand il est démarré, comme Mon..Fri 02:30, daily ou 30 2 * * 1-5 ; un fuseau horaire peut suivre",
    },
    ..TIMED
};

pub(super) const WHEN_START_MISSED: Setting = Setting {
    subject: Subject::Start,
    key: "when_start_missed",
    option: "when-start-missed",
    value: ValueType::Choice(&["skip", "run"]),
    default: || Value::Choice("skip"),
    label: Words {
        en: "When a scheduled start is missed",
        fr: "Quand un démarrage prévu est manqué",
    },
    about: Words {
        en: "If the manager was down or the machine asleep at its time: skip (until the next time) or run (once, as \
             soon as possible)",
        fr: "Si le gestionnaire était arrêté ou la machine en veille à l’heure prévue : skip (jusqu’à la prochaine \
             fois) ou run (une fois, dès que possible)",
    },
    ..TIMED
};

pub(super) const WHEN_STILL_RUNNING: Setting = Setting {
    subject: Subject::Start,
    key: "when_still_running",
    option: "when-still-running",
    value: ValueType::Choice(&["skip", "queue"]),
    default: || Value::Choice("skip"),
    label: Words {
        en: "When it still runs at its time",
        fr: "Quand il tourne encore à l’heure prévue",
    },
    about: Words {
        en: "If it runs when a scheduled start comes: skip (until the next time) or queue (once, when it has stopped)",
        fr: "S’il tourne à l’heure d’un démarrage prévu : skip (jusqu’à la prochaine fois) ou queue (une fois, dès qu’il \
             s’est arrêté)",
    },
    ..TIMED
};
