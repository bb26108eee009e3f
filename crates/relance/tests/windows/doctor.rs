//! `relance doctor` over the manager of Windows.

use serde_json::Value;

use super::support::{CMD, Service, relance};

/// What is said about something.
fn about(report: &Value, name: &str) -> Vec<(String, String)> {
    let findings = report["findings"].as_array().unwrap().iter();
    let of_it = findings.filter(|finding| finding["about"] == name);
    of_it
        .map(|finding| {
            let text = |field: &str| finding[field].as_str().unwrap().to_owned();
            (text("level"), text("text"))
        })
        .collect()
}

#[test]
fn a_program_that_is_not_there_is_a_problem_and_others_are_none() {
    let good = Service::program("doctor-good", &[], &[CMD, "/c", "exit"]);
    let bad = Service::program("doctor-bad", &["--start", "auto"], &[r"C:\no\such.exe"]);
    let output = relance(&["doctor", "--json"]);
    assert_eq!(output.status.code(), Some(3));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    for part in ["manager", "rights", "event source", "PATH"] {
        assert_eq!(about(&report, part).len(), 1, "{part}");
    }
    assert_eq!(about(&report, &good.0), []);
    let said = about(&report, &bad.0);
    assert_eq!(said[0].0, "problem", "{said:?}");
    assert!(said[0].1.contains(r"C:\no\such.exe"), "{said:?}");
    // Windows' own services are not lectured about their settings.
    assert!(about(&report, "RpcSs").is_empty());
}
