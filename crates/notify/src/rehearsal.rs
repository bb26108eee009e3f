//! The notices of a simulation: for tests of a policy, which have no file of targets.

use std::time::Duration;

use relance_scm::config::Extensions;
use relance_scm::event::Event;
use relance_scm::notice::{NoticeKind, Notify};
use relance_scm::settings::NOTIFY;

use crate::fold::{Fold, Notice, Times, What, millis};
use crate::targets::Targets;

/// Of a service with these settings: the notices until the end, in their order, as far as one of its targets wants them.
/// Times are the usual ones of a file; where the service names no targets, so are the notices.
#[must_use]
pub fn told<'a>(
    service: &str,
    settings: &Extensions,
    events: impl IntoIterator<Item = (Duration, &'a Event)>,
    end: Duration,
) -> Vec<NoticeKind> {
    let times = Times::default();
    let wanted = wanted(settings);
    let down_after = Targets::down_after(settings);
    let mut fold = Fold::default();
    let mut told = Vec::new();
    let mut note = |fold: &mut Fold, notices: Vec<Notice>| {
        for notice in notices {
            let is_due = notice.kind != NoticeKind::Recovery || !notice.told.is_empty();
            if is_due && wanted.contains(&notice.kind) {
                fold.told(service, "somebody");
                told.push(notice.kind);
            }
        }
    };
    for (at, event) in events {
        let at = millis(at);
        let passed = fold.pass(&times, at);
        note(&mut fold, passed);
        if let Some(what) = What::of_event(event) {
            let notice = fold.take(&times, at, (1, service), &what, down_after);
            note(&mut fold, notice.into_iter().collect());
        }
    }
    let passed = fold.pass(&times, millis(end));
    note(&mut fold, passed);
    told
}

fn wanted(settings: &Extensions) -> Vec<NoticeKind> {
    let chosen: Notify = settings.get(NOTIFY);
    if chosen.0.is_empty() {
        return NoticeKind::USUAL.to_vec();
    }
    let named = chosen.0.iter().filter(|choice| choice.target.is_some());
    let kinds = named.flat_map(|choice| {
        if choice.kinds.is_empty() {
            NoticeKind::USUAL.to_vec()
        } else {
            choice.kinds.to_vec()
        }
    });
    kinds.collect()
}
