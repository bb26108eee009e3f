//! The classes that the extension defines.

pub(crate) mod right_info;
