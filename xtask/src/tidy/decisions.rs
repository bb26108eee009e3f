//! Decisions (`docs/adr`): each begins with its number and title, and the index lists all of them by the same titles,
//! in the order of their numbers.

use crate::tree::File;

const FOLDER: &str = "docs/adr/";
const INDEX: &str = "docs/adr/README.md";

pub(super) fn check(files: &[File]) -> Vec<String> {
    let Some(index) = files.iter().find(|file| file.path == INDEX) else {
        return vec![format!("{INDEX}: missing; list the decisions there")];
    };
    let mut decisions: Vec<(&str, &str)> = files
        .iter()
        .filter(|file| file.path.starts_with(FOLDER) && file.path != INDEX)
        .map(|file| (&file.path[FOLDER.len()..], file.text.as_str()))
        .collect();
    decisions.sort_unstable();
    let mut problems = Vec::new();
    let mut wanted = Vec::new();
    for (name, text) in decisions {
        let number = name.split('-').next().unwrap_or_default();
        let heading = text.lines().next().unwrap_or_default();
        let title = number.parse::<u32>().ok().and_then(|number| {
            let title = heading.strip_prefix(&format!("# {number}. "))?;
            (!title.is_empty()).then_some(title)
        });
        match title {
            Some(title) => wanted.push((name, format!("- [{number}]({name}) {title}"))),
            None => problems.push(format!(
                "{FOLDER}{name}:1: a decision begins with its number and title, like `# 12. A title`"
            )),
        }
    }
    let mut rows = index.lines().filter(|(_, line)| line.starts_with("- ["));
    for (name, row) in wanted {
        // What it supersedes or amends may stand behind the title.
        let is_it = |line: &str| line == row || line.starts_with(&format!("{row} ("));
        match rows.next() {
            Some((_, line)) if is_it(line) => {}
            Some((number, _)) => {
                problems.push(format!("{INDEX}:{number}: `{row}` belongs here"));
                return problems;
            }
            None => problems.push(format!("{INDEX}: {name} is missing; add `{row}`")),
        }
    }
    problems.extend(rows.map(|(number, _)| format!("{INDEX}:{number}: not a decision")));
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(index: &str, decisions: &[(&str, &str)]) -> usize {
        let file = |path: String, text: &str| File {
            path,
            text: text.to_owned(),
        };
        let mut files = vec![file(INDEX.to_owned(), index)];
        let decisions = decisions.iter();
        files.extend(decisions.map(|(name, text)| file(format!("{FOLDER}{name}"), text)));
        check(&files).len()
    }

    #[test]
    fn the_index_has_the_titles_of_all_decisions_in_their_order() {
        let both = [("0001-a.md", "# 1. A\n"), ("0012-b.md", "# 12. B\n")];
        let index = "# Decisions\n\n- [0001](0001-a.md) A\n- [0012](0012-b.md) B (amends 1)\n";
        assert_eq!(found(index, &both), 0);
        let missing = "- [0001](0001-a.md) A\n";
        assert_eq!(found(missing, &both), 1);
        let another = "- [0001](0001-a.md) A, once\n- [0012](0012-b.md) B\n";
        assert_eq!(found(another, &both), 1);
        let unordered = "- [0012](0012-b.md) B\n- [0001](0001-a.md) A\n";
        assert_eq!(found(unordered, &both), 1);
        let too_many = "- [0001](0001-a.md) A\n- [0012](0012-b.md) B\n- [0013](0013-c.md) C\n";
        assert_eq!(found(too_many, &both), 1);
    }

    #[test]
    fn a_decision_begins_with_its_number() {
        for heading in ["# A", "# 0001. A", "# 2. A", "# 1. "] {
            let decisions = [("0001-a.md", heading)];
            assert_eq!(found("", &decisions), 1, "{heading}");
        }
    }
}
