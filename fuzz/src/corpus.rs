//! The inputs of the tree: `corpus/TARGET/*`, and the words of `dictionaries/TARGET.dict`, which
//! libFuzzer reads as well.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder of this crate.
pub(crate) fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of a folder with inputs, in the order of their names.
pub(crate) fn inputs(folder: &Path) -> io::Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    paths.sort();
    paths
        .into_iter()
        .map(|path| Ok((path.clone(), fs::read(path)?)))
        .collect()
}

/// The words of a target's dictionary, if it has one.
pub(crate) fn words(target: &str) -> Vec<Vec<u8>> {
    let path = folder().join(format!("dictionaries/{target}.dict"));
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(word).collect()
}

/// `"word"`, with `\xAB`, `\\` and `\"`, perhaps behind `name=`.
fn word(line: &str) -> Option<Vec<u8>> {
    let line = line.trim();
    if line.starts_with('#') {
        return None;
    }
    let quoted = line.split_once('"')?.1.strip_suffix('"')?;
    let mut word = Vec::new();
    let mut rest = quoted.bytes();
    while let Some(byte) = rest.next() {
        word.push(match (byte, byte == b'\\') {
            (_, true) => match rest.next()? {
                b'x' => {
                    let digits = [rest.next()?, rest.next()?];
                    u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
                }
                other => other,
            },
            (byte, false) => byte,
        });
    }
    Some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_libfuzzer_reads_them() {
        assert_eq!(word(r#"kw="a\"\\b""#), Some(br#"a"\b"#.to_vec()));
        assert_eq!(word(r#""\x00\xff""#), Some(vec![0, 255]));
        assert_eq!(word("# \"comment\""), None);
        assert_eq!(word(""), None);
    }
}
