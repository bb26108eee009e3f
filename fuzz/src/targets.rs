//! The table of targets. Each file holds those of one kind of input.

mod channel;
mod config;
mod console;
mod http;
mod import;
mod journal;
mod link;
mod log;
mod sessions;
mod signs;
mod stored;
mod texts;
mod windows;
mod world;

use crate::memory;

/// One kind of input from outside.
#[derive(Debug)]
pub struct Target {
    /// Names it, its corpus and its file in `fuzz_targets`.
    pub name: &'static str,
    /// Who sends such input.
    pub from: &'static str,
    run: fn(&[u8]),
    /// How many times fewer inputs are made for it than for the cheapest target.
    pub(crate) cost: u32,
    /// The most memory that an input of 64 KiB may take.
    memory_max: usize,
}

impl Target {
    /// Runs it on an input.
    pub(crate) fn run(&self, input: &[u8]) {
        let peak = memory::peak_of(|| (self.run)(input));
        assert!(
            peak <= self.memory_max,
            "{} bytes of input took {peak} bytes of memory",
            input.len()
        );
    }
}

const MIB: usize = 1 << 20;

const fn cheap(name: &'static str, from: &'static str, run: fn(&[u8])) -> Target {
    Target {
        name,
        from,
        run,
        cost: 1,
        memory_max: 16 * MIB,
    }
}

const fn costly(name: &'static str, from: &'static str, run: fn(&[u8]), cost: u32) -> Target {
    Target {
        cost,
        ..cheap(name, from, run)
    }
}

const fn large(name: &'static str, from: &'static str, run: fn(&[u8]), cost: u32) -> Target {
    Target {
        memory_max: 64 * MIB,
        ..costly(name, from, run, cost)
    }
}

const fn import(name: &'static str, run: fn(&[u8])) -> Target {
    large(name, "another service manager", run, 20)
}

/// Every target. Anyone who adds one adds a file of `fuzz_targets`, a `[[bin]]` and a corpus; a test compares
/// the four.
pub const TARGETS: &[Target] = &[
    cheap(
        "channel_frames",
        "a service, and its manager",
        channel::frames,
    ),
    costly("channel_stream", "a service", channel::stream, 4),
    cheap("link_frames", "guardian and engine", link::frames),
    costly("link_stream", "guardian and engine", link::stream, 4),
    cheap(
        "signs",
        "any process of a service's account",
        signs::message,
    ),
    costly(
        "http_request",
        "any local user, or a script with a token",
        http::request,
        20,
    ),
    costly(
        "http_answer",
        "anyone who listens on the socket",
        http::answer,
        4,
    ),
    cheap("query_strings", "any local user", http::queries),
    cheap("config_bodies", "an administrator", config::bodies),
    cheap(
        "change_bodies",
        "anyone who may change a service",
        config::changes,
    ),
    cheap(
        "api_answers",
        "anyone who listens on the socket",
        http::answers,
    ),
    cheap("apply_file", "an administrator", config::apply_file),
    cheap("settings_file", "an administrator", config::settings_file),
    import("import_supervisord", import::supervisord),
    import("import_systemd", import::systemd),
    import("import_pm2", import::pm2),
    import("import_nssm", import::nssm),
    import("import_winsw", import::winsw),
    import("import_servy", import::servy),
    import("import_procfile", import::procfile),
    import("import_cron", import::cron),
    import("import_compose", import::compose),
    cheap("sddl", "anyone who may change a descriptor", texts::sddl),
    cheap(
        "command_line",
        "anyone who may change a service",
        texts::command_line,
    ),
    cheap(
        "failure_actions",
        "anyone who may change a service",
        texts::failure_actions,
    ),
    cheap("names", "any local user", texts::names),
    cheap(
        "shown_text",
        "a service, by what it prints and reports",
        texts::shown,
    ),
    large("script", "any local user", texts::script, 20),
    costly(
        "stored_rows",
        "anyone who has written the database",
        stored::rows,
        20,
    ),
    costly("event_search", "any local user", log::search, 10),
    costly(
        "run_journal",
        "anyone who has written the file",
        journal::file,
        40,
    ),
    costly(
        "sign_in",
        "anyone who reaches the console",
        sessions::sign_in,
        20,
    ),
    cheap(
        "sessions_file",
        "anyone who has written the file",
        sessions::file,
    ),
    cheap(
        "console_request",
        "a browser, and pages of other sites",
        console::request,
    ),
    cheap("event_xml", "the event log of Windows", windows::event_xml),
    large(
        "world",
        "clients and services of one manager",
        world::play,
        50,
    ),
];
