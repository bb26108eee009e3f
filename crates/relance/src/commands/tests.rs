//! Tests of the table of commands; `guides` reads those that the guides show.

// What stands in a block for a shell is for Linux.
#[cfg(unix)]
mod guides;

use super::*;

fn words(line: &str) -> Vec<OsString> {
    line.split(' ').map(OsString::from).collect()
}

#[test]
fn the_description_of_every_command_is_sound() {
    whole().debug_assert();
}

#[test]
fn options_of_all_commands_may_stand_before_and_behind() {
    for line in ["relance --json list", "relance list --json"] {
        let matches = parse(&words(line)).expect("a command line");
        let (name, of_command) = matches.subcommand().expect("a command");
        assert!(name == "list" && of_command.get_flag("json"), "{line}");
    }
}

/// Describing all of them takes four times as long as the rest of a small command.
#[test]
fn only_the_command_that_is_named_is_described() {
    for line in [
        "relance status a --socket /s",
        "relance --socket /s status a",
        "relance --json --socket /s status a",
    ] {
        let meant = meant(&words(line)).map(|command| command.name);
        assert_eq!(meant, Some("status"), "{line}");
    }
}

#[test]
fn a_mistyped_command_is_recognised() {
    let error = parse(&words("relance statsu x")).expect_err("no command");
    assert!(error.to_string().contains("status"), "{error}");
}

#[test]
fn no_command_is_there_twice() {
    let mut names: Vec<_> = all().map(|command| command.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}
