//! The manual page: what the program says of itself.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::cargo::output;

pub(super) fn page(program: &Path) -> Result<String> {
    let version = output(Command::new(program).arg("--version"))?;
    let general = output(Command::new(program).arg("help"))?;
    let mut page = format!(
        ".TH RELANCE 1 \"\" \"{}\"\n.SH NAME\n\
         relance \\- service manager with the recovery rules of Windows\n",
        version.trim()
    );
    section(&mut page, "SYNOPSIS AND COMMANDS", &general);
    let is_command = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
    let commands = general.lines().filter(is_command);
    for command in commands.filter_map(|line| line.split_whitespace().next()) {
        let help = output(Command::new(program).args(["help", command]))?;
        section(&mut page, &format!("relance {command}"), &help);
    }
    Ok(page)
}

/// A section that is shown as it stands.
fn section(page: &mut String, title: &str, text: &str) {
    page.push_str(&format!(".SH \"{title}\"\n.nf\n"));
    for line in text.lines() {
        let line = line.replace('\\', "\\e").replace('-', "\\-");
        // A dot or quote at the beginning would be an instruction.
        let guard = if line.starts_with(['.', '\'']) {
            "\\&"
        } else {
            ""
        };
        page.push_str(&format!("{guard}{line}\n"));
    }
    page.push_str(".fi\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_page_takes_text_as_it_stands() {
        let mut page = String::new();
        section(&mut page, "T", ".dot\n--x \\");
        assert_eq!(page, ".SH \"T\"\n.nf\n\\&.dot\n\\-\\-x \\e\n.fi\n");
    }
}
