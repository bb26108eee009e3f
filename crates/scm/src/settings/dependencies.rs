//! The row of the setting about services that this one needs.

use relance_texts::setting;

use super::{EXTENSION, Setting, Subject, System, TakesEffect, Value, ValueType, Words};

pub(super) const WHEN_DEPENDENCY_FAILS: Setting = Setting {
    subject: Subject::Start,
    key: "when_dependency_fails",
    option: "when-dependency-fails",
    value: ValueType::Choice(&["alone", "held", "restart"]),
    default: || Value::Choice("alone"),
    label: Words {
        en: "When a dependency fails",
        fr: "Quand une dépendance échoue",
    },
    about: Words {
        en: "What happens when a service that it needs goes down: alone (nothing), held (its own \
             ends do not count, and it starts \
             when that is back) or restart (it is stopped as well, and starts when that is back)",
        fr: "Quand ce dont il a besoin est arrêté : alone (rien), held (ses propres fins ne comptent pas, et il démarre \
             à son retour) ou restart (il est arrêté aussi, et démarre à son retour)",
    },
    system: System::Linux(setting::WINDOWS_NO_DEPENDENTS),
    takes_effect: TakesEffect::AtOnce,
    ..EXTENSION
};
