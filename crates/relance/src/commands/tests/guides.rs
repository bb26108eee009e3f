//! The commands that the guides show: each line of `relance` in a block for a shell can be read.

use std::fs;
use std::iter::Peekable;
use std::path::{Path, PathBuf};
use std::str::Chars;

use super::*;

/// The guides, in both languages, and the page of the project.
fn guides() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folders = ["docs", "docs/fr", "examples/php"].map(|folder| root.join(folder));
    let entries = folders.iter().flat_map(|folder| {
        let entries = fs::read_dir(folder).expect("a folder of the project");
        entries.map(|entry| entry.expect("an entry").path())
    });
    let mut guides: Vec<PathBuf> = entries
        .chain([root.join("README.md")])
        .filter(|path| path.extension().is_some_and(|kind| kind == "md"))
        .collect();
    guides.sort();
    guides
}

/// The blocks for a shell of a guide.
fn blocks(text: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if !line.trim_start().starts_with("```") {
            continue;
        }
        let block = lines.by_ref();
        let block = block.take_while(|line| !line.trim_start().starts_with("```"));
        let block: Vec<&str> = block.collect();
        if line.trim() == "```sh" {
            blocks.push(block.join("\n"));
        }
    }
    blocks
}

/// The simple commands of a text, as a shell would split it into words.
fn commands_of(text: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut rest = text.chars().peekable();
    while let Some(&next) = rest.peek() {
        match next {
            '#' => while rest.next_if(|c| *c != '\n').is_some() {},
            '\n' | ';' | '|' | '&' | '(' | ')' => {
                rest.next();
                commands.push(Vec::new());
            }
            // What is behind them is the name of a file.
            '>' | '<' => {
                while rest
                    .next_if(|c| matches!(c, '>' | '<' | ' ' | '-'))
                    .is_some()
                {}
                word(&mut rest);
            }
            ' ' | '\t' => {
                rest.next();
            }
            _ => {
                let word = word(&mut rest);
                if word != "\n" {
                    commands.last_mut().expect("one").push(word);
                }
            }
        }
    }
    commands
}

/// One word, without its quotes. An end of line behind `\` is a word alone, and means nothing.
fn word(rest: &mut Peekable<Chars<'_>>) -> String {
    let (mut word, mut quote) = (String::new(), None);
    while let Some(&next) = rest.peek() {
        match (next, quote) {
            ('\\', None | Some('"')) => {
                rest.next();
                word.extend(rest.next());
                continue;
            }
            ('"' | '\'', None) => quote = Some(next),
            (_, Some(open)) if next == open => quote = None,
            (' ' | '\t' | '\n' | ';' | '|' | '&' | '(' | ')' | '>' | '<', None) => break,
            _ => word.push(next),
        }
        rest.next();
    }
    word
}

/// The words from `relance` on, where a command is one of this program.
fn of_relance(words: &[String]) -> Option<Vec<OsString>> {
    let mut words = words.iter().skip_while(|word| {
        ["sudo", "time", "while", "until", "do", "if", "!"].contains(&word.as_str())
            || word
                .split_once('=')
                .is_some_and(|(name, _)| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
    });
    let is_it = words.next()?.rsplit('/').next() == Some("relance");
    let words = words.map(OsString::from);
    is_it.then(|| std::iter::once("relance".into()).chain(words).collect())
}

#[test]
fn every_command_of_the_guides_can_be_read() {
    let (mut count, mut wrong) = (0, Vec::new());
    for guide in guides() {
        let text = fs::read_to_string(&guide).expect("a text");
        let blocks = blocks(&text);
        let commands = blocks.iter().flat_map(|block| commands_of(block));
        for words in commands.filter_map(|words| of_relance(&words)) {
            count += 1;
            let translated = habits::translated(&words);
            let translated = translated.ok().flatten();
            let words = translated.as_deref().unwrap_or(&words);
            let error = parse(words).err().filter(|error| !misuse::is_help(error));
            if let Some(error) = error {
                let error = misuse::refusal(&error);
                wrong.push(format!("{}: {words:?}: {error}", guide.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 200, "{count} were found");
}
