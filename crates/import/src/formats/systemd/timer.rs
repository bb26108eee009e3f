//! Timers: the service that they start gets their schedule.

use relance_texts::import;

use super::keys::is_true;
use super::{Unit, drafts_of, service_name};
use crate::work::Work;

pub(super) fn convert(name: &str, unit: &Unit, work: &mut Work<'_>) {
    let own = name.trim_end_matches(".timer");
    let target = unit
        .get("Unit")
        .map_or(own, |key| key.entry.value.as_str())
        .to_owned();
    let is_here = drafts_of(&mut work.drafts, &target).next().is_some();
    for key in &unit.keys {
        let value = key.entry.value.as_str();
        let lines = key.entry.lines;
        match key.entry.key.as_str() {
            "OnCalendar" if is_here => {
                for draft in drafts_of(&mut work.drafts, &target) {
                    draft.set("extensions.schedule", value, Some(key.origin()));
                    draft.set("start_type", "demand", None);
                }
                work.report(key.file).kept(lines, "extensions.schedule");
            }
            "OnCalendar" | "OnBootSec" | "OnUnitActiveSec" | "OnActiveSec" | "OnStartupSec"
            | "OnUnitInactiveSec" => {
                let service = service_name(&target);
                work.report(key.file)
                    .lost(lines, import::NoSchedule { service });
            }
            "Persistent" if is_here && is_true(value) => {
                for draft in drafts_of(&mut work.drafts, &target) {
                    draft.set("extensions.when_start_missed", "run", Some(key.origin()));
                }
                work.report(key.file)
                    .kept(lines, "extensions.when_start_missed");
            }
            "Unit" => work.report(key.file).kept(lines, "name"),
            _ => work.report(key.file).lost(lines, import::TIMER_ONLY),
        }
    }
}
