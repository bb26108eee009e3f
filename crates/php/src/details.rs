//! The `$details` array of create and update: read, checked, turned into settings.
//!
//! In steps, so that each complaint comes when upstream's comes: `read` copies the values and finds
//! null bytes and values that are not texts; `numbers` checks every number in upstream's order; `texts`
//! finds what is not UTF-8; `recovery` merges with what is stored; `steps` takes a change apart where
//! a part of it was refused.

mod extensions;
mod numbers;
mod read;
mod recovery;
mod steps;
mod texts;

pub(crate) use extensions::{extensions, given_extensions};
pub(crate) use numbers::{Numbers, USE_PRIORITY, priority_class};
pub(crate) use read::{Details, FIELDS};
pub(crate) use recovery::{create_recovery, update_recovery};
pub(crate) use steps::{Contexts, may_be_partial, steps};
pub(crate) use texts::{Texts, check_dependencies, parse_dependencies};
