//! Series that name their service: of the first so many services by name, so that nobody's monitoring is
//! surprised by ten thousand of them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use relance_scm::manager::{ServiceInfo, Usage};
use relance_scm::{ServiceId, ServiceState};

use super::text::{Writer, seconds};
use crate::counts::{Counts, OfService, RECOVERED_WITHIN};

/// The services that have series.
type Services<'a> = [&'a Arc<ServiceInfo>];

/// What is known of one service now: the name of the family, its help, and its value, if it has one.
type Gauge = (
    &'static str,
    &'static str,
    fn(&ServiceInfo) -> Option<String>,
);

const GAUGES: [Gauge; 8] = [
    (
        "relance_service_state",
        "State: 1 stopped, 2 starting, 3 stopping, 4 running, 5 continuing, 6 pausing, 7 paused.",
        |info| Some(info.status.state.to_raw().to_string()),
    ),
    ("relance_service_up", "Whether it runs.", |info| {
        Some(flag(info.status.state == ServiceState::Running))
    }),
    (
        "relance_service_failed",
        "Whether it has failed and not come back.",
        |info| Some(flag(info.has_failed())),
    ),
    (
        "relance_service_held",
        "Whether it waits for a service that it needs.",
        |info| Some(flag(info.held.is_some())),
    ),
    (
        "relance_service_failures_counted",
        "Failures since its counter began, which decides on the next action.",
        |info| Some(info.recovery.failure_count.to_string()),
    ),
    (
        "relance_service_recovery_pending",
        "Recovery actions that are queued.",
        |info| Some(info.recovery.pending.len().to_string()),
    ),
    (
        "relance_service_recovery_due_timestamp_seconds",
        "When the next recovery action is due.",
        |info| {
            let pending = info.recovery.pending.iter();
            pending.map(|pending| pending.due.0).min().map(seconds)
        },
    ),
    (
        "relance_service_start_timestamp_seconds",
        "When its run began.",
        |info| info.run.as_ref().map(|run| seconds(run.started_at.0)),
    ),
];

fn flag(is_so: bool) -> String {
    u8::from(is_so).to_string()
}

fn name(info: &ServiceInfo) -> [(&'static str, &str); 1] {
    [("service", info.config.service_name.as_str())]
}

/// The families of services.
pub(super) fn write(
    writer: &mut Writer,
    counts: &Counts,
    services: &Services<'_>,
    usage: &[Usage],
    left_out: usize,
) {
    for (family, help, value) in GAUGES {
        writer.family(family, "gauge", help);
        for info in services {
            if let Some(value) = value(info) {
                writer.sample(&name(info), value);
            }
        }
    }
    write_usage(writer, services, usage);
    let counted = services.iter().filter_map(|info| {
        let own = counts.services.get(&info.id)?;
        Some((info.config.service_name.as_str(), own))
    });
    let counted: Vec<_> = counted.collect();
    write_counters(writer, &counted);
    write_recoveries(writer, &counted);
    let help = "Services without series of their own (metrics_services).";
    writer.family("relance_services_left_out", "gauge", help);
    writer.sample(&[], left_out);
}

fn write_usage(writer: &mut Writer, services: &Services<'_>, usage: &[Usage]) {
    let by_service: HashMap<ServiceId, &Usage> =
        usage.iter().map(|usage| (usage.service, usage)).collect();
    let known = services
        .iter()
        .filter_map(|info| Some((name(info), *by_service.get(&info.id)?)));
    let known: Vec<_> = known.collect();
    writer.family(
        "relance_service_memory_bytes",
        "gauge",
        "Memory of its processes.",
    );
    for (name, usage) in &known {
        writer.sample(name, usage.memory_bytes);
    }
    writer.family("relance_service_processes", "gauge", "Its processes.");
    for (name, usage) in &known {
        writer.sample(name, usage.processes);
    }
    writer.family(
        "relance_service_cpu_seconds",
        "counter",
        "Processor time of its run.",
    );
    for (name, usage) in &known {
        let used = i64::try_from(usage.cpu_ms).unwrap_or(i64::MAX);
        writer.sample(name, seconds(used));
    }
}

/// What was counted of services, by their names.
type Counted<'a> = [(&'a str, &'a OfService)];

fn write_counters(writer: &mut Writer, counted: &Counted<'_>) {
    let help = "Its failures, by what the kernel saw.";
    writer.family("relance_service_failures", "counter", help);
    for (name, own) in counted {
        by(writer, name, "cause", &own.failures);
    }
    writer.family(
        "relance_service_starts",
        "counter",
        "How often it has begun to run.",
    );
    for (name, own) in counted {
        writer.sample(&[("service", name)], own.starts);
    }
    let help = "How often it was ended because a probe failed or its watchdog expired.";
    writer.family("relance_service_probe_failures", "counter", help);
    for (name, own) in counted {
        by(writer, name, "probe", &own.hangs);
    }
}

fn by(writer: &mut Writer, name: &str, label: &str, counts: &BTreeMap<&'static str, u64>) {
    for (value, count) in counts {
        writer.sample(&[("service", name), (label, value)], count);
    }
}

fn write_recoveries(writer: &mut Writer, counted: &Counted<'_>) {
    let help = "From a failure until it ran again.";
    writer.family("relance_service_recovery_seconds", "histogram", help);
    for (name, own) in counted {
        let recovered = &own.recovered;
        for (index, bound) in RECOVERED_WITHIN.iter().enumerate() {
            let labels = [("service", *name), ("le", &*seconds(*bound))];
            let (count, exemplar) = (recovered.within[index], recovered.exemplars[index]);
            writer.line("_bucket", &labels, count, exemplar);
        }
        let labels = [("service", *name), ("le", "+Inf")];
        let last = recovered.exemplars[RECOVERED_WITHIN.len()];
        writer.line("_bucket", &labels, recovered.count, last);
        writer.line(
            "_sum",
            &[("service", name)],
            seconds(recovered.sum_ms),
            None,
        );
        writer.line("_count", &[("service", name)], recovered.count, None);
    }
}
