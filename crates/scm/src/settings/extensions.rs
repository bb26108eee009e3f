//! Settings that Windows does not have; each is off or neutral by default.

use std::time::Duration;

use super::{
    Applies, Key, NEUTRAL, Section, SetBy, Setting, System, TakesEffect, Typed, Value, ValueType,
    Words,
};
use crate::config::Affinity;

macro_rules! extensions {
    ($($(#[$about:meta])* $name:ident: $type:ty = $setting:expr;)+) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "positions, named as the keys")]
        enum Position { $($name),+ }

        $($(#[$about])* pub const $name: Key<$type> = Key::new(Position::$name as usize);)+

        /// All settings that Windows does not have, in the order in which people are shown them.
        pub static EXTENSIONS: &[Setting] = &[$($setting),+];
    };
}

const EXTENSION: Setting = Setting {
    section: Section::Extensions,
    ..NEUTRAL
};

extensions! {
    /// Folder in which the process starts; not set: `/`.
    WORKING_DIRECTORY: Option<Box<str>> = Setting {
        key: "working_directory",
        option: "working-directory",
        value: ValueType::Path,
        label: Words { en: "Working directory", fr: "Dossier de travail" },
        about: Words {
            en: "The folder in which the process starts; / if not set",
            fr: "Le dossier dans lequel le processus démarre ; / par défaut",
        },
        ..EXTENSION
    };
    /// Where the output of the process goes: an [`OutputMode`](crate::config::OutputMode).
    OUTPUT: &'static str = Setting {
        key: "output",
        option: "output",
        value: ValueType::Choice(&["file", "null"]),
        default: || "file".into_value(),
        label: Words { en: "Output", fr: "Sortie" },
        about: Words {
            en: "Where the output goes: file (a log file of the service), or null (thrown away)",
            fr: "Où va la sortie : file (un fichier journal du service) ou null (jetée)",
        },
        ..EXTENSION
    };
    /// Number of the signal that asks a program to stop.
    STOP_SIGNAL: u8 = Setting {
        key: "stop_signal",
        option: "stop-signal",
        value: ValueType::Signal,
        default: || Value::Signal(15),
        label: Words { en: "Stop signal", fr: "Signal d’arrêt" },
        about: Words {
            en: "The signal that asks a program to stop",
            fr: "Le signal qui demande à un programme de s’arrêter",
        },
        applies: Applies::Programs,
        system: System::Linux(
            "Windows has no signals; leave out the stop signal: a program is asked to stop by \
             Ctrl-Break and WM_CLOSE",
        ),
        takes_effect: TakesEffect::AtOnce,
        ..EXTENSION
    };
    /// How long a program may take after that signal, before its whole tree is killed.
    STOP_GRACE: Duration = Setting {
        key: "stop_grace_ms",
        option: "stop-grace",
        value: ValueType::Duration,
        default: || Duration::from_secs(10).into_value(),
        label: Words { en: "Stop grace", fr: "Délai d’arrêt" },
        about: Words {
            en: "How long a program may take to stop before it is killed",
            fr: "Le temps accordé à un programme pour s’arrêter avant d’être tué",
        },
        applies: Applies::Programs,
        takes_effect: TakesEffect::AtOnce,
        ..EXTENSION
    };
    /// Exit statuses with which a program asks to be started again at once: no failure, not counted
    /// (X2).
    RESTART_ON_EXIT: Box<[u8]> = Setting {
        key: "restart_on_exit",
        option: "restart-on-exit",
        value: ValueType::Statuses,
        default: || Value::Statuses(Box::default()),
        label: Words {
            en: "Restart on exit status",
            fr: "Redémarrage selon le code de sortie",
        },
        about: Words {
            en: "Exit statuses with which a program asks to be started again at once, not counted \
                 as failures, like 0,75",
            fr: "Codes de sortie par lesquels un programme demande à être redémarré aussitôt, non \
                 comptés comme échecs, comme 0,75",
        },
        applies: Applies::ProgramsOnly(
            "restart-on-exit is for programs; a service says with its exit code how it ended",
        ),
        takes_effect: TakesEffect::NextFailure,
        ..EXTENSION
    };
    /// The processors that the process may run on; not set: all that its manager may.
    AFFINITY: Option<Affinity> = Setting {
        key: "affinity",
        option: "affinity",
        value: ValueType::Processors,
        label: Words { en: "Processors", fr: "Processeurs" },
        about: Words {
            en: "Processors the process may run on, like 0-3,6; all if not set",
            fr: "Processeurs sur lesquels le processus peut tourner, comme 0-3,6 ; tous par défaut",
        },
        ..EXTENSION
    };
    /// The mask of file modes of the process; not set: 022.
    UMASK: Option<u64> = Setting {
        key: "umask",
        option: "umask",
        value: ValueType::Octal(0o777),
        label: Words { en: "Umask", fr: "Umask" },
        about: Words {
            en: "Which rights new files of the process do not get, like 027; 022 if not set",
            fr: "Les droits que n’ont pas les nouveaux fichiers du processus, comme 027 ; 022 par défaut",
        },
        system: System::Linux(
            "Windows has no umask; leave it out, and give the folder the rights that its files are to have",
        ),
        ..EXTENSION
    };
    /// How many descriptors the process may have open; not set: what the daemon was started with.
    LIMIT_NOFILE: Option<u64> = Setting {
        key: "limit_nofile",
        option: "limit-nofile",
        value: ValueType::Number(1, 1 << 30),
        label: Words { en: "Open files", fr: "Fichiers ouverts" },
        about: Words {
            en: "How many files and sockets the process may have open; the limit of the daemon if not set",
            fr: "Combien de fichiers et de sockets le processus peut ouvrir ; la limite du démon par défaut",
        },
        system: System::Linux("Windows does not limit open files; leave it out"),
        ..EXTENSION
    };
    /// Files with variables, read at each start (X10).
    ENVIRONMENT_FILES: Box<[Box<str>]> = Setting {
        key: "environment_files",
        option: "env-file",
        value: ValueType::List,
        default: || Value::List(Box::default()),
        label: Words { en: "Environment files", fr: "Fichiers d’environnement" },
        about: Words {
            en: "A file with NAME=value lines, read at each start; - before the path if it may be missing",
            fr: "Un fichier de lignes NOM=valeur, lu à chaque démarrage ; - devant le chemin s’il peut manquer",
        },
        system: System::Linux(
            "relance host does not read environment files; give the variables one by one (--env)",
        ),
        set_by: SetBy::Administrators(
            "the manager reads an environment file with its own rights, so only an administrator may \
             name one",
        ),
        ..EXTENSION
    };
}
