//! Timers: the service that they start gets their schedule.
//!
//! Several `OnCalendar` are one schedule of several parts. A timer that counts from the last start
//! (`OnUnitActiveSec`) becomes a schedule at fixed times if its time divides an hour or a day; a time after boot
//! cannot become one.

use std::time::Duration;

use relance_texts::import;

use super::keys::is_true;
use super::span::{self, Span};
use super::{Key, Unit, drafts_of, service_name};
use crate::work::Work;

const HOUR_S: u64 = 3600;
const DAY_S: u64 = 24 * HOUR_S;

pub(super) fn convert(name: &str, unit: &Unit, work: &mut Work<'_>) {
    let own = name.trim_end_matches(".timer");
    let target = unit
        .get("Unit")
        .map_or(own, |key| key.entry.value.as_str())
        .to_owned();
    let is_here = drafts_of(&mut work.drafts, &target).next().is_some();
    let calendar: Vec<&Key> = keys(unit, "OnCalendar").collect();
    let since_last = keys(unit, "OnUnitActiveSec").last();
    let regular = since_last.and_then(|key| regular(&key.entry.value));
    let regular = regular.filter(|_| calendar.is_empty());
    let schedule = match &regular {
        Some(schedule) => schedule.clone(),
        None => {
            let parts = calendar.iter().map(|key| key.entry.value.as_str());
            parts.collect::<Vec<_>>().join("; ")
        }
    };
    if let Some(key) = calendar.first().copied().or(since_last)
        && !schedule.is_empty()
    {
        for draft in drafts_of(&mut work.drafts, &target) {
            // Another timer may start it, too.
            let known = draft
                .text("extensions.schedule")
                .map(|known| format!("{known}; {schedule}"));
            let schedule = known.unwrap_or_else(|| schedule.clone());
            draft.set("extensions.schedule", schedule, Some(key.origin()));
            draft.set("start_type", "demand", None);
        }
    }
    let has_schedule = is_here && !schedule.is_empty();
    for key in &unit.keys {
        line(key, &target, (has_schedule, regular.is_some()), work);
    }
}

/// What becomes of one line; whether the service has a schedule, and whether that is one at fixed times.
fn line(key: &Key, target: &str, (has_schedule, is_regular): (bool, bool), work: &mut Work<'_>) {
    let value = key.entry.value.as_str();
    let lines = key.entry.lines;
    let setting = "extensions.schedule";
    match key.entry.key.as_str() {
        "OnCalendar" if has_schedule || value.is_empty() => {
            work.report(key.file).kept(lines, setting);
        }
        "OnUnitActiveSec" if has_schedule && is_regular => {
            let report = work.report(key.file);
            report.changed(lines, setting, import::AT_FIXED_TIMES);
        }
        "OnBootSec" | "OnStartupSec" if has_schedule => {
            let report = work.report(key.file);
            report.lost(lines, import::NOT_AFTER_BOOT);
        }
        "OnCalendar" | "OnBootSec" | "OnUnitActiveSec" | "OnActiveSec" | "OnStartupSec"
        | "OnUnitInactiveSec" => {
            let service = service_name(target);
            work.report(key.file)
                .lost(lines, import::NoSchedule { service });
        }
        "Persistent" if has_schedule && is_true(value) => {
            for draft in drafts_of(&mut work.drafts, target) {
                draft.set("extensions.when_start_missed", "run", Some(key.origin()));
            }
            work.report(key.file)
                .kept(lines, "extensions.when_start_missed");
        }
        "Persistent" => work
            .report(key.file)
            .kept(lines, "extensions.when_start_missed"),
        "RandomizedDelaySec" | "FixedRandomDelay" | "RandomizedOffsetSec" => {
            work.report(key.file).lost(lines, import::NO_SPREAD);
        }
        "AccuracySec" => work
            .report(key.file)
            .changed(lines, setting, import::TO_THE_SECOND),
        "Unit" => work.report(key.file).kept(lines, "name"),
        _ => work.report(key.file).lost(lines, import::TIMER_ONLY),
    }
}

/// The lines with this key that count: an empty one takes back those before it.
fn keys<'a>(unit: &'a Unit, name: &'a str) -> impl Iterator<Item = &'a Key> {
    let named = unit.keys.iter().filter(move |key| key.entry.key == name);
    let named: Vec<&Key> = named.collect();
    let empty = named.iter().rposition(|key| key.entry.value.is_empty());
    named.into_iter().skip(empty.map_or(0, |at| at + 1))
}

/// A schedule that comes as often as this, if hours or days can be divided by it.
fn regular(text: &str) -> Option<String> {
    let Span::For(time) = span::parse(text)? else {
        return None;
    };
    let seconds = time.as_secs();
    if Duration::from_secs(seconds) != time || seconds == 0 {
        return None;
    }
    Some(match seconds {
        DAY_S => "daily".to_owned(),
        HOUR_S => "hourly".to_owned(),
        60 => "minutely".to_owned(),
        _ if seconds < 60 && 60_u64.is_multiple_of(seconds) => format!("*:*:0/{seconds}"),
        _ if seconds.is_multiple_of(60) && HOUR_S.is_multiple_of(seconds) => {
            format!("*:0/{}", seconds / 60)
        }
        _ if seconds.is_multiple_of(HOUR_S) && DAY_S.is_multiple_of(seconds) => {
            format!("0/{}:00", seconds / HOUR_S)
        }
        _ if seconds == 7 * DAY_S => "weekly".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::formats::tests::{Memory, imported};
    use crate::report::Fate;

    #[test]
    fn times_that_divide_an_hour_or_a_day_are_schedules() {
        for (text, schedule) in [
            ("15min", Some("*:0/15")),
            ("1h", Some("hourly")),
            ("6h", Some("0/6:00")),
            ("1d", Some("daily")),
            ("1w", Some("weekly")),
            ("10s", Some("*:*:0/10")),
            ("90", None),
            ("7min", None),
            ("500ms", None),
            ("infinity", None),
            ("soon", None),
        ] {
            let found = regular(text);
            assert_eq!(found.as_deref(), schedule, "{text}");
            if let Some(schedule) = found {
                // A schedule that the service does not take would be left out.
                let (toml, _) = timer(&format!(
                    "OnUnitActiveSec={text}
"
                ));
                assert!(
                    toml.contains(&format!("schedule = \"{schedule}\"")),
                    "{toml}"
                );
            }
        }
    }

    fn timer(lines: &str) -> (String, Vec<Fate>) {
        let files = Memory::default()
            .with("/u/a.service", "[Service]\nExecStart=/bin/a\n")
            .with("/u/a.timer", &format!("[Timer]\n{lines}"));
        let paths = ["/u/a.service", "/u/a.timer"].map(PathBuf::from);
        let found = imported(&paths, &files);
        let fates = found.files[1].lines.iter().skip(1).map(|line| line.fate);
        (found.toml.clone(), fates.collect())
    }

    #[test]
    fn a_timer_of_several_times_is_one_schedule() {
        let (toml, fates) = timer(
            "OnCalendar=daily\nOnCalendar=\nOnCalendar=Mon..Fri 02:30\nOnCalendar=Sat 04:00\nRandomizedDelaySec=5min\nAccuracySec=1s\n",
        );
        assert!(toml.contains("\"Mon..Fri 02:30; Sat 04:00\""), "{toml}");
        let lost = [fates[0], fates[4]];
        assert_eq!(lost, [Fate::Lost; 2], "what is taken back, and the spread");
        assert_eq!(fates.iter().filter(|fate| **fate == Fate::Lost).count(), 2);
    }

    #[test]
    fn a_service_of_two_timers_has_the_times_of_both() {
        let files = Memory::default()
            .with("/u/a.service", "[Service]\nExecStart=/bin/a\n")
            .with("/u/a.timer", "[Timer]\nOnCalendar=daily\n")
            .with("/u/b.timer", "[Timer]\nOnCalendar=hourly\nUnit=a.service\n");
        let paths = ["/u/a.service", "/u/a.timer", "/u/b.timer"].map(PathBuf::from);
        let toml = imported(&paths, &files).toml;
        assert!(toml.contains("schedule = \"daily; hourly\""), "{toml}");
    }

    #[test]
    fn a_timer_that_counts_from_the_last_start_comes_at_fixed_times() {
        let (toml, fates) = timer("OnBootSec=5min\nOnUnitActiveSec=15min\n");
        assert!(toml.contains("schedule = \"*:0/15\""), "{toml}");
        assert_eq!(fates, [Fate::Lost, Fate::Changed]);
        let (toml, fates) = timer("OnUnitActiveSec=7min\n");
        assert!(!toml.contains("schedule"), "{toml}");
        assert_eq!(fates, [Fate::Lost]);
    }
}
