//! The keys of `[Unit]` and `[Install]`.

use relance_texts::import;

use super::service::Service;
use super::{Key, recovery};
use crate::work::Converter;

impl Service<'_, '_, '_> {
    pub(super) fn of_install(&mut self, key: &Key) {
        match key.entry.key.as_str() {
            "WantedBy" | "RequiredBy" => self.kept(key, "start_type"),
            "DefaultInstance" => self.kept(key, "name"),
            _ => self.lost(key, import::NO_ALIASES),
        }
    }

    pub(super) fn of_unit(&mut self, key: &Key) {
        let value = key.entry.value.as_str();
        match key.entry.key.as_str() {
            "Description" => {
                let text = self.filled(key, "description", value);
                // A description is not filled in at a start.
                let text = self.of_this_instance(&text);
                self.keep(key, "description", text);
            }
            "Documentation" => self.lost(key, import::NO_DOCUMENTATION),
            "Requires" | "BindsTo" | "Requisite" | "Wants" | "Upholds" => self.requires(key),
            "After" => self.after(key),
            "StartLimitIntervalSec" | "StartLimitInterval" | "StartLimitBurst" => {
                recovery::limit_line(self, key);
            }
            "OnFailure" => self.lost(key, import::ON_FAILURE),
            "PartOf"
            | "ReloadPropagatedFrom"
            | "PropagatesReloadTo"
            | "PropagatesStopTo"
            | "StopPropagatedFrom"
            | "JoinsNamespaceOf"
            | "Conflicts"
            | "Before"
            | "OnSuccess"
            | "RequiredBy" => {
                self.lost(key, import::NO_PROPAGATION);
            }
            "DefaultDependencies"
            | "CollectMode"
            | "IgnoreOnIsolate"
            | "RefuseManualStart"
            | "RefuseManualStop"
            | "StopWhenUnneeded"
            | "AllowIsolate"
            | "StartLimitAction"
            | "FailureAction"
            | "SuccessAction"
            | "JobTimeoutSec"
            | "JobTimeoutAction"
            | "SourcePath"
            | "RebootArgument" => self.lost(key, import::NO_JOBS),
            "RequiresMountsFor" | "WantsMountsFor" => self.lost(key, import::NO_MOUNTS),
            name if name.starts_with("Condition") || name.starts_with("Assert") => {
                self.lost(key, import::NO_CONDITIONS);
            }
            name if name.starts_with("X-") => self.kept(key, ""),
            name => self.lost(key, import::UnknownKey { key: name }),
        }
    }

    fn requires(&mut self, key: &Key) {
        for unit in key.entry.value.split_whitespace() {
            if let Some(name) = unit.strip_suffix(".service") {
                let name = self.filled(key, "dependencies", name);
                self.draft.dependencies.push((name, Some(key.origin())));
                if key.entry.key == "Requires" {
                    self.kept(key, "dependencies");
                } else {
                    self.changed(key, "dependencies", import::DependencyMustRun { unit });
                }
            } else {
                self.lost(key, import::NoUnit { unit });
            }
        }
    }

    fn after(&mut self, key: &Key) {
        for unit in key.entry.value.split_whitespace() {
            let required = ["Requires", "Wants", "BindsTo"]
                .iter()
                .flat_map(|name| self.unit.all(name));
            let is_required = required.into_iter().any(|other| {
                other
                    .entry
                    .value
                    .split_whitespace()
                    .any(|name| name == unit)
            });
            if is_required {
                self.kept(key, "dependencies");
            } else if [
                "network.target",
                "network-online.target",
                "multi-user.target",
                "basic.target",
                "syslog.target",
                "local-fs.target",
            ]
            .contains(&unit)
            {
                self.changed(key, "", import::AFTER_THE_MANAGER);
            } else {
                self.lost(key, import::NoOrderAlone { unit });
            }
        }
    }
}
