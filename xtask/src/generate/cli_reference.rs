//! Generates `docs/cli.md`: what `relance help` says, command by command.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::cargo;

pub(crate) const PATH: &str = "docs/cli.md";

pub(crate) fn generate(root: &Path) -> Result<String> {
    cargo::run(root, &["build", "--quiet", "--package", "relance"])?;
    let overview = help(root, None)?;
    let mut text = format!(
        "# Command line\n\n\
         Generated from the program by `cargo xtask gen`: do not edit.\n\n\
         Exit statuses: 0 done; 1 internal, or no manager; 2 usage; 3 refused; 4 not found; \
         5 timed out; 6 `apply --dry-run`: something would change.\n\n\
         ```text\n{overview}```\n"
    );
    for command in commands(&overview) {
        let help = help(root, Some(command))?;
        let _ = write!(text, "\n## relance {command}\n\n```text\n{help}```\n");
    }
    Ok(text)
}

/// The names in the overview: the first words of indented lines.
fn commands(overview: &str) -> impl Iterator<Item = &str> {
    overview
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next())
}

fn help(root: &Path, command: Option<&str>) -> Result<String> {
    let output = Command::new(root.join("target/debug/relance"))
        .arg("help")
        .args(command)
        .env("RELANCE_LANG", "en")
        // The width of a terminal would be the width of the text.
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .context("running relance help")?;
    ensure!(
        output.status.success(),
        "relance help {} failed: {}",
        command.unwrap_or_default(),
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).context("help is not UTF-8")?;
    Ok(text
        .lines()
        .fold(String::new(), |text, line| text + line.trim_end() + "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_in_the_overview() {
        let overview = "Title\n\nRun:\n  start   Start it\n  stop    Stop it\n\nEnd.\n";
        assert_eq!(commands(overview).collect::<Vec<_>>(), ["start", "stop"]);
    }
}
