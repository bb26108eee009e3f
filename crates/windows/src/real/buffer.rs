//! Memory for calls that say how much they need.

use std::mem::MaybeUninit;

use relance_scm::Win32Error;

use crate::api::Result;

/// Bytes, aligned for every structure of Windows.
pub(crate) struct Buffer(Vec<MaybeUninit<u64>>);

impl Buffer {
    pub(crate) fn new(bytes: u32) -> Self {
        let words = (bytes as usize).div_ceil(size_of::<u64>());
        Self(vec![MaybeUninit::zeroed(); words])
    }

    pub(crate) fn size(&self) -> u32 {
        u32::try_from(self.0.len() * size_of::<u64>()).unwrap_or(u32::MAX)
    }

    pub(crate) fn pointer<T>(&mut self) -> *mut T {
        self.0.as_mut_ptr().cast()
    }
}

/// Calls with ever larger buffers until one suffices: `call` gets the buffer and a place for the size
/// it needs. What may grow between two calls is asked for again.
pub(crate) fn sized(
    first: u32,
    mut call: impl FnMut(&mut Buffer, &mut u32) -> Result<()>,
) -> Result<Buffer> {
    let mut size = first;
    loop {
        let mut buffer = Buffer::new(size);
        let mut needed = 0;
        match call(&mut buffer, &mut needed) {
            Ok(()) => return Ok(buffer),
            Err(Win32Error::INSUFFICIENT_BUFFER | Win32Error::MORE_DATA) if needed > size => {
                size = needed;
            }
            Err(error) => return Err(error),
        }
    }
}
