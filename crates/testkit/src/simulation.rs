//! The production engine over a simulated machine: virtual time, a seed, and faults.
//!
//! [`machine`] is what outlives an engine: the guardian with its processes, channels and commands, and
//! what of these stands in the run journal when it is killed too.
//! [`disk`] is the real database in memory behind the real writer, whose thread the simulation plays,
//! and what engines that were frozen try to write later.
//! [`world`] puts an engine between the two and lets time pass. [`turmoil`] does to a world, at random
//! but by a seed, everything that can happen to one, and [`truth`] compares what the engine wrote down with
//! what really happened.

pub mod disk;
pub mod machine;
pub mod truth;
pub mod turmoil;
pub mod world;

pub use world::World;
