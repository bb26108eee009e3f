//! The rows about what a run may use together (control groups, X53); `extensions` names them in the table.

use relance_texts::setting;

use super::{Setting, Subject, Value, ValueType, Words, linux_at_once};
use crate::controllers::Controller;

const LIMIT: Setting = linux_at_once(setting::WINDOWS_NO_GROUPS);

pub(super) const MEMORY_HIGH: Setting = Setting {
    subject: Subject::Limits,
    key: "memory_high",
    option: "memory-high",
    value: ValueType::Size,
    label: Words {
        en: "Memory, slowed down above",
        fr: "Mémoire, ralenti au-delà de",
    },
    about: Words {
        en: "When all its processes together use more memory than this, they are slowed down and \
             memory is taken back from them",
        fr: "Au-delà, tous ses processus ensemble sont ralentis et leur mémoire est reprise",
    },
    controller: Some(Controller::Memory),
    ..LIMIT
};

pub(super) const MEMORY_MAX: Setting = Setting {
    subject: Subject::Limits,
    key: "memory_max",
    option: "memory-max",
    value: ValueType::Size,
    label: Words {
        en: "Memory, at most",
        fr: "Mémoire, au plus",
    },
    about: Words {
        en: "How much memory all its processes may have together; the kernel kills what needs more",
        fr: "La mémoire que tous ses processus peuvent avoir ensemble ; le noyau tue ce qui en demande plus",
    },
    controller: Some(Controller::Memory),
    ..LIMIT
};

pub(super) const SWAP_MAX: Setting = Setting {
    subject: Subject::Limits,
    key: "swap_max",
    option: "swap-max",
    value: ValueType::SizeOrZero,
    label: Words {
        en: "Swap, at most",
        fr: "Échange, au plus",
    },
    about: Words {
        en: "How much of their memory may be swapped out; 0 for none",
        fr: "La part de leur mémoire qui peut être échangée sur disque ; 0 pour aucune",
    },
    controller: Some(Controller::Memory),
    ..LIMIT
};

pub(super) const OOM_GROUP: Setting = Setting {
    subject: Subject::Limits,
    key: "oom_group",
    option: "oom-group",
    value: ValueType::Flag,
    default: || Value::Flag(false),
    label: Words {
        en: "Out of memory ends all",
        fr: "Manque de mémoire : tout finit",
    },
    about: Words {
        en: "Whether the kernel kills all its processes when memory runs out, and not only one of them",
        fr: "Si le noyau tue tous ses processus quand la mémoire manque, et pas seulement l’un d’eux",
    },
    controller: Some(Controller::Memory),
    ..LIMIT
};

pub(super) const CPU_WEIGHT: Setting = Setting {
    subject: Subject::Limits,
    key: "cpu_weight",
    option: "cpu-weight",
    value: ValueType::Number(1, 10_000),
    label: Words {
        en: "Processor weight",
        fr: "Poids processeur",
    },
    about: Words {
        en: "Its share of busy processors against that of others, which have 100 if nothing is set",
        fr: "Sa part des processeurs occupés face à celle des autres, qui ont 100 par défaut",
    },
    controller: Some(Controller::Cpu),
    ..LIMIT
};

pub(super) const CPU_QUOTA: Setting = Setting {
    subject: Subject::Limits,
    key: "cpu_quota",
    option: "cpu-quota",
    value: ValueType::Percent(1, 100_000),
    label: Words {
        en: "Processor time, at most",
        fr: "Temps processeur, au plus",
    },
    about: Words {
        en: "How much of one processor it may use: 50% is half of one, 200% is two of them",
        fr: "Ce qu’il peut utiliser d’un processeur : 50% en est la moitié, 200% en fait deux",
    },
    controller: Some(Controller::Cpu),
    ..LIMIT
};

pub(super) const TASKS_MAX: Setting = Setting {
    subject: Subject::Limits,
    key: "tasks_max",
    option: "tasks-max",
    value: ValueType::Number(1, 4_194_304),
    label: Words {
        en: "Processes and threads, at most",
        fr: "Processus et fils d’exécution, au plus",
    },
    about: Words {
        en: "How many processes and threads it may have at a time; more cannot be created",
        fr: "Combien de processus et de fils d’exécution il peut avoir à la fois ; il ne peut en créer plus",
    },
    controller: Some(Controller::Pids),
    ..LIMIT
};

pub(super) const IO_WEIGHT: Setting = Setting {
    subject: Subject::Limits,
    key: "io_weight",
    option: "io-weight",
    value: ValueType::Number(1, 10_000),
    label: Words {
        en: "Disk weight",
        fr: "Poids disque",
    },
    about: Words {
        en: "Its share of busy disks against that of others, which have 100 if nothing is set",
        fr: "Sa part des disques occupés face à celle des autres, qui ont 100 par défaut",
    },
    controller: Some(Controller::Io),
    ..LIMIT
};
