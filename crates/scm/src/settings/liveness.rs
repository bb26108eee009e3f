//! Settings of the signs of life that a service gives.

use relance_texts::setting;

use super::{EXTENSION, Setting, System, ValueType, Words};

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
