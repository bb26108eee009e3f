//! Settings that have no effect because of others (X47): they are kept, and people are told.

use relance_scm::config::{Extensions, Probe, Readiness};
use relance_scm::settings::{
    MEMORY_HIGH, MEMORY_MAX, PROBE, READY, READY_AFTER, RECYCLE_ABOVE, RECYCLE_AFTER,
    RECYCLE_AFTER_JOBS, RECYCLE_AT, SCHEDULE, START_DEADLINE, WATCHDOG,
};
use relance_texts::{Human, Sentence, Size, doctor};

use crate::lang::lang;
use crate::plain::plain;

/// A setting, or several with one beginning, that has an effect only beside another.
struct Need {
    options: &'static [&'static str],
    /// What is missing, as people type it.
    needed: &'static str,
    is_met: fn(&Extensions) -> bool,
}

const NEEDS: &[Need] = &[
    Need {
        options: &["probe-interval", "probe-failures", "probe-delay"],
        needed: "--probe",
        is_met: |set| set.get(PROBE).is_some(),
    },
    Need {
        options: &["probe-timeout"],
        needed: "--probe",
        is_met: |set| {
            set.get(PROBE).is_some() || matches!(set.get(READY), Some(Readiness::Command(_)))
        },
    },
    Need {
        options: &["probe-text"],
        needed: "--probe http://",
        is_met: |set| matches!(set.get(PROBE), Some(Probe::Http { .. })),
    },
    Need {
        options: &["watchdog-signal"],
        needed: "--watchdog, --probe",
        // A program that may say something may also say that it hangs.
        is_met: |set| {
            set.get(WATCHDOG).is_some()
                || set.get(PROBE).is_some()
                || matches!(set.get(READY), Some(Readiness::Notify))
        },
    },
    Need {
        options: &["when-start-missed", "when-still-running"],
        needed: "--schedule",
        is_met: |set| set.get(SCHEDULE).is_some(),
    },
    Need {
        options: &["recycle-jitter"],
        needed: "--recycle-above, --recycle-after, --recycle-at, --recycle-after-jobs",
        is_met: |set| {
            set.get(RECYCLE_ABOVE).is_some()
                || set.get(RECYCLE_AFTER).is_some()
                || set.get(RECYCLE_AT).is_some()
                || set.get(RECYCLE_AFTER_JOBS).is_some()
        },
    },
];

/// The contradictions of these settings, each in a sentence with what to do.
pub(crate) fn of(set: &Extensions) -> Vec<(Sentence, Sentence)> {
    let unused = set.given().filter_map(|(setting, _)| {
        let mut needs = NEEDS.iter();
        let need = needs.find(|need| need.options.contains(&setting.option))?;
        let (option, needed) = (setting.option, need.needed);
        (!(need.is_met)(set)).then(|| {
            let text: Sentence = doctor::WithoutEffect { option, needed }.into();
            (text, doctor::WithoutEffectDo { option, needed }.into())
        })
    });
    let mut found: Vec<_> = unused.collect();
    found.extend(never_ready(set));
    found.extend(never_recycled(set));
    found.extend(never_slowed(set));
    found
}

/// It has to stay up longer than it may be START_PENDING.
fn never_ready(set: &Extensions) -> Option<(Sentence, Sentence)> {
    let deadline = set.get(START_DEADLINE)?;
    let time = set.get(READY_AFTER);
    let has_sign = set.get(READY).is_some();
    let is_never = !time.is_zero() && time >= deadline || has_sign && deadline.is_zero();
    let (deadline, time) = (Human(deadline), Human(time));
    is_never.then(|| {
        let text: Sentence = doctor::NeverReady { deadline, time }.into();
        (text, doctor::NEVER_READY_DO.into())
    })
}

/// The kernel kills it below the line.
fn never_recycled(set: &Extensions) -> Option<(Sentence, Sentence)> {
    let (line, most) = (set.get(RECYCLE_ABOVE)?, set.get(MEMORY_MAX)?);
    (line >= most).then(|| {
        let (line, most) = (Size(line), Size(most));
        let text: Sentence = doctor::NeverRecycled { line, most }.into();
        (text, doctor::NEVER_RECYCLED_DO.into())
    })
}

/// The kernel kills it before it is slowed down.
fn never_slowed(set: &Extensions) -> Option<(Sentence, Sentence)> {
    let (line, most) = (set.get(MEMORY_HIGH)?, set.get(MEMORY_MAX)?);
    (line >= most).then(|| {
        let (line, most) = (Size(line), Size(most));
        let text: Sentence = doctor::NeverSlowed { line, most }.into();
        (text, doctor::NEVER_SLOWED_DO.into())
    })
}

/// Prints them on stderr for a service that was just created.
pub(crate) fn note(name: &str, set: &Extensions) {
    for (text, advice) in of(set) {
        let said = format!("{name}: {}; {}", text.of(lang()), advice.of(lang()));
        eprintln!("{}", plain(&said));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use relance_scm::settings::{
        PROBE_INTERVAL, PROBE_TEXT, RECYCLE_JITTER, WATCHDOG_SIGNAL, WHEN_START_MISSED,
    };

    use super::*;

    fn said(set: &Extensions) -> Vec<String> {
        let found = of(set).into_iter();
        found.map(|(text, _)| text.to_string()).collect()
    }

    #[test]
    fn x47_settings_that_wait_for_another_are_told_until_it_is_there() {
        let mut set = Extensions::default();
        set.set(PROBE_INTERVAL, Duration::from_secs(3));
        set.set(WATCHDOG_SIGNAL, Some(6));
        set.set(WHEN_START_MISSED, "run");
        set.set(RECYCLE_JITTER, Duration::from_secs(3));
        assert_eq!(said(&set).len(), 4);
        let probe = said(&set)
            .iter()
            .any(|text| text == "--probe-interval has no effect without --probe (X47)");
        assert!(probe, "{:?}", said(&set));
        set.set(PROBE, Some(Probe::Output));
        set.set(SCHEDULE, Some("daily".into()));
        set.set(RECYCLE_AFTER, Some(Duration::from_secs(60)));
        assert_eq!(said(&set), Vec::<String>::new());
        set.set(PROBE_TEXT, Some("fine".into()));
        assert_eq!(
            said(&set),
            ["--probe-text has no effect without --probe http:// (X47)"]
        );
    }

    #[test]
    fn x47_what_can_never_be_reached_is_told() {
        let mut set = Extensions::default();
        set.set(READY_AFTER, Duration::from_secs(60));
        assert_eq!(
            said(&set),
            Vec::<String>::new(),
            "no deadline is in its way"
        );
        set.set(START_DEADLINE, Some(Duration::from_secs(60)));
        set.set(RECYCLE_ABOVE, Some(1 << 20));
        set.set(MEMORY_HIGH, Some(1 << 20));
        set.set(MEMORY_MAX, Some(1 << 20));
        assert_eq!(said(&set).len(), 3, "{:?}", said(&set));
        set.set(START_DEADLINE, Some(Duration::from_secs(61)));
        set.set(MEMORY_MAX, Some(2 << 20));
        assert_eq!(said(&set), Vec::<String>::new());
    }
}
