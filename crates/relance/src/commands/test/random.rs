//! Random scenarios: failures of possible causes, at times where the policy changes its answer. A seed and a
//! number make the same scenario for ever, on every machine.

use std::time::Duration;

use relance_policy::simulate::{Happening, Moment, Script, When};
use relance_scm::ServiceConfig;
use relance_scm::config::Cause;
use relance_scm::settings::{
    BACKOFF_MAX, FAILURE_RULES, QUIET_HOURS, RESET_AFTER_RUN, RESTART_LIMIT_PERIOD,
};

const MINUTE: u64 = 60;
const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

/// Numbers that look random (`splitmix64`).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let number = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        number ^ (number >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    fn of<T: Clone>(&mut self, list: &[T]) -> T {
        let at = usize::try_from(self.below(list.len() as u64)).unwrap_or(0);
        list[at].clone()
    }
}

/// What random scenarios are made of.
pub(super) struct Odds {
    pub(super) seed: u64,
    /// What may happen; the simplest first.
    pub(super) causes: Vec<Happening>,
    /// How many failures at the most.
    pub(super) failures: u32,
    /// How far failures are apart in scenarios that a promise is about.
    pub(super) gaps: Vec<Duration>,
}

/// The scenario of this number.
pub(super) fn script(odds: &Odds, config: &ServiceConfig, number: u32) -> Script {
    let mut random = Random(odds.seed);
    // Consecutive seeds give unrelated numbers.
    random.0 = random.next() ^ u64::from(number);
    random.0 = random.next();
    // Some scenarios keep the distance that a promise asks for, so that it is tried.
    let mut floors = odds.gaps.clone();
    floors.push(Duration::ZERO);
    let floor = random.of(&floors);
    let telling = telling_times(config);
    let count = 1 + random.below(odds.failures.into());
    let moments = (0..count).map(|_| {
        let what = random.of(&odds.causes);
        let after = floor + pause(&mut random, &telling);
        Moment {
            when: When::After(after),
            what,
        }
    });
    let moments = moments.collect();
    let has_quiet_hours = config.extensions.get(QUIET_HOURS).is_some();
    let minute = u32::try_from(random.below(DAY / MINUTE)).unwrap_or(0);
    Script {
        moments,
        clock: has_quiet_hours.then_some(minute * 60),
    }
}

/// Times at which the policy does something else than before.
fn telling_times(config: &ServiceConfig) -> Vec<u64> {
    let set = &config.extensions;
    let times = [
        config.failure_actions.reset_period.duration(),
        set.get(RESET_AFTER_RUN),
        Some(set.get(RESTART_LIMIT_PERIOD)),
        Some(set.get(BACKOFF_MAX)),
    ];
    times.iter().flatten().map(Duration::as_secs).collect()
}

fn pause(random: &mut Random, telling: &[u64]) -> Duration {
    let seconds = match random.below(8) {
        0 => 0,
        1 | 2 => random.below(MINUTE),
        3 | 4 => random.below(HOUR / MINUTE) * MINUTE,
        5 => random.below(DAY / HOUR) * HOUR,
        // Just before, at, and just after it.
        _ => (random.of(telling) + random.below(3)).saturating_sub(1),
    };
    Duration::from_secs(seconds)
}

/// The default causes: a crash, an error, and the causes that rules of the service name.
pub(super) fn causes(config: &ServiceConfig) -> Vec<Happening> {
    let rules = config.extensions.get(FAILURE_RULES);
    let named = rules.0.iter().flat_map(|rule| &rule.causes);
    let named = named.filter_map(|cause| failure(&words(cause)?));
    let usual = ["crash", "exit 1", "out-of-memory"];
    let mut causes: Vec<Happening> = usual.iter().filter_map(|text| failure(text)).collect();
    for cause in named {
        if !causes.contains(&cause) {
            causes.push(cause);
        }
    }
    causes
}

/// A cause of a rule as a word of a script.
fn words(cause: &Cause) -> Option<String> {
    Some(match cause {
        Cause::Exit(first, _) => format!("exit {first}"),
        Cause::Error(Some(code)) => format!("stopped {code}"),
        Cause::Signal(Some(signal)) => format!("kill {signal}"),
        Cause::Watchdog => "hang".to_owned(),
        Cause::Probe => "probe-fails".to_owned(),
        Cause::Exception(Some(class)) => format!("exception {}", class.trim_end_matches('*')),
        Cause::Start | Cause::Dependency | Cause::GaveUp | Cause::Any => return None,
        // `memory-limit` and the others are the same word.
        other => other.to_string(),
    })
}

/// A failure as a script has it.
pub(super) fn failure(text: &str) -> Option<Happening> {
    let script: Script = text.parse().ok()?;
    let [moment] = &script.moments[..] else {
        return None;
    };
    let is_plain = moment.when == When::OnceRunning && script.clock.is_none();
    (is_plain && moment.what.is_failure()).then(|| moment.what.clone())
}

#[cfg(test)]
mod tests;
