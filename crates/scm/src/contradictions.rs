//! Settings that do nothing because of others (X47): they are kept, since the other may follow, and it is said
//! wherever they are set. Here is what is said; who sets them shows it.

use relance_texts::{Human, Lang, Sentence, Size, setting};

use crate::config::{Extensions, Probe, Readiness};
use crate::settings::{
    BACKOFF, EXTENSIONS, MEMORY_HIGH, MEMORY_MAX, PROBE, QUIET_HOURS, READY, READY_AFTER,
    RECYCLE_ABOVE, RECYCLE_AFTER, RECYCLE_AFTER_JOBS, RECYCLE_AT, RESET_AFTER_RUN, RESTART_JITTER,
    RESTART_LIMIT, SCHEDULE, START_DEADLINE, STOP_COMMAND, Setting, WATCHDOG, all,
};
use crate::{ServiceConfig, ServiceKind, command_line};

/// Settings that cannot all have their effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// What does nothing, and why.
    pub problem: Sentence,
    /// What to do.
    pub advice: Sentence,
}

/// How a reader calls settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// As options: `--probe-interval`.
    Options,
    /// As in files, in the API and in PHP: `probe_interval_ms`.
    Keys,
    /// As in forms: `Probe interval`.
    Labels(Lang),
}

impl Naming {
    fn name(self, setting: &Setting) -> String {
        match self {
            Self::Options => format!("--{}", setting.option),
            Self::Keys => setting.key.to_owned(),
            Self::Labels(lang) => setting.label.of(lang).to_owned(),
        }
    }

    fn names(self, options: &[&str]) -> String {
        let found = options.iter().filter_map(|option| find(option));
        let names: Vec<String> = found.map(|setting| self.name(setting)).collect();
        names.join(", ")
    }
}

fn find(option: &str) -> Option<&'static Setting> {
    EXTENSIONS.iter().find(|setting| setting.option == option)
}

/// A setting, or several with one beginning, that has an effect only beside another.
struct Need {
    options: &'static [&'static str],
    /// What is missing: one of these.
    needed: &'static [&'static str],
    /// How its value has to begin.
    value: &'static str,
    is_met: fn(&Extensions) -> bool,
}

const NEEDS: &[Need] = &[
    Need {
        options: &["probe-interval", "probe-failures", "probe-delay"],
        needed: &["probe"],
        value: "",
        is_met: |set| set.get(PROBE).is_some(),
    },
    Need {
        options: &["probe-timeout"],
        needed: &["probe"],
        value: "",
        is_met: |set| {
            set.get(PROBE).is_some() || matches!(set.get(READY), Some(Readiness::Command(_)))
        },
    },
    Need {
        options: &["probe-text"],
        needed: &["probe"],
        value: " http://",
        is_met: |set| matches!(set.get(PROBE), Some(Probe::Http { .. })),
    },
    Need {
        options: &["watchdog-signal"],
        needed: &["watchdog", "probe"],
        value: "",
        // A program that may say something may also say that it hangs.
        is_met: |set| {
            set.get(WATCHDOG).is_some()
                || set.get(PROBE).is_some()
                || matches!(set.get(READY), Some(Readiness::Notify))
        },
    },
    Need {
        options: &["when-start-missed", "when-still-running"],
        needed: &["schedule"],
        value: "",
        is_met: |set| set.get(SCHEDULE).is_some(),
    },
    Need {
        options: &["backoff-max"],
        needed: &["backoff"],
        value: "",
        is_met: |set| set.get(BACKOFF).is_some(),
    },
    Need {
        options: &["restart-limit-period"],
        needed: &["restart-limit"],
        value: "",
        is_met: |set| set.get(RESTART_LIMIT).is_some(),
    },
    Need {
        options: &["recycle-jitter"],
        needed: &[
            "recycle-above",
            "recycle-after",
            "recycle-at",
            "recycle-after-jobs",
        ],
        value: "",
        is_met: |set| {
            set.get(RECYCLE_ABOVE).is_some()
                || set.get(RECYCLE_AFTER).is_some()
                || set.get(RECYCLE_AT).is_some()
                || set.get(RECYCLE_AFTER_JOBS).is_some()
        },
    },
];

/// What the settings of a service contradict, each with what to do.
#[must_use]
pub fn of(config: &ServiceConfig, naming: Naming) -> Vec<Contradiction> {
    let set = &config.extensions;
    let mut found: Vec<_> = set
        .given()
        .filter_map(|(setting, _)| without_effect(config, setting, naming))
        .collect();
    found.extend(without_actions(config, naming));
    found.extend(never_ready(set, naming));
    found.extend(never_recycled(set, naming));
    found.extend(never_slowed(set, naming));
    found.extend(single_quotes(config));
    found
}

/// In command lines only double quotes hold words together (C6).
fn single_quotes(config: &ServiceConfig) -> Option<Contradiction> {
    let set = &config.extensions;
    let stop = set.get(STOP_COMMAND);
    let probe = match set.get(PROBE) {
        Some(Probe::Command(line)) => Some(line),
        _ => None,
    };
    let lines = [
        Some(&*config.command_line),
        stop.as_deref(),
        probe.as_deref(),
    ];
    let part = lines.into_iter().flatten().find_map(in_single_quotes)?;
    Some(Contradiction {
        problem: setting::SingleQuotes { part }.into(),
        advice: setting::SINGLE_QUOTES_DO.into(),
    })
}

/// The first words that single quotes were to hold together. A word with blanks stands in double quotes already.
fn in_single_quotes(line: &str) -> Option<String> {
    let words = command_line::split(line);
    let begin = words.iter().position(|word| {
        let value = word
            .split_once('=')
            .map_or(word.as_str(), |(_, value)| value);
        value.starts_with('\'') && !value.contains(' ')
    })?;
    let is_end = |word: &String| word.ends_with('\'') && word != "'";
    let end = words[begin..].iter().position(is_end)?;
    Some(words[begin..=begin + end].join(" "))
}

/// It waits for another, or is for services of the other kind.
fn without_effect(
    config: &ServiceConfig,
    setting: &Setting,
    naming: Naming,
) -> Option<Contradiction> {
    let option = naming.name(setting);
    if !setting.applies_to(config.kind) {
        return Some(Contradiction {
            problem: match config.kind {
                ServiceKind::Service => setting::ForPrograms { option: &*option }.into(),
                ServiceKind::Program => setting::ForServices { option: &*option }.into(),
            },
            advice: setting::OtherKindDo { option }.into(),
        });
    }
    let mut needs = NEEDS.iter();
    let need = needs.find(|need| need.options.contains(&setting.option))?;
    let needed = naming.names(need.needed) + need.value;
    (!(need.is_met)(&config.extensions)).then(|| lacks(&option, &needed))
}

fn lacks(option: &str, needed: &str) -> Contradiction {
    Contradiction {
        problem: setting::WithoutEffect { option, needed }.into(),
        advice: setting::WithoutEffectDo { option, needed }.into(),
    }
}

/// Settings about what follows a failure, where nothing does.
fn without_actions(config: &ServiceConfig, naming: Naming) -> Vec<Contradiction> {
    if config.has_actions() {
        return Vec::new();
    }
    let about_actions = [
        BACKOFF.setting(),
        RESTART_JITTER.setting(),
        RESET_AFTER_RUN.setting(),
        RESTART_LIMIT.setting(),
        QUIET_HOURS.setting(),
    ];
    let about_actions = about_actions.map(|setting| setting.key);
    let actions = all().find(|setting| setting.key == "actions");
    let needed = actions.map_or_else(String::new, |setting| naming.name(setting));
    let given = config.extensions.given();
    let given = given.filter(|(setting, _)| about_actions.contains(&setting.key));
    let lacking = given.map(|(setting, _)| lacks(&naming.name(setting), &needed));
    lacking.collect()
}

/// It has to stay up longer than it may be START_PENDING.
fn never_ready(set: &Extensions, naming: Naming) -> Option<Contradiction> {
    let deadline = set.get(START_DEADLINE)?;
    let time = set.get(READY_AFTER);
    let is_never = !time.is_zero() && !deadline.is_zero() && time >= deadline;
    let (deadline, time) = (Human(deadline), Human(time));
    is_never.then(|| Contradiction {
        problem: setting::NeverReady { deadline, time }.into(),
        advice: setting::NeverReadyDo {
            deadline: naming.name(START_DEADLINE.setting()),
            time: naming.name(READY_AFTER.setting()),
        }
        .into(),
    })
}

/// The kernel kills it below the line.
fn never_recycled(set: &Extensions, naming: Naming) -> Option<Contradiction> {
    let (line, most) = (set.get(RECYCLE_ABOVE)?, set.get(MEMORY_MAX)?);
    (line >= most).then(|| Contradiction {
        problem: setting::NeverRecycled {
            line: Size(line),
            most: Size(most),
        }
        .into(),
        advice: below_most(naming, RECYCLE_ABOVE.setting()),
    })
}

/// The kernel kills it before it is slowed down.
fn never_slowed(set: &Extensions, naming: Naming) -> Option<Contradiction> {
    let (line, most) = (set.get(MEMORY_HIGH)?, set.get(MEMORY_MAX)?);
    (line >= most).then(|| Contradiction {
        problem: setting::NeverSlowed {
            line: Size(line),
            most: Size(most),
        }
        .into(),
        advice: below_most(naming, MEMORY_HIGH.setting()),
    })
}

fn below_most(naming: Naming, line: &Setting) -> Sentence {
    let most = naming.name(MEMORY_MAX.setting());
    let line = naming.name(line);
    setting::BelowMost { line, most }.into()
}

#[cfg(test)]
mod tests;
