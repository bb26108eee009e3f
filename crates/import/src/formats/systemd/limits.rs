//! Limits of a process and of its group, and the numbers of signals.

use relance_texts::import;

use super::Key;
use super::service::Service;
use crate::work::Converter;

impl Service<'_, '_, '_> {
    pub(super) fn limit(&mut self, key: &Key, setting: &str) {
        let value = key.entry.value.trim();
        if value.eq_ignore_ascii_case("infinity") {
            return self.kept(key, "");
        }
        self.keep(key, setting, whole_size(value));
    }

    pub(super) fn weight(&mut self, key: &Key, setting: &str, usual: u64) {
        let value = key.entry.value.as_str();
        match value.parse::<u64>() {
            Ok(share) => {
                let weight = (share.saturating_mul(100) / usual).clamp(1, 10_000);
                self.keep(key, setting, weight.to_string());
            }
            Err(_) => self.lost(key, import::NotANumber { value }),
        }
    }

    pub(super) fn rlimit(&mut self, key: &Key) {
        let name = key
            .entry
            .key
            .trim_start_matches("Limit")
            .to_ascii_lowercase();
        let setting = format!("limit_{name}");
        let value = key.entry.value.replace("infinity", "unlimited");
        if relance_scm::settings::find_extension(&setting).is_some() {
            self.keep(key, &format!("extensions.{setting}"), value);
        } else {
            self.lost(key, import::NO_SUCH_SETTING);
        }
    }
}

/// A size in whole bytes where it is written with a fraction: `1.5G`.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a size with a fraction is small enough"
)]
fn whole_size(text: &str) -> String {
    let end = text.trim_end_matches(char::is_alphabetic).len();
    let (number, unit) = text.split_at(end);
    let bytes: u64 = match unit {
        "K" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        "T" => 1 << 40,
        _ => return text.to_owned(),
    };
    match number.parse::<f64>() {
        Ok(size) if number.contains('.') && (0.0..1e6).contains(&size) => {
            ((size * bytes as f64) as u64).to_string()
        }
        _ => text.to_owned(),
    }
}

/// A signal by its name, or its number where it is one of those for programs' own use.
pub(super) fn signal(text: &str) -> String {
    let name = text.trim_start_matches("SIG");
    let counted = |prefix: &str, sign: char| {
        name.strip_prefix(prefix)?
            .strip_prefix(sign)?
            .parse::<u8>()
            .ok()
    };
    let number = match (counted("RTMIN", '+'), counted("RTMAX", '-')) {
        (Some(more), _) => Some(34_u8.saturating_add(more)),
        (_, Some(less)) => Some(64_u8.saturating_sub(less)),
        _ => None,
    };
    number.map_or_else(|| name.to_owned(), |number| number.to_string())
}
