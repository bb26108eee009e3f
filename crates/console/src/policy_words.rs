//! Words of recovery policies: actions, causes and rules, as people say them and as they write them.

use relance_policy::simulate::Happening;
use relance_scm::config::{Cause, Rule};
use relance_scm::duration;
use relance_scm::signal::signal_name;
use relance_scm::status::ProcessExit;
use relance_scm::{
    EndCause, EndCauseKind, ExitCode, RecoveryAction, RecoveryActionKind, Win32Error,
};
use relance_texts::{Words, console, shown, word};

use crate::lang::{self, Lang};
use crate::time;

/// `restart the service after 2 min`
pub(crate) fn action(action: Option<RecoveryAction>, lang: Lang) -> String {
    let Some(action) = action else {
        return console::NOTHING_NO_ACTIONS_ARE.of(lang).to_owned();
    };
    let what = lang::action(action.kind);
    match action.delay_ms() {
        _ if action.kind == RecoveryActionKind::None => what.of(lang).to_owned(),
        0 => lang.say(console::ActionAtOnce { what }),
        ms => {
            let time = time::duration(ms.into(), lang);
            lang.say(console::ActionAfter { what, time })
        }
    }
}

/// The causes that one may choose from, as they are written, with what they mean.
pub(crate) const CAUSES: [(&str, Words); 17] = [
    ("exit", console::CAUSE_EXIT),
    ("crash", console::CAUSE_CRASH),
    ("signal", console::CAUSE_SIGNAL),
    ("out-of-memory", word::CAUSE_OUT_OF_MEMORY),
    ("watchdog", console::CAUSE_WATCHDOG),
    ("probe", console::CAUSE_PROBE),
    ("start", console::CAUSE_START),
    ("dependency", console::CAUSE_DEPENDENCY),
    ("gave-up", console::CAUSE_GAVE_UP),
    ("error", console::CAUSE_ERROR),
    ("exception", word::CAUSE_UNCAUGHT_EXCEPTION),
    ("fatal-error", word::CAUSE_FATAL_ERROR),
    ("memory-limit", word::CAUSE_MEMORY_LIMIT),
    ("time-limit", word::CAUSE_TIME_LIMIT),
    ("parse-error", console::CAUSE_PARSE_ERROR),
    ("missing-extension", console::CAUSE_MISSING_EXTENSION),
    ("any", console::CAUSE_ANY),
];

/// A cause as people say it.
pub(crate) fn cause(cause: &Cause, lang: Lang) -> String {
    match cause {
        Cause::Exit(first, last) if first == last => lang.say(word::ExitStatus { status: *first }),
        Cause::Exit(first, last) if (*first, *last) != (0, u32::MAX) => {
            let (first, last) = (*first, *last);
            lang.say(console::CauseExitRange { first, last })
        }
        Cause::Signal(Some(number)) => {
            let signal = *number;
            match signal_name(signal.into()) {
                Some(name) => lang.say(word::ExitSignalNamed { signal, name }),
                None => lang.say(word::ExitSignal { signal }),
            }
        }
        Cause::Error(Some(number)) => lang.say(console::ErrorNumber { code: *number }),
        Cause::Exception(Some(class)) => {
            let class = shown(class);
            lang.say(console::CauseException { class })
        }
        plain => {
            let text = plain.to_string();
            let known = CAUSES.iter().find(|(known, _)| *known == text);
            known.map_or(text.clone(), |(_, words)| words.of(lang).to_owned())
        }
    }
}

/// What happens to a service that fails of a cause; `None` if that cannot be tried.
pub(crate) fn happening(cause: &Cause) -> Option<Happening> {
    let told = |kind, text: &str| Some(Happening::Caused(EndCause::new(kind, text).into()));
    match cause {
        Cause::Exit(first, _) => {
            let status = (*first).clamp(1, 255).cast_signed();
            Some(Happening::Exit(ProcessExit::Exited(status)))
        }
        Cause::Signal(number) => {
            let signal = number.unwrap_or(15).into();
            Some(Happening::Exit(ProcessExit::Signaled(signal)))
        }
        Cause::Error(code) => {
            let code = Win32Error::from_raw(code.unwrap_or(1066));
            Some(Happening::Stopped(ExitCode::Win32(code)))
        }
        Cause::Watchdog => Some(Happening::Hang),
        Cause::Probe => Some(Happening::ProbeFails),
        Cause::OutOfMemory => told(EndCauseKind::OutOfMemory, ""),
        Cause::FatalError => told(EndCauseKind::FatalError, ""),
        Cause::MemoryLimit => told(EndCauseKind::MemoryLimit, ""),
        Cause::TimeLimit => told(EndCauseKind::TimeLimit, ""),
        Cause::ParseError => told(EndCauseKind::UncaughtException, "ParseError: "),
        Cause::MissingExtension => {
            let text = "Error: Call to undefined function ";
            told(EndCauseKind::UncaughtException, text)
        }
        Cause::Exception(class) => {
            let class = class.as_deref().unwrap_or("Exception");
            let text = format!("{}: ", class.trim_end_matches(['*', '\\']));
            told(EndCauseKind::UncaughtException, &text)
        }
        Cause::Any | Cause::Crash | Cause::Start | Cause::Dependency | Cause::GaveUp => None,
    }
}

/// A rule in words: `exit status 75: Restart the service after 1 s, then Take no action`.
pub(crate) fn rule(line: &str, lang: Lang) -> String {
    let Ok(rule) = line.parse::<Rule>() else {
        return line.to_owned();
    };
    let causes: Vec<String> = rule.causes.iter().map(|each| cause(each, lang)).collect();
    let actions = rule.actions.iter();
    let actions: Vec<String> = actions.map(|each| action(Some(*each), lang)).collect();
    lang.say(console::RuleInWords {
        causes: causes.join(", "),
        actions: actions.join(" → "),
    })
}

/// A rule as people write it: with the unit of each time.
pub(crate) fn written(line: &str) -> String {
    let Ok(rule) = line.parse::<Rule>() else {
        return line.to_owned();
    };
    let causes: Vec<String> = rule.causes.iter().map(ToString::to_string).collect();
    let actions = rule.actions.iter().map(|action| match action.delay_ms() {
        0 => format!("{}/0", action.kind.word()),
        _ => format!(
            "{}/{}",
            action.kind.word(),
            duration::format(action.delay())
        ),
    });
    let actions: Vec<String> = actions.collect();
    format!("{}={}", causes.join(","), actions.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x84_every_cause_can_be_written_and_is_said_in_words() {
        for (text, words) in CAUSES {
            let read: Cause = text.parse().unwrap();
            assert_eq!(cause(&read, Lang::En), words.of(Lang::En), "{text}");
        }
        for (text, said) in [
            ("exit:75", "exit status 75"),
            ("exit:64-78", "exit status 64 to 78"),
            ("signal:SEGV", "signal 11 (SEGV)"),
            ("exception:App\\Down", "uncaught exception App\\Down"),
        ] {
            assert_eq!(cause(&text.parse().unwrap(), Lang::En), said);
        }
    }

    #[test]
    fn x84_a_rule_is_written_with_units_and_read_back() {
        let stored = "exit:75,memory-limit=restart/1000/none/0";
        assert_eq!(written(stored), "exit:75,memory-limit=restart/1s/none/0");
        let read = written(stored).parse::<Rule>().unwrap();
        assert_eq!(read.to_string(), stored);
        assert_eq!(
            rule(stored, Lang::En),
            "exit status 75, memory limit: Restart the service after 1 s → Take no action"
        );
        assert_eq!(
            (written("x"), rule("x", Lang::En)),
            ("x".into(), "x".into())
        );
    }
}
