//! Settings that Windows does not have; each is off or neutral by default.

use std::time::Duration;

use relance_texts::setting;

use super::{
    Applies, EXTENSION, Key, SetBy, Setting, Subject, System, TakesEffect, Typed, Value, ValueType,
    Words, budgets, ceilings, deadlines, delays, dependencies, environment, limits, liveness, logs,
    notices, policies, rlimits, schedules, signals, stop_command,
};
use crate::config::{
    Affinity, Backoff, Capabilities, ControlSignals, Limit, Probe, Readiness, Rules,
};
use crate::notice::Notify;

extensions! {
    /// Folder in which the process starts; not set: `/`.
    WORKING_DIRECTORY: Option<Box<str>> = Setting {
        subject: Subject::Process,
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
        subject: Subject::Output,
        key: "output",
        option: "output",
        value: ValueType::Choice(&["file", "null", "stdout", "journal", "syslog"]),
        default: || "file".into_value(),
        label: Words { en: "Output", fr: "Sortie" },
        about: Words {
            en: "Where the output goes: file (a log file of the service), null (thrown away), stdout (of the \
                 manager, with the name in front), journal (systemd’s) or syslog",
            fr: "Où va la sortie : file (un fichier journal du service), null (jetée), stdout (celle du \
                 gestionnaire, précédée du nom), journal (celui de systemd) ou syslog",
        },
        ..EXTENSION
    };
    /// Number of the signal that asks a program to stop.
    STOP_SIGNAL: u8 = Setting {
        subject: Subject::Stop,
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
        system: System::Linux(setting::WINDOWS_STOP_SIGNAL),
        takes_effect: TakesEffect::AtOnce,
        ..EXTENSION
    };
    /// A command that is run instead of that signal (X25).
    STOP_COMMAND: Option<Box<str>> = stop_command::STOP_COMMAND;
    /// Number of the signal that has a program read its settings again (X23).
    RELOAD_SIGNAL: Option<u8> = signals::RELOAD_SIGNAL;
    /// Which signals controls from 128 to 255 stand for (X23).
    CONTROL_SIGNALS: Option<ControlSignals> = signals::CONTROL_SIGNALS;
    /// How long a program may take after that signal, before its whole tree is killed.
    STOP_GRACE: Duration = Setting {
        subject: Subject::Stop,
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
    /// Exit statuses with which a service asks to be started again: no failure, not counted (X2).
    RESTART_ON_EXIT: Box<[u8]> = Setting {
        subject: Subject::Exits,
        key: "restart_on_exit",
        option: "restart-on-exit",
        value: ValueType::Statuses,
        default: || Value::Statuses(Box::default()),
        label: Words { en: "Restart on exit status", fr: "Redémarrage selon le code de sortie" },
        about: Words {
            en: "Exit statuses (of a service: codes of STOPPED) after which it is started again and \
                 no failure is counted, like 0,75",
            fr: "Codes de sortie (d’un service : de STOPPED) qui demandent un redémarrage, non comptés, comme 0,75",
        },
        takes_effect: TakesEffect::NextFailure,
        ..EXTENSION
    };
    /// How long such a restart waits; 0: not at all (X2).
    RESTART_ON_EXIT_DELAY: Duration = Setting {
        subject: Subject::Exits,
        key: "restart_on_exit_delay_ms",
        option: "restart-on-exit-delay",
        value: ValueType::Duration,
        default: || Duration::ZERO.into_value(),
        label: Words { en: "Delay of a restart on exit", fr: "Délai d’un redémarrage sur code de sortie" },
        about: Words {
            en: "How long it waits before a restart that the exit status asks for",
            fr: "Le temps d’attente avant un redémarrage demandé par le code de sortie",
        },
        system: System::Hosted(setting::WINDOWS_NO_EXITS),
        takes_effect: TakesEffect::NextFailure,
        ..EXTENSION
    };
    /// How many such restarts there may be within [`RESTART_ON_EXIT_PERIOD`]; not set: any number (X11).
    RESTART_ON_EXIT_LIMIT: Option<u64> = Setting {
        subject: Subject::Exits,
        key: "restart_on_exit_limit",
        option: "restart-on-exit-limit",
        value: ValueType::Number(1, 1_000_000),
        label: Words { en: "Limit of restarts on exit", fr: "Limite des redémarrages sur code de sortie" },
        about: Words {
            en: "How often the exit status may ask for a restart within the period; one more is a \
                 failure, with the recovery action that follows one; no limit if not set",
            fr: "Combien de fois le code de sortie peut demander un redémarrage pendant la période ; \
                 une fois de plus est un échec, suivi de l’action prévue ; sans limite par défaut",
        },
        system: System::Hosted(setting::WINDOWS_NO_EXITS),
        takes_effect: TakesEffect::NextFailure,
        ..EXTENSION
    };
    /// The period of that limit (X11).
    RESTART_ON_EXIT_PERIOD: Duration = Setting {
        subject: Subject::Exits,
        key: "restart_on_exit_period_ms",
        option: "restart-on-exit-period",
        value: ValueType::Duration,
        default: || Duration::from_secs(60).into_value(),
        label: Words { en: "Period of the limit of restarts on exit", fr: "Période de la limite sur code de sortie" },
        about: Words {
            en: "The time in which the restarts that exit statuses asked for are counted",
            fr: "Le temps pendant lequel on compte les redémarrages demandés par le code de sortie",
        },
        system: System::Hosted(setting::WINDOWS_NO_EXITS),
        takes_effect: TakesEffect::NextFailure,
        ..EXTENSION
    };
    /// Exit statuses that are final: nothing follows them (X12).
    NO_RESTART_ON_EXIT: Box<[u8]> = Setting {
        subject: Subject::Exits,
        key: "no_restart_on_exit",
        option: "no-restart-on-exit",
        value: ValueType::Statuses,
        default: || Value::Statuses(Box::default()),
        label: Words { en: "Final exit statuses", fr: "Codes de sortie définitifs" },
        about: Words {
            en: "Exit statuses after which it stays stopped, without any recovery action, like \
                 78 for a broken configuration",
            fr: "Codes de sortie après lesquels il reste arrêté, quelles que soient les actions de \
                 récupération, comme 78 pour une configuration erronée",
        },
        system: System::Hosted(setting::WINDOWS_NO_EXITS),
        takes_effect: TakesEffect::NextFailure,
        ..EXTENSION
    };
    /// The only exit statuses that are failures; empty: all but 0 (X13).
    FAIL_ON_EXIT: Box<[u8]> = Setting {
        subject: Subject::Exits,
        key: "fail_on_exit",
        option: "fail-on-exit",
        value: ValueType::Statuses,
        default: || Value::Statuses(Box::default()),
        label: Words { en: "Failing exit statuses", fr: "Codes de sortie en échec" },
        about: Words {
            en: "The only exit statuses of a program that are failures, like 1; all but 0 if not set",
            fr: "Les seuls codes de sortie d’un programme qui sont des échecs, comme 1 ; tous sauf 0 par défaut",
        },
        applies: Applies::ProgramsOnly(setting::FAIL_ON_EXIT_PROGRAMS),
        system: System::Hosted(setting::WINDOWS_NO_EXITS),
        takes_effect: TakesEffect::NextFailure,
        ..EXTENSION
    };
    /// Whether a start that fails is a failure, with the action that follows one (X14).
    RETRY_FAILED_STARTS: bool = Setting {
        subject: Subject::Start,
        key: "retry_failed_starts",
        option: "retry-failed-starts",
        value: ValueType::Flag,
        default: || Value::Flag(false),
        label: Words { en: "Retry failed starts", fr: "Réessayer les démarrages échoués" },
        about: Words {
            en: "Whether a start that fails (program or folder missing, no connection) counts as a \
                 failure and is followed by the recovery actions; relance create sets it for programs",
            fr: "Si un démarrage qui échoue (programme absent, pas de connexion) compte comme un échec suivi \
                 des actions de récupération ; relance create l’active pour les programmes",
        },
        system: System::Hosted(setting::WINDOWS_NO_RETRIES),
        takes_effect: TakesEffect::AtOnce,
        ..EXTENSION
    };
    /// How long a program must stay up before it is RUNNING (X15).
    READY_AFTER: Duration = liveness::READY_AFTER;
    /// How a program says that it is ready; not set: it need not (X41).
    READY: Option<Readiness> = liveness::READY;
    /// How long a start may take until RUNNING; not set: as long as it likes (X16).
    START_DEADLINE: Option<Duration> = deadlines::START_DEADLINE;
    /// How long the stop of a service may take; not set: as long as it likes (X16).
    STOP_DEADLINE: Option<Duration> = deadlines::STOP_DEADLINE;
    /// The processors that the process may run on; not set: all that its manager may.
    AFFINITY: Option<Affinity> = Setting {
        subject: Subject::Limits,
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
    /// Groups that the process has besides those of its account.
    SUPPLEMENTARY_GROUPS: Box<[Box<str>]> = Setting {
        subject: Subject::Rights,
        key: "supplementary_groups",
        option: "supplementary-group",
        value: ValueType::List,
        default: || Value::List(Box::default()),
        label: Words { en: "Supplementary groups", fr: "Groupes supplémentaires" },
        about: Words {
            en: "A group that the process has besides those of its account",
            fr: "Un groupe que le processus a en plus de ceux de son compte",
        },
        system: System::Linux(setting::WINDOWS_GROUPS),
        ..EXTENSION
    };
    /// Whether the process, and what it starts, can never gain rights by executing a program (X50).
    NO_NEW_PRIVILEGES: bool = Setting {
        subject: Subject::Rights,
        key: "no_new_privileges",
        option: "no-new-privileges",
        value: ValueType::Flag,
        default: || Value::Flag(false),
        label: Words { en: "No new privileges", fr: "Aucun nouveau privilège" },
        about: Words {
            en: "Whether set-user-ID programs like sudo give the process no more rights than it has",
            fr: "Si les programmes set-user-ID comme sudo ne donnent au processus aucun droit de plus",
        },
        system: System::Linux(setting::WINDOWS_NO_SUCH_PROGRAMS),
        ..EXTENSION
    };
    /// The capabilities that the process keeps, and under an account that is not root gets (X50).
    CAPABILITIES: Option<Capabilities> = Setting {
        subject: Subject::Rights,
        key: "capabilities",
        option: "capabilities",
        value: ValueType::Capabilities,
        label: Words { en: "Capabilities", fr: "Capacités" },
        about: Words {
            en: "The only capabilities the process has, like net_bind_service for ports below 1024, or none",
            fr: "Les seules capacités du processus, comme net_bind_service pour les ports sous 1024, ou none",
        },
        system: System::Linux(setting::WINDOWS_PRIVILEGES),
        ..EXTENSION
    };
    /// Number of the signal that the kernel sends to the process when its parent, the guardian, ends (X46).
    PARENT_DEATH_SIGNAL: Option<u8> = signals::PARENT_DEATH_SIGNAL;
    /// How early the process is killed when the machine runs out of memory: its `oom_score_adj`.
    OOM_SCORE_ADJUST: Option<i32> = Setting {
        subject: Subject::Limits,
        key: "oom_score_adjust",
        option: "oom-score-adjust",
        value: ValueType::Integer(-1000, 1000),
        label: Words { en: "OOM score", fr: "Score OOM" },
        about: Words {
            en: "How early the kernel kills it when memory runs out: 1000 first, -1000 never; 0 if not set",
            fr: "À quel point le noyau le tue tôt si la mémoire manque : 1000 en premier, -1000 jamais ; 0 par défaut",
        },
        system: System::Linux(setting::WINDOWS_NO_OOM),
        ..EXTENSION
    };
    /// The class and level with which the process reads and writes disks (ionice(1)).
    IO_PRIORITY: Option<&'static str> = Setting {
        subject: Subject::Limits,
        key: "io_priority",
        option: "io-priority",
        value: ValueType::OptionalChoice(&[
            "idle", "best-effort/7", "best-effort/6", "best-effort/5", "best-effort/4",
            "best-effort/3", "best-effort/2", "best-effort/1", "best-effort/0", "realtime/7",
            "realtime/6", "realtime/5", "realtime/4", "realtime/3", "realtime/2", "realtime/1",
            "realtime/0",
        ]),
        label: Words { en: "I/O priority", fr: "Priorité d’E/S" },
        about: Words {
            en: "The priority of its disk access, from idle over best-effort/7 to realtime/0",
            fr: "Priorité de ses accès au disque, de idle à realtime/0 en passant par best-effort/7",
        },
        system: System::Linux(setting::WINDOWS_PRIORITY),
        ..EXTENSION
    };
    /// How the kernel shares the processors out to it (sched(7)).
    SCHEDULING: Option<&'static str> = Setting {
        subject: Subject::Limits,
        key: "scheduling",
        option: "scheduling",
        value: ValueType::OptionalChoice(&["other", "batch", "idle"]),
        label: Words { en: "Scheduling", fr: "Ordonnancement" },
        about: Words {
            en: "other (as usual), batch (long computations) or idle (only while nothing else runs)",
            fr: "other (comme d’habitude), batch (longs calculs) ou idle (seulement quand rien d’autre ne tourne)",
        },
        system: System::Linux(setting::WINDOWS_PRIORITY),
        ..EXTENSION
    };
    /// Whether the process has empty folders of its own at `/tmp` and `/var/tmp` (X51).
    PRIVATE_TMP: bool = Setting {
        subject: Subject::Rights,
        key: "private_tmp",
        option: "private-tmp",
        value: ValueType::Flag,
        default: || Value::Flag(false),
        label: Words { en: "Private /tmp", fr: "/tmp privé" },
        about: Words {
            en: "Whether the process has a /tmp and /var/tmp of its own, in memory, gone when it ends",
            fr: "Si le processus a ses propres /tmp et /var/tmp, en mémoire, effacés à sa fin",
        },
        system: System::Linux(setting::WINDOWS_TMP),
        ..EXTENSION
    };
    /// Folders and files that the process can only read (X51).
    READ_ONLY_PATHS: Box<[Box<str>]> = Setting {
        subject: Subject::Rights,
        key: "read_only_paths",
        option: "read-only-path",
        value: ValueType::List,
        default: || Value::List(Box::default()),
        label: Words { en: "Read-only paths", fr: "Chemins en lecture seule" },
        about: Words {
            en: "A folder or file that the process cannot change; - before the path if it may be missing",
            fr: "Un dossier ou fichier que le processus ne peut pas modifier ; - devant le chemin s’il peut manquer",
        },
        system: System::Linux(setting::WINDOWS_READ_ONLY),
        ..EXTENSION
    };
    /// The folder that the process sees as `/` (X51).
    ROOT_DIRECTORY: Option<Box<str>> = Setting {
        subject: Subject::Rights,
        key: "root_directory",
        option: "root-directory",
        value: ValueType::Path,
        label: Words { en: "Root directory", fr: "Dossier racine" },
        about: Words {
            en: "The folder that the process sees as /; program and working directory are paths in it",
            fr: "Le dossier que le processus voit comme / ; programme et dossier de travail sont des chemins dedans",
        },
        applies: Applies::ProgramsOnly(setting::ROOT_DIRECTORY_PROGRAMS),
        system: System::Linux(setting::WINDOWS_NO_ROOT),
        ..EXTENSION
    };
    /// The mask of file modes of the process; not set: 022.
    UMASK: Option<u64> = Setting {
        subject: Subject::Process,
        key: "umask",
        option: "umask",
        value: ValueType::Octal(0o777),
        label: Words { en: "Umask", fr: "Umask" },
        about: Words {
            en: "The rights that new files of the process do not get, like 027; 022 if not set",
            fr: "Les droits que n’ont pas les nouveaux fichiers du processus, comme 027 ; 022 par défaut",
        },
        system: System::Linux(setting::WINDOWS_NO_UMASK),
        ..EXTENSION
    };
    /// How many files and sockets the process may have open; the limit of the daemon if not set.
    LIMIT_NOFILE: Option<Limit> = rlimits::LIMIT_NOFILE;
    /// How many processes its account may have.
    LIMIT_NPROC: Option<Limit> = rlimits::LIMIT_NPROC;
    /// How large the core file of a crash may be; 0 for none.
    LIMIT_CORE: Option<Limit> = rlimits::LIMIT_CORE;
    /// How large the files that the process writes may become.
    LIMIT_FSIZE: Option<Limit> = rlimits::LIMIT_FSIZE;
    /// How much memory the process may map, shared libraries included.
    LIMIT_AS: Option<Limit> = rlimits::LIMIT_AS;
    /// How much memory the process may have for its data.
    LIMIT_DATA: Option<Limit> = rlimits::LIMIT_DATA;
    /// How large the stack of the process may become.
    LIMIT_STACK: Option<Limit> = rlimits::LIMIT_STACK;
    /// How much memory the process may keep from being swapped.
    LIMIT_MEMLOCK: Option<Limit> = rlimits::LIMIT_MEMLOCK;
    /// How much processor time the process may use before it gets SIGXCPU.
    LIMIT_CPU: Option<Limit> = rlimits::LIMIT_CPU;
    /// How far the process may raise its own priority: 20 minus the lowest nice value.
    LIMIT_NICE: Option<Limit> = rlimits::LIMIT_NICE;
    /// The highest real-time priority that the process may give itself.
    LIMIT_RTPRIO: Option<Limit> = rlimits::LIMIT_RTPRIO;
    /// How long the process may run with real-time priority without a pause.
    LIMIT_RTTIME: Option<Limit> = rlimits::LIMIT_RTTIME;
    /// How many signals may wait for its account.
    LIMIT_SIGPENDING: Option<Limit> = rlimits::LIMIT_SIGPENDING;
    /// How much its account may have in POSIX message queues.
    LIMIT_MSGQUEUE: Option<Limit> = rlimits::LIMIT_MSGQUEUE;
    /// Files with variables, read at each start (X10).
    ENVIRONMENT_FILES: Box<[Box<str>]> = environment::ENVIRONMENT_FILES;
    /// Variables of the manager's own environment that the process gets (X31).
    PASS_ENVIRONMENT: Box<[Box<str>]> = environment::PASS_ENVIRONMENT;
    /// If the service is down for good, the manager stops all services and ends with this status (X33).
    END_MANAGER_WITH: Option<u64> = Setting {
        subject: Subject::Exits,
        key: "end_manager_with",
        option: "end-manager-with",
        value: ValueType::Number(1, 255),
        label: Words { en: "End the manager with status", fr: "Terminer le gestionnaire avec le code" },
        about: Words {
            en: "If the service is down for good, the manager stops all services and ends with this \
                 exit status, like 70, so that the container ends",
            fr: "Si le service est arrêté pour de bon, le gestionnaire arrête tous les services et se termine avec ce code, comme 70, pour que le conteneur se termine",
        },
        system: System::Linux(setting::WINDOWS_NO_END),
        set_by: SetBy::Administrators(setting::ADMINISTRATORS_EVERYBODY),
        takes_effect: TakesEffect::AtOnce,
        ..EXTENSION
    };
    /// Where the output goes besides: the name of a sink, `none`, or nothing: what the daemon is set to (X60).
    OUTPUT_COPY: &'static str = logs::OUTPUT_COPY;
    /// The file of the output; not set: one in the log folder (X65).
    STDOUT_FILE: Option<Box<str>> = logs::STDOUT_FILE;
    /// Where standard error goes: a word, or nothing: with the output, or to its own file if there is one (X65).
    STDERR: &'static str = logs::STDERR;
    /// The file of standard error, which is apart then (X65).
    STDERR_FILE: Option<Box<str>> = logs::STDERR_FILE;
    /// Whether lines of the log file begin with the time (X60).
    LOG_TIMESTAMPS: bool = logs::LOG_TIMESTAMPS;
    /// How long a log file may grow before it is rotated (X61).
    LOG_MAX_SIZE: Option<u64> = logs::LOG_MAX_SIZE;
    /// How old a log file may become before it is rotated (X61).
    LOG_MAX_AGE: Option<Duration> = logs::LOG_MAX_AGE;
    /// Whether a start begins a new log file (X61).
    LOG_ROTATE_AT_START: bool = logs::LOG_ROTATE_AT_START;
    /// How many rotated files are kept (X61).
    LOG_FILES: Option<u64> = logs::LOG_FILES;
    /// Whether rotated files are compressed (X61).
    LOG_COMPRESS: bool = logs::LOG_COMPRESS;
    /// The user that a log file belongs to (X62).
    LOG_OWNER: Option<Box<str>> = logs::LOG_OWNER;
    /// The group that a log file belongs to (X62).
    LOG_GROUP: Option<Box<str>> = logs::LOG_GROUP;
    /// The mode of a log file (X62).
    LOG_MODE: Option<u64> = logs::LOG_MODE;
    /// How often a run must give a heartbeat (X40); not set: never.
    WATCHDOG: Option<Duration> = liveness::WATCHDOG;
    /// What asks a hung run to end, so that it can leave a dump; not set: it is killed at once (X44).
    WATCHDOG_SIGNAL: Option<u8> = liveness::WATCHDOG_SIGNAL;
    /// The probe that checks whether a run is alive; not set: none (X43).
    PROBE: Option<Probe> = liveness::PROBE;
    /// A text that the answer must contain (X43).
    PROBE_TEXT: Option<Box<str>> = liveness::PROBE_TEXT;
    /// How often (X43).
    PROBE_INTERVAL: Duration = liveness::PROBE_INTERVAL;
    /// How long an answer may take (X43).
    PROBE_TIMEOUT: Duration = liveness::PROBE_TIMEOUT;
    /// How many failed probes in a row count as a hang (X43).
    PROBE_FAILURES: Option<u64> = liveness::PROBE_FAILURES;
    /// How long after RUNNING the first probe comes (X43).
    PROBE_DELAY: Duration = liveness::PROBE_DELAY;
    /// The amount of memory above which a run is slowed down (X53).
    MEMORY_HIGH: Option<u64> = limits::MEMORY_HIGH;
    /// How much memory a run may have (X53).
    MEMORY_MAX: Option<u64> = limits::MEMORY_MAX;
    /// How much of it may be swapped out (X53).
    SWAP_MAX: Option<u64> = limits::SWAP_MAX;
    /// Whether running out of memory ends the whole run (X54).
    OOM_GROUP: bool = limits::OOM_GROUP;
    /// Its share of the processors (X53).
    CPU_WEIGHT: Option<u64> = limits::CPU_WEIGHT;
    /// Percent of one processor that a run may use (X53).
    CPU_QUOTA: Option<u64> = limits::CPU_QUOTA;
    /// How many processes and threads a run may have (X53).
    TASKS_MAX: Option<u64> = limits::TASKS_MAX;
    /// Its share of the disks (X53).
    IO_WEIGHT: Option<u64> = limits::IO_WEIGHT;
    /// What happens to it when a service that it needs fails (X70, X71).
    WHEN_DEPENDENCY_FAILS: &'static str = dependencies::WHEN_DEPENDENCY_FAILS;
    /// When it is started by the clock (X72); not set: never.
    SCHEDULE: Option<Box<str>> = schedules::SCHEDULE;
    /// What happens to a start whose time came while there was no manager (X73).
    WHEN_START_MISSED: &'static str = schedules::WHEN_START_MISSED;
    /// What happens to a start that finds the service running (X74).
    WHEN_STILL_RUNNING: &'static str = schedules::WHEN_STILL_RUNNING;
    /// The amount of memory above which a run is recycled (X55).
    RECYCLE_ABOVE: Option<u64> = ceilings::RECYCLE_ABOVE;
    /// The age at which a run is recycled (X55).
    RECYCLE_AFTER: Option<Duration> = ceilings::RECYCLE_AFTER;
    /// The time of day at which a run is recycled (X55).
    RECYCLE_AT: Option<Box<str>> = ceilings::RECYCLE_AT;
    /// The number of jobs after which a run is recycled (X58).
    RECYCLE_AFTER_JOBS: Option<u64> = ceilings::RECYCLE_AFTER_JOBS;
    /// How far recycling is spread (X55).
    RECYCLE_JITTER: Duration = ceilings::RECYCLE_JITTER;
    /// What follows failures of some causes (X84).
    FAILURE_RULES: Rules = delays::FAILURE_RULES;
    /// How the delay of a restart grows while failures go on (X80); not set: not at all.
    BACKOFF: Option<Backoff> = delays::BACKOFF;
    /// The longest delay that back-off reaches (X80).
    BACKOFF_MAX: Duration = delays::BACKOFF_MAX;
    /// How far restarts are spread (X81).
    RESTART_JITTER: Duration = delays::RESTART_JITTER;
    /// How long a run must last for the failure counter to start again (X82); not set: the reset
    /// period decides.
    RESET_AFTER_RUN: Option<Duration> = delays::RESET_AFTER_RUN;
    /// How many restarts may follow failures within [`RESTART_LIMIT_PERIOD`] (X83); not set: any
    /// number.
    RESTART_LIMIT: Option<u64> = delays::RESTART_LIMIT;
    /// The period of that limit (X83).
    RESTART_LIMIT_PERIOD: Duration = delays::RESTART_LIMIT_PERIOD;
    /// Hours in which no recovery action begins (X96); not set: none.
    QUIET_HOURS: Option<Box<str>> = budgets::QUIET_HOURS;
    /// The group of which one service is restarted at a time (X97); not set: no group.
    RESTART_GROUP: Option<Box<str>> = budgets::RESTART_GROUP;
    /// The targets of its notices (X86).
    NOTIFY: Notify = notices::NOTIFY;
    /// How long after a failure the notice "still down" is sent (X87); not set: as the file of
    /// targets says.
    NOTIFY_DOWN_AFTER: Option<Duration> = notices::NOTIFY_DOWN_AFTER;
    /// The named policy that decides what follows a failure (X101); not set: its own settings
    /// decide.
    RECOVERY_POLICY: Option<Box<str>> = policies::RECOVERY_POLICY;
}
