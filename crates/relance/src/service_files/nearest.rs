//! Which key was meant by an unknown one.

use crate::similar::distance;

/// The key that is spelled most like this one, if one is near.
pub(super) fn nearest<'a>(key: &str, keys: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let key = key.to_lowercase().replace('-', "_");
    let near = keys.map(|known| {
        let part = known.starts_with(&key) || known.trim_end_matches("_ms") == key;
        (if part { 0 } else { distance(&key, known) }, known)
    });
    let near = near.filter(|(distance, known)| *distance <= known.len().min(key.len()) / 3);
    near.min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// Keys of files of other managers, and where the same stands here.
const MEANT: &[(&str, &str)] = &[
    ("after", "dependencies"),
    ("args", "command"),
    ("autorestart", "recovery.actions"),
    ("autostart", "start_type"),
    ("cmd", "command"),
    ("cron", "extensions.schedule"),
    ("cron_restart", "extensions.recycle_at"),
    ("cwd", "extensions.working_directory"),
    ("depends_on", "dependencies"),
    ("directory", "extensions.working_directory"),
    ("enabled", "start_type"),
    ("env_file", "extensions.environment_files"),
    ("environment_file", "extensions.environment_files"),
    ("exec", "command"),
    ("healthcheck", "extensions.probe"),
    ("kill_timeout", "extensions.stop_grace_ms"),
    ("log", "extensions.output"),
    ("max_memory_restart", "extensions.recycle_above"),
    ("max_restarts", "extensions.restart_limit"),
    ("mem_limit", "extensions.memory_max"),
    ("memory", "extensions.memory_max"),
    ("nice", "priority"),
    ("numprocs", "instances"),
    ("path", "command"),
    ("program", "command"),
    ("replicas", "instances"),
    ("requires", "dependencies"),
    ("restart", "recovery.actions"),
    ("restart_sec", "recovery.actions"),
    ("retries", "recovery.actions"),
    ("script", "command"),
    ("start", "start_type"),
    ("stdout_logfile", "extensions.stdout_file"),
    ("stderr_logfile", "extensions.stderr_file"),
    ("stop_timeout", "extensions.stop_grace_ms"),
    ("timeout", "extensions.stop_grace_ms"),
    ("user", "account_name"),
    ("username", "account_name"),
    ("workdir", "extensions.working_directory"),
    ("working_dir", "extensions.working_directory"),
];

/// The key that has the meaning of one that people know from elsewhere.
pub(crate) fn meant(key: &str) -> Option<&'static str> {
    let key = key.to_lowercase().replace('-', "_");
    let found = MEANT.iter().find(|(known, _)| *known == key);
    found.map(|(_, right)| *right)
}

#[cfg(test)]
mod tests {
    use relance_scm::settings::{Section, all};

    use super::*;
    use crate::service_files::definition::OTHER_KEYS;

    #[test]
    fn what_other_managers_call_it_stands_for_a_key_that_there_is() {
        for (known, right) in MEANT {
            let is_setting = all().any(|setting| {
                let place = match setting.section {
                    Section::Service => "",
                    Section::Recovery => "recovery.",
                    Section::Extensions => "extensions.",
                };
                *right == format!("{place}{}", setting.key)
            });
            assert!(is_setting || OTHER_KEYS.contains(right), "{known}: {right}");
            assert!(
                all().all(|setting| setting.key != *known),
                "{known} is a setting"
            );
        }
        assert_eq!(meant("depends-on"), Some("dependencies"));
    }
}
