//! `relance console`: the way into the web console.

use std::ffi::OsString;
use std::process::{Command, Stdio};

use anyhow::Context;
use clap::{Parser, Subcommand};
use relance_wire::api::{Role, TokenRequest};

use crate::cli::{CommandResult, Common, parse, usage};
use crate::text::plain;

/// Print a link that signs in to the web console, once, and open it where there is a desktop
///
/// The console runs when the daemon was started with --console ADDRESS, or with console = "ADDRESS"
/// in its settings.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    /// administrator, or reader: see and change nothing
    #[arg(long, value_name = "ROLE", default_value = "administrator")]
    role: String,
    /// Only print the link
    #[arg(long)]
    no_browser: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a token for scripts, for instance for Prometheus; it is printed once
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
}

pub(crate) fn run(arguments: &[OsString]) -> CommandResult {
    let arguments: Arguments = parse(arguments)?;
    match &arguments.action {
        None => link(&arguments),
        Some(Action::Token { name, role, days }) => {
            let request = TokenRequest {
                name: name.clone(),
                role: Role::from_name(role)?,
                days: Some(*days),
            };
            let reply = arguments.common.socket_manager()?.create_token(&request)?;
            if arguments.common.json {
                return Common::print_json(&reply);
            }
            println!("{}", reply.token);
            Ok(())
        }
        Some(Action::Sessions { end }) => sessions(&arguments.common, end.as_deref()),
    }
}

fn link(arguments: &Arguments) -> CommandResult {
    let link = arguments
        .common
        .socket_manager()?
        .create_sign_in_link(Role::from_name(&arguments.role)?)?;
    if arguments.common.json {
        return Common::print_json(&link);
    }
    let Some(console) = link.console else {
        return Err(usage(
            "this manager runs no console; start it with relance daemon --console 127.0.0.1:7467",
        ));
    };
    let url = format!("{console}/signin?code={}", link.code);
    println!("{url}");
    if !arguments.no_browser {
        open(&url);
    }
    Ok(())
}

/// Opens the link where there is a desktop; it was printed anyway.
fn open(url: &str) {
    let desktop = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|variable| std::env::var_os(variable).is_some());
    if desktop {
        let _ = Command::new("xdg-open")
            .arg(url)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
    }
}

fn sessions(common: &Common, end: Option<&str>) -> CommandResult {
    let manager = common.socket_manager()?;
    if let Some(id) = end {
        return Ok(manager.end_session(id)?);
    }
    let sessions = manager.sessions()?;
    if common.json {
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
pub(crate) fn serve() -> CommandResult {
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    let setup = relance_console::handed_over_setup()?;
    let listener = relance_engine::linux::guardian::handed_over_listener()
        .context("the console has no socket")?;
    relance_console::serve(listener, setup).context("the console cannot run")?;
    Ok(())
}
