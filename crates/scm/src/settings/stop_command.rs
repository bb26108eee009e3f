//! The row of the command that stops a program (X25).

use relance_texts::setting;

use super::{Applies, EXTENSION, Setting, Subject, System, TakesEffect, ValueType, Words};

pub(super) const STOP_COMMAND: Setting = Setting {
    subject: Subject::Stop,
    key: "stop_command",
    option: "stop-command",
    value: ValueType::Text,
    label: Words {
        en: "Stop command",
        fr: "Commande d’arrêt",
    },
    about: Words {
        en: "A command that stops a program, run instead of the stop signal; MAINPID is its process. If it fails, or has not ended after half of the stop grace, the signal follows",
        fr: "Une commande qui arrête un programme, lancée au lieu du signal d’arrêt ; MAINPID est son processus. Si elle échoue, ou n’est pas finie à la moitié du délai d’arrêt, le signal suit",
    },
    applies: Applies::ProgramsOnly(setting::STOP_COMMAND_PROGRAMS),
    system: System::Linux(setting::WINDOWS_STOP_COMMAND),
    takes_effect: TakesEffect::AtOnce,
    ..EXTENSION
};
