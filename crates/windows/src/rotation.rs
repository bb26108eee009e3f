//! Files into which the output of hosted programs goes: one that grows, and a few older ones.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Size at which a file is put aside, in bytes.
pub const FILE_LEN_MAX: u64 = 10 * 1024 * 1024;
/// How many files that were put aside are kept.
pub const KEPT: u32 = 5;

/// The file that the output of a service goes to: `Relance\logs\NAME.log` under the folder for the
/// data of programs.
///
/// Characters that a file name cannot have are written as `%` and their number, so two services never
/// share a file.
#[must_use]
pub fn output_path(program_data: &Path, service_name: &str) -> PathBuf {
    let mut name = String::new();
    for c in service_name.chars() {
        if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '%') {
            name.push_str(&format!("%{:02X}", u32::from(c)));
        } else {
            name.push(c);
        }
    }
    program_data
        .join("Relance")
        .join("logs")
        .join(format!("{name}.log"))
}

/// Writes to a file and puts it aside when it is full: `worker.log` becomes `worker.1.log`, that
/// `worker.2.log`, and so on; the oldest goes.
#[derive(Debug)]
pub struct RotatingFile {
    path: PathBuf,
    file: File,
    length: u64,
    length_max: u64,
    kept: u32,
}

impl RotatingFile {
    /// Opens a file to append to; its folder is made if it is not there.
    ///
    /// # Errors
    /// When the folder or the file cannot be made.
    pub fn open(path: &Path, length_max: u64, kept: u32) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self {
            length: file.metadata()?.len(),
            path: path.to_owned(),
            file,
            length_max,
            kept,
        })
    }

    /// Begins a new file, unless this one is empty.
    ///
    /// # Errors
    /// When the file cannot be put aside.
    pub fn begin(&mut self) -> io::Result<()> {
        if self.length == 0 {
            return Ok(());
        }
        self.rotate()
    }

    fn aside(&self, number: u32) -> PathBuf {
        self.path.with_extension(format!("{number}.log"))
    }

    fn rotate(&mut self) -> io::Result<()> {
        for number in (1..self.kept).rev() {
            let older = self.aside(number);
            if older.exists() {
                fs::rename(older, self.aside(number + 1))?;
            }
        }
        if self.kept == 0 {
            // A file that is open cannot be removed and made again at once; it can be emptied.
            File::create(&self.path)?;
        } else {
            fs::rename(&self.path, self.aside(1))?;
        }
        *self = Self::open(&self.path, self.length_max, self.kept)?;
        Ok(())
    }
}

impl Write for RotatingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.length >= self.length_max {
            // A file that cannot be put aside (somebody reads it) goes on to grow.
            let _ = self.rotate();
        }
        let written = self.file.write(bytes)?;
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_files_are_put_aside_and_the_oldest_goes() {
        let folder = std::env::temp_dir().join(format!("relance-rotation-{}", std::process::id()));
        let path = folder.join("logs").join("worker.log");
        let mut file = RotatingFile::open(&path, 4, 2).unwrap();
        for text in ["aaaa", "bbbb", "cccc", "dddd"] {
            file.write_all(text.as_bytes()).unwrap();
        }
        drop(file);
        let read = |name: &str| fs::read_to_string(path.with_file_name(name)).unwrap();
        assert_eq!(read("worker.log"), "dddd");
        assert_eq!(read("worker.1.log"), "cccc");
        assert_eq!(read("worker.2.log"), "bbbb");
        assert_eq!(fs::read_dir(folder.join("logs")).unwrap().count(), 3);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_file_is_begun_when_asked_for_unless_it_is_empty_and_none_may_be_kept() {
        let folder = std::env::temp_dir().join(format!("relance-begin-{}", std::process::id()));
        let path = folder.join("worker.log");
        let mut file = RotatingFile::open(&path, 99, 2).unwrap();
        file.write_all(b"one").unwrap();
        file.begin().unwrap();
        file.begin().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "");
        assert_eq!(fs::read_to_string(file.aside(1)).unwrap(), "one");
        let mut none = RotatingFile::open(&folder.join("none.log"), 1, 0).unwrap();
        for text in ["a", "b"] {
            none.write_all(text.as_bytes()).unwrap();
        }
        drop((file, none));
        assert_eq!(fs::read_to_string(folder.join("none.log")).unwrap(), "b");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 3);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn services_never_share_a_file() {
        let path = |name| output_path(Path::new("data"), name);
        assert_ne!(path("a:b"), path("a%3Ab"));
        assert!(path("a:b").ends_with("a%3Ab.log"));
    }
}
