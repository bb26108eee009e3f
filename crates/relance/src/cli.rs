//! What all commands share: the options to find the manager, failures and exit statuses.
//!
//! Exit statuses: 0 done; 1 internal, or no manager; 2 usage; 3 refused; 4 not found; 5 timed out;
//! 6 `apply --dry-run`: something would change.

use std::ffi::OsString;
#[cfg(unix)]
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use relance_client::Target;
#[cfg(windows)]
use relance_client::connect as connect_once_started;
#[cfg(unix)]
use relance_client::{connect, connect_once_started};
#[cfg(unix)]
use relance_scm::system::Told;
use relance_scm::{Caller, Reply, ScmError, ServiceManager, ServiceName, ServiceState, Win32Error};
use relance_texts::{Lang, Sentence, command, file, quoted};
use relance_wire::api::ErrorReply;

use crate::lang::{lang, say};
use crate::plain::plain_lines;
use crate::{help, misuse};

/// Options of every command that speaks to a manager.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// Socket of the manager [default: RELANCE_SOCKET, the system's, the user's own]
    #[cfg(unix)]
    #[arg(long, value_name = "PATH", global = true)]
    socket: Option<PathBuf>,
    /// Another machine [default: this one]
    #[cfg(windows)]
    #[arg(long, value_name = "NAME", global = true)]
    machine: Option<String>,
    /// Print JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// Ends the process when its output cannot be written, where `println!` would panic: with status 0 if
/// the reader has closed the pipe (`| head`), else with 1 and the reason.
#[allow(clippy::exit, reason = "a panic hook has nobody to return to")]
pub(crate) fn end_when_nobody_reads() {
    const PRINTING: &str = "failed printing to stdout: ";
    let codes = if cfg!(windows) { [109, 232] } else { [32, 32] };
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let text = panic.payload().downcast_ref::<String>();
        let Some(error) = text.and_then(|text| text.strip_prefix(PRINTING)) else {
            return before(panic);
        };
        let is_closed = |code: i32| error.ends_with(&format!("(os error {code})"));
        if codes.into_iter().any(is_closed) {
            std::process::exit(0);
        }
        say_error(&say(file::Output { reason: error }));
        std::process::exit(1);
    }));
}

/// Whether output, errors included, is to be JSON. Asked of the words themselves, because a command line
/// that cannot be read has its error in that form, too.
pub(crate) fn wants_json(arguments: &[OsString]) -> bool {
    let options = arguments.iter().take_while(|word| *word != "--");
    options.into_iter().any(|word| word == "--json")
}

/// How a command ends.
pub(crate) type CommandResult = Result<(), CommandFailure>;

/// A command that did not succeed.
#[derive(Debug)]
pub(crate) enum CommandFailure {
    /// A refusal, with its Win32 code.
    Scm(ScmError),
    /// A refusal that ends the program with this status instead of that of its code.
    #[cfg(unix)]
    WithStatus(ScmError, u8),
    /// The command line cannot be read, or help was asked for.
    Usage(clap::Error),
    /// Anything else.
    Other(anyhow::Error),
    /// Everything has been printed already.
    Silent(u8),
}

impl CommandFailure {
    /// What is wrong, in a sentence.
    pub(crate) fn sentence(&self, lang: Lang) -> String {
        match self {
            Self::Scm(error) => {
                let (said, code) = (error.sentence_in(lang), error.code());
                // What follows in lines of their own is quoted: the code is not part of it.
                match said.split_once('\n') {
                    Some((first, lines)) => format!("{first} ({code})\n{lines}"),
                    None => format!("{said} ({code})"),
                }
            }
            #[cfg(unix)]
            Self::WithStatus(error, _) => Self::Scm(error.clone()).sentence(lang),
            Self::Usage(error) => misuse::refusal(error).sentence_in(lang).into_owned(),
            Self::Other(error) => format!("{error:#}"),
            Self::Silent(status) => format!("ended with status {status}"),
        }
    }

    /// The exit status of a command that ends like this.
    pub(crate) fn status(&self) -> u8 {
        match self {
            Self::Scm(error) => error.class().exit_status(),
            Self::Usage(error) => u8::from(error.use_stderr()) * 2,
            Self::Other(_) => 1,
            #[cfg(unix)]
            Self::WithStatus(_, status) => *status,
            Self::Silent(status) => *status,
        }
    }

    /// Tells the user, as JSON if that was asked for, and gives the exit status.
    pub(crate) fn report(self, json: bool) -> ExitCode {
        let status = ExitCode::from(self.status());
        match self {
            Self::Silent(_) => {}
            // Help is output like any other: see `end_when_nobody_reads`.
            Self::Usage(error) if !error.use_stderr() => {
                print!("{}", help::finished(&error.render().to_string()));
            }
            Self::Usage(error) if misuse::is_help(&error) => {
                eprint!("{}", help::finished(&error.render().to_string()));
            }
            Self::Usage(error) if json => say_json(&misuse::refusal(&error)),
            Self::Usage(error) => {
                let advice = misuse::advice(&error, lang());
                say_error(&Self::Scm(misuse::refusal(&error)).sentence(lang()));
                eprintln!("{}", plain_lines(&advice));
            }
            Self::Other(error) if json => {
                let text = Sentence::foreign(format!("{error:#}"));
                say_json(&ScmError::new(Win32Error::INTERNAL_ERROR, text));
            }
            Self::Scm(error) if json => say_json(&error),
            #[cfg(unix)]
            Self::WithStatus(error, _) if json => say_json(&error),
            _ => say_error(&self.sentence(lang())),
        }
        status
    }
}

pub(crate) fn say_error(text: &str) {
    let text = plain_lines(text);
    eprintln!("{}", say(command::Error { text }));
}

fn say_json(error: &ScmError) {
    eprintln!(
        "{}",
        serde_json::to_string(&ErrorReply::from(error)).unwrap_or_default()
    );
}

impl From<ScmError> for CommandFailure {
    fn from(error: ScmError) -> Self {
        Self::Scm(error)
    }
}

impl From<anyhow::Error> for CommandFailure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

impl From<std::io::Error> for CommandFailure {
    fn from(error: std::io::Error) -> Self {
        let sentence = relance_scm::system::reason(&error);
        Self::Scm(ScmError::new(relance_scm::system::code(&error), sentence))
    }
}

/// The path of this program.
#[cfg(unix)]
pub(crate) fn own_program() -> Result<std::path::PathBuf, ScmError> {
    std::env::current_exe().told(|reason| file::NoOwnProgram { reason })
}

/// JSON of our own that does not fit its type, which does not happen.
pub(crate) fn misfit(error: serde_json::Error) -> ScmError {
    let text = Sentence::foreign(error.to_string());
    ScmError::new(Win32Error::INTERNAL_ERROR, text)
}

/// A refusal of our own: bad usage that the parser cannot see.
pub(crate) fn usage(sentence: impl Into<Sentence>) -> CommandFailure {
    CommandFailure::Scm(ScmError::new(Win32Error::INVALID_PARAMETER, sentence))
}

/// A manager, as commands ask it.
pub(crate) struct Manager {
    manager: Box<dyn ServiceManager>,
    caller: Caller,
}

impl Common {
    /// The socket that was named.
    #[cfg(unix)]
    pub(crate) fn socket(&self) -> Option<&std::path::Path> {
        self.socket.as_deref()
    }

    #[cfg(unix)]
    #[allow(
        clippy::unnecessary_wraps,
        reason = "the name of a machine can be wrong"
    )]
    pub(crate) fn target(&self) -> Result<Target, ScmError> {
        Ok(self.socket.clone().map_or(Target::Local, Target::Socket))
    }

    /// Whether another machine is meant.
    #[cfg(windows)]
    pub(crate) fn is_elsewhere(&self) -> bool {
        self.target() != Ok(Target::Local)
    }

    #[cfg(windows)]
    fn target(&self) -> Result<Target, ScmError> {
        Target::of_machine(self.machine.as_deref().unwrap_or_default())
    }

    /// The options that name a manager, for a command line made of them.
    #[cfg(unix)]
    pub(crate) fn words(&self) -> Vec<OsString> {
        let word = |path: &PathBuf| {
            let mut word = OsString::from("--socket=");
            word.push(path);
            word
        };
        self.socket.iter().map(word).collect()
    }

    #[cfg(windows)]
    pub(crate) fn words(&self) -> Vec<OsString> {
        let word = |name: &String| format!("--machine={name}").into();
        self.machine.iter().map(word).collect()
    }

    /// The manager these options name.
    pub(crate) fn manager(&self) -> Result<Manager, CommandFailure> {
        let manager = self
            .target()
            .and_then(|target| connect_once_started(&target));
        Ok(Manager {
            manager: Box::new(manager?),
            caller: Caller::system(),
        })
    }

    /// The embedded manager these options name, for sessions, which only it has.
    #[cfg(unix)]
    pub(crate) fn socket_manager(&self) -> Result<relance_client::SocketManager, CommandFailure> {
        let manager = self
            .target()
            .and_then(|target| connect_once_started(&target));
        Ok(manager?)
    }

    /// The manager of Windows these options name, for requests that only it has.
    #[cfg(windows)]
    pub(crate) fn windows_manager(
        &self,
    ) -> Result<relance_windows::WindowsManager, CommandFailure> {
        let manager = self
            .target()
            .and_then(|target| connect_once_started(&target));
        Ok(manager?)
    }

    /// Prints a value as JSON.
    pub(crate) fn print_json<T: serde::Serialize>(value: &T) -> CommandResult {
        println!("{}", serde_json::to_string_pretty(value).map_err(misfit)?);
        Ok(())
    }
}

impl Manager {
    /// The manager behind a socket.
    #[cfg(unix)]
    pub(crate) fn at(socket: PathBuf) -> Result<Self, CommandFailure> {
        Ok(Self {
            manager: Box::new(connect(&Target::Socket(socket))?),
            caller: Caller::system(),
        })
    }

    /// Asks, and waits for the answer.
    pub(crate) fn ask<T: Send + 'static>(
        &self,
        request: impl FnOnce(&dyn ServiceManager, &Caller, Reply<T>),
    ) -> Result<T, CommandFailure> {
        let answer =
            relance_scm::manager::wait(|reply| request(&*self.manager, &self.caller, reply));
        Ok(answer?)
    }

    /// The manager itself, for requests with more than one answer.
    pub(crate) fn get(&self) -> (&dyn ServiceManager, &Caller) {
        (&*self.manager, &self.caller)
    }
}

/// A state from the command line, with `_` or `-`, in any case.
pub(crate) fn state(text: &str) -> Result<ServiceState, CommandFailure> {
    ServiceState::from_name(&text.replace('-', "_")).ok_or_else(|| {
        let names: Vec<_> = ServiceState::ALL
            .iter()
            .map(|state| state.name().to_lowercase())
            .collect();
        usage(command::NoState {
            text: quoted(text),
            names,
        })
    })
}

/// A service's name from the command line.
pub(crate) fn name(text: &str) -> Result<ServiceName, ScmError> {
    ServiceName::new(text)
}
