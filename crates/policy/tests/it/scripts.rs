//! The simulator's script language and its time line.

use relance_policy::simulate::{Script, simulate};
use relance_scm::failure_actions::{ActionList, parse_reset_period};

use crate::support::config;

fn timeline(actions: &str, reset: &str, script: &str) -> String {
    let actions: ActionList = actions.parse().unwrap();
    let config = config(&actions.0, parse_reset_period(reset).unwrap());
    simulate(&config, &script.parse().unwrap()).to_string()
}

#[test]
fn the_example_of_the_style_guide() {
    let text = timeline(
        "restart/1000/restart/5000/\"\"/0",
        "60",
        "exit 1 unreported @0s, exit 1 unreported @2s, quiet 61s, exit 1 unreported",
    );
    let expected = "
     +0.000s  7036 the service is now running.
     +0.000s  script: exit 1
     +0.000s  7031 the service failed unexpectedly. Failures so far: 1. Next action in 1 s: Restart the service.
     +0.000s  7036 the service is now stopped.
     +1.000s  7036 the service is now running.
     +2.000s  script: exit 1
     +2.000s  7031 the service failed unexpectedly. Failures so far: 2. Next action in 5 s: Restart the service.
     +2.000s  7036 the service is now stopped.
     +7.000s  7036 the service is now running.
    +63.000s  nothing happens
    +63.000s  script: exit 1
    +63.000s  the reset period is over: the counter starts again
    +63.000s  7031 the service failed unexpectedly. Failures so far: 1. Next action in 1 s: Restart the service.
    +63.000s  7036 the service is now stopped.
    +64.000s  7036 the service is now running.
    +64.000s  RUNNING, failures counted: 1
";
    assert_eq!(format!("\n{text}"), expected);
}

#[test]
fn a_failure_while_nothing_runs_is_noted_and_ignored() {
    let text = timeline("restart/5000", "60", "crash @0s, crash @1s");
    assert!(
        text.contains("+1.000s  script: kill 9 (ignored: nothing is running)"),
        "{text}"
    );
}

#[test]
fn a_script_that_cannot_be_read_says_what_can() {
    for bad in [
        "explode",
        "exit",
        "exit x",
        "crash @x",
        "quiet",
        "stop start",
        "stopped x",
        "kill 99x",
    ] {
        let error = bad.parse::<Script>().unwrap_err();
        assert_eq!(error.code().to_raw(), 87, "{bad}");
    }
    assert!("quiet 99999999999999999999d".parse::<Script>().is_err());
    let script: Script = "crash; stop\n# comment\n\nkill SEGV +500ms"
        .parse()
        .unwrap();
    assert_eq!(script.moments.len(), 3);
}

#[test]
fn a_command_is_shown() {
    let mut settings = config(
        &"run/0".parse::<ActionList>().unwrap().0,
        Default::default(),
    );
    settings.failure_actions.command = "notify %1%".into();
    let text = simulate(&settings, &"crash".parse().unwrap()).to_string();
    assert!(text.contains("runs the command: notify 1"), "{text}");
    settings.failure_actions.actions = "reboot/0".parse::<ActionList>().unwrap().0.into();
    let text = simulate(&settings, &"crash".parse().unwrap()).to_string();
    assert!(text.contains("the machine reboots"), "{text}");
}

#[test]
fn happenings_print_as_they_are_read() {
    let texts = [
        "exit 1",
        "kill 9",
        "stopped 5",
        "stopped 1066/7",
        "stop",
        "stop exit 0",
        "stop stopped 5",
        "start",
        "no-connect",
        "exits-early",
        "spawn-fails 2",
        "disable",
        "enable",
    ];
    for text in texts {
        let script: Script = text.parse().unwrap();
        assert_eq!(script.moments[0].what.to_string(), text);
    }
}

#[test]
fn a_script_is_written_as_it_is_read() {
    let text = "clock 01:50, exit 1 @2s, kill 9 +1m, quiet 1h, parse-error, stop +1ms";
    let script: Script = text.parse().unwrap();
    assert_eq!(script.to_string().parse::<Script>().unwrap(), script);
    assert!(script.to_string().starts_with("clock 01:50, exit 1 @2"));
}
