//! The row of the setting that names the policy of a service (X101); `extensions` names it in the table.

use relance_texts::setting;

use super::delays::AFTER_A_FAILURE;
use super::{Setting, System, ValueType, Words};

pub(super) const RECOVERY_POLICY: Setting = Setting {
    key: "recovery_policy",
    option: "policy",
    value: ValueType::PolicyName,
    label: Words {
        en: "Policy",
        fr: "Politique",
    },
    about: Words {
        en: "The named policy (relance policy) that says what follows a failure, for this service as for all that use it; \
             none: the settings become its own",
        fr: "La politique nommée (relance policy) qui dit ce qui suit un échec, pour ce service comme pour tous ceux qui \
             l’utilisent ; none : les réglages deviennent les siens",
    },
    system: System::Linux(setting::WINDOWS_NO_POLICIES),
    ..AFTER_A_FAILURE
};
