//! No document shows a name in a folder that everybody may write to: somebody else could have put a link there.

use crate::tree::File;

const FOLDERS: [&str; 3] = ["/tmp/", "/var/tmp/", "/dev/shm/"];

pub(super) fn check(files: &[File]) -> Vec<String> {
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| is_shown(&file.path)) {
        for (number, line) in file.lines() {
            if let Some(folder) = FOLDERS.iter().find(|folder| line.contains(**folder)) {
                problems.push(format!(
                    "{}:{number}: a name in {folder}, where others can plant a link; name a folder of one's own",
                    file.path
                ));
            }
        }
    }
    problems
}

/// What people copy from: guides and what the program says. Decisions tell what was seen.
fn is_shown(path: &str) -> bool {
    let is_kind = |kind: &str| std::path::Path::new(path).extension() == Some(kind.as_ref());
    let is_guide = path.starts_with("docs/") && !path.starts_with("docs/adr/");
    let is_read = is_guide || path == "README.md" || path.starts_with("examples/");
    (is_read && is_kind("md")) || is_kind("ftl")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_others_can_plant_is_found_in_guides() {
        let of = |path: &str, line: &str| {
            check(&[File {
                path: path.to_owned(),
                text: line.to_owned(),
            }])
            .len()
        };
        let line = "relance backup /tmp/relance.backup";
        assert_eq!(of("docs/database.md", line), 1);
        assert_eq!(of("crates/texts/en/error.ftl", "a = write /var/tmp/x"), 1);
        assert_eq!(of("docs/adr/0001-a.md", line), 0);
        assert_eq!(of("docs/database.md", "a /tmp of its own"), 0);
    }
}
