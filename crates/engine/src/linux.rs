//! Linux: the guardian process, and the engine's side of it.
//!
//! [`guardian`] is the parent of everything and small enough to be read in one sitting; `spawn`
//! creates processes for it. `link` and `protocol` connect it with the engine.

mod cgroup;
mod clock;
pub mod guardian;
mod link;
mod process;
mod protocol;
mod signals;
mod spawn;
