//! The rows of the settings about budgets of recovery (X96, X97); `extensions` names them in the table. Those of the whole
//! machine are settings of the manager.

use relance_texts::setting;

use super::delays::AFTER_A_FAILURE;
use super::{Setting, System, TakesEffect, ValueType, Words};

pub(super) const QUIET_HOURS: Setting = Setting {
    key: "quiet_hours",
    option: "quiet-hours",
    value: ValueType::QuietHours,
    takes_effect: TakesEffect::AtOnce,
    label: Words {
        en: "Quiet hours",
        fr: "Heures calmes",
    },
    about: Words {
        en: "Hours of each day, like 02:00-04:00, in which no restart, command or reboot follows a failure: it waits until \
             they end. In the machine’s time zone",
        fr: "Heures de chaque jour, comme 02:00-04:00, pendant lesquelles ni redémarrage ni commande ne suivent un échec : \
             l’action attend leur fin. Dans le fuseau de la machine",
    },
    ..AFTER_A_FAILURE
};

pub(super) const RESTART_GROUP: Setting = Setting {
    key: "restart_group",
    option: "restart-group",
    system: System::Linux(setting::WINDOWS_NO_RESTART_GROUPS),
    value: ValueType::Text,
    takes_effect: TakesEffect::AtOnce,
    label: Words {
        en: "Group for restarts",
        fr: "Groupe de redémarrage",
    },
    about: Words {
        en: "A name that services share: a restart after a failure waits while another service of the group starts, \
             at most 5 min",
        fr: "Un nom que des services partagent : un redémarrage après un échec attend tant qu’un autre service du groupe \
             démarre, au plus 5 min",
    },
    ..AFTER_A_FAILURE
};
