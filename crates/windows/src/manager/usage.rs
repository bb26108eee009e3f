//! Processor and memory of services, by their processes.

use relance_scm::manager::Usage;
use relance_scm::{ScmError, ServiceId};
use relance_texts::windows;

use super::Scm;
use super::events::service_id;
use crate::error::unsupported;

/// What the processes of running services use: of these, or of all. A process that hosts several
/// services counts for each of them; processes that the caller may not read are left out.
pub(super) fn usage(scm: &Scm, wanted: Option<&[ServiceId]>) -> Result<Vec<Usage>, ScmError> {
    if !scm.machine.is_empty() {
        return Err(unsupported(windows::UsageElsewhere {
            machine: &*scm.machine,
        }));
    }
    let services = scm.enumerated()?;
    let running = services
        .iter()
        .filter(|service| service.status.process_id != 0)
        .map(|service| (service_id(&service.name), service.status.process_id))
        .filter(|(id, _)| wanted.is_none_or(|wanted| wanted.contains(id)));
    let used = running.filter_map(|(service, process_id)| {
        let used = scm.api.process_usage(process_id).ok()?;
        Some(Usage {
            service,
            cpu_ms: used.cpu_ms,
            memory_bytes: used.memory_bytes,
            memory_peak_bytes: None,
            processes: 1,
        })
    });
    Ok(used.collect())
}
