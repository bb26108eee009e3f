//! How supervisord restarts a program, as recovery actions.

use std::time::Duration;

use relance_texts::import;

use super::program::Program;
use crate::draft::Origin;
use crate::recovery::{Before, LIMIT_MAX, bounded, delays, written};
use crate::work::Converter;

/// The default of `startretries`.
const RETRIES: usize = 3;

impl Program<'_, '_, '_> {
    /// What follows an end.
    pub(super) fn recovery(&mut self) {
        let startsecs = bounded(
            self.value("startsecs")
                .and_then(|text| text.parse().ok())
                .unwrap_or(1),
        );
        if !self.draft.has("extensions.ready_after_ms") {
            self.draft
                .set("extensions.ready_after_ms", written(startsecs), None);
        }
        let retries = self
            .value("startretries")
            .and_then(|text| text.parse().ok())
            .unwrap_or(RETRIES);
        let entry = self
            .section
            .get("autorestart")
            .or(self.section.get("startretries"));
        let origin = entry.map(|entry| self.origin(entry.lines));
        let delay = |at: usize| Duration::from_secs(at as u64 + 1);
        let draft = &mut self.draft;
        let has_start_phase = !startsecs.is_zero();
        draft.before = Some(if has_start_phase {
            Before::limited(retries, delay)
        } else {
            Before::never()
        });
        if !self.restarts() {
            return;
        }
        let draft = &mut self.draft;
        let delays = delays(retries, delay);
        if !has_start_phase {
            // It counts as running at once, and is always started again.
            draft.before = Some(Before::forever(|_| Duration::ZERO));
            draft.set_actions(
                &[Duration::from_secs(1)],
                false,
                Duration::from_secs(1),
                origin,
            );
        } else if delays.is_empty() {
            // Once it has run, it is started again; a start is not tried again.
            draft.set_actions(&[Duration::ZERO], true, startsecs, origin);
        } else {
            let longest = delays[delays.len() - 1];
            draft.set_actions(&delays, true, longest + startsecs, origin);
            // supervisord counts the starts that fail in a row; after a run that lasted, counting begins again.
            draft.set("extensions.reset_after_run_ms", written(startsecs), origin);
        }
        if let Some(entry) = self.section.get("startretries")
            && has_start_phase
            && retries > LIMIT_MAX
        {
            self.changed(entry.lines, "recovery.actions", import::NO_END_OF_RESTARTS);
        }
        self.exits(origin);
    }

    /// Which exit statuses are followed by a start.
    fn exits(&mut self, origin: Option<Origin>) {
        let is_unexpected = self
            .value("autorestart")
            .is_none_or(|text| text == "unexpected");
        let expected = self.value("exitcodes").unwrap_or_else(|| "0".to_owned());
        let expected: Vec<u8> = expected
            .split(',')
            .filter_map(|code| code.trim().parse().ok())
            .collect();
        let draft = &mut self.draft;
        if !is_unexpected || !expected.contains(&0) {
            draft.set("extensions.restart_on_exit", "0", origin);
            draft.set("extensions.restart_on_exit_delay_ms", "1s", origin);
        }
        let codes: Vec<String> = expected
            .iter()
            .filter(|code| **code != 0)
            .map(u8::to_string)
            .collect();
        if is_unexpected && !codes.is_empty() {
            draft.set("extensions.no_restart_on_exit", codes.join(","), origin);
        }
    }

    fn value(&self, key: &str) -> Option<String> {
        Some(self.section.get(key)?.value.trim().to_ascii_lowercase())
    }
}
