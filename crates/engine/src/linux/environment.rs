//! The environment of a process: what its account gives it, what is passed on to it (X31), what its
//! environment files say (X10), its own variables (C12), and where to find the manager. Later ones win.

use std::path::PathBuf;
use std::time::Duration;

use relance_scm::config::EnvironmentVariable;
use relance_scm::settings::ENVIRONMENT_FILES;
use relance_scm::{ServiceConfig, env_file};
use relance_texts::start;
use relance_wire::channel::{SOCKET_VARIABLE, WAIT_VARIABLE};

use super::account::Account;
use super::passed::Passed;
use super::spawn::{SERVICE_VARIABLE, Texts};
use crate::processes::StartProblem;

/// The search path of a process that has none of its own.
pub const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Tells a process which instance of its template it is (X52).
const INSTANCE_VARIABLE: &str = "RELANCE_INSTANCE";

/// What a start needs to know of the daemon.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    /// Path of the socket on which clients are served.
    pub(crate) socket: PathBuf,
    /// How long what services call waits for a manager that is away.
    pub(crate) client_wait: Duration,
    /// What services may get of the manager's environment.
    pub(crate) passed: Passed,
}

/// The environment as `NAME=value`, and the search path in it.
pub(super) fn of(
    config: &ServiceConfig,
    account: &Account,
    around: &Surroundings,
) -> Result<(Texts, String), StartProblem> {
    let variable = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let (passed, passed_by_name) = around.passed.to(config);
    let mut variables = passed;
    let given = [
        variable("HOME", &account.home),
        variable("USER", &account.name),
        variable("LOGNAME", &account.name),
        variable("SHELL", &account.shell),
        variable(SERVICE_VARIABLE, config.service_name.as_str()),
        variable(SOCKET_VARIABLE, &around.socket.display().to_string()),
        variable(WAIT_VARIABLE, &around.client_wait.as_millis().to_string()),
        variable("PATH", PATH),
    ];
    if let Some((_, instance)) = config.service_name.instance() {
        variables.push(variable(INSTANCE_VARIABLE, instance));
    }
    set_all(&mut variables, given);
    set_all(&mut variables, passed_by_name);
    for file in config.extensions.get(ENVIRONMENT_FILES) {
        let known = |name: &str| value(&variables, name);
        let read = env_file::read(&file, known).map_err(|error| StartProblem {
            error: error.code(),
            logon: false,
            sentence: start::Impossible {
                name: &config.service_name,
                problem: error.to_sentence(),
            }
            .into(),
        })?;
        set_all(&mut variables, read.iter().map(pair));
    }
    set_all(&mut variables, config.environment.iter().map(pair));
    let path = value(&variables, "PATH").unwrap_or_default();
    let mut texts = Texts::default();
    for (name, value) in &variables {
        texts.push_variable(name, value);
    }
    Ok((texts, path))
}

fn value(variables: &[(String, String)], name: &str) -> Option<String> {
    let found = variables.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.clone())
}

fn pair(variable: &EnvironmentVariable) -> (String, String) {
    (variable.name().to_owned(), variable.value().to_owned())
}

fn set_all(variables: &mut Vec<(String, String)>, new: impl IntoIterator<Item = (String, String)>) {
    for variable in new {
        variables.retain(|(name, _)| *name != variable.0);
        variables.push(variable);
    }
}
