//! What services use, read from the kernel by the thread that asks.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use relance_policy::ServiceRecord;
use relance_scm::manager::Usage;
use relance_scm::{Caller, ServiceId};

use super::EngineHandle;
use crate::linux::usage::{RunUsage, of_few_runs, of_runs};
use crate::sight::is_visible;

impl EngineHandle {
    pub(super) fn usage(&self, caller: &Caller, services: Option<&[ServiceId]>) -> Vec<Usage> {
        let running = self.running(caller, services);
        let leaders = running.iter().map(|record| record.pid());
        usage_of(&running, &of_runs(leaders, self.cgroups.as_ref()))
    }

    /// The same of a few that have groups; else `None`.
    pub(super) fn usage_of_few(
        &self,
        caller: &Caller,
        services: &[ServiceId],
    ) -> Option<Vec<Usage>> {
        let running = self.running(caller, Some(services));
        let leaders: Vec<_> = running.iter().map(|record| record.pid()).collect();
        let used = of_few_runs(&leaders, self.cgroups.as_ref())?;
        Some(usage_of(&running, &used))
    }

    /// Services that run and that the caller may see: of these, or of all.
    fn running(&self, caller: &Caller, services: Option<&[ServiceId]>) -> Vec<Arc<ServiceRecord>> {
        let services: Option<BTreeSet<_>> = services.map(|ids| ids.iter().collect());
        let is_asked = |id: &ServiceId| services.as_ref().is_none_or(|ids| ids.contains(id));
        let records = self.publisher.snapshot().services.into_iter();
        let running = records.filter(|record| record.pid() != 0 && is_asked(&record.id));
        running
            .filter(|record| is_visible(caller, record))
            .collect()
    }
}

/// What was counted, by service.
fn usage_of(running: &[Arc<ServiceRecord>], used: &HashMap<u32, RunUsage>) -> Vec<Usage> {
    let usage = running.iter().map(|record| {
        let used = used.get(&record.pid()).copied().unwrap_or_default();
        Usage {
            service: record.id,
            cpu_ms: used.cpu_ms,
            memory_bytes: used.memory_bytes,
            memory_peak_bytes: used.memory_peak_bytes,
            processes: used.processes,
        }
    });
    usage.collect()
}
