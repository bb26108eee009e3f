//! Turns a configuration into what is executed: program, arguments, environment, account, limits. Turns an
//! error of the kernel into a Win32 code and a sentence.

mod instance;
pub(crate) mod limits;
mod rights;

use std::io::Read;
use std::path::Path;

use relance_policy::RunId;
use relance_scm::config::{Affinity, Dependency, PriorityClass, ServiceConfig};
use relance_scm::controllers::Controllers;
use relance_scm::settings::{
    AFFINITY, ROOT_DIRECTORY, STOP_GRACE, STOP_SIGNAL, SUPPLEMENTARY_GROUPS, UMASK,
    WORKING_DIRECTORY,
};
use relance_scm::system::{self, regular};
use relance_scm::{ScmError, ServiceKind, Win32Error, command_line, duration};
use relance_texts::{Sentence, Value, start};
use relance_wire::channel::{CHANNEL_VARIABLE, RUN_VARIABLE};

use super::account;
use super::environment::{self, Surroundings};
use super::secret::Secret;
use super::spawn::{SpawnError, SpawnSpec, SpawnStage, Texts};
use crate::processes::StartProblem;

/// Number of the channel in a service: the first descriptor handed.
const CHANNEL_FD: &str = "3";
/// Tells a command which process is that of the service, as systemd calls it.
const MAIN_VARIABLE: &str = "MAINPID";

/// What to execute for a run.
pub(crate) fn for_run(
    run: RunId,
    secret: Secret,
    config: &ServiceConfig,
    around: &Surroundings,
    controllers: Controllers,
) -> Result<SpawnSpec, StartProblem> {
    let config = &instance::filled_in(config);
    let root = config.extensions.get(ROOT_DIRECTORY);
    let root = root.as_deref().unwrap_or_default();
    let mut spec = in_root(root, config, &config.command_line, around)?;
    let name = format!("{run}:{secret}");
    spec.environment.push_variable(RUN_VARIABLE, &name);
    spec.nice = config.priority.map(PriorityClass::nice);
    spec.stop_signal = Some(config.extensions.get(STOP_SIGNAL).into());
    let grace = config.extensions.get(STOP_GRACE);
    let is_program = config.kind == ServiceKind::Program;
    spec.stop_grace_ms =
        is_program.then(|| u32::try_from(duration::millis(grace)).unwrap_or(u32::MAX));
    spec.needs = needs(config);
    spec.group_limits = limits::of_group(config);
    confine(&mut spec, config, controllers);
    if config.kind == ServiceKind::Service {
        spec.environment.push_variable(CHANNEL_VARIABLE, CHANNEL_FD);
    }
    Ok(spec)
}

/// The services that it needs; those of a group it needs only to start.
fn needs(config: &ServiceConfig) -> Vec<String> {
    let services = config.dependencies.iter();
    let services = services.filter_map(|dependency| match dependency {
        Dependency::Service(name) => Some(name.key()),
        Dependency::Group(_) => None,
    });
    services.collect()
}

/// What to execute for a run whose process this is: like its program, with its rights.
pub(crate) fn beside_run(
    line: &str,
    run: RunId,
    main: u32,
    config: &ServiceConfig,
    around: &Surroundings,
    controllers: Controllers,
) -> Result<SpawnSpec, StartProblem> {
    let config = &instance::filled_in(config);
    let root = config.extensions.get(ROOT_DIRECTORY).unwrap_or_default();
    let mut spec = in_root(&root, config, line, around)?;
    confine(&mut spec, config, controllers);
    // The command does not get the secret, because it is not the service.
    let (run, main) = (run.to_string(), main.to_string());
    spec.environment.push_variable(RUN_VARIABLE, &run);
    spec.environment.push_variable(MAIN_VARIABLE, &main);
    Ok(spec)
}

/// What a process of the service may do and use.
fn confine(spec: &mut SpawnSpec, config: &ServiceConfig, controllers: Controllers) {
    spec.affinity = config.extensions.get(AFFINITY).map(Affinity::mask);
    let umask = config.extensions.get(UMASK);
    spec.limits = limits::of_process(config, controllers);
    spec.umask = umask.and_then(|mask| u32::try_from(mask).ok());
    spec.rights = rights::of(config);
}

/// What to execute for a recovery command: under the account of its service (R41), but with the machine
/// as the manager sees it.
pub(crate) fn for_command(
    config: &ServiceConfig,
    line: &str,
    around: &Surroundings,
) -> Result<SpawnSpec, StartProblem> {
    in_root("", &instance::filled_in(config), line, around)
}

/// What to execute, by paths below this folder.
fn in_root(
    root: &str,
    config: &ServiceConfig,
    line: &str,
    around: &Surroundings,
) -> Result<SpawnSpec, StartProblem> {
    let account = account::find(&config.account_name)
        .and_then(|account| account.with_groups(&config.extensions.get(SUPPLEMENTARY_GROUPS)))
        .map_err(|error| logon_problem(config, &error))?;
    let (environment, path) = environment::of(config, &account, around)?;
    let directory = config.extensions.get(WORKING_DIRECTORY);
    let directory = directory.as_deref().unwrap_or("/");
    let name = &config.service_name;
    let arguments: Texts = command_line::split(line)
        .iter()
        .map(|word| name.fill_in(word))
        .collect();
    let program = arguments
        .first()
        .map(|word| resolve(word, &path, directory, root))
        .unwrap_or_default();
    Ok(SpawnSpec {
        program,
        arguments,
        environment,
        directory: directory.to_owned(),
        ids: account.ids,
        ..SpawnSpec::default()
    })
}

/// The absolute path of a program: as it is, from the working directory, or from `PATH`, below the root
/// that it is to see. What is not found is left for the kernel to say so.
fn resolve(word: &str, path: &str, directory: &str, root: &str) -> String {
    if word.starts_with('/') {
        return word.to_owned();
    }
    if word.contains('/') {
        return Path::new(directory)
            .join(word)
            .to_string_lossy()
            .into_owned();
    }
    let candidates = path.split(':').filter(|folder| folder.starts_with('/'));
    candidates
        .map(|folder| format!("{folder}/{word}"))
        .find(|candidate| Path::new(&format!("{root}{candidate}")).is_file())
        .unwrap_or_else(|| word.to_owned())
}

fn logon_problem(config: &ServiceConfig, error: &ScmError) -> StartProblem {
    StartProblem {
        error: Win32Error::SERVICE_LOGON_FAILED,
        logon: true,
        sentence: start::Impossible {
            name: &config.service_name,
            problem: error.to_sentence(),
        }
        .into(),
    }
}

/// The Win32 code and the sentence for a process of this program that could not be created.
pub(crate) fn problem(config: &ServiceConfig, program: &str, error: SpawnError) -> StartProblem {
    let (code, problem) = explain(&instance::filled_in(config), program, error);
    StartProblem {
        error: code,
        logon: matches!(
            error.stage,
            SpawnStage::Groups | SpawnStage::Group | SpawnStage::User
        ),
        sentence: start::Impossible {
            name: &config.service_name,
            problem,
        }
        .into(),
    }
}

/// What was wrong, and what to do about it.
pub(crate) fn advice(config: &ServiceConfig, program: &str, error: SpawnError) -> Sentence {
    explain(&instance::filled_in(config), program, error).1
}

fn explain(config: &ServiceConfig, program: &str, error: SpawnError) -> (Win32Error, Sentence) {
    let refusal = std::io::Error::from_raw_os_error(error.errno);
    if let Some(explained) = rights::explain(config, error.stage, &refusal) {
        return explained;
    }
    let (stage, errno) = (error.stage, error.errno);
    let error = Value::from(system::reason(&refusal));
    match stage {
        SpawnStage::Execute => explain_execute(config, program, errno, error),
        SpawnStage::Directory => {
            let code = match errno {
                libc::ENOTDIR => Win32Error::DIRECTORY,
                libc::EACCES => Win32Error::ACCESS_DENIED,
                _ => Win32Error::PATH_NOT_FOUND,
            };
            let folder = config.extensions.get(WORKING_DIRECTORY);
            let folder = folder.as_deref().unwrap_or("/");
            (code, start::Directory { folder, error }.into())
        }
        SpawnStage::Groups | SpawnStage::Group | SpawnStage::User => (
            Win32Error::SERVICE_LOGON_FAILED,
            start::Account { error }.into(),
        ),
        SpawnStage::Prepare if matches!(errno, libc::EMFILE | libc::ENFILE) => {
            (Win32Error::TOO_MANY_OPEN_FILES, start::NO_DESCRIPTOR.into())
        }
        SpawnStage::Prepare if errno == libc::EINVAL => {
            (Win32Error::INVALID_PARAMETER, start::NULL_CHARACTER.into())
        }
        SpawnStage::Clone if errno == libc::EAGAIN => {
            (Win32Error::COMMITMENT_LIMIT, start::NO_PROCESS.into())
        }
        SpawnStage::Priority => (
            Win32Error::PRIVILEGE_NOT_HELD,
            start::Priority { error }.into(),
        ),
        SpawnStage::Limits if !limits::of_process(config, Controllers::NONE).is_empty() => (
            Win32Error::PRIVILEGE_NOT_HELD,
            start::Limits { error }.into(),
        ),
        SpawnStage::ControlGroup => (
            Win32Error::INVALID_PARAMETER,
            start::GroupLimits { error }.into(),
        ),
        SpawnStage::Affinity => (
            Win32Error::INVALID_PARAMETER,
            start::Affinity { error }.into(),
        ),
        _ => {
            let code = match errno {
                libc::ENOMEM => Win32Error::NOT_ENOUGH_MEMORY,
                libc::EACCES | libc::EPERM => Win32Error::ACCESS_DENIED,
                _ => Win32Error::INTERNAL_ERROR,
            };
            let stage = format!("{stage:?}");
            (code, start::Stage { stage, error }.into())
        }
    }
}

/// Whether the first line of a script ends with a carriage return, which the kernel takes for a part of the
/// interpreter's name.
fn ends_as_on_windows(script: &Path) -> bool {
    let mut begin = Vec::new();
    let read = regular::open(script).and_then(|file| file.take(256).read_to_end(&mut begin));
    let first = begin
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    read.is_ok() && first.starts_with(b"#!") && first.ends_with(b"\r")
}

fn explain_execute(
    config: &ServiceConfig,
    program: &str,
    errno: i32,
    error: Value,
) -> (Win32Error, Sentence) {
    let root = config.extensions.get(ROOT_DIRECTORY);
    let seen = format!("{}{program}", root.as_deref().unwrap_or_default());
    let path = Path::new(&seen);
    let parent_exists = path
        .parent()
        .is_none_or(|parent| parent.as_os_str().is_empty() || parent.exists());
    match errno {
        libc::ENOENT if ends_as_on_windows(path) => (
            Win32Error::FILE_NOT_FOUND,
            start::CarriageReturn { program }.into(),
        ),
        libc::ENOENT if path.exists() => (
            Win32Error::FILE_NOT_FOUND,
            start::Interpreter { program }.into(),
        ),
        libc::ENOENT if !parent_exists => (
            Win32Error::PATH_NOT_FOUND,
            start::NoFolder { program }.into(),
        ),
        libc::ENOENT => (
            Win32Error::FILE_NOT_FOUND,
            start::NoProgram { program }.into(),
        ),
        libc::ENOTDIR | libc::ELOOP => (
            Win32Error::PATH_NOT_FOUND,
            start::Path { program, error }.into(),
        ),
        libc::EACCES if path.is_dir() => (
            Win32Error::ACCESS_DENIED,
            start::ProgramIsFolder { program }.into(),
        ),
        libc::EACCES => (
            Win32Error::ACCESS_DENIED,
            start::NotExecutable { program }.into(),
        ),
        libc::ENOEXEC => (
            Win32Error::BAD_EXE_FORMAT,
            start::NotAProgram { program }.into(),
        ),
        libc::E2BIG => (Win32Error::FILENAME_EXCED_RANGE, start::TOO_LONG.into()),
        libc::ETXTBSY => (
            Win32Error::LOCK_VIOLATION,
            start::BeingWritten { program }.into(),
        ),
        libc::ENOMEM => (
            Win32Error::NOT_ENOUGH_MEMORY,
            start::NoMemory { program }.into(),
        ),
        libc::ETIMEDOUT => (Win32Error::TIMEOUT, start::HeldUp { program }.into()),
        _ => explain_want(config, program, errno, error),
    }
}

/// Errors that are about the system rather than the program.
fn explain_want(
    config: &ServiceConfig,
    program: &str,
    errno: i32,
    error: Value,
) -> (Win32Error, Sentence) {
    match errno {
        // A process that has changed its user learns here that the user has too many (RLIMIT_NPROC).
        libc::EAGAIN => {
            let account = config.account_name.as_str();
            (
                Win32Error::COMMITMENT_LIMIT,
                start::ProcessesOfAccount { account }.into(),
            )
        }
        libc::EMFILE | libc::ENFILE => {
            (Win32Error::TOO_MANY_OPEN_FILES, start::NO_DESCRIPTOR.into())
        }
        _ => {
            let code = match errno {
                libc::EINVAL | libc::ELIBBAD => Win32Error::BAD_EXE_FORMAT,
                libc::EPERM => Win32Error::ACCESS_DENIED,
                _ => Win32Error::INTERNAL_ERROR,
            };
            (code, start::NotExecuted { program, error }.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use relance_policy::ServiceId;
    use relance_scm::ServiceName;
    use relance_scm::config::EnvironmentVariable;

    use super::super::passed::Passed;

    use super::*;

    fn config(line: &str) -> ServiceConfig {
        ServiceConfig::new(ServiceName::new("mailer").unwrap(), line)
    }

    fn around() -> Surroundings {
        Surroundings {
            socket: "/run/relance/relance.sock".into(),
            client_wait: Duration::from_secs(7),
            passed: Passed::default(),
        }
    }

    fn run(config: &ServiceConfig) -> SpawnSpec {
        for_run(
            RunId {
                service: ServiceId(3),
                number: 4,
            },
            "17".into(),
            config,
            &around(),
            Controllers::ALL,
        )
        .unwrap()
    }

    #[test]
    fn what_a_service_finds_in_its_environment() {
        let mut config = config("/bin/mailer --run");
        let variable = |name, value| EnvironmentVariable::new(name, value).unwrap();
        config.environment = [variable("HOME", "/srv"), variable("A", "1")].into();
        let spec = run(&config);
        let has = |entry: &str| spec.environment.iter().any(|e| e == entry);
        assert!(has("RELANCE_RUN=3.4:17") && has("RELANCE_CHANNEL=3"));
        assert!(has("RELANCE_SOCKET=/run/relance/relance.sock") && has("RELANCE_SERVICE=mailer"));
        assert!(has("RELANCE_WAIT_MS=7000"));
        assert!(has("HOME=/srv") && has("A=1"), "C12: its own settings win");
        let homes = spec
            .environment
            .iter()
            .filter(|e| e.starts_with("HOME="))
            .count();
        assert_eq!(homes, 1);
        assert!(spec.arguments.iter().eq(["/bin/mailer", "--run"]));
        assert_eq!(spec.directory, "/");
    }

    #[test]
    fn a_program_gets_no_channel() {
        let mut config = config("/bin/mailer");
        config.kind = ServiceKind::Program;
        assert!(
            !run(&config)
                .environment
                .iter()
                .any(|e| e.starts_with(CHANNEL_VARIABLE))
        );
    }

    #[test]
    fn programs_are_found_as_a_shell_would() {
        assert_eq!(resolve("/x/y", environment::PATH, "/", ""), "/x/y");
        assert_eq!(
            resolve("bin/y", environment::PATH, "/srv", ""),
            "/srv/bin/y"
        );
        assert_eq!(resolve("sh", "relative:/nowhere:/bin", "/", ""), "/bin/sh");
        assert_eq!(
            resolve("no-such-program", environment::PATH, "/", ""),
            "no-such-program"
        );
    }

    #[test]
    fn r8_9_codes_of_programs_that_cannot_be_executed() {
        let code = |program: &str, errno| {
            let error = SpawnError {
                stage: SpawnStage::Execute,
                errno,
            };
            problem(&config(program), program, error).error.to_raw()
        };
        assert_eq!(code("/bin/no-such-file", libc::ENOENT), 2);
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("worker");
        std::fs::write(&script, "#!/bin/sh\r\necho oh\r\n").unwrap();
        let script = script.to_str().unwrap();
        let error = SpawnError {
            stage: SpawnStage::Execute,
            errno: libc::ENOENT,
        };
        let text = problem(&config(script), script, error).sentence.to_string();
        assert!(text.contains("carriage return"), "{text}");
        assert_eq!(code("/no/such/folder/x", libc::ENOENT), 3);
        assert_eq!(code("/bin/sh", libc::EACCES), 5);
        assert_eq!(code("/bin/sh", libc::ENOEXEC), 193);
        assert_eq!(code("/bin/sh", libc::E2BIG), 206);
        assert_eq!(code("/bin/sh", libc::ENOENT), 2, "a missing interpreter");
        assert_eq!(code("/bin/sh", libc::EAGAIN), 1455, "too many processes");
        assert_eq!(code("/bin/sh", libc::ENFILE), 4);
        assert_eq!(code("/bin/sh", libc::EPERM), 5);
        assert_eq!(code("/bin/sh", libc::EIO), 1359, "that is not its format");
    }

    #[test]
    fn codes_of_other_stages() {
        let code = |stage, errno| {
            let error = SpawnError { stage, errno };
            let problem = problem(&config("/x"), "/x", error);
            (problem.error.to_raw(), problem.logon)
        };
        assert_eq!(code(SpawnStage::Prepare, libc::EMFILE), (4, false));
        assert_eq!(code(SpawnStage::Clone, libc::EAGAIN), (1455, false));
        assert_eq!(code(SpawnStage::User, libc::EPERM), (1069, true));
        assert_eq!(code(SpawnStage::Directory, libc::ENOENT), (3, false));
    }
}
