//! The outcome of scenarios: for people, and in formats for programs, which are English.

use std::time::Duration;

use relance_texts::{Lang, command};
use serde_json::json;

use super::Played;
use crate::cli::{CommandFailure, Common};
use crate::lang::{lang, say};
use crate::plain::{plain, plain_lines};

/// For people: a line for each scenario, and below one that does not hold what is wrong and what happened.
pub(super) fn text(played: &[Played], took: Duration) {
    for scenario in played {
        let is_kept = scenario.problems.is_empty();
        let mark = if is_kept { "ok    " } else { "FAILED" };
        let (service, name) = (plain(&scenario.service), plain(&scenario.name));
        let tried = scenario.tried.as_ref();
        let tried = tried.map(|tried| format!(" ({})", tried.of(lang())));
        println!("{mark}  {service}: {name}{}", tried.unwrap_or_default());
        for problem in &scenario.problems {
            println!("        {}", plain(&problem.of(lang())));
        }
        if !is_kept {
            print!("{}", plain_lines(&scenario.timeline.to_string()));
        }
    }
    let all = played.len();
    let kept = played.iter().filter(|played| played.problems.is_empty());
    let kept = kept.count();
    println!(
        "{}",
        say(command::TestSummary {
            kept,
            all,
            time: took
        })
    );
}

/// The Test Anything Protocol.
pub(super) fn tap(played: &[Played]) {
    println!("TAP version 13\n1..{}", played.len());
    for (scenario, number) in played.iter().zip(1..) {
        let word = if scenario.problems.is_empty() {
            "ok"
        } else {
            "not ok"
        };
        let name = title(scenario).replace('#', "\\#");
        println!("{word} {number} - {}", plain(&name));
        for problem in &scenario.problems {
            println!("# {}", plain(&problem.of(Lang::En)));
        }
    }
}

/// The XML of JUnit: a suite for each file.
pub(super) fn junit(played: &[Played]) {
    println!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>");
    for of_file in played.chunk_by(|one, next| one.file == next.file) {
        let failed = of_file.iter().filter(|played| !played.problems.is_empty());
        println!(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">",
            xml(&of_file[0].file),
            of_file.len(),
            failed.count()
        );
        for scenario in of_file {
            let (class, name) = (xml(&scenario.service), xml(&scenario.name));
            println!("    <testcase classname=\"{class}\" name=\"{name}\">");
            for problem in &scenario.problems {
                let timeline = xml(&scenario.timeline.to_string());
                let problem = xml(&problem.of(Lang::En));
                println!("      <failure message=\"{problem}\">{timeline}</failure>");
            }
            println!("    </testcase>");
        }
        println!("  </testsuite>");
    }
    println!("</testsuites>");
}

/// An array of objects.
pub(super) fn json(played: &[Played]) -> Result<(), CommandFailure> {
    let objects = played.iter().map(|scenario| {
        let problems = scenario.problems.iter().map(|problem| problem.of(Lang::En));
        json!({
            "file": scenario.file,
            "service": scenario.service,
            "name": scenario.name,
            "ok": scenario.problems.is_empty(),
            "problems": problems.collect::<Vec<_>>(),
        })
    });
    Common::print_json(&objects.collect::<Vec<_>>())
}

fn title(scenario: &Played) -> String {
    format!("{}: {}", scenario.service, scenario.name)
}

/// A text in XML. What XML cannot have is left out.
fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(letter),
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}
