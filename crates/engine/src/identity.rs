//! Which state folder this is: a random id in its file `identity`, made by the guardian at the first
//! start and never changed.
//!
//! The database holds the id too, so that another database in its place is noticed, and control groups are
//! named by it. The file also says how far the first start has come: until the database is complete, a start is
//! still the first one, and only a first start creates a database.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Name of the file in the state folder.
const FILE: &str = "identity";
/// Bytes of an id; the file has two digits for each.
const ID_LEN: usize = 16;
/// More than the file ever has.
const FILE_LEN_MAX: u64 = 256;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// 32 hexadecimal digits.
    pub id: String,
    /// What is known of the database.
    pub stage: Stage,
}

/// How far the first start has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// There has never been a database: it is to be created.
    FirstStart,
    /// A database was there before the identity (an older version made it): it is to be given the id.
    Unbound,
    /// The database exists and has the id. If it is not there, it is missing.
    Bound,
}

impl Stage {
    /// The second word of the file.
    const fn word(self) -> &'static str {
        match self {
            Self::FirstStart => " first-start",
            Self::Unbound => " unbound",
            Self::Bound => "",
        }
    }
}

impl Identity {
    /// The identity of a state folder, which is made if it has none.
    ///
    /// # Errors
    /// When the file cannot be read, understood or written.
    pub fn load_or_create(folder: &Path) -> io::Result<Self> {
        if let Some(identity) = Self::load(folder)? {
            return Ok(identity);
        }
        let identity = Self {
            id: random_id()?,
            stage: stage_of_unnamed(folder)?,
        };
        identity.save(folder)?;
        Ok(identity)
    }

    /// The identity of a state folder, if it has one.
    ///
    /// # Errors
    /// When the file cannot be read or understood.
    pub fn load(folder: &Path) -> io::Result<Option<Self>> {
        let path = folder.join(FILE);
        let options = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(options)
            .open(&path);
        let file = match file {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(described(&path, "cannot be read", &error)),
        };
        let mut text = String::new();
        file.take(FILE_LEN_MAX)
            .read_to_string(&mut text)
            .map_err(|error| described(&path, "cannot be read", &error))?;
        parse(&text).map(Some).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!(
                    "{} is damaged: it does not hold 32 hexadecimal digits; remove it, and the \
                     folder gets a new identity for the database that it holds",
                    path.display()
                ),
            )
        })
    }

    /// Writes the identity beside the old one and puts it in its place, so that there is always a whole
    /// one, after a loss of power too.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn save(&self, folder: &Path) -> io::Result<()> {
        let path = folder.join(FILE);
        let write = || {
            let new = new_file(&path)?;
            let mut file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&new)?;
            writeln!(file, "{}{}", self.id, self.stage.word())?;
            file.sync_all()?;
            fs::rename(&new, &path)?;
            File::open(folder)?.sync_all()
        };
        write().map_err(|error| described(&path, "cannot be written", &error))
    }
}

/// A free name beside a file; what a crash has left there is removed.
fn new_file(path: &Path) -> io::Result<PathBuf> {
    let new = path.with_extension("new");
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(new),
    }
}

fn parse(text: &str) -> Option<Identity> {
    let line = text.strip_suffix('\n')?;
    let (id, word) = line.split_at_checked(2 * ID_LEN)?;
    let is_digit = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
    let stages = [Stage::FirstStart, Stage::Unbound, Stage::Bound];
    Some(Identity {
        id: id.bytes().all(is_digit).then(|| id.to_owned())?,
        stage: stages.into_iter().find(|stage| stage.word() == word)?,
    })
}

/// A folder without the file is at its first start only if it holds no other file of a manager.
fn stage_of_unnamed(folder: &Path) -> io::Result<Stage> {
    if folder.join("relance.db").symlink_metadata().is_ok() {
        return Ok(Stage::Unbound);
    }
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("relance.db") || name == "sessions.json" {
            return Ok(Stage::Bound);
        }
    }
    Ok(Stage::FirstStart)
}

fn random_id() -> io::Result<String> {
    let mut bytes = [0_u8; ID_LEN];
    let mut filled = 0;
    while filled < bytes.len() {
        let flags = rustix::rand::GetRandomFlags::empty();
        filled += rustix::rand::getrandom(&mut bytes[filled..], flags)?;
    }
    Ok(bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

fn described(path: &Path, what: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{} {what}: {error}", path.display()))
}

#[cfg(test)]
mod tests;
