//! Priorities, and what the process may do.

use relance_texts::import;

use super::Key;
use super::keys::is_true;
use super::service::Service;
use crate::work::Converter;

impl Service<'_, '_, '_> {
    pub(super) fn nice(&mut self, key: &Key) {
        let class = match key.entry.value.parse::<i32>() {
            Ok(..=-15) => "realtime",
            Ok(-14..=-8) => "high",
            Ok(-7..=-1) => "above-normal",
            Ok(0) => "normal",
            Ok(1..=14) => "below-normal",
            Ok(15..) => "idle",
            Err(_) => {
                return self.lost(
                    key,
                    import::NotANumber {
                        value: key.entry.value.as_str(),
                    },
                );
            }
        };
        self.keep(key, "priority", class);
        self.changed(key, "priority", import::PRIORITY_CLASSES);
    }

    pub(super) fn io(&mut self, key: &Key) {
        let value = |name| self.unit.get(name).map(|key| key.entry.value.as_str());
        let class = match value("IOSchedulingClass") {
            Some("3" | "idle") => "idle".to_owned(),
            Some("1" | "realtime") => {
                format!("realtime/{}", value("IOSchedulingPriority").unwrap_or("4"))
            }
            _ => format!(
                "best-effort/{}",
                value("IOSchedulingPriority").unwrap_or("4")
            ),
        };
        self.keep(key, "extensions.io_priority", class);
    }

    pub(super) fn protect_system(&mut self, key: &Key) {
        let paths: &[&str] = match key.entry.value.as_str() {
            "full" => &["-/usr", "-/boot", "-/efi", "-/etc"],
            "strict" => &["-/usr", "-/boot", "-/efi", "-/etc"],
            value if is_true(value) => &["-/usr", "-/boot", "-/efi"],
            _ => return self.kept(key, ""),
        };
        for path in paths {
            self.draft
                .add("extensions.read_only_paths", *path, Some(key.origin()));
        }
        self.kept(key, "extensions.read_only_paths");
        if key.entry.value == "strict" {
            self.changed(key, "extensions.read_only_paths", import::STRICT);
        }
    }

    pub(super) fn capabilities(&mut self, key: &Key) {
        let value = key.entry.value.to_ascii_lowercase();
        let has_user = self
            .unit
            .get("User")
            .is_some_and(|user| user.entry.value != "root");
        if value.starts_with('~') {
            return self.lost(key, import::CAPABILITIES_BUT);
        }
        if value.is_empty() {
            if !self.draft.has("extensions.capabilities") {
                self.draft
                    .set("extensions.capabilities", "none", Some(key.origin()));
            }
            return self.kept(key, "extensions.capabilities");
        }
        if key.entry.key == "CapabilityBoundingSet" && has_user {
            // A bound gives nothing to an account that has nothing.
            return self.changed(key, "extensions.capabilities", import::BOUNDING_SET);
        }
        let names: Vec<&str> = value
            .split_whitespace()
            .map(|name| name.trim_start_matches("cap_"))
            .collect();
        self.keep(key, "extensions.capabilities", names.join(","));
    }
}
