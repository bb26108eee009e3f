//! The classes that the extension defines (section 4).

pub(crate) mod right_info;
