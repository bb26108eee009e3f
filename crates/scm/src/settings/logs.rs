//! The rows about log files and where else output goes; `extensions` names them in the table.

use relance_texts::setting;

use crate::config::{Extensions, OutputMode};

use super::{EXTENSION, SetBy, Setting, Subject, System, Value, ValueType, Words};

/// The value of [`STDERR`](super::STDERR) if standard error goes to the same place as the output.
pub const STDERR_TOGETHER: &str = "output";

/// Where standard error goes: a word of [`STDERR`](super::STDERR), also where that is not set (X65). Two streams
/// with one file go together, so that they are in it in the order in which they were printed.
#[must_use]
pub fn stderr_of(extensions: &Extensions) -> &'static str {
    match extensions.get(super::STDERR) {
        "" | FILE if has_one_file(extensions) => STDERR_TOGETHER,
        "" if extensions.get(super::STDERR_FILE).is_some() => FILE,
        "" => STDERR_TOGETHER,
        word => word,
    }
}

const FILE: &str = OutputMode::File.name();

/// Whether one file is named for both streams.
#[must_use]
pub fn has_one_file(extensions: &Extensions) -> bool {
    let errors = extensions.get(super::STDERR_FILE);
    errors.is_some() && errors == extensions.get(super::STDOUT_FILE)
}

pub(super) const OUTPUT_COPY: Setting = Setting {
    subject: Subject::Output,
    key: "output_copy",
    option: "output-copy",
    value: ValueType::OptionalChoice(&["none", "stdout", "journal", "syslog"]),
    label: Words {
        en: "Copy of the output",
        fr: "Copie de la sortie",
    },
    about: Words {
        en: "Where the output goes too, line by line: stdout, journal, syslog or none; the manager's \
             own setting if not set",
        fr: "Où va aussi la sortie, ligne par ligne : stdout, journal, syslog ou none ; le réglage du gestionnaire par défaut",
    },
    system: System::Linux(setting::WINDOWS_ONE_FILE),
    ..EXTENSION
};

pub(super) const STDOUT_FILE: Setting = Setting {
    subject: Subject::Output,
    key: "stdout_file",
    option: "stdout-file",
    value: ValueType::Path,
    label: Words {
        en: "File of the output",
        fr: "Fichier de la sortie",
    },
    about: Words {
        en: "The log file of the output, with its whole path; NAME.log in the log folder if not set",
        fr: "Le fichier journal de la sortie, avec son chemin complet ; NOM.log dans le dossier des journaux par défaut",
    },
    system: System::Linux(setting::WINDOWS_ONE_FILE),
    set_by: SetBy::Administrators(setting::ADMINISTRATORS_LOG_PLACE),
    ..EXTENSION
};

pub(super) const STDERR: Setting = Setting {
    subject: Subject::Output,
    key: "stderr",
    option: "stderr",
    value: ValueType::OptionalChoice(&["output", "file", "null", "stderr", "journal", "syslog"]),
    label: Words {
        en: "Standard error",
        fr: "Sortie d’erreur",
    },
    about: Words {
        en: "Where standard error goes: with the output, or apart to file (NAME+stderr.log), null, stderr (of the \
             manager), journal or syslog; with the output if not set, or to --stderr-file if that is",
        fr: "Où va la sortie d’erreur : avec la sortie (output), ou à part vers file (NOM+stderr.log), null, stderr \
             (celle du gestionnaire), journal ou syslog ; avec la sortie par défaut, ou vers --stderr-file s’il est donné",
    },
    system: System::Linux(setting::WINDOWS_ONE_FILE),
    ..EXTENSION
};

pub(super) const STDERR_FILE: Setting = Setting {
    subject: Subject::Output,
    key: "stderr_file",
    option: "stderr-file",
    value: ValueType::Path,
    label: Words {
        en: "File of standard error",
        fr: "Fichier de la sortie d’erreur",
    },
    about: Words {
        en: "The log file of standard error, which is kept apart then; with its whole path",
        fr: "Le fichier journal de la sortie d’erreur, qui est alors tenue à part ; avec son chemin complet",
    },
    system: System::Linux(setting::WINDOWS_ONE_FILE),
    set_by: SetBy::Administrators(setting::ADMINISTRATORS_LOG_PLACE),
    ..EXTENSION
};

pub(super) const LOG_TIMESTAMPS: Setting = Setting {
    subject: Subject::Output,
    key: "log_timestamps",
    option: "log-timestamps",
    value: ValueType::Flag,
    default: || Value::Flag(false),
    label: Words {
        en: "Time stamps",
        fr: "Horodatage",
    },
    about: Words {
        en: "Whether each line in the log file begins with the time it came, like 2026-11-28T09:30:00.123Z",
        fr: "Si chaque ligne du fichier journal commence par l’heure de son arrivée, comme 2026-11-28T09:30:00.123Z",
    },
    system: System::Linux(setting::WINDOWS_NO_TIME),
    ..EXTENSION
};

pub(super) const LOG_MAX_SIZE: Setting = Setting {
    subject: Subject::Output,
    key: "log_max_size",
    option: "log-max-size",
    value: ValueType::Size,
    label: Words {
        en: "Rotate at size",
        fr: "Rotation par taille",
    },
    about: Words {
        en: "A log file that grows longer than this is put aside; the manager's own setting (10M) if not set",
        fr: "Un fichier journal plus long est mis de côté ; le réglage du gestionnaire (10M) par défaut",
    },
    ..EXTENSION
};

pub(super) const LOG_MAX_AGE: Setting = Setting {
    subject: Subject::Output,
    key: "log_max_age_ms",
    option: "log-max-age",
    value: ValueType::OptionalDuration,
    label: Words {
        en: "Rotate at age",
        fr: "Rotation par âge",
    },
    about: Words {
        en: "A log file that is older than this is put aside before the next line; never if not set",
        fr: "Un fichier journal commencé il y a plus longtemps est mis de côté avant la ligne suivante ; jamais par défaut",
    },
    system: System::Linux(setting::WINDOWS_BY_SIZE),
    ..EXTENSION
};

pub(super) const LOG_ROTATE_AT_START: Setting = Setting {
    subject: Subject::Output,
    key: "log_rotate_at_start",
    option: "log-rotate-at-start",
    value: ValueType::Flag,
    default: || Value::Flag(false),
    label: Words {
        en: "Rotate at start",
        fr: "Rotation au démarrage",
    },
    about: Words {
        en: "Whether each start of the service begins a new log file",
        fr: "Si chaque démarrage du service commence un nouveau fichier journal",
    },
    ..EXTENSION
};

pub(super) const LOG_FILES: Setting = Setting {
    subject: Subject::Output,
    key: "log_files",
    option: "log-files",
    value: ValueType::Number(0, 1000),
    label: Words {
        en: "Old log files",
        fr: "Anciens fichiers journaux",
    },
    about: Words {
        en: "How many log files that were put aside are kept; the manager's own setting (3) if not set",
        fr: "Combien de fichiers journaux mis de côté sont gardés ; le réglage du gestionnaire (3) par défaut",
    },
    ..EXTENSION
};

pub(super) const LOG_COMPRESS: Setting = Setting {
    subject: Subject::Output,
    key: "log_compress",
    option: "log-compress",
    value: ValueType::Flag,
    default: || Value::Flag(false),
    label: Words {
        en: "Compress old log files",
        fr: "Compresser les anciens journaux",
    },
    about: Words {
        en: "Whether log files that were put aside are compressed (gzip)",
        fr: "Si les fichiers journaux mis de côté sont compressés (gzip)",
    },
    system: System::Linux(setting::WINDOWS_NO_COMPRESSION),
    ..EXTENSION
};

pub(super) const LOG_OWNER: Setting = Setting {
    subject: Subject::Output,
    key: "log_owner",
    option: "log-owner",
    value: ValueType::Text,
    label: Words {
        en: "Owner of log files",
        fr: "Propriétaire des journaux",
    },
    about: Words {
        en: "The user that owns the log file and can read it; that of the manager if not set",
        fr: "L’utilisateur à qui appartient le fichier journal, et qui peut le lire ; celui du gestionnaire par défaut",
    },
    system: System::Linux(setting::WINDOWS_NO_OWNER),
    set_by: SetBy::Administrators(setting::ADMINISTRATORS_LOG_OWNER),
    ..EXTENSION
};

pub(super) const LOG_GROUP: Setting = Setting {
    subject: Subject::Output,
    key: "log_group",
    option: "log-group",
    value: ValueType::Text,
    label: Words {
        en: "Group of log files",
        fr: "Groupe des journaux",
    },
    about: Words {
        en: "The group that may read the log file; that of the manager if not set",
        fr: "Le groupe qui peut lire le fichier journal ; celui du gestionnaire par défaut",
    },
    system: System::Linux(setting::WINDOWS_NO_GROUP),
    set_by: SetBy::Administrators(setting::ADMINISTRATORS_LOG_OWNER),
    ..EXTENSION
};

pub(super) const LOG_MODE: Setting = Setting {
    subject: Subject::Output,
    key: "log_mode",
    option: "log-mode",
    value: ValueType::Octal(0o666),
    label: Words {
        en: "Mode of log files",
        fr: "Mode des journaux",
    },
    about: Words {
        en: "Who may read and write the log file, like 644; 640 if not set",
        fr: "Qui peut lire et écrire le fichier journal, comme 644 ; 640 par défaut",
    },
    set_by: SetBy::Administrators(setting::ADMINISTRATORS_LOG_MODE),
    system: System::Linux(setting::WINDOWS_NO_MODES),
    ..EXTENSION
};
