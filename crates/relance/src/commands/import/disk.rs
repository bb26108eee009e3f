//! What an import reads through: the disk, the variables that were given, and node.

#[cfg(unix)]
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use relance_import::Files;
use relance_scm::system::regular;
use relance_texts::{Sentence, import, quoted};

use crate::cli::{CommandFailure, usage};

#[cfg(unix)]
use super::authors::Authors;

/// The largest file that is read.
const BYTES_MAX: u64 = 16 << 20;
/// Ends node when a file computes without end, or keeps it waiting after its exports are printed.
const WATCH: &str = "new (require('worker_threads').Worker)(\"setTimeout(() => { \
    require('fs').writeSync(2, 'Error: it did not end within 10 s\\\\n'); process.kill(process.pid, 'SIGKILL'); \
    }, 10000)\", {eval: true}).unref();";
/// What stands before the exports: the file may print something of its own.
const MARK: char = '\0';
/// Prints what a file exports, whatever its kind of module.
const EXPORTS: &str = "import(require('url').pathToFileURL(require('path').resolve(process.argv[1])))\
    .then(m => process.stdout.write('\\0' + JSON.stringify(m.default ?? m)))";

pub(super) struct Disk {
    variables: BTreeMap<String, String>,
    /// What a person has named; the rest is named by files.
    #[cfg_attr(
        not(unix),
        allow(dead_code, reason = "who wrote a file is asked on Unix alone")
    )]
    paths: Vec<PathBuf>,
    #[cfg(unix)]
    authors: RefCell<Authors>,
}

impl Disk {
    pub(super) fn new(paths: &[PathBuf], variables: &[String]) -> Result<Self, CommandFailure> {
        let pair = |text: &String| {
            let (name, value) = text
                .split_once('=')
                .ok_or_else(|| usage(import::NotAVariable { text: quoted(text) }))?;
            Ok((name.to_owned(), value.to_owned()))
        };
        let variables = variables
            .iter()
            .map(pair)
            .collect::<Result<_, CommandFailure>>()?;
        Ok(Self {
            variables,
            paths: paths.to_owned(),
            #[cfg(unix)]
            authors: RefCell::default(),
        })
    }

    /// A file that another user's file names has to be one that this user may read.
    #[cfg(unix)]
    fn check(&self, path: &Path, file: &fs::File) -> io::Result<()> {
        let mut authors = self.authors.borrow_mut();
        if !self.paths.iter().any(|named| named == path) {
            authors.may_read(file)?;
        }
        authors.note(&file.metadata()?);
        Ok(())
    }

    #[cfg(not(unix))]
    #[allow(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "elsewhere a file can be refused"
    )]
    fn check(&self, _: &Path, _: &fs::File) -> io::Result<()> {
        Ok(())
    }
}

/// What the file says would be done with the rights of this process, so nobody else may write to it.
#[cfg(unix)]
fn check_script(path: &Path) -> Result<(), Sentence> {
    relance_engine::linux::place::check_script(path).map_err(|error| {
        let problem = error.to_sentence();
        import::NodeNotRun { problem }.into()
    })
}

#[cfg(not(unix))]
#[allow(
    clippy::unnecessary_wraps,
    reason = "elsewhere a script can be refused"
)]
fn check_script(_: &Path) -> Result<(), Sentence> {
    Ok(())
}

impl Files for Disk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        if path == Path::new("-") {
            return regular::bounded(io::stdin(), BYTES_MAX);
        }
        let file = regular::open(path)?;
        self.check(path, &file)?;
        regular::bounded(file, BYTES_MAX)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        #[cfg(unix)]
        self.authors.borrow_mut().note(&fs::metadata(path)?);
        fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect()
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    fn evaluate(&self, path: &Path) -> Result<String, Sentence> {
        check_script(path)?;
        let output = Command::new("node")
            .args(["-e", &format!("{WATCH}{EXPORTS}")])
            .arg(path)
            .stdin(Stdio::null())
            .output()
            .map_err(|why| import::NoNode {
                why: why.to_string(),
            })?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let last = said
                .lines()
                .find(|line| line.contains("Error"))
                .unwrap_or_default();
            return Err(import::NodeSaid { said: last.trim() }.into());
        }
        let said = String::from_utf8_lossy(&output.stdout);
        let exports = said
            .rsplit_once(MARK)
            .map_or(&*said, |(_, exports)| exports);
        Ok(exports.to_owned())
    }
}
