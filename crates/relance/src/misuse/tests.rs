use std::ffi::OsString;

use super::*;
use crate::commands::{parse, whole};

/// The command lines that misuse a command: an option that it does not have, each of its options without a value
/// and with a wrong one, and nothing at all.
fn misuses(name: &str, command: &clap::Command, lines: &mut Vec<Vec<String>>) {
    let own = |more: &[&str]| -> Vec<String> {
        let words = name.split(' ').chain(more.iter().copied());
        words.map(str::to_owned).collect()
    };
    lines.push(own(&["--nosuch"]));
    lines.push(own(&["a", "--jso", "b"]));
    lines.push(own(&[]));
    for option in command.get_arguments().filter_map(clap::Arg::get_long) {
        let option = format!("--{option}");
        lines.push(own(&["a", &option]));
        lines.push(own(&["a", &format!("{option}=?!"), &option]));
        lines.push(own(&["a", &format!("{option}=99999999999999999999")]));
        lines.push(own(&["a", &format!("{option}=70000")]));
    }
    for command in command.get_subcommands() {
        misuses(&format!("{name} {}", command.get_name()), command, lines);
    }
}

/// Whether these words are in a text that are in no French sentence.
fn is_english(text: &str) -> bool {
    let english = [
        "the", "is", "not", "of", "or", "and", "with", "without", "to", "one", "in", "needs",
        "value", "expected", "invalid", "number", "from", "there", "what", "that", "be", "for",
    ];
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '-');
    words.any(|word| english.contains(&word))
}

#[test]
fn every_misuse_of_every_command_is_said_in_french() {
    let mut lines = vec![vec!["relance".to_owned(), "nosuch".to_owned()]];
    for command in whole().get_subcommands() {
        misuses(
            &format!("relance {}", command.get_name()),
            command,
            &mut lines,
        );
    }
    let (mut said, mut faults) = (0, Vec::new());
    for line in lines {
        let words: Vec<OsString> = line.iter().map(OsString::from).collect();
        let Err(error) = parse(&words) else { continue };
        if is_help(&error) {
            continue;
        }
        let refused = refusal(&error);
        let french = refused.sentence_in(Lang::Fr);
        if refused.text().is_none() || is_english(&french) {
            faults.push(format!("{}: {french}", line.join(" ")));
        }
        said += 1;
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(said > 500, "only {said} misuses were found");
}

#[test]
fn what_clap_finds_is_said_in_sentences() {
    let says = |line: &str, wanted: &str| {
        let error =
            parse(&line.split(' ').map(OsString::from).collect::<Vec<_>>()).expect_err("misuse");
        assert_eq!(refusal(&error).sentence(), wanted);
    };
    says(
        "relance stop a --no-wai",
        "there is no option --no-wai; did you mean --no-wait?",
    );
    says(
        "relance creat",
        "there is no command \"creat\"; did you mean create?",
    );
    says("relance frobnicate", "there is no command \"frobnicate\"");
    says(
        "relance logs a -n x",
        "--lines: \"x\" is not a whole number",
    );
    says("relance logs a -n", "--lines needs a value");
    says(
        "relance scale a@ 2000",
        "<NUMBER>: \"2000\" is not a number from 1 to 1000",
    );
    says("relance create", "<NAME> is missing");
    says("relance config a b", "\"b\" is one word too many");
    for (line, instead) in [
        ("relance create a php a.php", "write -- before it"),
        ("relance events a", "write --service before it"),
        ("relance failure a restart/1s", "write --actions before it"),
        ("relance doctor a", "write relance why a"),
        (
            "relance config a memory_max=512M",
            "write --memory-max 512M",
        ),
        ("relance create a --cwd /srv", "write --working-directory"),
        (
            "relance create a --environment-file /etc/a",
            "write --env-file",
        ),
        ("relance config a --stop-grace-ms 5", "write --stop-grace"),
        ("relance create a --user www-data", "write --account"),
        ("relance create a --restart always", "write --actions"),
        ("relance create a --exec php", "write -- PROGRAM ARGUMENT…"),
    ] {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let error = parse(&words).expect_err("misuse");
        let said = refusal(&error).sentence().to_owned();
        assert!(said.ends_with(instead), "{line}: {said}");
        let advice = advice(&error, Lang::En);
        let command = words[1].to_string_lossy();
        let usage = format!("usage: relance {command} [OPTIONS]");
        assert!(advice.starts_with(&usage), "{line}: {advice}");
    }
    says(
        "relance apply a.toml",
        "\"a.toml\" is one word too many; write --file before it",
    );
    says(
        "relance config a --backoff exponential",
        "there is no option --backoff here; it is one of relance create, relance failure, relance simulate, relance replay",
    );
    says(
        "relance config a@ --instances 5",
        "there is no option --instances here; write relance scale NAME@ NUMBER",
    );
    says(
        "relance config a --backoff=exponential",
        "there is no option --backoff here; it is one of relance create, relance failure, relance simulate, relance replay",
    );
    says("relance status a --nosuch", "there is no option --nosuch");
    says(
        "relance create a --nosuch",
        "there is no option --nosuch; write -- before it if it is not meant as an option",
    );
    says(
        "relance simulate --script a --file b",
        "--script cannot be used together with --file <FILE>; leave one of them out",
    );
}
