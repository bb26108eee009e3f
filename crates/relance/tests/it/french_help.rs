//! The help of every command in French: all that a person reads comes from the catalogue, or is a word of the
//! command line.
//!
//! The program puts each French message in ⟦brackets⟧ (`relance_texts`, `marked`). A sentence that stands in
//! none is a docstring without its French in `help.ftl`.

use std::process::{Command, Stdio};

use crate::french_texts::{outside, sentences};
use crate::support::relance;

#[test]
fn the_help_of_every_command_is_french() {
    let overview = help(&[]);
    assert!(overview.contains("Utilisation"), "{overview}");
    let commands: Vec<&str> = overview
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next())
        .collect();
    assert!(commands.len() > 45, "{commands:?}");
    let mut foreign = check("", &overview);
    for command in commands {
        let text = help(&[command]);
        for below in subcommands(&text) {
            foreign.extend(check(&below, &help(&[command, &below])));
        }
        foreign.extend(check(command, &text));
    }
    assert!(
        foreign.is_empty(),
        "add it to en/help.ftl and fr/help.ftl of relance-texts:\n{}",
        foreign.join("\n")
    );
}

/// `relance help COMMAND`, with brackets.
fn help(command: &[&str]) -> String {
    let output = Command::new(relance())
        .arg("help")
        .args(command)
        .env("RELANCE_LANG", "fr")
        .env("RELANCE_TEXTS_MARKED", "1")
        .stdin(Stdio::null())
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{command:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// What stands under the heading of commands.
fn subcommands(text: &str) -> Vec<String> {
    let lines = text.lines().skip_while(|line| !line.contains("Commandes"));
    lines
        .skip(1)
        .take_while(|line| !line.is_empty())
        // Deeper ones go on with the text before.
        .filter_map(|line| {
            line.strip_prefix("  ")
                .filter(|line| !line.starts_with(' '))
        })
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

/// Lines with something that is neither a message nor a word of the command line.
fn check(command: &str, text: &str) -> Vec<String> {
    let text = outside(text);
    let is_heading = |line: &&str| line.len() > 1 && line.ends_with(':') && !line.starts_with('-');
    let headings = text.lines().map(str::trim).filter(is_heading);
    let sentences = sentences(&text).filter(|line| !line.starts_with("relance "));
    let both = headings.chain(sentences);
    both.map(|line| format!("{command}: {line}")).collect()
}
