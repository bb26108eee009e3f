//! How pm2 restarts an app, as recovery actions.

use std::time::Duration;

use super::App;
use crate::draft::Origin;
use relance_texts::import;

use crate::recovery::{Before, LIMIT_MAX, written};
use crate::syntax::node::{Node, Value};
use crate::work::Converter;

/// Defaults of pm2.
const MAX_RESTARTS: usize = 16;
const MIN_UPTIME: Duration = Duration::from_secs(1);
const BACKOFF_MAX: Duration = Duration::from_secs(15);
/// How long a run must last until the back-off begins again.
const BACKOFF_RESET: Duration = Duration::from_secs(30);

/// The delays between restarts.
struct Delays {
    fixed: Duration,
    backoff: Option<Duration>,
}

impl Delays {
    /// Whole milliseconds, as ours are.
    fn at(&self, at: usize) -> Duration {
        let delay = match self.backoff {
            Some(first) => {
                let power = i32::try_from(at).unwrap_or(i32::MAX).min(60);
                first
                    .mul_f64(1.5_f64.powi(power))
                    .min(BACKOFF_MAX.max(first))
            }
            None => self.fixed,
        };
        Duration::from_millis(u64::try_from(delay.as_millis()).unwrap_or(u64::MAX))
    }
}

impl App<'_, '_, '_> {
    /// What follows an end.
    pub(super) fn recovery(&mut self) {
        let names = ["autorestart", "max_restarts", "exp_backoff_restart_delay"];
        let mut entries = self.app.entries().iter();
        let entry = entries.find(|entry| names.contains(&entry.key.as_str()));
        let origin = entry.map(|entry| self.origin(entry));
        if self.app.get("autorestart").and_then(Node::flag) == Some(false) {
            self.draft.before = Some(Before::never());
            return;
        }
        let most = self.app.get("max_restarts").and_then(Node::count);
        let most = most.map_or(MAX_RESTARTS, |count| count as usize);
        let uptime = self.time("min_uptime").unwrap_or(MIN_UPTIME);
        let delays = Delays {
            fixed: self.time("restart_delay").unwrap_or_default(),
            backoff: self
                .time("exp_backoff_restart_delay")
                .filter(|time| !time.is_zero()),
        };
        // pm2 does not make the last of the unstable restarts that it counts.
        let count = most.saturating_sub(1);
        let list = crate::recovery::delays(count, |at| delays.at(at));
        let stable = list.last().copied().unwrap_or_default() + uptime;
        self.draft.before = Some(Before::limited(count, |at| delays.at(at)));
        if list.is_empty() {
            self.draft.set("recovery.actions", "none/0", origin);
        } else if let Some(first) = delays.backoff.filter(|_| count <= LIMIT_MAX) {
            self.backoff(first, count, uptime, origin);
        } else {
            self.draft
                .set_actions(&list, true, stable.max(MIN_UPTIME), origin);
        }
        let mut limit = self.app.entries().iter();
        let limit = limit.rfind(|entry| entry.key == "max_restarts");
        if let Some(entry) = limit.filter(|_| count > LIMIT_MAX) {
            self.changed(entry, "recovery.actions", import::NO_END_OF_RESTARTS);
        }
        self.clean_ends(count, stable, delays.at(0), origin);
    }

    /// pm2's back-off has a name here, too.
    fn backoff(&mut self, first: Duration, count: usize, uptime: Duration, origin: Option<Origin>) {
        let delays = Delays {
            fixed: first,
            backoff: Some(first),
        };
        // Restarts that come right after each other, each before its run counts as stable.
        let all: Duration = (0..count).map(|at| delays.at(at) + uptime).sum();
        let draft = &mut self.draft;
        draft.set_actions(&[first], false, BACKOFF_RESET, origin);
        draft.set("extensions.backoff", "exponential/1.5", origin);
        draft.set("extensions.backoff_max_ms", written(BACKOFF_MAX), origin);
        draft.set(
            "extensions.reset_after_run_ms",
            written(BACKOFF_RESET),
            origin,
        );
        draft.set("extensions.restart_limit", count.to_string(), origin);
        draft.set("extensions.restart_limit_period_ms", written(all), origin);
    }

    /// An end with status 0 is followed by a restart, too, unless it is named among those that stop it.
    fn clean_ends(
        &mut self,
        count: usize,
        stable: Duration,
        delay: Duration,
        origin: Option<Origin>,
    ) {
        let codes = match self.app.get("stop_exit_codes") {
            Some(node) if matches!(node.value, Value::List(_)) => node.texts(),
            Some(node) => node.text().into_iter().collect(),
            None => Vec::new(),
        };
        let codes: Vec<u8> = codes
            .iter()
            .filter_map(|code| code.trim().parse().ok())
            .collect();
        let draft = &mut self.draft;
        if !codes.contains(&0) {
            draft.set("extensions.restart_on_exit", "0", origin);
            if !delay.is_zero() {
                draft.set(
                    "extensions.restart_on_exit_delay_ms",
                    written(delay),
                    origin,
                );
            }
            if count > 0 {
                let period = stable.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX));
                let period = period.min(Duration::from_secs(4_000_000));
                draft.set(
                    "extensions.restart_on_exit_limit",
                    count.min(1_000_000).to_string(),
                    origin,
                );
                draft.set(
                    "extensions.restart_on_exit_period_ms",
                    written(period),
                    origin,
                );
            }
        }
        let codes: Vec<String> = codes.iter().map(u8::to_string).collect();
        if !codes.is_empty() {
            draft.set("extensions.no_restart_on_exit", codes.join(","), origin);
        }
    }
}
