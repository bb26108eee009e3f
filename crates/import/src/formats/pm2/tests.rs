//! What becomes of ecosystem files.

use super::*;
use crate::formats::tests::{Memory, imported};

#[test]
fn a_restart_once_a_day_is_a_time_of_day() {
    assert_eq!(time_of_day("30 3 * * *").as_deref(), Some("03:30"));
    for other in ["0 */6 * * *", "0 3 * * 0", "0 24 * * *", "0 3 * *", ""] {
        assert_eq!(time_of_day(other), None, "{other}");
    }
}

#[test]
fn a_backoff_is_one_here_too() {
    let app = r#"{"apps": [{"script": "a.js", "exp_backoff_restart_delay": 100}]}"#;
    let files = Memory::default().with("/u/pm2.json", app);
    let found = imported(&["/u/pm2.json".into()], &files);
    for part in [
        "recovery.actions = \"restart/100ms\"",
        "extensions.backoff = \"exponential/1.5\"",
        "extensions.backoff_max_ms = \"15s\"",
        "extensions.reset_after_run_ms = \"30s\"",
        "extensions.restart_limit = \"15\"",
    ] {
        assert!(found.toml.contains(part), "{}", found.toml);
    }
    assert!(found.comparisons[0].is_same(), "{:?}", found.comparisons);
}

#[test]
fn a_restart_at_other_times_is_a_service_that_does_it() {
    let app = r#"{"apps": [{"name": "api", "script": "a.js", "instances": 2, "cron_restart": "0 */6 * * *"},
                           {"name": "api-restart", "script": "b.js", "cron_restart": "61 * * * *"}]}"#;
    let files = Memory::default().with("/u/pm2.json", app);
    let found = imported(&["/u/pm2.json".into()], &files);
    let names = [
        "api@",
        "api-restart-2",
        "api-restart",
        "api-restart-restart",
    ];
    assert_eq!(found.services[..3], names[..3], "{}", found.toml);
    for part in [
        "relance restart --no-wait api@",
        "schedule = \"0 */6 * * *\"",
    ] {
        assert!(found.toml.contains(part), "{}", found.toml);
    }
    assert!(!found.toml.contains("61 *"), "{}", found.toml);
}

#[test]
fn a_program_that_may_end_is_started_by_the_clock() {
    let app =
        r#"{"apps": [{"script": "a.js", "autorestart": false, "cron_restart": "5 3 * * *"}]}"#;
    let files = Memory::default().with("/u/pm2.json", app);
    let found = imported(&["/u/pm2.json".into()], &files).toml;
    assert!(found.contains("schedule = \"5 3 * * *\""), "{found}");
    assert!(!found.contains("recycle_at"), "{found}");
}

#[test]
fn the_entries_of_a_dump_with_one_name_are_instances() {
    let app = r#"{"name": "w", "pm_exec_path": "/srv/w.js", "pm_cwd": "/srv", "instances": 2, "cron_restart": 0}"#;
    let other = r#"{"name": "x", "pm_exec_path": "/srv/x.js", "pm_cwd": "/srv", "instances": 1}"#;
    let files = Memory::default().with("/u/dump.pm2", &format!("[{app},\n{app},\n{other}]"));
    let found = imported(&["/u/dump.pm2".into()], &files);
    assert_eq!(found.services, ["w@", "x"]);
    assert!(
        found.toml.contains("instances = 2") && !found.toml.contains("schedule"),
        "{}",
        found.toml
    );
}

#[test]
fn an_app_without_a_folder_runs_where_its_file_is() {
    let apps = r#"{"apps": [{"script": "a.js"}, {"script": "b.js", "cwd": "/srv"}]}"#;
    let files = Memory::default().with("/u/pm2.json", apps);
    let toml = imported(&["/u/pm2.json".into()], &files).toml;
    let folders = ["\"/u\"", "\"/srv\""].map(|folder| format!("working_directory = {folder}"));
    assert!(folders.iter().all(|folder| toml.contains(folder)), "{toml}");
}
