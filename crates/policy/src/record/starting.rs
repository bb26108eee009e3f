//! The configuration that the current run is started with, which later changes do not affect.

use std::sync::Arc;

use relance_scm::ServiceConfig;
use relance_scm::settings::WATCHDOG;

use super::ServiceRecord;

impl ServiceRecord {
    /// The configuration to start the current run with.
    #[must_use]
    pub fn start_config(&self) -> Arc<ServiceConfig> {
        let kind = self.kind();
        let watchdog = self.run.as_ref().and_then(|run| run.watchdog);
        let same = kind == self.config.kind && watchdog == self.config.extensions.get(WATCHDOG);
        if same {
            return Arc::clone(&self.config);
        }
        let mut config = ServiceConfig {
            kind,
            ..(*self.config).clone()
        };
        config.extensions.set(WATCHDOG, watchdog);
        Arc::new(config)
    }
}
