//! The tab "Recovery": what follows the first, second and later failures.

use maud::{Markup, html};
use relance_scm::manager::ServiceInfo;
use relance_scm::{PolicyName, RecoveryActionKind, ScmError, Win32Error};
use relance_texts::{Sentence, console, error, quoted, shown, word};
use relance_wire::api::{
    ActionBody, ActionsBody, ConfigBody, RecoveryBody, RecoveryChangeBody, ResetPeriodBody,
};

use super::general::{policy_field, recovery_extensions, rules_field};
use super::{edit_form, field};
use crate::form::Form;
use crate::lang::{self, Lang};
use crate::policy_links;
use crate::policy_words::CAUSES;
use crate::reply::Answer;
use crate::tab::Tab;
use crate::viewer::Viewer;

/// Rows that are there without having been asked for: as many as the service manager's window has.
const ROWS_MIN: usize = 3;

/// Units of a delay, with their milliseconds; the largest first.
const DELAY_UNITS: [(&str, u64); 4] = [("h", 3_600_000), ("min", 60_000), ("s", 1000), ("ms", 1)];
/// Units of the reset period, with their seconds.
const RESET_UNITS: [(&str, u64); 4] = [("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)];

pub(crate) async fn tab(viewer: &Viewer, info: &ServiceInfo) -> Answer<Markup> {
    let body = ConfigBody::from(&*info.config);
    let lang = viewer.lang();
    // What a policy says is changed on its own page, for all that use it.
    let fields = if PolicyName::of(&info.config).is_some() && viewer.is_administrator() {
        fields_beside_policy(&body, lang)
    } else {
        fields(&body, lang)
    };
    Ok(html! {
        (policy_links::of_service(viewer, &info.config).await?)
        (edit_form(viewer, info, Tab::Recovery, &fields))
    })
}

/// The field of a form that has nothing of what a policy says.
pub(crate) const BESIDE_POLICY: &str = "beside_policy";

/// What a service with a policy says for itself.
fn fields_beside_policy(config: &ConfigBody, lang: Lang) -> Markup {
    html! {
        input type="hidden" name=(BESIDE_POLICY) value="1";
        (on_error_stop(&config.recovery, lang))
        (policy_field(config, lang))
    }
}

/// The fields of a policy: those of a service, without what is a setting of each service.
pub(crate) fn fields_of_policy(config: &ConfigBody, lang: Lang) -> Markup {
    all_fields(config, true, lang)
}

/// The largest unit that a value is a whole number of.
fn in_units<'a>(value: u64, units: &[(&'a str, u64)]) -> (u64, &'a str) {
    let fits = |(_, size): &&(&str, u64)| value != 0 && value.is_multiple_of(*size);
    let (unit, size) = units
        .iter()
        .find(fits)
        .or(units
            .iter()
            .rev()
            .nth(usize::from(value == 0 && units.len() > 1)))
        .copied()
        .unwrap_or(("ms", 1));
    (value / size, unit)
}

/// The fields, also of a new service.
pub(crate) fn fields(config: &ConfigBody, lang: Lang) -> Markup {
    all_fields(config, false, lang)
}

fn on_error_stop(body: &RecoveryBody, lang: Lang) -> Markup {
    html! {
        label.check {
            input type="checkbox" name="on_error_stop" checked[body.on_error_stop];
            span { (console::ENABLE_ACTIONS_FOR_STOPS.of(lang))
                small { (console::WITHOUT_IT_ONLY_A.of(lang)) }
            }
        }
    }
}

fn all_fields(config: &ConfigBody, is_policy: bool, lang: Lang) -> Markup {
    let body = &config.recovery;
    let actions = match &body.actions {
        ActionsBody::List(actions) => actions.as_slice(),
        ActionsBody::Notation(_) => &[],
    };
    let rows = actions.len().max(ROWS_MIN);
    html! {
        fieldset {
            legend { (console::IF_THE_SERVICE_FAILS.of(lang)) }
            ol #actions.actions data-last=(console::AND_ALL_LATER_ONES.of(lang)) data-labels=(labels(lang)) {
                @for index in 0..rows { (row(index, actions.get(index), lang)) }
            }
            button.quiet type="button" data-add-action="" { "+ " (console::ONE_MORE_FAILURE.of(lang)) }
        }
        (reset(body.reset_period_secs.as_ref().unwrap_or(&ResetPeriodBody::default()), lang))
        @if !is_policy { (on_error_stop(body, lang)) }
        (program(body, lang))
        (rules(config, lang))
        (recovery_extensions(config, is_policy, lang))
        details {
            summary { (console::RESTART_COMPUTER_OPTIONS.of(lang)) }
            (field(
                console::MESSAGE_BEFORE_A_REBOOT.of(lang),
                console::THE_MANAGER_REBOOTS_ONLY.of(lang),
                &html! { textarea name="reboot_message" rows="2" { (body.reboot_message) } },
            ))
        }
    }
}

/// The labels of the rows by kind of number, as JSON for the script, which adds rows.
fn labels(lang: Lang) -> String {
    let label = |number: u32| {
        let number = word::Ordinal { number };
        let label = lang.say(console::FailureNumber { number });
        label.replace(|c: char| c.is_ascii_digit(), "{}")
    };
    serde_json::json!({ "one": label(1), "two": label(2), "few": label(3), "other": label(4) })
        .to_string()
}

fn row(index: usize, action: Option<&ActionBody>, lang: Lang) -> Markup {
    let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
    let label = lang.say(console::FailureNumber {
        number: word::Ordinal { number },
    });
    let delay = action.map_or(if index == 0 { 60_000 } else { 0 }, |action| {
        u64::from(action.delay_ms)
    });
    let (delay, unit) = in_units(delay, &DELAY_UNITS);
    let chosen = action.map(|action| action.kind.as_str());
    let part = |what| {
        lang.say(console::FailurePart {
            failure: &label,
            what,
        })
    };
    html! {
        li {
            span.which { (label) }
            select name="kind" aria-label=(part(console::ACTION)) {
                option value="" selected[chosen.is_none()] { (console::AS_THE_ONE_BEFORE.of(lang)) }
                @for kind in RecoveryActionKind::ALL {
                    option value=(kind.word()) selected[chosen == Some(kind.word())] { (lang::action(kind).of(lang)) }
                }
            }
            span.after { (console::AFTER.of(lang)) }
            input type="number" name="delay" min="0" step="any" value=(delay) aria-label=(part(console::DELAY));
            (units("unit", &DELAY_UNITS, unit, &part(console::UNIT), lang))
        }
    }
}

fn units(name: &str, units: &[(&str, u64)], chosen: &str, label: &str, lang: Lang) -> Markup {
    // Forms take the units of the command line; a day has another letter in French.
    let shown = |unit| {
        if unit == "d" {
            console::DAY.of(lang)
        } else {
            unit
        }
    };
    html! {
        select name=(name) aria-label=(label) {
            @for (unit, _) in units { option value=(unit) selected[*unit == chosen] { (shown(unit)) } }
        }
    }
}

fn reset(period: &ResetPeriodBody, lang: Lang) -> Markup {
    let seconds = match period {
        ResetPeriodBody::Seconds(seconds) => Some(u64::from(*seconds)),
        ResetPeriodBody::Text(_) => None,
    };
    let (value, unit) = in_units(seconds.unwrap_or(86_400), &RESET_UNITS);
    html! {
        fieldset {
            legend { (console::RESET_THE_FAIL_COUNT.of(lang)) }
            div.row {
                span { (console::AFTER.of(lang)) }
                input type="number" name="reset" min="0" step="any" value=(value) aria-label=(console::RESET_PERIOD.of(lang));
                (units("reset_unit", &RESET_UNITS, unit, console::RESET_PERIOD_UNIT.of(lang), lang))
                span { (console::WITHOUT_A_FAILURE.of(lang)) }
                label.check { input type="checkbox" name="infinite" checked[seconds.is_none()]; span { (console::NEVER_INFINITE.of(lang)) } }
            }
        }
    }
}

fn program(body: &RecoveryBody, lang: Lang) -> Markup {
    let (command, appends) = match body.command.strip_suffix(FAIL_COUNT) {
        Some(command) => (command, true),
        None => (body.command.as_str(), false),
    };
    html! {
        fieldset {
            legend { (console::RUN_PROGRAM.of(lang)) }
            (field(
                console::COMMAND_LINE.of(lang),
                console::RUNS_UNDER_THE_ACCOUNT.of(lang),
                &html! { input.code name="command" value=(command) spellcheck="false"; },
            ))
            label.check {
                input type="checkbox" name="append_count" checked[appends];
                span { (console::APPEND_FAIL_COUNT_TO.of(lang)) " (/fail=%1%)" }
            }
        }
    }
}

/// The rules by cause as they are written, and a row that writes one.
fn rules(config: &ConfigBody, lang: Lang) -> Markup {
    html! {
        fieldset.rules {
            legend { (console::BY_CAUSE.of(lang)) }
            (rules_field(config, lang))
            @if cfg!(unix) {
                div.row data-rule="" role="group" aria-label=(console::WRITE_A_RULE.of(lang)) hidden {
                    label { span { (console::CAUSE.of(lang)) }
                        select data-rule-cause="" { @for (word, words) in CAUSES { option value=(word) { (words.of(lang)) } } } }
                    label { span { (console::CAUSE_DETAIL.of(lang)) }
                        input data-rule-detail="" size="10" placeholder="75" spellcheck="false" autocomplete="off"; }
                    label { span { (console::WHAT_FOLLOWS.of(lang)) }
                        select data-rule-kind="" { @for kind in RecoveryActionKind::ALL {
                            option value=(kind.word()) selected[kind == RecoveryActionKind::Restart] { (lang::action(kind).of(lang)) }
                        } } }
                    label { span { (console::AFTER.of(lang)) } input data-rule-delay="" size="6" value="1s" autocomplete="off"; }
                    button type="button" data-rule-add="" { (console::ADD_THE_RULE.of(lang)) }
                }
            }
        }
    }
}

/// What services.msc appends (R42).
const FAIL_COUNT: &str = " /fail=%1%";

/// The change that the fields ask for.
pub(crate) fn read(form: &Form) -> Result<RecoveryChangeBody, ScmError> {
    if form.has(BESIDE_POLICY) {
        return Ok(RecoveryChangeBody {
            on_error_stop: Some(form.has("on_error_stop")),
            ..RecoveryChangeBody::default()
        });
    }
    let mut command = form.text("command");
    if form.has("append_count") && !command.is_empty() && !command.ends_with(FAIL_COUNT) {
        command.push_str(FAIL_COUNT);
    }
    let actions = actions(form)?;
    // R61: without actions a period means nothing.
    let period = (!actions.is_empty())
        .then(|| reset_period(form))
        .transpose()?;
    Ok(RecoveryChangeBody {
        actions: Some(ActionsBody::List(actions)),
        reset_period_secs: period,
        command: Some(command),
        reboot_message: Some(form.text("reboot_message")),
        on_error_stop: Some(form.has("on_error_stop")),
    })
}

fn actions(form: &Form) -> Result<Vec<ActionBody>, ScmError> {
    let rows = form
        .all("kind")
        .zip(form.all("delay"))
        .zip(form.all("unit"));
    rows.filter(|((kind, _), _)| !kind.is_empty())
        .map(|((kind, delay), unit)| {
            let delay_ms = quantity(delay, unit, &DELAY_UNITS)?;
            Ok(ActionBody {
                kind: kind.to_owned(),
                delay_ms: u32::try_from(delay_ms).map_err(|_| {
                    invalid(error::DelayTooLong {
                        delay: shown(delay),
                        unit: shown(unit),
                    })
                })?,
            })
        })
        .collect()
}

fn reset_period(form: &Form) -> Result<ResetPeriodBody, ScmError> {
    if form.has("infinite") {
        return Ok(ResetPeriodBody::Text("INFINITE".to_owned()));
    }
    let unit = form.get("reset_unit").unwrap_or("s");
    let text = form.get("reset").unwrap_or_default();
    let seconds = quantity(text, unit, &RESET_UNITS)?;
    // The largest number stands for INFINITE.
    u32::try_from(seconds)
        .ok()
        .filter(|seconds| *seconds != u32::MAX)
        .map(ResetPeriodBody::Seconds)
        .ok_or_else(|| {
            invalid(error::PeriodTooLong {
                text: shown(text),
                unit: shown(unit),
            })
        })
}

/// A number of units in the smallest one. Fractions are fine as long as nothing is left over.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "checked to be a whole number in range"
)]
fn quantity(text: &str, unit: &str, units: &[(&str, u64)]) -> Result<u64, ScmError> {
    let size = units
        .iter()
        .find(|(name, _)| *name == unit)
        .map(|(_, size)| *size);
    let number: Option<f64> = text.trim().replace(',', ".").parse().ok();
    let (Some(size), Some(number)) = (size, number) else {
        return Err(invalid(error::NoLength {
            text: quoted(text),
            unit: shown(unit),
        }));
    };
    let product = number * size as f64;
    if product.is_finite() && (0.0..=1e15).contains(&product) && product.fract() == 0.0 {
        Ok(product as u64)
    } else {
        Err(invalid(error::NoLengthOfTime {
            text: shown(text),
            unit: shown(unit),
        }))
    }
}

fn invalid(sentence: impl Into<Sentence>) -> ScmError {
    ScmError::new(Win32Error::INVALID_PARAMETER, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<RecoveryChangeBody, ScmError> {
        read(&Form::parse(text.as_bytes()))
    }

    #[test]
    fn rows_become_the_list_and_empty_ones_are_left_out() {
        let body = read_text(
            "kind=restart&delay=1.5&unit=min&kind=none&delay=0&unit=s&kind=&delay=9&unit=h&reset=1&reset_unit=d",
        )
        .unwrap();
        let action = |kind: &str, delay_ms| ActionBody {
            kind: kind.into(),
            delay_ms,
        };
        assert_eq!(
            body.actions,
            Some(ActionsBody::List(vec![
                action("restart", 90_000),
                action("none", 0)
            ]))
        );
        assert_eq!(
            body.reset_period_secs,
            Some(ResetPeriodBody::Seconds(86_400))
        );
        assert_eq!(body.on_error_stop, Some(false));
    }

    #[test]
    fn r42_the_fail_count_is_appended_once() {
        let body = read_text("command=%2Fbin%2Fx&append_count=on").unwrap();
        assert_eq!(body.command.as_deref(), Some("/bin/x /fail=%1%"));
        let again = read_text("command=%2Fbin%2Fx+%2Ffail%3D%251%25&append_count=on").unwrap();
        assert_eq!(again.command, body.command);
    }

    #[test]
    fn nonsense_is_named() {
        for bad in [
            "kind=restart&delay=x&unit=s",
            "kind=restart&delay=-1&unit=s",
            "kind=restart&delay=NaN&unit=s",
            "kind=restart&delay=60&unit=y",
            "kind=restart&delay=99999&unit=h",
            "kind=restart&delay=0.0001&unit=s",
            "kind=restart&delay=1&unit=s&reset=4294967295&reset_unit=s",
        ] {
            assert!(read_text(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn values_are_shown_in_the_largest_whole_unit() {
        assert_eq!(in_units(90_000, &DELAY_UNITS), (90, "s"));
        assert_eq!(in_units(7_200_000, &DELAY_UNITS), (2, "h"));
        assert_eq!(in_units(1500, &DELAY_UNITS), (1500, "ms"));
        assert_eq!(in_units(0, &DELAY_UNITS), (0, "s"));
        assert_eq!(in_units(86_400, &RESET_UNITS), (1, "d"));
        assert_eq!(in_units(0, &RESET_UNITS).0, 0);
    }
}
