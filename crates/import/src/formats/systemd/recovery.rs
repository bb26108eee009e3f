//! `Restart=` and its companions as recovery actions.

use std::time::Duration;

use relance_texts::import;

use super::service::Service;
use super::span::{self, Span};
use super::{Key, Unit};
use crate::draft::{Draft, Origin};
use crate::recovery::{ACTIONS_MAX, Before, written};
use crate::work::Converter;

/// Default of systemd.
const RESTART_SEC: Duration = Duration::from_millis(100);
const BURST: usize = 5;
const INTERVAL: Duration = Duration::from_secs(10);
/// The longest time that ours take.
const LONGEST: Duration = Duration::from_secs(4_000_000);

/// What a line about restarts has become.
pub(super) fn line(service: &mut Service<'_, '_, '_>, key: &Key) {
    let value = key.entry.value.as_str();
    match key.entry.key.as_str() {
        "Restart" => match value {
            "no" | "always" | "on-failure" => service.kept(key, "recovery.actions"),
            "on-success" => service.kept(key, "extensions.restart_on_exit"),
            "on-abnormal" | "on-abort" => service.kept(key, "recovery.on_error_stop"),
            "on-watchdog" => service.changed(key, "recovery.actions", import::ON_WATCHDOG),
            _ => service.lost(key, import::NOT_UNDERSTOOD),
        },
        "RestartSec" if span::parse(value).is_some() => service.kept(key, "recovery.actions"),
        "RestartSec" => service.lost(key, import::NotATime { value }),
        "RestartPreventExitStatus" | "SuccessExitStatus" => {
            let (_, signals) = statuses(value);
            if signals.is_empty() {
                service.kept(key, "extensions.no_restart_on_exit");
            } else {
                let signals = signals.join(" ");
                service.changed(
                    key,
                    "extensions.no_restart_on_exit",
                    import::SignalsAreFailures { signals },
                );
            }
        }
        "RestartForceExitStatus" => {
            service.changed(key, "extensions.restart_on_exit", import::NOT_COUNTED);
        }
        _ => service.kept(key, "recovery.actions"),
    }
}

/// What a line about the limit has become.
pub(super) fn limit_line(service: &mut Service<'_, '_, '_>, key: &Key) {
    service.changed(key, "recovery.reset_period_secs", import::START_LIMIT);
}

/// Exit statuses, and the words that are none: signals.
fn statuses(text: &str) -> (Vec<u8>, Vec<String>) {
    let mut codes = Vec::new();
    let mut others = Vec::new();
    for word in text.split([' ', ',']).filter(|word| !word.is_empty()) {
        match word.parse::<u8>() {
            Ok(code) => codes.push(code),
            Err(_) => match named_status(word) {
                Some(code) => codes.push(code),
                None => others.push(word.to_owned()),
            },
        }
    }
    (codes, others)
}

/// Statuses that systemd knows by name, of sysexits.h and its own.
fn named_status(name: &str) -> Option<u8> {
    const NAMES: [(&str, u8); 18] = [
        ("SUCCESS", 0),
        ("FAILURE", 1),
        ("INVALIDARGUMENT", 2),
        ("NOTIMPLEMENTED", 3),
        ("NOPERMISSION", 4),
        ("NOTINSTALLED", 5),
        ("NOTCONFIGURED", 6),
        ("NOTRUNNING", 7),
        ("USAGE", 64),
        ("DATAERR", 65),
        ("NOINPUT", 66),
        ("NOUSER", 67),
        ("UNAVAILABLE", 69),
        ("SOFTWARE", 70),
        ("OSERR", 71),
        ("TEMPFAIL", 75),
        ("PROTOCOL", 76),
        ("CONFIG", 78),
    ];
    NAMES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, code)| *code)
}

/// What a unit says about restarts.
struct Restarts {
    mode: String,
    origin: Option<Origin>,
    delay: Duration,
    interval: Duration,
    burst: usize,
}

impl Restarts {
    fn of(unit: &Unit) -> Self {
        let time = |name: &str, default: Duration| match unit
            .get(name)
            .map(|key| span::parse(&key.entry.value))
        {
            Some(Some(Span::For(time))) => time,
            Some(Some(Span::Endless)) => Duration::MAX,
            _ => default,
        };
        let restart = unit.get("Restart");
        let burst = unit
            .get("StartLimitBurst")
            .and_then(|key| key.entry.value.parse().ok());
        Self {
            mode: restart
                .map_or("no", |key| key.entry.value.as_str())
                .to_owned(),
            origin: restart.map(Key::origin),
            delay: time("RestartSec", RESTART_SEC).min(LONGEST),
            interval: time(
                "StartLimitInterval",
                time("StartLimitIntervalSec", INTERVAL),
            ),
            burst: burst.unwrap_or(BURST),
        }
    }

    fn after_failures(&self) -> bool {
        matches!(
            self.mode.as_str(),
            "always" | "on-failure" | "on-abnormal" | "on-abort" | "on-watchdog"
        )
    }

    fn after_success(&self) -> bool {
        matches!(self.mode.as_str(), "always" | "on-success")
    }

    /// Whether failures right after each start come to the limit within the interval.
    fn is_limited(&self) -> bool {
        let count = u32::try_from(self.burst).unwrap_or(u32::MAX);
        self.burst > 0
            && !self.interval.is_zero()
            && self.delay.saturating_mul(count) < self.interval
    }

    fn actions(&self, draft: &mut Draft) {
        let (delay, origin) = (self.delay, self.origin);
        if !self.after_failures() {
            draft.before = Some(Before::never());
            return;
        }
        // So many starts in the interval; the first is not a restart.
        let count = self.burst.saturating_sub(1);
        draft.before = Some(if self.is_limited() {
            Before::limited(count, |_| delay)
        } else {
            Before::forever(|_| delay)
        });
        if !self.is_limited() || self.burst > ACTIONS_MAX {
            draft.set_actions(&[delay], false, Duration::from_secs(60), origin);
        } else if count == 0 {
            draft.set("recovery.actions", "none/0", origin);
        } else {
            let share = self.interval / u32::try_from(self.burst).unwrap_or(1);
            draft.set_actions(
                &vec![delay; count],
                true,
                share.clamp(Duration::from_secs(1), LONGEST),
                origin,
            );
        }
        if matches!(
            self.mode.as_str(),
            "on-abnormal" | "on-abort" | "on-watchdog"
        ) {
            draft.set("recovery.on_error_stop", false, origin);
        }
    }

    /// Statuses that are followed by a start without being failures.
    fn again(&self, draft: &mut Draft, codes: &[u8]) {
        let origin = self.origin;
        draft.set("extensions.restart_on_exit", list(codes), origin);
        if !self.delay.is_zero() {
            draft.set(
                "extensions.restart_on_exit_delay_ms",
                written(self.delay),
                origin,
            );
        }
        if self.is_limited() && self.interval < LONGEST {
            let count = self.burst.saturating_sub(1).clamp(1, 1_000_000);
            draft.set(
                "extensions.restart_on_exit_limit",
                count.to_string(),
                origin,
            );
            draft.set(
                "extensions.restart_on_exit_period_ms",
                written(self.interval),
                origin,
            );
        }
    }
}

fn list(codes: &[u8]) -> String {
    codes
        .iter()
        .map(u8::to_string)
        .collect::<Vec<_>>()
        .join(",")
}

/// Sets what follows failures and other ends.
pub(super) fn convert(service: &mut Service<'_, '_, '_>) {
    let unit = service.unit;
    let codes = |name: &str| {
        unit.get(name)
            .map(|key| statuses(&key.entry.value).0)
            .unwrap_or_default()
    };
    let restarts = Restarts::of(unit);
    restarts.actions(&mut service.draft);
    let mut stays = codes("RestartPreventExitStatus");
    let clean = codes("SuccessExitStatus");
    let mut again = codes("RestartForceExitStatus");
    if restarts.after_success() {
        again.push(0);
        again.extend(&clean);
    } else if restarts.after_failures() {
        let clean = clean
            .iter()
            .filter(|code| **code != 0 && !again.contains(code));
        stays.extend(clean);
    }
    again.retain(|code| !stays.contains(code));
    for codes in [&mut again, &mut stays] {
        codes.sort_unstable();
        codes.dedup();
    }
    if !again.is_empty() {
        restarts.again(&mut service.draft, &again);
    }
    if !stays.is_empty() {
        service.draft.set(
            "extensions.no_restart_on_exit",
            list(&stays),
            restarts.origin,
        );
    }
}
