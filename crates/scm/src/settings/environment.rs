//! The rows of the settings about variables that come from elsewhere.

use relance_texts::setting;

use super::{EXTENSION, SetBy, Setting, Subject, System, Value, ValueType, Words};

pub(super) const ENVIRONMENT_FILES: Setting = Setting {
    subject: Subject::Process,
    key: "environment_files",
    option: "env-file",
    value: ValueType::List,
    default: || Value::List(Box::default()),
    label: Words {
        en: "Environment files",
        fr: "Fichiers d’environnement",
    },
    about: Words {
        en: "A file with NAME=value lines, read at each start; - before the path if it may be missing",
        fr: "Un fichier de lignes NOM=valeur, lu à chaque démarrage ; - devant le chemin s’il peut manquer",
    },
    system: System::Linux(setting::WINDOWS_NO_FILES),
    set_by: SetBy::Administrators(setting::ADMINISTRATORS_FILE),
    ..EXTENSION
};

pub(super) const PASS_ENVIRONMENT: Setting = Setting {
    subject: Subject::Process,
    key: "pass_environment",
    option: "pass-env",
    value: ValueType::List,
    default: || Value::List(Box::default()),
    label: Words {
        en: "Variables passed on",
        fr: "Variables transmises",
    },
    about: Words {
        en: "A variable of the manager's own environment that the process gets, by name or as APP_*",
        fr: "Une variable de l’environnement du gestionnaire que reçoit le processus, par son nom ou comme APP_*",
    },
    system: System::Linux(setting::WINDOWS_ENVIRONMENT),
    set_by: SetBy::Administrators(setting::ADMINISTRATORS_ENVIRONMENT),
    ..EXTENSION
};
