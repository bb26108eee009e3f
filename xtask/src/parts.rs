//! A task made of parts: each is run, timed and summed up, and one that fails does not hide the next.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// One part of a task.
pub(crate) struct Part {
    /// As it is named on the command line and in the summary.
    pub(crate) name: &'static str,
    run: fn(&Path) -> Result<()>,
}

/// A part, in the one line that adds it to a table.
pub(crate) const fn part(name: &'static str, run: fn(&Path) -> Result<()>) -> Part {
    Part { name, run }
}

/// Runs the parts, or those that are named, and prints what became of each.
pub(crate) fn run<'a>(
    root: &Path,
    parts: impl IntoIterator<Item = &'a Part>,
    named: &[&str],
) -> Result<()> {
    let parts: Vec<&Part> = parts.into_iter().collect();
    for name in named {
        if parts.iter().all(|part| part.name != *name) {
            let names: Vec<&str> = parts.iter().map(|part| part.name).collect();
            bail!("there is no part {name:?}; there are {}", names.join(", "));
        }
    }
    let mut results = Vec::new();
    for part in parts {
        if !named.is_empty() && !named.contains(&part.name) {
            continue;
        }
        eprintln!("=== {}", part.name);
        let start = Instant::now();
        let result = (part.run)(root);
        if let Err(error) = &result {
            eprintln!("{} FAILED: {error:#}", part.name);
        }
        results.push((part.name, start.elapsed(), result.is_ok()));
    }
    summary(&results)
}

fn summary(results: &[(&str, Duration, bool)]) -> Result<()> {
    eprintln!("===");
    for (name, time, passed) in results {
        let word = if *passed { "passed" } else { "FAILED" };
        eprintln!("{name:<12} {word}  {:>6.1} s", time.as_secs_f64());
    }
    let failed: Vec<&str> = results
        .iter()
        .filter(|(_, _, passed)| !passed)
        .map(|(name, ..)| *name)
        .collect();
    if !failed.is_empty() {
        bail!(
            "{} of {} failed: {}",
            failed.len(),
            results.len(),
            failed.join(", ")
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_hides_no_other_part_and_fails_the_whole() {
        let parts = [
            part("good", |_| Ok(())),
            part("bad", |_| bail!("no")),
            part("worse", |_| bail!("no")),
        ];
        let run = |named: &[&str]| run(Path::new("/"), &parts, named).map_err(|e| e.to_string());
        assert_eq!(run(&[]), Err("2 of 3 failed: bad, worse".to_owned()));
        assert_eq!(run(&["good"]), Ok(()));
        assert!(run(&["missing"]).is_err_and(|text| text.contains("good, bad, worse")));
    }
}
