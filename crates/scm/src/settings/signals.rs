//! The rows of the settings about signals: those for controls (X23), and the one of the kernel.

use relance_texts::setting;

use super::{Applies, EXTENSION, Setting, Subject, System, TakesEffect, ValueType, Words};

pub(super) const RELOAD_SIGNAL: Setting = Setting {
    subject: Subject::Stop,
    key: "reload_signal",
    option: "reload-signal",
    value: ValueType::OptionalSignal,
    label: Words {
        en: "Reload signal",
        fr: "Signal de relecture",
    },
    about: Words {
        en: "The signal that has a program read its settings again, like HUP: relance reload sends it",
        fr: "Le signal qui fait relire ses réglages à un programme, comme HUP : relance reload l’envoie",
    },
    applies: Applies::ProgramsOnly(setting::RELOAD_SIGNAL_PROGRAMS),
    system: System::Linux(setting::WINDOWS_RELOAD_SIGNAL),
    takes_effect: TakesEffect::AtOnce,
    ..EXTENSION
};

pub(super) const CONTROL_SIGNALS: Setting = Setting {
    subject: Subject::Stop,
    key: "control_signals",
    option: "control-signals",
    value: ValueType::ControlSignals,
    label: Words {
        en: "Signals of controls",
        fr: "Signaux des commandes",
    },
    about: Words {
        en: "Which signals a program gets for the controls 128 to 255, like 200=USR1,201=USR2",
        fr: "Les signaux qu’un programme reçoit pour les commandes 128 à 255, comme 200=USR1,201=USR2",
    },
    applies: Applies::ProgramsOnly(setting::CONTROL_SIGNALS_PROGRAMS),
    system: System::Linux(setting::WINDOWS_SIGNALS),
    takes_effect: TakesEffect::AtOnce,
    ..EXTENSION
};

pub(super) const PARENT_DEATH_SIGNAL: Setting = Setting {
    subject: Subject::Rights,
    key: "parent_death_signal",
    option: "parent-death-signal",
    value: ValueType::OptionalSignal,
    label: Words {
        en: "Signal when the manager dies",
        fr: "Signal à la mort du gestionnaire",
    },
    about: Words {
        en: "The signal the kernel sends it when the manager is killed, like KILL; if not set it goes on, and the next \
             manager takes it over",
        fr: "Le signal que le noyau lui envoie quand le gestionnaire est tué, comme KILL ; par défaut il continue, et \
             le gestionnaire suivant le reprend",
    },
    system: System::Linux(setting::WINDOWS_NO_PARENT),
    ..EXTENSION
};
