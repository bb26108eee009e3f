//! `name= value` as `sc` takes it: the equals sign belongs to the name, a blank may follow it (R70).

use relance_scm::{Control, ScmError, Win32Error};
use relance_texts::{error, quoted, sc};

use crate::cli::{CommandFailure, usage};

/// The options of a verb.
#[derive(Debug, Default)]
pub(super) struct Options(Vec<(String, String)>);

impl Options {
    pub(super) fn read(words: &[String]) -> Result<Self, CommandFailure> {
        let mut options = Vec::new();
        let mut words = words.iter().peekable();
        while let Some(word) = words.next() {
            // `start =auto`, which sc.exe does not take, can mean only one thing.
            let apart = words.next_if(|next| !word.contains('=') && next.starts_with('='));
            let word = apart.map_or_else(|| word.clone(), |rest| format!("{word}{rest}"));
            let Some((name, value)) = word.split_once('=') else {
                // `sc query service` leaves the name out.
                if super::is_kind(&word) {
                    continue;
                }
                return Err(usage(sc::NoOption { word: quoted(word) }));
            };
            let value = if value.is_empty() {
                let next = words.next().cloned();
                next.ok_or_else(|| usage(sc::NoValue { name }))?
            } else {
                value.to_owned()
            };
            // What a shell of Windows leaves of "" is nothing; of '""' the two characters.
            let value = if value == "\"\"" {
                String::new()
            } else {
                value
            };
            options.push((name.trim().to_ascii_lowercase(), value));
        }
        Ok(Self(options))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut given = self.0.iter().rev();
        given
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The first that is none of these.
    pub(super) fn other_than(&self, known: &[&str]) -> Option<&str> {
        let mut names = self.0.iter().map(|(name, _)| name.as_str());
        names.find(|name| !known.contains(name))
    }
}

/// The types of service that a list is about, as the bits of Windows. What is a driver there is nothing here.
pub(super) fn types(options: &Options, words: &[String]) -> Result<u32, CommandFailure> {
    let left_out = words.iter().find(|word| super::is_kind(word));
    let word = options.get("type").or(left_out.map(String::as_str));
    let word = word.unwrap_or("service").to_ascii_lowercase();
    Ok(match word.as_str() {
        "service" | "all" => u32::MAX,
        "own" => 0x10,
        "share" => 0x20,
        "interact" => 0x100,
        "driver" | "kernel" | "filesys" | "rec" | "adapt" | "userservice" => 0,
        _ => {
            let words = vec!["service", "own", "share", "interact", "driver", "all"];
            let text = quoted(word);
            return Err(usage(error::NoChoice { text, words }));
        }
    })
}

/// The control that a word or a number names.
pub(super) fn control(words: &[String]) -> Result<Control, CommandFailure> {
    let word = words
        .first()
        .map(|word| word.to_ascii_lowercase())
        .unwrap_or_default();
    let code = match word.as_str() {
        "paramchange" => 6,
        "netbindadd" => 7,
        "netbindremove" => 8,
        "netbindenable" => 9,
        "netbinddisable" => 10,
        number => number.parse().map_err(|_| {
            let word = quoted(word.clone());
            CommandFailure::from(ScmError::new(
                Win32Error::INVALID_PARAMETER,
                sc::NoControl { word },
            ))
        })?,
    };
    Ok(Control::from_sendable(code)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r70_the_equals_sign_belongs_to_the_name_and_a_blank_may_follow() {
        let words: Vec<String> = ["reset=", "60", "ACTIONS=restart/5", "command=", "a=b"]
            .map(str::to_owned)
            .to_vec();
        let options = Options::read(&words).expect("options");
        assert_eq!(options.get("reset"), Some("60"));
        assert_eq!(options.get("actions"), Some("restart/5"));
        assert_eq!(options.get("command"), Some("a=b"));
        assert_eq!(options.other_than(&["reset", "actions"]), Some("command"));
        for spaced in [
            &["start=", "auto"][..],
            &["start=auto"],
            &["start", "=auto"],
            &["start", "=", "auto"],
        ] {
            let words: Vec<String> = spaced.iter().map(|word| (*word).to_owned()).collect();
            let options = Options::read(&words).expect("options");
            assert_eq!(options.get("start"), Some("auto"), "{spaced:?}");
        }
        assert!(Options::read(&["start=".to_owned()]).is_err());
        assert!(Options::read(&["auto".to_owned()]).is_err());
    }
}
