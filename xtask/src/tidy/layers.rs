//! Modules that know nothing of those above them in the same crate.

use super::modules::{self, Module};
use crate::tree::File;

/// A module with all that is in it, and the modules of its crate that it may refer to besides itself.
struct Layer {
    package: &'static str,
    module: &'static str,
    may_use: &'static [&'static str],
    /// Other crates of ours that it may use; `None`: those that the whole crate may use.
    crates: Option<&'static [&'static str]>,
}

const LAYERS: &[Layer] = &[
    // The binding to PHP; what the extension is, `lib.rs` hands to it. `relance-windows` looks symbols
    // up for it.
    Layer {
        package: "crates/php",
        module: "zend",
        may_use: &[],
        crates: Some(&["relance_windows"]),
    },
    // What is on record, without the decisions.
    Layer {
        package: "crates/policy",
        module: "record",
        may_use: &["time"],
        crates: None,
    },
];

pub(super) fn check(files: &[File]) -> Vec<String> {
    files.iter().flat_map(problems).collect()
}

fn problems(file: &File) -> Vec<String> {
    let Some((package, module)) = modules::place(&file.path) else {
        return Vec::new();
    };
    let is_in = |layer: &&Layer| layer.package == package && starts_with(&module, layer.module);
    let Some(layer) = LAYERS.iter().find(is_in) else {
        return Vec::new();
    };
    let inside = |path: &Module| {
        let mut allowed = layer.may_use.iter().chain([&layer.module]);
        allowed.any(|module| starts_with(path, module))
    };
    let upwards = modules::references(file, &module)
        .into_iter()
        .filter(|reference| !inside(&reference.path))
        .map(|reference| {
            (
                reference.line,
                format!("crate::{}", reference.path.join("::")),
            )
        });
    let foreign = |line: &str| {
        let mut words = line.split(|c: char| !modules::is_name(c));
        let foreign =
            |crates: &[&str], word: &str| word.starts_with("relance_") && !crates.contains(&word);
        layer
            .crates
            .is_some_and(|crates| words.any(|word| foreign(crates, word)))
    };
    let crates = file
        .lines()
        .filter(|(_, line)| foreign(line))
        .map(|(number, line)| (number, line.trim().to_owned()));
    let say = |(line, used): (usize, String)| {
        format!("{}:{line}: {} must not use {used}", file.path, layer.module)
    };
    upwards.chain(crates).map(say).collect()
}

fn starts_with(path: &Module, module: &str) -> bool {
    path.first().is_some_and(|first| first == module)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_upwards_is_found() {
        let problems = |path: &str, text: &str| {
            let file = File {
                path: path.to_owned(),
                text: text.to_owned(),
            };
            check(&[file]).len()
        };
        let inside = "crates/php/src/zend/object.rs";
        assert_eq!(
            problems(inside, "use super::abi::Zval; use crate::zend::ini;"),
            0
        );
        assert_eq!(problems(inside, "crate::failure::internal(text)"), 1);
        assert_eq!(problems(inside, "use super::super::failure;"), 1);
        assert_eq!(problems(inside, "use relance_scm::ScmError;"), 1);
        assert_eq!(problems("crates/php/src/ends.rs", "use crate::failure;"), 0);
    }
}
