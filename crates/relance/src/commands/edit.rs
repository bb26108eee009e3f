//! `relance edit`: a service as text in an editor, and what was changed is applied. What somebody wrote is not
//! lost when it is refused.

use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Parser;
use relance_scm::manager::NewService;
use relance_scm::system::Told;
use relance_scm::{ScmError, Sentence, ServiceConfig, Win32Error};
use relance_texts::apply;

use super::apply::plan::Plan;
use super::apply::{Telling, carry_out, refused};
use super::export::configs;
use crate::cli::{CommandFailure, CommandResult, Common, Manager, usage};
use crate::lang::say;
use crate::private_file;
use crate::rewriting::Rewriting;
use crate::selection::service_names;
use crate::service_files::{self, Descriptions, Disk, Problems, write};

/// Change a service in an editor ($VISUAL, $EDITOR)
///
/// The text is that of `relance export`, with a sentence for each setting. What you change is
/// applied when you save and leave. If it is refused, the text is kept. With --file you edit the
/// file that describes the service, with its comments; it is written back and applied.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// The service, or NAME@ for all instances of a template
    #[arg(add = service_names())]
    name: String,
    /// The file for `relance apply` that describes it, or its folder
    #[arg(long, short, value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: Arguments) -> CommandResult {
    let manager = arguments.common.manager()?;
    let edit = Edit::begin(&arguments, &manager)?;
    let copy = Copy::new(&arguments.name, &edit.text)?;
    loop {
        let opened = open_editor(&copy.path);
        let text = service_files::read_text(&copy.path)?;
        if text == edit.text {
            copy.remove();
            opened?;
            println!("{}", say(apply::EDIT_UNCHANGED));
            return Ok(());
        }
        opened.map_err(|failure| copy.kept(failure))?;
        match edit.apply(&manager, &copy.path, &text, arguments.common.json) {
            Ok(()) => {
                copy.remove();
                return Ok(());
            }
            Err(failure) if asks_again() => {
                failure.report(false);
                if refused(&say(apply::EDIT_AGAIN))? {
                    return Err(copy.kept(CommandFailure::Silent(3)));
                }
            }
            Err(failure) => return Err(copy.kept(failure)),
        }
    }
}

fn asks_again() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// What is edited.
struct Edit {
    text: String,
    /// The services as they were.
    before: Vec<ServiceConfig>,
    /// The file that the text is from, and the files that are read with it.
    file: Option<(PathBuf, PathBuf)>,
}

impl Edit {
    fn begin(arguments: &Arguments, manager: &Manager) -> Result<Self, CommandFailure> {
        let name = &arguments.name;
        let Some(root) = &arguments.file else {
            let before = configs(manager, std::slice::from_ref(name))?;
            return Ok(Self {
                text: write::explained(name, &before),
                before,
                file: None,
            });
        };
        let read = service_files::read(std::slice::from_ref(root), &[], &Disk::OWN);
        let found = read.map_err(|problems| problems.report(arguments.common.json))?;
        let mut services = found.services.into_iter();
        let described = services.find(|found| {
            let of = &found.service.config.service_name;
            let template = of.instance().map(|(template, _)| template);
            of.as_str().eq_ignore_ascii_case(name) || template == Some(&**name)
        });
        let path = described.map(|found| found.path).ok_or_else(|| {
            let path = root.display().to_string();
            usage(apply::EditNowhere {
                path,
                name: &**name,
            })
        })?;
        let text = service_files::read_text(&path)?;
        Ok(Self {
            text,
            before: Vec::new(),
            file: Some((path, root.clone())),
        })
    }

    fn apply(&self, manager: &Manager, copy: &Path, text: &str, json: bool) -> CommandResult {
        let found = self
            .read(copy, text)
            .map_err(|problems| problems.report(json))?;
        let secrets = found.secrets.clone();
        let templates = found.templates();
        let to_apply = found.into_to_apply();
        let mut file = None;
        match &self.file {
            None => self.check(manager, &to_apply.services)?,
            Some((path, _)) => file = Some((path, self.rewriting(path, text)?)),
        }
        let mut plan = Plan::of(manager, &to_apply, &secrets)?;
        plan.note_surplus(&templates);
        carry_out(manager, &plan, to_apply)?;
        if let Some((path, rewriting)) = file
            && !rewriting.finish().writing(path)?
        {
            let path = path.display().to_string();
            let overtaken = apply::EditOvertaken { path };
            return Err(ScmError::new(Win32Error::OPERATION_ABORTED, overtaken).into());
        }
        let telling = Telling {
            json,
            dry_run: false,
            diff: true,
            restarts: false,
        };
        telling.tell(&plan, &[])
    }

    /// What the text says, in the place of the file that it is from.
    fn read(&self, copy: &Path, text: &str) -> Result<Descriptions, Problems> {
        let root = self.file.as_ref().map_or(copy, |(_, root)| root);
        let edited = self.file.as_ref().map_or(copy, |(path, _)| path);
        let is_edited = |path: &Path| (path == edited).then(|| text.to_owned());
        let disk = Disk {
            read: &|path| is_edited(path).map_or_else(|| (Disk::OWN.read)(path), Ok),
            read_regular: &|path| {
                is_edited(path).map_or_else(|| (Disk::OWN.read_regular)(path), Ok)
            },
            ..Disk::OWN
        };
        service_files::read(&[root.to_owned()], &[], &disk)
    }

    /// The file is ready to be written, and nobody else has written it meanwhile.
    fn rewriting<'a>(
        &'a self,
        path: &Path,
        text: &'a str,
    ) -> Result<Rewriting<'a>, CommandFailure> {
        let begun = Rewriting::begin(path, &self.text, text).writing(path)?;
        begun.ok_or_else(|| {
            let names = path.display().to_string();
            let conflict = apply::EditConflict { names };
            ScmError::new(Win32Error::OPERATION_ABORTED, conflict).into()
        })
    }

    /// The same services are described, and nobody else has changed them.
    fn check(&self, manager: &Manager, services: &[NewService]) -> CommandResult {
        let names = |names: Vec<&str>| {
            let mut names: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
            names.sort();
            names.join(" ")
        };
        let known = self
            .before
            .iter()
            .map(|config| config.service_name.as_str());
        let wanted = names(known.collect());
        let found = services
            .iter()
            .map(|service| service.config.service_name.as_str());
        let found = names(found.collect());
        if wanted != found {
            return Err(usage(apply::EditRenamed { found, wanted }));
        }
        for before in &self.before {
            let name = &before.service_name;
            let now = manager.ask(|scm, caller, reply| scm.query_config(caller, name, reply))?;
            if now != *before {
                let names = name.as_str();
                let conflict: Sentence = apply::EditConflict { names }.into();
                return Err(ScmError::new(Win32Error::OPERATION_ABORTED, conflict).into());
            }
        }
        Ok(())
    }
}

/// The copy of the text that the editor gets.
struct Copy {
    path: PathBuf,
}

impl Copy {
    fn new(name: &str, text: &str) -> Result<Self, CommandFailure> {
        let safe: String = name
            .chars()
            .filter(|c| c.is_alphanumeric() || "-_.@".contains(*c))
            .collect();
        for number in 0..1000 {
            let file = format!("relance-edit-{safe}-{}-{number}.toml", std::process::id());
            let path = std::env::temp_dir().join(file);
            match private_file::write(&path, text) {
                Ok(()) => return Ok(Self { path }),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(std::io::Error::from(std::io::ErrorKind::AlreadyExists).into())
    }

    fn remove(&self) {
        // A copy that cannot be removed does no harm.
        let _ = fs::remove_file(&self.path);
    }

    /// Says where the text is.
    fn kept(&self, failure: CommandFailure) -> CommandFailure {
        let path = self.path.display().to_string();
        eprintln!("{}", say(apply::EditKept { path }));
        failure
    }
}

/// Opens the editor and waits for it. It may be a command with options.
fn open_editor(path: &Path) -> CommandResult {
    let set = |name| std::env::var(name).ok().filter(|editor| !editor.is_empty());
    let default = if cfg!(windows) { "notepad" } else { "vi" };
    let editor = set("VISUAL")
        .or_else(|| set("EDITOR"))
        .unwrap_or_else(|| default.to_owned());
    let status = if cfg!(windows) {
        Command::new(&editor).arg(path).status()
    } else {
        let line = format!("{editor} \"$1\"");
        Command::new("/bin/sh")
            .args(["-c", &line, "sh"])
            .arg(path)
            .status()
    };
    let editor = crate::plain::plain(&editor);
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => {
            let status = status.to_string();
            Err(usage(apply::EditEditor { editor, status }))
        }
        Err(why) => {
            let why = why.to_string();
            Err(usage(apply::EditFailed { editor, why }))
        }
    }
}
