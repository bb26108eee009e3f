//! Plays scenarios one after the other and prints the outcome of each.

use std::path::Path;
use std::process::ExitCode;

use relance_scm::ServiceKind;
use relance_testkit::compliance::Scenario;

use crate::subject::RealScm;

pub(crate) fn run(folder: &Path, ids: &[&str]) -> ExitCode {
    let scenarios = Scenario::all_in(folder);
    let unknown = ids
        .iter()
        .find(|id| scenarios.iter().all(|scenario| scenario.id != **id));
    if let Some(id) = unknown {
        eprintln!("error: there is no scenario {id} in {}", folder.display());
        return ExitCode::from(2);
    }
    let mut failed = 0;
    for scenario in &scenarios {
        if !ids.is_empty() && !ids.contains(&scenario.id.as_str()) {
            continue;
        }
        // Programs are the embedded manager's own (relance host has its tests).
        let is_ours = scenario.config.extensions.given().next().is_some();
        if is_ours || scenario.config.kind == ServiceKind::Program {
            println!("{:<6} left out: of the embedded manager", scenario.id);
            continue;
        }
        let outcome = RealScm::new(&scenario.id)
            .map_err(|error| error.to_string())
            .and_then(|mut subject| scenario.play(&mut subject));
        match outcome {
            Ok(()) => println!("{:<6} holds", scenario.id),
            Err(difference) => {
                failed += 1;
                println!("{:<6} DIFFERS: {difference}", scenario.id);
            }
        }
    }
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
