//! What all requests to the console share.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::counts::Metrics;
use crate::gate::Gate;
use crate::hub::Hubs;
use crate::manager::Place;

/// The console's state; pages keep none.
pub(crate) struct App {
    pub(crate) target: Place,
    pub(crate) hubs: Arc<Hubs>,
    pub(crate) metrics: Arc<Metrics>,
    /// Controls that are under way.
    pub(crate) controls: Semaphore,
    pub(crate) gate: Gate,
    /// Name of the session's cookie: browsers send cookies to all ports of a machine.
    pub(crate) cookie: String,
    /// Names under which browsers may ask for the console, besides addresses and localhost.
    pub(crate) names: Vec<String>,
    /// How many services have series of their own in the metrics.
    pub(crate) metrics_services: usize,
}
