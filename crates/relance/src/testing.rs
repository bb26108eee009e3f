//! What unit tests share.

use relance_scm::ServiceConfig;
use relance_scm::manager::ServiceInfo;
use relance_wire::api::{ConfigBody, ServiceReply};

/// A service that never ran, as the API gives it.
pub(crate) fn never_ran(id: u32, config: &ServiceConfig) -> ServiceInfo {
    let status = serde_json::json!({
        "service_type": 16, "state": "STOPPED", "controls_accepted": 0, "win32_exit_code": 0,
        "service_specific_exit_code": 0, "checkpoint": 0, "wait_hint_ms": 0, "process_id": 0,
        "service_flags": 0,
    });
    let body = serde_json::json!({
        "id": id,
        "config": ConfigBody::from(config),
        "status": status,
        "recovery_state": { "failure_count": 0, "pending": [] },
    });
    let reply: ServiceReply = serde_json::from_value(body).expect("a service");
    ServiceInfo::try_from(&reply).expect("a service")
}
