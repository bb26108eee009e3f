//! What hosted programs print: the host writes it to a file of this machine.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;

use relance_scm::manager::{FollowOutput, OutputPart, OutputRange, OutputStream};
use relance_scm::{ScmError, ServiceName, Win32Error};
use relance_texts::{error, shown, windows};

use super::Scm;
use crate::error::unsupported;
use crate::rotation::output_path;

/// The most that is read at once.
const PART_LEN_MAX: u64 = 1024 * 1024;
/// Pause between two looks at a file that has not grown.
const PAUSE: Duration = Duration::from_millis(200);

fn open(scm: &Scm, name: &ServiceName, stream: OutputStream) -> Result<File, ScmError> {
    if stream == OutputStream::Errors {
        return Err(ScmError::new(
            Win32Error::NOT_SUPPORTED,
            error::ErrorsNotApart { name },
        ));
    }
    if !scm.machine.is_empty() {
        return Err(unsupported(windows::OutputElsewhere {
            name,
            machine: &*scm.machine,
        }));
    }
    File::open(output_path(&scm.api.program_data(), name.as_str()))
        .map_err(|_| ScmError::new(Win32Error::FILE_NOT_FOUND, windows::NoOutput { name }))
}

fn failed(error: io::Error) -> ScmError {
    let code = error.raw_os_error().map(i32::cast_unsigned);
    ScmError::new(
        code.map_or(Win32Error::INTERNAL_ERROR, Win32Error::from_raw),
        windows::OutputUnreadable {
            error: shown(error),
        },
    )
}

/// Reads a part.
pub(super) fn read(
    scm: &Scm,
    name: &ServiceName,
    stream: OutputStream,
    range: OutputRange,
) -> Result<OutputPart, ScmError> {
    let mut file = open(scm, name, stream)?;
    match range {
        OutputRange::From(position) => part(&mut file, position),
        OutputRange::LastLines(lines) => last_lines(&mut file, lines),
        // Windows does not know where the output of a run begins.
        OutputRange::LastLinesOfRun(..) => last_lines(&mut file, 0),
    }
    .map_err(failed)
}

fn part(file: &mut File, position: u64) -> io::Result<OutputPart> {
    // A file that is shorter than that was begun again.
    let length = file.metadata()?.len();
    let from = if position > length { 0 } else { position };
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(PART_LEN_MAX).read_to_end(&mut bytes)?;
    let end = from + bytes.len() as u64;
    Ok(OutputPart { bytes, end })
}

fn last_lines(file: &mut File, lines: u32) -> io::Result<OutputPart> {
    let length = file.metadata()?.len();
    let mut part = part(file, length.saturating_sub(PART_LEN_MAX))?;
    let text = part.bytes.strip_suffix(b"\n").unwrap_or(&part.bytes);
    let lines = usize::try_from(lines).unwrap_or(usize::MAX);
    let mut ends = text
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, byte)| **byte == b'\n');
    let start = match lines.checked_sub(1) {
        None => part.bytes.len(),
        Some(before) => ends.nth(before).map_or(0, |(at, _)| at + 1),
    };
    part.bytes.drain(..start);
    Ok(part)
}

struct Follow {
    file: File,
    position: u64,
}

/// Follows the file; Windows tells nobody that a file grows, so it is looked at again and again.
pub(super) fn follow(
    scm: &Scm,
    name: &ServiceName,
    stream: OutputStream,
    from: u64,
) -> Result<Box<dyn FollowOutput>, ScmError> {
    let file = open(scm, name, stream)?;
    Ok(Box::new(Follow {
        file,
        position: from,
    }))
}

impl FollowOutput for Follow {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<OutputPart>> {
        match part(&mut self.file, self.position) {
            Ok(part) if !part.bytes.is_empty() => {
                self.position = part.end;
                Poll::Ready(Some(part))
            }
            Ok(_) => {
                let waker = context.waker().clone();
                thread::spawn(move || {
                    thread::park_timeout(PAUSE);
                    waker.wake();
                });
                Poll::Pending
            }
            Err(_) => Poll::Ready(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn the_last_lines_are_counted_from_the_end() {
        let path = std::env::temp_dir().join(format!("relance-output-{}", std::process::id()));
        let mut file = File::create_new(&path).unwrap();
        file.write_all(b"one\ntwo\nthree\n").unwrap();
        let mut file = File::open(&path).unwrap();
        let rows: [(u32, &[u8]); 4] = [
            (0, b""),
            (1, b"three\n"),
            (2, b"two\nthree\n"),
            (9, b"one\ntwo\nthree\n"),
        ];
        for (lines, expected) in rows {
            let part = last_lines(&mut file, lines).unwrap();
            assert_eq!((&part.bytes[..], part.end), (expected, 14), "{lines}");
        }
        // A file that was begun again is read from its start.
        assert_eq!(part(&mut file, 99).unwrap().end, 14);
        std::fs::remove_file(path).unwrap();
    }
}
