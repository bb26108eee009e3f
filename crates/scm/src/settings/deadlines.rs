//! The rows of the deadlines of starts and stops (X16); `extensions` names them in the table.

use relance_texts::setting;

use super::{Applies, EXTENSION, Setting, Subject, System, TakesEffect, ValueType, Words};

const DEADLINE: Setting = Setting {
    value: ValueType::OptionalDuration,
    system: System::Linux(setting::WINDOWS_NO_DEADLINE),
    ..EXTENSION
};

pub(super) const START_DEADLINE: Setting = Setting {
    subject: Subject::Start,
    key: "start_deadline_ms",
    option: "start-deadline",
    label: Words {
        en: "Start deadline",
        fr: "Limite de démarrage",
    },
    about: Words {
        en: "How long it may be START_PENDING; then it is killed, which counts as a failure; no limit if not set",
        fr: "Le temps qu’il peut rester START_PENDING avant d’être tué, un échec ; sans limite par défaut",
    },
    ..DEADLINE
};

pub(super) const STOP_DEADLINE: Setting = Setting {
    subject: Subject::Stop,
    key: "stop_deadline_ms",
    option: "stop-deadline",
    label: Words {
        en: "Stop deadline",
        fr: "Limite d’arrêt",
    },
    about: Words {
        en: "How long a service may take to stop before it is killed; no limit if not set",
        fr: "Le temps accordé à un service pour s’arrêter avant d’être tué ; sans limite par défaut",
    },
    applies: Applies::Services,
    takes_effect: TakesEffect::AtOnce,
    ..DEADLINE
};
