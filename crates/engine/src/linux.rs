//! Linux: the guardian process, and the engine's side of it.
//!
//! [`guardian`] is the parent of everything and small enough to be read in one sitting; `spawn`
//! creates processes for it. `link` and `protocol` connect it with the engine process, which
//! [`daemon`] sets up and `driver` runs (`without_database` where it cannot). `processes` is the
//! engine's view of what runs, with `channel` (control channels), `logs` (output) and `plan` (what is
//! executed) and `board` (what the guardian does by itself). `cgroup` holds what a run has started together,
//! `resident` bounds what of the program's file stays in memory.

pub(crate) mod account;
mod board;
pub(crate) mod cgroup;
mod channel;
pub(crate) mod clock;
pub mod daemon;
mod driver;
mod environment;
#[doc(hidden)]
pub mod fuzzing;
pub mod guardian;
mod kept;
mod link;
mod lock;
mod logs;
mod notify;
mod passed;
mod peer;
pub mod place;
mod plan;
mod prober;
mod process;
mod processes;
mod protocol;
mod resident;
mod secret;
mod signals;
mod spawn;
mod start_error;
mod store_watch;
pub(crate) mod usage;
mod verdicts;
mod wall_timer;
mod without_database;

pub use account::{AccountIds, ConsoleAccount, account_ids};
pub use cgroup::{GroupNames, cgroup_folder};
pub use environment::PATH as SERVICE_PATH;
pub(crate) use logs::{LogOwners, OutputFile, check_log_places, check_log_rights, names_log_file};
pub use logs::{LogSettings, Sink, log_path};
pub use passed::handed_environment;
pub use peer::Administrators;
pub(crate) use place::open_output;
pub use processes::RebootCommand;
pub use signals::{Interrupts, take_interrupts};
