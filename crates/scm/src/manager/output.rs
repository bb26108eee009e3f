//! What services print: which stream, which part of it, and a reader of what comes.

use std::task::{Context, Poll};

/// What a process prints to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutputStream {
    /// Standard output, and standard error unless that is kept apart.
    #[default]
    Output,
    /// Standard error that is kept apart.
    Errors,
}

impl OutputStream {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Output, Self::Errors];

    /// Its name: `stdout` or `stderr`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Output => "stdout",
            Self::Errors => "stderr",
        }
    }
}

/// Which part of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputRange {
    /// The last lines, so many at most.
    LastLines(u32),
    /// The last lines of the run with this number, so many at most. None where the manager does not know where the
    /// output of that run begins: an earlier manager had started it, or another run has begun since.
    LastLinesOfRun(u32, u32),
    /// Everything from a position on.
    From(u64),
}

/// A part of an output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutputPart {
    /// The bytes, as the service printed them.
    pub bytes: Vec<u8>,
    /// The position behind them.
    pub end: u64,
}

/// A reader of output, like [`Watch`](super::Watch).
pub trait FollowOutput: Send {
    /// The next part, or a wake-up when there is one. `None` when there will be no more.
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<OutputPart>>;
}
