//! `relance import`: files of other service managers become a file for `relance apply`, with an account of
//! every line. `relance-import` knows the formats and converts; this file does the reading and printing.

#[cfg(unix)]
mod authors;
mod disk;
mod report;

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::Parser;
use clap::builder::PossibleValuesParser;
use relance_import::{Kind, Options, Problem, System};
use relance_scm::ScmError;
use relance_scm::system::{self, Told};
use relance_texts::{file, import, shown};

use crate::cli::{CommandResult, Common, usage};
use crate::lang::lang;
use crate::private_file;

use disk::Disk;

/// Read the files of another service manager and write a file for `relance apply`
///
/// Reads configurations of supervisord, systemd (units, drop-ins, timers), pm2 (ecosystem files,
/// dumps), NSSM (exports of the registry, scripts), WinSW, Servy, Procfile, cron and
/// docker-compose. Reports of every line whether it was kept (as which setting), changed (how it
/// differs) or lost (why, and what to do instead), and shows what follows failures before and now.
/// Starts and changes nothing. JavaScript that has to be computed is run with node, as pm2 does,
/// if nobody but root and you can write to it.
///
/// The file goes to the standard output, or to --output; the report goes to the standard error, or
/// to the standard output with --output.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Files, or folders of them
    #[arg(required = true, value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// Where to write the file for relance apply; the file must not exist yet
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The kind of the files, if it cannot be told from them
    #[arg(long, value_name = "KIND", value_parser = PossibleValuesParser::new(Kind::ALL.map(Kind::name)))]
    from: Option<String>,
    /// Give the services other names (try-NAME, or PREFIXNAME) and do not start them at boot, to
    /// try them beside the old manager
    #[arg(long = "try", value_name = "PREFIX", num_args = 0..=1, default_missing_value = "try-", require_equals = true)]
    prefix: Option<String>,
    /// Instances of systemd templates whose file does not name them
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    instances: Vec<String>,
    /// A variable of the environment of supervisord, for %(ENV_NAME)s; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE")]
    variables: Vec<String>,
    /// The system that the services are for [default: this one]
    #[arg(long = "for", value_name = "SYSTEM", value_parser = PossibleValuesParser::new(["linux", "windows"]))]
    system: Option<String>,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let mut options = Options {
        kind: arguments.from.as_deref().and_then(Kind::from_name),
        prefix: arguments.prefix,
        instances: arguments.instances,
        ..Options::default()
    };
    if let Some(system) = &arguments.system {
        options.system = if system == "windows" {
            System::Windows
        } else {
            System::Linux
        };
    }
    let disk = Disk::new(&arguments.paths, &arguments.variables)?;
    let found = relance_import::import(&arguments.paths, &disk, &options).map_err(said)?;
    if arguments.common.json {
        return Common::print_json(&report::json(&found));
    }
    let report = report::text(&found, arguments.output.as_deref());
    match &arguments.output {
        _ if found.services.is_empty() => {
            print!("{report}");
            return Err(usage(import::NO_SERVICE));
        }
        Some(path) => {
            let written = private_file::write(path, &found.toml);
            let path = shown(path.display());
            written.told(|reason| import::CannotWrite { path, reason })?;
            print!("{report}");
        }
        None => {
            print!("{}", found.toml);
            if std::io::stdout().is_terminal() {
                eprintln!();
            }
            eprint!("{report}");
        }
    }
    Ok(())
}

fn said(problem: Problem) -> crate::cli::CommandFailure {
    let path = |path: PathBuf| path.display().to_string();
    match problem {
        Problem::Read(file, why) => {
            let path = shown(file.display());
            let reason = system::reason(&why);
            ScmError::new(system::code(&why), file::NotRead { path, reason }).into()
        }
        Problem::UnknownKind(file) => usage(import::UnknownKind {
            path: path(file),
            kinds: Kind::ALL.map(Kind::name).join(", "),
        }),
        Problem::Syntax(file, line, problem) => usage(import::BadSyntax {
            path: path(file),
            line,
            problem,
        }),
        Problem::Empty(folder) => usage(import::NothingThere { path: path(folder) }),
    }
}

/// Text of the catalogue in the language of the reader.
fn words(text: relance_texts::Words) -> &'static str {
    text.of(lang())
}
