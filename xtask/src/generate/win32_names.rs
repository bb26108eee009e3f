//! Generates `crates/scm/src/win32/names.rs`: the name of every Win32 error code below 65 536, read
//! from the source text of the crate `windows-sys`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

/// Where the constants stand in `windows-sys`, and how their names begin.
const SOURCES: [(&str, &[&str]); 3] = [
    ("Win32/Foundation/mod.rs", &["NO_ERROR", "ERROR_", "RPC_X_"]),
    ("Win32/System/Rpc/mod.rs", &["RPC_S_", "RPC_X_"]),
    (
        "Win32/Networking/WinSock/mod.rs",
        &["WSAE", "WSAS", "WSAV", "WSAN", "WSAH", "WSAT"],
    ),
];

pub(crate) const PATH: &str = "crates/scm/src/win32/names.rs";

pub(crate) fn generate(root: &Path) -> Result<String> {
    let source = crate::cargo::package_dir(root, "windows-sys")?.join("src/Windows");
    let mut names = BTreeMap::new();
    for (file, prefixes) in SOURCES {
        let path = source.join(file);
        let text = std::fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
        for (name, code) in text.lines().filter_map(constant) {
            if prefixes.iter().any(|prefix| name.starts_with(prefix)) {
                keep_plainest(&mut names, code, name);
            }
        }
    }
    Ok(render(&names))
}

/// `pub const NAME: TYPE = 5u32;` → (NAME, 5), for the types that hold Win32 codes.
fn constant(line: &str) -> Option<(String, u16)> {
    let (name, rest) = line.strip_prefix("pub const ")?.split_once(": ")?;
    let (kind, value) = rest.split_once(" = ")?;
    if !matches!(
        kind,
        "WIN32_ERROR" | "RPC_STATUS" | "WSA_ERROR" | "i32" | "u32"
    ) {
        return None;
    }
    let digits = value
        .trim_end_matches(';')
        .trim_end_matches("u32")
        .trim_end_matches("i32");
    Some((name.to_owned(), digits.parse().ok()?))
}

/// Several names for one code: `NO_ERROR`, then `ERROR_`, then the first in the alphabet.
fn keep_plainest(names: &mut BTreeMap<u16, String>, code: u16, name: String) {
    let rank = |name: &str| {
        (
            name != "NO_ERROR",
            !name.starts_with("ERROR_"),
            name.to_owned(),
        )
    };
    let entry = names.entry(code).or_insert_with(|| name.clone());
    if rank(&name) < rank(entry) {
        *entry = name;
    }
}

fn render(names: &BTreeMap<u16, String>) -> String {
    let mut text = String::from(
        "//! Names of the Win32 error codes. Generated from `windows-sys` by `cargo xtask gen`: do not edit.\n\
         //!\n\
         //! One string and two arrays of numbers, because 3000 `&str`s would be 48 KB of relocations.\n\n\
         /// The name of the constant with this value.\n\
         pub(super) fn name(code: u32) -> Option<&'static str> {\n    \
             let index = CODES.binary_search(&u16::try_from(code).ok()?).ok()?;\n    \
             let start = ENDS\n        \
                 .get(index.wrapping_sub(1))\n        \
                 .map_or(0, |end| *end as usize);\n    \
             NAMES.get(start..ENDS[index] as usize)\n}\n\n",
    );
    let mut end = 0;
    let ends: Vec<usize> = names
        .values()
        .map(|name| {
            end += name.len();
            end
        })
        .collect();
    numbers(&mut text, "CODES", "u16", names.keys());
    numbers(&mut text, "ENDS", "u32", ends.iter());
    text.push_str("#[rustfmt::skip]\nconst NAMES: &str = \"\\\n");
    for name in names.values() {
        let _ = writeln!(text, "{name}\\");
    }
    text.push_str("\";\n");
    text
}

fn numbers(
    text: &mut String,
    name: &str,
    kind: &str,
    values: impl ExactSizeIterator<Item = impl ToString>,
) {
    let _ = write!(
        text,
        "#[rustfmt::skip]\nstatic {name}: [{kind}; {}] = [",
        values.len()
    );
    for (i, value) in values.enumerate() {
        text.push_str(if i % 16 == 0 { "\n    " } else { " " });
        let _ = write!(text, "{},", value.to_string());
    }
    text.push_str("\n];\n\n");
}
