//! The command line of a service from `path` and `params` (R85).

use std::path::Path;

/// Builds the command line. Nothing in `params` is quoted; the blank between the two is always there.
///
/// A path with blanks is quoted, unless it is quoted already (B25). `php_binary` is the PHP that
/// runs, for paths that name PHP the Windows way.
pub(crate) fn build(
    path: &str,
    params: &str,
    php_binary: impl FnOnce() -> Option<String>,
) -> String {
    let (path, params) = (with_slashes(path), with_slashes(params));
    let php = names_windows_php(&path).then(php_binary).flatten();
    let program = php.as_deref().unwrap_or(&path);
    if program.contains(' ') && !program.starts_with('"') {
        format!("\"{program}\" {params}")
    } else {
        format!("{program} {params}")
    }
}

/// Whether a path names PHP as on Windows and there is no such file. The Symfony bundle's library
/// always gives *PHP's folder* + `\php-win.exe`, on every system.
fn names_windows_php(path: &str) -> bool {
    let path = path.trim_matches('"');
    let last = path.rsplit(['/', '\\']).next().unwrap_or_default();
    ["php-win.exe", "php.exe"]
        .iter()
        .any(|name| last.eq_ignore_ascii_case(name))
        && !Path::new(path).exists()
}

/// Paths whose file exists only with `/` in place of each `\`, as scripts write them that were made for
/// Windows (`__DIR__ . '\worker.php'`). Everything else stays as it is.
fn with_slashes(text: &str) -> String {
    if cfg!(windows) || !text.contains('\\') {
        return text.to_owned();
    }
    let mut quoted = false;
    let words = text.split_inclusive(|c| {
        quoted ^= c == '"';
        c == '"' || (c == ' ' && !quoted)
    });
    words.map(word_with_slashes).collect()
}

fn word_with_slashes(word: &str) -> String {
    let path = word.trim_end_matches([' ', '"']);
    let there = path.replace('\\', "/");
    let is_meant = path.starts_with('/')
        && there != path
        && !Path::new(path).exists()
        && Path::new(&there).exists();
    if is_meant {
        format!("{there}{}", &word[path.len()..])
    } else {
        word.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(path: &str, params: &str) -> String {
        build(path, params, || Some("/usr/bin/php".into()))
    }

    #[test]
    fn the_blank_is_always_there() {
        assert_eq!(built("/usr/bin/worker", ""), "/usr/bin/worker ");
        assert_eq!(
            built("/usr/bin/worker", "\"a b\" run"),
            "/usr/bin/worker \"a b\" run"
        );
    }

    #[test]
    fn a_path_with_blanks_is_quoted() {
        assert_eq!(built("/opt/my tool/run", "x"), "\"/opt/my tool/run\" x");
    }

    #[test]
    fn b25_a_quoted_path_is_not_quoted_again() {
        assert_eq!(built("\"/opt/my tool/run\"", "x"), "\"/opt/my tool/run\" x");
    }

    #[test]
    fn a_windows_php_that_does_not_exist_becomes_the_running_php() {
        for path in [
            r"/usr/bin\php-win.exe",
            r"C:\php\PHP.EXE",
            "\"C:\\php 8\\php.exe\"",
        ] {
            assert_eq!(
                built(path, "\"s.php\" run"),
                "/usr/bin/php \"s.php\" run",
                "{path}"
            );
        }
        assert_eq!(built("/usr/bin/php", "x"), "/usr/bin/php x");
        assert_eq!(built("/opt/notphp.exe", "x"), "/opt/notphp.exe x");
    }

    #[cfg(unix)]
    #[test]
    fn a_path_with_backslashes_that_exists_only_with_slashes_is_found() {
        let folder = std::env::temp_dir().join(format!("relance-paths-{}", std::process::id()));
        let here = folder.display().to_string();
        std::fs::create_dir_all(folder.join("bin")).unwrap();
        for name in ["a b.php", "c.php"] {
            std::fs::write(folder.join("bin").join(name), "").unwrap();
        }
        let line = built(
            &format!(r"{here}\bin\c.php"),
            &format!(r#""{here}\bin\a b.php" run {here}\bin\c.php x\y"#),
        );
        assert_eq!(
            line,
            format!(r#"{here}/bin/c.php "{here}/bin/a b.php" run {here}/bin/c.php x\y"#)
        );
        let none = format!(r"{here}\bin\none.php");
        assert_eq!(
            built("/usr/bin/php", &none),
            format!("/usr/bin/php {none}"),
            "nothing is there"
        );
        let odd = format!(r"{here}/bin\c.php");
        std::fs::write(&odd, "").unwrap();
        assert_eq!(
            built("/usr/bin/php", &odd),
            format!("/usr/bin/php {odd}"),
            "both are there"
        );
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_running_php_in_a_folder_with_blanks_is_quoted() {
        let line = build("php-win.exe", "x", || Some("/opt/my php/bin/php".into()));
        assert_eq!(line, "\"/opt/my php/bin/php\" x");
        assert_eq!(build("php.exe", "x", || None), "php.exe x");
    }
}
