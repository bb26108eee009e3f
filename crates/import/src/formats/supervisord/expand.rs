//! What supervisord fills in: `%(program_name)s`, `%(process_num)02d`, `%(ENV_NAME)s`.

use std::collections::HashMap;
use std::path::Path;

use crate::Files;
use crate::formats::wrapper::reference;

/// What is filled in for one program.
pub(super) struct Expansion<'a> {
    pub(super) program: &'a str,
    pub(super) group: &'a str,
    pub(super) here: &'a Path,
    /// The number of the only process; `None` if there are several, `%i` then.
    pub(super) number: Option<u64>,
    /// `numprocs`.
    pub(super) count: u64,
    pub(super) files: &'a dyn Files,
    /// What its own `environment`, and that of all, gives it.
    pub(super) own: HashMap<String, String>,
}

/// A text with everything filled in that can be.
#[derive(Debug, Default)]
pub(super) struct Expanded {
    /// Variables that are not known are references for a [`wrapper`](crate::formats::wrapper).
    pub(super) text: String,
    /// Their names.
    pub(super) unknown: Vec<String>,
    /// Text that stays as it is written, because its value is known only where supervisord runs.
    pub(super) left: Vec<String>,
    /// Whether the number of the process is in it.
    pub(super) has_number: bool,
}

impl Expansion<'_> {
    pub(super) fn expand(&self, text: &str) -> Expanded {
        let mut expanded = Expanded::default();
        let mut rest = text;
        while let Some(at) = rest.find('%') {
            let (before, after) = rest.split_at(at);
            expanded.text.push_str(before);
            if let Some(behind) = after.strip_prefix("%%") {
                let stays = self.number.is_none() && behind.starts_with('i');
                expanded.text.push_str(if stays { "%%" } else { "%" });
                rest = behind;
                continue;
            }
            match name(after) {
                Some((name, format, behind)) => {
                    self.fill_in(name, format, &mut expanded);
                    rest = behind;
                }
                None => {
                    expanded
                        .text
                        .push_str(if self.number.is_none() && after.starts_with("%i") {
                            "%%"
                        } else {
                            "%"
                        });
                    rest = &after[1..];
                }
            }
        }
        expanded.text.push_str(rest);
        expanded
    }

    fn fill_in(&self, name: &str, format: &str, expanded: &mut Expanded) {
        match name {
            "program_name" => expanded.text.push_str(self.program),
            "group_name" => expanded.text.push_str(self.group),
            "here" => expanded.text.push_str(&self.here.display().to_string()),
            "process_num" => {
                expanded.has_number = true;
                match self.number {
                    Some(number) => expanded.text.push_str(&padded(number, format)),
                    None => expanded.text.push_str("%i"),
                }
            }
            "numprocs" => expanded.text.push_str(&padded(self.count, format)),
            _ => match name.strip_prefix("ENV_") {
                Some(variable) => self.variable(variable, expanded),
                // Like host_node_name: known only at run time.
                None => {
                    let left = format!("%({name}){format}");
                    expanded.text.push_str(&left);
                    expanded.left.push(left);
                }
            },
        }
    }

    fn variable(&self, name: &str, expanded: &mut Expanded) {
        let own = self.own.get(name).cloned();
        match own.or_else(|| self.files.variable(name)) {
            Some(value) => expanded.text.push_str(&value),
            None => {
                expanded.text.push_str(&reference(name));
                expanded.unknown.push(name.to_owned());
            }
        }
    }
}

/// `%(name)02d`: the name, the format, what is behind.
fn name(text: &str) -> Option<(&str, &str, &str)> {
    let inside = text.strip_prefix("%(")?;
    let end = inside.find(')')?;
    let (name, behind) = (&inside[..end], &inside[end + 1..]);
    let letter = behind.find(|c: char| c.is_ascii_alphabetic())?;
    let is_format = behind[..letter].chars().all(|c| c.is_ascii_digit());
    is_format.then(|| (name, &behind[..=letter], &behind[letter + 1..]))
}

fn padded(number: u64, format: &str) -> String {
    let width = format
        .trim_start_matches('0')
        .trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let width: usize = width.parse().unwrap_or(0).min(20);
    if format.starts_with('0') {
        format!("{number:0width$}")
    } else {
        format!("{number:width$}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_filled_in() {
        let files = crate::formats::tests::Memory::default().with_variable("A", "1");
        let expansion = |number| Expansion {
            program: "p",
            group: "g",
            here: Path::new("/etc"),
            number,
            count: 4,
            files: &files,
            own: HashMap::from([("OWN".to_owned(), "o".to_owned())]),
        };
        let one = expansion(Some(7));
        assert_eq!(
            one.expand("%(program_name)s_%(process_num)03d %(here)s/%%n %(ENV_A)s")
                .text,
            "p_007 /etc/%n 1"
        );
        assert_eq!(
            expansion(None).expand("q%(process_num)02d %i").text,
            "q%i %%i"
        );
        assert_eq!(one.expand("%(ENV_B)s").unknown, ["B"]);
        assert_eq!(one.expand("%(ENV_OWN)s %(numprocs)02d").text, "o 04");
        assert_eq!(
            one.expand("%(host_node_name)s").left,
            ["%(host_node_name)s"]
        );
        assert_eq!(one.expand("100% %( %(x").text, "100% %( %(x");
    }
}
