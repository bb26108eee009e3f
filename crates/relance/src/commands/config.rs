//! `relance config`

use std::ffi::OsString;

use clap::Parser;
use relance_scm::{ConfigChange, ServiceConfig};
use relance_wire::api::{ChangeConfigRequest, ConfigBody};

use super::options::ConfigOptions;
use super::windows_settings::{self, WindowsOptions};
use crate::cli::{CommandResult, Common, name, parse};
use crate::plain::plain;
use crate::text::print_pairs;

/// Show the configuration of a service, or change what is given
///
/// Changes reach a running service at its next start, but for the display name.
#[derive(Debug, Parser)]
struct Arguments {
    /// The service
    name: String,
    /// The command as one string, by Windows' rules of quoting
    #[arg(long, value_name = "LINE")]
    command_line: Option<String>,
    #[command(flatten)]
    options: ConfigOptions,
    #[command(flatten)]
    windows: WindowsOptions,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: &[OsString]) -> CommandResult {
    let arguments: Arguments = parse(arguments)?;
    let name = name(&arguments.name)?;
    let manager = arguments.common.manager()?;
    let mut change = arguments.options.change()?;
    change.command_line.clone_from(&arguments.command_line);
    arguments.windows.check()?;
    let changes = change != ChangeConfigRequest::default();
    if changes {
        let change = ConfigChange::try_from(&change)?;
        manager.ask(|scm, caller, reply| scm.change_config(caller, &name, change, reply))?;
    }
    if changes || !arguments.windows.is_empty() {
        return arguments.windows.apply(&arguments.common, &name);
    }
    let config = manager.ask(|scm, caller, reply| scm.query_config(caller, &name, reply))?;
    if arguments.common.json {
        return Common::print_json(&ConfigBody::from(&config));
    }
    print(&config, windows_settings::shown(&arguments.common, &name)?);
    Ok(())
}

fn print(config: &ServiceConfig, of_windows: Vec<(&'static str, String)>) {
    let body = ConfigBody::from(config);
    println!("{}", plain(&body.name));
    let mut start = body.start_type.clone();
    if body.delayed_auto_start {
        start.push_str(", delayed");
    }
    let mut pairs = vec![
        (
            "display name",
            body.display_name.clone().unwrap_or_default(),
        ),
        ("kind", body.kind.clone()),
        ("command line", body.command_line.clone()),
        ("start", start),
        ("account", body.account_name.clone()),
        ("error control", body.error_control.clone()),
        ("type", format!("{:#x}", body.service_type)),
    ];
    let mut optional = |name, value: String| {
        if !value.is_empty() {
            pairs.push((name, value));
        }
    };
    optional("description", body.description.clone());
    optional("group", body.load_order_group.clone());
    optional("depends on", body.dependencies.join(", "));
    optional("environment", body.environment.join("\n"));
    optional("priority", body.priority.clone().unwrap_or_default());
    let timeout = body.preshutdown_timeout_ms.map(|ms| format!("{ms} ms"));
    optional("preshutdown", timeout.unwrap_or_default());
    optional("security", body.security.clone().unwrap_or_default());
    for (name, value) in of_windows {
        optional(name, value);
    }
    let extensions = &body.extensions;
    optional(
        "folder *",
        extensions.working_directory.clone().unwrap_or_default(),
    );
    optional("output *", extensions.output.clone());
    optional(
        "processors *",
        extensions.affinity.clone().unwrap_or_default(),
    );
    if body.kind == "program" {
        let grace = extensions.stop_grace_ms;
        optional(
            "stop *",
            format!("SIG{}, then {grace} ms", extensions.stop_signal),
        );
        let codes: Vec<String> = extensions
            .restart_on_exit
            .iter()
            .map(u8::to_string)
            .collect();
        optional("restart on exit *", codes.join(", "));
    }
    print_pairs(&pairs);
    println!("  * a setting that Windows does not have");
}
