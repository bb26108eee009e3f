//! Folders of files that include one another.

use std::fs;
use std::path::{Path, PathBuf};

use crate::service_files::{Disk, read};

/// A folder of these files.
fn folder_of(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(&path, text).expect("written");
    }
    folder
}

/// The command lines that these paths of a folder describe, or what is wrong, without the path of the folder.
fn lines_of(folder: &Path, paths: &[&str]) -> Result<Vec<String>, String> {
    let paths: Vec<PathBuf> = paths.iter().map(|path| folder.join(path)).collect();
    let found = read(&paths, &[], &Disk::OWN).map_err(|problems| {
        let said = problems.error().to_string();
        said.replace(&format!("{}/", folder.display()), "")
    })?;
    let services = found.services.iter();
    let mut lines: Vec<String> = services
        .map(|found| found.service.config.command_line.to_string())
        .collect();
    lines.sort();
    Ok(lines)
}

const SERVICE: &str = "[[service]]\nname = 'NAME'\ncommand_line = '/NAME ${X}'\n";

fn service(name: &str) -> String {
    SERVICE.replace("NAME", name)
}

#[test]
fn a_file_of_a_folder_that_another_includes_is_taken_there() {
    let main = format!(
        "include = 'common.toml'\n[variables]\nX = 'x'\n{}",
        service("m")
    );
    let folder = folder_of(&[
        ("common.toml", &service("c")),
        ("main.toml", &main),
        (
            "other.toml",
            "[[service]]\nname = 'o'\ncommand_line = '/o'\n",
        ),
    ]);
    let all = Ok(["/c x", "/m x", "/o"].map(str::to_owned).to_vec());
    assert_eq!(lines_of(folder.path(), &[""]), all);
    assert_eq!(
        lines_of(
            folder.path(),
            &["common.toml", "", "main.toml", "main.toml"]
        ),
        all,
        "named several times"
    );
    assert_eq!(
        lines_of(folder.path(), &["common.toml"]),
        Ok(vec!["/c ${X}".to_owned()])
    );
}

#[test]
fn a_pattern_means_the_other_files() {
    let main = "include = ['*.toml', '.']\n[variables]\nX = 'x'\n";
    let folder = folder_of(&[
        ("a.toml", &service("a")),
        ("main.toml", main),
        ("z.toml", &service("z")),
    ]);
    let both = Ok(["/a x", "/z x"].map(str::to_owned).to_vec());
    assert_eq!(lines_of(folder.path(), &["main.toml"]), both);
    assert_eq!(lines_of(folder.path(), &[""]), both);
}

#[test]
fn a_file_that_two_include_means_the_same_in_both() {
    let with = |x: &str, y: &str| {
        let outer = format!("include = 'middle.toml'\n[variables]\nX = '{x}'\nY = '{y}'\n");
        let middle = "include = 'inner.toml'\n";
        let inner = service("i");
        let folder = folder_of(&[
            ("1.toml", "include = 'middle.toml'\n[variables]\nX = 'x'\n"),
            ("2.toml", &outer),
            ("inner.toml", &inner),
            ("middle.toml", middle),
        ]);
        lines_of(folder.path(), &[""])
    };
    assert_eq!(with("x", "only here"), Ok(vec!["/i x".to_owned()]));
    let error = with("other", "").expect_err("it is another text");
    assert_eq!(
        error,
        "2.toml:1:11: middle.toml is included here and at 1.toml:1:11, and ${X} does not stand for the same \
         there; give X one value, or describe the services in two files"
    );
}

#[test]
fn a_circle_of_a_folder_is_named_once_with_its_files() {
    let folder = folder_of(&[
        ("a.toml", "include = 'b.toml'\n"),
        ("b.toml", "include = 'c.toml'\n"),
        ("c.toml", "include = 'b.toml'\n"),
    ]);
    assert_eq!(
        lines_of(folder.path(), &[""]).expect_err("a circle"),
        "c.toml:1:11: b.toml -> c.toml -> b.toml: the files include each other in a circle; take one of these \
         includes out"
    );
    assert_eq!(
        lines_of(folder.path(), &["c.toml", "b.toml"]).expect_err("a circle"),
        "b.toml:1:11: c.toml -> b.toml -> c.toml: the files include each other in a circle; take one of these \
         includes out"
    );
    let folder = folder_of(&[
        ("a.toml", "nonsense"),
        ("b.toml", "include = 'nowhere.toml'\n"),
    ]);
    let error = lines_of(folder.path(), &["", "missing.toml"]).expect_err("three things are wrong");
    for (said, times) in [("a.toml:1:", 1), ("nowhere.toml", 1), ("missing.toml", 1)] {
        assert_eq!(error.matches(said).count(), times, "{said}: {error}");
    }
}
