//! Files of sections with keys and values: those of supervisord, and the units of systemd.

use relance_texts::import;

use crate::report::{FileReport, Lines};

/// A section.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) entries: Vec<Entry>,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) lines: Lines,
}

impl Section {
    /// The last value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.key == key)
    }
}

/// As Python's configparser reads it for supervisord: values go on in lines that are indented deeper than
/// their key, blank ones between them too; `;` or `#` after a blank begins a comment; keys have no case. A section that
/// is there twice is one, and of a key that is there twice the last one counts.
pub(crate) fn supervisord(text: &str, report: &mut FileReport) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut current = 0;
    let mut indent = 0;
    let mut is_open = false;
    for (at, line) in text.lines().enumerate() {
        let number = at + 1;
        let content = line.trim();
        let depth = line.len() - line.trim_start().len();
        if content.is_empty() || content.starts_with([';', '#']) {
            report.silent(Lines::one(number));
            continue;
        }
        let content = without_comment(content);
        let last = sections
            .get_mut(current)
            .and_then(|section| section.entries.last_mut());
        if is_open
            && depth > indent
            && let Some(entry) = last
        {
            entry.value.push('\n');
            entry.value.push_str(content);
            entry.lines.last = number;
            continue;
        }
        indent = depth;
        is_open = false;
        if let Some(name) = content
            .strip_prefix('[')
            .and_then(|rest| rest.split_once(']'))
        {
            let section = section(name.0, number);
            let known = sections.iter().position(|known| known.name == section.name);
            current = known.unwrap_or(sections.len());
            match known {
                Some(_) => report.kept(Lines::one(number), "name"),
                None => sections.push(section),
            }
            continue;
        }
        let found = content.split_once(['=', ':']);
        if let (Some(section), Some((key, value))) = (sections.get_mut(current), found) {
            let entry = Entry {
                key: key.trim().to_ascii_lowercase(),
                value: value.trim().to_owned(),
                lines: Lines::one(number),
            };
            let is_again = |known: &mut Entry| known.key == entry.key;
            for before in section.entries.extract_if(.., is_again) {
                report.lost(before.lines, import::SET_AGAIN);
            }
            section.entries.push(entry);
            is_open = true;
        }
    }
    sections
}

fn without_comment(content: &str) -> &str {
    let mut starts = content.match_indices([';', '#']).map(|(at, _)| at);
    let comment = starts.find(|at| content[..*at].ends_with([' ', '\t']));
    content[..comment.unwrap_or(content.len())].trim_end()
}

fn section(name: &str, line: usize) -> Section {
    Section {
        name: name.trim().to_owned(),
        line,
        entries: Vec::new(),
    }
}

/// As systemd reads a unit: a backslash at its end joins a line with the next, comments may stand between.
pub(crate) fn systemd(text: &str, report: &mut FileReport) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let number = at + 1;
        let content = line.trim();
        if content.is_empty() || content.starts_with([';', '#']) {
            report.silent(Lines::one(number));
            continue;
        }
        if let Some(name) = content
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            sections.push(section(name, number));
            continue;
        }
        let mut joined = content.to_owned();
        let mut last = number;
        while joined.ends_with('\\') {
            joined.pop();
            joined.push(' ');
            let Some((at, next)) = lines.next() else {
                break;
            };
            last = at + 1;
            let next = next.trim();
            if next.starts_with([';', '#']) {
                joined.push('\\');
            } else {
                joined.push_str(next);
            }
        }
        if let (Some(section), Some((key, value))) = (sections.last_mut(), joined.split_once('=')) {
            section.entries.push(Entry {
                key: key.trim().to_owned(),
                value: value.trim().to_owned(),
                lines: Lines {
                    first: number,
                    last,
                },
            });
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    #[test]
    fn supervisord_continues_deeper_lines_only() {
        let text = " [program:a]\n command=x ; y\n environment=A=1,\n   B=2\n user=u\n";
        let mut report = FileReport::new("f".into(), Kind::Supervisord, text);
        let sections = supervisord(text, &mut report);
        let values: Vec<_> = sections[0]
            .entries
            .iter()
            .map(|entry| entry.value.as_str())
            .collect();
        assert_eq!(values, ["x", "A=1,\nB=2", "u"]);
    }

    #[test]
    fn supervisord_has_each_section_and_key_once() {
        let text = "[program:a]\ncommand=x # y\n\n   -z\n[program:b]\ncommand=b#1\n[program:a]\nuser=u\nCommand=w\n";
        let mut report = FileReport::new("f".into(), Kind::Supervisord, text);
        let sections = supervisord(text, &mut report);
        assert_eq!(sections.len(), 2);
        let values = |at: usize| -> Vec<&str> {
            let entries = sections[at].entries.iter();
            entries.map(|entry| entry.value.as_str()).collect()
        };
        assert_eq!(values(0), ["u", "w"]);
        assert_eq!(values(1), ["b#1"]);
        let lost = |line: usize| report.lines[line - 1].fate == crate::Fate::Lost;
        assert!(lost(2) && lost(4) && !lost(9));
    }

    #[test]
    fn systemd_joins_lines() {
        let text = "[Service]\nExecStart=/a \\\n  -b \\\n# no\n  -c\nUser=u\n";
        let mut report = FileReport::new("f".into(), Kind::Systemd, text);
        let entries = &systemd(text, &mut report)[0].entries;
        assert_eq!(
            entries[0].value.split_whitespace().collect::<Vec<_>>(),
            ["/a", "-b", "-c"]
        );
        assert_eq!(entries[0].lines.last, 5);
        assert_eq!(entries[1].key, "User");
    }
}
