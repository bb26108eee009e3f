//! Series that name their service: of the first so many services by name, so that nobody's monitoring is
//! surprised by ten thousand of them.

use std::collections::HashMap;
use std::sync::Arc;

use relance_scm::manager::{ServiceInfo, Usage};
use relance_scm::{ServiceId, ServiceState};

use super::text::{Writer, seconds};
use crate::counts::{Counts, RECOVERED_WITHIN};

/// The families of services.
pub(super) fn write(
    writer: &mut Writer,
    counts: &Counts,
    services: &[&Arc<ServiceInfo>],
    usage: &[Usage],
    left_out: usize,
) {
    let usage: HashMap<ServiceId, &Usage> =
        usage.iter().map(|usage| (usage.service, usage)).collect();
    let mut gauge = |name, help: &str, value: &dyn Fn(&ServiceInfo) -> Option<String>| {
        writer.family(name, "gauge", help);
        for info in services {
            if let Some(value) = value(info) {
                writer.sample(&[("service", info.config.service_name.as_str())], value);
            }
        }
    };
    let flag = |is_so: bool| Some(u8::from(is_so).to_string());
    gauge(
        "relance_service_state",
        "State: 1 stopped, 2 starting, 3 stopping, 4 running, 5 continuing, 6 pausing, 7 paused.",
        &|info| Some(info.status.state.to_raw().to_string()),
    );
    gauge("relance_service_up", "Whether it runs.", &|info| {
        flag(info.status.state == ServiceState::Running)
    });
    gauge(
        "relance_service_failed",
        "Whether it has failed and not come back.",
        &|info| flag(info.has_failed()),
    );
    gauge(
        "relance_service_held",
        "Whether it waits for a service that it needs.",
        &|info| flag(info.held.is_some()),
    );
    gauge(
        "relance_service_failures_counted",
        "Failures since its counter began, which decides on the next action.",
        &|info| Some(info.recovery.failure_count.to_string()),
    );
    gauge(
        "relance_service_recovery_pending",
        "Recovery actions that are queued.",
        &|info| Some(info.recovery.pending.len().to_string()),
    );
    gauge(
        "relance_service_recovery_due_timestamp_seconds",
        "When the next recovery action is due.",
        &|info| {
            let due = info
                .recovery
                .pending
                .iter()
                .map(|pending| pending.due.0)
                .min()?;
            Some(seconds(due))
        },
    );
    gauge(
        "relance_service_start_timestamp_seconds",
        "When its run began.",
        &|info| info.run.as_ref().map(|run| seconds(run.started_at.0)),
    );
    gauge(
        "relance_service_memory_bytes",
        "Memory of its processes.",
        &|info| {
            usage
                .get(&info.id)
                .map(|usage| usage.memory_bytes.to_string())
        },
    );
    gauge("relance_service_processes", "Its processes.", &|info| {
        usage.get(&info.id).map(|usage| usage.processes.to_string())
    });
    writer.family(
        "relance_service_cpu_seconds",
        "counter",
        "Processor time of its run.",
    );
    for info in services {
        if let Some(usage) = usage.get(&info.id) {
            let used = i64::try_from(usage.cpu_ms).unwrap_or(i64::MAX);
            writer.sample(
                &[("service", info.config.service_name.as_str())],
                seconds(used),
            );
        }
    }
    counters(writer, counts, services);
    writer.family(
        "relance_services_left_out",
        "gauge",
        "Services without series of their own (metrics_services).",
    );
    writer.sample(&[], left_out);
}

fn counters(writer: &mut Writer, counts: &Counts, services: &[&Arc<ServiceInfo>]) {
    let counted = || {
        services.iter().filter_map(|info| {
            let own = counts.services.get(&info.id)?;
            Some((info.config.service_name.as_str(), own))
        })
    };
    writer.family(
        "relance_service_failures",
        "counter",
        "Its failures, by what the kernel saw.",
    );
    for (name, own) in counted() {
        for (cause, count) in &own.failures {
            writer.sample(&[("service", name), ("cause", cause)], count);
        }
    }
    writer.family(
        "relance_service_starts",
        "counter",
        "How often it has begun to run.",
    );
    for (name, own) in counted() {
        writer.sample(&[("service", name)], own.starts);
    }
    writer.family(
        "relance_service_probe_failures",
        "counter",
        "How often it was ended because a probe failed or its watchdog expired.",
    );
    for (name, own) in counted() {
        for (kind, count) in &own.hangs {
            writer.sample(&[("service", name), ("probe", kind)], count);
        }
    }
    writer.family(
        "relance_service_recovery_seconds",
        "histogram",
        "From a failure until it ran again.",
    );
    for (name, own) in counted() {
        let recovered = &own.recovered;
        for (index, bound) in RECOVERED_WITHIN.iter().enumerate() {
            let labels = [("service", name), ("le", &*seconds(*bound))];
            writer.line(
                "_bucket",
                &labels,
                recovered.within[index],
                recovered.exemplars[index],
            );
        }
        let last = recovered.exemplars[RECOVERED_WITHIN.len()];
        writer.line(
            "_bucket",
            &[("service", name), ("le", "+Inf")],
            recovered.count,
            last,
        );
        writer.line(
            "_sum",
            &[("service", name)],
            seconds(recovered.sum_ms),
            None,
        );
        writer.line("_count", &[("service", name)], recovered.count, None);
    }
}
