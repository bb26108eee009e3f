//! `relance console`: the way into the web console; on Windows also what makes it a service.
//!
//! `access` is who gives links and tokens, `browser` opens one, `service` the console as a service of Windows.

mod access;
mod browser;
#[cfg(windows)]
mod service;

use clap::{Parser, Subcommand};
#[cfg(unix)]
use relance_scm::system::Told;
use relance_texts::command;
#[cfg(unix)]
use relance_texts::file;
use relance_wire::api::{Role, TokenRequest};

use crate::cli::{CommandResult, Common, usage};
use crate::plain::plain;
use access::Access;

/// Print a link that signs in to the web console once, and open it if there is a desktop
///
#[cfg_attr(
    unix,
    doc = "The console runs when the daemon was started with --console ADDRESS, or with console = \"ADDRESS\" in its settings."
)]
#[cfg_attr(
    windows,
    doc = "The console is a service of its own, which relance console install makes and starts."
)]
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    /// administrator, or reader, who sees everything and changes nothing
    #[arg(long, value_name = "ROLE", default_value = "administrator")]
    role: String,
    /// Only print the link
    #[arg(long)]
    no_browser: bool,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    common: Common,
}

/// Which console is meant.
#[derive(Debug, clap::Args)]
struct Place {
    /// The service that the console is
    #[cfg(windows)]
    #[arg(
        long,
        value_name = "NAME",
        global = true,
        default_value = "relance-console"
    )]
    service: String,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a token for scripts, for instance for Prometheus; it is shown only once
    Token {
        /// What it is for
        name: String,
        /// reader or administrator
        #[arg(long, value_name = "ROLE", default_value = "reader")]
        role: String,
        /// How long it lasts
        #[arg(long, value_name = "DAYS", default_value_t = 365)]
        days: u32,
    },
    /// Who is signed in, and which tokens there are
    Sessions {
        /// End this one
        #[arg(long, value_name = "ID")]
        end: Option<String>,
    },
    /// Make the console a service of Windows and start it
    #[cfg(windows)]
    Install(Listen),
    /// Stop that service and delete it; all sessions and tokens end
    #[cfg(windows)]
    Uninstall,
    /// Be that service; Windows starts it
    #[cfg(windows)]
    Serve(Listen),
}

/// Where a console listens.
#[cfg(windows)]
#[derive(Debug, clap::Args)]
struct Listen {
    /// Address and port, or a port of this machine only; 0 is one that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7467")]
    listen: String,
    /// A name under which browsers may ask for it, besides addresses and localhost; may be repeated
    #[arg(long = "name", value_name = "NAME")]
    names: Vec<String>,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    match &arguments.action {
        None => link(&arguments),
        Some(Action::Token { name, role, days }) => {
            let request = TokenRequest {
                name: name.clone(),
                role: Role::from_name(role)?,
                days: Some(*days),
            };
            let access = Access::open(&arguments.common, &arguments.place)?;
            let reply = access.create_token(&request)?;
            if arguments.common.json {
                return Common::print_json(&reply);
            }
            println!("{}", reply.token);
            Ok(())
        }
        Some(Action::Sessions { end }) => sessions(&arguments, end.as_deref()),
        #[cfg(windows)]
        Some(Action::Install(Listen { listen, names })) => {
            service::install(&arguments.common, &arguments.place, listen, names)
        }
        #[cfg(windows)]
        Some(Action::Uninstall) => service::uninstall(&arguments.common, &arguments.place),
        #[cfg(windows)]
        Some(Action::Serve(Listen { listen, names })) => service::serve(listen, names),
    }
}

fn link(arguments: &Arguments) -> CommandResult {
    let access = Access::open(&arguments.common, &arguments.place)?;
    let link = access.create_link(Role::from_name(&arguments.role)?)?;
    let Some(console) = &link.console else {
        return Err(usage(command::NO_CONSOLE));
    };
    if arguments.common.json {
        return Common::print_json(&link);
    }
    let url = format!("{console}/signin?code={}", link.code);
    println!("{url}");
    if !arguments.no_browser {
        browser::open(&url);
    }
    Ok(())
}

fn sessions(arguments: &Arguments, end: Option<&str>) -> CommandResult {
    let access = Access::open(&arguments.common, &arguments.place)?;
    if let Some(id) = end {
        return Ok(access.end_session(id)?);
    }
    let sessions = access.sessions()?;
    if arguments.common.json {
        return Common::print_json(&sessions);
    }
    for session in sessions {
        let kind = if session.token { "token" } else { "session" };
        println!(
            "{}  {kind:<7}  {:<13}  {}",
            session.id,
            session.role.name(),
            plain(&session.name)
        );
    }
    Ok(())
}

/// Runs the console; started by the guardian only.
#[cfg(unix)]
pub(crate) fn serve() -> CommandResult {
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    // The kernel calls it "exe": the guardian starts its own program without its path.
    let _ = rustix::thread::set_name(c"relance");
    let setup = relance_console::handed_over_setup()?;
    relance_console::confine().told(|reason| file::ConsoleRights { reason })?;
    let listener = relance_engine::linux::guardian::handed_over_listener()
        .told(|reason| file::ConsoleSocket { reason })?;
    relance_console::serve(listener, setup).told(|reason| file::ConsoleRuns { reason })?;
    Ok(())
}
