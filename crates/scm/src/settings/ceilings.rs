//! The rows of soft ceilings (X55); `extensions` names them in the table.

use std::time::Duration;

use relance_texts::setting;

use super::{Setting, Subject, Value, ValueType, Words, linux_at_once};

const CEILING: Setting = linux_at_once(setting::WINDOWS_NO_RECYCLING);

pub(super) const RECYCLE_ABOVE: Setting = Setting {
    subject: Subject::Recycling,
    key: "recycle_above",
    option: "recycle-above",
    value: ValueType::Size,
    label: Words {
        en: "Recycle above memory",
        fr: "Recycler au-delà de la mémoire",
    },
    about: Words {
        en: "It is stopped gracefully and started again when its processes use more memory than this, like 256M",
        fr: "Il est arrêté proprement et redémarré quand ses processus utilisent plus de mémoire, comme 256M",
    },
    ..CEILING
};

pub(super) const RECYCLE_AFTER: Setting = Setting {
    subject: Subject::Recycling,
    key: "recycle_after_ms",
    option: "recycle-after",
    value: ValueType::OptionalDuration,
    // Sooner would be a restart loop.
    shortest: Duration::from_secs(1),
    label: Words {
        en: "Recycle after",
        fr: "Recycler après",
    },
    about: Words {
        en: "It is stopped gracefully and started again when its process has run for this long",
        fr: "Il est arrêté proprement et redémarré quand son processus tourne depuis ce temps",
    },
    ..CEILING
};

pub(super) const RECYCLE_AT: Setting = Setting {
    subject: Subject::Recycling,
    key: "recycle_at",
    option: "recycle-at",
    value: ValueType::TimeOfDay,
    label: Words {
        en: "Recycle at",
        fr: "Recycler à",
    },
    about: Words {
        en: "It is stopped gracefully and started again each day at this time, like 03:00, in the \
             machine’s time zone",
        fr: "Il est arrêté proprement et redémarré chaque jour à cette heure, comme 03:00, dans le fuseau de la machine",
    },
    ..CEILING
};

pub(super) const RECYCLE_AFTER_JOBS: Setting = Setting {
    subject: Subject::Recycling,
    key: "recycle_after_jobs",
    option: "recycle-after-jobs",
    value: ValueType::Number(1, 1_000_000_000),
    label: Words {
        en: "Recycle after jobs",
        fr: "Recycler après tâches",
    },
    about: Words {
        en: "It is stopped gracefully and started again when it has reported this many jobs",
        fr: "Il est arrêté proprement et redémarré quand il a dit avoir accompli tant de tâches",
    },
    ..CEILING
};

pub(super) const RECYCLE_JITTER: Setting = Setting {
    subject: Subject::Recycling,
    key: "recycle_jitter_ms",
    option: "recycle-jitter",
    value: ValueType::Duration,
    default: || Value::Duration(Duration::ZERO),
    label: Words {
        en: "Recycle jitter",
        fr: "Étalement du recyclage",
    },
    about: Words {
        en: "Up to this much passes before it is recycled; how much differs by run",
        fr: "Une partie de ce temps, différente à chaque exécution, passe avant qu’il soit recyclé",
    },
    ..CEILING
};
