//! The numbers of a failure, each found by a walk over the whole history: the count, the list of actions for its
//! cause, the delay, and whether it is one restart too many.

use relance_policy::Time;
use relance_scm::RecoveryActionKind;
use relance_scm::config::Rules;
use relance_scm::failure_actions::RecoveryAction;
use relance_scm::settings::{
    BACKOFF, BACKOFF_MAX, FAILURE_RULES, RESET_AFTER_RUN, RESTART_JITTER, RESTART_LIMIT,
    RESTART_LIMIT_PERIOD,
};

use super::Model;

impl Model {
    pub(super) fn has_actions(&self) -> bool {
        !self.settings.actions.is_empty() || !self.rules().is_empty()
    }

    /// The rules: the words of their causes, and their lists.
    fn rules(&self) -> Vec<(Vec<String>, Vec<RecoveryAction>)> {
        let rules = self.config.extensions.get(FAILURE_RULES);
        let rules = rules.0.iter().map(|rule| {
            let causes = rule.causes.iter().map(ToString::to_string);
            (causes.collect(), rule.actions.to_vec())
        });
        rules.collect()
    }

    /// The number of the first rule that names a cause. The model knows these words alone.
    fn rule_of(&self, cause: &str) -> Option<usize> {
        let is = |word: &String| {
            let (kind, number) = cause.split_once(':').unwrap_or((cause, ""));
            match word.as_str() {
                "any" => true,
                "exit" => kind == "exit" || kind == "memory_limit",
                "exit:1-9" => kind == "exit" && (1..=9).contains(&number.parse().unwrap_or(0)),
                "signal" => kind == "signal",
                "error:5" => cause == "error:5",
                "start" => kind == "start",
                "memory-limit" => kind == "memory_limit",
                other => panic!("the model knows nothing of {other}"),
            }
        };
        let rules = self.rules();
        rules.iter().position(|(causes, _)| causes.iter().any(is))
    }

    /// X84: the list for a cause, and which failure of that list the last one is: looks at every failure since the
    /// counter last began.
    pub(super) fn list(&self, cause: &str) -> (Vec<RecoveryAction>, usize) {
        let rule = self.rule_of(cause);
        let count = self.count() as usize;
        let counted = &self.failures[self.failures.len() - count..];
        let same = counted
            .iter()
            .filter(|(_, _, cause)| self.rule_of(cause) == rule);
        let list = match rule {
            Some(at) => self.rules()[at].1.clone(),
            None => self.settings.actions.to_vec(),
        };
        (list, same.count())
    }

    /// X83: looks at every restart there was.
    pub(super) fn is_one_too_many(&self) -> bool {
        let period = self.config.extensions.get(RESTART_LIMIT_PERIOD);
        let within = |at: &&Time| self.now < **at + period;
        let count = self.restarts.iter().filter(within).count() as u64;
        let limit = self.config.extensions.get(RESTART_LIMIT);
        limit.is_some_and(|limit| !period.is_zero() && count >= limit)
    }

    /// X80: grows step by step; X81: this service's part of the jitter at this failure.
    pub(super) fn delay(&self, listed: u128, repeats: usize, count: u32) -> u32 {
        let extensions = &self.config.extensions;
        let most = extensions.get(BACKOFF_MAX).as_millis().max(listed);
        let mut delay = listed;
        for _ in 0..repeats {
            delay = match extensions.get(BACKOFF).map(|backoff| backoff.to_string()) {
                None => delay,
                Some(text) if text == "exponential" => (delay * 2).min(most),
                Some(text) if text == "linear" => (delay + listed).min(most),
                Some(text) => {
                    assert_eq!(text, "linear/700ms");
                    (delay + 700).min(most)
                }
            };
        }
        let jitter = extensions.get(RESTART_JITTER);
        if !jitter.is_zero() {
            delay += self.jitter(count, jitter.as_millis());
        }
        u32::try_from(delay).unwrap_or(u32::MAX)
    }

    /// Each failure has a part of its own, and nobody may know more of it than that: the same service without a
    /// back-off says it.
    fn jitter(&self, count: u32, most: u128) -> u128 {
        let mut plain = self.config.clone();
        plain.extensions.set(BACKOFF, None);
        plain.extensions.set(FAILURE_RULES, Rules::default());
        let zero = RecoveryAction::new(RecoveryActionKind::Restart, 0);
        plain.failure_actions.actions = [zero].into();
        let part = relance_policy::delays::action_for(&plain, count).unwrap();
        assert!(u128::from(part.delay_ms()) < most);
        part.delay_ms().into()
    }

    /// R12 to R16: walks the whole history.
    pub(super) fn count(&self) -> u32 {
        let mut count = 0;
        let mut last: Option<Time> = None;
        let lasting = self.config.extensions.get(RESET_AFTER_RUN);
        // X82: 0 is as if it were not set.
        let lasting = lasting.filter(|lasting| !lasting.is_zero());
        for (failure, lived, _) in &self.failures {
            let quiet = last.map(|last| *failure - last);
            let period = self.settings.reset_period.duration();
            let is_over = match lasting {
                // X82
                Some(lasting) => *lived >= lasting,
                None => quiet
                    .zip(period)
                    .is_some_and(|(quiet, period)| quiet >= period),
            };
            if is_over && self.has_actions() {
                count = 0;
            }
            count += 1;
            last = Some(*failure);
        }
        count
    }
}
