//! What an import reads through: the disk, the variables that were given, and node.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use relance_import::Files;
use relance_texts::{Sentence, import, quoted};

use crate::cli::{CommandFailure, usage};
use crate::lang::lang;

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
}

impl Disk {
    pub(super) fn new(variables: &[String]) -> Result<Self, CommandFailure> {
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
        Ok(Self { variables })
    }
}

/// What was read, unless it is too much to be read to the end: half a file would be another configuration.
fn whole(bytes: Vec<u8>) -> io::Result<Vec<u8>> {
    if bytes.len() as u64 > BYTES_MAX {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

impl Files for Disk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if path == Path::new("-") {
            io::stdin().take(BYTES_MAX + 1).read_to_end(&mut bytes)?;
            return whole(bytes);
        }
        // A pipe or a device could keep the import waiting for ever.
        if !fs::metadata(path)?.is_file() {
            return Err(io::Error::other(import::NOT_A_FILE.of(lang())));
        }
        fs::File::open(path)?
            .take(BYTES_MAX + 1)
            .read_to_end(&mut bytes)?;
        whole(bytes)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect()
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    fn evaluate(&self, path: &Path) -> Result<String, Sentence> {
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
