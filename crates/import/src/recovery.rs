//! What follows failures: lists of actions like those of other managers, and both side by side.

use std::time::Duration;

use relance_policy::simulate::{Script, simulate};
use relance_scm::ServiceConfig;
use relance_scm::event::Event;

/// The longest list that is written out; a longer one ends in its last action for ever.
pub(crate) const ACTIONS_MAX: usize = 32;
/// The largest value of `restart_limit`.
pub(crate) const LIMIT_MAX: usize = 100;
/// The longest time that settings take here: some weeks.
pub(crate) const LONGEST: Duration = Duration::from_secs(4_000_000);
/// How many failures are compared.
pub const COMPARED: usize = 8;

/// What an old manager does after failures that come right after each start: how long it waits until it
/// starts the service again, `None` if it does not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Before(pub(crate) Vec<Option<Duration>>);

impl Before {
    /// Restarts with these delays, the last of them for ever.
    pub(crate) fn forever(delay: impl Fn(usize) -> Duration) -> Self {
        Self((0..COMPARED).map(|at| Some(delay(at))).collect())
    }

    /// So many restarts with these delays, then nothing.
    pub(crate) fn limited(count: usize, delay: impl Fn(usize) -> Duration) -> Self {
        let next = |at| (at < count).then(|| delay(at));
        Self((0..COMPARED).map(next).collect())
    }

    /// Nothing.
    pub(crate) fn never() -> Self {
        Self(vec![None])
    }
}

/// What follows each of the first failures, before and now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The service.
    pub service: String,
    /// The first, second, … failure: the delay of the restart, `None` for none.
    pub rows: Vec<(Option<Duration>, Option<Duration>)>,
}

impl Comparison {
    /// Whether both do the same.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.rows.iter().all(|(before, now)| before == now)
    }

    /// Plays crashes through the simulator.
    pub(crate) fn of(service: String, before: &Before, config: &ServiceConfig) -> Self {
        let script: Script = ["crash"; COMPARED].join(", ").parse().unwrap_or_default();
        let timeline = simulate(config, &script);
        let mut now: Vec<Option<Duration>> = Vec::new();
        for (_, event) in timeline.logged() {
            if let Event::Failed { action, .. } = event {
                let restart = action.filter(|action| action.kind.restarts());
                now.push(restart.map(relance_scm::RecoveryAction::delay));
            }
        }
        let end = |list: &[Option<Duration>]| {
            let given_up = list.iter().position(Option::is_none);
            given_up.map_or(list.len(), |at| at + 1)
        };
        let length = end(&before.0).max(end(&now)).min(COMPARED);
        let at = |list: &[Option<Duration>], at: usize| list.get(at).copied().flatten();
        Self {
            service,
            rows: (0..length)
                .map(|row| (at(&before.0, row), at(&now, row)))
                .collect(),
        }
    }
}

/// A time, shortened to the longest that settings take.
pub(crate) fn bounded(seconds: u64) -> Duration {
    Duration::from_secs(seconds).min(LONGEST)
}

/// So many delays of restarts as decide: one more than can be counted stands for all beyond.
pub(crate) fn delays(count: usize, delay: impl Fn(usize) -> Duration) -> Vec<Duration> {
    (0..count.min(LIMIT_MAX + 1)).map(delay).collect()
}

/// A time as files for `apply` have it.
pub(crate) fn written(time: Duration) -> String {
    let millis = time.as_millis();
    if millis.is_multiple_of(1000) {
        format!("{}s", millis / 1000)
    } else {
        format!("{millis}ms")
    }
}

#[cfg(test)]
mod tests {
    use crate::Fate;
    use crate::formats::tests::{Memory, imported};

    /// Files whose program is restarted so often, each with the path that tells its kind.
    fn files(count: usize) -> [(&'static str, String); 4] {
        let pm2 = count + 1;
        [
            (
                "/a/s.conf",
                format!("[program:w]\ncommand=/w\nstartretries={count}\n"),
            ),
            (
                "/a/pm2.json",
                format!(
                    "{{\"apps\": [{{\"name\": \"w\", \"script\": \"/w\",\n\"max_restarts\": {pm2}}}]}}"
                ),
            ),
            (
                "/a/compose.yml",
                format!("services:\n  w:\n    image: x\n    restart: on-failure:{count}\n"),
            ),
            (
                "/a/servy.json",
                format!(
                    "{{\"Name\": \"w\", \"ExecutablePath\": \"/w\", \"EnableHealthMonitoring\": true,\n\
                     \"FailureProgramPath\": \"/f\",\n\"RecoveryAction\": 1,\n\"MaxRestartAttempts\": {count}}}"
                ),
            ),
        ]
    }

    #[test]
    fn more_restarts_than_a_list_has_come_to_an_end_or_are_told() {
        for (count, limit) in [(5, None), (50, Some(50)), (100, Some(100)), (101, None)] {
            for (path, text) in files(count) {
                let number = |line: &&crate::Line| {
                    let words = ["startretries", "max_restarts", "on-failure", "MaxRestart"];
                    words.iter().any(|word| line.text.contains(word))
                };
                let found = imported(&[path.into()], &Memory::default().with(path, &text));
                let written = limit.map(|limit: usize| format!("restart_limit = \"{limit}\""));
                let has_limit = found.toml.contains("restart_limit = ");
                assert_eq!(has_limit, limit.is_some(), "{path} {count}: {}", found.toml);
                assert!(
                    written.is_none_or(|text| found.toml.contains(&text)),
                    "{}",
                    found.toml
                );
                let line = found.files[0].lines.iter().find(number).expect("its line");
                let notes = line
                    .notes
                    .iter()
                    .map(|note| note.of(relance_texts::Lang::En));
                let is_told = notes.collect::<String>().contains("at most 100 restarts");
                assert_eq!(is_told, count > 100, "{path} {count}: {line:?}");
                if path.contains("servy") {
                    let program = found.files[0].lines.iter();
                    let mut program = program.filter(|line| line.text.contains("FailureProgram"));
                    let fate = program.next().expect("its line").fate;
                    assert_eq!(fate == Fate::Lost, count > 32, "{count}");
                }
            }
        }
    }
}
