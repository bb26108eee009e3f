//! `relance control`, `pause`, `continue`

use clap::Parser;
use relance_scm::manager::ServiceInfo;
use relance_scm::signal::{signal_name, signal_number};
use relance_scm::{Control, ScmError, ServiceKind, ServiceName, ServiceState, Win32Error};
use relance_texts::{Sentence, Words, command, quoted};
use relance_wire::api::StatusReply;

use crate::cli::{CommandFailure, CommandResult, Common, Manager, usage};
use crate::selection::{Selection, one, service_names};
use crate::text::duration;
use crate::waiting::control_and_wait;

/// Send a control to a service
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// The service
    #[arg(add = service_names())]
    name: String,
    /// 1 stop, 2 pause, 3 continue, 4 interrogate, 6 paramchange, by number or name; 128 to 255 for the service's own
    control: String,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let control = control(&arguments.name, &arguments.control)?;
    let manager = arguments.common.manager()?;
    let name = one(&manager, &arguments.name)?;
    let sent = manager.ask(|scm, caller, reply| scm.control_service(caller, &name, control, reply));
    let status = sent.map_err(|failure| explained(&manager, &name, control, failure))?;
    if arguments.common.json {
        return Common::print_json(&StatusReply::from(&status));
    }
    Ok(())
}

/// The control that a person has typed. Other service managers send signals in the same way, so these are answered.
fn control(name: &str, word: &str) -> Result<Control, CommandFailure> {
    if let Ok(code) = word.parse() {
        return Ok(Control::from_sendable(code)?);
    }
    if let Some(control) = Control::named(word) {
        return Ok(control);
    }
    Err(match signal_name_of(word) {
        Some(signal) => usage(command::SignalNoControl { name, signal }),
        None => usage(command::NoControl { word: quoted(word) }),
    })
}

fn signal_name_of(word: &str) -> Option<&'static str> {
    signal_name(signal_number(word)?.into())
}

/// Have services read their settings again, without a restart: a program gets its reload signal
/// (--reload-signal), a service the control PARAMCHANGE
#[derive(Debug, Parser)]
pub(crate) struct Reload {
    #[command(flatten)]
    services: Selection,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn reload(arguments: Reload) -> CommandResult {
    let done = command::DONE_RELOAD;
    arguments
        .services
        .each(&arguments.common, done, |manager, name| {
            let control = Control::ParamChange;
            let sent =
                manager.ask(|scm, caller, reply| scm.control_service(caller, name, control, reply));
            match sent {
                Ok(_) => Ok(()),
                Err(failure) => Err(explained(manager, name, control, failure)),
            }
        })
}

/// A control that is not taken, in words about this service: a program takes other ones than a service that speaks to
/// the manager.
fn explained(
    manager: &Manager,
    name: &ServiceName,
    control: Control,
    failure: CommandFailure,
) -> CommandFailure {
    let CommandFailure::Scm(error) = &failure else {
        return failure;
    };
    let code = error.code();
    if code != Win32Error::INVALID_SERVICE_CONTROL {
        return failure;
    }
    let config = manager.ask(|scm, caller, reply| scm.query_config(caller, name, reply));
    let is_program = config.is_ok_and(|config| config.kind == ServiceKind::Program);
    let sentence: Sentence = match control {
        Control::ParamChange => command::NoReload { name }.into(),
        Control::Pause | Control::Continue if is_program => command::NoPause { name }.into(),
        Control::User(user) if is_program => {
            let number = user.code();
            command::NoSignalOfControl { name, number }.into()
        }
        _ => return failure,
    };
    ScmError::new(code, sentence).into()
}

/// Send PAUSE or CONTINUE, and wait until the service has done it
#[derive(Debug, Parser)]
pub(crate) struct Waiting {
    #[command(flatten)]
    services: Selection,
    /// Return when the service has accepted the request
    #[arg(long)]
    no_wait: bool,
    /// How long to wait without progress
    #[arg(long, value_name = "TIME", default_value = "30s")]
    timeout: String,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn pause(arguments: Waiting) -> CommandResult {
    send(&arguments, Control::Pause, command::DONE_PAUSED)
}

pub(crate) fn resume(arguments: Waiting) -> CommandResult {
    send(&arguments, Control::Continue, command::DONE_RUNNING)
}

fn send(arguments: &Waiting, control: Control, done: Words) -> CommandResult {
    let patience = duration(&arguments.timeout)?;
    let patience = (!arguments.no_wait).then_some(patience.into());
    arguments
        .services
        .each(&arguments.common, done, |manager, name| {
            let info = control_and_wait(manager, name, control, patience)
                .map_err(|failure| explained(manager, name, control, failure))?;
            info.map_or(Ok(()), |info| has_done(control, &info))
        })
}

/// Refuses what the service has done instead.
fn has_done(control: Control, info: &ServiceInfo) -> CommandResult {
    let (name, state) = (&info.config.service_name, info.status.state);
    let code = match state {
        state if control.leads_to() == Some(state) => return Ok(()),
        ServiceState::Stopped => Win32Error::SERVICE_NOT_ACTIVE,
        _ => Win32Error::PROCESS_ABORTED,
    };
    Err(ScmError::new(code, command::DoneInstead { name, state }).into())
}
