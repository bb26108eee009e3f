//! Settings of the signs that a service gives: that it is ready, and that it lives.

use std::time::Duration;

use relance_texts::setting;

use super::{Applies, EXTENSION, Setting, System, Typed, ValueType, Words};

/// See [`READY`](super::READY).
pub(super) const READY: Setting = Setting {
    key: "ready",
    option: "ready",
    value: ValueType::Readiness,
    label: Words {
        en: "Ready sign",
        fr: "Signe qu’il est prêt",
    },
    about: Words {
        en: "How a program says that it is ready: notify (READY=1, as for systemd) or fd:3 (a line on that \
             descriptor); START_PENDING until then, for 90 s at most if there is no start deadline",
        fr: "Comment un programme dit qu’il est prêt : notify (READY=1, comme pour systemd) ou fd:3 (une ligne \
             sur ce descripteur) ; START_PENDING d’ici là, 90 s au plus sans limite de démarrage",
    },
    applies: Applies::ProgramsOnly(setting::READY_PROGRAMS),
    system: System::Linux(setting::WINDOWS_READY_AT_ONCE),
    ..EXTENSION
};

/// See [`READY_AFTER`](super::READY_AFTER).
pub(super) const READY_AFTER: Setting = Setting {
    key: "ready_after_ms",
    option: "ready-after",
    value: ValueType::Duration,
    default: || Duration::ZERO.into_value(),
    label: Words {
        en: "Ready after",
        fr: "Prêt après",
    },
    about: Words {
        en: "How long a program must stay up before it counts as running; START_PENDING until then",
        fr: "Le temps pendant lequel un programme doit tenir avant de compter comme démarré",
    },
    applies: Applies::Programs,
    system: System::Linux(setting::WINDOWS_READY_AT_ONCE),
    ..EXTENSION
};

/// See [`WATCHDOG`](super::WATCHDOG).
pub(super) const WATCHDOG: Setting = Setting {
    key: "watchdog_ms",
    option: "watchdog",
    value: ValueType::OptionalDuration,
    label: Words {
        en: "Watchdog",
        fr: "Chien de garde",
    },
    about: Words {
        en: "Ends the service as failed when it gives no heartbeat for so long; never if not set",
        fr: "Termine le service en échec s’il ne donne aucun signe de vie pendant ce temps ; jamais par défaut",
    },
    system: System::Linux(setting::WINDOWS_NO_HEARTBEATS),
    ..EXTENSION
};
