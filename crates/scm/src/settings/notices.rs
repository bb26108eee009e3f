//! The rows of the settings about who is told what happens to a service (X86, X87); `extensions` names them in the
//! table.

use relance_texts::setting;

use super::delays::AFTER_A_FAILURE;
use super::{Setting, System, Value, ValueType, Words};

pub(super) const NOTIFY: Setting = Setting {
    key: "notify",
    option: "notify",
    value: ValueType::Notify,
    default: || Value::List(Box::default()),
    label: Words {
        en: "Notify",
        fr: "Prévenir",
    },
    about: Words {
        en: "Who is told what happens to it, by the name of a target, like ops or ops=give-up,recovery (or failure, \
             flapping, still-down, recycling, all); nobody: nobody is; the file of targets decides if not set",
        fr: "Qui est prévenu de ce qui lui arrive, par le nom d’une destination, comme ops ou ops=give-up,recovery (ou \
             failure, flapping, still-down, recycling, all) ; nobody : personne ; par défaut, le fichier des \
             destinations décide",
    },
    system: System::Linux(setting::WINDOWS_NO_NOTIFY),
    ..AFTER_A_FAILURE
};

pub(super) const NOTIFY_DOWN_AFTER: Setting = Setting {
    key: "notify_down_after_ms",
    option: "notify-down-after",
    value: ValueType::OptionalDuration,
    label: Words {
        en: "Still down after",
        fr: "Toujours arrêté après",
    },
    about: Words {
        en: "How long after a failure somebody is told that it is still down; what the file of targets says if not set",
        fr: "Combien de temps après un échec on prévient qu’il est toujours arrêté ; par défaut, ce que dit le fichier \
             des destinations",
    },
    system: System::Linux(setting::WINDOWS_NO_NOTIFY),
    ..AFTER_A_FAILURE
};
