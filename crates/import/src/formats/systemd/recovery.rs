//! `Restart=` and its companions as recovery actions.

use std::time::Duration;

use relance_texts::import;

use super::service::Service;
use super::span::{self, Span};
use super::{Key, Unit};
use crate::draft::{Origin, ServiceDraft};
use crate::recovery::{ACTIONS_MAX, Before, LIMIT_MAX, LONGEST, written};
use crate::work::Converter;

/// Default of systemd.
const RESTART_SEC: Duration = Duration::from_millis(100);
const BURST: usize = 5;
const INTERVAL: Duration = Duration::from_secs(10);
/// The shortest reset period that is set.
const QUIET: Duration = Duration::from_secs(60);

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
        "RestartSec" if span::parse(value) == Some(Span::Endless) => {
            service.changed(key, "recovery.actions", import::ENDLESS_RESTART);
        }
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
            let (_, signals) = statuses(value);
            if !signals.is_empty() {
                let signals = signals.join(" ");
                let note = import::SignalsAreFailures { signals };
                service.changed(key, "recovery.actions", note);
            }
            service.changed(key, "extensions.restart_on_exit", import::NOT_COUNTED);
        }
        _ => service.kept(key, "recovery.actions"),
    }
}

/// What a line about the limit has become.
pub(super) fn limit_line(service: &mut Service<'_, '_, '_>, key: &Key) {
    service.kept(key, "extensions.restart_limit");
    let number = key.entry.value.trim().parse::<u64>();
    let is_number = key.entry.key == "StartLimitBurst";
    if is_number && number.is_ok_and(|number| number > LIMIT_MAX as u64 + 1) {
        let note = import::NO_END_OF_RESTARTS;
        service.changed(key, "extensions.restart_limit", note);
    }
}

/// Exit statuses, and the words that name signals instead.
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
    /// `RestartSteps=`: after so many restarts the delay is [`Self::longest`].
    steps: usize,
    longest: Duration,
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
        let delay = time("RestartSec", RESTART_SEC).min(LONGEST);
        let steps = unit
            .get("RestartSteps")
            .and_then(|key| key.entry.value.parse().ok());
        Self {
            steps: steps.unwrap_or(0),
            longest: time("RestartMaxDelaySec", delay).clamp(delay, LONGEST),
            mode: restart
                .map_or("no", |key| key.entry.value.as_str())
                .to_owned(),
            origin: restart.map(Key::origin),
            delay,
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
        let restarts = (0..self.burst).map(|at| self.delay_of(at));
        self.has_limit() && restarts.fold(Duration::ZERO, Duration::saturating_add) < self.interval
    }

    fn has_limit(&self) -> bool {
        (1..=LIMIT_MAX + 1).contains(&self.burst) && !self.interval.is_zero()
    }

    /// The delay of a restart, the first being 0: systemd multiplies it by the same factor in each step.
    fn delay_of(&self, at: usize) -> Duration {
        let factor = self.longest.as_secs_f64() / self.delay.as_secs_f64();
        if at == 0 || self.steps == 0 || self.delay.is_zero() {
            return self.delay;
        }
        let part = f64::from(u32::try_from(at.min(self.steps)).unwrap_or(u32::MAX))
            / f64::from(u32::try_from(self.steps).unwrap_or(u32::MAX));
        let delay = self.delay.mul_f64(factor.powf(part)).min(self.longest);
        Duration::from_millis(u64::try_from(delay.as_millis()).unwrap_or(u64::MAX))
    }

    fn actions(&self, draft: &mut ServiceDraft) {
        let origin = self.origin;
        let delay = |at| self.delay_of(at);
        if !self.after_failures() {
            draft.before = Some(Before::never());
            return;
        }
        // So many starts in the interval; the first is not a restart.
        let count = self.burst.saturating_sub(1);
        draft.before = Some(if self.is_limited() {
            Before::limited(count, delay)
        } else {
            Before::forever(delay)
        });
        if self.has_limit() && count == 0 {
            draft.set("recovery.actions", "none/0", origin);
        } else {
            // Each step has a delay of its own in the list, the last one for ever.
            let steps = self.steps.min(ACTIONS_MAX - 1);
            let list: Vec<Duration> = (0..=steps).map(delay).collect();
            draft.set_actions(&list, false, self.longest.max(QUIET), origin);
        }
        // A limit that the delays alone keep from being reached is left out.
        if self.is_limited() && count > 0 {
            let interval = self.interval.min(LONGEST);
            draft.set("extensions.restart_limit", count.to_string(), origin);
            draft.set(
                "extensions.restart_limit_period_ms",
                written(interval),
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
    fn again(&self, draft: &mut ServiceDraft, codes: &[u8]) {
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
