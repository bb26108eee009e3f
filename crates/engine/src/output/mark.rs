//! A place in the output of a service.

/// A file, and a position in it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mark {
    /// Device and inode.
    pub(crate) file: (u64, u64),
    /// In bytes.
    pub(crate) position: u64,
}

impl Mark {
    /// Where it is in this file: at its beginning if the file is another one, or was truncated.
    pub(crate) fn within(self, file: (u64, u64), length: u64) -> u64 {
        if self.file == file && self.position <= length {
            self.position
        } else {
            0
        }
    }
}
