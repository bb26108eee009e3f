//! Settings of the signs that a service gives: that it is ready, and that it lives.

use std::time::Duration;

use relance_texts::setting;

use super::{
    Applies, EXTENSION, SetBy, Setting, Subject, System, Typed, Value, ValueType, Words,
    linux_at_once,
};

/// See [`READY`](super::READY).
pub(super) const READY: Setting = Setting {
    subject: Subject::Start,
    key: "ready",
    option: "ready",
    value: ValueType::Readiness,
    label: Words {
        en: "Ready sign",
        fr: "Signe qu’il est prêt",
    },
    about: Words {
        en: "How a program says that it is ready: notify (READY=1, as for systemd), fd:3 (a line on that \
             descriptor), tcp:127.0.0.1:80 or unix:/run/app.sock (it takes connections), output:TEXT (it prints a line with this text), command:LINE (this command ends with status 0); START_PENDING until then, for 90 s at most if there is no start deadline",
        fr: "Comment un programme dit qu’il est prêt : notify (READY=1, comme pour systemd), fd:3 (une ligne \
             sur ce descripteur), tcp:127.0.0.1:80 ou unix:/run/app.sock (il accepte des connexions), output:TEXTE (il écrit une ligne qui contient ce texte), command:LIGNE (cette commande se termine avec le code 0) ; START_PENDING d’ici là, 90 s au plus sans limite de démarrage",
    },
    applies: Applies::ProgramsOnly(setting::READY_PROGRAMS),
    set_by: SetBy::AdministratorsToConnect(setting::ADMINISTRATORS_PROBE),
    system: System::Linux(setting::WINDOWS_READY_AT_ONCE),
    ..EXTENSION
};

/// See [`READY_AFTER`](super::READY_AFTER).
pub(super) const READY_AFTER: Setting = Setting {
    subject: Subject::Start,
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
    subject: Subject::Liveness,
    key: "watchdog_ms",
    option: "watchdog",
    value: ValueType::OptionalDuration,
    shortest: SHORTEST,
    label: Words {
        en: "Watchdog",
        fr: "Chien de garde",
    },
    about: Words {
        en: "Ends the service as failed when it gives no heartbeat for this long; never if not set",
        fr: "Termine le service en échec s’il ne donne aucun signe de vie pendant ce temps ; jamais par défaut",
    },
    system: System::Linux(setting::WINDOWS_NO_HEARTBEATS),
    ..EXTENSION
};

/// What the rows about signs of life have in common.
const LIVELY: Setting = linux_at_once(setting::WINDOWS_NO_PROBES);

/// The shortest interval: more frequent signs cost more than they tell.
const SHORTEST: Duration = Duration::from_millis(100);
/// The longest interval: with a longer one, a hang would go unnoticed for too long.
const LONGEST: Duration = Duration::from_secs(30 * 86_400);

/// See [`WATCHDOG_SIGNAL`](super::WATCHDOG_SIGNAL).
pub(super) const WATCHDOG_SIGNAL: Setting = Setting {
    subject: Subject::Liveness,
    key: "watchdog_signal",
    option: "watchdog-signal",
    value: ValueType::OptionalSignal,
    label: Words {
        en: "Watchdog signal",
        fr: "Signal du chien de garde",
    },
    about: Words {
        en: "The signal that a hung run gets first, like ABRT, so that it can leave a dump; killed \
             after the stop grace",
        fr: "Le signal qu’une exécution bloquée reçoit d’abord, comme ABRT, pour laisser une trace ; tuée après le délai d’arrêt",
    },
    ..LIVELY
};

/// See [`PROBE`](super::PROBE).
pub(super) const PROBE: Setting = Setting {
    subject: Subject::Liveness,
    key: "probe",
    option: "probe",
    value: ValueType::Probe,
    label: Words {
        en: "Probe",
        fr: "Sonde",
    },
    about: Words {
        en: "What is probed to see whether it lives: http://127.0.0.1:8080/health, tcp:127.0.0.1:6379, unix:/run/app.sock, command:LINE (it ends with status 0), or output (it prints something in each interval)",
        fr: "Où l’on regarde s’il vit : http://127.0.0.1:8080/health, tcp:127.0.0.1:6379, unix:/run/app.sock, command:LIGNE (elle se termine avec le code 0), ou output (il écrit quelque chose à chaque intervalle)",
    },
    set_by: SetBy::Administrators(setting::ADMINISTRATORS_PROBE),
    ..LIVELY
};

/// See [`PROBE_TEXT`](super::PROBE_TEXT).
pub(super) const PROBE_TEXT: Setting = Setting {
    subject: Subject::Liveness,
    key: "probe_text",
    option: "probe-text",
    value: ValueType::Text,
    label: Words {
        en: "Text of the answer",
        fr: "Texte de la réponse",
    },
    about: Words {
        en: "What the answer to an HTTP probe must contain",
        fr: "Ce que la réponse à une sonde HTTP doit contenir",
    },
    ..LIVELY
};

/// See [`PROBE_INTERVAL`](super::PROBE_INTERVAL).
pub(super) const PROBE_INTERVAL: Setting = Setting {
    subject: Subject::Liveness,
    key: "probe_interval_ms",
    option: "probe-interval",
    value: ValueType::Duration,
    default: || Duration::from_secs(10).into_value(),
    shortest: SHORTEST,
    longest: LONGEST,
    label: Words {
        en: "Interval of probes",
        fr: "Intervalle des sondes",
    },
    about: Words {
        en: "How often a probe looks, at most ten times a second",
        fr: "La fréquence des sondes, au plus dix fois par seconde",
    },
    ..LIVELY
};

/// See [`PROBE_TIMEOUT`](super::PROBE_TIMEOUT).
pub(super) const PROBE_TIMEOUT: Setting = Setting {
    subject: Subject::Liveness,
    key: "probe_timeout_ms",
    option: "probe-timeout",
    value: ValueType::Duration,
    default: || Duration::from_secs(5).into_value(),
    shortest: SHORTEST,
    longest: LONGEST,
    label: Words {
        en: "Time of a probe",
        fr: "Durée d’une sonde",
    },
    about: Words {
        en: "How long an answer may take",
        fr: "Le temps qu’une réponse peut prendre",
    },
    ..LIVELY
};

/// See [`PROBE_FAILURES`](super::PROBE_FAILURES).
pub(super) const PROBE_FAILURES: Setting = Setting {
    subject: Subject::Liveness,
    key: "probe_failures",
    option: "probe-failures",
    value: ValueType::Number(1, 1000),
    default: || Value::Number(3),
    label: Words {
        en: "Failed probes",
        fr: "Sondes en échec",
    },
    about: Words {
        en: "How many failed probes in a row end the service as failed",
        fr: "Après autant de sondes en échec de suite, le service est terminé en échec",
    },
    ..LIVELY
};

/// See [`PROBE_DELAY`](super::PROBE_DELAY).
pub(super) const PROBE_DELAY: Setting = Setting {
    subject: Subject::Liveness,
    key: "probe_delay_ms",
    option: "probe-delay",
    value: ValueType::Duration,
    default: || Duration::ZERO.into_value(),
    longest: LONGEST,
    label: Words {
        en: "Delay of probes",
        fr: "Délai des sondes",
    },
    about: Words {
        en: "How long after RUNNING probes begin",
        fr: "Le temps entre RUNNING et la première sonde",
    },
    ..LIVELY
};
