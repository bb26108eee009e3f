//! The rows about log files and where else output goes; `extensions` names them in the table.

use relance_texts::setting;

use super::{EXTENSION, SetBy, Setting, Subject, System, Value, ValueType, Words};

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
        en: "Where the output goes too, line by line: stdout, journal, syslog or none; what the manager is set to if not set",
        fr: "Où va aussi la sortie, ligne par ligne : stdout, journal, syslog ou none ; le réglage du gestionnaire par défaut",
    },
    system: System::Linux(setting::WINDOWS_ONE_FILE),
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
        en: "A log file that is longer is put aside; what the manager is set to (10M) if not set",
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
        en: "A log file that was begun longer ago is put aside before the next line; never if not set",
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
        en: "How many log files that were put aside are kept; what the manager is set to (3) if not set",
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
        en: "The user to whom the log file belongs, who can read it; that of the manager if not set",
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
